#!/bin/bash
# The journey in numbers, one `name: value` a line: medians of rounds in one run, two real sites.
#
#   tests/bench/journey.sh         needs: deploy/install.sh bench, make all benches
#
#   rescue_to_inbox_...    a rescue is sent to the gateway in India (RATE a second, open loop) until
#                          its offer stands in the list that an NGO's worker reads in Nepal; over
#                          intake, referral, the line between the buses, referral of Nepal, and the
#                          answer of Nepal's gateway; every commit with fsync
#   accepted_to_inbox_...  the same from the moment when India's gateway said "accepted"
#   streamed_to_inbox_...  the same, where the worker listens to the inbox instead (server-sent events, as
#                          a browser does); an inbox holds 256 rows, so that these are the first rounds
#   commands_per_second    CountInformed through gateway, bus, intake, commit and answer, CLIENTS clients
#                          with one question each under way: one event, one row in the outbox
#   forms_per_second       the same with interception forms: a case, a person, two steps, two events,
#                          read by four services
#   pgbench_per_second     as many clients of pgbench on the same PostgreSQL, one such event per
#                          transaction: where it stands in its stream, its id, its envelope's mean size
#
#   ..._cpu_us             processor time of all processes of both sites with their PostgreSQL, per command
#                          or transaction, without the clients: what a machine that others use does not blur
#
# Settings: ROUNDS (3), RATE (50), RESCUES (500 a round), CLIENTS (64), SECONDS_EACH (5), LG_BUILD.
source "$(dirname "$0")/../support/site.sh"
cd "$here" || exit 2
driver=${LG_BUILD:-$here/build}/tests/bench/journey_main
rounds=${ROUNDS:-3} rate=${RATE:-50} rescues=${RESCUES:-500}
clients=${CLIENTS:-64} seconds=${SECONDS_EACH:-5}
pgbench=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/pgbench
site_ports

fail() {
	echo "journey.sh: $*" >&2
	exit 1
}

say() { # name, value
	echo "$1: $2"
}

median() { # file, column
	sort -n -k"$2,$2" "$1" | awk -v c="$2" '{ v[NR] = $c } END { if (NR) print v[int((NR + 1) / 2)]; else print "failed" }'
}

# --- the two sites ----------------------------------------------------------------------------

all() { # run.sh's words
	LG_STATE=$root/sites "$here/deploy/run.sh" all "$@"
}

end_all() {
	if [ -n "${LG_KEEP:-}" ]; then
		echo "  kept: $root" >&2
		all down >/dev/null 2>&1
		return
	fi
	all destroy >/dev/null 2>&1
	rm -rf "$root"
}

at() { # site, account: from here on this account acts
	export LG_STATE=$root/sites/$1
	LIFEGUARD_GATEWAY=$(run_sh url)
	export LIFEGUARD_GATEWAY LIFEGUARD_TOKEN_FILE=$root/token.$1.$2
	log_in "$2" >"$root/said" || fail "$2 of $1 could not log in"
}

# A home in Nepal with room for all, somebody at its desk, known in India.
make_home() {
	at np-bhairahawa operator
	printf 'bench-desk %s\n' "$(od -An -tx1 -N12 /dev/urandom | tr -d ' \n')" >>"$LG_STATE/accounts"
	awk '$1 == "bench-desk" { print $2 }' "$LG_STATE/accounts" >"$root/password"
	lifeguard account create bench-desk --role ngo_worker --password-file "$root/password" >"$root/said"
	lifeguard organisation add --code bench-home --name "Invented Home" --country NP \
		--services shelter --women --girls --places 1000 >"$root/said"
	home=$(lifeguard organisation list | awk '$2 == "bench-home" { print $1 }')
	at np-bhairahawa bench-desk
	user=$(awk '{ print $NF }' "$root/said")
	at np-bhairahawa operator
	lifeguard organisation assign "$home" "$user" >"$root/said" || fail "nobody works at the home"
	at in-sunauli lead
	for _ in $(seq 200); do
		! lifeguard organisation list | grep -q bench-home || return 0
		sleep 0.1
	done
	fail "India does not know the home"
}

gateway_of() { # site
	LG_SITE=$1 LG_STATE=$root/sites/$1 run_sh url
}

# --- what is measured ---------------------------------------------------------------------------

rescues_round() { # rescues or streamed, a second, how many
	at np-bhairahawa bench-desk # sessions are short
	at in-sunauli lead
	"$driver" "$1" "$(gateway_of in-sunauli)" "$root/token.in-sunauli.lead" \
		"$(gateway_of np-bhairahawa)" "$root/token.np-bhairahawa.bench-desk" "$2" "$3" bench-home
}

commands_round() { # counts or forms
	at in-sunauli lead
	"$driver" "$1" "$LIFEGUARD_GATEWAY" "$LIFEGUARD_TOKEN_FILE" "$clients" "$seconds"
}

