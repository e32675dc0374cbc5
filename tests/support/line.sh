# Sites whose buses are joined through a line of our own (line_main), with a lean service in referral's
# place.  Sourced behind site.sh; wants seed.
#
#   make_programs           what runs as lg-referral and lg-bus
#   make_site N             keys, database and schema of site N
#   join_sites              1 and 2 trust each other; the line lies between them
#   at N WORDS, sql_at N WORDS, line_is WORDS, both_are 0|1, seen N, wait_seen N COUNT
root=$(mktemp -d "${TMPDIR:-/tmp}/lg-line.XXXXXX")
chmod 711 "$root"
tools=$(cd "$LG_BIN/.." && pwd)/tests/support
case $LG_BIN in
*/san/bin) tools=$(cd "$LG_BIN/../.." && pwd)/tests/support ;;
esac
port=$(free_port 2) # the proxy; the bus listens at the next
numbers=([1]=in-sunauli [2]=np-bhairahawa)

# the programs of a site: our bus, and the lean service as lg-referral
make_programs() {
	mkdir -p "$root/bin"
	cp "$LG_BIN/lg-bus" "$LG_BIN/lifeguard" "$root/bin/"
	cp "$tools/like_main" "$root/bin/lg-referral"
}

at() { # site's number, run.sh's words
	local number=$1
	shift
	LG_BIN=$root/bin LG_SITE=${numbers[$number]} LG_SITE_NUMBER=$number LG_STATE=$root/$number "$here/deploy/run.sh" "$@"
}

sql_at() { # site's number, psql's words
	local number=$1
	shift
	"$here/deploy/postgres.sh" psql "$root/$number/db" -At "$@"
}

end_all() {
	[ -z "${proxy:-}" ] || kill "$proxy" 2>/dev/null
	if [ "$failed" -gt 0 ]; then tail -n 5 "$root"/[0-9]/log/*.log; fi
	for number in "${!numbers[@]}"; do at "$number" destroy >/dev/null 2>&1; done
	rm -rf "$root"
}
trap end_all EXIT
trap 'exit 130' INT TERM

make_site() { # number
	at "$1" keys || return 1
	"$here/deploy/postgres.sh" init "$root/$1/db" && "$here/deploy/postgres.sh" start "$root/$1/db" || return 1
	"$root/bin/lg-referral" --migrate --database "$(at "$1" conninfo migrate)" || return 1
	sql_at "$1" -c "CREATE TABLE referral.line_seen (seq bigint GENERATED ALWAYS AS IDENTITY,
			p smallint, case_id bytea, event_id bytea, at timestamptz DEFAULT clock_timestamp());
		GRANT ALL ON referral.line_seen TO lg_referral;
		DELETE FROM referral.due" >/dev/null # referral's own deadlines, which the lean service cannot take
}

join_sites() {
	at 1 trust "$root/2/keys/keyring" && at 2 trust "$root/1/keys/keyring" || return 1
	echo "listen 2=tcp://127.0.0.1:$((port + 1))" >"$root/1/links"
	echo "connect 1=tcp://127.0.0.1:$port" >"$root/2/links"
	"$tools/line_main" "$port" $((port + 1)) "$root/line" "$seed" 2>"$root/line.log" &
	proxy=$!
}

start_all() {
	for number in "${!numbers[@]}"; do
		at "$number" start bus && at "$number" start referral && at "$number" wait referral || return 1
	done
}

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

link_metric() { # site's number, metric
	curl -fs --max-time 2 --unix-socket "$root/$1/health/bus.1.sock" http://localhost/metrics |
		awk -v name="lifeguard_bus_link_$2" 'index($1, name "{") == 1 { print $2 }'
}

both_are() { # 1 up, 0 down
	for _ in $(seq 600); do
		[ "$(link_metric 1 up)$(link_metric 2 up)" != "$1$1" ] || return 0
		sleep 0.1
	done
	echo "in: $(link_metric 1 up), np: $(link_metric 2 up)"
	return 1
}

seen() { # site's number
	sql_at "$1" -c "SELECT count(*) FROM referral.line_seen"
}

# waits until this many have taken effect at a site
wait_seen() { # site's number, at least
	local last=
	for _ in $(seq 1200); do
		last=$(seen "$1")
		[ "$last" -lt "$2" ] || return 0
		sleep 0.1
	done
	echo "site $1 has seen $last of $2"
	return 1
}
