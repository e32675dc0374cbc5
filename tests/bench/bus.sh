#!/bin/bash
# The bus beside what it could be replaced by, one `name: value` a line; alternating rounds in one
# run, medians.  What core.sh says of events and of the broker holds here, too.
#
#   tests/bench/bus.sh          needs: deploy/install.sh bench, make benches
#
#   WHO_WHAT_events_per_second  WHO: sealed, plain  ours, 512-byte events with and without an identity
#                                    nats           JetStream, file storage, its default sync
#                                    queue          a PostgreSQL table, SELECT ... FOR UPDATE SKIP
#                                                   LOCKED, batches of 100
#                               WHAT the reader does with each: acknowledge (ours proves, orders and
#                               commits its position, too), or rows: also a row of its own, with fsync
#                               before it is acknowledged
#   OURS_WHAT_to_PEER_WHAT      ratios, like to like; sealed_rows_to_nats_acknowledge is the
#                               strictest: ours stores, theirs does not
#   rabbit_...                  RabbitMQ, quorum queue, confirms (RABBIT="HOST PORT" of one that runs,
#                               RABBIT_PID its server, for its processor time)
#   cpu_us_...                  processor time an event, by process (only where PARTS names cpu)
#   latency_...                 commit to effect committed, 500 events a second
#   nats_and_row_latency_...    beside it JetStream with its lazy sync, and one fsynced row
#   nats_synced_and_row_...     at equal durability: the stream's store synced on each write (sync_method
#                               says how: bench/rounds.sh), and the row
#   site_idle_...               eight processes without work
#
# Settings: LG_BUILD (build), ROUNDS (5), COMMANDS (800; 256 events each), NATS_SERVER, PARTS (events
# latency idle lanes).
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
build=${LG_BUILD:-$here/build}
tools=$build/tests/bench real_bin=${LG_BIN_REAL:-$build/bin}
rounds=${ROUNDS:-5} parts=${PARTS:-events latency idle lanes}
source tests/bench/rounds.sh
commands=${COMMANDS:-800} warm_up_commands=80
messages=$((commands * events)) warm_up_messages=$((warm_up_commands * events))
queue_messages=50000 rabbit_messages=100000 latency_events=3000

# A private PostgreSQL of the same settings with two tables, for the queue and for JetStream's reader.
peer_database() {
	"$here/deploy/postgres.sh" init "$root/peer" && "$here/deploy/postgres.sh" start "$root/peer" || return 1
	"$here/deploy/postgres.sh" psql "$root/peer" -c "
		CREATE TABLE intake.queue (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL);
		CREATE TABLE intake.effect (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL);
		GRANT ALL ON intake.queue, intake.effect TO lg_intake" >/dev/null
	peer=$("$here/deploy/postgres.sh" conninfo "$root/peer" intake)
	peer+=" options='-c search_path=intake'"
}

bus_end() {
	stop_nats
	"$here/deploy/postgres.sh" stop "$root/peer" >/dev/null 2>&1
	site_end
}

peer_sql() {
	"$here/deploy/postgres.sh" psql "$root/peer" -At "$@"
}

peer_empty() { # to stderr: a round prints its figure
	peer_sql -c "TRUNCATE intake.queue, intake.effect"
	wal_in_use peer_sql
	sync
}

# One figure: who's events, and what their reader does with them.
events_of() { # sealed, plain, nats or queue; acknowledge or rows
	local with=
	case $1 in
	sealed) ours_round throughput "$2" && run_sh down >&2 ;;
	plain) ours_round plain "$2" && run_sh down >&2 ;;
	nats)
		[ "$2" = acknowledge ] || with=$peer
		peer_empty && nats_round plain "$messages" "$warm_up_messages" ${with:+"$with"}
		;;
	queue)
		[ "$2" = acknowledge ] || with=rows
		peer_empty && "$tools/queue_main" "$peer" "$queue_messages" $with
		;;
	esac || fail "a round of $1 failed"
}

