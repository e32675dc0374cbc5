# Where what is missing was when a check failed: printed at once, because it may arrive later.
# Sourced behind pair.sh and invariants.sh; says nothing of persons: ids, counts and literals.

# How far each log has come: what is behind belongs to the schedule.
mark_logs() {
	local log
	for log in "$folder"/*/log/*.log; do
		[ ! -e "$log" ] || wc -l <"$log" >"$log.mark"
	done
}

show_logs() {
	local log
	for log in "$folder"/*/log/*.log; do
		echo "  -- ${log#"$folder"/}"
		tail -n +$(($(cat "$log.mark" 2>/dev/null || echo 0) + 1)) "$log" | tail -40
	done
}

metrics_of() { # site's number, service
	curl -fs --max-time 2 --unix-socket "$(state_of "$1")/health/$2.1.sock" http://localhost/metrics
}

# what is on the line and before it, what went nowhere, and what a service counts; zeros left out
show_counts() { # site's number
	metrics_of "$1" bus | grep -E '^lifeguard_bus_(link|frames_dropped|partitions_owned)' | grep -v ' 0$'
	metrics_of "$1" referral |
		grep -E '^lifeguard_(line|stream|queue|batches|frames|second|partitions|dead|gone)' | grep -v ' 0$'
}

# events that were published for the other site and are not read there: partition, number, type, ids
show_unread() { # from, to
	local lane p last end
	join -a 1 -e 0 -o 1.1,1.2,2.2 \
		<(of "$1" ends_of referral "$2" | awk '{ print $1 ":" $2, $3 }' | sort) \
		<(of "$2" positions_of referral "$1" referral | awk '{ print $1 ":" $2, $3 }' | sort) |
		while IFS=': ' read -r lane p end last; do
			[ "$end" != "$last" ] || continue
			echo "lane $lane partition $p: $end published at site $1, $last read at site $2"
			sql_at "$1" -F ' ' -c "SELECT number, type, encode(event_id, 'hex') FROM referral.outbox_event
				WHERE destination = $2 AND lane = $lane AND p = $p AND number > $last ORDER BY number LIMIT 5"
			sql_at "$1" -c "SELECT 'acknowledged ' || applied FROM referral.reader
				WHERE destination = $2 AND lane = $lane AND p = $p"
			echo "read in: $(sql_at "$2" -F ' ' -c "SELECT left(encode(epoch, 'hex'), 8), last FROM referral.position
				WHERE site = $1 AND service = $(service_number referral) AND lane = $lane AND p = $p ORDER BY last DESC LIMIT 3" | tr '\n' ' ')"
		done
}

# who waits for what in its database, longest first
show_sessions() { # site's number
	sql_at "$1" -F ' ' -c "SELECT usename, state, wait_event_type, wait_event, age(clock_timestamp(), query_start)
		FROM pg_stat_activity WHERE usename LIKE 'lg_%' AND state <> 'idle' ORDER BY query_start LIMIT 8"
	sql_at "$1" -c "SELECT 'commits wait for a standby: ' || setting FROM pg_settings
		WHERE name = 'synchronous_standby_names' AND setting <> ''"
}

# lag, credit, owner and last error of the streams that are behind or have one, as an operator sees them
show_streams() { # site's number
	LIFEGUARD_GATEWAY=$(at "$1" url)
	export LIFEGUARD_GATEWAY
	of "$1" log_in operator >/dev/null 2>&1 && lifeguard bus top --once 2>&1 |
		awk 'NR < 4 || $4 > 0 || NF > 8' | cut -c1-160
}

show_where() {
	local number
	echo "  where it is, $(date -u +%T):"
	show_unread 1 2
	show_unread 2 1
	for number in 1 2; do
		echo "  -- site $number, now $(primary "$number")"
		show_counts "$number"
		show_sessions "$number"
		show_streams "$number"
	done
}
