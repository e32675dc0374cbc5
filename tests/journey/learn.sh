#!/bin/bash
# Goal: an operator learns the weights again from what people decided; what is no better is refused; each
# match says which version scored it, also after a start.  Method: one site of real processes; a
# proposal made by the shipped weights is decided, and copied as if many like it had been decided.
source "$(dirname "$0")/../support/site.sh"

site_make learn
now=$(date +%s)

id_of() { # word
	printf '0001%012x%s\n' $((now * 1000)) "$(printf '%s %s' "$now" "$1" | sha256sum | cut -c1-16)"
}
as() { # account
	export LIFEGUARD_TOKEN_FILE=$root/token.$1
	[ -s "$LIFEGUARD_TOKEN_FILE" ] || log_in "$1"
}
rescued() { # word, name
	local at
	at=$(date -u -d "@$((now - 3600))" +%Y-%m-%dT%H:%M:%SZ)
	as lead && lifeguard arrival engage SNL --case "$(id_of "$1 case")" --at "$at" --language ne &&
		printf 'name: %s\n' "$2" | lifeguard screening identify "$(id_of "$1 case")" "$(id_of "$1")" \
			--status possible_victim --by centre --sex female --age 22 --age-basis stated --district palpa \
			--country NP --identity-file - --at "$at" &&
		lifeguard rescue record "$(id_of "$1 case")" "$(id_of "$1")" --route R1 --by border_force \
			--reason both_nepali_same_day --needs shelter --at "$at"
}
missing() { # word, name
	as lead && printf 'name: %s\n' "$2" | lifeguard missing report --report "$(id_of "$1")" --sex female \
		--age 22 --district palpa --country NP --since "$(date -u -d "@$((now - 900000))" +%Y-%m-%dT%H:%M:%SZ)" \
		--identity-file -
}
scored_by() { # left, right: version and probability
	sql -c "SELECT weights_version || ' ' || probability_ppm FROM matching.match
	         WHERE encode(left_id, 'hex') = '$(id_of "$1")' AND encode(right_id, 'hex') = '$(id_of "$2")'"
}
is_scored_by() { # left, right, version
	[ "$(scored_by "$1" "$2" | cut -d' ' -f1)" = "$3" ]
}
match_of() {
	sql -c "SELECT encode(match_id, 'hex') FROM matching.match WHERE encode(left_id, 'hex') = '$(id_of "$1")'
	           AND encode(right_id, 'hex') = '$(id_of "$2")'"
}
# pairs like the first: ids of their own, the reasons of the one that was really scored
decided() { # how many confirmed, how many rejected
	sql -c "INSERT INTO matching.match (match_id, state, kind, left_id, left_home, right_id, right_home,
		probability_ppm, reasons, proposed_ms)
		SELECT sha.id, CASE WHEN n <= $1 THEN 'CONFIRMED' ELSE 'REJECTED' END, m.kind, sha.id, m.left_home, m.right_id,
			m.right_home, m.probability_ppm, m.reasons, m.proposed_ms
		  FROM matching.match AS m, generate_series(1, $1 + $2) AS n,
		       LATERAL (SELECT substring(sha256(convert_to('$1 $2 ' || n, 'UTF8')) FROM 1 FOR 16) AS id) AS sha
		 WHERE m.match_id = decode('$(match_of girl mother)', 'hex')"
}
is_refused() { # words, command...
	local words=$1
	shift
	! "$@" >"$root/said" 2>&1 && grep "$words" "$root/said"
}
preview() { # words
	as operator && lifeguard match learn --preview >"$root/preview" && cat "$root/preview" && grep -q "$1" "$root/preview"
}
leads_may_not() {
	as lead && is_refused role lifeguard match learn
}
learns() {
	as operator && lifeguard match learn && [ "$(sql -c "SELECT version FROM matching.learned_weights")" = 2 ]
}
keeps_nothing() {
	preview "would be version 2" && [ "$(sql -c "SELECT count(*) FROM matching.learned_weights")" = 0 ]
}
shown() { # match, version
	as lead && lifeguard match show "$1" | head -1 | grep "by weights $2 "
}
less_sure() {
	local before after
	before=$(scored_by girl mother) after=$(scored_by second aunt)
	echo "$before, then $after"
	[ "${after#* }" -lt "${before#* }" ]
}
restarted() {
	run_sh stop matching && run_sh start matching && run_sh wait matching
}

check "a site comes up" site_up
check "a mother reports her daughter" missing mother "Zanarika Vetelani"
check "she is rescued" rescued girl "Zanarika Vetelani"
check "the match is scored by the shipped weights" soon is_scored_by girl mother 1
check "and says so" shown "$(match_of girl mother)" 1
check "a lead may not learn" leads_may_not
check "nothing is learned from nothing" preview "would be refused: too few pairs"
check "nor is it kept" is_refused "too few" lifeguard match learn
check "people decide: half of what looks like this was not she" decided 120 120
check "a preview shows old and new and keeps nothing" keeps_nothing
check "the weights are learned" learns
check "no better ones are refused" is_refused "no better" lifeguard match learn
check "another is reported" missing aunt "Tirsomani Kelavare"
check "and rescued" rescued second "Tirsomani Kelavare"
check "scored by the learned weights" soon is_scored_by second aunt 2
check "which are less sure" less_sure
check "the first match still says what scored it" shown "$(match_of girl mother)" 1
check "matching is started anew" restarted
check "a third is reported" missing uncle "Gelbasori Namtavi"
check "and rescued" rescued third "Gelbasori Namtavi"
check "scored by the learned weights" soon is_scored_by third uncle 2
finish learn
