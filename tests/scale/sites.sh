#!/bin/bash
# Goal: what an event costs does not depend on how many sites there are.
# Method: site 1 publishes for 1, 5 and 20 other sites; each of them is real processes with keys and a line
# of its own (bus, and a lean service in referral's place), with a database of its own in one PostgreSQL,
# since it is not the server's memory that is measured.  A network may grow in two ways, and both are
# measured, ROUNDS (3) times each, medians:
#   spread   the same in all: EVENTS (204,800), in equal parts, so that the more sites, the less for each
#   each     the same for each: EACH (40,960), so that the more sites, the more in all
# Events lie in the outbox when site 1's service starts; the processor time of all processes until the last
# is acknowledged is taken, less that of the same start with nothing to send and of the same time at rest.
#
#   KIND_N_cpu_us_per_event           all processes of all sites, N linked
#   KIND_N_cpu_us_per_event_WHAT      hub_bus, hub_service, hub_sql, sites_bus, sites_service, sites_sql
#                                     (sessions of their databases), server (the rest of PostgreSQL)
#   KIND_N_cpu_us_per_event_hub       what it costs the site that publishes: its bus, service and sessions
#   KIND_N_events_per_batch           that the others store in one transaction
#   KIND_growth_hub, KIND_growth      20 through 1
#
# STEPS ("1 5 20") are other numbers of sites; shares must be multiples of 10,240 events.
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
seed=1 steps=${STEPS:-1 5 20} unit=10240 rounds=${ROUNDS:-3}
declare -A events=([spread]=${EVENTS:-204800} [each]=${EACH:-40960})
most=${steps##* }
source tests/support/line.sh
for number in $(seq 2 $((most + 1))); do numbers[number]=site-$number; done
parts="hub_bus hub_service hub_sql sites_bus sites_service sites_sql server"
declare -A had # events that a site was sent in earlier rounds

give_up() {
	echo "sites: $*" >&2
	tail -n 3 "$root"/[12]/log/*.log >&2
	failed=1
	exit 1
}

# What a server does for all of its databases by the clock is nobody's event.
quiet_server() {
	sql_at 1 -c "ALTER SYSTEM SET autovacuum = off" -c "ALTER SYSTEM SET checkpoint_timeout = '1h'" \
		-c "SELECT pg_reload_conf()"
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

# In the segment of today, in the epoch that the start before has begun, and behind all numbers that were
# given: which is why all is made of the same unit.
make_backlog() { # events for each site
	local number
	for number in $(seq 2 $((linked + 1))); do
		for _ in $(seq $(($1 / unit))); do
			"$tools/backlog_main" packed 1 "$number" "$unit" $((had[$number] / unit)) | sed 's/^[0-9]*\t/1\t/; /^INSERT/d'
			had[$number]=$((had[$number] + unit))
		done > >(sql_at 1 >/dev/null) || return 1
		wait $!
	done
	sql_at 1 -c "VACUUM ANALYZE referral.outbox" -c CHECKPOINT
}

pids_in() { # pid files, of which some may not be there
	cat "$@" 2>/dev/null
}

# In the order of parts.  A session shows role and database in its title; whose session has ended is in
# its server's sum (the last two fields).
ticks() {
	local server children hub sites
	server=$(head -1 "$(find "$root/1/db" -name postmaster.pid)")
	children=$(pgrep -P "$server")
	# shellcheck disable=SC2046,SC2086
	{
		hub=$(grep -lz "lg_referral lifeguard" $(printf '/proc/%s/cmdline ' $children) 2>/dev/null | cut -d/ -f3)
		sites=$(grep -lz "lg_referral site_" $(printf '/proc/%s/cmdline ' $children) 2>/dev/null | cut -d/ -f3)
		ticks_of $(pids_in "$root/1/pid/bus.1")
		ticks_of $(pids_in "$root/1/pid/referral.1")
		ticks_of $hub
		ticks_of $(pids_in "$root"/[2-9]/pid/bus.1 "$root"/[1-9][0-9]/pid/bus.1)
		ticks_of $(pids_in "$root"/[2-9]/pid/referral.1 "$root"/[1-9][0-9]/pid/referral.1)
		ticks_of $sites
		echo $(($(family_ticks "$server") - $(ticks_of $hub $sites)))
	}
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

now_ms() {
	date +%s%3N
}

since() { # ticks before
	paste <(ticks) "$1" | awk '{ print $1 - $2 }'
}

# The hub's service from its start until nothing waits any more, and some seconds more for who is slow.
one_start() { # file for the ticks that it took; beside it batches and ms
	local stored started
	ticks >"$1.before"
	stored=$(batches) started=$(now_ms)
	at 1 start referral && at 1 wait referral || return 1
	sleep 3
	for _ in $(seq 600); do
		[ "$(waiting)" != 0 ] || break
		sleep 0.1
	done
	[ "$(waiting)" = 0 ] || { echo "$(waiting) events wait"; return 1; }
	since "$1.before" >"$1"
	echo $(($(now_ms) - started)) >"$1.ms"
	echo $(($(batches) - stored)) >"$1.batches"
}

# The same start with nothing to send, and then what each millisecond of rest costs.
one_rest() {
	one_start "$root/idle" || return 1
	ticks >"$root/rest.before"
	sleep 6
	since "$root/rest.before" >"$root/rest"
	at 1 stop referral
}

# lines "WHAT us", and the size of a transaction
one_round() { # kind, events in all
	make_backlog $(($2 / linked)) && one_start "$root/busy" && at 1 stop referral || return 1
	paste "$root/busy" "$root/idle" "$root/rest" <(tr ' ' '\n' <<<"$parts") |
		awk -v events="$2" -v longer=$(($(cat "$root/busy.ms") - $(cat "$root/idle.ms"))) '
		{ us = ($1 - $2 - $3 * longer / 6000) * 10000 / events; sum += us; hub += $4 ~ /^hub/ ? us : 0; print "cpu_us_per_event_" $4, us }
		END { print "cpu_us_per_event_hub", hub; print "cpu_us_per_event", sum }'
	echo "events_per_batch $(($2 / ($(cat "$root/busy.batches") + 1)))"
}

measure() { # sites
	local kind all
	grow_to "$1" && one_start "$root/first" && at 1 stop referral && one_rest || return 1
	for kind in spread each; do
		all=${events[$kind]}
		[ "$kind" = spread ] || all=$((all * linked))
		for _ in $(seq "$rounds"); do one_round "$kind" "$all" || return 1; done >"$root/rounds"
		awk -v of="${kind}_$1" '
			!($1 in n) { order[++names] = $1 }
			{ at[$1, ++n[$1]] = $2 }
			END { for (i = 1; i <= names; i++) { name = order[i]; m = n[name]
				for (j = 1; j <= m; j++) for (k = j + 1; k <= m; k++) if (at[name, k] < at[name, j]) {
					t = at[name, j]; at[name, j] = at[name, k]; at[name, k] = t }
				printf "%s_%s: %.2f\n", of, name, at[name, int((m + 1) / 2)] } }' "$root/rounds"
	done
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
{ make_site 1 && quiet_server; } >"$root/made" 2>&1 || give_up "site 1 was not made"
for number in $(seq 2 $((most + 1))); do make_spoke "$number" || give_up "site $number was not made"; done >>"$root/made" 2>&1
for sites in $steps; do measure "$sites" || give_up "$sites sites could not be measured"; done | tee "$root/figures"
all_seen || give_up "not every site has seen what was for it, once"
for kind in spread each; do
	awk -v first="${kind}_${steps%% *}_cpu_us_per_event" -v last="${kind}_${most}_cpu_us_per_event" -v of="${kind}_growth" '
		{ at[$1] = $2 }
		END { printf "%s_hub: %.2f\n%s: %.2f\n", of, at[last "_hub:"] / at[first "_hub:"], of, at[last ":"] / at[first ":"] }' "$root/figures"
done
