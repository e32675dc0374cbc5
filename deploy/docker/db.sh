#!/bin/bash
# The database of one site in a container: made once by deploy/postgres.sh, then it is the server.
#
# Its data are in a volume of its own.  The passwords of the services' roles go into a second one,
# from which the site's `init` hands each service its own; the administrator's stays here and
# opens nothing from outside this container.
set -euo pipefail
umask 077

volume=/var/lib/lifeguard dir=$volume/db handed=/srv/lifeguard/pass
binaries=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
postgres=/usr/lib/lifeguard/deploy/postgres.sh

# Two servers over one folder would destroy it, and neither sees the other's process.
exec 9>"$volume/lock"
flock -n 9 || {
	echo "db: another server uses this volume" >&2
	exit 1
}
# nobody serves it, so the number in it is that of a process of an earlier container
rm -f "$dir/data/postmaster.pid"
LG_POSTGRES_LISTEN='*' "$postgres" init "$dir"

for file in "$dir"/pass/*.pgpass; do
	name=${file##*/}
	[ "$name" != postgres.pgpass ] || continue
	cp "$file" "$handed/.$name"
	mv "$handed/.$name" "$handed/$name"
done
exec "$binaries/postgres" -D "$dir/data"
