#!/bin/bash
# One site on one machine: keys, a private PostgreSQL, the services.
#
#   deploy/run.sh run               bring it up, import the sample, show it, serve until Ctrl-C
#                                   (EXIT=1: stop after the check; 0 only if all totals agree)
#   deploy/run.sh up [SERVICE=N..]  bring it up; returns when every service is ready
#   deploy/run.sh down              stop it in order
#   deploy/run.sh start SERVICE [N] start instance N (1) of a service
#   deploy/run.sh stop SERVICE [N]  stop one
#   deploy/run.sh url               the gateway's address
#   deploy/run.sh conninfo NAME     what a service (or "migrate", "postgres") connects with
#   deploy/run.sh destroy           stop it and forget all of its data
#
# Settings: LG_STATE (folder of all that the site keeps), LG_BIN (folder of the programs),
# LG_SITE, LG_SITE_NUMBER, LG_COUNTRY, LG_PORT (first port to try for the gateway).
set -euo pipefail
umask 077

here=$(cd "$(dirname "$0")/.." && pwd)
bin=${LG_BIN:-$here/build/bin}
site=${LG_SITE:-in-sunauli} number=${LG_SITE_NUMBER:-1} country=${LG_COUNTRY:-IN}
if [ -n "${LG_STATE:-}" ]; then
	state=$LG_STATE
elif [ "$(id -u)" -eq 0 ]; then
	state=/var/lib/lifeguard/$site
else
	state=${XDG_STATE_HOME:-$HOME/.local/state}/lifeguard/$site
fi
services="bus access intake reporting gateway"
stored="access intake reporting"

fail() {
	echo "lifeguard: $*" >&2
	exit 1
}

say() {
	printf '%s\n' "$*"
}

# --- keys, database, accounts --------------------------------------------------------------

# The folder is readable to nobody but us; PostgreSQL's account must be able to pass through.
make_state() {
	mkdir -p "$state"
	[ "$(id -u)" -ne 0 ] || chmod 711 "$state"
	mkdir -p "$state"/{log,pid,health,bus}
}

make_keys() {
	[ -e "$state/keys/keyring" ] ||
		"$bin/lifeguard" site create "$state/keys" --number "$number" --name "$site" \
			--country "$country" --demo
}

conninfo() {
	"$here/deploy/postgres.sh" conninfo "$state/db" "$1"
}

make_database() {
	"$here/deploy/postgres.sh" init "$state/db"
	"$here/deploy/postgres.sh" start "$state/db"
	for service in $stored; do
		"$bin/lg-$service" --migrate --database "$(conninfo migrate)" ||
			fail "the schema of $service could not be brought up to date"
	done
}

# Demo accounts: passwords that nobody types, in a file that only we read.
make_accounts() {
	local file=$state/accounts
	if ! [ -e "$file" ]; then
		for pair in operator:OPERATOR lead:CENTRE_LEAD volunteer:VOLUNTEER manager:MANAGER \
			auditor:AUDITOR; do
			printf '%s %s %s\n' "${pair%%:*}" \
				"$(od -An -tx1 -N12 /dev/urandom | tr -d ' \n')" "${pair##*:}"
		done >"$file.new"
		mv "$file.new" "$file"
	fi
	"$bin/lg-access" --bootstrap "$file" --database "$(conninfo access)" >>"$state/log/access.log" 2>&1 ||
		fail "the demo accounts could not be made: see $state/log/access.log"
}

# --- processes -------------------------------------------------------------------------------

# a process that has ended but was not waited for yet (state Z) does not count
is_alive() { # pid file
	local state_of
	[ -e "$1" ] || return 1
	state_of=$(sed 's/.*) //' "/proc/$(cat "$1")/stat" 2>/dev/null) || return 1
	[ -n "$state_of" ] && [ "${state_of%% *}" != Z ]
}

is_port_free() {
	! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

choose_port() {
	local port=${LG_PORT:-7717}
	while ! is_port_free "$port"; do port=$((port + 1)); done
	echo "$port"
}

arguments_of() { # service, instance
	local health=$state/health/$1.$2.sock
	case $1 in
	bus) printf '%s\n' --keys "$state/keys" --listen "ipc://$state/bus/bus.sock" --health "$health" ;;
	gateway)
		printf '%s\n' --keys "$state/keys" --bus "ipc://$state/bus/bus.sock" --health "$health" \
			--listen "127.0.0.1:$(cat "$state/port")"
		;;
	*)
		printf '%s\n' --keys "$state/keys" --bus "ipc://$state/bus/bus.sock" --health "$health" \
			--database "$(conninfo "$1")" --data "$here/services/$1/data"
		;;
	esac
}

start_service() { # service, instance
	local pid=$state/pid/$1.$2
	! is_alive "$pid" || return 0
	[ -x "$bin/lg-$1" ] || fail "$bin/lg-$1 is not there: run make"
	local arguments
	mapfile -t arguments < <(arguments_of "$1" "$2")
	rm -f "$state/health/$1.$2.sock"
	setsid "$bin/lg-$1" "${arguments[@]}" >>"$state/log/$1.log" 2>&1 </dev/null &
	echo $! >"$pid"
}

stop_service() { # service, instance
	local pid=$state/pid/$1.$2
	[ -e "$pid" ] || return 0
	local number
	number=$(cat "$pid")
	if kill -TERM "$number" 2>/dev/null; then
		kill -CONT "$number" 2>/dev/null || true
		for _ in $(seq 100); do
			is_alive "$pid" || break
			sleep 0.1
		done
		kill -KILL "$number" 2>/dev/null || true
	fi
	rm -f "$pid"
}

