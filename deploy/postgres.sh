#!/bin/bash
# A private PostgreSQL in one folder: own data, own socket, no TCP, one login per service.
#
#   deploy/postgres.sh init DIR        make it (nothing happens when it is already made)
#   deploy/postgres.sh start DIR       start it, wait until it answers
#   deploy/postgres.sh stop DIR        stop it in order
#   deploy/postgres.sh kill DIR        stop it as a crash would: nothing is written any more
#   deploy/postgres.sh destroy DIR     kill it and remove DIR
#   deploy/postgres.sh psql DIR [...]  psql as its administrator, in the database lifeguard
#   deploy/postgres.sh conninfo DIR NAME   what a service (or "migrate") connects with
#   deploy/postgres.sh roles DIR       for a server elsewhere: new passwords into DIR/pass, and the SQL
#                                      that its administrator runs in the database lifeguard
#
# DIR must be given whole and belongs to this script alone.  PostgreSQL refuses to run as root:
# then it runs under the account "postgres", which must be able to reach DIR.
#
# LG_POSTGRES_LISTEN=ADDRESS makes a server that listens at TCP too, for services in other containers:
# those of its own networks come in with their passwords, its administrator never.
set -euo pipefail
umask 077

services="access intake reporting matching referral notification"
binaries=${LG_POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)}

fail() {
	echo "postgres.sh: $*" >&2
	exit 1
}

usage() {
	sed -n '4,12s/^#   //p' "$0" >&2
	exit 2
}

as_server() {
	if [ "$(id -u)" -eq 0 ]; then
		(cd / && runuser -u postgres -- "$@")
	else
		"$@"
	fi
}

# pg_ctl is quiet but for its errors; what the server says goes to its log
control() {
	as_server "$binaries/pg_ctl" --silent -D "$dir/data" "$@" </dev/null >/dev/null
}

is_running() {
	as_server "$binaries/pg_ctl" -D "$dir/data" status >/dev/null 2>&1
}

conninfo() {
	echo "host=$dir/socket dbname=lifeguard user=$2 passfile=$dir/pass/$1.pgpass"
}

admin() {
	"$binaries/psql" -X -q -v ON_ERROR_STOP=1 "$(conninfo postgres postgres)" "$@"
}

# a password that nobody types: into the passfile, never into argv
new_password() { # name of the passfile, role
	local password
	password=$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')
	echo "*:*:*:$2:$password" >"$dir/pass/$1.pgpass"
	echo "$password"
}

# Personal data must not reach the log: with these two levels, planted markers in statements,
# parameters and errors did not, while checkpoints and start-up lines stayed.
write_settings() {
	cat >>"$dir/data/postgresql.conf" <<-SETTINGS

	# --- Lifeguard ---
	listen_addresses = '${LG_POSTGRES_LISTEN:-}'
	unix_socket_directories = '$dir/socket'
	unix_socket_permissions = 0700
	max_connections = 80
	shared_buffers = 128MB
	max_wal_size = 2GB
	jit = off
	fsync = on
	full_page_writes = on
	synchronous_commit = on
	password_encryption = 'scram-sha-256'
	timezone = 'UTC'
	log_timezone = 'UTC'
	log_destination = 'stderr'
	logging_collector = off
	log_min_messages = log
	log_min_error_statement = panic
	log_error_verbosity = terse
	log_statement = none
	log_duration = off
	log_min_duration_statement = -1
	log_min_duration_sample = -1
	log_parameter_max_length = 0
	log_parameter_max_length_on_error = 0
	log_lock_waits = off
	shared_preload_libraries = ''
	session_preload_libraries = ''
	local_preload_libraries = ''
	SETTINGS
	echo "local all all scram-sha-256" >"$dir/data/pg_hba.conf"
	[ -z "${LG_POSTGRES_LISTEN:-}" ] || printf '%s\n' "host all postgres all reject" \
		"host lifeguard all samenet scram-sha-256" >>"$dir/data/pg_hba.conf"
}

# Roles and schemas are roles.sql's, as on a Debian machine; here each role has a password as well.
passwords_sql() {
	local service
	for service in $services migrate; do
		echo "ALTER ROLE lg_$service PASSWORD '$(new_password "$service" "lg_$service")';"
	done
}

init() {
	[ -e "$dir/made" ] && return
	if [ ! -e "$dir/private_postgres" ] && [ -n "$(ls -A "$dir" 2>/dev/null)" ]; then
		fail "$dir is not empty and not ours: choose another folder"
	fi
	if [ -e "$dir/data/postmaster.pid" ] && is_running; then control stop -m immediate; fi
	mkdir -p "$dir"
	touch "$dir/private_postgres"
	# an init that was interrupted: nothing was ever stored in it
	rm -rf "$dir/data" "$dir/socket" "$dir/pass" "$dir/log"
	mkdir "$dir/data" "$dir/socket" "$dir/pass" "$dir/log"
	if [ "$(id -u)" -eq 0 ]; then
		chown postgres "$dir" "$dir/data" "$dir/socket" "$dir/log"
		as_server test -x "$dir" || fail "the account postgres cannot reach $dir: choose a folder outside private ones"
	fi
	# by a file: a pipe of root's cannot be opened by the server's account
	new_password postgres postgres >"$dir/log/first_password"
	[ "$(id -u)" -ne 0 ] || chown postgres "$dir/log/first_password"
	as_server "$binaries/initdb" -D "$dir/data" -U postgres --auth=scram-sha-256 \
		--pwfile="$dir/log/first_password" --encoding=UTF8 --locale=C.UTF-8 --data-checksums \
		>"$dir/log/initdb.log" 2>&1 || fail "initdb failed: see $dir/log/initdb.log"
	rm "$dir/log/first_password"
	write_settings
	start
	"$binaries/psql" -X -q "host=$dir/socket dbname=postgres user=postgres passfile=$dir/pass/postgres.pgpass" \
		-c "CREATE DATABASE lifeguard"
	admin <"$(dirname "$0")/roles.sql"
	passwords_sql | admin
	control stop -m fast
	touch "$dir/made"
}

start() {
	is_running && return
	# a batch's parameters are megabytes: what a session gives back it takes again at once
	MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=33554432 \
		control start -w -t 60 -l "$dir/log/postgres.log" || fail "it does not start: see $dir/log/postgres.log"
}

stop() {
	! is_running || control stop -w -m "$1"
}

destroy() {
	[ -d "$dir" ] || return 0
	[ -e "$dir/private_postgres" ] || fail "$dir was not made by this script"
	stop immediate
	rm -rf "$dir"
}

[ $# -ge 2 ] || usage
verb=$1 dir=${2%/}
shift 2
case $dir in
/*) ;;
*) fail "give the whole path of the folder, not $dir" ;;
esac
case $dir in
*[[:space:]\'\"\\]*) fail "no spaces or quotes in the path of the folder" ;;
esac
socket=$dir/socket/.s.PGSQL.5432
[ ${#socket} -le 107 ] || fail "$dir is too long: a socket's path has at most 107 characters"
[ -n "$binaries" ] || fail "PostgreSQL is not installed (Debian: postgresql-15)"

case $verb in
init) init ;;
start) start ;;
stop) stop fast ;;
kill) stop immediate ;;
destroy) destroy ;;
psql) admin "$@" ;;
conninfo) [ $# -eq 1 ] || usage; conninfo "$1" "lg_$1" ;;
roles) mkdir -p "$dir/pass"; cat "$(dirname "$0")/roles.sql"; passwords_sql ;;
*) usage ;;
esac
