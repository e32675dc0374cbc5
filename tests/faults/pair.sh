# Two sites of real processes with a bad line between them, for schedules of faults.  Sourced behind
# site.sh; `root` is the folder, `port` the proxy's (the listening bus has the next).
#
# A site has two places for its database, db and standby; `primary` in its folder says which of them is
# in use.  The services name both in their connection strings, so a failover needs no restart.
numbers=([1]=in-sunauli [2]=np-bhairahawa)
folder=$root/sites
tools=$(cd "$LG_BIN/.." && pwd)/tests/support
server_account=
[ "$(id -u)" -ne 0 ] || server_account=postgres
binaries=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)

state_of() { # site's number
	echo "$folder/${numbers[$1]}"
}

at() { # site's number, run.sh's words
	local name=${numbers[$1]}
	shift
	LG_SITE=$name LG_STATE=$folder/$name "$here/deploy/run.sh" "$@"
}

of() { # site's number, function that asks LG_STATE
	local LG_STATE=$folder/${numbers[$1]}
	shift
	"$@"
}

# --- making and ending ------------------------------------------------------------------------

# Site 2 keeps its databases on a disk of its own that can be filled; only root can mount one.
small_disk() {
	local place
	for place in db standby; do
		mkdir -p "$(state_of 2)/$place"
		mount -t tmpfs -o size=400m,mode=711 tmpfs "$(state_of 2)/$place" 2>/dev/null || return 1
	done
}

has_small_disk() {
	mountpoint -q "$(state_of 2)/db"
}

# For standbys and backups: replication, and little WAL so that a small disk holds it.
allow_replication() { # site's number
	local dir
	dir=$(state_of "$1")/db
	echo "local replication all scram-sha-256" >>"$dir/data/pg_hba.conf"
	printf '%s\n' "max_wal_size = 96MB" "min_wal_size = 32MB" "wal_keep_size = 64MB" "shared_buffers = 32MB" \
		>>"$dir/data/postgresql.conf"
	echo db >"$(state_of "$1")/primary"
	echo "host=$dir/socket,$(state_of "$1")/standby/socket target_session_attrs=read-write" >"$(state_of "$1")/server"
}

make_site() { # site's number
	at "$1" keys && "$here/deploy/postgres.sh" init "$(state_of "$1")/db" && allow_replication "$1" && pg start "$1"
}

make_pair() {
	mkdir -p "$folder"
	chmod 711 "$folder"
	for number in 1 2; do
		mkdir -p "$(state_of $number)"
		chmod 711 "$(state_of $number)"
	done
	small_disk || true
	make_site 1 && make_site 2 || return 1
	at 1 trust "$(state_of 2)/keys/keyring" && at 2 trust "$(state_of 1)/keys/keyring" || return 1
	echo "listen 2=tcp://127.0.0.1:$((port + 1))" >"$(state_of 1)/links"
	echo "connect 1=tcp://127.0.0.1:$port" >"$(state_of 2)/links"
	"$tools/line_main" "$port" $((port + 1)) "$root/line" "$seed" 2>"$root/line.log" &
	proxy=$!
	LG_PORT=$((port + 2)) at 1 up && LG_PORT=$((port + 3)) at 2 up && line_is open && line_is_up &&
		"$python" "$here/tests/faults/client.py" prepare "$folder"
}

end_pair() {
	local number place
	[ -z "${proxy:-}" ] || kill "$proxy" 2>/dev/null
	for number in 1 2; do
		for place in db standby; do
			[ ! -e "$(state_of $number)/$place/data" ] ||
				"$here/deploy/postgres.sh" kill "$(state_of $number)/$place" >/dev/null 2>&1
		done
		at $number down >/dev/null 2>&1
	done
	if [ "$failed" -gt 0 ] && [ -n "${LG_KEEP:-}" ]; then
		echo "  kept: $root"
		return
	fi
	umount "$(state_of 2)/db" "$(state_of 2)/standby" 2>/dev/null
	rm -rf "$root"
}

# --- the line -----------------------------------------------------------------------------------

line_is() { # words for the proxy
	echo "$*" >"$root/line.next"
	mv "$root/line.next" "$root/line"
	for _ in $(seq 1000); do
		[ "$(cat "$root/line.now" 2>/dev/null)" != "$*" ] || return 0
		sleep 0.02
	done
	cat "$root/line.log"
	return 1
}

link_up() { # site's number
	curl -fs --max-time 2 --unix-socket "$(state_of "$1")/health/bus.1.sock" http://localhost/metrics |
		awk '/^lifeguard_bus_link_up\{/ { print $2 }'
}

line_is_up() {
	for _ in $(seq 600); do
		[ "$(link_up 1)$(link_up 2)" != 11 ] || return 0
		sleep 0.1
	done
	echo "the line stays down: in $(link_up 1), np $(link_up 2)"
	return 1
}

