#!/bin/bash
# Goal: the story that matching is for.  A girl of about fourteen, rescued at Sunauli, gives her name as
# "Sarswati Chaudhary, Bardiya"; in Nepal a mother has reported सरस्वती चौधरी of Badhaiyatal missing, born
# 2068 BS.  Within a second a person of either site knows, and not of another girl of her name from
# elsewhere.  Where the mother asks at Sunauli, too, the two are put before the lead there, with reasons.
# Method: two sites of real processes, their line, the verbs a lead has; times are the databases' own or
# read every 20 ms; then every table and log is searched for her name and her village.
source "$(dirname "$0")/../support/two_sites.sh"

sites_make found

home= # where it is, as it is said beside a name
written() { # names; prints the file
	printf 'name: %s\n' "$@" >"$root/identity"
	printf 'address: %s\n' "$home" >>"$root/identity"
	echo "$root/identity"
}

# born 2068 BS is 13 in the spring of 2082, when she was last seen; prints the report's id
report() { # district, name
	lifeguard missing report --search-abroad --sex female --age 13 --district "$1" --country NP \
		--since 2025-05-01T06:00:00Z --identity-file "$(written "$2")" 2>/dev/null
}

indexed() { # site, record
	[ "$(of "$1" "SELECT count(*) FROM matching.person_record
		WHERE state = 'INDEXED' AND encode(record_id, 'hex') = '$2'")" = 1 ]
}

reported_in_nepal() {
	at np-bhairahawa volunteer &&
		friend=$(home="टीकापुर नगरपालिका" report kailali "सरस्वती चौधरी") &&
		mother=$(home="बढैयाताल गाउँपालिका-५, बर्दिया" report bardiya "सरस्वती चौधरी") &&
		soon indexed np-bhairahawa "$friend" && soon indexed np-bhairahawa "$mother"
}

rescued_at_sunauli() { # name, district
	local now
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	at in-sunauli lead && case_id=$(lifeguard arrival engage SNL --language ne --at "$now" | tail -1) &&
		girl=$(lifeguard screening identify "$case_id" --status possible_victim --by centre \
			--sex female --age 14 --age-basis guessed --district "$2" --country NP \
			--identity-file "$(home=${2^} written "$1")" --at "$now" |
			grep -oE '[0-9a-f]{32}' | tail -1) &&
		lifeguard rescue record "$case_id" "$girl" --route R1 --by border_force --reason both_nepali_same_day \
			--needs shelter,family_tracing --at "$now" &&
		soon indexed in-sunauli "$girl"
}

# under 15 and without a caregiver: two decide for her, and she agrees
decided_by_two() {
	local who
	for who in lead second; do
		at in-sunauli "$who" && lifeguard consent record "$case_id" "$girl" --purpose tracing_abroad \
			--state best_interest --giver trusted_adult --child-view agrees --manner oral --language ne || return 1
	done
	soon may_be_asked_for
}
may_be_asked_for() {
	[ "$(of in-sunauli "SELECT abroad FROM matching.person_record WHERE encode(record_id, 'hex') = '$girl'")" = BEST_INTEREST ]
}

state_is() { # site, trace, state
	[ "$(of "$1" "SELECT state FROM matching.trace WHERE encode(trace_id, 'hex') = '$2'")" = "$3" ]
}

# from the lead's question to the word of both sites
known_on_both_sides() {
	local asked
	at in-sunauli lead || return 1
	asked=$(date +%s%3N)
	trace=$(lifeguard match trace ask "$girl" --site 2 --basis her_best_interest) || return 1
	for _ in $(seq 2000); do
		! state_is in-sunauli "$trace" ALIKE || break
		sleep 0.02
	done
	waited=$(($(date +%s%3N) - asked))
	state_is in-sunauli "$trace" ALIKE && state_is np-bhairahawa "$trace" ALIKE && [ "$waited" -lt 1000 ] ||
		{ echo "$waited ms"; return 1; }
}

