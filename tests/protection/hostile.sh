#!/bin/bash
# Goal: a linked site that has turned, with its valid keys, gets nothing from us but what is its own: each
# of its attacks is refused, counted, and lies where an operator finds it with its reason; other streams
# go on.
# Method: one site of real processes; in place of its partner hostile_main, which has that partner's keys of bus
# and lg-referral and tells streams that are right but for the attack.  What came of each attack is read
# from the dead letters, the metrics and the log.  Then 1,000 raw connections announce huge frames.
source "$(dirname "$0")/../support/site.sh"
tools=${LG_TOOLS:-$here/build/tests/protection}
site_make hostile
port=$(free_port) partner=9
attacker=
trap '[ -z "$attacker" ] || kill "$attacker" 2>/dev/null; site_end' EXIT

prepare() {
	run_sh keys || return 1
	lifeguard site create "$root/partner" --number $partner --name partner --country NP --demo || return 1
	lifeguard site trust "$LG_STATE/keys" "$root/partner/keyring" --yes &&
		lifeguard site trust "$root/partner" "$LG_STATE/keys/keyring" --yes || return 1
	echo "listen $partner=tcp://127.0.0.1:$port" >"$LG_STATE/links"
}
check "a site with a partner is made" prepare
check "it comes up" site_up
[ "$failed" -eq 0 ] || { finish hostile; exit 1; }
check "an operator logs in" log_in operator

counted() { # service, metric, word in its labels
	curl -fs --unix-socket "$LG_STATE/health/$1.1.sock" http://localhost/metrics |
		awk -v name="lifeguard_$2{" -v word="${3:-}" 'index($0, name) == 1 && index($0, word) { n += $NF } END { printf "%d\n", n }'
}
turn() {
	"$tools/hostile_main" "$root/partner" "tcp://127.0.0.1:$port" 1 "$root/control" "$root/status" \
		>"$root/hostile.log" 2>&1 &
	attacker=$!
	for _ in $(seq 1000); do
		grep -q 'asked 16$' "$root/status" 2>/dev/null && return 0
		sleep 0.1
	done
	cat "$root/hostile.log" "$root/status"
	return 1
}
check "the partner has turned; its 16 streams are asked for" turn

printf '%-18s %-42s %s\n' attack "where it shows" reason >"$root/table"
turns=0
makes() { # attack, partition
	turns=$((turns + 1))
	# the number behind makes two of one kind two
	printf '%s %u #%u\n' "$1" "$2" $turns >"$root/control.new"
	mv "$root/control.new" "$root/control"
	for _ in $(seq 1000); do
		! grep -q "^done $1 $2 #$turns " "$root/status" || return 0
		sleep 0.05
	done
	cat "$root/hostile.log" "$root/status"
	return 1
}
rose() { # a number before, a command that gives it now
	local before=$1 now
	shift
	for _ in $(seq 600); do
		now=$("$@")
		[ "$now" -le "$before" ] || return 0
		sleep 0.1
	done
	echo "it stands at $now: $*"
	return 1
}
noted() { printf '%-18s %-42s %s\n' "$1" "$2" "$3" >>"$root/table"; }

