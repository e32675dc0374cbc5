#!/bin/bash
# Goal: events of types that a version did not know take effect when one comes that knows them,
# before anything else, once; what nobody knows stays.  A deadline that nobody knows stays, too: it holds
# no other one up, is told once and not each second, and is counted.
# Method: one site of real processes.  While reporting is down the sample is imported, and its
# database is put into the state that an older version would have left: positions moved past every
# event, every event kept as unhandled, one of a type of the far future.  Then today's version starts.
source "$(dirname "$0")/../support/site.sh"

forms=$here/deploy/sample/interceptions.csv people=$here/deploy/sample/people.csv
site=$(source "$here/deploy/sites/in-sunauli.sh" && echo "$number")
INTAKE=4 FUTURE=16777215 # numbers of the registry; a type that nobody knows
SEARCH=3501 OVERDUE=1040 # a deadline that matching knows; so many that it does not know

site_make upgrade
check "the site comes up" site_up
check "an operator logs in" log_in operator

# more of each partition than one look takes, and due before all others
deadlines_of_the_future() {
	sql -v ON_ERROR_STOP=1 -c "INSERT INTO matching.due (due_id, p, key, type, due_ms, message)
		SELECT decode(md5(p || ' ' || n), 'hex'), p, decode(md5(n || ' ' || p), 'hex'), $FUTURE, 1, ''
		  FROM generate_series(0, 15) AS p, generate_series(1, $OVERDUE / 16) AS n"
}
check "matching has deadlines of the far future" deadlines_of_the_future
check "reporting goes down" run_sh stop reporting
check "the sample is imported" lifeguard import interceptions "$forms" --people "$people"

left_by_an_older_version() {
	sql -v ON_ERROR_STOP=1 <<-SQL
		INSERT INTO reporting.unhandled (p, case_id, type, site, service, envelope)
		SELECT e.p, e.event_id, e.type, $site, $INTAKE,
		       substr(o.run, 1 + (sum(e.size_bytes) OVER row - e.size_bytes)::integer,
		              e.size_bytes::integer)
		  FROM intake.outbox_event AS e
		  JOIN intake.outbox AS o
		    ON o.destination = 0 AND o.lane = e.lane AND o.p = e.p
		   AND e.number BETWEEN o.first AND o.through
		 WHERE e.destination = 0
		WINDOW row AS (PARTITION BY o.lane, o.p, o.through ORDER BY e.number)
		 ORDER BY e.lane, e.p, e.number;
		INSERT INTO reporting.unhandled (p, case_id, type, site, service, envelope)
		SELECT p, case_id, $FUTURE, site, service, envelope FROM reporting.unhandled LIMIT 1;
		INSERT INTO reporting.position (site, service, lane, p, epoch, last)
		SELECT $site, $INTAKE, h.lane, h.p,
		       (SELECT s.epoch FROM intake.stream_epoch AS s
		         WHERE s.destination = 0 AND s.lane = h.lane AND s.p = h.p AND s.first <= h.head
		         ORDER BY s.first DESC LIMIT 1), h.head
		  FROM (SELECT lane, p, max(through) AS head
		          FROM intake.outbox WHERE destination = 0 GROUP BY lane, p) AS h;
	SQL
}
check "its database is as an older version would have left it" left_by_an_older_version
kept=$(sql -c "SELECT count(*) FROM reporting.unhandled")
check "all events are kept" test "${kept:-0}" -gt 38
check "today's version starts" run_sh start reporting
check "every event has taken effect, once" totals_agree "$forms" "$people"
left() {
	local types
	types=$(sql -c "SELECT DISTINCT type FROM reporting.unhandled")
	[ "$types" = "$FUTURE" ] || { echo "left: $types"; return 1; }
}
check "what nobody knows stays, nothing else" soon left
check "nothing became a dead letter" test "$(sql -c "SELECT count(*) FROM reporting.dead_letter")" = 0

again() { # a second start applies nothing twice
	run_sh stop reporting && run_sh start reporting && totals_agree "$forms" "$people"
}
check "starting again changes nothing" again

one_more() { # the first form under a number of its own, without people
	sed -n '1p' "$forms" >"$root/more.csv"
	sed -n '2p' "$forms" | sed 's/^[^,]*/UPGRADE-1/' >>"$root/more.csv"
	head -1 "$people" >"$root/nobody.csv"
	lifeguard import interceptions "$root/more.csv" --people "$root/nobody.csv" || return 1
	cat "$forms" <(tail -1 "$root/more.csv") >"$root/all.csv"
	totals_agree "$root/all.csv" "$people"
}
check "streams are read on: one more form arrives" one_more

number() { sql -c "SELECT count(*) FROM $1"; }
all_searched() { # its own deadlines were met behind those
	[ "$(number matching.person_record)" -gt 0 ] && [ "$(number "matching.due WHERE type = $SEARCH")" = 0 ]
}
check "a deadline that nobody knows holds no other one up" soon all_searched
check "it stays for the version that knows it" \
	test "$(number "matching.due WHERE type = $FUTURE")" = "$OVERDUE"
is_counted() {
	curl -fs --unix-socket "$LG_STATE/health/matching.1.sock" http://localhost/metrics >"$root/metrics"
	grep -x "lifeguard_overdue_deadlines{service=\"matching\"} $OVERDUE" "$root/metrics" ||
		! grep overdue "$root/metrics"
}
check "it is counted" soon is_counted
is_told_once() {
	local count lines
	lines=$(grep -c deadline "$LG_STATE/log/matching.log")
	count=$(grep -c 'deadlines are overdue' "$LG_STATE/log/matching.log")
	[ "$count $lines" = "1 1" ] || { echo "told $count times, in $lines lines of deadlines"; return 1; }
}
check "it is told once, when it is seen for the second time" soon is_told_once
finish upgrade