it_is_the_mother() {
	[ "$(of np-bhairahawa "SELECT encode(record_id, 'hex') FROM matching.trace
		WHERE encode(trace_id, 'hex') = '$trace'")" = "$mother" ]
}

# her report comes behind the rescue: the search of the report finds the girl
mother_asks_at_sunauli() {
	at in-sunauli lead && (home="टीकापुर नगरपालिका" report kailali "सरस्वती चौधरी" >"$root/friend") &&
		asked=$(date +%s%3N) &&
		here_too=$(home="बढैयाताल" report bardiya "सरस्वती चौधरी") && soon proposed
}
proposed() {
	match=$(of in-sunauli "SELECT encode(match_id, 'hex') FROM matching.match WHERE state = 'PROPOSED'
		AND encode(left_id, 'hex') = '$girl' AND encode(right_id, 'hex') = '$here_too'")
	[ -n "$match" ]
}
within_a_second() {
	measured "$match" || another_pair "Tirsomani Kelavare" || another_pair "Gelbasori Namtavi"
}
measured() { # match
	before_lead=$(($(of in-sunauli "SELECT proposed_ms FROM matching.match
		WHERE encode(match_id, 'hex') = '$1'") - asked))
	[ "$before_lead" -lt 1000 ] || { echo "$before_lead ms"; return 1; }
}
# where others had the processor meanwhile: somebody of another name, and then her family
another_pair() { # name
	local girl here_too match case_id
	rescued_at_sunauli "$1" palpa && asked=$(date +%s%3N) &&
		here_too=$(home=Tansen report palpa "$1") && soon proposed && measured "$match"
}
says_why() {
	lifeguard match show "$match" >"$root/card" && grep -q '^name *equal' "$root/card" &&
		grep -q '^age *\(equal\|close\)' "$root/card" && grep -q '^place *close' "$root/card" ||
		{ cat "$root/card"; return 1; }
}
all_are_searched() { [ "$(of in-sunauli "SELECT count(*) FROM matching.due WHERE type = 3501")" = 0 ]; }
alone_in_the_list() {
	soon indexed in-sunauli "$(cat "$root/friend")" && soon all_are_searched &&
		[ "$(of in-sunauli "SELECT string_agg(encode(right_id, 'hex'), ' ') FROM matching.match
			WHERE encode(left_id, 'hex') = '$girl'")" = "$here_too" ]
}

no_name_anywhere() {
	local site word
	for site in in-sunauli np-bhairahawa; do
		grep -rqs -- bardiya "$folder/$site/db" || { echo "the search sees nothing"; return 1; }
		for word in Sarswati Chaudhary सरस्वती चौधरी बढैयाताल टीकापुर; do
			! grep -rqs -- "$word" "$folder/$site/db" "$folder/$site/log" ||
				{ echo "$word of $site lies in: $(grep -rls -- "$word" "$folder/$site/db" "$folder/$site/log" | head -3)"; return 1; }
		done
	done
}

check "two sites come up, linked" all up
check "a mother reports in Nepal, and another one a girl of the same name" reported_in_nepal
check "a girl is rescued at Sunauli" rescued_at_sunauli "Sarswati Chaudhary" bardiya
check "two decide that she is asked for in Nepal, as she wishes" decided_by_two
check "asked, within a second both sites know that somebody is alike" tries 3 known_on_both_sides
echo "  known on both sides ${waited:-?} ms after the lead began to ask"
check "it is her mother's report, not the other one" it_is_the_mother
check "her mother asks at Sunauli, too: the two are put before the lead" mother_asks_at_sunauli
check "within a second" within_a_second
echo "  proposed ${before_lead:-?} ms after the lead began to report"
check "with reasons: name, age, place" says_why
sed -n '/^field/,$s/^/    /p' "$root/card" 2>/dev/null
check "and nobody else is" alone_in_the_list
check "nothing became a dead letter" none_dead matching
check "no name and no village lies in any table, segment or log" no_name_anywhere
finish found
