#!/bin/bash
# The core in numbers, one `name: value` a line: events per second beside NATS JetStream, latency,
# import, memory.  Alternating rounds in one run, medians.
#
#   tests/bench/core.sh            needs: deploy/install.sh bench, make
#
#   events_per_second        512-byte events with one sealed identity each, under a key each:
#                            committed in the publisher's outbox, over lg-bus (CURVE, signed
#                            batches), row and position committed in the reader, acknowledged;
#                            fsync on; so many instances of the publisher, one of the reader
#   nats_...                 as many bytes, published, stored, fetched, acknowledged; the server
#                            writes now and syncs later (its default)
#   nats_sync_always_...     the same, each write synced before the next (see nats_sync_method)
#   latency_...              commit in the publisher to commit in the reader, one event at a time
#   import_...               forms through the gateway with the lifeguard command
#   site_idle_pss_kib        all processes of a site without work, PostgreSQL with them
#
# Settings: LG_BUILD (build), ROUNDS (5), LG_FIELD_DATA (real records), NATS_SERVER.
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
build=${LG_BUILD:-$here/build}
tools=$build/tests/bench real_bin=${LG_BIN_REAL:-$build/bin}
rounds=${ROUNDS:-5}
source tests/bench/rounds.sh
commands=1600 warm_up_commands=80
messages=$((commands * events)) warm_up_messages=$((warm_up_commands * events))
latency_events=2000

# --- a real site ------------------------------------------------------------------------------

measure_import() {
	local count started ended
	field_data
	count=$(($(wc -l <"$forms") - 1))
	log_in operator >/dev/null || fail "the operator could not log in"
	started=$(date +%s%N)
	lifeguard import interceptions "$forms" --people "$people" >"$root/import.log" 2>&1 ||
		fail "the import failed: $(tail -3 "$root/import.log")"
	ended=$(date +%s%N)
	[ -n "$is_real" ] || say import_forms "$count"
	say "import_${is_real:+${count}_}seconds" "$(awk -v ns=$((ended - started)) 'BEGIN { printf "%.2f", ns / 1e9 }')"
	totals_agree "$forms" "$people" >&2 || fail "totals do not agree after the import"
}

# --- all ------------------------------------------------------------------------------------

for program in "$tools/driver_main" "$tools/source_main" "$tools/sink_main" "$real_bin/lg-bus"; do
	[ -x "$program" ] || fail "$program is not built: run make"
done
site_make core
trap 'stop_nats; site_end' EXIT
bench_bin
nats=$(nats_server) && [ -x "$tools/nats_main" ] || nats=
sync_method=none
[ -z "$nats" ] || { nats_port=0 sync_method=$(choose_sync_method); }

for _ in $(seq "$rounds"); do
	sync
	ours_round throughput >>"$root/ours"
	[ -n "$nats" ] || continue
	run_sh down >&2
	sync
	nats_round plain "$messages" "$warm_up_messages" >>"$root/plain"
	[ "$sync_method" = none ] || nats_round always "$sync_messages" "$sync_warm_up" >>"$root/always"
done
bench_up "$publishers"

ours=$(median "$root/ours")
say event_bytes "$(sql -c "SELECT round(avg(size_bytes)) FROM intake.outbox_event WHERE number <= 1000")"
say publisher_instances "$publishers"
say events_per_second "$ours"
say events_per_second_rounds "$(paste -sd ' ' "$root/ours")"
if [ -n "$nats" ]; then
	say nats_server "$("$nats" --version | sed 's/.*v//')"
	say nats_events_per_second "$(median "$root/plain")"
	say nats_events_per_second_rounds "$(paste -sd ' ' "$root/plain")"
	say ratio_to_nats "$(ratio "$ours" "$(median "$root/plain")")"
else
	say nats skipped
fi
if [ "$sync_method" != none ]; then
	say nats_sync_method "$sync_method"
	say nats_sync_always_events_per_second "$(median "$root/always")"
	say ratio_to_nats_sync_always "$(ratio "$ours" "$(median "$root/always")")"
fi

read -r count p50 p99 < <(measure_latency)
[ "${count:-0}" -ge "$latency_events" ] || fail "only ${count:-0} of $latency_events events took effect"
say latency_p50_us "$p50"
say latency_p99_us "$p99"
run_sh destroy >/dev/null 2>&1

export LG_BIN=$real_bin
site_up >"$root/up.log" 2>&1 || fail "the site did not come up: $(tail -3 "$root/up.log")"
idle_memory
measure_import
