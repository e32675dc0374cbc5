#!/bin/bash
# Goal: PostgreSQL beyond one machine: the primary is killed, or cut off, under load; nothing that was
# answered "stored" is lost, and the services go on with the next one by themselves, in seconds.
# Method: Patroni, etcd and three PostgreSQL nodes from Debian, each in a network namespace; a whole site
# connected by multi-host strings; commands from a client with a ledger; KILLS times (10) the primary's
# Patroni and PostgreSQL are killed (-9), or, every second time, its line is cut without a word.  The
# gap is the longest time around it in which no command was answered.  On demand, and for root only.
[ "$(id -u)" -eq 0 ] || { echo "patroni: 0 passed, 0 failed, 1 skipped (only root can make network namespaces)"; exit 0; }
if [ -z "${LG_PATRONI_INSIDE:-}" ]; then
	LG_PATRONI_INSIDE=1 exec unshare --net --mount --pid --fork --kill-child --mount-proc "$0" "$@"
fi
source "$(dirname "$0")/../support/site.sh"
source "$here/tests/support/invariants.sh"
root=$(mktemp -d "${TMPDIR:-/tmp}/lg-patroni.XXXXXX")
chmod 711 "$root"
source "$here/tests/patroni/cluster.sh"
kills=${KILLS:-10} python=/usr/bin/python3
folder=$root/sites ledger=$root/ledger
export LG_STATE=$folder/in-sunauli LG_SITE=in-sunauli LG_PORT=7717

end_all() {
	if [ "$failed" -gt 0 ]; then tail -n 6 "$root"/patroni?.log "$root"/etcd?.log "$LG_STATE"/log/*.log; fi
	run_sh down >/dev/null 2>&1
	local node
	rm -f "$root"/runs? # nobody starts them again
	for node in "${nodes[@]}"; do
		# shellcheck disable=SC2046 # numbers
		kill -9 $(ip netns pids "node$node" 2>/dev/null) 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$root"
}
trap end_all EXIT
trap 'exit 130' INT TERM

sql() {
	administrator "$@"
}

client() {
	"$python" "$here/tests/faults/client.py" "$@"
}

make_database() {
	database=postgres administrator -c "CREATE DATABASE lifeguard" || return 1
	run_sh keys || return 1
	echo "host=$(address 1),$(address 2),$(address 3) port=5432 target_session_attrs=read-write" \
		"keepalives_idle=2 keepalives_interval=1 keepalives_count=3 tcp_user_timeout=4000" >"$LG_STATE/server"
	"$here/deploy/postgres.sh" roles "$LG_STATE/db" | administrator &&
		administrator -c "CREATE TABLE public.probe (at timestamptz)"
}

# until a command is answered again
goes_on() { # since: a time as the ledger has it
	for _ in $(seq 120); do
		! client stored_since "$ledger" "$1" || return 0
		sleep 0.5
	done
	echo "nothing was answered for 60 s"
	return 1
}

await_other_primary() { # than this node
	local node
	for _ in $(seq 600); do
		node=$(primary_node) && [ "$node" != "$1" ] && return 0
		sleep 0.1
	done
	echo "no other node became the primary in 60 s"
	return 1
}

commits_soon() {
	for _ in $(seq 200); do
		! sql -c "INSERT INTO public.probe VALUES (now())" 2>"$root/probe" || return 0
		sleep 0.2
	done
	cat "$root/probe"
	return 1
}

fell_and_went_on() { # which of the kills
	local node moment= rose
	node=$(primary_node) || { echo "there is no primary"; return 1; }
	sleep 2
	moment=$(date +%s.%N)
	if [ $(($1 % 2)) = 1 ]; then kill_node "$node"; else line_of "$node" down; fi
	await_other_primary "$node" || return 1
	rose=$(date +%s.%N)
	# strict: it commits nothing before a standby follows it
	commits_soon || return 1
	echo "$moment $rose $(date +%s.%N)" >>"$root/moments"
	goes_on "$(date +%s.%N)" || return 1
	kill_node "$node"
	line_of "$node" up
	start_node "$node"
	is_whole_soon 90
}

answered_is_stored() {
	sql -c "SELECT encode(command_id, 'hex') FROM intake.answer WHERE status = 200" | sort >"$root/answers"
	client stored "$ledger" 1 >"$root/stored"
	echo "$(wc -l <"$root/stored") commands were answered, $(comm -13 "$root/answers" "$root/stored" | wc -l) of them are not there"
	[ -s "$root/stored" ] && [ -z "$(comm -13 "$root/answers" "$root/stored")" ]
}

took_effect_once() {
	client expect "$ledger" 1 >"$root/expected"
	for _ in $(seq 100); do
		sql -F ' ' -c "SELECT encode(case_id, 'hex'), type FROM reporting.case_event WHERE type IN (101, 103, 104)" |
			sort | diff "$root/expected" - >"$root/differ" && return 0
		sleep 0.3
	done
	head -5 "$root/differ"
	return 1
}

make_network
check "three nodes of PostgreSQL come up under Patroni" start_cluster
check "a database and roles are made for a site" make_database
check "a site comes up on them" run_sh up
if [ "$failed" -gt 0 ]; then
	finish patroni
	exit 1
fi
client work "$folder" "$ledger" >"$root/worked" 2>&1 &
worker=$!
for kill in $(seq "$kills"); do
	[ $((kill % 2)) = 1 ] && how="killed" || how="cut off"
	check "kill $kill: the primary is $how, commands are answered again" fell_and_went_on "$kill"
done
touch "$folder/client.stop"
check "every command is answered in the end" wait "$worker"
cat "$root/worked"
check "what was answered is stored" answered_is_stored
cat "$root/check"
check "it took effect once" took_effect_once
check_invariants "after $kills kills"
client gaps "$ledger" "$root/moments"
finish patroni
