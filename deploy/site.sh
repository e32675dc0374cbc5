# One site on one machine: its keys, its private PostgreSQL, its services.  Sourced by run.sh, which
# has set `here` (the tree), `bin` (the programs), `site` (its name) and `state` (its folder).
#
# What a site is by name stands in deploy/sites/<name>.sh: number, country, first_port (tried first
# for the gateway), connects (sites that its bus connects to).
number=1 country=IN first_port=7717 connects=
[ ! -e "$here/deploy/sites/$site.sh" ] || source "$here/deploy/sites/$site.sh"
number=${LG_SITE_NUMBER:-$number} country=${LG_COUNTRY:-$country} first_port=${LG_PORT:-$first_port}

# In the order in which they start; a service that was not built is not there.
services=
for service in bus access intake matching referral notification reporting gateway; do
	[ ! -x "$bin/lg-$service" ] || services+="$service "
done

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
	local folder
	# folders that are made here for root: PostgreSQL's account must be able to pass through
	if [ "$(id -u)" -eq 0 ]; then
		folder=$state
		while [ ! -d "$folder" ]; do
			made="$folder ${made:-}"
			folder=$(dirname "$folder")
		done
	fi
	mkdir -p "$state"/{log,pid,health,bus}
	# shellcheck disable=SC2086 # a list of folders, none with spaces (postgres.sh refuses them)
	[ -z "${made:-}" ] || chmod 711 $made
	made=
}

make_keys() {
	[ -e "$state/keys/keyring" ] ||
		"$bin/lifeguard" site create "$state/keys" --number "$number" --name "$site" \
			--country "$country" --demo
}

# A site whose database is not its own private one, or not at one place only, says where in the file
# "server": words of a connection string, e.g. host=a,b,c target_session_attrs=read-write.
conninfo() {
	local text
	text=$("$here/deploy/postgres.sh" conninfo "$state/db" "$1")
	[ ! -e "$state/server" ] || text="$(cat "$state/server") ${text#* }"
	echo "$text"
}

make_database() {
	if [ ! -e "$state/server" ]; then
		"$here/deploy/postgres.sh" init "$state/db"
		"$here/deploy/postgres.sh" start "$state/db"
	fi
	for service in $services; do
		[ "$service" != bus ] && [ "$service" != gateway ] || continue
		"$bin/lg-$service" --migrate --database "$(conninfo migrate)" >>"$state/log/migrate.log" 2>&1 ||
			fail "the schema of $service could not be brought up to date: see $state/log/migrate.log"
	done
}

# Demo accounts: passwords that nobody types, in a file that only we read.
make_accounts() {
	local file=$state/accounts
	if ! [ -e "$file" ]; then
		for pair in operator:OPERATOR lead:CENTRE_LEAD second:CENTRE_LEAD volunteer:VOLUNTEER \
			officer:PROTECTION_OFFICER manager:MANAGER auditor:AUDITOR; do
			printf '%s %s %s\n' "${pair%%:*}" \
				"$(od -An -tx1 -N12 /dev/urandom | tr -d ' \n')" "${pair##*:}"
		done >"$file.new"
		mv "$file.new" "$file"
	fi
	"$bin/lg-access" --bootstrap "$file" --site "$number" --database "$(conninfo access)" >>"$state/log/access.log" 2>&1 ||
		fail "the demo accounts could not be made: see $state/log/access.log"
}

# The databases have moved here: each service may speak again.
adopt() {
	"$here/deploy/postgres.sh" start "$state/db"
	for service in $services; do
		[ "$service" != bus ] && [ "$service" != gateway ] || continue
		"$bin/lg-$service" --adopt --database "$(conninfo "$service")" ||
			fail "the database of $service was not adopted"
	done
	say "adopted: start the services again"
}

# --- other sites -----------------------------------------------------------------------------

# Lines "listen SITE=ADDRESS" and "connect SITE=ADDRESS"; the bus reads them when it starts.
links() { # listen or connect
	[ ! -e "$state/links" ] || awk -v end="$1" '$1 == end { printf "%s%s", comma, $2; comma = "," }' "$state/links"
}

trust() { # the partner's keyring
	"$bin/lifeguard" site trust "$state/keys" "$1" --yes >/dev/null
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

choose_port() { # first to try
	local port=$1
	while ! is_port_free "$port"; do port=$((port + 1)); done
	echo "$port"
}

arguments_of() { # service, instance
	local health=$state/health/$1.$2.sock
	case $1 in
	bus)
		printf '%s\n' --keys "$state/keys" --listen "ipc://$state/bus/bus.sock" --health "$health" \
			--link-listen "$(links listen)" --link-connect "$(links connect)"
		;;
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
		for _ in $(seq 500); do # gone, not only told to go: who is started again finds its place free
			is_alive "$pid" || break
			sleep 0.02
		done
	fi
	rm -f "$pid"
}

is_ready() { # service, instance
	curl -fs -o /dev/null --max-time 2 --unix-socket "$state/health/$1.$2.sock" http://localhost/readyz
}

wait_ready() { # service, instance
	for _ in $(seq 1200); do
		! is_ready "$1" "$2" || return 0
		is_alive "$state/pid/$1.$2" || fail "lg-$1 has ended: see $state/log/$1.log"
		sleep 0.05
	done
	fail "lg-$1 did not become ready in 60 s: see $state/log/$1.log"
}

instances_of() { # service, from the words SERVICE=N
	local service=$1 word
	shift
	for word in "$@"; do
		[ "${word%%=*}" != "$service" ] || { echo "${word##*=}"; return; }
	done
	echo 1
}

# The bus and the gateway are found by their one address.
check_scale() { # words SERVICE=N
	local word
	for word in "$@"; do
		[[ "$word" =~ ^[a-z]+=([1-9]|1[0-6])$ ]] || fail "$word: SERVICE=N, N from 1 to 16"
		case " $services " in
		*" ${word%%=*} "*) ;;
		*) fail "$word: there is no such service here: $services" ;;
		esac
		case $word in
		bus=1 | gateway=1) ;;
		bus=* | gateway=*) fail "$word: one instance, as it is found by its address" ;;
		esac
	done
}

# Instances above the number that was said; of a service that was not named all stay.
stop_surplus() { # words SERVICE=N
	local word pid
	for word in "$@"; do
		for pid in "$state/pid/${word%%=*}".*; do
			[ ! -e "$pid" ] || [ "${pid##*.}" -le "${word##*=}" ] || stop_service "${word%%=*}" "${pid##*.}"
		done
	done
}

up() { # words SERVICE=N
	check_scale "$@"
	make_state
	make_keys
	make_database
	make_accounts
	is_alive "$state/pid/gateway.1" || choose_port "$first_port" >"$state/port"
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
	stop_surplus "$@"
	url >"$state/gateway.url"
}

say_up() {
	say "site $site is up: $(url)   (demo keys: not for real people's data)"
}

down() {
	local pid name
	for service in gateway notification intake referral matching access reporting bus; do
		for pid in "$state/pid/$service".*; do
			[ -e "$pid" ] || continue
			name=$(basename "$pid")
			stop_service "${name%.*}" "${name##*.}"
		done
	done
	[ ! -d "$state/db" ] || [ -e "$state/server" ] || "$here/deploy/postgres.sh" stop "$state/db"
	rm -f "$state/gateway.url"
}

url() {
	echo "http://127.0.0.1:$(cat "$state/port")"
}
