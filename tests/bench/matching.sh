#!/bin/bash
# What `make bench-matching` prints, as `name: value`: link of two invented files of 10,000, 100,000
# and 1,000,000 rows (reading, learning and writing included), the share of true pairs found, memory;
# one person against as many in memory, bare and as the service holds them; PostgreSQL's trigrams beside
# it (PEER: of how many rows; 0: not).  SIZES and SEED may be set; INDEX_SIZES: memory alone, no link.
set -u
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C

now() { date +%s.%N; }
for size in ${SIZES:-10000 100000 1000000}; do
	build/tests/matching/invent_main link "${SEED:-1}" "$size" "$scratch/a.csv" "$scratch/b.csv" || exit 1
	started=$(now)
	/usr/bin/time -f '%M %U %S' -o "$scratch/used" build/bin/lg-match link "$scratch/a.csv" "$scratch/b.csv" \
		--schema people --one-to-one --out "$scratch/pairs.csv" --save-weights "$scratch/weights.ini" \
		2>"$scratch/said" || { cat "$scratch/said"; exit 1; }
	ended=$(now)
	awk -v name="link_$size" -v from="$started" -v to="$ended" '
		{ printf "%s_s: %.2f\n%s_processor_s: %.2f\n%s_mib: %.0f\n", name, to - from, name, $2 + $3, name, $1 / 1024 }' "$scratch/used"
	sed -n "s/.*rows, \([0-9]*\) pairs compared.*/link_${size}_pairs_compared: \1/p
		s/.*keys hold \([0-9.]*\) %.*/link_${size}_keys_hold_percent: \1/p" "$scratch/said"
	awk -F, -v name="link_$size" 'FILENAME ~ /b.csv$/ { split($1, b, "-"); if (FNR > 1 && b[1] < size) truth++; next }
		FNR > 1 { split($1, l, "-"); split($2, r, "-"); is = l[1] == r[1]; kept += is
			if ($3 >= 0.5) { all++; right += is } }
		END { printf "%s_precision: %.4f\n%s_recall: %.4f\n%s_true_pairs_kept_at_any_probability: %.4f\n", name, right / all, name, right / truth, name, kept / truth }' \
		size="$size" "$scratch/b.csv" "$scratch/pairs.csv"
	build/bin/lg-match measure "$scratch/a.csv" "$scratch/b.csv" --schema people --weights "$scratch/weights.ini" |
		sed "s/^index/index_$size/"
	build/tests/matching/known_main "$scratch/a.csv" "$scratch/b.csv"
	[ "$size" != "${PEER:-1000000}" ] || tests/bench/trigrams.sh "$scratch/a.csv" "$scratch/b.csv"
done
for size in ${INDEX_SIZES:-}; do
	build/tests/matching/invent_main link "${SEED:-1}" "$size" "$scratch/a.csv" "$scratch/b.csv" || exit 1
	build/tests/matching/known_main "$scratch/a.csv" "$scratch/b.csv"
done
