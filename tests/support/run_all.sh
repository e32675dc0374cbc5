#!/bin/bash
# Runs every suite, shows each one's last line, and ends with one line for all:
# "N passed, N failed".  A suite is a script that closes with "name: N passed, N failed".
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
logs=$here/build/log
mkdir -p "$logs"
passed=0 failed=0 summary= failures=

# Every FAILED line with what is indented below it: what the check itself said, and how busy the machine was.
words_of_failures() { # log
	awk '/FAILED/ { left = 70 } /^  where it is/ { left = 70; where = 70 } !/FAILED/ && !/^    / && where <= 0 { left = 0 }
		{ where-- } left-- > 0 && shown++ < 300' "$1" | cut -c1-300
	echo "   load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores, $(df -Pm "${TMPDIR:-/tmp}" | awk 'NR == 2 { print $4 }') MiB free"
}

suite() { # name, command
	local name=$1 started=$SECONDS line good bad
	shift
	echo "== $name"
	"$@" 2>&1 | tee "$logs/$name.log" | grep -E --line-buffered 'FAILED|: [0-9]+ passed|skipped |took|_kib|seed|^  *[0-9]+:|rror' | cut -c1-200
	local code=${PIPESTATUS[0]}
	line=$(grep -E '[0-9]+ passed, [0-9]+ failed' "$logs/$name.log" | tail -1)
	good=$(sed -n 's/.*[^0-9]\([0-9]*\) passed.*/\1/p' <<<" $line")
	bad=$(sed -n 's/.* \([0-9]*\) failed.*/\1/p' <<<" $line")
	[ "$code" -eq 0 ] || [ "${bad:-0}" -gt 0 ] || bad=1 # it ended before it could say
	passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0}))
	summary+=$(printf '  %-12s %4d s   %s' "$name" $((SECONDS - started)) "${line:-did not end (exit $code)}")$'\n'
	[ "$code" -eq 0 ] || {
		failures+=$(echo "-- $name:" && words_of_failures "$logs/$name.log")$'\n'
		echo "-- last lines of $name:"
		tail -25 "$logs/$name.log"
	}
}

cd "$here"
suite units tests/support/run_units.sh $(find build/test -type f -executable | sort)
suite corpus tests/fuzz/replay.sh
suite statements tests/journey/statements.sh
suite halves tests/journey/halves.sh
suite matching tests/journey/matching.sh
suite names tests/matching/names.sh
suite febrl tests/matching/febrl.sh
suite invented tests/matching/invented.sh
suite clk tests/matching/clk.sh
suite closed tests/journey/closed.sh
suite learn tests/journey/learn.sh
suite trace tests/journey/trace.sh
suite found tests/journey/found.sh
suite standby tests/journey/standby.sh
suite watch tests/journey/watch.sh
suite notification tests/journey/notification.sh
suite fixtures tests/journey/fixtures.sh
suite units-of-systemd tests/package/units.sh
suite refusals tests/journey/refusals.sh
for script in tidy model sim protection journey monitoring faults; do
	[ ! -x "tests/$script/run.sh" ] || suite "$script" "tests/$script/run.sh"
done
suite versions tests/journey/versions.sh
suite scale tests/scale/run.sh
suite moved tests/journey/moved.sh
suite linked tests/journey/linked.sh
suite anew tests/journey/anew.sh
suite anewhome tests/journey/anew_home.sh
suite parted tests/journey/parted.sh
suite upgrade tests/journey/upgrade.sh
suite killer tests/journey/killer.sh
suite line tests/journey/line.sh
suite stories tests/journey/stories.sh
suite hostile tests/protection/hostile.sh
SCHEDULES=${SCHEDULES:-20} suite schedules tests/faults/schedules.sh

echo
echo "suites:"
printf '%s' "$summary"
echo
[ -z "$failures" ] || printf 'what failed:\n%s\n' "$failures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
