# A site of its own in a temporary folder, for tests that need real processes and a real
# PostgreSQL.  Sourced; ends the site when the test ends.
#
#   site_make NAME           makes LG_STATE and chooses a free port
#   free_port [COUNT]        prints the first of COUNT ports in a row that nobody has
#   site_ports               exports LG_PORT and LG_LINK_PORT for two sites and their line
#   check "sentence" CMD...  runs CMD; counts passed or failed
#   soon CMD...              tries again until it succeeds; how a test waits for anything
#   tries N CMD...           for what must be done within some time: holds when one of N does
#   owned_by SERVICE N       prints how many partitions its instance N says that it owns
#   no_dead_letters SERVICE...  shows what lies there, and fails
#   ticks_of PID..., family_ticks PID...  processor time in 10 ms; of servers with their children
#   kill_hard PID_FILE       kill -9, and waits until it is gone
#   skip "sentence" "why"    counts skipped
#   finish NAME              prints "NAME: N passed, N failed, N skipped"; exit code
set -uo pipefail
umask 077

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export LG_BIN=${LG_BIN:-$here/build/bin}
passed=0 failed=0 skipped=0

check() {
	local sentence=$1
	shift
	# not in a subshell: what it exports must stay
	if "$@" >"$root/check" 2>&1; then
		passed=$((passed + 1))
		echo "  ok      $sentence"
	else
		failed=$((failed + 1))
		echo "  FAILED  $sentence"
		# an error stands first, what came of it last
		awk '{ line[NR] = $0 } END { for (i = 1; i <= NR; i++) if (i <= 8 || i > NR - 15) print "          " line[i] }' \
			"$root/check"
	fi
}

# Tries again until it succeeds, patience=120 seconds long, which only what fails does wait for; then the
# last try's words are shown.
soon() { # command...
	local until=$((SECONDS + ${patience:-120}))
	while [ "$SECONDS" -lt "$until" ]; do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	"$@"
}

# A bound of wall-clock time says something of the product only while nobody else on the machine has the
# processor: what is slow by itself is slow each time.
tries() { # how often, command...
	local left=$1
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
	done
}

# Below the ports that the kernel gives to connections: one of those may be taken at any moment, and a
# connection to itself looks like a listener.  Not by RANDOM: a seed that is repeated may run twice.
free_port() { # how many in a row
	local first port
	while :; do
		first=$((10000 + SRANDOM % 22000))
		for port in $(seq "$first" $((first + ${1:-1} - 1))); do
			! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue 2
		done
		echo "$first"
		return
	done
}

# Two sites' gateways and their line: never a default port, which another test may have at this moment.
site_ports() {
	LG_PORT=$(free_port 3)
	export LG_PORT LG_LINK_PORT=$((LG_PORT + 2))
}

# Gone, not only told to go: what is started again looks whether it still lives.  One that nobody has
# waited for (state Z) is gone.
kill_hard() { # file of its process id
	local pid
	pid=$(cat "$1") && kill -9 "$pid" || return 1
	while grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$pid/status"; do sleep 0.01; done
}

skip() {
	skipped=$((skipped + 1))
	echo "  skipped $1 ($2)"
}

