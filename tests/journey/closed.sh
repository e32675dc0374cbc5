#!/bin/bash
# Goal: whose case is closed is found by nobody's report any more, yet is known when she is taken a
# second time; twelve months later who she was is erased; and an undone match lets a family search
# again.  Method: one site of real processes; a woman is rescued, found by her mother's report,
# brought home and her case closed by the organisation; deadlines are moved to now.
source "$(dirname "$0")/../support/site.sh"

site_make closed
now=$(date +%s) name="Zanarika Vetelani"

id_of() { # word
	printf '0001%012x%s\n' $((now * 1000)) "$(printf '%s %s' "$now" "$1" | sha256sum | cut -c1-16)"
}
ago() { date -u -d "@$((now - $1 * 3600))" +%Y-%m-%dT%H:%M:%SZ; }
as() { # account
	export LIFEGUARD_TOKEN_FILE=$root/token.$1
	[ -s "$LIFEGUARD_TOKEN_FILE" ] || log_in "$1"
}

desk_is_made() {
	local user home
	as operator && printf 'a-desk-of-its-own\n' >"$root/desk" &&
		user=$(lifeguard account create closed-desk --role ngo_worker --password-file "$root/desk") &&
		home=$(lifeguard organisation add --code closed-home --name "Invented Home" --country NP \
			--services shelter --women --places 9) &&
		lifeguard organisation assign "$(tail -1 <<<"$home")" "$(grep -oE '[0-9a-f]{32}' <<<"$user" | tail -1)" || return 1
	LIFEGUARD_TOKEN_FILE=$root/token.desk lifeguard login --user closed-desk --password-file "$root/desk"
}

rescued() { # word, hours ago, station
	local case person when
	case=$(id_of "$1 case") person=$(id_of "$1") when=$(ago "$2")
	as lead && lifeguard arrival engage "$3" --case "$case" --at "$when" --language ne &&
		printf 'name: %s\n' "$name" | lifeguard screening identify "$case" "$person" --status possible_victim \
			--by centre --sex female --age 22 --age-basis stated --district palpa --country NP \
			--identity-file - --at "$when" &&
		agrees "$case" "$person" help && agrees "$case" "$person" sharing --to closed-home &&
		lifeguard rescue record "$case" "$person" --route R1 --by border_force \
			--reason both_nepali_same_day --needs shelter --at "$when"
}
agrees() { # case, person, purpose...
	lifeguard consent record "$1" "$2" --purpose "$3" --state given --giver herself --manner oral --language ne "${@:4}"
}
missing() { # word
	as lead && printf 'name: %s\n' "$name" | lifeguard missing report --report "$(id_of "$1")" --sex female \
		--age 22 --district palpa --country NP --since "$(ago 900)" --identity-file -
}

match_between() { # word, word
	sql -c "SELECT encode(match_id, 'hex') FROM matching.match
	         WHERE encode(left_id, 'hex') = '$(id_of "$1")' AND encode(right_id, 'hex') = '$(id_of "$2")'"
}
is_between() { # word, word, state
	[ "$(sql -c "SELECT state FROM matching.match WHERE encode(match_id, 'hex') = '$(match_between "$1" "$2")'")" = "$3" ]
}
sought() { # word, state
	[ "$(sql -c "SELECT sought FROM matching.person_record WHERE encode(record_id, 'hex') = '$(id_of "$1")'")" = "$2" ]
}
corridor_is_told() { [ "$(sql -c "SELECT count(*) FROM matching.outbox_event WHERE type = 209")" -ge 1 ]; }
all_searched() { [ "$(sql -c "SELECT count(*) FROM matching.due WHERE type = 3501")" = 0 ]; }
nothing_between() { soon all_searched && [ -z "$(match_between "$1" "$2")" ]; }

confirmed() {
	as lead && lifeguard match confirm "$(match_between girl mother)" && as second &&
		lifeguard match confirm "$(match_between girl mother)"
	is_between girl mother CONFIRMED
}
stands() { # state of the referral
	lifeguard referral show "$(id_of girl)" | grep -q "$1"
}
brought_home() {
	local code
	as lead && soon stands DELIVERED && as desk && lifeguard referral accept "$(id_of girl)" && as lead &&
		soon stands ACCEPTED && code=$(lifeguard handover code "$(id_of girl)" | grep -oE '[0-9]{6}' | tail -1) &&
		echo "$code" | lifeguard handover confirm "$(id_of girl)" --station SNL && as desk &&
		echo "$code" | lifeguard handover confirm "$(id_of girl)" --station SNL && soon stands HANDED_OVER &&
		lifeguard followup reunified "$(id_of girl)" --district palpa
}
closes() {
	as desk && lifeguard followup close "$(id_of girl)" --outcome with_family
}
undone() {
	as lead && lifeguard match undo "$(match_between girl mother)" --why another && sought mother SOUGHT
}

year_passes() { sql -c "UPDATE matching.due SET due_ms = 1 WHERE type = 3502"; }
forgotten() {
	sought girl FORGOTTEN && [ "$(sql -c "SELECT count(*) FROM matching.person_record WHERE sealed IS NOT NULL
		AND encode(record_id, 'hex') = '$(id_of girl)'")" = 0 ] &&
		[ "$(sql -c "SELECT count(*) FROM matching.subject_key WHERE encode(subject, 'hex') = '$(id_of girl)'")" = 0 ]
}
card_is_still_shown() { # ids and states, no name
	as lead && lifeguard match show "$(match_between again girl)" --identity >"$root/card" && cat "$root/card" &&
		grep -c "$name\|Zanarika" "$root/card" | grep -qx 1
}
check "a site comes up" site_up
check "an organisation and its desk" desk_is_made
check "a mother reports her daughter" missing mother
check "she is rescued" rescued girl 30 SNL
check "the two are proposed" soon is_between girl mother PROPOSED
check "another family's report is alike, too" missing aunt
check "that is proposed" soon is_between girl aunt PROPOSED
check "the mother's is confirmed" confirmed
check "she is brought home" brought_home
check "her case is closed" closes
check "she is searched for no more" soon sought girl CLOSED
check "nor is the report that found her" soon sought mother CLOSED
check "the open proposal is taken back" soon is_between girl aunt WITHDRAWN
check "a later report is not led to her" missing uncle
check "nothing is proposed" nothing_between girl uncle
check "she is taken a second time" rescued again 2 BHW
check "and known" soon is_between again girl PROPOSED
check "the corridor is told" soon corridor_is_told
check "the reports that still search find her second rescue" soon is_between again uncle PROPOSED
check "the mother's match is undone: she searches again" undone
check "and finds the second rescue" soon is_between again mother PROPOSED
check "twelve months pass" year_passes
check "who she was is erased, with its key" soon forgotten
check "her mother's report stays: it is searched for" sought mother SOUGHT
check "a card shows what was decided and names only the other" card_is_still_shown
check "she is rescued a third time" rescued third 1 SNL
check "known by the second" soon is_between third again PROPOSED
check "not by what was forgotten" nothing_between third girl
check "nothing became a dead letter" no_dead_letters matching
finish closed
