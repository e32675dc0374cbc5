# Names in the owning service.  Goal: a name is shown only where it belongs, and each look is
# written down; a value moved by whoever administers the database does not open.
# Method: look, count audit rows; move sealed values by SQL, look again.  Sourced by run.sh.

audit_rows() {
	sql -c "SELECT count(*) FROM intake.audit"
}
# a case with two persons, and one of another
two=$(sql -c "SELECT encode(case_id, 'hex') FROM intake.person WHERE sealed IS NOT NULL
	GROUP BY case_id HAVING count(*) = 2 ORDER BY case_id LIMIT 1")
other=$(sql -c "SELECT encode(case_id, 'hex') FROM intake.person WHERE sealed IS NOT NULL
	AND case_id <> '\x$two' ORDER BY case_id LIMIT 1")
marked=$(awk '$1 == "name" { print $2 }' "$root/markers")

names_in() { # case: how many planted names the lead sees
	lifeguard case show "$1" --identity >"$root/shown.$1" || return 1
	{ grep -o "$marked" "$root/shown.$1" || true; } | wc -l
}
log_in lead >/dev/null

each_look_is_recorded() {
	local before names
	before=$(audit_rows)
	names=$(names_in "$two") || return 1
	[ "$names" = 2 ] || { echo "$names names are shown, not 2"; cat "$root/shown.$two"; return 1; }
	# one row for the case, one for each person opened
	[ $(($(audit_rows) - before)) -eq 3 ] || { echo "$(($(audit_rows) - before)) rows"; return 1; }
}
# one that waits 1.5 s for its answer is asked again by the gateway, and is a look of its own
check "a lead reads both names of a case, and each is recorded" tries 3 each_look_is_recorded
names_by_default() {
	lifeguard case show "$two" >"$root/out" && ! grep -q "$marked" "$root/out"
}
check "without --identity no name is shown" names_by_default
refused_look() {
	local before
	before=$(audit_rows)
	answers 403 GET "/cases/$two?identity=1" "${operator[@]}" || return 1
	[ $(($(audit_rows) - before)) -ge 1 ] || { echo "no row"; return 1; }
	# field 14 (result) is 1 (refused) in the newest record: 70 01
	[ "$(sql -c "SELECT count(*) FROM intake.audit WHERE position('\x7001'::bytea IN record) > 0 AND position('\x$two'::bytea IN record) > 0")" -ge 1 ]
}
check "an operator's refused look is recorded as refused" refused_look

# --- moved values -------------------------------------------------------------------------------
remember() {
	sql -c "CREATE TABLE public.kept AS TABLE intake.person"
}
put_back() {
	sql -c "UPDATE intake.person AS r SET person_id = k.person_id, event_id = k.event_id, sealed = k.sealed
		FROM public.kept AS k WHERE r.case_id = k.case_id AND r.ordinal = k.ordinal"
}
swap() { # what is swapped, between which persons (SQL)
	sql -c "UPDATE intake.person AS r SET $1 FROM public.kept AS o WHERE $2"
}
does_not_open() { # names still shown in $two, what, between which
	local shown rows=$(audit_rows)
	swap "$2" "$3" || return 1
	shown=$(names_in "$two") || return 1
	put_back || return 1
	[ "$shown" = "$1" ] || { echo "$shown names were shown"; cat "$root/shown.$two"; return 1; }
	[ "$(audit_rows)" -gt "$rows" ] || { echo "no look was recorded"; return 1; }
}
within="r.case_id = '\x$two' AND o.case_id = r.case_id AND o.ordinal <> r.ordinal"
across="r.case_id = '\x$two' AND o.case_id = '\x$other' AND o.ordinal = 0"
check "persons are remembered" remember
check "a name moved to another person of the case does not open, and is counted" \
	rises intake refused_total "" does_not_open 0 "sealed = o.sealed" "$within"
check "nor one moved with its event" rises intake refused_total "" \
	does_not_open 0 "sealed = o.sealed, event_id = o.event_id" "$within"
check "nor one of another case" rises intake refused_total "" \
	does_not_open 0 "sealed = o.sealed, event_id = o.event_id" "$across"
check "nor one moved with event and person from another case" rises intake refused_total "" \
	does_not_open 0 "sealed = o.sealed, event_id = o.event_id, person_id = o.person_id" "$across"
check "nor one whose event is another" rises intake refused_total "" \
	does_not_open 0 "event_id = o.event_id" "$within"
check "nor one with a bit turned" rises intake refused_total "" does_not_open 1 \
	"sealed = set_byte(r.sealed, length(r.sealed) - 1, get_byte(r.sealed, length(r.sealed) - 1) # 1)" \
	"r.case_id = '\x$two' AND o.case_id = r.case_id AND o.ordinal = r.ordinal AND r.ordinal = 0"
back_again() {
	[ "$(names_in "$two")" = 2 ] && sql -c "DROP TABLE public.kept"
}
check "put back, both names are read" back_again

log_in operator >/dev/null
