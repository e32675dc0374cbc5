#!/bin/bash
# Goal: two sites whose buses are joined by a line that is cut, delayed, slow, half-open or corrupt
# for any time: then everything arrives, in order per case, once.
# Method: two sites of real processes (bus, PostgreSQL, a lean service in referral's place), joined
# through a proxy of our own; events lie in the outbox of both, as after weeks of absence, and the
# line is made worse while they cross.  What took effect is compared with what was published.
# EVENTS each way; SEED repeats a run.
source "$(dirname "$0")/../support/site.sh"

seed=${SEED:-$RANDOM} events=${EVENTS:-100000} slow=rate=${RATE:-200000}
RANDOM=$seed
echo "line: seed $seed, $events events each way"
source "$here/tests/support/line.sh"

publish_backlog() { # events each way
	"$tools/backlog_main" single 1 2 "$1" | sql_at 1 >/dev/null && "$tools/backlog_main" single 2 1 "$1" | sql_at 2 >/dev/null
}

all_arrived() {
	wait_seen 1 "$events" && wait_seen 2 "$events"
}

# what one site published is what took effect at the other, once and in order per case
arrived_once_in_order() { # from, to
	local wrong
	sql_at "$1" -c "COPY (SELECT encode(event_id, 'hex') FROM referral.outbox_event WHERE destination = $2
		ORDER BY p, number) TO STDOUT" >"$root/published"
	sql_at "$2" -c "COPY (SELECT encode(event_id, 'hex') FROM referral.line_seen ORDER BY p, seq) TO STDOUT" >"$root/arrived"
	[ "$(wc -l <"$root/published")" -eq "$events" ] || { echo "$(wc -l <"$root/published") were published"; return 1; }
	cmp "$root/published" "$root/arrived" || { diff "$root/published" "$root/arrived" | head -5; return 1; }
	wrong=$(sql_at "$2" -c "SELECT (SELECT count(*) FROM referral.dead_letter) + (SELECT count(*) FROM referral.parked)
		+ (SELECT count(*) FROM referral.unhandled)")
	[ "$wrong" = 0 ] || { echo "$wrong are dead, parked or unhandled"; return 1; }
}

a_second_was_seen() {
	[ "$(link_metric 1 second_total)" -gt 0 ]
}

# a second bus with the site's keys, connected to the same door: refused, and the first goes on
second_line_is_refused() {
	"$root/bin/lg-bus" --keys "$root/2/keys" --listen "ipc://$root/clone.sock" \
		--link-connect "1=tcp://127.0.0.1:$((port + 1))" 2>/dev/null &
	local clone=$! result=1
	soon a_second_was_seen && result=0
	kill "$clone"
	wait "$clone" 2>/dev/null
	return "$result"
}

# a kind of bad line, until it was noticed or some more has crossed; then the slow one again
worse() { # the proxy's words
	local before=$(($(seen 1) + $(seen 2))) downs
	downs=$(times_down)
	line_is "$@" "$slow" || return 1
	case $1 in
	cut | half) both_are 0 ;;
	corrupt*) wait_down_once "$downs" ;;
	*) wait_more "$before" ;;
	esac || return 1
	line_is "$slow" && both_are 1 || { echo "not up again"; return 1; }
	echo "  $(seen 1) and $(seen 2) arrived" >&2
}

times_down() {
	grep -c 'is down' "$root/1/log/bus.log"
}
times_learned() {
	grep -c 'begun anew\|is down' "$root/2/log/bus.log"
}

# Half-open for less than the bus that connects needs to notice by itself: it must learn that what it had
# under way is lost, or it waits for that as long as anything else crosses.
half_for_a_moment() {
	local before learned lost
	learned=$(times_learned)
	line_is half "$slow" && sleep 2 || return 1
	before=$(seen 1) lost=$(link_metric 2 under_way_bytes)
	line_is "$slow" && both_are 1 || return 1
	for _ in $(seq 300); do
		[ "$(seen 1)" -le $((before + 200)) ] || [ "$(times_learned)" -le "$learned" ] || return 0
		sleep 0.1
	done
	echo "$(($(seen 1) - before)) crossed, learned of it $(($(times_learned) - learned)) times; $lost bytes were lost," \
		"$(link_metric 2 under_way_bytes) of $(link_metric 2 window_bytes) are under way"
	return 1
}

# a corrupt line goes down, perhaps for a moment only: then the bus says so
wait_down_once() { # how often it was before
	for _ in $(seq 600); do
		[ "$(times_down)" -le "$1" ] || return 0
		sleep 0.1
	done
	echo "nothing went down"
	return 1
}

