#!/bin/bash
# Gives every file of tests/fuzz/corpus/<unit>/ to its target fuzz_<unit>.c, under ASan and UBSan.
# What a fuzzer once found stays found: its input is kept in the corpus.
#   BUILD=build tests/fuzz/replay.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
source tests/fuzz/sources.sh
export BUILD=${BUILD:-build} CC=${CC:-gcc}
passed=0 failed=0

mapfile -t shared < <(fuzz_objects "$BUILD/san")
shared+=("$BUILD/san/tests/fuzz/replay.o")
targets=()
for source in tests/fuzz/fuzz_*.c; do
	targets+=("$BUILD/san/${source%.c}.o")
done
rooms=("$BUILD/san/lib/protect.a" "$BUILD/san/lib/stream.a" "$BUILD/san/lib/base.a")
mkdir -p "$BUILD/san/bin"
if ! make BUILD="$BUILD" CC="$CC" "${rooms[@]}" "${shared[@]}" "${targets[@]}" >"$BUILD/fuzz.log" 2>&1; then
	tail -20 "$BUILD/fuzz.log"
	echo "fuzz corpus: 0 passed, 1 failed (it does not build)"
	exit 1
fi

for source in tests/fuzz/fuzz_*.c; do
	unit=$(basename "$source" .c)
	program=$BUILD/san/bin/$unit
	# shellcheck disable=SC2046
	if ! "$CC" -fsanitize=address,undefined "$BUILD/san/tests/fuzz/$unit.o" "${shared[@]}" \
		"${rooms[@]}" $(pkg-config --libs libprotobuf-c libsodium jansson) -linih -lm -o "$program"; then
		failed=$((failed + 1))
		continue
	fi
	inputs=("tests/fuzz/corpus/${unit#fuzz_}"/*)
	if "$program" "${inputs[@]}" >/dev/null 2>&1; then # all at once; one by one to say which
		passed=$((passed + ${#inputs[@]}))
		continue
	fi
	for input in "${inputs[@]}"; do
		if output=$("$program" "$input" 2>&1); then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			echo "FAILED $unit $input"
			head -30 <<<"    ${output//$'\n'/$'\n'    }"
		fi
	done
	[ "$failed" -gt 0 ] || { failed=1; echo "FAILED $unit: only all together"; }
done
echo "fuzz corpus: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
