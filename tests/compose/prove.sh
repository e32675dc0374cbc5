# shellcheck shell=bash
# What the composed group must hold to, asked of the group while it runs.  Sourced by run.sh inside the
# engine; `folder` keeps the images, `root` is of this run.
set +e
source "$here/tests/scale/ledger.sh"
root=$folder/run
rm -rf "$root"
mkdir "$root"
sites=(in-sunauli np-bhairahawa)
services="access bus gateway intake matching notification referral reporting"
own=/var/lib/lifeguard
export LG_PORT=7717 LG_NP_PORT=7727 LG_BIN=$root/bin LG_SITES_FOLDER=$root/sites
export LG_STATE=$LG_SITES_FOLDER/${sites[0]} LIFEGUARD_TOKEN_FILE=$root/token NO_COLOR=1
export LIFEGUARD_GATEWAY=http://127.0.0.1:$LG_PORT

end_all() {
	docker-compose down -v -t 5 >/dev/null 2>&1
	rm -rf "$root"
}
trap end_all EXIT

# --- small questions ---------------------------------------------------------------------------------

container() { # service, instance
	docker ps -q --filter "label=com.docker.compose.service=$1" \
		--filter "label=com.docker.compose.container-number=${2:-1}"
}

inside() { # service, command...
	local id
	id=$(container "$1")
	shift
	docker exec "$id" "$@"
}

metric() { # container, name
	docker exec "$1" curl -fs --max-time 2 --unix-socket /run/lifeguard/health.sock http://localhost/metrics |
		awk -v name="lifeguard_$2" '$1 == name || index($1, name "{") == 1 { print $2 }'
}

address() { # service, network
	docker inspect -f "{{(index .NetworkSettings.Networks \"lifeguard_$2\").IPAddress}}" "$(container "$1")"
}

until_true() { # seconds, command...
	local left=$1
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 1
	done
}

states() {
	docker ps -a --format '{{.Names}}: {{.Status}}' | sort
}

# --- it comes up -----------------------------------------------------------------------------------

is_up() { # containers that must be healthy
	[ "$(states | grep -c '(healthy)')" -eq "$1" ] && [ "$(states | grep -c 'init.*Exited (0)')" -eq 2 ]
}

comes_up() { # containers, words of `up`
	local expected=$1
	shift
	docker-compose up -d "$@" >"$root/up" 2>&1 || { tail -5 "$root/up"; return 1; }
	until_true 240 is_up "$expected" && return 0
	states
	docker-compose logs --tail 3 2>&1 | tail -40
	return 1
}

# --- who reaches whom, who knows what ----------------------------------------------------------------

only_buses_meet() {
	local id service
	for id in $(docker ps -aq); do
		service=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}}' "$id")
		echo "$service$(docker inspect -f '{{range $n, $_ := .NetworkSettings.Networks}} {{$n}}{{end}}' "$id")"
	done | sort -u >"$root/networks"
	for service in $services init db; do
		[ "$service" != bus ] || { printf 'bus lifeguard_india lifeguard_line\nnp-bus lifeguard_line lifeguard_nepal\n'; continue; }
		printf '%s lifeguard_india\nnp-%s lifeguard_nepal\n' "$service" "$service"
	done | sort >"$root/expected"
	diff "$root/expected" "$root/networks"
}

reaches() { # from which service, address, port
	inside "$1" timeout 3 bash -c "exec 3<>/dev/tcp/$2/$3" 2>/dev/null
}

walls_hold() {
	local db bus line
	db=$(address db india) bus=$(address bus india) line=$(address bus line)
	reaches intake "$db" 5432 || { echo "India's intake does not reach its own database"; return 1; }
	reaches np-bus "$line" 7802 || { echo "the buses do not meet"; return 1; }
	! reaches np-intake "$db" 5432 || { echo "Nepal's intake reaches India's database"; return 1; }
	! reaches np-bus "$db" 5432 || { echo "Nepal's bus reaches India's database"; return 1; }
	! reaches np-bus "$bus" 7700 || { echo "Nepal's bus reaches the door of India's services"; return 1; }
	! reaches np-bus "$line" 7700 || { echo "that door is open on the line"; return 1; }
	! reaches bus "$(address gateway india)" 5432
}

