#!/bin/bash
# Goal: records go in at one end and exact totals come out at the other; whatever a file holds,
# the good rows are in and each bad one is named; an operator can see, repair and rebuild.
# Method: one site of real processes, used through the `lifeguard` command alone; expected
# numbers are counted from the files by awk.
source "$(dirname "$0")/../support/site.sh"
source "$(dirname "$0")/../support/invariants.sh"

site_make journey
field_data

import() {
	lifeguard import interceptions "$1" --people "$2" "${@:3}" >"$root/out" 2>&1
	local code=$?
	cat "$root/out"
	return $code
}

check "the site comes up" site_up
check "a wrong password is refused" bash -c \
	"echo wrong-password >$root/wrong; ! '$LG_BIN/lifeguard' login --user operator --password-file $root/wrong"
check "an operator logs in" log_in operator

# --- real records, through the whole path -----------------------------------------------------
started=$(date +%s%N)
check "all forms are imported" import "$forms" "$people"
echo "  import took $((($(date +%s%N) - started) / 1000000)) ms for $(($(wc -l <"$forms") - 1)) forms"
check "totals by station equal those counted from the file" totals_agree "$forms" "$people"
check_invariants "after the import"

same_again() {
	local before after
	before=$(sql -c "SELECT count(*) FROM intake.outbox_event")
	import "$forms" "$people" || return 1
	after=$(sql -c "SELECT count(*) FROM intake.outbox_event")
	[ "$before" = "$after" ] || { echo "$before events before, $after after"; return 1; }
	totals_agree "$forms" "$people"
}
check "importing the same file again changes nothing" same_again

by_month() {
	local expected reported
	expected=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ n[substr($at["intercepted_at"], 1, 7)]++ } END { for (m in n) print m "," n[m] }' "$forms" | sort)
	reported=$(lifeguard report interceptions --by month --format csv |
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["month"] ~ /-/ { print $at["month"] "," $at["interceptions"] }' | sort)
	[ "$expected" = "$reported" ] || { diff <(echo "$expected") <(echo "$reported"); return 1; }
}
check "totals by month equal those counted from the file" by_month

