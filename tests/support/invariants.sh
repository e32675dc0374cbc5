# What must hold of a site at rest, asked of its database by an administrator.  Sourced behind
# site.sh.  Of which site: LG_STATE, its folder; who hears of what: proto/registry.txt.

# lines "publisher reader type lane" of all events; lane 0 is care, 1 bulk
addressed() {
	awk '$2 == "event" { n = split($5, to, ","); for (i = 1; i <= n; i++) print $4, to[i], $1, $3 == "bulk" }' \
		"$here/proto/registry.txt"
}

service_number() { # of proto/codes.proto
	awk -v name="SERVICE_${1^^}" '$1 == name { sub(";", "", $3); print $3 }' "$here/proto/codes.proto"
}

publishers() {
	addressed | cut -d' ' -f1 | sort -u
}

# events of this site that reporting keeps a trace of, as SQL: publisher, event_id, number; a tally (108)
# is of no case, and what was lost or doubled of it shows in the sum
told_to_reporting() {
	local publisher types union=
	for publisher in $(publishers); do
		types=$(addressed | awk -v from="$publisher" '$1 == from && $2 == "reporting" && $3 != 108 { printf "%s%s", comma, $3; comma = "," }')
		[ -z "$types" ] || union+="${union:+ UNION ALL }SELECT '$publisher' AS publisher, event_id, number
			FROM $publisher.outbox_event WHERE destination = 0 AND type IN ($types)"
	done
	echo "$union"
}

# every event that was addressed to reporting took effect there, once
each_event_took_effect_once() {
	soon none_is_missing_or_doubled # the last ones may be on their way still
}

none_is_missing_or_doubled() {
	local wrong
	wrong=$(sql -c "SELECT count(*)
		  FROM (SELECT event_id, count(*) AS n FROM reporting.case_event GROUP BY event_id) AS e
		  FULL JOIN ($(told_to_reporting)) AS o USING (event_id)
		 WHERE e.n IS DISTINCT FROM 1 OR o.event_id IS NULL")
	[ "$wrong" = 0 ] || { echo "$wrong events took effect never, or twice"; return 1; }
}

# the effects of one case came in the order in which their publisher committed them
order_per_case_is_kept() {
	local wrong
	wrong=$(sql -c "SELECT count(*)
		  FROM (SELECT o.number < lag(o.number) OVER (PARTITION BY o.publisher, c.case_id ORDER BY c.seq) AS back
		          FROM reporting.case_event AS c
		          JOIN ($(told_to_reporting)) AS o USING (event_id)) AS e
		 WHERE back")
	[ "$wrong" = 0 ] || { echo "$wrong effects came before their predecessor"; return 1; }
}

# numbers of each stream are 1, 2, 3 without holes
streams_are_dense() {
	local wrong publisher union=
	for publisher in $(publishers); do
		union+="${union:+ UNION ALL }SELECT '$publisher', destination, lane, p
			  FROM $publisher.outbox_event GROUP BY destination, lane, p HAVING max(number) <> count(*)"
	done
	wrong=$(sql -c "$union") || return 1
	[ -z "$wrong" ] || { echo "these streams have holes: $wrong"; return 1; }
}

# lines "lane p last" of a publisher's streams to a site, and of a reader's positions in them
ends_of() { # publisher, destination
	sql -F ' ' -c "SELECT lane, p, max(through) FROM $1.outbox WHERE destination = $2 GROUP BY 1, 2 ORDER BY 1, 2"
}

positions_of() { # reader, site, publisher
	sql -F ' ' -c "SELECT lane, p, max(last) FROM $1.position
		WHERE site = $2 AND service = $(service_number "$3") AND last > 0 GROUP BY 1, 2 ORDER BY 1, 2"
}

# Effect and position are one transaction: who stands at the end of a stream has taken all of it.
readers_are_at_the_end() { # the site's number
	local publisher reader lane union= behind
	while read -r publisher reader lane; do
		union+="${union:+ UNION ALL }SELECT '$reader has not read all of $publisher: ' || p
			FROM (SELECT p, max(number) AS n FROM $publisher.outbox_event
			       WHERE destination = 0 AND lane = $lane GROUP BY p) AS o
			FULL JOIN (SELECT p, max(last) AS n FROM $reader.position
			       WHERE site = $1 AND service = $(service_number "$publisher") AND lane = $lane AND last > 0
			       GROUP BY p) AS r USING (p)
			WHERE o.n IS DISTINCT FROM r.n"
	done < <(addressed | awk '{ print $1, $2, $4 }' | sort -u)
	behind=$(sql -c "$union") || return 1
	[ -z "$behind" ] || { head -3 <<<"$behind"; return 1; }
}

# the same over the line: referral reads what referral of another site sent it
line_is_at_the_end() { # folder and number of the sender, folder and number of the reader
	diff <(LG_STATE=$1 ends_of referral "$4") <(LG_STATE=$3 positions_of referral "$2" referral) ||
		{ echo "site $4 has not read all of site $2"; return 1; }
}

# what the counters say is what the events say
counters_match_events() {
	local wrong
	wrong=$(sql -c "SELECT (SELECT sum(interceptions + victims + suspects) FROM reporting.interception_month)
		- (SELECT count(*) FROM reporting.case_event WHERE type IN (101, 103))")
	[ "$wrong" = 0 ] || { echo "counters and events differ by $wrong"; return 1; }
}

nothing_is_dead() {
	local dead reader union=
	for reader in $(addressed | cut -d' ' -f2 | sort -u); do
		union+="${union:+ UNION ALL }SELECT '$reader', (SELECT count(*) FROM $reader.dead_letter)
			+ (SELECT count(*) FROM $reader.parked) + (SELECT count(*) FROM $reader.unhandled)"
	done
	dead=$(sql -c "SELECT reader, n FROM ($union) AS u(reader, n) WHERE n > 0") || return 1
	[ -z "$dead" ] || { echo "dead, parked or unhandled: $dead"; return 1; }
}

check_invariants() {
	check "$1: each event took effect once" each_event_took_effect_once
	check "$1: order per case is kept" order_per_case_is_kept
	check "$1: streams are dense" streams_are_dense
	check "$1: counters match events" counters_match_events
	check "$1: nothing is dead, parked or unhandled" nothing_is_dead
}