own_keys_only() {
	local service prefix found
	for prefix in "" np-; do
		for service in $services; do
			found=$(docker inspect -f '{{range .Mounts}}{{.Name}} {{.RW}} {{end}}' "$(container "$prefix$service")")
			[ "$found" = "lifeguard_${prefix:-in-}$service false " ] ||
				{ echo "$prefix$service is given: $found"; return 1; }
			found=$(inside "$prefix$service" ls "$own/keys" | sort | paste -sd ' ')
			[ "$found" = "$(printf '%s\n' keyring peers "$service" | sort | paste -sd ' ')" ] ||
				{ echo "$prefix$service sees: $found"; return 1; }
		done
	done
}

no_secret_is_seen() {
	local prefix
	for prefix in "" np-; do
		inside "${prefix}db" sh -c "sed 's/.*://' $own/db/pass/*.pgpass"
		docker-compose run --rm -T --no-deps "${prefix}desk" accounts 2>/dev/null | awk '{ print $2 }'
	done >"$root/secrets"
	[ "$(grep -c ........ "$root/secrets")" -ge 26 ] || { echo "the secrets to look for are missing"; return 1; }
	{
		docker inspect $(docker ps -aq)
		docker-compose config
		docker-compose logs --no-color
		for id in $(docker ps -q); do docker top "$id" -o pid,args; done
	} >"$root/seen" 2>&1
	! grep -F -f "$root/secrets" "$root/seen"
}

no_process_has_power() {
	local id
	for id in $(docker ps -q); do
		docker exec "$id" awk '/^(Uid|CapEff|CapPrm|NoNewPrivs):/ { printf "%s %s ", $1, $2 } END { print "" }' /proc/1/status
	done | sort -u >"$root/power"
	echo "Uid: 7700 CapPrm: 0000000000000000 CapEff: 0000000000000000 NoNewPrivs: 1 " | diff - "$root/power"
}

# --- the work -----------------------------------------------------------------------------------------

# the command as outside: from the image, on this machine
take_command() {
	local id
	mkdir -p "$LG_BIN" "$LG_SITES_FOLDER"
	id=$(docker create lifeguard) && docker cp "$id:/usr/bin/lifeguard" "$LG_BIN/" && docker rm "$id" >/dev/null || return 1
	lifeguard --version >/dev/null || "$here/deploy/install.sh" run
}

know_sites() {
	local number port desk
	for number in 0 1; do
		port=$LG_PORT desk=desk
		[ "$number" -eq 0 ] || port=$LG_NP_PORT desk=np-desk
		mkdir -p "$LG_SITES_FOLDER/${sites[$number]}"
		echo "http://127.0.0.1:$port" >"$LG_SITES_FOLDER/${sites[$number]}/gateway.url"
		docker-compose run --rm -T --no-deps "$desk" accounts >"$LG_SITES_FOLDER/${sites[$number]}/accounts" 2>"$root/desk" ||
			{ cat "$root/desk"; return 1; }
	done
}

lines_are() { # 1 up, 0 down
	[ "$(metric "$(container bus)" bus_link_up)$(metric "$(container np-bus)" bus_link_up)" = "$1$1" ]
}

line_comes_again() {
	local id
	id=$(container np-bus)
	docker network disconnect lifeguard_line "$id" && until_true 30 lines_are 0 || return 1
	docker network connect --alias np-bhairahawa lifeguard_line "$id" && until_true 30 lines_are 1
}

# of three one works; when it dies another goes on
owner_of_matching() {
	local id
	for id in $(docker ps -q --filter label=com.docker.compose.service=matching); do
		[ "$(metric "$id" partitions_owned)" != 16 ] || echo "$id"
	done
}

has_owner_but() { # container that was
	local now
	now=$(owner_of_matching)
	[ -n "$now" ] && [ "$now" != "$1" ]
}

another_takes_over() {
	local owner started=$(date +%s%N)
	owner=$(owner_of_matching)
	[ "$(wc -w <<<"$owner")" -eq 1 ] || { echo "owners: $owner"; return 1; }
	docker kill "$owner" >/dev/null && until_true 60 has_owner_but "$owner" || return 1
	echo "  takeover took $((($(date +%s%N) - started) / 1000000)) ms, the kill included" >"$root/takeover"
	docker start "$owner" >/dev/null
}

# --- instances of a group that runs -------------------------------------------------------------------