letters() { sql -c "SELECT count(*) FROM referral.dead_letter WHERE site = $partner AND reason = '$1'"; }
lettered() { # attack, partition, reason
	local before dead
	before=$(letters "$3") dead=$(counted referral dead_letters_total)
	makes "$1" "$2" && rose "$before" letters "$3" && rose "$dead" counted referral dead_letters_total || {
		sql -c "SELECT p, type, reason FROM referral.dead_letter WHERE site = $partner ORDER BY letter DESC LIMIT 3"
		return 1
	}
	noted "$1" "dead letter, dead_letters_total" "$3"
}
said() { grep -c "\"reason\":\"$1\"" "$LG_STATE/log/referral.log"; }
refused() { # attack, partition, metric of referral, reason
	local before lines
	before=$(counted referral "$3") lines=$(said "$4")
	makes "$1" "$2" && rose "$before" counted referral "$3" && rose "$lines" said "$4" || {
		tail -3 "$LG_STATE/log/referral.log"
		return 1
	}
	noted "$1" "last error, $3" "$4"
}
counted_only() { # attack, partition, service, metric, label
	local before
	before=$(counted "$3" "$4" "$5")
	makes "$1" "$2" && rose "$before" counted "$3" "$4" "$5" || return 1
	noted "$1" "$3: $4${5:+ ($5)}" "-"
}
stands_at() { # partition: the last event of the partner's referral that took effect or became a letter
	sql -c "SELECT coalesce(max(last), 0) FROM referral.position WHERE site = $partner AND p = $1"
}
# A home that came back from a backup hears answers to what it has lost: no letter, and no effect.
passed_over() { # attack, partition
	local before letters_before
	before=$(stands_at "$2") letters_before=$(sql -c "SELECT count(*) FROM referral.dead_letter")
	makes "$1" "$2" && rose "$before" stands_at "$2" || return 1
	[ "$(sql -c "SELECT count(*) FROM referral.dead_letter")" = "$letters_before" ] &&
		[ "$(sql -c "SELECT count(*) FROM referral.referral")" = 0 ] || return 1
	noted "$1" "position moves, no row" "a referral that is not known here"
}
put_aside() { # attack, partition
	local before
	before=$(sql -c "SELECT count(*) FROM referral.unhandled WHERE site = $partner")
	makes "$1" "$2" && rose "$before" sql -c "SELECT count(*) FROM referral.unhandled WHERE site = $partner" || return 1
	noted "$1" "table unhandled" "kept for the version that knows it"
}

# --- events -------------------------------------------------------------------------------------
# one stream each: what cannot be read belongs to no case, and a second one would wait behind the first
event() { check "event: $1 becomes a dead letter: $3" lettered "$1" "$2" "$3"; }
event garbage 0 "malformed message"
event deep 1 "unknown version of envelope"
event fields 2 "too many fields"
event memory 3 "message takes too much memory"
event utf8 4 "text is not UTF-8"
event enum 5 "unknown enum value"
event version 6 "unknown version of envelope"
event sealed 7 "sealed value of another event"
event many_sealed 8 "too many sealed values"
event role 9 "unknown role"
event type 10 "type that this service may not send"
event id 11 "an id has 16 bytes"
event origin 12 "it claims another origin than the batch that carried it"
event partition 13 "its key belongs to another partition"
event speaks_for_others 14 "only the site of an organisation may speak for it"
check "event: others_case, of a referral that we do not know, is passed over" passed_over others_case 14
event others_home 14 "only the home of a referral may tell this"
check "event: a type of a later version is put aside" put_aside unknown_type 14

# --- batches ------------------------------------------------------------------------------------
batch() { check "batch: $1 is refused: $3" refused "$1" "$2" frames_refused_total "$3"; }
batch signature 15 "the batch is not signed by its service"
batch key 15 "the batch is not signed by its service"
batch stream 15 "the batch belongs to another stream"
batch swapped 15 "an envelope of the batch is not the one that was signed"
batch many 15 "the batch has holes in its numbers"
check "batch: a second story under one number is refused, and the first stands" \
	refused stories 15 second_stories_total "two stories under one number: the first one stands"
check "batch: a replay takes no effect" counted_only replay 15 referral batches_passed_over_total ""
check "batch: a forged epoch is not taken" counted_only epoch 15 referral batches_passed_over_total ""
check "batch: a hole is not taken" counted_only hole 14 referral batches_passed_over_total ""
batch back_key 15 "a way back whose origin could not be proved"
batch back_list 15 "a way back that answers another list than ours"
stood=$(stands_at 15)
batch gone_key 15 "the way back is not signed by its service"
batch gone_list 15 "a way back that answers another list than ours"
check "batch: no word of dropped rows has moved the reader" test "$(stands_at 15)" = "$stood"

# --- frames -------------------------------------------------------------------------------------
frame() { check "frame: $1 goes nowhere, and is counted ($5)" counted_only "$@"; }
frame service 0 bus bus_frames_dropped_total link_policy
frame neighbour 0 bus bus_frames_dropped_total link_policy
frame third_site 0 bus bus_frames_dropped_total link_policy
frame command 0 bus bus_frames_dropped_total link_policy
frame piece 0 bus bus_link_refused_total "site=\"$partner\""
frame frame 0 referral frames_refused_total ""
frame points 0 referral frames_refused_total ""

