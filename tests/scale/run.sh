#!/bin/bash
# Goal: instances of a service may come and go while work goes on: it moves to those that are there,
# nothing is lost or doubled, nothing fails.
# Method: one site; clients with a ledger (ledger.sh) work all the time, while instances of intake are
# started by `lifeguard up --scale`, stopped, killed and frozen, and then every service is restarted, one
# after the other.  How long partitions have nobody, or somebody who is gone, is timed by what the
# instances that are left say.  Then the ledger is compared with the database.
source "$(dirname "$0")/../support/site.sh"
source "$here/tests/support/invariants.sh"
source "$here/tests/scale/ledger.sh"

# until these instances own all partitions, and each a part; prints after how long
wait_owned() { # service, milliseconds at most, instances
	local service=$1 most=$2 started instance owned sum is_shared
	shift 2
	started=$(now_us)
	while :; do
		sum=0 is_shared=1
		for instance in "$@"; do
			owned=$(owned_by "$service" "$instance")
			sum=$((sum + owned))
			[ "$owned" -gt 0 ] || is_shared=
		done
		took=$((($(now_us) - started) / 1000))
		[ "$sum" != 16 ] || [ -z "$is_shared" ] || break
		[ "$took" -le $((most + 15000)) ] || { echo "$sum partitions are owned after $took ms"; return 1; }
		sleep 0.02
	done
	echo "  took $took ms" >&3
	[ "$took" -le "$most" ]
}

scale() { # service, instances
	lifeguard up --scale "$1=$2"
}

grow() {
	scale intake 3 && wait_owned intake 60000 1 2 3
}

# three at work, each with a part
all_three() {
	local n
	for n in 2 3; do
		run_sh start intake "$n" && run_sh wait intake "$n" || return 1
	done
	wait_owned intake 60000 1 2 3
}

# three times, each while partitions have just been given to the one that leaves
stop_one() {
	local code
	all_three && kill -TERM "$(pid_of intake 3)" || return 1
	wait_owned intake 2000 1 2
	code=$?
	run_sh stop intake 3 && return "$code"
}
stop_three() {
	local n
	for n in 1 2 3; do
		tries 3 stop_one || return 1
	done
}

kill_one() {
	all_three || return 1
	kill -9 "$(pid_of intake 2)"
	wait_owned intake 10000 1 3
}

freeze_one() {
	all_three || return 1
	kill -STOP "$(pid_of intake 3)"
	wait_owned intake 15000 1 2
	local code=$?
	kill -CONT "$(pid_of intake 3)"
	return "$code"
}

shrink() {
	scale intake 1 && wait_owned intake 60000 1 && ! [ -e "$LG_STATE/pid/intake.2" ]
}

rolling_restart() {
	since=$(now_us)
	for service in reporting intake referral matching notification access gateway bus; do
		run_sh stop "$service" && run_sh start "$service" && run_sh wait "$service" || return 1
	done
	sleep 1
}

is_in_ledger() {
	[ -z "$(ledger_failed)" ] || { ledger_failed; return 1; }
	[ "$(ledger_count)" -gt 20 ] || { echo "only $(ledger_count) wishes were told"; return 1; }
}

informed() {
	sql -c "SELECT coalesce(sum(amount), 0) FROM reporting.journey_month WHERE counter = 'informed_women'"
}

# each wish of the ledger took effect once: as an event, as an answer under its id, in the totals
ledger_agrees() {
	local told
	told=$(ledger_count)
	soon eval '[ "$(informed)" = "$told" ]'
	[ "$(sql -c "SELECT count(*) FROM intake.outbox_event WHERE type = 108")" = "$told" ] &&
		[ "$(informed)" = "$told" ] || { echo "$told told, $(informed) counted"; return 1; }
	diff <(cat "$root"/ledger.[0-9]* | cut -d' ' -f1 | sort) \
		<(sql -c "SELECT encode(command_id, 'hex') FROM intake.answer WHERE type = 1103 ORDER BY 1" | sort) >/dev/null ||
		{ echo "the answers are of other ids than the ledger"; return 1; }
}

exec 3>&1
site_make scale
check "the site comes up" site_up
check "a lead logs in" log_in lead
check "a number of instances that cannot be is refused" eval \
	"! lifeguard up --scale intake=0 && ! lifeguard up --scale gateway=2 && ! lifeguard up --scale nobody=2"
ledger_start "${CLIENTS:-3}"
check "a second and a third instance take their part" grow
check "one that is stopped gives its part back within 2 s, three times" stop_three
check "one that is killed is replaced within 10 s" tries 3 kill_one
check "one that is frozen is replaced within 15 s" tries 3 freeze_one
check "the surplus ones are stopped by the same verb" shrink
check "every service is restarted under load, one after the other" rolling_restart
ledger_stop
echo "  $(ledger_count) wishes, $(ledger_repeated) asked more than once, the slowest took $(ledger_slowest_ms) ms, while all was restarted $(ledger_slowest_ms "$since") ms"
check "no wish failed" is_in_ledger
check "each wish of the ledger took effect once" ledger_agrees
check "each event took effect once" each_event_took_effect_once
check "order per case is kept" order_per_case_is_kept
check "streams are dense" streams_are_dense
check "nothing is dead, parked or unhandled" nothing_is_dead
[ "$failed" -eq 0 ] || tail -n 5 "$LG_STATE"/log/*.log
finish scale
