#!/bin/bash
# Sites on one machine: keys, a private PostgreSQL each, the services, the lines between them.
#
#   deploy/run.sh run               bring the demo's sites up, import the sample, tell eight stories,
#                                   serve until Ctrl-C (EXIT=1: stop after the check; 0 only if
#                                   all agrees and every story ended as told)
#   deploy/run.sh up [SERVICE=N..]  bring one site up, or its instances to that number; returns when
#                                   every service is ready
#   deploy/run.sh down              stop it in order (all sites, where `run` has brought them up)
#   deploy/run.sh start SERVICE [N] start instance N (1) of a service
#   deploy/run.sh stop SERVICE [N]  stop one
#   deploy/run.sh wait SERVICE [N]  until it is ready
#   deploy/run.sh as ACCOUNT        log in with a demo account, of the first site that has it or of LG_SITE;
#                                   prints what to export: eval "$(deploy/run.sh as volunteer)"
#   deploy/run.sh url               the gateway's address
#   deploy/run.sh conninfo NAME     what a service (or "migrate", "postgres") connects with
#   deploy/run.sh keys              make the site's folder and keys, start nothing
#   deploy/run.sh trust FILE        accept the site whose keyring this is as a partner
#   deploy/run.sh adopt             say that the databases have moved to this machine
#   deploy/run.sh destroy           stop it and forget all of its data
#   deploy/run.sh all VERB [...]    the same for every site of LG_SITES; `all up` also joins them
#
# Settings: LG_STATE (folder of all that a site keeps; for run, as and all: the folder above the sites'),
# LG_BIN (folder of the programs), LG_SITE (deploy/sites/<name>.sh), LG_SITES, LG_SITE_NUMBER,
# LG_COUNTRY, LG_PORT (first port to try for the gateway; with `all` each site tries one more),
# LG_LINK_PORT (for a line between sites).
set -euo pipefail
umask 077

here=$(cd "$(dirname "$0")/.." && pwd)
bin=${LG_BIN:-$here/build/bin}
sites=${LG_SITES:-in-sunauli np-bhairahawa}
if [ "$(id -u)" -eq 0 ]; then
	base=/var/lib/lifeguard
else
	base=${XDG_STATE_HOME:-$HOME/.local/state}/lifeguard
fi

verb=${1:-}
[ $# -eq 0 ] || shift
case $verb in
run | as | all) base=${LG_STATE:-$base} site=${sites%% *} state=${LG_STATE:-$base}/${sites%% *} ;;
*)
	site=${LG_SITE:-in-sunauli} && state=${LG_STATE:-$base/$site}
	[ ! -e "$state/sites" ] || state=$state/$site # the folder above, as `run` was given it
	;;
esac
source "$here/deploy/site.sh"
source "$here/deploy/demo.sh"

# --- all sites -------------------------------------------------------------------------------

of_site() { # name, verb and its words
	local name=$1 port=${LG_PORT:-} other
	shift
	for other in $sites; do
		[ "$other" != "$name" ] || break
		port=${port:+$((port + 1))}
	done
	env -u LG_SITE_NUMBER -u LG_COUNTRY ${port:+LG_PORT="$port"} \
		LG_SITE="$name" LG_STATE="$base/$name" "$here/deploy/run.sh" "$@"
}

said_of() { # a site's name, a setting of deploy/sites
	(number=0 connects='' && source "$here/deploy/sites/$1.sh" && echo "${!2}")
}

# One line between two sites, over TCP on this machine; each trusts the other's keyring.
join_two() { # the site that connects, the one that listens, a port to try first
	local from=$base/$1 to=$base/$2 port
	port=$(choose_port "$3")
	of_site "$1" trust "$to/keys/keyring"
	of_site "$2" trust "$from/keys/keyring"
	echo "connect $(said_of "$2" number)=tcp://127.0.0.1:$port" >>"$from/links"
	echo "listen $(said_of "$1" number)=tcp://127.0.0.1:$port" >>"$to/links"
}

# A bus that runs has read its lines: then they stay as they are.
join_all() {
	local name other port=${LG_LINK_PORT:-7801}
	for name in $sites; do
		of_site "$name" keys
		! is_alive "$base/$name/pid/bus.1" || return 0
	done
	for name in $sites; do rm -f "$base/$name/links"; done
	for name in $sites; do
		for other in $(said_of "$name" connects); do
			[[ " $sites " == *" $other "* ]] || continue
			join_two "$name" "$other" "$port"
			port=$((port + 1))
		done
	done
}

is_line_up() { # state folder
	[ ! -s "$1/links" ] || ! curl -fs --max-time 2 --unix-socket "$1/health/bus.1.sock" \
		http://localhost/metrics | grep '^lifeguard_bus_link_up' | grep -qv ' 1$'
}

wait_for_lines() {
	local name
	for name in $sites; do
		for _ in $(seq 600); do
			! is_line_up "$base/$name" || continue 2
			sleep 0.1
		done
		fail "the lines of $name did not come up: see $base/$name/log/bus.log"
	done
}

# The folder above the sites' says which there are, so that `down` finds them.
all() { # verb and its words
	local name
	if [ "$1" = up ]; then
		mkdir -p "$base"
		[ "$(id -u)" -ne 0 ] || chmod 711 "$base"
		echo "$sites" >"$base/sites"
		join_all
	fi
	for name in $sites; do of_site "$name" "$@"; done
	[ "$1" != up ] || wait_for_lines
	[ "$1" != destroy ] || rm -rf "$base/sites" "$base/stories" # told to sites that are gone
}

# Where `run` has brought sites up, `down` and `destroy` mean all of them.
one_or_all() { # down or destroy
	local above=${LG_STATE:-$base}
	if [ -z "${LG_SITE:-}" ] && [ -e "$above/sites" ]; then
		base=$above sites=$(cat "$above/sites")
		all "$1"
	elif [ "$1" = down ]; then
		down
		say "site $site is stopped"
	else
		down
		"$here/deploy/postgres.sh" destroy "$state/db"
		rm -rf "$state"
	fi
}

case $verb in
run) run ;;
all) [ $# -gt 0 ] || fail "all what?"; all "$@" ;;
as) become "${1:-}" ;;
up) up "$@" && say_up ;;
down) one_or_all down ;;
keys) make_state; make_keys ;;
trust) trust "$1" ;;
adopt) adopt ;;
start) make_state; start_service "$1" "${2:-1}" ;;
stop) stop_service "$1" "${2:-1}" ;;
wait) wait_ready "$1" "${2:-1}" ;;
url) url ;;
conninfo) conninfo "$1" ;;
destroy) one_or_all destroy ;;
*) sed -n '4,21s/^# \{0,3\}//p' "$0" >&2; exit 2 ;;
esac
