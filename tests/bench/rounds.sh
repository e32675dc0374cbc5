# What the benches share: our own rounds and those of the broker beside us, medians and ratios.
# Sourced behind support/site.sh.  Wants: tools (folder of the bench's programs), real_bin, root.
events=256   # a command, as in driver_main
publishers=2 # while one decides, the other's transaction runs
sync_messages=6000 sync_warm_up=500

fail() {
	echo "${0##*/}: $*" >&2
	exit 1
}

say() { # name, value
	echo "$1: $2"
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)]; else print "failed" }'
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f\n", a / b; else print "skipped" }'
}

# --- ours -----------------------------------------------------------------------------------

# A site of few services, whose intake and reporting are the bench's own publisher and reader.
bench_bin() {
	mkdir "$root/bin"
	ln -s "$real_bin"/{lifeguard,lg-bus,lg-access,lg-gateway} "$root/bin/"
	ln -s "$tools/source_main" "$root/bin/lg-intake"
	reader_does rows
	export LG_BIN=$root/bin
}

# What the reader does with an event from its next start on: rows or acknowledge (sink_main.c).
reader_does() {
	printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$tools/sink_main" "$1" >"$root/bin/lg-reporting"
	chmod +x "$root/bin/lg-reporting"
}

share_partitions() { # instances
	local instance
	for _ in $(seq 600); do
		for instance in $(seq "$1"); do
			[ "$(owned_by intake "$instance")" = $((16 / $1)) ] || { sleep 0.05; continue 2; }
		done
		return
	done
	fail "the instances of the publisher do not share the partitions"
}

bench_up() { # instances of the publisher
	run_sh up "intake=$1" >"$root/up.log" 2>&1 ||
		fail "the bench's site did not come up: $(tail -3 "$root/up.log")"
	run_sh stop gateway # the driver stands in its place
	run_sh stop access
	share_partitions "$1"
}

# WAL segments as a server has them that has run for a while: used before, to be written over.  A new
# one is written twice (16 MiB of zeros first), and whoever commits waits for it meanwhile.  And all of
# its buffers touched once: a page of shared memory that nobody has written to yet costs its first writer a
# fault (6 % of a publisher's session).  The peer's server runs through all rounds, ours begins anew.
wal_in_use() { # how to run SQL there...
	local segment
	for segment in $(seq 20); do
		echo "SELECT pg_logical_emit_message(false, 'bench', '$segment'); SELECT pg_switch_wal();"
	done | "$@" -f - >/dev/null
	echo "CREATE TABLE bench_touch (filler text);
		ALTER TABLE bench_touch ALTER COLUMN filler SET STORAGE PLAIN;
		INSERT INTO bench_touch SELECT repeat('-', 8000)
		  FROM generate_series(1, (SELECT setting::integer FROM pg_settings WHERE name = 'shared_buffers'));
		DROP TABLE bench_touch; CHECKPOINT" | "$@" -f - >/dev/null
}

# Both begin each round with an empty store.
ours_round() { # throughput, or plain: nothing sealed; rows (or nothing), or acknowledge
	reader_does "${2:-rows}"
	run_sh destroy >/dev/null 2>&1
	bench_up "$publishers"
	wal_in_use sql
	drive "$1" "$warm_up_commands" >/dev/null && drive "$1" "$commands" ||
		fail "a round failed: $(tail -n 2 "$LG_STATE"/log/*.log)"
}

drive() { # throughput, plain or latency; commands
	"$tools/driver_main" "$1" "$LG_STATE/keys" "ipc://$LG_STATE/bus/bus.sock" \
		"$LG_STATE/health" "$2"
}

measure_latency() {
	local since
	sql -c "ALTER SYSTEM SET track_commit_timestamp = on"
	run_sh down >&2
	bench_up 1
	wal_in_use sql # as the peer's
	drive latency 100 >/dev/null || fail "the warm-up was not answered"
	since=$(date +%s%3N)
	drive latency "$latency_events" >/dev/null || fail "commands were not answered"
	sql -F ' ' -c "
		WITH effect AS MATERIALIZED (
		     SELECT event_id, pg_xact_commit_timestamp(xmin) AS at
		       FROM reporting.case_event
		      WHERE recorded_ms >= $since)
		SELECT count(*),
		       round(percentile_cont(0.50) WITHIN GROUP (ORDER BY us)),
		       round(percentile_cont(0.99) WITHIN GROUP (ORDER BY us))
		  FROM (SELECT extract(epoch FROM e.at - pg_xact_commit_timestamp(o.xmin)) * 1e6 AS us
		          FROM effect AS e
		          JOIN intake.outbox_event AS v ON v.event_id = e.event_id
		          JOIN intake.outbox AS o ON o.destination = v.destination AND o.lane = v.lane
		           AND o.p = v.p AND v.number BETWEEN o.first AND o.through) AS way"
}

