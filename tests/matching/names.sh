#!/bin/bash
# How well `lifeguard match names` finds names and places across scripts and spellings: figures as
# `name: value`, each checked against its least, last line "names: N passed, N failed".  The records
# are no part of the product: LG_FIELD_DATA names their folder; without it nothing is asked.
#   BUILD=build tests/matching/names.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build} data=${LG_FIELD_DATA:-}
tool=$build/bin/lg-match score=tests/matching/score.awk
passed=0 failed=0
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

check() { # figure, least
	local value
	value=$(sed -n "s/^$1: //p" "$scratch/figures")
	if awk -v value="${value:-0}" -v least="$2" 'BEGIN { exit !(value >= least) }'; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $1: ${value:-none}, at least $2"
	fi
}

# figure, file of "query<TAB>answer", list; the tool is asked each query once
ask() {
	local name=$1 truth=$2 list=$3
	shift 3
	cut -f1 "$truth" | sort -u >"$scratch/queries"
	"$tool" names "$scratch/queries" --against "$list" --top 6 >"$scratch/found" || failed=$((failed + 1))
	awk -v name="$name" "$@" -f "$score" "$truth" "$scratch/found" | tee -a "$scratch/figures"
}

names() {
	tail -n +2 "$data/names_latin_devanagari.tsv" | tr -d '\r' | sort -u >"$scratch/pairs"
	cut -f1 "$scratch/pairs" | sort -u >"$scratch/latin"
	cut -f2 "$scratch/pairs" | sort -u >"$scratch/devanagari"

	awk -F'\t' '{ print $2 "\t" $1 }' "$scratch/pairs" >"$scratch/truth"
	ask devanagari_to_latin "$scratch/truth" "$scratch/latin"
	ask latin_to_devanagari "$scratch/pairs" "$scratch/devanagari"
	# two halves of the file, parted by a hash of the name
	for half in 0 1; do
		LC_ALL=C awk -F'\t' -v half=$half 'BEGIN { for (i = 1; i < 256; i++) byte[sprintf("%c", i)] = i }
			{ n = 7; for (i = 1; i <= length($1); i++) n = (n * 31 + byte[substr($1, i, 1)]) % 65521
			if (int(n / 8) % 2 == half) print }' "$scratch/truth" >"$scratch/half"
		ask "devanagari_to_latin_half_$half" "$scratch/half" "$scratch/latin"
	done
	# spellings that share a form in the other script
	awk -F'\t' '{ spelt[$2] = spelt[$2] "\t" $1 }
		END { for (d in spelt) { n = split(substr(spelt[d], 2), s, "\t")
			for (i = 1; i <= n; i++) for (k = 1; k <= n; k++) if (i != k) print s[i] "\t" s[k] } }' \
		"$scratch/pairs" | sort -u >"$scratch/truth"
	ask latin_variants "$scratch/truth" "$scratch/latin" -v drop_self=1
}

levels() { # figure, whether words for kinds of places go
	awk -F, -v bare="$2" 'NR > 1 { en = $5; ne = $6
		if (bare) {
			sub(/ *((Sub-)?Metropolitan City|(Rural )?Municipality) *$/, "", en)
			sub(/ *((उप-)?महानगरपालिका|नगरपालिका|गाउँपालिका|Municipality) *$/, "", ne)
		}
		print en "\t" ne }' "$data/nepal_local_levels.csv" | tr -d '\r' >"$scratch/levels"
	cut -f1 "$scratch/levels" | sort -u >"$scratch/english"
	cut -f2 "$scratch/levels" | sort -u >"$scratch/nepali"
	awk -F'\t' '{ print $2 "\t" $1 }' "$scratch/levels" >"$scratch/turned"
	ask "$1_english" "$scratch/levels" "$scratch/nepali"
	ask "$1_nepali" "$scratch/turned" "$scratch/english"
}

# what needs no records: the command hands over, either script finds the other, lines are named
expect() { # what it proves, expected, seen
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED %s\n  expected: %s\n  seen:     %s\n' "$1" "$2" "$3"
	fi
}

by_hand() {
	printf 'सरस्वती चौधरी\nVishnu Maya\n' >"$scratch/asked"
	printf 'Sarita Chaudhary\nSarswati Chaudhari\nबिष्णु माया\nBishnu Hari\nSarita Chaudhary\n' >"$scratch/list"
	expect 'the command runs lg-match and finds both scripts' \
		"$(printf 'सरस्वती चौधरी\tSarswati Chaudhari\nVishnu Maya\tबिष्णु माया')" \
		"$("$build/bin/lifeguard" match names "$scratch/asked" --against "$scratch/list" --top 1 | cut -f1,2)"
	printf 'Sita\n42\nA\377\n' >"$scratch/faulty"
	expect 'bad lines are named without their content' \
		"$(printf 'lifeguard: faulty:2: no letters of Latin or Devanagari\nlifeguard: faulty:3: not UTF-8')" \
		"$("$tool" names "$scratch/asked" --against "$scratch/faulty" 2>&1 >/dev/null | sed "s|$scratch/||")"
}

make -s BUILD="$build" "$tool" "$build/bin/lifeguard" || { echo "names: 0 passed, 1 failed"; exit 1; }
by_hand
if [ -z "$data" ] || [ ! -r "$data/names_latin_devanagari.tsv" ]; then
	echo "skipped: LG_FIELD_DATA names no folder with names_latin_devanagari.tsv"
	echo "names: $passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
fi
began=$(date +%s%N)
names
levels local_levels 1
levels whole_local_levels ""
echo "took_ms: $((($(date +%s%N) - began) / 1000000))"

check devanagari_to_latin_at_1 0.98
check devanagari_to_latin_at_5 0.996
check devanagari_to_latin_half_0_at_1 0.975
check devanagari_to_latin_half_1_at_1 0.975
check latin_to_devanagari_at_1 0.96
check latin_variants_at_1 0.80
check latin_variants_at_5 0.96
check local_levels_english_at_1 0.985
check local_levels_english_at_5 0.995
check local_levels_nepali_at_1 0.985
check local_levels_nepali_at_5 0.995
check whole_local_levels_english_at_1 0.98
check whole_local_levels_nepali_at_1 0.98
echo "names: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
