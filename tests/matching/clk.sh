#!/bin/bash
# How well encodings find the pairs of files with known duplicates, before and behind hardening, each
# figure against its least; last line "clk: N passed, N failed".  The records are no part of the
# product: LG_FIELD_DATA names their folder; without it nothing is asked.
#   BUILD=build tests/matching/clk.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build} data=${LG_FIELD_DATA:-}
columns=given_name,surname,street_number,address_1,address_2,suburb,postcode,date_of_birth
passed=0 failed=0
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

check() { # set, figure, how much lower than plain matching it may be
	local value
	value=$(sed -n "s/^$2: //p" "$scratch/figures")
	if awk -v value="${value:-0}" -v least="${plain_matching:-1}" -v less="$3" 'BEGIN { exit !(value >= least - less) }'; then
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
# what matching on the columns themselves reaches, in this same run
"$build/bin/lg-match" dedupe "$data/febrl3.csv" --schema febrl_without_id --out "$scratch/pairs.csv" 2>/dev/null
plain_matching=$(awk -f tests/matching/f1.awk "$data/febrl3.csv" "$scratch/pairs.csv" | cut -d' ' -f4)
echo "febrl3_plain_matching_f1: $plain_matching"
for set in febrl1 febrl2 febrl3; do
	"$build/tests/matching/clk_main" pairs "$data/$set.csv" "$columns" >"$scratch/figures" || failed=$((failed + 1))
	sed "s/^/${set}_/" "$scratch/figures"
	[ "$set" = febrl3 ] || continue
	check "$set" clk_plain_f1 0.003
	check "$set" clk_hardened_f1 0.01
done
echo "clk: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
