# The bus.  Goal: a stranger gets nothing, a service only what is its own; and if lg-bus itself is the
# attacker's, he reads no name and nothing that he alters, repeats, reorders or makes up takes effect.
# Method: knock_main at the real bus; then attack_main in its place, one mode after the other under
# honest traffic, totals and invariants after each.  Sourced by run.sh.

bus=ipc://$LG_STATE/bus/bus.sock

# how many frames of a kind the last knock got, or sent
knocked() { # word
	awk -v word="$1" '$1 == word { print $2 }' "$root/knock"
}
knock() { # as whom
	"$tools/knock_main" "$1" "$LG_STATE/keys" "$bus" >"$root/knock" || return 1
	cat "$root/knock"
	[ "$(knocked sent)" -gt 0 ]
}
stranger() {
	knock stranger || return 1
	[ "$(awk '$1 != "sent" { n += $2 } END { print n + 0 }' "$root/knock")" = 0 ]
}
check "a key that nobody knows gets no frame, and is counted" rises bus bus_handshakes_refused_total "" stranger
impostor() {
	knock reporting || return 1
	# claims of others are for everybody; commands, subscriptions and batches are not
	[ $(($(knocked command) + $(knocked subscribe) + $(knocked deliver))) -eq 0 ] || { echo "it got another's frames"; return 1; }
	[ "$(knocked claim)" -gt 0 ] || { echo "it was not connected"; return 1; }
}
commands_before=$(counted intake frames_refused_total)
check "reporting's key that claims to be gateway and intake is refused by policy, and counted" \
	rises bus bus_frames_dropped_total policy impostor
routes_stay() {
	[ "$(counted bus bus_partitions_owned 'of="intake"')" = 16 ] || { echo "intake lost its routes"; return 1; }
	[ "$(counted intake frames_refused_total)" = "$commands_before" ] || { echo "frames came as far as intake"; return 1; }
	answers 200 GET "/cases/$case_id" "${operator[@]}"
}
check "intake's routes stay intake's, and none of its frames came that far" routes_stay

# --- a bus in the attacker's hands --------------------------------------------------------------
status_of() { # word
	awk -v word="$1" '$1 == word { print $2 }' "$root/attack.status" 2>/dev/null
}
does() { # mode, n
	echo "$*" >"$root/attack.control.new" && mv "$root/attack.control.new" "$root/attack.control"
	for _ in $(seq 1000); do
		[ "$(sed -n 's/^mode //p' "$root/attack.status" 2>/dev/null)" != "$*" ] || return 0
		sleep 0.05
	done
	echo "the hostile bus does not answer"
	return 1
}
replace_bus() {
	run_sh stop bus || return 1
	echo "plain 0" >"$root/attack.control"
	"$tools/attack_main" "$LG_STATE/keys" "$bus" "$root/attack.control" "$root/attack.status" "$root/record" \
		>"$root/attack.log" 2>&1 &
	attacker=$!
	for _ in $(seq 1000); do
		[ "$(status_of connections)" = "$(running | wc -l)" ] && answers 200 GET "/cases/$case_id" "${operator[@]}" && return 0
		sleep 0.05
	done
	cat "$root/attack.log" "$root/attack.status"
	return 1
}
# what counts as refused, over all services
refused() {
	local service sum=0
	for service in $(running); do
		sum=$((sum + $(counted "$service" frames_refused_total)))
	done
	echo "$sum"
}
until_done=
attacked() { # mode, n: honest traffic gets through all the same
	plant "$1" 40
	does "$@" && import "$1" && { [ -z "$until_done" ] || soon did "$until_done"; } && does plain 0
}
did() { # count: what the attacker says that he did
	[ "$(status_of "$1")" -gt 0 ] || { echo "$1: the attack did not take place"; cat "$root/attack.status"; return 1; }
}
nothing_forged() {
	local forged
	forged=$(sql -c "SELECT (SELECT count(*) FROM intake.case_file WHERE station = 'FORGED')
		+ (SELECT count(*) FROM reporting.interception_month WHERE station = 'FORGED')
		+ (SELECT count(*) FROM access.account WHERE user_name = 'forged')")
	[ "$forged" = 0 ] || { echo "$forged forged rows"; return 1; }
}
holds() { # mode, its counts...
	local mode=$1
	check "$mode: it was done" soon all_done "${@:2}"
	check "$mode: totals are exact" totals_agree "$root/forms.csv" "$root/people.csv"
	check_invariants "$mode"
	check "$mode: nothing forged took effect" nothing_forged
}
all_done() { # counts
	local count
	for count in "$@"; do did "$count" || return 1; done
}
refused_rises() { # command...
	local before
	before=$(refused)
	"$@" || return 1
	soon is_above "$before" refused
}

check "a hostile bus takes the place of lg-bus, and the site works" replace_bus
check "plain: forms come through" attacked plain 0
check "plain: totals are exact" totals_agree "$root/forms.csv" "$root/people.csv"
check "flip: forms come through while every 7th frame has a bit turned, and that is counted" \
	refused_rises attacked flip 7
holds flip flipped
check "route: forms come through while every 9th frame goes wrong" attacked route 9
holds route misrouted
check "reorder: forms come through out of order" attacked reorder 0
holds reorder reordered
check "replay: forms come through beside older frames" attacked replay 2
holds replay replayed
check "drop: forms come through while every 9th frame is lost" attacked drop 9
holds drop dropped
check "double: forms come through twice" attacked double 0
holds double doubled
until_done=forged_backs # readers that are idle ask again after 3 s: then a way back could be taken
check "forge: forms come through beside forged batches and ways back, and those are counted" \
	refused_rises attacked forge 0
until_done=
holds forge forged_batches forged_backs forged_subscriptions
answers_before=$(sql -c "SELECT count(*) FROM intake.answer")
check "command: forms come through beside forged and repeated commands, and those are counted" \
	rises gateway answers_refused_total "" refused_rises attacked command 0
holds command forged_commands replayed_commands answers_to_replays forged_answers
once_each() {
	local answered=$(($(sql -c "SELECT count(*) FROM intake.answer") - answers_before))
	[ "$answered" -ge 40 ] && [ "$answered" -le $((40 * imports)) ] ||
		{ echo "$answered commands were stored, not 40 in each of $imports imports"; return 1; }
}
check "command: a repeated command was answered again and stored once" once_each
