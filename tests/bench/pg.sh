#!/bin/bash
# Rows committed per second with every commit on disk: common/db beside a blocking loop and
# pgbench, alternating rounds on one private PostgreSQL, medians.
#   tests/bench/pg.sh [SECONDS] [ROUNDS]      (needs: make, for build/tests/bench/pg_main)
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-3} rounds=${2:-3}
program=${BUILD:-build}/tests/bench/pg_main
pgbench=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/pgbench
[ -x "$program" ] || { echo "pg.sh: $program is not built: run make" >&2; exit 1; }

work=$(mktemp -d)
coproc keeper { tests/support/postgres.sh; }
trap 'exec {hold}>&-; wait "$keeper_PID" 2>/dev/null || true; rm -rf "$work"' EXIT
exec {hold}>&"${keeper[1]}"
eval "exec ${keeper[1]}>&-"
read -r dir <&"${keeper[0]}"
conninfo=$(deploy/postgres.sh conninfo "$dir" intake)
admin() { PGOPTIONS=--client-min-messages=error deploy/postgres.sh psql "$dir" "$@"; }

{
	echo "SET ROLE lg_owner; SET search_path TO intake;"
	cat common/db/schema/*.sql
	echo "CREATE TABLE bench (id bigint NOT NULL, envelope bytea NOT NULL);"
} | admin
echo "INSERT INTO intake.bench (id, envelope) VALUES (:client_id, decode(repeat('65', 512), 'hex'));" >"$work/insert.sql"

measure() {
	admin -c "TRUNCATE intake.bench, intake.member" -c CHECKPOINT
	case $1 in
	batch_*) "$program" "$conninfo" pipeline "${1#batch_}" "$seconds" 2>/dev/null ;;
	blocking) "$program" "$conninfo" blocking "$seconds" ;;
	pgbench) "$pgbench" -n -M prepared -c 1 -T "$seconds" -f "$work/insert.sql" "$conninfo" 2>/dev/null |
		sed -n 's/^tps = \([0-9]*\).*/\1/p' ;;
	esac >>"$work/$1"
}

contenders="batch_1 batch_16 batch_128 blocking pgbench"
for _ in $(seq "$rounds"); do
	for contender in $contenders; do measure "$contender"; done
done
for contender in $contenders; do
	median=$(sort -n "$work/$contender" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
	echo "pg_rows_per_second_$contender: $median"
done