points_differ() {
	local expected reported
	expected=$(awk -F, 'FNR == 1 && NR != 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		NR == FNR { if (NR > 1) points[$1] = $3; next }
		$at["reported_red_flags"] != "" { sum = 0
			for (code in points) if (code in at && $at[code] == 1) sum += points[code]
			if (sum != $at["reported_red_flags"]) differ++ }
		END { print differ + 0 }' "$LG_FIELD_DATA/red_flag_points.csv" "$forms")
	reported=$(lifeguard report interceptions --by station --format csv |
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { n += $at["points_differ"] } END { print n }')
	[ "$expected" = "$reported" ] || { echo "counted $expected, reported $reported"; return 1; }
}
if [ -n "$is_real" ]; then
	check "where the station's own points differ equals the published rule" points_differ
else
	skip "where the station's own points differ equals the published rule" "no field data here"
fi

# --- a case as a person sees it ----------------------------------------------------------------
shows_case() {
	local id
	id=$(sql -c "SELECT encode(case_id, 'hex') FROM intake.case_file ORDER BY victims DESC LIMIT 1")
	lifeguard case show "$id" >"$root/case" || return 1
	cat "$root/case"
	grep -q 'intake@1' "$root/case" && grep -q 'reported in' "$root/case" && grep -qE 'PersonIdentified .* ms .* ms .* ms' "$root/case"
}
check "a case is shown as a timeline over both services" shows_case

# --- bad files -------------------------------------------------------------------------------
bad() { # name: rows of forms on standard input, one person each in $root/NAME.people.csv
	cat >"$root/$1.csv"
	head -1 "$people" >"$root/$1.people.csv"
}
row() { # record, the sample's first form under another record number
	sed -n 2p "$forms" | sed "s/^[^,]*/$1/"
}
refuses() { # name, what must be said, how many forms come in
	local before after
	before=$(sql -c "SELECT count(*) FROM intake.case_file")
	import "$root/$1.csv" "$root/$1.people.csv" >/dev/null && { echo "the exit code says nothing"; return 1; }
	after=$(sql -c "SELECT count(*) FROM intake.case_file")
	grep -q "$2" "$root/out" || { echo "expected '$2' in:"; cat "$root/out"; return 1; }
	[ $((after - before)) -eq "$3" ] || { echo "$((after - before)) forms came in, not $3"; cat "$root/out"; return 1; }
}
header=$(head -1 "$forms")
{ echo "${header/station,/}"; row B0; } | bad no_column
check "a missing column is named, nothing is stored" refuses no_column station 0
{ echo "$header"; row B1; row B2 | sed "s/,[A-Z]*,/,S\xff,/"; row B3; } | bad utf8
check "bad UTF-8 is named with line and column, good rows are in" refuses utf8 ":3:2" 2
{ echo "$header"; row B4; row B5 | sed "s/20[0-9]*-[0-9]*-[0-9]*T/2014-02-30T/"; } | bad date
check "an impossible date is named" refuses date ":3:3" 1
{ echo "$header"; row B6 | awk -F, -v OFS=, '{ $4 = -1; print }'; row B7; } | bad negative
check "a negative number is named" refuses negative ":2:4" 1
large_row() { # a form whose station is 1 MB long
	printf 'B9,'
	head -c 1048576 /dev/zero | tr '\0' x
	row B9 | sed 's/^[^,]*,[^,]*//'
}
{ echo "$header"; row B8; large_row; row B10; } | bad large
check "a cell of 1 MB is named" refuses large ":3:2" 2
{ echo "$header"; row B11; row B12 | cut -c1-40 | tr -d '\n'; } | bad cut
check "a row cut in the middle is named" refuses cut ":3" 1
accepts() { # name, how many forms come in
	local before after
	before=$(sql -c "SELECT count(*) FROM intake.case_file")
	import "$root/$1.csv" "$root/$1.people.csv" || return 1
	after=$(sql -c "SELECT count(*) FROM intake.case_file")
	[ $((after - before)) -eq "$2" ]
}
{ printf '\xef\xbb\xbf'; { echo "$header"; row B13; row B14; } | sed 's/$/\r/'; } | bad crlf
check "CRLF and a BOM are understood" accepts crlf 2
dry_run() {
	local before after
	{ echo "$header"; row D1; row D2 | sed "s/20[0-9]*-[0-9]*-[0-9]*T/2014-02-30T/"; } | bad dry
	before=$(sql -c "SELECT count(*) FROM intake.outbox_event")
	import "$root/dry.csv" "$root/dry.people.csv" --dry-run && return 1
	after=$(sql -c "SELECT count(*) FROM intake.outbox_event")
	grep -q ":3:3" "$root/out" && [ "$before" = "$after" ]
}
check "--dry-run names the same rows and stores nothing" dry_run

# --- an operator at work ------------------------------------------------------------------------
check "status shows every service" bash -c \
	"'$LG_BIN/lifeguard' status | tee $root/status && grep -q intake $root/status && grep -q reporting $root/status"
check "states are printed" bash -c "'$LG_BIN/lifeguard' states intake | grep -q ENGAGED"

all_forms_agree() {
	local stored reported
	stored=$(sql -c "SELECT count(*), sum(victims), sum(suspects) FROM intake.case_file")
	reported=$(sql -c "SELECT sum(interceptions), sum(victims), sum(suspects) FROM reporting.interception_month")
	[ "$stored" = "$reported" ] || { echo "stored $stored, reported $reported"; return 1; }
}
rebuild() {
	sed "2,\$s/^/again-/" "$forms" >"$root/again.csv"
	sed "2,\$s/^/again-/" "$people" >"$root/again.people.csv"
	lifeguard import interceptions "$root/again.csv" --people "$root/again.people.csv" >/dev/null 2>&1 &
	local importer=$!
	lifeguard rebuild reporting || return 1
	wait "$importer" || return 1
	soon all_forms_agree
}
check "the projection is dropped and built again while traffic goes on" rebuild
check_invariants "after the rebuild"

dead_letter() {
	local letter
	sql -c "ALTER TABLE reporting.interception_month ADD CONSTRAINT not_this CHECK (station <> 'ZZZ')"
	{ echo "$header"; row Z1 | awk -F, -v OFS=, '{ $2 = "ZZZ"; print }'; row Z2; } | bad letter
	import "$root/letter.csv" "$root/letter.people.csv" || return 1
	soon eval '[ -n "$(first_letter)" ]' || return 1
	letter=$(first_letter)
	lifeguard dead-letters list reporting || return 1
	lifeguard dead-letters show reporting "$letter" || return 1
	! lifeguard dead-letters retry reporting "$letter" || { echo "a retry cannot work yet"; return 1; }
	sql -c "ALTER TABLE reporting.interception_month DROP CONSTRAINT not_this"
	soon none_after_retry && soon all_forms_agree
}
first_letter() {
	sql -c "SELECT min(letter) FROM reporting.dead_letter"
}
none_after_retry() { # behind a retry that failed its partition is read back: then this one is refused, too
	local letter
	letter=$(first_letter)
	[ -z "$letter" ] || { lifeguard dead-letters retry reporting "$letter"; return 1; }
}
check "what the database refuses becomes a dead letter, its case waits, a retry mends it" dead_letter
check_invariants "after the retry"

check "every audit chain is whole" lifeguard audit verify
tampered() {
	sql -c "UPDATE intake.audit SET record = record || '\x00' WHERE (p, seq) = (SELECT p, seq FROM intake.audit ORDER BY p, seq OFFSET 5 LIMIT 1)"
	lifeguard audit verify >"$root/audit" 2>&1
	local code=$?
	cat "$root/audit"
	[ "$code" -eq 1 ] && grep -q intake "$root/audit"
}
check "a rewritten audit row is named, with exit code 1" tampered

metrics() {
	local promtool
	promtool=$(command -v promtool || ls "$here"/build/tools/usr/bin/promtool 2>/dev/null)
	for service in bus gateway access intake reporting; do
		curl -fs --unix-socket "$LG_STATE/health/$service.1.sock" http://localhost/healthz >/dev/null || return 1
		curl -fs --unix-socket "$LG_STATE/health/$service.1.sock" http://localhost/metrics >"$root/metrics" || return 1
		grep -q "service=\"$service\"" "$root/metrics" || return 1
		[ -z "$promtool" ] || "$promtool" check metrics <"$root/metrics" || return 1
	done
}
check "each service has /healthz and /metrics that promtool accepts" metrics
idle_memory() {
	local total=0 pid
	for service in bus gateway access intake reporting; do
		pid=$(pid_of "$service")
		total=$((total + $(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")))
	done
	echo "  site_memory_kib: $total" >"$root/memory"
	[ "$total" -lt $((60 * 1024)) ] || { echo "$total KiB"; return 1; }
}
case $LG_BIN in
*san*) skip "the site's memory is below 60 MiB" "sanitised programs" ;;
*) check "the site's memory is below 60 MiB" idle_memory ;;
esac
cat "$root/memory" 2>/dev/null
check "the site goes down in order" run_sh down
finish journey
