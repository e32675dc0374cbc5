#!/bin/bash
# What a container of the programs is; the first word says which.
#
#   init           makes the site: keys, partners, schemas, demo accounts; hands each service what is
#                  its own, and ends.  Told again it adds what is missing and changes nothing else.
#   desk [WORDS]   the `lifeguard` command; `desk accounts` prints the demo's accounts
#   SERVICE        bus, gateway, access ...: waits until `init` has handed it its keys, then is it
#
# LG_SITE is the site, LG_SITES are all that are joined (deploy/sites/<name>.sh).  On a site's own
# network its containers are called NAME.site, on the line between sites a bus is called as its site.
set -euo pipefail
umask 077

here=/usr/lib/lifeguard bin=/usr/bin
own=/var/lib/lifeguard      # of one service: keys/ and the passfile that are its own
volumes=/srv/lifeguard      # of init: those of all services, by name, and the site's
state=$volumes/site         # of init: the site's root, and all keys
site=${LG_SITE:?the name of the site} sites=${LG_SITES:-$LG_SITE}
source "$here/deploy/site.sh"

said_of() { # a site's name, a setting of deploy/sites
	(connects='' && source "$here/deploy/sites/$1.sh" && echo "${!2}")
}

# --- lines between sites -------------------------------------------------------------------------

connects_to() { # a site, another
	[[ " $(said_of "$1" connects) " == *" $2 "* ]]
}

partners() {
	local other
	for other in $sites; do
		if connects_to "$site" "$other" || connects_to "$other" "$site"; then echo "$other"; fi
	done
}

address_of() { # a name of ours; the network may take a moment to know it
	local address=
	until [ -n "$address" ]; do
		address=$(getent ahostsv4 "$1" | awk 'NR == 1 { print $1 }') || sleep 0.5
	done
	echo "$address"
}

# Each line has a port of its own, at the site that listens: 7800 and the number of who connects.
lines_out() {
	local other
	for other in $(partners); do
		! connects_to "$site" "$other" ||
			echo "$(said_of "$other" number)=tcp://$other:$((7800 + number))"
	done
}

lines_in() {
	local other caller
	for other in $(partners); do
		caller=$(said_of "$other" number)
		! connects_to "$other" "$site" || echo "$caller=tcp://$(address_of "$site"):$((7800 + caller))"
	done
}

# --- a service -----------------------------------------------------------------------------------

conninfo() { # its role's name behind lg_, and the folder of the passfile
	echo "host=db.site dbname=lifeguard user=lg_$1 passfile=${2:-$own}/$1.pgpass"
}

serve() { # service
	local health=/run/lifeguard/health.sock
	until [ -e "$own/handed" ]; do sleep 0.5; done
	case $1 in
	bus) # its services' door on the site's network alone, its partners' on the line alone
		exec "$bin/lg-bus" --keys "$own/keys" --health "$health" \
			--listen "tcp://$(address_of bus.site):7700" \
			--link-listen "$(lines_in | paste -sd,)" --link-connect "$(lines_out | paste -sd,)"
		;;
	gateway)
		exec "$bin/lg-gateway" --keys "$own/keys" --health "$health" \
			--bus tcp://bus.site:7700 --listen 0.0.0.0:7717
		;;
	*)
		exec "$bin/lg-$1" --keys "$own/keys" --health "$health" --bus tcp://bus.site:7700 \
			--database "$(conninfo "$1")" --data "/usr/share/lifeguard/$1/data"
		;;
	esac
}

# --- init ----------------------------------------------------------------------------------------

# Over the shared folder as people would over the telephone; only demo sites trust so.
trust_partners() {
	local other
	give "$state/keys/keyring" "$volumes/exchange" "$site.keyring"
	for other in $(partners); do
		until [ -e "$volumes/exchange/$other.keyring" ]; do sleep 0.5; done
		trust "$volumes/exchange/$other.keyring"
	done
}

is_database_up() {
	[ -e "$volumes/pass/migrate.pgpass" ] && (exec 3<>/dev/tcp/db.site/5432) 2>/dev/null
}

make_schemas() {
	local service
	until is_database_up; do sleep 0.5; done
	for service in $services; do
		[ -e "$volumes/pass/$service.pgpass" ] || continue # it stores nothing
		"$bin/lg-$service" --migrate --database "$(conninfo migrate "$volumes/pass")" ||
			fail "the schema of $service could not be brought up to date"
	done
}

give() { # file, folder, its name there: whole or not at all
	local name=${3:-${1##*/}}
	! cmp -s "$1" "$2/$name" || return 0
	cp "$1" "$2/.$name"
	mv "$2/.$name" "$2/$name"
}

# A service's volume holds the public keyrings, and of what is secret its own.
hand_out() {
	local service folder file
	for service in $services; do
		folder=$volumes/$service
		mkdir -p "$folder/keys/$service" "$folder/keys/peers"
		for file in "$state/keys/$service"/*; do give "$file" "$folder/keys/$service"; done
		for file in "$state"/keys/peers/*.keyring; do
			[ ! -e "$file" ] || give "$file" "$folder/keys/peers"
		done
		give "$state/keys/keyring" "$folder/keys"
		[ ! -e "$volumes/pass/$service.pgpass" ] || give "$volumes/pass/$service.pgpass" "$folder"
		touch "$folder/handed"
	done
}

init() {
	mkdir -p "$state/log"
	make_keys
	trust_partners
	make_schemas
	# what make_accounts connects with is asked of us
	conninfo() { echo "host=db.site dbname=lifeguard user=lg_$1 passfile=$volumes/pass/$1.pgpass"; }
	make_accounts
	give "$state/accounts" "$volumes/desk"
	hand_out
	say "site $site is made (demo keys: not for real people's data)"
}

case ${1:?which service} in
init) init ;;
desk)
	shift
	[ "${1:-}" != accounts ] || exec cat "$own/accounts"
	exec "$bin/lifeguard" "$@"
	;;
*) serve "$1" ;;
esac
