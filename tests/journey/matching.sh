#!/bin/bash
# Goal: a family is found across scripts and a person who is met again is noticed, and no name or village
# leaves its seal.  Method: a site with its real intake; a mother's report in Devanagari and a girl at the
# crossing in Latin letters, who names her district alone, among invented others and one of her own name
# from elsewhere; the same girl a second time under another name, and of her village;
# a suspect at two crossings; two leads and an officer judge; a confirmed match is undone; matching
# is started anew and must know everybody again.
source "$(dirname "$0")/../support/site.sh"

site_make matching
others=${LG_OTHERS:-40}
now=$(date +%s)

id_of() { # word
	printf '0001%012x%s\n' $((now * 1000)) "$(printf '%s %s' "$now" "$1" | sha256sum | cut -c1-16)"
}
ago() { date -u -d "@$((now - $1 * 86400))" +%Y-%m-%dT%H:%M:%SZ; }
home= # where it is, as it is said beside a name
named() {
	printf 'name: %s\n' "$@"
	[ -z "$home" ] || printf 'address: %s\n' "$home"
}

rescued() { # word, station, days ago, age, district, names...
	local case person station=$2 at age=$4 district=$5
	case=$(id_of "$1 case") person=$(id_of "$1") at=$(ago "$3")
	shift 5
	lifeguard arrival engage "$station" --case "$case" --at "$at" --language ne &&
		named "$@" | lifeguard screening identify "$case" "$person" --status possible_victim --by centre \
			--sex female --age "$age" --age-basis guessed --district "$district" --country NP \
			--identity-file - --at "$at" &&
		date +%s%3N >"$root/started" &&
		lifeguard rescue record "$case" "$person" --route R1 --by border_force \
			--reason both_nepali_same_day --needs shelter,family_tracing --at "$at"
}

missing() { # word, days ago, age, district, names...
	local word=$1 at age=$3 district=$4
	at=$(ago "$2")
	shift 4
	named "$@" | lifeguard missing report --report "$(id_of "$word")" --sex female --age "$age" \
		--district "$district" --country NP --since "$at" --identity-file -
}

suspect() { # word, station, days ago, name
	local form=$root/form
	printf '{"case_id":"%s","station":"%s","intercepted_ms":%d000,"stated_victims":0,"stated_suspects":1,' \
		"$(id_of "$1")" "$2" $((now - $3 * 86400)) >"$form"
	printf '"persons":[{"kind":"suspect","sex":"male","age_years":41,"district":"Banke","identity":{"names":["%s"],"phones":["9848022334"]}}]}' \
		"$4" >>"$form"
	printf 'url = "%s/api/v1/cases/%s/interception"\nrequest = PUT\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\ndata = "@%s"\nfail-with-body\nsilent\n' \
		"$LIFEGUARD_GATEWAY" "$(id_of "$1")" "$(cat "$LIFEGUARD_TOKEN_FILE")" "$form" >"$root/curl"
	curl -K "$root/curl"
}

# people of invented syllables, alike in all but their names
fill() {
	local n name
	awk -v n="$others" 'BEGIN {
		srand(11); split("ba ke li mo nu ra sha ti yo gu pe chha di jo la vi su hi na", s, " ")
		while (n-- > 0) print word(3), word(3)
	}
	function word(count,   w) { while (count-- > 0) w = w s[1 + int(rand() * 19)]; return w }' >"$root/others"
	n=0
	while read -r name; do
		n=$((n + 1))
		missing "other $n" 300 13 bardiya "$name" || return 1
	done <"$root/others"
}

indexed() { # count
	[ "$(sql -c "SELECT count(*) FROM matching.person_record")" = "$1" ] &&
		[ "$(sql -c "SELECT count(*) FROM matching.due")" = 0 ]
}

match_between() { # word, word, state
	sql -c "SELECT encode(match_id, 'hex') FROM matching.match
	         WHERE state = '$3' AND encode(left_id, 'hex') = '$(id_of "$1")'
	           AND encode(right_id, 'hex') = '$(id_of "$2")'"
}
is_between() { [ -n "$(match_between "$@")" ]; }

