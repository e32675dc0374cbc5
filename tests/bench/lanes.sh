#!/bin/bash
# Goal: what is urgent does not wait behind what is much.
# Method: two real buses, a line of 64 kbit/s between them; hours of imports in the lane bulk, and a
# rescue every few seconds in the lane care; its way is timed by one clock.
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
seed=${SEED:-$RANDOM}
source tests/support/line.sh
bench=${LG_BUILD:-$here/build}/tests/bench
make_programs
for number in 1 2; do at "$number" keys >/dev/null || exit 1; done
join_sites && line_is rate="${RATE:-8000}" || exit 1
for number in 1 2; do at "$number" start bus && at "$number" wait bus || exit 1; done
both_are 1 || exit 1
read -r count p50 most bulk < <("$bench/lanes_main" "$root/1/keys" "ipc://$root/1/bus/bus.sock" \
	"$root/2/keys" "ipc://$root/2/bus/bus.sock" 32 "${CARE:-15}")
[ -n "${count:-}" ] || { tail -n 3 "$root"/[12]/log/bus.log >&2; exit 1; }
echo "line_bytes_per_second: ${RATE:-8000}"
echo "care_frames: $count"
echo "bulk_frames_arrived: $bulk of 32"
echo "care_wait_p50_ms: $p50"
echo "care_wait_max_ms: $most"