wait_more() { # so many had arrived
	for _ in $(seq 300); do
		[ $(($(seen 1) + $(seen 2))) -le $(($1 + 200)) ] || return 0
		sleep 0.1
	done
	echo "nothing more has crossed"
	return 1
}

is_under_way() {
	echo "  $(seen 1) and $(seen 2) of $events had arrived" >"$root/arrived_then"
	[ "$(seen 1)" -lt "$events" ] || [ "$(seen 2)" -lt "$events" ] || { echo "all had arrived before"; return 1; }
}

make_programs
check "two sites are made" eval "make_site 1 && make_site 2"
check "each trusts the other, a line lies between them" join_sites
check "the line may be cut before anything has started" line_is cut
check "both publish while the line is down" publish_backlog "$events"
check "both start without the line" start_all
check "nothing has crossed" test "$(seen 1)$(seen 2)" = 00
check "the line opens, slow" eval "line_is $slow && both_are 1"
check "something crosses" eval "wait_seen 1 1 && wait_seen 2 1"
check "a second line of one site is refused" second_line_is_refused
check "a cut line comes up again" worse cut
check "a corrupt line is dropped and comes up again" worse corrupt=20000
check "a half-open line is noticed and comes up again" worse half
check "one that is half-open for a moment goes on, whatever it has lost" half_for_a_moment
check "something crosses a line with 300 ms each way" worse delay=300
check "a line that is cut again comes up again" worse cut
bus_dies() {
	for number in 1 2; do
		kill_hard "$root/$number/pid/bus.1" && at "$number" start bus && at "$number" wait bus || return 1
	done
	both_are 1
}
check "either bus may be killed" bus_dies
check "all of it came while events were crossing" is_under_way
cat "$root/arrived_then"
line_is open
started=$SECONDS
check "everything has arrived" all_arrived
echo "  the rest took $((SECONDS - started)) s"
check "once and in order, from India to Nepal" arrived_once_in_order 1 2
check "once and in order, from Nepal to India" arrived_once_in_order 2 1
crossing() {
	echo "  line_bytes: $(($(link_metric 1 bytes_sent_total) + $(link_metric 2 bytes_sent_total)))"
	[ "$(link_metric 1 frames_dropped_total)" != "" ] && [ "$(link_metric 1 up)" = 1 ]
}
check "the line is counted" crossing
# nothing crosses any more but what readers of site 2 ask: 16 streams, anew after each silence of 20 s
wait_asked() { # frames that had left before, seconds at most
	local until=$((SECONDS + $2))
	while [ "$SECONDS" -lt "$until" ]; do
		[ $(($(link_metric 2 frames_sent_total) - $1)) -lt 16 ] || return 0
		sleep 0.1
	done
	echo "$(($(link_metric 2 frames_sent_total) - $1)) frames have left"
	return 1
}
new_owner_is_asked() {
	local before
	wait_asked "$(link_metric 2 frames_sent_total)" 60 && sleep 2 && at 1 stop referral || return 1
	before=$(link_metric 2 frames_sent_total)
	at 1 start referral && wait_asked "$before" 12
}
check "a service that is started again is asked at once, not after a silence" tries 3 new_owner_is_asked
# as a database that is older than what its partner keeps: it has read nothing, and the rows are dropped
gone() {
	curl -fs --max-time 2 --unix-socket "$root/2/health/referral.1.sock" http://localhost/metrics |
		awk '/^lifeguard_streams_gone_total[{ ]/ { n = $NF } END { print n + 0 }'
}
is_told_gone() {
	for number in 1 2; do at "$number" stop referral || return 1; done
	sql_at 2 -c "DELETE FROM referral.position WHERE site = 1"
	sql_at 1 -c "INSERT INTO referral.outbox_dropped (destination, lane, p, through)
		SELECT destination, lane, p, max(through) FROM referral.outbox WHERE destination = 2 GROUP BY 1, 2, 3"
	for number in 1 2; do at "$number" start referral && at "$number" wait referral || return 1; done
	for _ in $(seq 300); do
		[ "$(gone)" -eq 0 ] || break
		sleep 0.1
	done
	[ "$(gone)" -gt 0 ] && [ "$(seen 2)" = "$events" ] || { echo "$(gone) times told, $(seen 2) seen"; return 1; }
}
check "a reader of what was dropped is told so, counts it and passes over nothing" is_told_gone
[ "$failed" -eq 0 ] || echo "line: SEED=$seed repeats this run"
finish line