proposed_within_a_second() {
	measured girl mother || another_pair "Tirsomani Kelavare" 2 || another_pair "Gelbasori Namtavi" 3
}
measured() { # word, word
	local waited
	soon is_between "$1" "$2" PROPOSED || return 1
	waited=$(($(sql -c "SELECT proposed_ms FROM matching.match
		WHERE encode(match_id, 'hex') = '$(match_between "$1" "$2" PROPOSED)'") - $(cat "$root/started")))
	echo "$waited ms from the rescue to the proposal"
	echo "$waited" >"$root/waited"
	[ "$waited" -lt 1000 ]
}
# where others had the processor meanwhile: somebody of another name, and her family
another_pair() { # name, number
	missing "mother $2" 300 13 dang "$1" && soon is_indexed "mother $2" &&
		rescued "girl $2" SNL 2 14 dang "$1" && measured "girl $2" "mother $2"
}
is_indexed() { # word
	[ "$(sql -c "SELECT count(*) FROM matching.person_record WHERE state = 'INDEXED'
		AND encode(record_id, 'hex') = '$(id_of "$1")'")" = 1 ]
}

# born 2068 BS: 13 when she was last seen.  Another of her name is of another district
mother_reports() {
	home="टीकापुर नगरपालिका, कैलाली" missing friend 300 13 kailali "सरस्वती चौधरी" &&
		home="बढैयाताल गाउँपालिका-५" missing mother 300 13 bardiya "सरस्वती चौधरी"
}
girl_is_rescued() {
	home=Bardiya rescued girl SNL 2 14 bardiya "Sarswati Chaudhary"
}
rescued_again() {
	home="Ward 5, Badhaiyatal VDC" rescued again BHW 1 14 bardiya "Pabitra Namefree" "Sarswati Chaudhari"
}
of_her_village() {
	soon is_between again mother PROPOSED &&
		lifeguard match show "$(match_between again mother PROPOSED)" >"$root/card" && cat "$root/card" &&
		grep -q '^place *equal' "$root/card"
}
friend_is_not_she() {
	[ -n "$(sql -c "SELECT 1 FROM matching.person_record WHERE encode(record_id, 'hex') = '$(id_of friend)'
	                  AND state = 'INDEXED'")" ] &&
		[ "$(sql -c "SELECT count(*) FROM matching.match WHERE encode(right_id, 'hex') = '$(id_of friend)'")" = 0 ]
}

# nobody else is proposed with more likelihood, and few are at all
first_in_the_list() {
	[ "$(sql -c "SELECT encode(right_id, 'hex') FROM matching.match WHERE encode(left_id, 'hex') = '$(id_of girl)'
	              ORDER BY probability_ppm DESC LIMIT 1")" = "$(id_of mother)" ] &&
		[ "$(sql -c "SELECT count(*) FROM matching.match WHERE encode(left_id, 'hex') = '$(id_of girl)'")" -le 2 ]
}

with_reasons() {
	lifeguard match show "$(match_between girl mother PROPOSED)" >"$root/card"
	cat "$root/card"
	grep -q '^name *equal' "$root/card" && grep -q '^place *close' "$root/card" && grep -q '^age' "$root/card"
}

hits() { # kind
	sql -c "SELECT count(*) FROM matching.watch WHERE kind = '$1'"
}
has_hit() { [ "$(hits "$1")" = 1 ]; }
told() { # type, count
	[ "$(sql -c "SELECT count(*) FROM matching.outbox_event WHERE type = $1")" = "$2" ]
}

state_is() { # match, state
	[ "$(sql -c "SELECT state FROM matching.match WHERE encode(match_id, 'hex') = '$1'")" = "$2" ]
}
shown_as() { # match, state
	lifeguard match show "$1" | head -1 | grep -q " $2 "
}
report_is() { # state
	[ "$(sql -c "SELECT state FROM intake.missing_report WHERE encode(report_id, 'hex') = '$(id_of mother)'")" = "$1" ]
}
no_match_in_intake() {
	[ "$(sql -c "SELECT count(*) FROM intake.case_match WHERE encode(match_id, 'hex') = '$1'")" = 0 ]
}
exit_is() { # code, command...
	local code=$1
	shift
	"$@"
	[ $? -eq "$code" ]
}
make_strong() { # match: as if it had been proposed above the line
	sql -c "UPDATE matching.match SET needs_two = true WHERE encode(match_id, 'hex') = '$1'"
}

again_known() {
	grep -h '"the index stands"' "$LG_STATE"/log/matching*.log | tail -1
	[ "$(grep -h '"the index stands"' "$LG_STATE"/log/matching*.log | wc -l)" -ge 2 ]
}
restart_matching() {
	run_sh stop matching && run_sh start matching && run_sh wait matching
}


# every word of every name, as text and as bytea is printed, in all tables and logs; the canary is
# looked for in the reports themselves first
no_names_outside_seals() {
	local admin="host=$LG_STATE/db/socket user=postgres dbname=lifeguard passfile=$LG_STATE/db/pass/postgres.pgpass"
	printf '%s\n' Sarswati Chaudhary सरस्वती चौधरी Pabitra Namefree Harkaman Nolikhit Badhaiyatal बढैयाताल \
		टीकापुर >"$root/words"
	while read -r word; do
		printf '%s' "$word" | od -An -tx1 | tr -d ' \n'
		echo
	done <"$root/words" >"$root/bytes"
	pg_dump -d "$admin" --inserts >"$root/dump" || return 1
	grep -q Harkaman "$root/form" || return 1
	grep -q 'INSERT INTO matching.watch' "$root/dump" || return 1
	! cat "$LG_STATE"/log/* "$root/dump" | grep -m1 -oF -f "$root/words" -f "$root/bytes"
}

check "a site comes up" site_up
check "a lead logs in" log_in lead
check "$others families have reported somebody" fill
check "a mother reports her daughter in Devanagari; one of her name is missed elsewhere" mother_reports
check "they are indexed" soon indexed $((others + 2))
check "a girl is rescued at Sunauli, and says where her home is" girl_is_rescued
check "the two are proposed within a second" proposed_within_a_second
echo "  proposed $(cat "$root/waited" 2>/dev/null) ms after the lead began to record the rescue"
check "she is first in the list" first_in_the_list
check "with reasons: name, age, place" with_reasons
check "who has her name and another home is not proposed" friend_is_not_she

check "she is rescued again, under another name and with her own; now she names her village" rescued_again
check "that is noticed" soon has_hit SEEN_TWICE
check "and her village is her mother's, in another script and with its old name" of_her_village
check "a volunteer sends the form of a suspect" log_in volunteer
check "a suspect is seen last month" suspect man-then JGB 31 "Harkaman Nolikhit"
check "and today at another crossing" suspect man-now SNL 0 "Harkaman Nolikhit"
check "that is noticed, too" soon has_hit SUSPECT_SEEN
check "each is told once" told 209 2
check "of the corridor where it is now" test "$(sql -c "SELECT string_agg(DISTINCT corridor, ' ') FROM matching.watch")" = gorakhpur

match=$(match_between girl mother PROPOSED)
make_strong "$match" >/dev/null
check "a lead logs in again" log_in lead
check "she says that it is the same person" lifeguard match confirm "$match"
check "the match is shown as nobody had spoken" shown_as "$match" PROPOSED
check "nothing is told" told 202 0
check "she cannot be the second" exit_is 1 lifeguard match reject "$match"
check "a second lead logs in" log_in second
check "who sees no word of the first" shown_as "$match" PROPOSED
check "and says that it is not" lifeguard match reject "$match"
check "the two differ" state_is "$match" DISPUTED
check "neither decides alone" exit_is 1 lifeguard match confirm "$match"
check "an officer logs in" log_in officer
check "and decides" lifeguard match confirm "$match"
check "it is told to both homes" told 202 2
check "the report is found" soon report_is FOUND

check "it was wrong: the match is undone" lifeguard match undo "$match" --why another
check "told twice it is the same" lifeguard match undo "$match" --why another
check "it is told to both homes, once" told 210 2
check "the family searches again" soon report_is REPORTED
check "nothing of it stays with the cases" no_match_in_intake "$match"
check "what is undone cannot be confirmed" exit_is 1 lifeguard match confirm "$match"

check "matching is started anew" restart_matching
check "a lead logs in for the last time" log_in lead
check "a third record of her comes" rescued third SNL 0 14 bardiya "Sarswati Chaudhary"
check "and is found among all who were known before" soon is_between third again PROPOSED
check "because everybody was read again" again_known
check "nothing became a dead letter" no_dead_letters intake matching referral notification reporting
check "no name stands outside a seal" no_names_outside_seals
finish matching
