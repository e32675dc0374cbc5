#!/bin/bash
# Goal: more instances do more; one more site costs what the one before cost.
# Method: (1) intake's place is taken by a service that burns BURN_US of processor time for each command
# (tests/bench/source_main): commands a second with one instance and with two, ROUNDS (3) in turn.
# (2) One publisher, and 1, 5 and 20 sites that are linked with it, each a bus and a lean service of its own
# with a database of its own (all in one PostgreSQL, as 20 of those are no business of ours): the same
# number of events in all, so that what starts costs the same; processor time at the publisher's site.
#
#   burning_commands_per_second_1, _2, burning_growth
#   publisher_cpu_us_per_event_N     bus, service and database of the publishing site; N destinations
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
build=${LG_BUILD:-$here/build}
tools=$build/tests/bench real_bin=${LG_BIN_REAL:-$build/bin}
rounds=${ROUNDS:-3} commands=${COMMANDS:-1500} warm_up_commands=50
source tests/bench/rounds.sh

burning_round() { # instances
	run_sh destroy >/dev/null 2>&1
	bench_up "$1"
	drive burning "$warm_up_commands" >/dev/null && drive burning "$commands" ||
		fail "a round failed: $(tail -n 2 "$LG_STATE"/log/*.log)"
}

site_make growth
bench_bin
for _ in $(seq "$rounds"); do
	for instances in 1 2; do burning_round "$instances" >>"$root/burning.$instances"; done
done
say burning_commands_per_second_1 "$(median "$root/burning.1")"
say burning_commands_per_second_2 "$(median "$root/burning.2")"
say burning_growth "$(ratio "$(median "$root/burning.2")" "$(median "$root/burning.1")")"
