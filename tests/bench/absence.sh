#!/bin/bash
# Goal: a site may be away for as long as it takes; nobody else notices, and it is soon up to date.
# Method: three sites of real processes (bus, PostgreSQL, a lean service in referral's place).  Site 2 is
# away while EVENTS (1,000,000) events for it gather at site 1.  Site 3 is there: SMALL (102,400)
# events for it are timed by its own database, first row to last, in alternating rounds with and
# without the absent one's rows.  Then the line to site 2 opens.
#
#   present_slowed           seconds with the backlog through seconds without: medians of ROUNDS (5)
#   present_cpu_slowed       the same of processor time, which a busy machine does not blur
#   catch_up_events_per_second   at site 2, first row to last
#   catch_up_cpu_us_per_event    by process: what limits it
#   most_kib                 the largest VmHWM of the sites' services, in absence and catching up
#   bytes_...                pg_total_relation_size of a table at the sender, before and after
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
seed=${SEED:-1} events=${EVENTS:-1000000} small=${SMALL:-102400} rounds=${ROUNDS:-5}
source tests/support/line.sh
numbers[3]=np-present

fail() {
	echo "absence: $*" >&2
	tail -n 3 "$root"/[0-9]/log/*.log >&2
	exit 1
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f\n", a / b }'
}

join_present() {
	at 1 trust "$root/3/keys/keyring" && at 3 trust "$root/1/keys/keyring" || return 1
	echo "listen 3=tcp://127.0.0.1:$((port + 2))" >>"$root/1/links"
	echo "connect 1=tcp://127.0.0.1:$((port + 2))" >"$root/3/links"
	sql_at 1 -c "CREATE TABLE referral.outbox_2 PARTITION OF referral.outbox FOR VALUES IN (2)
			WITH (toast_tuple_target = 8160);
		INSERT INTO referral.outbox_segment VALUES (2);
		GRANT ALL ON referral.outbox_2 TO lg_referral"
}

make_backlog() { # destination, events, round
	"$tools/backlog_main" packed 1 "$1" "$2" "$3" | sql_at 1 >/dev/null
}

# the absent one's rows lie in a segment of their own: in or out of the outbox
backlog_is() { # with or without
	case $1 in
	with) sql_at 1 -c "ALTER TABLE referral.outbox ATTACH PARTITION referral.outbox_1 FOR VALUES IN (1)" ;;
	without) sql_at 1 -c "ALTER TABLE referral.outbox DETACH PARTITION referral.outbox_1" ;;
	esac
}

# processor time in 10 ms: of a service at a site, or of its database
cpu_of() { # site's number, bus, referral or database
	local server
	case $2 in
	database)
		server=$(head -1 "$(find "$root/$1/db" -name postmaster.pid)")
		# shellcheck disable=SC2046
		cat $(printf '/proc/%s/stat ' "$server" $(pgrep -P "$server")) 2>/dev/null
		;;
	*) [ ! -e "$root/$1/pid/$2.1" ] || cat "/proc/$(cat "$root/$1/pid/$2.1")/stat" ;;
	esac | sed 's/^.*) //' | awk '{ sum += $12 + $13 + $14 + $15 } END { print sum + 0 }'
}

cpu_of_all() { # sites' numbers
	local number sum=0 what
	for number in "$@"; do
		for what in bus referral database; do sum=$((sum + $(cpu_of "$number" "$what"))); done
	done
	echo "$sum"
}

seconds_at() { # site's number: from its first row to its last
	sql_at "$1" -c "SELECT extract(epoch FROM max(at) - min(at)) FROM referral.line_seen"
}

present_round() { # with or without, number of the round
	local ticks
	at 1 stop referral
	backlog_is "$1" && make_backlog 3 "$small" "$2" && sql_at 3 -c "TRUNCATE referral.line_seen" &&
		sql_at 1 -c "VACUUM ANALYZE referral.outbox" -c CHECKPOINT || fail "round $2 was not made"
	ticks=$(cpu_of_all 1 3) # without referral of site 1, which begins anew
	at 1 start referral && wait_seen 3 "$small" || fail "site 3 has not seen round $2"
	seconds_at 3 >>"$root/$1.seconds"
	echo $(($(cpu_of_all 1 3) - ticks)) >>"$root/$1.ticks"
}

# lines "KIB SERVICE of site N", the largest last
high_waters() {
	local file
	for file in "$root"/[0-9]/pid/*; do
		awk -v name="${file##*/pid/} of site $(basename "$(dirname "$(dirname "$file")")")" \
			'/^VmHWM/ { print $2, name }' "/proc/$(cat "$file")/status"
	done | sort -n
}

high_water() {
	high_waters | tail -1
}

sizes() { # before or after
	local table
	for table in position partition reader outbox_1; do
		echo "bytes_${table}_$1: $(sql_at 1 -c "SELECT pg_total_relation_size('referral.$table')")"
	done
}

wait_caught_up() {
	local last=
	for _ in $(seq 900); do
		last=$(seen 2)
		[ "$last" -lt "$events" ] || return 0
		sleep 0.5
	done
	fail "site 2 has seen $last of $events"
}

make_programs
for number in 1 2 3; do make_site "$number" || fail "site $number was not made"; done >"$root/made" 2>&1
join_sites && join_present >/dev/null && line_is cut || fail "the sites were not joined"
make_backlog 2 "$events" 0 && make_backlog 3 "$small" 0 || fail "no backlog"
start_all && wait_seen 3 "$small" || fail "the sites did not start"
sizes before
for round in $(seq "$rounds"); do
	present_round without $((2 * round - 1))
	present_round with $((2 * round))
done
echo "events_away: $events"
echo "present_events: $small"
echo "present_seconds_without: $(paste -sd ' ' "$root/without.seconds")"
echo "present_seconds_with: $(paste -sd ' ' "$root/with.seconds")"
echo "present_slowed: $(ratio "$(median "$root/with.seconds")" "$(median "$root/without.seconds")")"
echo "present_cpu_slowed: $(ratio "$(median "$root/with.ticks")" "$(median "$root/without.ticks")")"
echo "most_kib_away: $(high_water)"

declare -A ticks
for what in "1 database" "1 referral" "1 bus" "2 bus" "2 referral" "2 database"; do
	# shellcheck disable=SC2086
	ticks[$what]=$(cpu_of $what)
done
line_is open || fail "the line does not open"
wait_caught_up
echo "catch_up_seconds: $(seconds_at 2)"
echo "catch_up_events_per_second: $(awk -v n="$events" -v s="$(seconds_at 2)" 'BEGIN { printf "%d", n / s }')"
for what in "1 database" "1 referral" "1 bus" "2 bus" "2 referral" "2 database"; do
	# shellcheck disable=SC2086
	now=$(cpu_of $what)
	echo "catch_up_cpu_us_per_event_${what/ /_}: $(awk -v t=$((now - ticks[$what])) -v n="$events" 'BEGIN { printf "%.2f", t * 10000 / n }')"
done
high_waters | sed 's/\([0-9]*\) \([a-z]*\).*site \([0-9]\)/kib_\3_\2: \1/'
echo "most_kib: $(high_water)"
sizes after
[ "$(sql_at 2 -c "SELECT count(*) - count(DISTINCT event_id) FROM referral.line_seen")" = 0 ] || fail "some took effect twice"
