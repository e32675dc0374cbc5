# What must hold of a site at rest, asked of its database by an administrator.  Sourced behind
# site.sh.

# every event that intake published took effect in reporting, once
each_event_took_effect_once() {
	local wrong
	wrong=$(sql -c "SELECT count(*)
		  FROM (SELECT event_id, count(*) AS n FROM reporting.case_event GROUP BY event_id) AS e
		  FULL JOIN intake.outbox AS o USING (event_id)
		 WHERE e.n IS DISTINCT FROM 1 OR o.event_id IS NULL")
	[ "$wrong" = 0 ] || { echo "$wrong events took effect never, or twice"; return 1; }
}

# the effects of one case came in the order in which intake committed them
order_per_case_is_kept() {
	local wrong
	wrong=$(sql -c "SELECT count(*)
		  FROM (SELECT o.number < lag(o.number) OVER (PARTITION BY c.case_id ORDER BY c.seq) AS back
		          FROM reporting.case_event AS c
		          JOIN intake.outbox AS o USING (event_id)) AS e
		 WHERE back")
	[ "$wrong" = 0 ] || { echo "$wrong effects came before their predecessor"; return 1; }
}

# numbers of each stream are 1, 2, 3 without holes
streams_are_dense() {
	local wrong
	wrong=$(sql -c "SELECT count(*)
		  FROM (SELECT max(number) - count(*) AS holes FROM intake.outbox GROUP BY destination, lane, p) AS s
		 WHERE holes <> 0")
	[ "$wrong" = 0 ] || { echo "$wrong streams have holes"; return 1; }
}

# what the counters say is what the events say
counters_match_events() {
	local wrong
	wrong=$(sql -c "SELECT (SELECT sum(interceptions + victims + suspects) FROM reporting.interception_month)
		- (SELECT count(*) FROM reporting.case_event WHERE type IN (101, 103))")
	[ "$wrong" = 0 ] || { echo "counters and events differ by $wrong"; return 1; }
}

nothing_is_dead() {
	local dead
	dead=$(sql -c "SELECT (SELECT count(*) FROM reporting.dead_letter)
		+ (SELECT count(*) FROM reporting.parked) + (SELECT count(*) FROM reporting.unhandled)")
	[ "$dead" = 0 ] || { echo "$dead messages are dead, parked or unhandled"; return 1; }
}

check_invariants() {
	check "$1: each event took effect once" each_event_took_effect_once
	check "$1: order per case is kept" order_per_case_is_kept
	check "$1: streams are dense" streams_are_dense
	check "$1: counters match events" counters_match_events
	check "$1: nothing is dead, parked or unhandled" nothing_is_dead
}
