#!/bin/bash
# Lets libFuzzer (clang) look for what a target does not stand, beginning with its corpus.
# What it finds lies in BUILD/fuzz/found/<unit>-*; put it into tests/fuzz/corpus/<unit>/ under a
# name that says what it was, with the fix.  What it learns stays in BUILD/fuzz/corpus/.
#   BUILD=build tests/fuzz/run.sh UNIT [SECONDS]        tests/fuzz/run.sh origin 600
set -eu
cd "$(dirname "$0")/../.."
source tests/fuzz/sources.sh
unit=${1:?which unit: the UNIT of a fuzz_UNIT.c} seconds=${2:-60}
build=${BUILD:-build}/fuzz
flags='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'

objects=("$build/san/tests/fuzz/fuzz_$unit.o")
mapfile -t shared < <(fuzz_objects "$build/san")
objects+=("${shared[@]}")
rooms=("$build/san/lib/protect.a" "$build/san/lib/stream.a" "$build/san/lib/base.a")
make BUILD="$build" CC=clang SANITISE="$flags" "${rooms[@]}" "${objects[@]}"
mkdir -p "$build/corpus/$unit" "$build/found"
# shellcheck disable=SC2046
clang -fsanitize=fuzzer,address,undefined "${objects[@]}" "${rooms[@]}" \
	$(pkg-config --libs libprotobuf-c libsodium jansson) -linih -lm -o "$build/fuzz_$unit"
exec "$build/fuzz_$unit" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 \
	-artifact_prefix="$build/found/$unit-" "$build/corpus/$unit" "tests/fuzz/corpus/$unit"
