#!/bin/bash
# The durable protocol under faults: seeds hold, seeds replay, and each broken rule is caught.
#
#   tests/sim/run.sh            builds the simulator and runs all
#   SIM=path tests/sim/run.sh   runs this one
#   SEEDS=N                     how many seeds must hold (10000)
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
SEEDS=${SEEDS:-10000}
CAUGHT_WITHIN=6000 # seeds: the rarest broken rule needs some two thousand
if [ -z "${SIM:-}" ]; then
	SIM=$BUILD/tests/sim/sim_main
	make -s BUILD="$BUILD" "$SIM" || exit 1
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# one result: what was asked, 0 for good
result() {
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

# --- all rules kept: two halves at once ---
half=$((SEEDS / 2))
"$SIM" --seeds "$half" --first 1 >"$work/low" 2>&1 &
low=$!
"$SIM" --seeds "$half" --first $((half + 1)) >"$work/high" 2>&1 &
high=$!
wait "$low" && wait "$high"
result "$SEEDS seeds hold with all rules" $?
cat "$work/low" "$work/high"

# a run in which nothing goes wrong proves nothing
grep -qE '(:|,) 0 ' <(grep '^seen:' "$work/low")
[ $? -eq 1 ]
result "every kind of fault was seen" $?

# --- a seed is the same whenever it is run, and no two are ---
digest() { "$SIM" --seeds 1 --first "$1" | sed -n 's/.*digest //p'; }
same=0
for seed in 1 7 42 1001; do
	[ "$(digest "$seed")" = "$(digest "$seed")" ] || same=1
	[ "$(digest "$seed")" != "$(digest $((seed + 1)))" ] || same=1
done
result "a seed replays bit for bit" "$same"

# --- each rule broken: the first seed that shows it, two rules at once ---
for rule in $("$SIM" --rules); do
	"$SIM" --break "$rule" --until-caught --seeds "$CAUGHT_WITHIN" >"$work/rule.$rule" 2>&1 &
	[ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
done
wait
printf '%-12s %6s  %s\n' "broken rule" "seed" "what was seen"
for rule in $("$SIM" --rules); do
	line=$(grep -m1 '^seed ' "$work/rule.$rule")
	[ -n "$line" ]
	result "broken rule $rule is caught within $CAUGHT_WITHIN seeds" $?
	line=${line#seed }
	printf '%-12s %6s  %s\n' "$rule" "${line%%:*}" "${line#*: }"
done

echo "sim: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