is_ready() { # service, instance
	curl -fs -o /dev/null --max-time 2 --unix-socket "$state/health/$1.$2.sock" http://localhost/readyz
}

wait_ready() { # service, instance
	for _ in $(seq 400); do
		! is_ready "$1" "$2" || return 0
		is_alive "$state/pid/$1.$2" || fail "lg-$1 has ended: see $state/log/$1.log"
		sleep 0.05
	done
	fail "lg-$1 did not become ready in 20 s: see $state/log/$1.log"
}

instances_of() { # service, from the words SERVICE=N
	local service=$1 word
	shift
	for word in "$@"; do
		[ "${word%%=*}" != "$service" ] || { echo "${word##*=}"; return; }
	done
	echo 1
}

up() {
	make_state
	make_keys
	make_database
	make_accounts
	is_alive "$state/pid/gateway.1" || choose_port >"$state/port"
	for service in $services; do
		for instance in $(seq "$(instances_of "$service" "$@")"); do
			start_service "$service" "$instance"
		done
	done
	for service in $services; do
		for instance in $(seq "$(instances_of "$service" "$@")"); do
			wait_ready "$service" "$instance"
		done
	done
	url >"$state/gateway.url"
}

down() {
	local pid name
	for service in gateway intake access reporting bus; do
		for pid in "$state/pid/$service".*; do
			[ -e "$pid" ] || continue
			name=$(basename "$pid")
			stop_service "${name%.*}" "${name##*.}"
		done
	done
	[ ! -d "$state/db" ] || "$here/deploy/postgres.sh" stop "$state/db"
	rm -f "$state/gateway.url"
}

url() {
	echo "http://127.0.0.1:$(cat "$state/port")"
}

# --- the sample ------------------------------------------------------------------------------

lifeguard() {
	LIFEGUARD_GATEWAY=$(url) LIFEGUARD_TOKEN_FILE=$state/token "$bin/lifeguard" "$@"
}

log_in() { # account
	local password=$state/password.$$
	awk -v name="$1" '$1 == name { print $2 }' "$state/accounts" >"$password"
	lifeguard login --user "$1" --password-file "$password" >/dev/null
	rm -f "$password"
}

# What the files say, counted without the product.
expected_totals() {
	awk -F, 'FNR == 1 { for (i = 1; i <= NF; i++) column[FILENAME, $i] = i; next }
		FILENAME ~ /interceptions/ { forms++ }
		FILENAME ~ /people/ { kind[$column[FILENAME, "kind"]]++ }
		END { printf "%d %d %d\n", forms, kind["potential_victim"], kind["suspect"] }' \
		"$here/deploy/sample/interceptions.csv" "$here/deploy/sample/people.csv"
}

reported_totals() {
	lifeguard report interceptions --by station --format csv |
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			{ f += $at["interceptions"]; v += $at["victims"]; s += $at["suspects"] }
			END { printf "%d %d %d\n", f, v, s }'
}

wait_for_totals() { # expected
	local seen=
	for _ in $(seq 100); do
		seen=$(reported_totals)
		[ "$seen" != "$1" ] || return 0
		sleep 0.1
	done
	fail "totals do not agree: the files say $1 (forms, victims, suspects), the reports say $seen"
}

show_case() {
	local id
	id=$(lifeguard import interceptions "$here/deploy/sample/interceptions.csv" \
		--people "$here/deploy/sample/people.csv" --print-ids |
		awk '$1 == "'"${LG_SHOWN_RECORD:-S0042}"'" { print $2 }')
	[ -n "$id" ] || fail "the sample's case to show was not found"
	say ""
	say "One case, from the form to the report:"
	lifeguard case show "$id"
}

run() {
	trap 'say ""; say "stopping"; down; exit 130' INT TERM
	up
	say "site $site is up: $(url)   (demo keys: not for real people's data)"
	log_in operator
	lifeguard import interceptions "$here/deploy/sample/interceptions.csv" \
		--people "$here/deploy/sample/people.csv"
	wait_for_totals "$(expected_totals)"
	show_case
	say ""
	say "Totals by station, as reported:"
	lifeguard report interceptions --by station
	say ""
	say "All totals agree with the files."
	say ""
	say "Look further (in another terminal):"
	say "  export LIFEGUARD_GATEWAY=$(url) LIFEGUARD_TOKEN_FILE=$state/token"
	say "  $bin/lifeguard status"
	say "  $bin/lifeguard report interceptions --by station,month"
	say "  $bin/lifeguard audit verify"
	if [ "${EXIT:-}" = 1 ]; then
		down
		return
	fi
	say ""
	say "Serving until Ctrl-C."
	while sleep 3600; do :; done
}

verb=${1:-}
[ $# -eq 0 ] || shift
case $verb in
run) run ;;
up) up "$@" ;;
down) down ;;
start) make_state; start_service "$1" "${2:-1}" ;;
stop) stop_service "$1" "${2:-1}" ;;
wait) wait_ready "$1" "${2:-1}" ;;
url) url ;;
conninfo) conninfo "$1" ;;
destroy) down; "$here/deploy/postgres.sh" destroy "$state/db"; rm -rf "$state" ;;
*) sed -n '4,13s/^# \{0,3\}//p' "$0" >&2; exit 2 ;;
esac
