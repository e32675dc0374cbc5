#!/bin/bash
# Goal: the eight stories end as told, through both sites, whatever is killed while they are told; each
# event takes effect once, no place is given away twice, nobody's name leaves its seal.
# Method: two sites joined by a line; the stories of deploy/sample are told, told again (nothing may
# change), then anew, once per schedule, while a random process of either site is killed (-9) or its
# PostgreSQL stopped as a crash would, and started again.  A story that was interrupted is told on.
# SCHEDULES=3; SEED repeats a run.
source "$(dirname "$0")/../support/site.sh"
source "$(dirname "$0")/../support/invariants.sh"

seed=${SEED:-$RANDOM} schedules=${SCHEDULES:-3}
RANDOM=$seed
echo "stories: seed $seed, $schedules schedules"
root=$(mktemp -d "${TMPDIR:-/tmp}/lg-stories.XXXXXX")
chmod 711 "$root"
folder=$root/sites
numbers=([1]=in-sunauli [2]=np-bhairahawa)
services=(bus gateway access intake matching referral notification reporting postgres)
site_ports

all() { # run.sh's words
	LG_STATE=$folder "$here/deploy/run.sh" all "$@"
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

end_all() {
	if [ "$failed" -gt 0 ]; then
		echo "stories: SEED=$seed repeats this run"
		tail -n 4 "$folder"/*/log/*.log "$root"/told.*
	fi
	if [ "$failed" -gt 0 ] && [ -n "${LG_KEEP:-}" ]; then
		echo "  kept: $root" >&2
		all down >/dev/null 2>&1
		return
	fi
	all destroy >/dev/null 2>&1
	rm -rf "$root"
}
trap end_all EXIT
trap 'exit 130' INT TERM

# --- telling ------------------------------------------------------------------------------------

tell() { # story, how often it may be interrupted
	local story
	story=$(basename "$1" .sh)
	for _ in $(seq "$2"); do
		! LG_SITES_FOLDER=$folder "$1" >>"$root/told.$story" 2>&1 || return 0
		sleep 0.5
	done
	tail -5 "$root/told.$story"
	return 1
}

tell_all() { # how often each may be interrupted
	local told
	for told in "$here"/deploy/sample/stories/[0-9]-*.sh; do
		tell "$told" "$1" || return 1
	done
}

events() { # that both sites have published
	local publisher
	for publisher in $(publishers); do
		of 1 sql -c "SELECT count(*) FROM $publisher.outbox_event"
		of 2 sql -c "SELECT count(*) FROM $publisher.outbox_event"
	done | awk '{ n += $1 } END { print n }'
}

told_again_nothing_changes() {
	local before
	before=$(events)
	tell_all 1 || return 1
	echo "$before events before, $(events) after"
	[ "$before" -gt 0 ] && [ "$before" = "$(events)" ]
}

# --- faults -------------------------------------------------------------------------------------

kill_at() { # site's number, service or postgres
	local state=$folder/${numbers[$1]}
	if [ "$2" = postgres ]; then
		"$here/deploy/postgres.sh" kill "$state/db" || return 1
		sleep "0.$((RANDOM % 10))"
		"$here/deploy/postgres.sh" start "$state/db"
	else
		kill_hard "$state/pid/$2.1" || return 1
		sleep "0.$((RANDOM % 10))"
		at "$1" start "$2" && at "$1" wait "$2"
	fi
}

# the stories anew, under fresh ids, while this is killed at a random moment
schedule() { # site's number, service, site's number, service
	local teller
	rm -rf "$folder/stories"
	tell_all 12 &
	teller=$!
	sleep "$((RANDOM % 3)).$((RANDOM % 10))"
	kill_at "$1" "$2" || return 1
	sleep "$((RANDOM % 3)).$((RANDOM % 10))"
	kill_at "$3" "$4" || return 1
	wait "$teller"
}

# --- at rest ------------------------------------------------------------------------------------

line_is_read() { # from, to
	line_is_at_the_end "$folder/${numbers[$1]}" "$1" "$folder/${numbers[$2]}" "$2"
}

all_at_rest() {
	local open
	open=$(sql -c "SELECT count(*) FROM referral.referral WHERE state IN ('NEW', 'OFFERED', 'DELIVERED', 'ANSWERED')")
	[ "$open" = 0 ] || { echo "$open referrals are open"; return 1; }
}

# What README says to type, in its order; an answer from across the line may take a moment.
readme_is_so() {
	{
		echo 'lifeguard() { for _ in $(seq 60); do ! command lifeguard "$@" || return 0; sleep 0.5; done; return 1; }'
		awk '/^## / { is_ours = $0 == "## Be somebody" }
			is_ours && /^```/ { is_block = !is_block; next }
			is_ours && is_block' "$here/README.md"
	} >"$root/typed"
	(cd "$here" && LG_STATE=$folder bash -e "$root/typed") >"$root/typed.said" 2>&1 || { tail -5 "$root/typed.said"; return 1; }
	grep -c . "$root/typed" && grep -q 'Namunakumari' "$root/typed.said" && grep -q 'REUNIFIED *routine' "$root/typed.said"
}

# Free places are those of the file less those that somebody has; both sites' directories agree.
places_are_exact() {
	local of_org="SELECT o.code || ' ' || o.free_places + count(f.referral_id) FILTER (WHERE f.has_place)
		FROM referral.organisation AS o LEFT JOIN referral.offer AS f USING (organisation_id)
		WHERE substr(encode(o.organisation_id, 'hex'), 4, 1) = '%s' GROUP BY o.code, o.free_places"
	local known="SELECT code, free_places, version FROM referral.organisation ORDER BY code"
	for number in 1 2; do
		# shellcheck disable=SC2059 # a format of ours
		of "$number" sql -c "$(printf "$of_org" "$number")"
	done | sort >"$root/places"
	awk -F, 'NR > 1 { print $2, $NF }' "$here/deploy/sample/organisations.csv" | sort | diff - "$root/places" &&
		diff <(of 1 sql -c "$known") <(of 2 sql -c "$known")
}

# Both words of every name in the stories, as text and as bytea is printed, in all that is stored
# and all that is logged; what the stories say in the clear proves that the search would find them.
no_names_outside_seals() {
	local admin
	grep -oh 'named "[^"]*"\|<<<"name: [^"]*"' "$here"/deploy/sample/stories/[0-9]-*.sh "$here/README.md" |
		sed 's/.*"\(name: \)\?\(.*\)"/\2/' | tr ' ' '\n' | sort -u >"$root/words"
	while read -r word; do
		printf '%s' "$word" | od -An -tx1 | tr -d ' \n'
		echo
	done <"$root/words" >"$root/bytes"
	: >"$root/dump"
	for number in 1 2; do
		admin="host=$folder/${numbers[$number]}/db/socket user=postgres dbname=lifeguard passfile=$folder/${numbers[$number]}/db/pass/postgres.pgpass"
		pg_dump -d "$admin" --inserts >>"$root/dump" || return 1
	done
	[ "$(wc -l <"$root/words")" -ge 8 ] && grep -q sample-sakhi "$root/dump" &&
		grep -q "$(printf '%s' sample-sakhi | od -An -tx1 | tr -d ' \n')" "$root/dump" || return 1
	! cat "$folder"/*/log/* "$root/dump" | grep -m1 -oF -f "$root/words" -f "$root/bytes"
}

# Nothing was wrong, so nobody is told that something is.
no_fault_is_told() { # site's number
	! grep -h '"event":"fault"' "$folder/${numbers[$1]}"/log/*.log
}

check_both() { # when
	for number in 1 2; do
		check "$1: site $number: every reader has read all" soon of "$number" readers_are_at_the_end "$number"
		check "$1: site $number: every referral has come to rest" of "$number" all_at_rest
		check "$1: site $number: each event took effect once" of "$number" each_event_took_effect_once
		check "$1: site $number: order per case is kept" of "$number" order_per_case_is_kept
		check "$1: site $number: streams are dense" of "$number" streams_are_dense
		check "$1: site $number: nothing is dead, parked or unhandled" of "$number" nothing_is_dead
	done
	check "$1: all has crossed from India to Nepal" soon line_is_read 1 2
	check "$1: all has crossed from Nepal to India" soon line_is_read 2 1
	check "$1: no place is given away twice" soon places_are_exact
}

check "two sites come up, joined by a line" all up
for story in "$here"/deploy/sample/stories/[0-9]-*.sh; do
	check "$(basename "$story" .sh) ends as told" tell "$story" 1
done
check_both "told"
for number in 1 2; do
	check "told: site $number: no program complains" no_fault_is_told "$number"
done
check "told again, nothing changes" told_again_nothing_changes
check "what README says to type takes a woman home" readme_is_so
for n in $(seq "$schedules"); do
	first=$((1 + RANDOM % 2)) second=$((1 + RANDOM % 2))
	one=${services[$((RANDOM % ${#services[@]}))]} other=${services[$((RANDOM % ${#services[@]}))]}
	check "schedule $n: every story ends as told, $one of site $first and $other of site $second killed" \
		schedule "$first" "$one" "$second" "$other"
done
[ "$schedules" -eq 0 ] || check_both "after $schedules schedules"
check "no name stands outside a seal" no_names_outside_seals
finish stories
