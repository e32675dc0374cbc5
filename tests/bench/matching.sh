#!/bin/bash
# What `make bench-matching` prints, as `name: value`: link of two invented files of 10,000, 100,000
# and 1,000,000 rows (reading, learning and writing included), the share of true pairs that keys bring
# together and that is found, the curve, memory; one person against as many in memory, bare and as the
# service holds them; PostgreSQL's trigrams beside it (PEER: of how many rows; 0: not).  SIZES and SEED
# may be set; INDEX_SIZES: memory alone, no link.
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
	sed -n "s/.* \([0-9]*\) pairs glanced at, \([0-9]*\) pairs compared.*/link_${size}_pairs_glanced_at: \1\nlink_${size}_pairs_compared: \2/p
		s/.*expected to hold \([0-9.]*\) %.*/link_${size}_keys_are_expected_to_hold_percent: \1/p" "$scratch/said"
	# the same once more, not measured, with what is known: how far the true pairs came
	awk -F'[-,]' -v size="$size" 'BEGIN { print "left,right" } FNR > 1 && $1 < size { print $1 "-0," $1 "-1" }' \
		"$scratch/b.csv" >"$scratch/truth.csv"
	build/bin/lg-match link "$scratch/a.csv" "$scratch/b.csv" --schema people --one-to-one --out "$scratch/again.csv" \
		--truth "$scratch/truth.csv" 2>/dev/null | sed "s/^/link_${size}_/"
	awk -F, -v name="link_$size" -v size="$size" '
		FILENAME ~ /b.csv$/ { split($1, b, "-"); if (FNR > 1 && b[1] < size) truth++; next }
		FNR > 1 { split($1, l, "-"); split($2, r, "-"); step = int($3 * 10); all[step]++; right[step] += l[1] == r[1] }
		END { for (step = 10; step >= 0; step--) {
			found += all[step]; good += right[step]
			if (found > 0) printf "%s_at_%.1f: precision %.4f recall %.4f\n", name, step / 10, good / found, good / truth
			if (step == 5) printf "%s_precision: %.4f\n%s_recall: %.4f\n", name, good / found, name, good / truth
		} }' "$scratch/b.csv" "$scratch/pairs.csv"
	build/bin/lg-match measure "$scratch/a.csv" "$scratch/b.csv" --schema people --weights "$scratch/weights.ini" |
		sed "s/^index/index_$size/"
	build/tests/matching/known_main "$scratch/a.csv" "$scratch/b.csv"
	[ "$size" != "${PEER:-1000000}" ] || tests/bench/trigrams.sh "$scratch/a.csv" "$scratch/b.csv"
done
for size in ${INDEX_SIZES:-}; do
	build/tests/matching/invent_main link "${SEED:-1}" "$size" "$scratch/a.csv" "$scratch/b.csv" || exit 1
	build/tests/matching/known_main "$scratch/a.csv" "$scratch/b.csv"
done
