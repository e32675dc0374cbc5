#!/bin/bash
# Goal: a publisher that came back from a backup of long ago sends a reader back to the last point that both
# know, not behind everything, though that point is none of those which the reader names at first.
# Method: one site of real processes.  While both stand still, the list of reporting in one stream of intake is
# made that of a reader which saw 50 takeovers more than intake knows, of 60; the point to find is the 10th.
# Then they start, and what comes next is read.
source "$(dirname "$0")/../support/site.sh"

forms=$here/deploy/sample/interceptions.csv people=$here/deploy/sample/people.csv
site=$(source "$here/deploy/sites/in-sunauli.sh" && echo "$number")
INTAKE=4 # its number in the registry
KNOWN=10 UNKNOWN=50

site_make parted
check "the site comes up" site_up
check "an operator logs in" log_in operator

half() { # of the forms, with their people
	head -101 "$forms" >"$root/forms" && awk -F, 'FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR == FNR { known[$at["record"]] = 1; next } FNR == 1 || known[$at["record"]]' "$root/forms" "$people" >"$root/people"
}
check "half of the sample is imported" eval 'half && lifeguard import interceptions "$root/forms" --people "$root/people"'
check "reporting has read it" totals_agree "$root/forms" "$root/people"
check "reporting goes down, and intake" eval "run_sh stop reporting && run_sh stop intake"

# the longest stream: lane, partition, last number
read -r lane p head < <(sql -F ' ' -c "SELECT lane, p, max(through) FROM intake.outbox WHERE destination = 0
	GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1")
check "a stream is long enough" test "${head:-0}" -ge "$KNOWN"

# intake: one number in each of 9 epochs, the others in its own.  Reporting: the same, and 50 takeovers more
saw_more() {
	sql -v ON_ERROR_STOP=1 <<-SQL
		BEGIN;
		UPDATE intake.stream_epoch SET first = $KNOWN
		 WHERE destination = 0 AND lane = $lane AND p = $p AND first = 1;
		INSERT INTO intake.stream_epoch (destination, lane, p, first, epoch)
		SELECT 0, $lane, $p, n, decode(md5('known ' || n), 'hex') FROM generate_series(1, $KNOWN - 1) AS n;
		INSERT INTO reporting.position (site, service, lane, p, epoch, last)
		SELECT $site, $INTAKE, $lane, $p, decode(md5('known ' || n), 'hex'), n FROM generate_series(1, $KNOWN - 1) AS n;
		INSERT INTO reporting.position (site, service, lane, p, epoch, last)
		SELECT $site, $INTAKE, $lane, $p, decode(md5('unknown ' || n), 'hex'), $head + n FROM generate_series(1, $UNKNOWN) AS n;
		COMMIT;
	SQL
}
points() { # of reporting in that stream
	sql -c "SELECT count(*) FROM reporting.position WHERE site = $site AND service = $INTAKE AND lane = $lane AND p = $p"
}
check "reporting saw what intake has lost" saw_more
check "it has as many points" test "$(points)" = $((KNOWN + UNKNOWN))
check "intake starts, then reporting" eval "run_sh start intake && run_sh start reporting"
went_back() {
	grep "publisher went back" "$LG_STATE/log/reporting.log" >"$root/back"
	cat "$root/back"
	[ "$(wc -l <"$root/back")" = 1 ] && grep -q "\"applied\":$((head + UNKNOWN)),\"common\":$head[,}]" "$root/back"
}
check "it goes back once, to where they parted" soon went_back
check "it stands there" eval 'soon test "$(points)" = "$KNOWN"'
check "the rest of the sample is imported" eval \
	'run_sh wait intake && lifeguard import interceptions "$forms" --people "$people"'
check "every event has taken effect, once" totals_agree "$forms" "$people"
check "nobody else went back" eval '! grep -l "publisher went back" "$LG_STATE"/log/*.log | grep -v /reporting.log'
check "nor did it again" went_back
check "nothing is dead" no_dead_letters intake reporting matching referral notification
finish parted
