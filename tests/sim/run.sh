#!/bin/bash
# The durable protocol under faults: seeds hold, seeds replay, and each broken rule is caught.
#
#   tests/sim/run.sh            builds the simulator and runs all
#   tests/sim/run.sh keep       finds, shrinks and writes anew the kept seed of each broken rule
#   SIM=path tests/sim/run.sh   runs this one
#   SEEDS=N                     how many seeds must hold (5000)
#   FIRST=N                     from this seed on (1)
#
# A seed that fails with all rules kept is shrunk and written to tests/sim/kept/found-SEED.case; it
# is run before anything else from then on.  Each other kept case names a broken rule: with it the
# case must fail, without it hold, so that neither protocol nor simulator can lose its teeth.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
SEEDS=${SEEDS:-5000}
FIRST=${FIRST:-1}
KEPT=tests/sim/kept
CAUGHT_WITHIN=2000 # seeds
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

rules() { "$SIM" --rules | cut -f1; }
two_at_once() { [ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n; }

# --- each rule broken: the first seed that shows it -------------------------------------------------
break_rules() { # further options
	for rule in $(rules); do
		"$SIM" --break "$rule" --until-caught --seeds "$CAUGHT_WITHIN" "$@" >"$work/rule.$rule" 2>&1 &
		two_at_once
	done
	wait
}

if [ "${1:-}" = keep ]; then
	break_rules --shrink
	for rule in $(rules); do
		sed -n 's/^kept: \(.*\) : \(.*\)/# \2\n--break '"$rule"' \1/p' "$work/rule.$rule" >"$KEPT/$rule.case"
		[ -s "$KEPT/$rule.case" ] || { echo "$rule: not caught"; failed=1; }
	done
	exit "$failed"
fi

# --- what was found once ------------------------------------------------------------------------------
lost=0 weak=0
for case in "$KEPT"/*.case; do
	read -ra options < <(grep -v '^#' "$case")
	if [ "${options[0]}" = --break ]; then
		"$SIM" "${options[@]}" >"$work/kept" 2>&1 && { weak=1; echo "$case: not noticed any more (run.sh keep)"; }
		options=("${options[@]:2}")
	fi
	"$SIM" "${options[@]}" >"$work/kept" 2>&1 || { lost=1; echo "$case:"; cat "$work/kept"; }
done
result "kept seeds hold" "$lost"
result "kept seeds of broken rules fail" "$weak"

# --- all rules kept: two halves at once ---------------------------------------------------------------
half=$((SEEDS / 2))
began=$(date +%s)
"$SIM" --shrink --seeds "$half" --first "$FIRST" >"$work/low" 2>&1 &
low=$!
"$SIM" --shrink --seeds "$((SEEDS - half))" --first $((FIRST + half)) >"$work/high" 2>&1 &
high=$!
wait "$low"
held=$?
wait "$high" || held=1
result "$SEEDS seeds hold with all rules" "$held"
cat "$work/low" "$work/high"
echo "sim_seconds: $(($(date +%s) - began))"
cat "$work/low" "$work/high" | sed -n 's/^kept: \(.*\) : \(.*\)/\1 # \2/p' | while read -r line; do
	seed=$(sed -n 's/.*--first \([0-9]*\).*/\1/p' <<<"$line")
	printf '# %s\n%s\n' "${line#*# }" "${line% #*}" >"$KEPT/found-$seed.case"
	echo "kept as $KEPT/found-$seed.case"
done

# a run in which nothing goes wrong proves nothing
! grep -qE '(:|,) 0 ' <(grep '^seen:' "$work/low")
result "every kind of fault was seen" $?

# --- a seed is the same whenever it is run, and no two are ---------------------------------------------
digest() { "$SIM" --seeds 1 --first "$1" | sed -n 's/.*digest //p'; }
same=0
for seed in 1 7 42 1001; do
	[ "$(digest "$seed")" = "$(digest "$seed")" ] || same=1
	[ "$(digest "$seed")" != "$(digest $((seed + 1)))" ] || same=1
done
result "a seed replays bit for bit" "$same"

# --- the table ------------------------------------------------------------------------------------------
break_rules
printf '%-12s %5s  %-58s %s\n' "broken rule" "seed" "what was seen" "what holds when it is kept"
while IFS=$'\t' read -r rule sentence; do
	line=$(grep -m1 '^seed ' "$work/rule.$rule")
	[ -n "$line" ]
	result "broken rule $rule is caught within $CAUGHT_WITHIN seeds" $?
	line=${line#seed }
	seen=${line#*: }
	printf '%-12s %5s  %-58s %s\n' "$rule" "${line%%:*}" "${seen% at *}" "$sentence"
done < <("$SIM" --rules)

echo "sim: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
