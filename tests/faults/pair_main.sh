#!/bin/bash
# One pair of sites and its share of the schedules; started by schedules.sh, which says which seeds.
#
#   pair_main.sh SEED...
source "$(dirname "$0")/../support/site.sh"
source "$here/tests/support/invariants.sh"
root=$(mktemp -d "${TMPDIR:-/tmp}/lg-pair.XXXXXX")
chmod 711 "$root"
seed=$1 port=$(free_port 4)
python=/usr/bin/python3
export LIFEGUARD_TOKEN_FILE=$root/token NO_COLOR=1
source "$here/tests/faults/pair.sh"
source "$here/tests/faults/schedule.sh"
source "$here/tests/faults/where.sh"
source "$here/tests/faults/rest.sh"
trap end_pair EXIT
trap 'exit 130' INT TERM

client() {
	"$python" "$here/tests/faults/client.py" "$@"
}

# Commands run from before the first fault until after the last; what a database has forgotten is
# asked for again, as those do who still have it.
under_faults() {
	local worker result=0
	rm -f "$folder/client.stop" "$root/ready"
	client work "$folder" "$ledger" ${loses:+loses} >"$root/worked" 2>&1 &
	worker=$!
	sleep 1
	prepare_big || result=1
	break_things || result=1
	heal || result=1
	touch "$folder/client.stop"
	[ -z "$loses" ] || client again "$folder" "$ledger" "$loses" || result=1
	wait "$worker" || result=1
	cat "$root/worked"
	return $result
}

one_schedule() { # seed
	local why= before=$failed started=$SECONDS
	draw_schedule "$1"
	ledger=$root/ledger.$1
	mark_logs
	echo "  schedule SEED=$1"
	print_plan
	if ! is_possible; then
		skip "SEED=$1: $big" "$why"
		return
	fi
	check "SEED=$1: every command is answered in the end" under_faults
	echo "          $(head -1 "$root/worked")"
	check_rest "SEED=$1"
	echo "          took $((SECONDS - started)) s"
	[ "$failed" = "$before" ] || { echo "  FAILED  repeat with: make faults SCHEDULES=1 SEED=$1" && show_logs; }
}

started=$SECONDS
check "a pair of sites comes up, a bad line between them" make_pair
echo "          took $((SECONDS - started)) s"
if [ "$failed" = 0 ]; then
	for one in "$@"; do one_schedule "$one"; done
	check_end
fi
finish pair