# --- databases ----------------------------------------------------------------------------------

primary() { # site's number
	echo "$(state_of "$1")/$(cat "$(state_of "$1")/primary")"
}

other() { # site's number: the place that is not in use
	case $(primary "$1") in
	*/db) echo "$(state_of "$1")/standby" ;;
	*) echo "$(state_of "$1")/db" ;;
	esac
}

# invariants.sh asks so: of the site LG_STATE, wherever its database is now
sql() {
	"$here/deploy/postgres.sh" psql "$LG_STATE/$(cat "$LG_STATE/primary")" -At "$@"
}

sql_at() { # site's number, psql's words
	local number=$1
	shift
	of "$number" sql "$@"
}

pg() { # postgres.sh's verb, site's number
	"$here/deploy/postgres.sh" "$1" "$(primary "$2")"
}

server_owns() { # path...
	[ -z "$server_account" ] || chown -R "$server_account" "$@"
}

copy_of() { # site's number, folder to be made
	local from
	from=$(primary "$1")
	rm -rf "$2"
	"$binaries/pg_basebackup" -D "$2" -X stream -c fast \
		-d "host=$from/socket user=postgres passfile=$from/pass/postgres.pgpass" && server_owns "$2"
}

# The whole of an earlier hour: data and write-ahead log.
back_up() { # site's number
	copy_of "$1" "$(state_of "$1")/backup"
}

restore() { # site's number
	local data
	data=$(primary "$1")/data
	pg kill "$1" || return 1
	sleep 0.3
	rm -rf "${data:?}"
	cp -a "$(state_of "$1")/backup" "$data" && pg start "$1"
}

# A replica of the primary at the other place.
stand_by() { # site's number, sync or async
	local from to
	from=$(primary "$1") to=$(other "$1")
	mkdir -p "$to/socket" "$to/log" "$to/pass"
	cp "$from"/pass/* "$to/pass/"
	cp "$from/pass/postgres.pgpass" "$to/replica.pgpass"
	touch "$to/private_postgres" "$to/made"
	copy_of "$1" "$to/data" || return 1
	printf '%s\n' "unix_socket_directories = '$to/socket'" \
		"primary_conninfo = 'host=$from/socket user=postgres passfile=$to/replica.pgpass'" >>"$to/data/postgresql.conf"
	# who was a standby before has settings of that time in front of these
	rm -f "$to/data/postgresql.auto.conf"
	touch "$to/data/postgresql.auto.conf" "$to/data/standby.signal"
	chmod 711 "$to"
	server_owns "$to/data" "$to/socket" "$to/log" "$to/replica.pgpass"
	[ -z "$server_account" ] || chown "$server_account" "$to"
	"$here/deploy/postgres.sh" start "$to" || return 1
	[ "$2" = async ] || sql_at "$1" -c "ALTER SYSTEM SET synchronous_standby_names = '*'" -c "SELECT pg_reload_conf()" >/dev/null
	follows "$1" "$2"
}

follows() { # site's number, sync or async
	for _ in $(seq 600); do
		[ "$(sql_at "$1" -c "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'")" != "$2" ] || return 0
		sleep 0.1
	done
	echo "the standby of site $1 does not follow"
	return 1
}

# The asynchronous one hears nothing for a while before: what is committed then is lost.
fail_over() { # site's number, sync or async
	local to receiver=
	to=$(other "$1")
	if [ "$2" = async ]; then
		receiver=$("$here/deploy/postgres.sh" psql "$to" -At -c "SELECT pid FROM pg_stat_wal_receiver")
		kill -STOP "$receiver" || return 1
		sleep 1.5
	fi
	pg kill "$1" || return 1
	[ -z "$receiver" ] || kill -CONT "$receiver"
	[ -z "$server_account" ] || local as="runuser -u $server_account --"
	# shellcheck disable=SC2086 # words
	(cd / && ${as:-} "$binaries/pg_ctl" --silent -D "$to/data" promote -w) || return 1
	basename "$to" >"$(state_of "$1")/primary"
}

fill_disk() {
	dd if=/dev/zero of="$(primary 2)/filler" bs=1M 2>/dev/null
	! dd if=/dev/zero of="$(primary 2)/filler.more" bs=4k count=1 2>/dev/null
}

empty_disk() {
	rm -f "$(primary 2)/filler" "$(primary 2)/filler.more"
	pg start 2
}

# --- clocks: a program is started again under another one ------------------------------------------

faketime=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2>/dev/null | head -1)

# libfaketime names a semaphore by the process: one that was killed leaves it behind, and the next of its
# number may fail.  Another try has another number.
under_clock() { # offset, command...
	local offset=$1 try
	shift
	for try in 1 2 3; do
		! env LD_PRELOAD="$faketime" FAKETIME="$offset" FAKETIME_DONT_FAKE_MONOTONIC=1 "$@" || return 0
	done
	return 1
}
