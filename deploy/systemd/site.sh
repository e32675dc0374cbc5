#!/bin/bash
# The sites of this machine, as the Debian package runs them.  `lifeguard site create NAME` and its
# sisters run this; `man lifeguard-site` explains it.
#
#   site create NAME [--number N --country CODE] [--name TEXT] [--port PORT] [--database CONNINFO] [--demo]
#   site list            the sites of this machine
#   site schema NAME     bring its tables up to date (the unit lifeguard-schema@NAME does)
#   site adopt NAME      say that its database has moved to this machine
#   site up|down NAME    start or stop it, and say whether it is ready
#   site destroy NAME --yes   forget its data, keys and configuration
#
# What was made is never made again and never written over, so `create` may be told again after
# whatever stopped it.
set -euo pipefail
umask 077

etc=/etc/lifeguard state=/var/lib/lifeguard run=/run/lifeguard share=/usr/share/lifeguard
bin=/usr/bin here=$(dirname "$0")
stores="access intake matching referral notification reporting"
services="bus gateway $stores"
data_files="intake matching referral" # whose data a site may replace; notification has its own copy

say() { printf '%s\n' "$*"; }
fail() {
	echo "lifeguard: $*" >&2
	exit 1
}
wrong_use() {
	echo "lifeguard: $*; see man lifeguard-site" >&2
	exit 2
}

as() { # account, command
	local account=$1
	shift
	if [ "$(id -un)" = "$account" ]; then "$@"; else (cd / && runuser -u "$account" -- "$@"); fi
}

need_root() {
	[ "$(id -u)" -eq 0 ] || fail "only root may do that: sudo lifeguard ..."
}

