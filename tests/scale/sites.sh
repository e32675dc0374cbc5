#!/bin/bash
# Goal: what an event costs does not depend on how many sites there are.
# Method: site 1 publishes EVENTS (204,800) events in all, for 1, 5 and 20 other sites in equal parts; each
# of them is real processes with keys and a line of its own (bus, and a lean service in referral's place),
# with a database of its own in one PostgreSQL, since it is not the server's memory that is measured.
# Events lie in the outbox when site 1's service starts; the processor time of all processes until the last
# is acknowledged is taken, less that of the same start with nothing to send.
#
#   sites_N_cpu_us_per_event          all processes of all sites, N linked
#   sites_N_cpu_us_per_event_WHAT     hub_bus, hub_service, sites_bus, sites_service, database
#   sites_N_cpu_us_per_event_hub      what it costs the site that publishes: its bus and its service
#   sites_N_events_per_batch          that the others store in one transaction: what comes thinner is stored
#                                     in smaller ones, which is what their own part grows by
#   sites_growth_hub, sites_growth    20 through 1
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
seed=1 events=${EVENTS:-204800} most=20
source tests/support/line.sh
for number in $(seq 2 $((most + 1))); do numbers[number]=site-$number; done
steps="1 5 20" parts="hub_bus hub_service sites_bus sites_service database"
declare -A had # events that a site was sent in earlier rounds

