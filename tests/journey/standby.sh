#!/bin/bash
# Goal: what ARCHITECTURE's decision 33 says of matching: one instance searches, another stands by with
# nothing, and when the first is killed the other has everybody and makes every search that was due, once.
# Method: families report, each of a name of its own, in invented syllables; then their daughters are
# rescued, one after the other, by two clients.  While the first works, and the second begins, the instance
# that searches is killed -9.  Each daughter must be proposed with her family, and no pair be told twice;
# how long nobody searched is printed.
source "$(dirname "$0")/../support/site.sh"

site_make standby
pairs=${LG_PAIRS:-24}
now=$(date +%s)

id_of() { # word
	printf '0001%012x%s\n' $((now * 1000)) "$(printf '%s %s' "$now" "$1" | sha256sum | cut -c1-16)"
}

# names that sound like nobody else's
invent() {
	awk -v n="$pairs" 'BEGIN {
		srand(33); split("ba ke li mo nu ra sha ti yo gu pe chha di jo la vi su hi na", s, " ")
		while (n-- > 0) print word(3), word(3)
	}
	function word(count,   w) { while (count-- > 0) w = w s[1 + int(rand() * 19)]; return w }' >"$root/names"
}

report_all() {
	local n=0 name
	while read -r name; do
		n=$((n + 1))
		printf 'name: %s\n' "$name" >"$root/identity"
		lifeguard missing report --report "$(id_of "report $n")" --sex female --age 15 --district dang \
			--country NP --identity-file "$root/identity" </dev/null || return 1
	done <"$root/names"
}

# every second one, from the first or the second on; a lead's token is good for all
rescue_half() { # 1 or 2
	local n=0 name case person
	while read -r name <&4; do
		n=$((n + 1))
		[ $((n % 2)) = $(($1 % 2)) ] || continue
		case=$(id_of "case $n") person=$(id_of "girl $n")
		printf 'name: %s\n' "$name" >"$root/identity.$1"
		lifeguard arrival engage SNL --case "$case" --language ne &&
			lifeguard screening identify "$case" "$person" --status possible_victim --by centre --sex female \
				--age 15 --age-basis stated --district dang --country NP --identity-file "$root/identity.$1" &&
			lifeguard rescue record "$case" "$person" --route R1 --by border_force \
				--reason both_nepali_same_day --needs shelter || return 1
		echo "$n" >>"$root/rescued"
	done 4<"$root/names" >>"$root/rescue.$1" 2>&1
}

count_of() { # table and condition
	sql -c "SELECT count(*) FROM matching.$1"
}
reports_are_known() {
	[ "$(count_of "person_record WHERE state = 'INDEXED'")" = "$pairs" ] && [ "$(count_of due)" = 0 ]
}

stands_by() {
	run_sh start matching 2 && run_sh wait matching 2 && soon is_owner 1 && [ "$(owned_by matching 2)" = 0 ]
}
fillings() { # how often an index stood, of either instance
	grep -c '"the index stands"' "$LG_STATE/log/matching.log"
}

rescues_begin() {
	rescue_half 1 &
	first=$!
	soon some_are_proposed
}
some_are_proposed() {
	[ "$(count_of match)" -ge $((pairs / 6)) ]
}

# the second half begins with the kill, so that it comes while nobody searches: then the other's first
# proposal is waited for
kill_and_wait() {
	local before
	rescue_half 2 &
	second=$!
	kill -9 "$(pid_of matching 1)" || return 1
	killed=$(date +%s%3N)
	before=$(count_of match)
	soon is_owner 2 || return 1
	owned=$(date +%s%3N)
	soon more_than "$before" || return 1
	proposed=$(sql -c "SELECT min(proposed_ms) FROM matching.match WHERE proposed_ms > $killed")
	echo "the other proposes $((proposed - killed)) ms after the kill, and was seen to own all after" \
		"$((owned - killed)) ms; $before of $pairs were proposed before" >"$root/times"
}
is_owner() { [ "$(owned_by matching "$1")" = 16 ]; }
more_than() { [ "$(count_of match)" -gt "$1" ]; }

rescues_end() {
	wait "$first" && wait "$second" || { tail -3 "$root"/rescue.[12]; return 1; }
	[ "$(wc -l <"$root/rescued")" = "$pairs" ]
}

# each pair one row, and one event to each of the two homes
all_are_proposed() {
	local n wanted=
	for n in $(seq "$pairs"); do
		wanted="$wanted$(id_of "girl $n") $(id_of "report $n")"$'\n'
	done
	sql -F ' ' -c "SELECT encode(left_id, 'hex'), encode(right_id, 'hex') FROM matching.match
		WHERE kind = 'RESCUED_AND_MISSING' ORDER BY 1, 2" >"$root/found"
	diff <(printf '%s' "$wanted" | sort) "$root/found"
}
nothing_is_due() { [ "$(count_of "due WHERE due_ms < $(($(date +%s) * 1000))")" = 0 ]; }
told_once() {
	[ "$(count_of "outbox_event WHERE type = 201")" = $((2 * pairs)) ] &&
		[ "$(count_of match)" = "$pairs" ] ||
		{ echo "$(count_of match) matches, $(count_of "outbox_event WHERE type = 201") events"; return 1; }
}

check "a site comes up" site_up
check "a lead logs in" log_in lead
check "names are invented" invent
check "$pairs families report somebody" report_all
check "they are known" soon reports_are_known
check "a second instance stands by and owns nothing" stands_by
check "it holds nobody: one index stands, the first one's" test "$(fillings)" = 1
check "their daughters are rescued, one after the other" rescues_begin
check "the instance that searches is killed; the other takes over" kill_and_wait
echo "  $(cat "$root/times" 2>/dev/null)"
check "all are rescued meanwhile, no command failed" rescues_end
check "each of them is proposed with her own family" soon all_are_proposed
check "nothing is left to search" soon nothing_is_due
check "and no pair was told twice" told_once
check "nothing became a dead letter" no_dead_letters matching
check "the other has read everybody, once" test "$(fillings)" = 2
finish standby
