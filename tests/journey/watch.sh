#!/bin/bash
# Goal: a girl who is taken a second time and a suspect who is seen again at an Indian crossing are
# looked out for at the Nepali crossing of the same corridor, and no name is in anything that crosses.
# Method: two linked sites of real processes; made-up canary names recorded in India alone; at
# Bhairahawa somebody is told as files in Nepali; then every row, segment, log and notice of both
# sites is searched for the names, as text and as bytes are printed.
source "$(dirname "$0")/../support/two_sites.sh"

sites_make watch
now=$(date +%s)
girl="Zavalika Kanariya" other_name="Pabitra Kanarimukta" man="Harkanar Zolikhit"
words="Zavalika Kanariya Kanarimukta Harkanar Zolikhit"

id_of() { # word: an id under India's number
	printf '0001%012x%s\n' $((now * 1000)) "$(printf '%s %s' "$now" "$1" | sha256sum | cut -c1-16)"
}
ago() { date -u -d "@$((now - $1 * 86400))" +%Y-%m-%dT%H:%M:%SZ; }

rescued() { # word, station, days ago, names...
	local case person station=$2 when
	case=$(id_of "$1 case") person=$(id_of "$1") when=$(ago "$3")
	shift 3
	at in-sunauli lead && lifeguard arrival engage "$station" --case "$case" --at "$when" --language ne &&
		lifeguard screening identify "$case" "$person" --status possible_victim --by centre \
			--sex female --age 15 --age-basis guessed --district bardiya --country NP \
			--identity-file "$(named "$@")" --at "$when" &&
		lifeguard rescue record "$case" "$person" --route R1 --by border_force \
			--reason both_nepali_same_day --needs shelter --at "$when"
}

suspect() { # word, station, days ago
	at in-sunauli volunteer || return 1
	{
		printf '{"case_id":"%s","station":"%s","intercepted_ms":%d000,"stated_victims":0,"stated_suspects":1,' \
			"$(id_of "$1")" "$2" $((now - $3 * 86400))
		printf '"persons":[{"kind":"suspect","sex":"male","age_years":41,"district":"Banke","identity":{"names":["%s"],"phones":["9848022334"]}}]}' "$man"
	} >"$root/form"
	printf 'url = "%s/api/v1/cases/%s/interception"\nrequest = PUT\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\ndata = "@%s"\nfail-with-body\nsilent\n' \
		"$LIFEGUARD_GATEWAY" "$(id_of "$1")" "$(cat "$LIFEGUARD_TOKEN_FILE")" "$root/form" >"$root/curl"
	curl -K "$root/curl"
}

subscribes() { # account, station, language
	at np-bhairahawa "$1" && lifeguard notification subscribe --as "$(role_of "$1")" --events WatchlistHit \
		--channel file --station "$2" --language "$3"
}
role_of() { [ "$1" = lead ] && echo centre_lead || echo "$1"; }

notices() { # site, words in them
	of "$1" "SELECT count(*) FROM notification.notice WHERE event = 'WatchlistHit' AND body LIKE '%$2%'"
}
is_told() { [ "$(notices "$1" "$2")" = "$3" ]; } # site, words, count
hits() { # site, destination
	of "$1" "SELECT count(*) FROM matching.outbox_event WHERE type = 209 AND destination = $2"
}

of_both_kinds() {
	soon is_told np-bhairahawa gorakhpur 4 && is_told np-bhairahawa "suspect seen" 2 &&
		is_told np-bhairahawa "seen twice" 2
}
says_whom_to_ask() {
	[ "$(of np-bhairahawa "SELECT count(*) FROM notification.notice WHERE body LIKE '%site 1%' OR body LIKE '%साइट 1%'")" = 4 ]
}
# where and when she was met stays with the site that met her
no_station_crosses() {
	of np-bhairahawa "SELECT body FROM notification.notice" >"$root/bodies"
	grep -q gorakhpur "$root/bodies" && ! grep -qE 'SNL|THB|JGB' "$root/bodies"
}
told_once_and_not_back() {
	[ "$(hits in-sunauli 2)" = 2 ] && [ "$(hits in-sunauli 0)" = 2 ] &&
		[ "$(hits np-bhairahawa 0)" = 2 ] && [ "$(hits np-bhairahawa 1)" = 0 ]
}
nothing_is_known_of_her_there() {
	[ "$(of np-bhairahawa "SELECT count(*) FROM matching.person_record")" = 0 ] &&
		[ "$(of np-bhairahawa "SELECT count(*) FROM matching.watch")" = 0 ]
}
cut_and_seen_again() {
	LG_STATE=$folder/np-bhairahawa run_sh stop bus && suspect man-third THB 0 &&
		soon has_watch 3 && LG_STATE=$folder/np-bhairahawa run_sh up &&
		soon is_told np-bhairahawa gorakhpur 8 # a third sighting makes two pairs, each told to two
}
has_watch() { [ "$(of in-sunauli "SELECT count(DISTINCT record_id) FROM matching.watch")" = "$1" ]; }

no_name_anywhere() {
	local site admin
	for word in $words; do
		echo "$word"
		printf '%s' "$word" | od -An -tx1 | tr -d ' \n'
		echo
	done >"$root/words"
	grep -q "$man" "$root/form" || { echo "the canary was never sent"; return 1; }
	for site in in-sunauli np-bhairahawa; do
		admin="host=$folder/$site/db/socket user=postgres dbname=lifeguard passfile=$folder/$site/db/pass/postgres.pgpass"
		pg_dump -d "$admin" --inserts >"$root/dump" && grep -q gorakhpur "$root/dump" || return 1
		! cat "$folder/$site"/log/* "$root/dump" | grep -m1 -oF -f "$root/words" || return 1
		! grep -rlsF -f "$root/words" "$folder/$site/db/data" "$folder/$site/notices" | head -3 | grep . || return 1
	done
}

check "two sites come up, linked" all up
check "a lead of Bhairahawa subscribes for her crossing, in Nepali" subscribes lead BHW ne
check "a volunteer there, too, in English" subscribes volunteer BHW en
check "a girl is rescued at Sunauli" rescued girl SNL 40 "$girl"
check "and again at Thuthibari, under another name and with her own" rescued again THB 1 "$other_name" "$girl"
check "a suspect was seen at Jogbani last month" suspect man-then JGB 31
check "and is seen at Sunauli today" suspect man-now SNL 0
check "both kinds of hit are told at the Nepali crossing of the corridor" of_both_kinds
check "with the site whose lead is to be asked" says_whom_to_ask
check "where and when stays with the site that met them" no_station_crosses
check "each hit crosses once and does not come back" told_once_and_not_back
check "no record of either is made there" nothing_is_known_of_her_there
check "a hit while the line is cut arrives behind it" cut_and_seen_again
check "no name lies in any table, segment, log or notice of either site" no_name_anywhere
finish watch
