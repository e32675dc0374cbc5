#!/bin/bash
# Goal: an event that kills whoever handles it stops one key, not the service; after a death events
# are marked before they are tried, after an orderly end they are not.
# Method: one site of real processes.  Nobody has a handler that dies, so its traces are laid by
# hand: two owners died while they tried the first event of a partition.
source "$(dirname "$0")/../support/site.sh"

forms=$here/deploy/sample/interceptions.csv people=$here/deploy/sample/people.csv

site_make killer
check "the site comes up" site_up
check "an operator logs in" log_in operator

owners() { # partitions whose owner has not given them back
	sql -c "SELECT count(*) FROM reporting.trial WHERE owner <> ''"
}
check "each partition has its owner" test "$(owners)" = 16
check "reporting goes down in good order" run_sh stop reporting
check "it has given all back" test "$(owners)" = 0
check "the sample is imported" lifeguard import interceptions "$forms" --people "$people"

two_died() {
	sql -v ON_ERROR_STOP=1 <<-SQL
		UPDATE reporting.trial AS t
		   SET owner = '\xdead', event_id = e.event_id, deaths = 2
		  FROM (SELECT p, event_id FROM intake.outbox_event
		         WHERE destination = 0 AND number = 1 ORDER BY lane, p LIMIT 1) AS e
		 WHERE t.p = e.p;
	SQL
}
check "two owners died of one event" two_died
killer=$(sql -c "SELECT encode(event_id, 'hex') FROM reporting.trial WHERE deaths = 2")
check "reporting starts" run_sh start reporting
dead() {
	local found
	found=$(sql -c "SELECT encode(event_id, 'hex') || ' ' || reason FROM reporting.dead_letter")
	[ "$found" = "$killer whoever handled it died" ] || { echo "dead letters: $found; expected: $killer"; return 1; }
}
check "it is a dead letter, and nothing else is" soon dead
marked() { # the others of its partition, one by one
	[ "$(sql -c "SELECT count(*) FROM reporting.trial WHERE deaths = 1 AND event_id <> '\x$killer'")" = 1 ] ||
		{ sql -c "SELECT p, encode(event_id, 'hex'), deaths FROM reporting.trial"; return 1; }
}
check "what came behind it was marked before it was tried" soon marked
retry() {
	lifeguard dead-letters retry reporting "$(sql -c "SELECT letter FROM reporting.dead_letter")"
}
check "mended, it is retried with what waited behind it" retry
check "every event has taken effect, once" totals_agree "$forms" "$people"

dies() {
	kill_hard "$LG_STATE/pid/reporting.1" || return 1
	[ "$(owners)" = 16 ] || { owners; return 1; }
	run_sh start reporting
}
check "killed, it has given nothing back" dies
check "nothing was lost or doubled" totals_agree "$forms" "$people"
finish killer