setting() { # section, name: as the site's file says
	awk -v section="[$1]" -v name="$2" '
		/^\[/ { is_ours = $0 == section }
		is_ours && index($0, "=") {
			key = substr($0, 1, index($0, "=") - 1)
			gsub(/[ \t]/, "", key)
			if (key == name) {
				value = substr($0, index($0, "=") + 1)
				sub(/^[ \t]+/, "", value)
				sub(/[ \t]+(;.*)?$/, "", value)
				print value
				exit
			}
		}' "$etc/$site.conf"
}

need_site() {
	[ -e "$etc/$site.conf" ] || fail "no site $site on this machine: lifeguard site create $site ..."
}

other_sites() {
	local file
	for file in "$etc"/*.conf; do
		[ -e "$file" ] || continue
		file=$(basename "$file" .conf)
		[ "$file" = "$site" ] || echo "$file"
	done
}

setting_of() { # site, section, name
	(site=$1 && setting "$2" "$3")
}

# --- create: what it is to be -----------------------------------------------------------------

read_words() {
	number='' country='' name='' port='' database='' demo=
	while [ $# -gt 0 ]; do
		case $1 in
		--demo) demo=yes ;;
		--number | --country | --name | --port | --database)
			[ $# -gt 1 ] || wrong_use "$1 needs a value"
			printf -v "${1#--}" %s "$2"
			shift
			;;
		*) wrong_use "$1 is not known" ;;
		esac
		shift
	done
}

# What was decided stays; asking for something else is a mistake.
stays() { # option, as given, as it is
	[ -z "$2" ] || [ "$2" = "$3" ] || fail "$site has $1 ${3:-(none)} already: see $etc/$site.conf"
}

check_words() {
	[[ $site =~ ^[a-z][a-z0-9-]{0,30}$ ]] ||
		wrong_use "a site's name is of a to z, 0 to 9 and -, at most 31, and begins with a letter"
	if [ -e "$etc/$site.conf" ]; then
		stays --number "$number" "$(setting site number)"
		stays --country "$country" "$(setting site country)"
		stays --database "$database" "$(setting site server)"
		stays --port "$port" "$(setting gateway listen | sed 's/.*://')"
		number=$(setting site number) country=$(setting site country) demo=$(setting site demo)
		database=$(setting site server)
		return
	fi
	[[ $number =~ ^[0-9]{1,5}$ ]] && [ "$number" -ge 1 ] && [ "$number" -le 65535 ] ||
		wrong_use "--number is from 1 to 65535, another for every site that is ever linked with"
	[[ $country =~ ^[A-Z]{2}$ ]] || wrong_use "--country is two capital letters: IN, NP"
	[[ $database != *[\;\"\\]* && $database != *password=* ]] ||
		wrong_use "--database is host=... port=..., without a password: that lies in root's ~/.pgpass"
	local other
	for other in $(other_sites); do
		[ "$(setting_of "$other" site number)" != "$number" ] ||
			fail "number $number is that of $other: every site needs one of its own"
	done
}

is_port_taken() { # by a site of this machine, or by anybody who listens
	local other
	for other in $(other_sites); do
		[[ $(setting_of "$other" gateway listen) != *:$1 ]] || return 0
	done
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

choose_port() {
	if [ -n "$port" ]; then
		[[ $port =~ ^[0-9]{1,5}$ ]] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ] ||
			wrong_use "--port is from 1 to 65535"
		! is_port_taken "$port" || fail "port $port is taken on this machine"
		return
	fi
	port=7717
	while is_port_taken "$port"; do port=$((port + 10)); done
}

# --- create: the database ---------------------------------------------------------------------

# With a server of this machine PostgreSQL knows each service by its account (peer), and there is no
# password.  With another one each has a password in a file that it alone reads.
server() {
	echo "${database:-host=/var/run/postgresql}"
}

admin() { # database, psql's words
	local in=$1
	shift
	if [ -z "$database" ]; then
		as postgres psql -X -q "host=/var/run/postgresql dbname=$in" "$@"
	else
		psql -X -q "$(server) user=postgres dbname=$in" "$@"
	fi
}

conninfo() { # role's name behind lg_
	local line
	line="$(server) dbname=lifeguard-$site user=lg_$1"
	[ -z "$database" ] || line+=" passfile=$state/$site/pass/$1.pgpass"
	[ ${#line} -le 180 ] || fail "the connection string is too long: shorten --database"
	echo "$line"
}

need_server() {
	local problem
	problem=$(admin postgres -At -c "SELECT 1" 2>&1 >/dev/null) && return
	echo "$problem" >&2
	if [ -z "$database" ]; then
		fail "PostgreSQL of this machine does not answer: apt install postgresql," \
			"systemctl start postgresql; or name another server by --database"
	fi
	fail "the server does not take root as its administrator: user postgres," \
		"its password in ~/.pgpass (0600), and pg_hba.conf must let this machine in"
}

# What is stored must be stored, and what a library keeps of statements may be somebody's name.
need_safe_server() {
	local library
	[ "$(admin postgres -At -c "SELECT current_setting('fsync') || current_setting('full_page_writes')")" = onon ] ||
		fail "this PostgreSQL runs with fsync or full_page_writes off: what was stored would not be"
	for library in auto_explain pg_stat_statements; do
		[[ $(admin postgres -At -c "SELECT current_setting('shared_preload_libraries') ||
			current_setting('session_preload_libraries')") != *$library* ]] ||
			fail "this PostgreSQL loads $library, which keeps what is asked: take it out of postgresql.conf," \
				"or give $site a cluster of its own (pg_createcluster) by --database"
	done
}

# A password that nobody types: into the file of its reader, never into argv.
give_password() { # role's name behind lg_
	local file=$state/$site/pass/$1.pgpass password
	[ ! -e "$file" ] || return 0
	password=$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')
	echo "ALTER ROLE lg_$1 PASSWORD '$password'" | admin "lifeguard-$site"
	echo "*:*:*:lg_$1:$password" >"$file.new"
	chown "lg_$1" "$file.new"
	mv "$file.new" "$file"
}

# Roles are the whole server's; their passwords are known to the site that set them.
need_own_roles() {
	[ -n "$database" ] && [ ! -e "$etc/$site.conf" ] || return 0
	[ "$(admin postgres -At -c "SELECT count(*) FROM pg_roles WHERE rolname = 'lg_migrate'")" = 0 ] ||
		fail "that server serves a site already: give $site a server (or a cluster) of its own"
}

make_database() {
	local role
	[ "$(admin postgres -At -v name="lifeguard-$site" <<<"SELECT count(*) FROM pg_database WHERE datname = :'name'")" = 1 ] || {
		admin postgres -v ON_ERROR_STOP=1 -v name="lifeguard-$site" \
			<<<"CREATE DATABASE :\"name\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
	}
	admin "lifeguard-$site" <"$here/roles.sql"
	[ -n "$database" ] || return 0
	mkdir -p "$state/$site/pass"
	chmod 711 "$state/$site/pass"
	for role in $stores migrate; do give_password "$role"; done
}

schema() {
	local service
	for service in $stores; do
		"$bin/lg-$service" --migrate --database "$(setting migrate database)" ||
			fail "the tables of $service were not brought up to date"
	done
}

# --- create: files ----------------------------------------------------------------------------

write_config() {
	local service
	[ ! -e "$etc/$site.conf" ] || return 0
	conninfo notification >/dev/null # the longest of them
	mkdir -p "$etc/$site/notification"
	chmod 755 "$etc" "$etc/$site" "$etc/$site/notification"
	if [ ! -e "$etc/$site/notification/channels.ini" ]; then
		sed "s|^texts = .*|texts = $share/notification/texts|; s|^; folder = .*|; folder = $state/$site/notices|" \
			"$share/notification/data/channels.ini" >"$etc/$site/notification/channels.ini"
		chmod 644 "$etc/$site/notification/channels.ini"
	fi
	choose_port
	{
		cat <<-CONF
		; The site $site.  Made by \`lifeguard site create\`; yours to change, then
		;   systemctl restart lifeguard@$site.target
		; A line has at most 198 bytes.  No secret stands here: those are files of their own.

		[site]
		number = $number
		country = $country
		name = ${name:-$site}
		demo = $demo
		server = $database

		; Who may use the API from elsewhere needs TLS in front of it.
		[gateway]
		listen = 127.0.0.1:$port

		; Lines to partners, by their numbers; several with commas.  One of the two listens, the other
		; connects.  They are trusted first: lifeguard site trust $site FILE
		[bus]
		; link-listen = 2=tcp://192.0.2.1:7801
		; link-connect = 2=tcp://192.0.2.2:7801

		; Data files are the package's; a folder with a copy may be named instead.
		CONF
		for service in $stores; do
			printf '[%s]\ndatabase = %s\n' "$service" "$(conninfo "$service")"
			[[ " $data_files " != *" $service "* ]] || echo "data = $share/$service/data"
			[ "$service" != notification ] || echo "data = $etc/$site/notification"
			echo
		done
		printf '; who changes tables, before the services start\n[migrate]\ndatabase = %s\n' "$(conninfo migrate)"
	} >"$etc/$site.conf.new"
	chgrp lifeguard "$etc/$site.conf.new"
	chmod 640 "$etc/$site.conf.new"
	mv "$etc/$site.conf.new" "$etc/$site.conf"
}

# Each service's secrets are its own; the root's stay with root until they are taken off the machine.
make_keys() {
	local keys=$state/$site/keys service
	mkdir -p "$state/$site/notices"
	chmod 711 "$state" "$state/$site"
	chown lg_notification:lifeguard "$state/$site/notices"
	if [ ! -e "$keys/keyring" ]; then
		"$bin/lifeguard" site create "$keys" --number "$number" --country "$country" \
			--name "$(setting site name)" ${demo:+--demo} >/dev/null
	fi
	mkdir -p "$keys/peers"
	chmod 755 "$keys" "$keys/peers"
	chmod 644 "$keys/keyring"
	for service in $services; do
		[ ! -d "$keys/$service" ] || chown -R "lg_$service:lifeguard" "$keys/$service"
	done
}

first_accounts() {
	echo "operator OPERATOR"
	[ -z "$demo" ] || printf '%s\n' "lead CENTRE_LEAD" "volunteer VOLUNTEER" "manager MANAGER" "auditor AUDITOR"
}

# Passwords that nobody chose, for root to hand on; lg-access must read them once.
make_accounts() {
	local file=$state/$site/accounts account role copy
	if [ ! -e "$file" ]; then
		while read -r account role; do
			printf '%s %s %s\n' "$account" "$(od -An -tx1 -N12 /dev/urandom | tr -d ' \n')" "$role"
		done < <(first_accounts) >"$file.new"
		mv "$file.new" "$file"
	fi
	copy=$(mktemp)
	# shellcheck disable=SC2064 # the file as it is now
	trap "rm -f '$copy'" EXIT
	cp "$file" "$copy"
	chown lg_access "$copy"
	as lg_access "$bin/lg-access" --bootstrap "$copy" --site "$number" \
		--database "$(setting access database)" >/dev/null ||
		fail "the first accounts were not made"
	rm -f "$copy"
}

# Another server is the one place beside this machine that services may speak to.
open_way_to_server() {
	local host address addresses='' service folder
	[ -n "$database" ] || return 0
	host=$(sed -n 's/.*host=\([^ ]*\).*/\1/p' <<<" $database")
	for host in ${host//,/ }; do
		[ "${host#/}" = "$host" ] || continue
		for address in $(getent ahosts "$host" | awk '{ print $1 }' | sort -u); do addresses+=" $address"; done
	done
	[ -n "$addresses" ] || return 0
	for service in $stores; do
		folder=/etc/systemd/system/lg-$service@$site.service.d
		mkdir -p "$folder"
		printf '# where its database is\n[Service]\nIPAddressAllow=%s\n' "${addresses# }" >"$folder/database.conf"
	done
	folder=/etc/systemd/system/lifeguard-schema@$site.service.d
	mkdir -p "$folder"
	cp "/etc/systemd/system/lg-intake@$site.service.d/database.conf" "$folder/"
	chmod -R a+rX /etc/systemd/system/*@"$site".service.d
	[ ! -d /run/systemd/system ] || systemctl daemon-reload
}

create() {
	need_root
	read_words "$@"
	check_words
	mkdir -p "$etc" "$state"
	need_server
	need_safe_server
	need_own_roles
	write_config
	make_keys
	make_database
	as lg_migrate "$here/site" schema "$site"
	make_accounts
	open_way_to_server
	say "site $site is made: $etc/$site.conf, $state/$site, database lifeguard-$site"
	[ -z "$demo" ] || say "demo keys: not for real people's data"
	"$bin/lifeguard" site show "$state/$site/keys"
	say ""
	say "  systemctl enable --now lifeguard@$site.target   starts it, now and at every boot"
	say "  cat $state/$site/accounts   the first account; log in, make the others"
	say "  lifeguard site trust $site FILE   a partner's keyring; give them $state/$site/keys/keyring"
	[ -n "$demo" ] || say "  move $state/$site/keys/root to a medium that is kept offline: no service needs it"
}

# --- the others -------------------------------------------------------------------------------

list() {
	for site in $(site='' other_sites); do
		printf '%-24s %5s  %s  %s\n' "$site" "$(setting site number)" "$(setting site country)" \
			"$(setting gateway listen)"
	done
}

adopt() {
	local service
	need_root
	need_site
	for service in $stores; do
		as "lg_$service" "$bin/lg-$service" --adopt --database "$(setting "$service" database)" ||
			fail "the database of $service was not adopted"
	done
	say "adopted: systemctl restart lifeguard@$site.target"
}

is_ready() { # service
	curl -fs -o /dev/null --max-time 2 --unix-socket "$run/$site/$1/health.sock" http://localhost/readyz
}

up() {
	local service
	need_root
	need_site
	systemctl start "lifeguard@$site.target"
	for service in $services; do
		for _ in $(seq 150); do
			! is_ready "$service" || continue 2
			sleep 0.2
		done
		fail "lg-$service is not ready after 30 s: journalctl -u lg-$service@$site"
	done
	say "site $site is ready: http://$(setting gateway listen)"
}

down() {
	need_root
	need_site
	systemctl stop "lifeguard@$site.target"
}

destroy() {
	need_root
	need_site
	[ "${1:-}" = --yes ] || fail "this forgets every case of $site for ever, and cannot be undone:" \
		"say lifeguard site destroy $site --yes"
	database=$(setting site server)
	[ ! -d /run/systemd/system ] || systemctl disable --now "lifeguard@$site.target"
	admin postgres -v ON_ERROR_STOP=1 -v name="lifeguard-$site" \
		<<<"DROP DATABASE IF EXISTS :\"name\" WITH (FORCE)" || fail "the database was not dropped: nothing else was touched"
	rm -rf "$etc/$site" "${state:?}/$site" /etc/systemd/system/*@"$site".service.d
	rm -f "$etc/$site.conf"
	say "site $site is forgotten; roles of the server stay"
}

verb=${1:-} site=${2:-}
case $verb in
list) list ;;
create | schema | adopt | up | down | destroy)
	[ -n "$site" ] || wrong_use "which site"
	shift 2
	case $verb in
	create | destroy) "$verb" "$@" ;;
	*) need_site && "$verb" ;;
	esac
	;;
*) sed -n '5,10s/^#   //p' "$0" >&2; exit 2 ;;
esac