# --- NATS -----------------------------------------------------------------------------------

nats_server() {
	local found
	for found in "${NATS_SERVER:-}" "$here/build/tools/usr/sbin/nats-server" \
		"$(PATH=$PATH:/usr/sbin command -v nats-server)"; do
		[ -z "$found" ] || [ ! -x "$found" ] || { echo "$found"; return; }
	done
	return 1
}

nats_config() { # folder, lines for jetstream
	cat <<-CONFIG
	listen: "127.0.0.1:$nats_port"
	jetstream {
	  store_dir: "$1"
	  $2
	}
	CONFIG
}

# How each write can be made to reach the disk: by the server's own setting where it has one (from
# 2.10 on), else by the file system's attribute S.  The older server answers before it writes,
# so that its figure with S is higher than a strict one would be.
choose_sync_method() {
	nats_config "$root/try" "sync_interval: always" >"$root/nats_try.conf"
	mkdir -p "$root/try"
	if "$nats" -t -c "$root/nats_try.conf" >/dev/null 2>&1; then
		echo sync_interval
	elif chattr +S "$root/try" 2>/dev/null; then
		echo chattr_S
	else
		echo none
	fi
}

stop_nats() {
	[ -n "${nats_pid:-}" ] || return 0
	kill "$nats_pid" 2>/dev/null
	wait "$nats_pid" 2>/dev/null
	nats_pid=
}

nats_start() { # plain or always
	local store=$root/nats setting=
	rm -rf "$store"
	mkdir "$store"
	if [ "$1" = always ]; then
		[ "$sync_method" = chattr_S ] && chattr +S "$store"
		[ "$sync_method" = sync_interval ] && setting="sync_interval: always"
	fi
	nats_port=$(free_port)
	nats_config "$store" "$setting" >"$root/nats.conf"
	"$nats" -c "$root/nats.conf" >"$root/nats.log" 2>&1 &
	nats_pid=$!
	for _ in $(seq 100); do
		(exec 3<>"/dev/tcp/127.0.0.1/$nats_port") 2>/dev/null && break
		sleep 0.05
	done
}

nats_round() { # plain or always, messages, warm-up; a database, for a reader that stores rows
	nats_start "$1"
	"$tools/nats_main" "nats://127.0.0.1:$nats_port" "${@:2}"
	stop_nats
	rm -rf "$root/nats"
}

# --- a real site at rest ----------------------------------------------------------------------

# Kernel's share of shared pages per process; a process that hides its memory is read by root only.
pss_kib() { # process ids
	local pid sum=0 one
	for pid in "$@"; do
		one=$(awk '$1 == "Pss:" { print $2 }' "/proc/$pid/smaps_rollup" 2>/dev/null)
		[ -n "$one" ] || { echo "skipped (only root may look)"; return; }
		sum=$((sum + one))
	done
	echo "$sum"
}

idle_memory() {
	local services server
	sleep 5
	services=$(cat "$LG_STATE"/pid/*)
	server=$(sql -c "SHOW data_directory")/postmaster.pid
	server=$(head -1 "$server")
	# shellcheck disable=SC2046,SC2086
	say site_idle_pss_kib "$(pss_kib $services "$server" $(pgrep -P "$server"))"
	# shellcheck disable=SC2086
	say site_idle_services_pss_kib "$(pss_kib $services)"
}

# CPU of a site's services in half a minute of rest, in hundredths of one core
idle_cpu() {
	local before after
	before=$(cpu_ticks)
	sleep 30
	after=$(cpu_ticks)
	say site_idle_cpu_percent "$(awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", t / hz / 30 * 100 }')"
}

cpu_ticks() {
	local pid sum=0
	for pid in $(cat "$LG_STATE"/pid/*); do
		sum=$((sum + $(sed 's/^.*) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }')))
	done
	echo "$sum"
}
