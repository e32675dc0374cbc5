#!/bin/bash
# Goal: whatever is killed while records come in, the totals are exact afterwards.
# Method: one site; round after round the same forms are imported under new record numbers while
# one process is killed (-9) at a random moment and started again; then an owner is stopped for
# 30 s beside a second instance, then PostgreSQL is stopped as a crash would.  SEED repeats a run.
source "$(dirname "$0")/../support/site.sh"
source "$(dirname "$0")/../support/invariants.sh"

seed=${SEED:-$RANDOM} rounds=${ROUNDS:-5}
RANDOM=$seed
echo "faults: seed $seed"
site_make faults
field_data

# the forms of one round: their records are R<round>-<record>
renumber() { # round
	sed "2,\$s/^/$1-/" "$forms" >"$root/forms.$1.csv"
	sed "2,\$s/^/$1-/" "$people" >"$root/people.$1.csv"
	[ -e "$root/forms.csv" ] || { head -1 "$forms" >"$root/forms.csv"; head -1 "$people" >"$root/people.csv"; }
	tail -n +2 "$root/forms.$1.csv" >>"$root/forms.csv"
	tail -n +2 "$root/people.$1.csv" >>"$root/people.csv"
}

# the import may fail while its gateway is dead: it is told to go on, as its user would
import() { # round
	for _ in $(seq 20); do
		lifeguard import interceptions "$root/forms.$1.csv" --people "$root/people.$1.csv" \
			>"$root/import.log" 2>&1 && return 0
		grep -q "log in" "$root/import.log" && log_in operator
		sleep 0.5
	done
	tail -20 "$root/import.log"
	return 1
}

# kills one process at a random moment of the import that runs in the background
kill_one() { # service
	sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
	kill_hard "$LG_STATE/pid/$1.1" || return 1
	sleep "0.$((RANDOM % 5))"
	run_sh start "$1"
	run_sh wait "$1"
}

round_with_kill() { # round, service
	renumber "$1"
	import "$1" &
	local importer=$!
	kill_one "$2" || return 1
	wait "$importer"
}

check "the site comes up" site_up
check "an operator logs in" log_in operator

victims=(bus gateway intake reporting access)
for round in $(seq "$rounds"); do
	victim=${victims[$((RANDOM % ${#victims[@]}))]}
	[ "$round" -gt 5 ] || victim=${victims[$((round - 1))]} # each of them at least once
	check "round $round: an import survives kill -9 of $victim" round_with_kill "$round" "$victim"
	check "round $round: totals are exact" totals_agree "$root/forms.csv" "$root/people.csv"
done
check_invariants "after $rounds kills"

stopped_owner() {
	renumber stopped
	run_sh start intake 2 && run_sh wait intake 2 || return 1
	run_sh start reporting 2 && run_sh wait reporting 2 || return 1
	sleep 3
	kill -STOP "$(pid_of intake)" "$(pid_of reporting)"
	import stopped &
	local importer=$!
	sleep 30
	kill -CONT "$(pid_of intake)" "$(pid_of reporting)"
	wait "$importer"
}
check "an import survives owners that are stopped for 30 s beside a second instance" stopped_owner
check "totals are exact after it" totals_agree "$root/forms.csv" "$root/people.csv"
check_invariants "after a stopped owner"

crashed_database() {
	renumber database
	import database &
	local importer=$!
	sleep 0.7
	"$here/deploy/postgres.sh" kill "$LG_STATE/db" || return 1
	sleep 1
	"$here/deploy/postgres.sh" start "$LG_STATE/db" || return 1
	wait "$importer"
}
check "an import survives PostgreSQL being stopped immediately" crashed_database
check "totals are exact after it" totals_agree "$root/forms.csv" "$root/people.csv"
check_invariants "after a crash of PostgreSQL"
check "every audit chain is whole" lifeguard audit verify

[ "$failed" -eq 0 ] || { echo "faults: SEED=$seed repeats this run"; tail -n 40 "$LG_STATE"/log/*.log; }
finish faults
