#!/bin/bash
# Goal: two records of one person that arrive at the same moment find each other, once; a lead
# decides, her no takes a proposal back, and nobody's name leaves its seal.
# Method: a site whose intake is halves_main, which tells of rescues and reports as it is asked; 200
# pairs, both halves sent at once, each under a random key; then the verbs of `lifeguard match`.
source "$(dirname "$0")/../support/site.sh"

site_make halves
pairs=${LG_HALVES:-200}
real_bin=$LG_BIN
tools=${LG_TOOLS:-$(dirname "$real_bin")/tests/journey}
mkdir -p "$root/bin"
for program in bus access matching gateway; do ln -s "$real_bin/lg-$program" "$root/bin/"; done
ln -s "$real_bin/lifeguard" "$root/bin/"
ln -s "$tools/halves_main" "$root/bin/lg-intake"
export LG_BIN=$root/bin

# line by line: pair, case, report, name; ids random, names of invented syllables
make_pairs() {
	awk -v pairs="$pairs" 'BEGIN {
		srand(7)
		split("ba ke li mo nu ra sha ti yo gu pe chha di jo la vi su hi na", s, " ")
		for (n = 1; n <= pairs; n++) {
			name = word(4) " " word(3)
			printf "%d %s %s %s\n", n, id(), id(), name
		}
	}
	function word(count,   w) { while (count-- > 0) w = w s[1 + int(rand() * 19)]; return w }
	function id(   t, i) { for (i = 0; i < 28; i++) t = t sprintf("%x", int(rand() * 16)); return "0001" t }' \
		>"$root/pairs"
}

form() { # id, station, name, place in the list of districts
	local districts=(Banke Kailali Jhapa Morang Parsa Dang Palpa Gulmi Kaski Ilam)
	printf '{"case_id":"%s","station":"%s","intercepted_ms":1700000000000,"stated_victims":1,' "$1" "$2"
	printf '"persons":[{"kind":"potential_victim","sex":"female","age_years":%d,' $((12 + $4 % 8))
	printf '"district":"%s","identity":{"names":["%s"]}}]}' "${districts[$4 % 10]}" "$3"
}

request() { # id, file of the form: a part of a configuration of curl
	printf 'url = "%s/api/v1/cases/%s/interception"\nrequest = PUT\nheader = "Authorization: Bearer %s"\n' \
		"$LIFEGUARD_GATEWAY" "$1" "$(cat "$LIFEGUARD_TOKEN_FILE")"
	printf 'header = "Content-Type: application/json"\ndata = "@%s"\nfail\nsilent\noutput = /dev/null\n' "$2"
}

# both halves of a pair leave together; which is first is the machine's choice
send_pairs() {
	local n left right name
	mkdir -p "$root/forms"
	while read -r n left right name; do
		form "$left" RES "$name" "$n" >"$root/forms/$n.left"
		form "$right" MISS "$name" "$n" >"$root/forms/$n.right"
		{
			request "$left" "$root/forms/$n.left"
			echo next
			request "$right" "$root/forms/$n.right"
		} >"$root/curl"
		curl -Z --parallel-immediate -K "$root/curl" || return 1
	done <"$root/pairs"
}

say_consent() { # id, NO or YES
	form "$1" "$2" "" 0 | sed 's/"persons".*/"persons":[]}/' >"$root/forms/consent"
	request "$1" "$root/forms/consent" >"$root/curl"
	curl -K "$root/curl"
}

in_state() { # state, of the pair's number -> match ids
	sql -c "SELECT encode(match_id, 'hex') FROM matching.match
	         WHERE state = '$1' AND encode(left_id, 'hex') = '$(awk -v n="$2" '$1 == n { print $2 }' "$root/pairs")'
	           AND encode(right_id, 'hex') = '$(awk -v n="$2" '$1 == n { print $3 }' "$root/pairs")'"
}

searched() {
	[ "$(sql -c "SELECT count(*) FROM matching.person_record")" = $((2 * pairs)) ] &&
		[ "$(sql -c "SELECT count(*) FROM matching.due")" = 0 ]
}

