#!/bin/bash
# Goal: whatever breaks, what was answered "stored" is there, once; both sites agree; nothing waits for
# ever; what a database has forgotten is noticed, listed and asked for again.
# Method: pairs of sites with a bad line between them; for each schedule people at both ends work and
# write a ledger, while services are killed and stopped, the line is cut, shut, slowed and corrupted,
# and one big thing happens: PostgreSQL crashes, comes back from an older backup, fails over to a
# synchronous or an asynchronous standby, its disk is full, or a clock is wrong.  Then all is healed
# and held against the ledger.
#
#   SCHEDULES=20 SEED=s PAIRS=2   the first schedule is drawn from SEED, the next from SEED + 1 ...
#   BIG=restore BIG_SITE=1        this big thing, at this site, in each of them
set -u
here=$(cd "$(dirname "$0")" && pwd)
schedules=${SCHEDULES:-20} seed=${SEED:-$((RANDOM * 100))} pairs=${PAIRS:-2}
[ "$schedules" -ge "$pairs" ] || pairs=$schedules
folder=$(mktemp -d "${TMPDIR:-/tmp}/lg-schedules.XXXXXX")
pids=()
end() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null
	wait
	rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT TERM

echo "schedules: seed $seed, $schedules schedules, $pairs pairs of sites"
# A home has 1,000 places, which 18 schedules on a slow machine have filled: every 10 have sites of their own.
run_pair() { # seeds
	local child
	trap '[ -z "$child" ] || kill "$child"; exit 143' TERM
	while [ $# -gt 0 ]; do
		"$here/pair_main.sh" "${@:1:10}" &
		child=$!
		wait "$child"
		shift $(($# < 10 ? $# : 10))
	done
}
seeds_of() { # pair
	seq $((seed + $1 - 1)) "$pairs" $((seed + schedules - 1))
}
# a last line of each run of up to 10 schedules
has_ended() { # pair
	[ "$(grep -c '^pair: ' "$folder/$1")" -ge $((($(seeds_of "$1" | wc -l) + 9) / 10)) ]
}
for pair in $(seq "$pairs"); do
	run_pair $(seeds_of "$pair") > >(tee "$folder/$pair") 2>&1 &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
pids=()
for pair in $(seq "$pairs"); do
	for _ in $(seq 100); do # tee
		! has_ended "$pair" || break
		sleep 0.1
	done
done

passed=0 failed=0 skipped=0
for pair in $(seq "$pairs"); do
	has_ended "$pair" || failed=$((failed + 1)) # it ended before it could say
	while read -r good bad without; do
		passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + without))
	done < <(sed -n 's/^pair: \([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped/\1 \2 \3/p' "$folder/$pair")
done
failing=$(sed -n 's/^  FAILED  repeat with: //p' "$folder"/*)
[ -z "$failing" ] || printf 'schedules: these failed, each is repeated with:\n%s\n' "$failing"
echo "schedules: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