# A table of events in the same database, one a row, and what inserts one.
make_peer() {
	local bytes
	export LG_STATE=$root/sites/in-sunauli
	bytes=$(sql -c "SELECT round(avg(size_bytes)) FROM intake.outbox_event WHERE type = 108")
	sql -c "CREATE TABLE intake.bench_event (destination integer NOT NULL, lane smallint NOT NULL,
			p smallint NOT NULL, number bigint NOT NULL, type integer NOT NULL,
			event_id bytea NOT NULL, envelope bytea NOT NULL,
			PRIMARY KEY (destination, lane, p, number))" \
		-c "CREATE SEQUENCE intake.bench_number CACHE 1000" >"$root/said"
	echo "INSERT INTO intake.bench_event (destination, lane, p, number, type, event_id, envelope)
		VALUES (0, 0, :client_id % 16, nextval('intake.bench_number'), 108,
			uuid_send(gen_random_uuid()), decode(repeat('65', $bytes), 'hex'));" |
		tr '\n\t' '  ' >"$root/insert.sql"
	say command_envelope_bytes "$bytes"
}

# Processor time since they began, of these sites' services and of their databases, in 10 ms.
cpu() {
	local state server
	for state in "$root"/sites/*/; do
		server=$(head -1 "$(postmaster_of "$state")")
		# shellcheck disable=SC2046
		cat $(printf '/proc/%s/stat ' $(cat "$state"/pid/*) "$server" $(pgrep -P "$server")) 2>/dev/null |
			sed 's/^.*) //' | awk '{ sum += $12 + $13 + $14 + $15 } END { print sum }'
	done | awk '{ sum += $1 } END { print sum }'
}

postmaster_of() { # a site's folder: the file that names its PostgreSQL
	find "$1/db" -name postmaster.pid
}

# a measuring function, then its words: what it printed, and the processor time it took for each
with_cpu() {
	local before rate
	before=$(cpu)
	rate=$("$@") || exit 1
	awk -v rate="$rate" -v took=$(($(cpu) - before)) -v s="$seconds" \
		'BEGIN { printf "%d %d\n", rate, (rate > 0) ? took * 10000 / (rate * s) : 0 }'
}

pgbench_round() {
	local where
	export LG_STATE=$root/sites/in-sunauli
	where="host=$LG_STATE/db/socket user=postgres dbname=lifeguard passfile=$LG_STATE/db/pass/postgres.pgpass"
	"$pgbench" -n -M prepared -c "$clients" -j 2 -T "$seconds" -f "$root/insert.sql" "$where" 2>"$root/pgbench.log" |
		sed -n 's/^tps = \([0-9]*\).*/\1/p' | grep . || fail "pgbench: $(tail -1 "$root/pgbench.log")"
}

root=$(mktemp -d "${TMPDIR:-/tmp}/lg-journey.XXXXXX")
chmod 711 "$root"
trap end_all EXIT
trap 'exit 130' INT TERM
[ -x "$driver" ] || fail "$driver is not built: run make benches"
all up >"$root/up.log" 2>&1 || fail "the sites did not come up: $(tail -3 "$root/up.log")"
make_home

rescues_round rescues "$rate" 20 >"$root/warm" || fail "the warm-up failed"
for _ in $(seq "$rounds"); do
	rescues_round streamed "$rate" $((200 / rounds)) >>"$root/streamed" || fail "a streamed round failed"
done
for _ in $(seq "$rounds"); do
	rescues_round rescues "$rate" "$rescues" >>"$root/rescues" || fail "a round of rescues failed"
done
say rescues_per_second "$rate"
say rescue_to_inbox_p50_us "$(median "$root/rescues" 1)"
say rescue_to_inbox_p99_us "$(median "$root/rescues" 2)"
say accepted_to_inbox_p50_us "$(median "$root/rescues" 3)"
say accepted_to_inbox_p99_us "$(median "$root/rescues" 4)"
say rescue_answered_p50_us "$(median "$root/rescues" 5)"
say streamed_to_inbox_p50_us "$(median "$root/streamed" 1)"
say streamed_to_inbox_p99_us "$(median "$root/streamed" 2)"
say rescue_to_inbox_p99_us_rounds "$(awk '{ print $2 }' "$root/rescues" | paste -sd ' ')"

commands_round counts >"$root/warm" || fail "commands were not answered"
make_peer
for _ in $(seq "$rounds"); do
	with_cpu commands_round counts >>"$root/counts"
	with_cpu pgbench_round >>"$root/pgbench"
	with_cpu commands_round forms >>"$root/forms"
done
say clients "$clients"
say commands_per_second "$(median "$root/counts" 1)"
say commands_per_second_rounds "$(awk '{ print $1 }' "$root/counts" | paste -sd ' ')"
say forms_per_second "$(median "$root/forms" 1)"
say pgbench_per_second "$(median "$root/pgbench" 1)"
say pgbench_per_second_rounds "$(awk '{ print $1 }' "$root/pgbench" | paste -sd ' ')"
say command_cpu_us "$(median "$root/counts" 2)"
say form_cpu_us "$(median "$root/forms" 2)"
say pgbench_cpu_us "$(median "$root/pgbench" 2)"
say commands_to_pgbench "$(awk -v a="$(median "$root/counts" 1)" -v b="$(median "$root/pgbench" 1)" 'BEGIN { printf "%.2f\n", a / b }')"
