#!/bin/bash
# The bus beside what it could be replaced by, one `name: value` a line; alternating rounds in one
# run, medians.  What core.sh says of events and of the broker holds here, too.
#
#   tests/bench/bus.sh          needs: deploy/install.sh bench, make benches
#
#   events_per_second[_plain]   512-byte events with and without one sealed identity each
#   nats_...                    JetStream, file storage, its default sync
#   queue_...                   a PostgreSQL table, SELECT ... FOR UPDATE SKIP LOCKED, batches of 100
#   ..._and_rows                the same two whose reader stores, as ours does, a row for each message
#                               with fsync before it is acknowledged; above it only acknowledges
#   rabbit_...                  RabbitMQ, quorum queue, confirms (RABBIT="HOST PORT" of one that runs)
#   latency_...                 commit to effect committed, 500 events a second; JetStream and one
#                               fsynced row beside it
#   site_idle_...               eight processes without work
#
# Settings: LG_BUILD (build), ROUNDS (5), COMMANDS (800; 256 events each), NATS_SERVER.
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
build=${LG_BUILD:-$here/build}
tools=$build/tests/bench real_bin=${LG_BIN_REAL:-$build/bin}
rounds=${ROUNDS:-5}
source tests/bench/rounds.sh
commands=${COMMANDS:-800} warm_up_commands=80
messages=$((commands * events)) warm_up_messages=$((warm_up_commands * events))
queue_messages=50000 latency_events=3000

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

peer_empty() {
	peer_sql -c "TRUNCATE intake.queue, intake.effect"
	wal_in_use peer_sql
	sync
}

queue_round() { # perhaps rows
	"$tools/queue_main" "$peer" "$queue_messages" "$@" || fail "the queue failed"
}

nats_latency() {
	nats_start plain
	"$tools/nats_latency_main" "nats://127.0.0.1:$nats_port" "$peer" "$latency_events" || fail "JetStream's latency failed"
	stop_nats
}

for program in "$tools/driver_main" "$tools/source_main" "$tools/sink_main" "$tools/queue_main" "$real_bin/lg-bus"; do
	[ -x "$program" ] || fail "$program is not built: run make benches"
done
site_make bus
trap bus_end EXIT
bench_bin
nats=$(nats_server) && [ -x "$tools/nats_main" ] || fail "no nats-server: run deploy/install.sh bench"
peer_database >"$root/peer.log" 2>&1 || fail "no PostgreSQL for the peers: $(tail -2 "$root/peer.log")"

for _ in $(seq "$rounds"); do
	sync
	ours_round throughput >>"$root/ours"
	run_sh down
	sync
	nats_round plain "$messages" "$warm_up_messages" >>"$root/nats_all"
	sync
	ours_round plain >>"$root/plain"
	run_sh down
	peer_empty
	queue_round >>"$root/queue"
	peer_empty
	queue_round rows >>"$root/queue_rows"
	peer_empty
	nats_round plain "$messages" "$warm_up_messages" "$peer" >>"$root/nats_rows"
done
for kind in ours plain nats_all queue nats_rows queue_rows; do
	say "rounds_$kind" "$(paste -sd ' ' "$root/$kind")" >&2
done
ours=$(median "$root/ours") plain=$(median "$root/plain")
bench_up "$publishers"
say event_bytes "$(sql -c "SELECT round(avg(size_bytes)) FROM intake.outbox_event WHERE number <= 1000")"
say events_per_second "$ours"
say events_per_second_plain "$plain"
say nats_events_per_second "$(median "$root/nats_all")"
say queue_events_per_second "$(median "$root/queue")"
say ratio_to_nats "$(ratio "$ours" "$(median "$root/nats_all")")"
say ratio_plain_to_nats "$(ratio "$plain" "$(median "$root/nats_all")")"
say ratio_to_queue "$(ratio "$ours" "$(median "$root/queue")")"
say nats_and_rows_events_per_second "$(median "$root/nats_rows")"
say queue_and_rows_events_per_second "$(median "$root/queue_rows")"
say ratio_to_nats_and_rows "$(ratio "$ours" "$(median "$root/nats_rows")")"
say ratio_to_queue_and_rows "$(ratio "$ours" "$(median "$root/queue_rows")")"
if [ -n "${RABBIT:-}" ]; then
	rabbit=$("$tools/rabbit_main" ${RABBIT% *} ${RABBIT#* } 100000) || fail "RabbitMQ failed"
	say rabbit_events_per_second "$rabbit"
	say ratio_to_rabbit "$(ratio "$ours" "$rabbit")"
else
	say rabbit "skipped (RABBIT= says where one runs)"
fi

read -r count p50 p99 < <(measure_latency)
[ "${count:-0}" -ge "$latency_events" ] || fail "only ${count:-0} of $latency_events events took effect"
run_sh destroy >/dev/null 2>&1
read -r _ nats_p50 nats_p99 < <(nats_latency)
say latency_p50_us "$p50"
say latency_p99_us "$p99"
say nats_and_row_latency_p50_us "$nats_p50"
say nats_and_row_latency_p99_us "$nats_p99"

export LG_BIN=$real_bin
site_up >"$root/up.log" 2>&1 || fail "the site did not come up: $(tail -3 "$root/up.log")"
idle_memory
idle_cpu
run_sh destroy >/dev/null 2>&1
tests/bench/lanes.sh # how long a rescue waits behind an import on 64 kbit/s