give_up() {
	echo "sites: $*" >&2
	tail -n 3 "$root"/[12]/log/*.log >&2
	failed=1
	exit 1
}

make_spoke() { # number
	at "$1" keys && sql_at 1 -c "CREATE DATABASE site_$1 TEMPLATE lifeguard" && had[$1]=0
}

# the next free port, for a line of its own
link_spoke() { # number
	port=$((port + 1))
	while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
	at 1 trust "$root/$1/keys/keyring" && at "$1" trust "$root/1/keys/keyring" || return 1
	echo "listen $1=tcp://127.0.0.1:$port" >>"$root/1/links"
	echo "connect 1=tcp://127.0.0.1:$port" >"$root/$1/links"
}

# as run.sh does, but in a database of its own
start_spoke() { # number
	at "$1" start bus || return 1
	setsid "$root/bin/lg-referral" --keys "$root/$1/keys" --bus "ipc://$root/$1/bus/bus.sock" \
		--health "$root/$1/health/referral.1.sock" --data "$here/services/referral/data" \
		--database "$(at 1 conninfo referral) dbname=site_$1" >>"$root/$1/log/referral.log" 2>&1 </dev/null &
	echo $! >"$root/$1/pid/referral.1"
	at "$1" wait referral
}

# as many sites as that, and the hub knows them all
grow_to() { # sites
	local number
	at 1 stop referral
	at 1 stop bus
	for number in $(seq $((linked + 2)) $(($1 + 1))); do link_spoke "$number" || return 1; done
	at 1 start bus
	for number in $(seq $((linked + 2)) $(($1 + 1))); do start_spoke "$number" || return 1; done
	linked=$1
	for _ in $(seq 300); do
		[ "$(link_metric 1 up | awk '{ n += $1 } END { print n + 0 }')" != "$1" ] || return 0
		sleep 0.1
	done
	echo "not all lines are up"
	return 1
}

# in the segment of today, and in the epoch that the start before has begun
make_backlog() {
	local number share=$((events / linked))
	for number in $(seq 2 $((linked + 1))); do
		"$tools/backlog_main" packed 1 "$number" "$share" $((had[$number] / share)) | sed 's/^[0-9]*\t/1\t/; /^INSERT/d' | sql_at 1 >/dev/null || return 1
		had[$number]=$((had[$number] + share))
	done
	sql_at 1 -c "VACUUM ANALYZE referral.outbox" -c CHECKPOINT
}

ticks_of() { # pid files; in 10 ms
	local file
	for file in "$@"; do [ ! -e "$file" ] || cat "/proc/$(cat "$file")/stat"; done 2>/dev/null |
		sed 's/^.*) //' | awk '{ sum += $12 + $13 + $14 + $15 } END { print sum + 0 }'
}

# in the order of parts
ticks() {
	local server
	server=$(head -1 "$(find "$root/1/db" -name postmaster.pid)")
	ticks_of "$root/1/pid/bus.1"
	ticks_of "$root/1/pid/referral.1"
	ticks_of "$root"/[2-9]/pid/bus.1 "$root"/[1-9][0-9]/pid/bus.1
	ticks_of "$root"/[2-9]/pid/referral.1 "$root"/[1-9][0-9]/pid/referral.1
	# shellcheck disable=SC2046
	cat $(printf '/proc/%s/stat ' "$server" $(pgrep -P "$server")) 2>/dev/null |
		sed 's/^.*) //' | awk '{ sum += $12 + $13 + $14 + $15 } END { print sum + 0 }'
}

# transactions of the others' services
batches() {
	local number
	for number in $(seq 2 $((linked + 1))); do
		curl -fs --max-time 2 --unix-socket "$root/$number/health/referral.1.sock" http://localhost/metrics
	done | awk '/^lifeguard_batch_seconds_count[{ ]/ { n += $NF } END { print n + 0 }'
}

waiting() {
	curl -fs --max-time 2 --unix-socket "$root/1/health/referral.1.sock" http://localhost/metrics |
		awk '/^lifeguard_events_unacknowledged[{ ]/ { n = $NF } END { print n == "" ? 1 : n }'
}

# the hub's service from its start until nothing waits any more, and some seconds more for who is slow
one_start() { # file for the ticks that it took
	local before stored
	before=$(ticks) stored=$(batches)
	at 1 start referral && at 1 wait referral || return 1
	sleep 3
	for _ in $(seq 600); do
		[ "$(waiting)" != 0 ] || break
		sleep 0.1
	done
	[ "$(waiting)" = 0 ] || { echo "$(waiting) events wait"; return 1; }
	paste <(ticks) <(echo "$before") | awk '{ print $1 - $2 }' >"$1"
	echo $(($(batches) - stored)) >"$1.batches"
	at 1 stop referral
}

measure() { # sites
	grow_to "$1" && one_start "$root/first" && one_start "$root/idle" && make_backlog && one_start "$root/busy" || return 1
	paste "$root/busy" "$root/idle" <(tr ' ' '\n' <<<"$parts") | awk -v n="$1" -v events="$events" '
		{ us = ($1 - $2) * 10000 / events; sum += us; hub += $3 ~ /^hub/ ? us : 0; printf "sites_%d_cpu_us_per_event_%s: %.2f\n", n, $3, us }
		END { printf "sites_%d_cpu_us_per_event_hub: %.2f\nsites_%d_cpu_us_per_event: %.2f\n", n, hub, n, sum }'
	echo "sites_$1_events_per_batch: $((events / $(cat "$root/busy.batches")))"
}

# each site has seen what was for it, once; psql tells of the database that it is in now
all_seen() {
	local number told
	for number in $(seq 2 $((linked + 1))); do
		told=$(sql_at 1 -c "\connect site_$number" -c "SELECT count(DISTINCT event_id) || ' of ' || count(*) FROM referral.line_seen" | tail -1)
		[ "$told" = "${had[$number]} of ${had[$number]}" ] || { echo "site $number has seen $told, ${had[$number]} were sent"; return 1; }
	done
}

linked=0
make_programs
make_site 1 >"$root/made" 2>&1 || give_up "site 1 was not made"
for number in $(seq 2 $((most + 1))); do make_spoke "$number" || give_up "site $number was not made"; done >>"$root/made" 2>&1
for sites in $steps; do measure "$sites" || give_up "$sites sites could not be measured"; done | tee "$root/figures"
all_seen || give_up "not every site has seen what was for it, once"
awk '{ at[$1] = $2 } END { all = "_cpu_us_per_event"
	printf "sites_growth_hub: %.2f\n", at["sites_20" all "_hub:"] / at["sites_1" all "_hub:"]
	printf "sites_growth: %.2f\n", at["sites_20" all ":"] / at["sites_1" all ":"] }' "$root/figures"