# --- and then ------------------------------------------------------------------------------------
nothing_moved() {
	local rows
	rows=$(sql -c "SELECT (SELECT count(*) FROM referral.referral) + (SELECT count(*) FROM referral.offer)")
	[ "$rows" = 0 ] || { echo "$rows rows of referrals and offers"; return 1; }
}
check "no referral and no offer came of all that" nothing_moved
went_back() {
	! grep -q "publisher went back" "$LG_STATE/log/referral.log"
}
check "nobody was sent back" went_back
alive() {
	[ "$(ls "$LG_STATE/pid" | wc -l)" = 8 ] && lifeguard status
}
check "every service is there, with all partitions" alive
listed() {
	lifeguard dead-letters list referral >"$root/letters" && cat "$root/letters" &&
		[ "$(grep -c . "$root/letters")" -ge 16 ]
}
check "an operator finds the dead letters with their reasons" listed
honest() {
	head -21 "$here/deploy/sample/interceptions.csv" >"$root/forms.csv"
	awk -F, 'FNR == NR { known[$1]; next } FNR == 1 || $1 in known' "$root/forms.csv" \
		"$here/deploy/sample/people.csv" >"$root/people.csv"
	lifeguard import interceptions "$root/forms.csv" --people "$root/people.csv" &&
		totals_agree "$root/forms.csv" "$root/people.csv"
}
check "honest forms come through" honest

# --- a flood of connections ------------------------------------------------------------------------
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$(pid_of bus)/status"; }
# milliseconds that the median of 30 queries through the bus takes
median() {
	printf 'Authorization: Bearer %s\n' "$(cat "$LIFEGUARD_TOKEN_FILE")" >"$root/bearer"
	for _ in $(seq 30); do
		curl -s -o /dev/null -w '%{time_total}\n' -H @"$root/bearer" "$LIFEGUARD_GATEWAY/api/v1/services/intake" ||
			return 1
	done | sort -n | awk '{ at[NR] = $1 } END { printf "%.2f\n", 1000 * at[int((NR + 1) / 2)] }'
}
lower() { awk -v a="$1" -v b="$2" 'BEGIN { print b == "" || a < b ? a : b }'; }
lower_twice() { awk -v loud="$1" -v quiet="$2" 'BEGIN { exit !(loud < 2 * quiet) }'; }
# Rounds, each without and with, the best of each compared: the machine has other work, and who was slowed by
# that may be slow in three rounds, but not in nine.
flood() { # address words for knock_main
	local before after quiet= loud= most=0 round
	ulimit -n 4096 2>/dev/null
	for round in $(seq 9); do
		[ "$round" -le 3 ] || ! lower_twice "$loud" "$quiet" || break
		before=$(resident) quiet=$(lower "$(median)" "$quiet")
		exec 7> >("$tools/knock_main" announce "$@" >"$root/flood.$round")
		for _ in $(seq 600); do
			! grep -q '^open ' "$root/flood.$round" 2>/dev/null || break
			sleep 0.1
		done
		loud=$(lower "$(median)" "$loud")
		after=$(resident)
		exec 7>&-
		[ $((after - before)) -le $most ] || most=$((after - before))
		grep -q '^open 1000$' "$root/flood.$round" || { cat "$root/flood.$round"; return 1; }
	done
	flooded="1,000 connections: $most KiB more at most; a query took $quiet ms without and $loud ms with them"
	echo "$flooded"
	[ $most -lt 16384 ] && lower_twice "$loud" "$quiet"
}
check "1,000 raw connections at the line that announce huge frames cost under 16 MiB and slow nobody by 2" \
	flood tcp 127.0.0.1 "$port" 1000
echo "          ${flooded:-}"
check "and at the services' socket" flood ipc "$LG_STATE/bus/bus.sock" - 1000
echo "          ${flooded:-}"
check "honest forms come through behind it" lifeguard status

echo
sed 's/^/  /' "$root/table"
finish hostile