# so many instances of intake, and each of them owns a part of the 16
intakes_share() { # instances
	local id owned sum=0
	[ "$(docker ps -q --filter label=com.docker.compose.service=intake | wc -l)" -eq "$1" ] || return 1
	for id in $(docker ps -q --filter label=com.docker.compose.service=intake); do
		owned=$(metric "$id" partitions_owned)
		[ "${owned:-0}" -gt 0 ] || return 1
		sum=$((sum + owned))
	done
	[ "$sum" -eq 16 ]
}

scaled_to() { # instances of intake; the others stay as they are
	docker-compose up -d --no-recreate --scale matching=3 --scale "intake=$1" >"$root/scale" 2>&1 ||
		{ tail -5 "$root/scale"; return 1; }
	until_true 60 intakes_share "$1"
}

counted_women() {
	lifeguard report journey | awk '$1 == "total" && $2 == "informed_women" { n = $3 } END { print n + 0 }'
}

counted_are() { # women
	[ "$(counted_women)" -eq "$1" ]
}

# clients with a ledger work all the time: what was lost or doubled shows in the sum
grows_and_shrinks() {
	local before told
	before=$(counted_women)
	ledger_start 3
	scaled_to 3 && sleep 3 && scaled_to 1 && sleep 2
	local code=$?
	ledger_stop
	[ "$code" -eq 0 ] || { states | grep intake; return 1; }
	[ -z "$(ledger_failed)" ] || { ledger_failed; return 1; }
	told=$(ledger_count)
	[ "$told" -gt 20 ] && until_true 30 counted_are $((before + told)) ||
		{ echo "$told told, $(($(counted_women) - before)) counted"; return 1; }
	echo "  $told wishes, $(ledger_repeated) asked more than once, the slowest took $(ledger_slowest_ms) ms" >"$root/scaled"
}

same_report() {
	report_by_station | cmp -s - "$root/before"
}

stays() {
	report_by_station >"$root/before"
	[ -s "$root/before" ] || return 1
	docker-compose down -t 20 >"$root/down" 2>&1 || { tail -5 "$root/down"; return 1; }
	[ -z "$(docker ps -aq)" ] || { states; return 1; }
	comes_up 18 && until_true 30 lines_are 1 && until_true 30 same_report && return 0
	report_by_station | diff "$root/before" -
	return 1
}

nothing_is_left() {
	# a busy engine lets go of a network late, and compose does not wait: whoever sees its error says it again
	docker-compose down -v -t 20 >"$root/down" 2>&1 || sleep 5
	docker-compose down -v -t 20 >"$root/down" 2>&1 || { tail -5 "$root/down"; return 1; }
	[ -z "$(docker ps -aq)$(docker volume ls -q)" ] || { states; docker volume ls -q; return 1; }
	[ "$(docker network ls --format '{{.Name}}' | sort | paste -sd ' ')" = "bridge host none" ]
}

tell_stories() {
	local story
	for story in "$here"/deploy/sample/stories/[0-9]*.sh; do
		[ -e "$story" ] || { skip "the stories" "they are not there"; return; }
		check "story $(basename "$story" .sh) ends as told" timeout 300 bash "$story"
		tail -n 1 "$root/check" | cut -c1-100 | sed 's/^/          /'
	done
}

field_data
docker-compose down -v -t 5 >/dev/null 2>&1 # of a run that was killed: its volumes are in the kept folder
check "two sites come up, with three instances of matching" comes_up 20 --scale matching=3
states | sed 's/^/          /'
check "only the two buses share a network" only_buses_meet
check "nobody reaches what is beyond it" walls_hold
check "each container sees the keys of its service alone, and cannot write them" own_keys_only
check "no password in a setting, an argument or a log" no_secret_is_seen
check "no process has root, a capability or a way to one" no_process_has_power
check "the line between the buses is up" until_true 60 lines_are 1
check "the command is taken out of the image" take_command
check "the desk of each site tells the accounts" know_sites
check "an operator logs in at India's gateway" log_in operator
check "the sample is imported through it" lifeguard import interceptions "$forms" --people "$people"
check "totals by station equal those counted from the files" totals_agree "$forms" "$people"
tell_stories
check "the line is cut and comes up again" line_comes_again
check "the working instance of matching dies, another takes over" another_takes_over
cat "$root/takeover"
check "a lead logs in" log_in lead
check "intake grows to three instances and back while clients work: none is lost, none twice" grows_and_shrinks
cat "$root/scaled"
check "everything is still there after down and up" stays
check "down -v leaves nothing" nothing_is_left
finish compose