finish() {
	echo "$1: $passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# PostgreSQL's account must be able to pass through the folder; nobody can list it.
site_make() {
	root=$(mktemp -d "${TMPDIR:-/tmp}/lg-$1.XXXXXX")
	chmod 711 "$root"
	LG_PORT=$(free_port)
	# whatever does not come up, nobody else's gateway is asked instead
	export LG_STATE=$root/site LG_PORT LIFEGUARD_GATEWAY=http://127.0.0.1:$LG_PORT
	export LIFEGUARD_TOKEN_FILE=$root/token NO_COLOR=1
	trap site_end EXIT
	trap 'exit 130' INT TERM
}

site_end() {
	[ -z "${root:-}" ] && return
	if [ "$failed" -gt 0 ] && [ -n "${LG_KEEP:-}" ]; then
		echo "  kept: $root" >&2
		"$here/deploy/run.sh" down >/dev/null 2>&1
		return
	fi
	"$here/deploy/run.sh" destroy >/dev/null 2>&1
	rm -rf "$root"
}

run_sh() {
	"$here/deploy/run.sh" "$@"
}

site_up() {
	run_sh up "$@" || return 1
	LIFEGUARD_GATEWAY=$(run_sh url)
	export LIFEGUARD_GATEWAY
}

lifeguard() {
	"$LG_BIN/lifeguard" "$@"
}

log_in() { # account of the demo site
	awk -v name="$1" '$1 == name { print $2 }' "$LG_STATE/accounts" >"$root/password"
	# a password is made slow on purpose: on a busy machine the answer may not come in time
	local until=$((SECONDS + 60))
	until lifeguard login --user "$1" --password-file "$root/password" >"$root/login" 2>&1; do
		grep -q 'ask again' "$root/login" && [ "$SECONDS" -lt "$until" ] || { cat "$root/login"; return 1; }
	done
	cat "$root/login"
}

sql() {
	"$here/deploy/postgres.sh" psql "$LG_STATE/db" -At "$@"
}

pid_of() { # service, instance
	cat "$LG_STATE/pid/$1.${2:-1}"
}

owned_by() { # service, instance; 0 where none answers
	curl -fs --max-time 1 --unix-socket "$LG_STATE/health/$1.$2.sock" http://localhost/metrics |
		awk '/^lifeguard_partitions_owned[{ ]/ { n = $NF } END { print n + 0 }'
}

no_dead_letters() { # services
	local service found
	for service in "$@"; do
		found=$(sql -c "SELECT type, reason FROM $service.dead_letter") && [ -z "$found" ] ||
			{ echo "$service: $found"; return 1; }
	done
}

# Processor time of processes in 10 ms, with that of the threads that they ended.
ticks_of() { # process ids
	local pid
	for pid in "$@"; do cat "/proc/$pid/stat" 2>/dev/null; done |
		sed 's/^.*) //' | awk '{ sum += $12 + $13 } END { print sum + 0 }'
}

# Servers with those of their processes that are there, and those that have ended.
family_ticks() { # process ids of servers
	local pid child
	for pid in "$@"; do
		cat "/proc/$pid/stat"
		for child in $(pgrep -P "$pid"); do cat "/proc/$child/stat" 2>/dev/null; done
	done | sed 's/^.*) //' | awk '{ sum += $12 + $13 + $14 + $15 } END { print sum + 0 }'
}

# real records where they are, else the project's own sample
field_data() {
	if [ -n "${LG_FIELD_DATA:-}" ] && [ -e "$LG_FIELD_DATA/interceptions.csv" ]; then
		forms=$LG_FIELD_DATA/interceptions.csv people=$LG_FIELD_DATA/interceptees.csv
		is_real=1
	else
		forms=$here/deploy/sample/interceptions.csv people=$here/deploy/sample/people.csv
		is_real=
	fi
}

# forms, potential victims and suspects by station, counted from the files alone
count_by_station() { # forms file, people file
	awk -F, '
		FNR == 1 { delete at; for (i = 1; i <= NF; i++) { sub(/\r$/, "", $i); at[$i] = i } }
		FNR > 1 && NR == FNR { station[$at["record"]] = $at["station"]; forms[$at["station"]]++ }
		FNR > 1 && NR > FNR { count[station[$at["record"]], $at["kind"]]++ }
		END { for (s in forms) printf "%s,%d,%d,%d\n", s, forms[s],
			count[s, "potential_victim"], count[s, "suspect"] }' "$1" "$2" | sort
}

# the same as reported: station,interceptions,victims,suspects
report_by_station() {
	lifeguard report interceptions --by station --format csv |
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			$at["station"] != "" && $at["station"] != "total" { printf "%s,%d,%d,%d\n",
			$at["station"], $at["interceptions"], $at["victims"], $at["suspects"] }' | sort
}

# Waits until both agree; shows the difference when they do not.  Behind the death of an owner thousands of events
# are taken one by one, each with two commits, and a question waits behind them: 130 s were seen where each
# commit took 13 ms.
totals_agree() { # forms file, people file
	count_by_station "$1" "$2" >"$root/expected"
	patience=300 soon reported_as_expected
}

reported_as_expected() {
	report_by_station >"$root/reported" 2>"$root/report_error"
	cat "$root/report_error"
	diff "$root/expected" "$root/reported"
}
