# Canaries.  Goal: no planted name, phone, address, password or token lies readable where it should
# not: on disk, in backups, on the bus, in what the services say of themselves, in any process's
# arguments.  Method: prove first that the search finds; then search everything, in every spelling.
# Sourced by run.sh, last: all traffic has been.

# --- the search itself --------------------------------------------------------------------------
echo "control Brxsplendour-44" >"$root/control"
finds_each_spelling() {
	local spellings
	mkdir "$root/scratch/spellings"
	spellings=$("$tools/canary_main" "$root/control" --write "$root/scratch/spellings") || return 1
	"$tools/canary_main" "$root/control" "$root/scratch/spellings" >"$root/finds"
	[ "$(cut -d: -f1 "$root/finds" | sort -u | wc -l)" -eq "$spellings" ] && [ "$spellings" -ge 10 ]
}
check "the search finds a marker in each spelling" finds_each_spelling
finds_in_database() {
	sed 's/control \(.*\)/CREATE TABLE public.scratch AS SELECT '"'\1'::text AS t"'; CHECKPOINT;/' "$root/control" | sql || return 1
	"$tools/canary_main" "$root/control" "$LG_STATE/db/data" >"$root/finds"
	grep -q "/base/" "$root/finds" && grep -q "/pg_wal/" "$root/finds" || { cat "$root/finds"; return 1; }
	sql -c "DROP TABLE public.scratch"
}
check "the search finds a marker in tables and in the write-ahead log" finds_in_database
is_found() { # path: exit code 1 says so, others that it could not look
	"$tools/canary_main" "$root/control" "$1"
	[ $? -eq 1 ]
}
finds_in_process() {
	mkfifo "$root/scratch/pipe"
	bash -c "exec -a $(awk '{ print $2 }' "$root/control") cat $root/scratch/pipe" &
	local pid=$! code
	soon is_found "/proc/$pid/cmdline"
	code=$?
	: >"$root/scratch/pipe"
	wait "$pid"
	[ $code -eq 0 ]
}
check "the search finds a marker in a process's arguments" finds_in_process

# --- a password that goes the way of all passwords ------------------------------------------------
marked_account() {
	awk '$1 == "password" { print $2 }' "$root/markers" >"$root/marked"
	lifeguard account create canary --role centre_lead --password-file "$root/marked" || return 1
	! lifeguard login --user operator --password-file "$root/marked" || return 1 # a wrong one, too
	lifeguard login --user canary --password-file "$root/marked" || return 1
	[ "$(names_in "$two")" = 2 ] || return 1
	lifeguard status >"$root/status.out" || true # services that are not built yet do not answer
}

# processes are looked at while they work
watch_processes() { # until the file is gone
	touch "$root/watching"
	while [ -e "$root/watching" ]; do
		"$tools/canary_main" "$root/all_markers" /proc/[0-9]*/cmdline /proc/[0-9]*/environ
		sleep 0.2
	done >"$root/processes" 2>/dev/null
}
cat "$root/markers" "$root/tokens" >"$root/all_markers"
watch_processes &
watcher=$!
check "an account with a planted password is made, logs in, reads names, and once is wrong" marked_account
log_in operator >/dev/null
plant last 60
check "forms are imported while all processes are watched" import last
sql -c "TABLE pg_stat_activity" >"$root/activity"
check "totals are exact" totals_agree "$root/forms.csv" "$root/people.csv"
rm "$root/watching"
wait "$watcher"
no_process() {
	cat "$root/processes"
	[ ! -s "$root/processes" ]
}
check "no process has a marker in its arguments or environment" no_process

# --- everything else --------------------------------------------------------------------------------
clean() { # paths
	"$tools/canary_main" "$root/all_markers" "$@" 2>"$root/looked"
	local code=$?
	cat "$root/looked"
	[ $code -eq 0 ]
}
sql -c "CHECKPOINT"
check "nothing readable in the site's folder: tables, write-ahead log, logs, keys, sockets" clean "$LG_STATE"
sed 's/^canary:/ /' "$root/looked"

backup() {
	local admin
	admin="host=$LG_STATE/db/socket user=postgres passfile=$LG_STATE/db/pass/postgres.pgpass"
	echo "local replication postgres scram-sha-256" >>"$LG_STATE/db/data/pg_hba.conf"
	sql -c "SELECT pg_reload_conf()"
	for _ in $(seq 20); do
		pg_basebackup -d "$admin" -D "$root/backup" -X stream -c fast && break
		sleep 0.2
	done
	pg_dump -d "$admin dbname=lifeguard" -f "$root/dump.sql" && [ -e "$root/backup/PG_VERSION" ]
}
check "backups are made" backup
check "nothing readable in a base backup" clean "$root/backup"
check "nothing readable in a dump of every column of every schema" clean "$root/dump.sql"
statistics() {
	sql -c "TABLE pg_stats" >"$root/stats" && [ -s "$root/stats" ] && clean "$root/stats" "$root/activity"
}
check "nothing readable in pg_stats and pg_stat_activity" statistics
dump_is_whole() {
	[ "$(sql -c "SELECT count(*) FROM intake.person WHERE sealed IS NOT NULL")" -gt 0 ] &&
		grep -q "COPY reporting.case_event" "$root/dump.sql" && grep -q "COPY access.account" "$root/dump.sql" &&
		grep -q "Palpa" "$root/dump.sql"
}
check "the dump holds the tables that were searched" dump_is_whole
for service in $(running); do
	curl -fs --unix-socket "$LG_STATE/health/$service.1.sock" http://localhost/metrics >"$root/metrics/$service"
