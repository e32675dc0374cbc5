#!/bin/bash
# Runs cmocka programs given as arguments, shows what failed, and sums their tests up in one line.
set -u
passed=0 failed=0
for program in "$@"; do
	output=$("$program" 2>&1) && status=0 || status=$?
	# cmocka closes with "[  PASSED  ] 7 test(s)." and, after failures, "[  FAILED  ] 2 test(s), ..."
	good=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test(s).*/\1/p' <<<"$output" | head -1)
	bad=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test(s).*/\1/p' <<<"$output" | head -1)
	[ "$status" -ne 0 ] && [ "${bad:-0}" -eq 0 ] && bad=1 # died before it could say
	passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0}))
	if [ "$status" -ne 0 ]; then
		echo "FAILED $program (exit $status)"
		sed 's/^/    /' <<<"$output" | tail -60
	fi
done
echo "unit tests: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