say_ratio() { # ours and what its reader does, a peer's
	say "$1_to_$2" "$(ratio "$(median "$root/$1")" "$(median "$root/$2")")"
}

events_part() {
	local who what
	for _ in $(seq "$rounds"); do
		for what in acknowledge rows; do
			for who in sealed nats plain queue; do
				sync
				events_of "$who" "$what" >>"$root/${who}_$what"
			done
		done
	done
	for who in sealed plain nats queue; do
		for what in acknowledge rows; do
			say "rounds_${who}_$what" "$(paste -sd ' ' "$root/${who}_$what")" >&2
			say "${who}_${what}_events_per_second" "$(median "$root/${who}_$what")"
		done
	done
	bench_up "$publishers"
	say event_bytes "$(sql -c "SELECT round(avg(size_bytes)) FROM intake.outbox_event WHERE number <= 1000")"
	for who in sealed plain; do
		for what in acknowledge rows; do
			say_ratio "${who}_$what" "nats_$what"
			say_ratio "${who}_$what" "queue_$what"
		done
		say_ratio "${who}_rows" nats_acknowledge
		say_ratio "${who}_rows" queue_acknowledge
	done
	rabbit_part
}

rabbit_part() { # its consumer acknowledges and stores no row
	[ -n "${RABBIT:-}" ] || { say rabbit "skipped (RABBIT= says where one runs)"; return; }
	"$tools/rabbit_main" ${RABBIT% *} ${RABBIT#* } "$rabbit_messages" >"$root/rabbit" || fail "RabbitMQ failed"
	say rabbit_acknowledge_events_per_second "$(cat "$root/rabbit")"
	say_ratio sealed_acknowledge rabbit
	say_ratio sealed_rows rabbit
}

# lines "WHO TICKS"; a session of PostgreSQL shows its role in its title
ticks_by_process() {
	local server pids
	server=$(head -1 "$(sql -c "SHOW data_directory")/postmaster.pid")
	pids=$(pgrep -P "$server")
	# shellcheck disable=SC2046,SC2086
	{
		echo publishers $(ticks_of $(cat "$LG_STATE"/pid/intake.*))
		echo publishers_sql $(ticks_of $(grep -lz "lg_intake" $(printf '/proc/%s/cmdline ' $pids) 2>/dev/null | cut -d/ -f3))
		echo bus $(ticks_of "$(cat "$LG_STATE/pid/bus.1")")
		echo reader $(ticks_of "$(cat "$LG_STATE/pid/reporting.1")")
		echo reader_sql $(ticks_of $(grep -lz "lg_reporting" $(printf '/proc/%s/cmdline ' $pids) 2>/dev/null | cut -d/ -f3))
		echo writers $(ticks_of $(grep -Lz "lg_intake\|lg_reporting" $(printf '/proc/%s/cmdline ' $pids) 2>/dev/null | cut -d/ -f3))
	}
}

cpu_of_round() { # sealed or plain; acknowledge or rows
	local kind=throughput
	[ "$1" = sealed ] || kind=plain
	reader_does "$2"
	run_sh destroy >/dev/null 2>&1
	bench_up "$publishers"
	wal_in_use sql
	drive "$kind" "$warm_up_commands" >/dev/null || fail "the warm-up failed"
	ticks_by_process >"$root/ticks"
	drive "$kind" "$commands" >/dev/null || fail "a round failed"
	ticks_by_process | paste -d ' ' "$root/ticks" - | awk -v n=$((commands * events)) -v of="$1_$2" '
		{ us = ($4 - $2) * 10000 / n; sum += us; printf "cpu_us_%s_%s: %.2f\n", of, $1, us }
		END { printf "cpu_us_%s_all: %.2f\n", of, sum }'
}

# The peer's client and its servers; the warm-up is counted on both sides of the division.
cpu_of_peer() { # nats, queue or rabbit; acknowledge or rows
	local count=$queue_messages server before
	local -a servers command
	peer_empty
	server=$(head -1 "$(peer_sql -c "SHOW data_directory")/postmaster.pid")
	servers=("$server") command=("$tools/queue_main" "$peer" "$queue_messages")
	[ "$2" = acknowledge ] || command+=(rows)
	if [ "$1" = nats ]; then
		nats_start plain
		servers+=("$nats_pid") count=$((messages + warm_up_messages))
		command=("$tools/nats_main" "nats://127.0.0.1:$nats_port" "$messages" "$warm_up_messages")
		[ "$2" = acknowledge ] || command+=("$peer")
	fi
	if [ "$1" = rabbit ]; then
		servers=("$RABBIT_PID") count=$rabbit_messages
		command=("$tools/rabbit_main" ${RABBIT% *} ${RABBIT#* } "$rabbit_messages")
	fi
	before=$(family_ticks "${servers[@]}")
	TIMEFORMAT='%U %S'
	{ time "${command[@]}" >/dev/null; } 2>"$root/client_seconds" || fail "a round of $1 failed"
	# a session that ends is counted with its server's when it is gone, and not before
	while [ "$(peer_sql -c "SELECT count(*) FROM pg_stat_activity WHERE usename = 'lg_intake'")" != 0 ]; do :; done
	awk -v ticks=$(($(family_ticks "${servers[@]}") - before)) -v n="$count" -v of="$1_$2" \
		'{ printf "cpu_us_%s_all: %.2f\n", of, ($1 + $2 + ticks / 100) * 1000000 / n }' "$root/client_seconds"
	stop_nats
}

cpu_part() {
	local who what
	for what in acknowledge rows; do
		for who in sealed plain; do cpu_of_round "$who" "$what"; done
		for who in nats queue; do cpu_of_peer "$who" "$what"; done
	done
	[ -z "${RABBIT_PID:-}" ] || cpu_of_peer rabbit acknowledge
}

latency_part() {
	local count p50 p99 sync_method
	run_sh destroy >/dev/null 2>&1
	reader_does rows
	bench_up "$publishers"
	read -r count p50 p99 < <(measure_latency)
	[ "${count:-0}" -ge "$latency_events" ] || fail "only ${count:-0} of $latency_events events took effect"
	run_sh destroy >/dev/null 2>&1
	say latency_p50_us "$p50"
	say latency_p99_us "$p99"
	nats_latency plain nats_and_row
	sync_method=$(choose_sync_method)
	say nats_synced_method "$sync_method"
	[ "$sync_method" = none ] || nats_latency always nats_synced_and_row
}

idle_part() {
	run_sh destroy >/dev/null 2>&1
	export LG_BIN=$real_bin
	site_up >"$root/up.log" 2>&1 || fail "the site did not come up: $(tail -3 "$root/up.log")"
	idle_memory
	idle_cpu
	run_sh destroy >/dev/null 2>&1
}

# how long a rescue waits behind an import on 64 kbit/s
lanes_part() {
	LG_BIN=$real_bin tests/bench/lanes.sh
}

nats_latency() { # plain or always, what it is called
	local count p50 p99
	peer_empty
	nats_start "$1"
	read -r count p50 p99 < <("$tools/nats_latency_main" "nats://127.0.0.1:$nats_port" "$peer" "$latency_events")
	stop_nats
	[ "${count:-0}" = "$latency_events" ] || fail "JetStream's latency failed"
	say "$2_latency_p50_us" "$p50"
	say "$2_latency_p99_us" "$p99"
}

for program in "$tools/driver_main" "$tools/source_main" "$tools/sink_main" "$tools/queue_main" "$real_bin/lg-bus"; do
	[ -x "$program" ] || fail "$program is not built: run make benches"
done
site_make bus
trap bus_end EXIT
bench_bin
nats=$(nats_server) && [ -x "$tools/nats_main" ] || fail "no nats-server: run deploy/install.sh bench"
peer_database >"$root/peer.log" 2>&1 || fail "no PostgreSQL for the peers: $(tail -2 "$root/peer.log")"

for part in $parts; do
	"${part}_part"
done