done
check "nothing readable in what services count" clean "$root/metrics"
record() {
	# what the bus may know is in it: so it is the traffic that was searched
	grep -qa RXL "$root/record" && grep -qa Palpa "$root/record" || { echo "the record is not of the traffic"; return 1; }
	clean "$root/record"
}
check "nothing readable in any frame that passed the bus" record
check "nothing readable in what import and status print" clean "$root"/import.* "$root/out" "$root/status.out"
token_file() {
	"$tools/canary_main" "$root/markers" "$LIFEGUARD_TOKEN_FILE"
}
check "the CLI's token file holds a token alone" token_file
shown() { # and there it must be readable
	! "$tools/canary_main" "$root/markers" "$root/shown.$two" >/dev/null
}
check "a lead's terminal is where the name is readable" shown

# --- a crash leaves no core -----------------------------------------------------------------------
crash() { # folder, what is there when it runs, command...
	(
		cd "$1" && ulimit -S -c "$(ulimit -H -c)" && exec "${@:3}"
	) >"$1/out" 2>&1 &
	local pid=$!
	soon test -e "${2/PID/$pid}" && soon eval "! grep -q bash /proc/$pid/comm"
	kill -SEGV "$pid"
	wait "$pid"
}
no_core() {
	mkdir "$root/crash" "$root/crash/plain" "$root/crash/ours"
	crash "$root/crash/plain" /proc/PID/comm sleep 60
	compgen -G "$root/crash/plain/core*" >/dev/null || is_control_core=
	crash "$root/crash/ours" "$root/crash/ours/bus.sock" "$LG_BIN/lg-bus" --keys "$LG_STATE/keys" --listen "ipc://$root/crash/ours/bus.sock"
	[ $? -eq 139 ] || { echo "it did not crash"; cat "$root/crash/ours/out"; return 1; }
	! compgen -G "$root/crash/ours/core*" || return 1
}
is_control_core=yes
check "a service that crashes leaves no core" no_core
[ -n "$is_control_core" ] || skip "a program without our hardening leaves one here" "this machine writes none where it was"
limits() {
	local service
	for service in $(running); do
		grep -qE '^Max core file size +0 +0' "/proc/$(pid_of $service)/limits" || { echo "$service may"; return 1; }
	done
}
check "no service may write one" limits

# --- an honest way back ---------------------------------------------------------------------------
# What a bus may not say, intake must still be able to: its database was restored and lacks an event
# that reporting has applied.  Reporting goes back to the last that both know.
stands_at() { # partition, number
	[ "$(sql -c "SELECT max(last) FROM reporting.position WHERE lane = 0 AND service = 4 AND p = $1")" -eq "$2" ]
}
way_back() {
	local partition last first
	read -r partition last first < <(sql -F ' ' -c "SELECT DISTINCT ON (p) p, through, first FROM intake.outbox
		WHERE lane = 0 AND destination = 0 ORDER BY p, through DESC LIMIT 1")
	run_sh stop intake || return 1
	sql -c "DELETE FROM intake.outbox WHERE lane = 0 AND destination = 0 AND p = $partition AND through = $last"
	run_sh start intake && run_sh wait intake || return 1
	soon stands_at "$partition" $((first - 1)) || return 1
	soon grep -q "publisher went back" "$LG_STATE/log/reporting.log"
}
check "a publisher that has lost an event does send its reader back, and that is logged" way_back

# --- the audit, at last: it is broken on purpose ----------------------------------------------------
log_in operator >/dev/null
verify() { # exit code that is expected
	lifeguard audit verify intake >"$root/audit" 2>&1
	local code=$?
	cat "$root/audit"
	[ $code -eq "$1" ]
}
check "every audit chain is whole" verify 0
sql -c "CREATE TABLE public.chain AS TABLE intake.audit" >/dev/null
row_of="(SELECT p, seq FROM public.chain WHERE p = (SELECT p FROM public.chain GROUP BY p ORDER BY count(*) DESC LIMIT 1)"
middle_row() {
	sql -c "DELETE FROM intake.audit WHERE (p, seq) = $row_of ORDER BY seq OFFSET 2 LIMIT 1)"
	verify 1 && grep -qE '\b[34]\b' "$root/audit"
}
check "a row taken out of the middle is named, with exit code 1" middle_row
sql -c "INSERT INTO intake.audit (p, seq, record, hash, words)
	SELECT k.p, k.seq, k.record, k.hash, k.words FROM public.chain AS k WHERE NOT EXISTS
	(SELECT FROM intake.audit AS a WHERE a.p = k.p AND a.seq = k.seq)" >/dev/null
check "put back, the chain is whole again" verify 0
last_row() {
	sql -c "DELETE FROM intake.audit AS a WHERE seq = (SELECT max(seq) FROM intake.audit WHERE p = a.p)"
	verify 1
}
if last_row >"$root/check" 2>&1; then
	check "the last rows taken away are noticed" true
else
	skip "the last rows taken away are noticed" "needs checkpoints kept by reporting and by a peer"
fi

kill "$attacker" && wait "$attacker"
attacker=
