#!/bin/bash
# Goal: two instances of a service that is bound by its processor do more than one.
# Method: intake's place is taken by a service that burns BURN_US of processor time for each command
# (tests/bench/source_main): commands a second with one instance and with two, ROUNDS (3) in turn.
#
#   burning_commands_per_second_1, _2, burning_growth
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