all_found() {
	local found
	found=$(awk '{ print $2 "," $3 }' "$root/pairs" | sort | comm -12 - <(sql -c "
		SELECT encode(left_id, 'hex') || ',' || encode(right_id, 'hex') FROM matching.match" | sort) | wc -l)
	echo "$found of $pairs found"
	[ "$found" = "$pairs" ]
}

# a match is told under both of its homes, and no more often
told_once_per_home() {
	local told matches
	matches=$(sql -c "SELECT count(*) FROM matching.match")
	told=$(sql -c "SELECT count(*) FROM matching.outbox_event WHERE type = 201")
	echo "$matches matches, $told events"
	[ "$told" = $((2 * matches)) ] && [ "$matches" -ge "$pairs" ]
}

withdrawn() { [ -n "$(in_state WITHDRAWN 1)" ]; }
proposed_again() { [ -n "$(in_state PROPOSED 1)" ]; }

shown() { # match, text that must be there, text that must not
	lifeguard match show "$1" --identity >"$root/shown" || return 1
	cat "$root/shown"
	grep -q "$2" "$root/shown" && { [ -z "$3" ] || ! grep -q "$3" "$root/shown"; }
}

exit_is() { # code, command...
	local code=$1
	shift
	"$@"
	[ $? -eq "$code" ]
}

# both words of every name, as text and as bytea is printed, in all that matching keeps and all
# that is logged; the forms themselves prove that the search would find them
no_names_outside_seals() {
	local admin="host=$LG_STATE/db/socket user=postgres dbname=lifeguard passfile=$LG_STATE/db/pass/postgres.pgpass"
	pg_dump -d "$admin" --schema matching --inserts >"$root/dump" || return 1
	awk '{ print $4; print $5 }' "$root/pairs" >"$root/words"
	while read -r word; do
		printf '%s' "$word" | od -An -tx1 | tr -d ' \n'
		echo
	done <"$root/words" >"$root/bytes"
	grep -q person_record "$root/dump" || return 1
	grep -qFf "$root/words" "$root/forms/1.left" || return 1
	! cat "$LG_STATE"/log/* "$root/dump" | grep -m1 -oF -f "$root/words" -f "$root/bytes"
}

make_pairs
check "a site with matching comes up" site_up
check "an operator logs in" log_in operator
started=$(date +%s%N)
check "$pairs pairs are sent, both halves at once" send_pairs
check "every record is indexed and searched" soon searched
echo "  took $((($(date +%s%N) - started) / 1000000)) ms"
check "every pair is found" all_found
check "each match is told once per home" told_once_per_home
check "nothing became a dead letter" no_dead_letters matching

first=$(awk '$1 == 1 { print $2 }' "$root/pairs")
check "she says no" say_consent "$first" NO
check "the proposal is taken back" soon withdrawn
check "she says yes again" say_consent "$first" YES
check "it is proposed again" soon proposed_again

match=$(in_state PROPOSED 2)
given=$(awk '$1 == 2 { print $4 }' "$root/pairs") family=$(awk '$1 == 2 { print $5 }' "$root/pairs")
check "an operator may not confirm" exit_is 4 lifeguard match confirm "$match"
check "a lead logs in" log_in lead
check "a list shows proposals" bash -c "'$LG_BIN/lifeguard' match list --limit 200 >'$root/list'; grep -q '$match' '$root/list'"
check "a list names nobody" bash -c "! grep -q '$given' '$root/list'"
check "a card shows a given name alone" shown "$match" "$given" "$family"
check "the lead confirms it" lifeguard match confirm "$match"
check "told twice it is the same" lifeguard match confirm "$match"
check "what is confirmed cannot be rejected" exit_is 1 lifeguard match reject "$match"
check "now the card shows whole names" shown "$match" "$given $family" ""
check "both homes hear of it, once" \
	test "$(sql -c "SELECT count(*) FROM matching.outbox_event WHERE type = 202")" = 2
check "another is rejected" lifeguard match reject "$(in_state PROPOSED 3)"
check "what is rejected stays rejected" exit_is 1 lifeguard match confirm "$(in_state REJECTED 3)"
check "an unknown match is refused" exit_is 1 lifeguard match show "0001$(printf '%028d' 1)"
check "no name stands outside a seal" no_names_outside_seals
finish halves
