# What must hold when all is healed and at rest.  Sourced behind pair.sh and invariants.sh.

patience=180 # a reader that hears nothing asks after 20 s, and may do so more than once

# --- what was promised ------------------------------------------------------------------------

# answers are committed with what they answer
answered_is_stored() { # site's number
	local missing
	for service in intake referral; do
		sql_at "$1" -c "SELECT encode(command_id, 'hex') FROM $service.answer WHERE status = 200"
	done | sort >"$root/answers"
	client stored "$ledger" "$1" >"$root/stored"
	[ -s "$root/stored" ] || { echo "the ledger is empty"; return 1; }
	missing=$(comm -13 "$root/answers" "$root/stored" | wc -l)
	[ "$missing" = 0 ] || { echo "$missing of $(wc -l <"$root/stored") answered commands are not there"; return 1; }
}

# each command's event once among the effects, and nothing else of these cases
took_effect_once() { # site's number
	client expect "$ledger" "$1" >"$root/expected"
	cut -d' ' -f1 "$root/expected" | sort -u >"$root/cases"
	sql_at "$1" -F ' ' -c "SELECT encode(case_id, 'hex'), type FROM reporting.case_event WHERE type IN (101, 103, 104)" |
		awk 'NR == FNR { ours[$1]; next } $1 in ours' "$root/cases" - | sort | diff "$root/expected" - >"$root/differ" ||
		{ head -5 "$root/differ"; return 1; }
}

# who was taken in by the desk is so at home, too
sites_agree() {
	local home="SELECT encode(referral_id, 'hex'), state FROM referral.referral WHERE state <> 'NEW'"
	local desk="SELECT encode(referral_id, 'hex'), state FROM referral.offer"
	{ sql_at 1 -c "$home" && sql_at 2 -c "$home"; } | sort >"$root/homes"
	{ sql_at 1 -c "$desk" && sql_at 2 -c "$desk"; } | sort >"$root/desks"
	diff "$root/homes" "$root/desks" >"$root/differ" || { head -6 "$root/differ"; return 1; }
	client accepted "$ledger" | sed 's/$/|ACCEPTED/' | comm -23 - "$root/homes" >"$root/differ"
	[ ! -s "$root/differ" ] || { echo "accepted but not at home: $(head -3 "$root/differ")"; return 1; }
}

# --- nothing waits ------------------------------------------------------------------------------

nothing_is_overdue() { # site's number
	local service count
	for service in intake matching referral notification; do
		count=$(sql_at "$1" -c "SELECT count(*) FROM $service.due
			WHERE due_ms < extract(epoch FROM clock_timestamp()) * 1000 - 5000")
		[ "$count" = 0 ] || { echo "$count deadlines of $service are overdue"; return 1; }
	done
	count=$(sql_at "$1" -c "SELECT count(*) FROM referral.referral WHERE state NOT IN ('ACCEPTED', 'NEW')")
	[ "$count" = 0 ] || { sql_at "$1" -c "SELECT state, count(*) FROM referral.referral GROUP BY 1"; return 1; }
}

line_is_read() { # from, to
	line_is_at_the_end "$(state_of "$1")" "$1" "$(state_of "$2")" "$2"
}

# a place is held by each who was taken in
places_are_exact() {
	[ "$(sql_at 2 -c "SELECT free_places + (SELECT count(*) FROM referral.offer WHERE has_place)
		FROM referral.organisation WHERE code = 'fault-home'")" = 1000 ]
}

# A check that shows, when it fails, where all is at that moment; once for a schedule.
held() { # sentence, command...
	local before=$failed
	check "$@"
	[ "$failed" = "$before" ] || [ -n "$is_shown" ] || show_where
	[ "$failed" = "$before" ] || is_shown=1
}

check_rest() { # seed
	local number is_shown=
	if [ "$big" = sync ] || [ "$big" = async ]; then
		held "$1: the services were ready again within 30 s of the new primary" grep "^ready" "$root/ready"
		echo "          $(cat "$root/ready")"
	fi
	held "$1: the sites agree on who was taken in" soon sites_agree
	for number in 1 2; do
		held "$1: site $number: every reader has read all" soon of "$number" readers_are_at_the_end "$number"
		held "$1: site $number: what was answered is stored" answered_is_stored "$number"
		held "$1: site $number: it took effect once" soon took_effect_once "$number"
		held "$1: site $number: nothing waits" soon nothing_is_overdue "$number"
		held "$1: site $number: nothing is dead, parked or unhandled" of "$number" nothing_is_dead
	done
	held "$1: all has crossed" soon eval "line_is_read 1 2 && line_is_read 2 1"
	[ -n "$loses" ] || return 0
	held "$1: the loss was noticed and listed, and was told again" soon loss_is_noticed
	echo "          $(sql_at $((3 - loses)) -c "SELECT count(*) FROM referral.lost") events listed as lost at site $((3 - loses)) so far"
}

# of all schedules of this pair
check_end() {
	local number
	for number in 1 2; do
		check "site $number: each event took effect once" of "$number" each_event_took_effect_once
		check "site $number: order per case is kept" of "$number" order_per_case_is_kept
		check "site $number: streams are dense" of "$number" streams_are_dense
	done
	check "no place is given away twice" places_are_exact
}

# At the site that has lost nothing: everything heard that the other has forgotten is listed, by the
# command that an operator has for it, nothing else is, and what is needed was told again.
loss_is_noticed() {
	local other=$((3 - loses)) needed=ReferralOffered listed
	[ "$loses" = 1 ] || needed=ReferralReceived
	sql_at "$loses" -c "SELECT encode(event_id, 'hex') FROM referral.outbox_event WHERE destination = $other" | sort >"$root/told"
	sql_at "$other" -c "SELECT encode(e.event_id, 'hex') FROM referral.heard AS h, referral.heard_events(h) AS e WHERE site = $loses" | sort | comm -23 - "$root/told" >"$root/differ"
	[ ! -s "$root/differ" ] || { echo "$(wc -l <"$root/differ") events were heard, are forgotten and not listed"; return 1; }
	sql_at "$other" -c "SELECT encode(event_id, 'hex') FROM referral.lost" | sort | comm -12 - "$root/told" >"$root/differ"
	[ ! -s "$root/differ" ] || { echo "$(wc -l <"$root/differ") events are listed and not lost"; return 1; }
	LIFEGUARD_GATEWAY=$(at "$other" url)
	export LIFEGUARD_GATEWAY
	of "$other" log_in operator >/dev/null && lifeguard lost list referral >"$root/lost" || return 1
	listed=$(sql_at "$other" -c "SELECT count(*) FROM referral.lost")
	[ $(($(wc -l <"$root/lost") - 1)) = "$listed" ] || [ "$listed" = 0 ] || { head -5 "$root/lost"; return 1; }
	! grep " $needed .* no\$" "$root/lost" || { echo "these were not told again"; return 1; }
}
