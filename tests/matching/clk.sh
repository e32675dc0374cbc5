#!/bin/bash
# How well encodings find the pairs of files with known duplicates, before and behind hardening, each
# figure against its least; last line "clk: N passed, N failed".  The records are no part of the
# product: LG_FIELD_DATA names their folder; without it nothing is asked.
#   BUILD=build tests/matching/clk.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build} data=${LG_FIELD_DATA:-}
columns=given_name,surname,street_number,address_1,address_2,suburb,postcode,date_of_birth
plain_matching=0.9995 # F1 that matching on the columns themselves is to reach on these files
passed=0 failed=0
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

check() { # set, figure, how much lower than plain matching it may be
	local value
	value=$(sed -n "s/^$2: //p" "$scratch/figures")
	if awk -v value="${value:-0}" -v least="$plain_matching" -v less="$3" 'BEGIN { exit !(value >= least - less) }'; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $1 $2: ${value:-none}, at least $plain_matching less $3"
	fi
}

if [ ! -r "$data/febrl3.csv" ]; then
	echo "clk: 0 passed, 0 failed, 1 skipped (LG_FIELD_DATA has no febrl3.csv)"
	exit 0
fi
for set in febrl1 febrl2 febrl3; do
	"$build/tests/matching/clk_main" pairs "$data/$set.csv" "$columns" >"$scratch/figures" || failed=$((failed + 1))
	sed "s/^/${set}_/" "$scratch/figures"
	[ "$set" = febrl3 ] || continue
	check "$set" clk_plain_f1 0.003
	check "$set" clk_hardened_f1 0.01
done
echo "clk: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
