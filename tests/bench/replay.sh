#!/bin/bash
# Goal: a projection that was dropped is there again before anybody has drunk their tea.
# Method: EVENTS (1,000,000) events lie in intake's journal before the site starts; reporting reads them
# for the first time, then its projection is dropped by `lifeguard rebuild` and built again while an
# operator imports forms one after the other.  Timed from the command to the last total, which must
# be exact.
#
#   first_seconds            a new projection, nothing else going on
#   rebuild_seconds          under live traffic: from the first command to the last event
#   rebuild_events_per_second
#   traffic_forms_while_rebuilding
#   rebuild_cpu_us_per_event of all services and the database's server, traffic included
#   rebuild_cpu_us_per_event_reporting, _reporting_database: what the rebuild itself cannot do beside
#                            itself: the service, and the one connection that it writes by
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
events=${EVENTS:-1000000}
tools=${LG_BUILD:-$here/build}/tests/support

fail() {
	echo "replay: $*" >&2
	tail -n 3 "$LG_STATE"/log/*.log >&2
	exit 1
}

# folder, keys, database: and the journal, before any service has begun a stream
make_journal() {
	run_sh keys && "$here/deploy/postgres.sh" init "$LG_STATE/db" &&
		"$here/deploy/postgres.sh" start "$LG_STATE/db" &&
		"$LG_BIN/lg-intake" --migrate --database "$(run_sh conninfo migrate)" &&
		"$tools/backlog_main" journal 1 "$events" | sql && sql -c "VACUUM ANALYZE intake.outbox" -c CHECKPOINT
}

counted() {
	sql -c "SELECT coalesce(sum(interceptions + victims + suspects), 0) FROM reporting.interception_month"
}

# lines "partition last" of intake's journal as it stands
heads() {
	sql -F ' ' -c "SELECT p, max(through) FROM intake.outbox WHERE destination = 0 GROUP BY p"
}

# until reporting has read all that these lines name
wait_read() { # file of heads
	local behind=
	for _ in $(seq 2400); do
		behind=$(sql -F ' ' -c "SELECT p, max(last) FROM reporting.position WHERE site = 1 AND service = 4 GROUP BY p" |
			awk 'NR == FNR { at[$1] = $2; next } at[$1] < $2 { n += $2 - at[$1] } END { print n + 0 }' - "$1")
		[ "$behind" -gt 0 ] || return 0
		sleep 0.1
	done
	fail "$behind events were not read"
}

since() { # nanoseconds
	awk -v ns=$(($(date +%s%N) - $1)) 'BEGIN { printf "%.2f", ns / 1e9 }'
}

cpu_of() { # processes; in 10 ms
	# shellcheck disable=SC2046
	cat $(printf '/proc/%s/stat ' "$@") 2>/dev/null |
		sed 's/^.*) //' | awk '{ sum += $12 + $13 + $14 + $15 } END { print sum }'
}

cpu() { # of the services and the database
	local server
	server=$(head -1 "$(find "$LG_STATE/db" -name postmaster.pid)")
	# shellcheck disable=SC2046
	cpu_of $(cat "$LG_STATE"/pid/*) "$server" $(pgrep -P "$server")
}

us_per_event() { # ticks
	awk -v t="$1" -v n="$events" 'BEGIN { printf "%.1f", t * 10000 / n }'
}

traffic() {
	local round=0
	while :; do
		round=$((round + 1))
		sed "2,\$s/^/$round-/" "$forms" >"$root/forms.$round.csv"
		sed "2,\$s/^/$round-/" "$people" >"$root/people.$round.csv"
		lifeguard import interceptions "$root/forms.$round.csv" --people "$root/people.$round.csv" >/dev/null 2>&1 ||
			log_in operator >/dev/null 2>&1
	done
}

# what the cases of the database say, and what the journal made for the rest
exact() {
	sql -c "SELECT (SELECT count(*) + sum(victims + suspects) FROM intake.case_file) + $events / 4 * 3"
}

site_make replay
make_journal >"$root/made" 2>&1 || fail "the journal was not made: $(tail -3 "$root/made")"
heads >"$root/heads"
started=$(date +%s%N)
site_up >"$root/up.log" 2>&1 || fail "the site did not come up: $(tail -3 "$root/up.log")"
wait_read "$root/heads"
echo "events: $events"
echo "journal_bytes: $(sql -c "SELECT pg_total_relation_size('intake.outbox_journal')")"
echo "first_seconds: $(since "$started")"

field_data
log_in operator >/dev/null || fail "the operator could not log in"
set -m
traffic &
importer=$!
set +m
sleep 2
before=$(sql -c "SELECT count(*) FROM intake.case_file")
heads >"$root/heads"
backend=$(sql -c "SELECT pid FROM pg_stat_activity WHERE usename = 'lg_reporting'")
ticks=$(cpu) own_ticks=$(cpu_of "$(pid_of reporting)") backend_ticks=$(cpu_of "$backend")
started=$(date +%s%N)
lifeguard rebuild reporting >"$root/rebuild" 2>&1 || fail "the rebuild was refused: $(tail -3 "$root/rebuild")"
echo "rebuild_commands_seconds: $(since "$started")"
wait_read "$root/heads"
took=$(since "$started")
ticks=$(($(cpu) - ticks)) own_ticks=$(($(cpu_of "$(pid_of reporting)") - own_ticks))
backend_ticks=$(($(cpu_of "$backend") - backend_ticks))
echo "rebuild_seconds: $took"
echo "rebuild_events_per_second: $(awk -v n="$events" -v s="$took" 'BEGIN { printf "%d", n / s }')"
echo "traffic_forms_while_rebuilding: $(($(sql -c "SELECT count(*) FROM intake.case_file") - before))"
echo "rebuild_cpu_us_per_event: $(us_per_event "$ticks")"
echo "rebuild_cpu_us_per_event_reporting: $(us_per_event "$own_ticks")"
echo "rebuild_cpu_us_per_event_reporting_database: $(us_per_event "$backend_ticks")"
kill -- -"$importer"
wait "$importer" 2>/dev/null
for _ in $(seq 100); do
	[ "$(counted)" != "$(exact)" ] || break
	sleep 0.1
done
[ "$(counted)" = "$(exact)" ] || fail "$(counted) were counted, there are $(exact)"
echo "totals: exact"
echo "projection_bytes: $(sql -c "SELECT pg_total_relation_size('reporting.case_event')")"
