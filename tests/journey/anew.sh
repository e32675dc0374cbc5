#!/bin/bash
# Goal: a site that comes back from a backup older than what its partner keeps is told anew what is true: open
# offers are on its desks again, promises with the code that holds, and all of it ends as it would have.
# Method: two linked sites of real processes.  Nepal's database is copied, then three women are offered to its
# organisation: one waits, one is accepted, one was passed to it and withdrew.  Nepal gets the copy back, and the
# rows that India had for it are dropped.  Then the same once more, when all is known: nothing may change.
source "$(dirname "$0")/../support/two_sites.sh"

sites_make anew
now=$(date +%s) home=in-sunauli away=np-bhairahawa
data=$folder/$away/db/data

id_of() { # word: an id under India's number
	printf '0001%012x%s\n' $((now * 1000)) "$(printf '%s %s' "$now" "$1" | sha256sum | cut -c1-16)"
}
ago() { date -u -d "@$((now - $1 * 3600))" +%Y-%m-%dT%H:%M:%SZ; }

desk_is_made() {
	local user organisation
	at "$away" operator && printf 'a-desk-of-its-own\n' >"$root/desk" &&
		user=$(lifeguard account create anew-desk --role ngo_worker --password-file "$root/desk") &&
		organisation=$(lifeguard organisation add --code anew-home --name "Invented Home" --country NP \
			--services shelter --women --places 9) &&
		lifeguard organisation assign "$(tail -1 <<<"$organisation")" "$(grep -oE '[0-9a-f]{32}' <<<"$user" | tail -1)"
}
is_known() { at "$home" operator && lifeguard organisation list | grep anew-home; }
desk() { # who works there acts
	at "$away" operator && export LIFEGUARD_TOKEN_FILE=$root/token.desk || return 1
	[ -s "$LIFEGUARD_TOKEN_FILE" ] || lifeguard login --user anew-desk --password-file "$root/desk" >&2
}

agrees() { # case, person, purpose...
	lifeguard consent record "$1" "$2" --purpose "$3" --state given --giver herself --manner oral --language ne "${@:4}"
}
rescued() { # word
	local case person
	case=$(id_of "$1 case") person=$(id_of "$1")
	at "$home" lead && lifeguard arrival engage SNL --case "$case" --at "$(ago 3)" --language ne &&
		lifeguard screening identify "$case" "$person" --status possible_victim --by centre --sex female --age 22 \
			--age-basis stated --district palpa --country NP --identity-file "$(named "Zanewa $1")" --at "$(ago 3)" &&
		agrees "$case" "$person" help && agrees "$case" "$person" sharing --to anew-home &&
		lifeguard rescue record "$case" "$person" --route R1 --by border_force \
			--reason both_nepali_same_day --needs shelter --at "$(ago 3)"
}
stands() { lifeguard referral show "$(id_of "$1")" | grep -qw "$2"; } # word, state: where we act
at_home() { at "$home" lead && soon stands "$1" "$2"; }
on_desk() { desk && soon stands "$1" "$2"; }

accepted() { # word
	on_desk "$1" DELIVERED && lifeguard referral accept "$(id_of "$1")" && at_home "$1" ACCEPTED && on_desk "$1" ACCEPTED
}
code_of() { at "$home" lead && lifeguard handover code "$(id_of "$1")" | grep -oE '[0-9]{6}' | tail -1; }
withdraws() {
	at "$home" lead && lifeguard referral withdraw "$(id_of "$1")" && at_home "$1" DESTROYED && on_desk "$1" DESTROYED
}
handed_over() { # word, code: the desk says so first, as it would at the line
	desk && echo "$2" | lifeguard handover confirm "$(id_of "$1")" --station SNL && at "$home" lead &&
		echo "$2" | lifeguard handover confirm "$(id_of "$1")" --station SNL &&
		at_home "$1" HANDED_OVER && on_desk "$1" HANDED_OVER
}

copied() { # of Nepal, while it stands still
	all down && cp -a "$data" "$root/copy" && all up
}
dropped() { # site, the other's number: what it has for it, as after 30 days for which nobody was registered
	LG_STATE=$folder/$1 "$here/deploy/postgres.sh" start "$folder/$1/db" && of "$1" "
		INSERT INTO referral.outbox_dropped (destination, lane, p, through)
		SELECT destination, lane, p, max(through) FROM referral.outbox WHERE destination = $2 GROUP BY 1, 2, 3
		    ON CONFLICT (destination, lane, p) DO UPDATE SET through = EXCLUDED.through;
		DELETE FROM referral.outbox WHERE destination = $2;
		DELETE FROM referral.reader WHERE destination = $2"
}
comes_back() {
	all down && rm -rf "${data:?}" && cp -a "$root/copy" "$data" && dropped "$home" 2 && rm -f "$root"/token.*
	all up
}

metric() { # of Nepal's referral
	curl -fs --max-time 2 --unix-socket "$folder/$away/health/referral.1.sock" http://localhost/metrics |
		awk -v name="lifeguard_$1" 'index($1, name) == 1 { n = $NF } END { print n + 0 }'
}
is_told_gone() { [ "$(metric streams_gone_total)" -gt 0 ] && [ "$(metric events_passed_unread_total)" -gt 0 ]; }
is_quiet() { # nothing more is said to be gone: the alarm ends with its ten minutes
	local before
	before=$(metric streams_gone_total) && sleep 4 && [ "$(metric streams_gone_total)" = "$before" ]
}

nothing_waits() { # at either site
	local site
	for site in "$home" "$away"; do
		of "$site" "SELECT 'dead', type, reason FROM referral.dead_letter
			UNION ALL SELECT 'parked', 0, '' FROM referral.parked
			UNION ALL SELECT 'unhandled', type, '' FROM referral.unhandled
			UNION ALL SELECT 'due', type, '' FROM referral.due WHERE type IN (3604, 3605, 3901)" >"$root/waits"
		[ ! -s "$root/waits" ] || { cat "$root/waits"; return 1; }
	done
}
places_are() {
	[ "$(of "$away" "SELECT free_places FROM referral.organisation WHERE code = 'anew-home'")" = "$1" ]
}
versions() {
	of "$away" "SELECT encode(referral_id, 'hex'), state, version FROM referral.offer ORDER BY 1"
	of "$home" "SELECT encode(referral_id, 'hex'), state, version FROM referral.referral ORDER BY 1"
	of "$away" "SELECT count(*) FROM referral.referral_step"
}

check "two sites come up" all up
check "an organisation and its desk in Nepal" desk_is_made
check "India knows it" soon is_known
check "Nepal's database is copied" copied
check "one is offered" rescued waits
check "her offer lies on the desk" on_desk waits DELIVERED
check "another is offered" rescued promised
check "she is accepted" accepted promised
code=$(code_of promised)
check "a third is accepted" eval "rescued goes && accepted goes"
check "she takes her word back" withdraws goes
check "Nepal comes back from the copy, and India has dropped what was for it" comes_back
check "it is told GONE, counts it and what it passed over" soon is_told_gone
check "it said so in its log" grep -q "their state is asked for anew" "$folder/$away/log/referral.log"
check "the offer is on the desk again" on_desk waits DELIVERED
check "the promise is, too" on_desk promised ACCEPTED
check "nothing is kept of whom it knows no more" test "$(of "$away" "SELECT count(*) FROM referral.offer")" = 2
check "something new crosses as before" eval "rescued later && on_desk later DELIVERED"
check "no more is said to be gone" soon is_quiet
check "she who was accepted is handed over with the code of before" handed_over promised "$code"
check "it is the same at home" test "$(code_of promised)" = "$code"
check "the offer is accepted" accepted waits
check "she is handed over, too" eval 'handed_over waits "$(code_of waits)"'
check "nothing waits, nothing is dead" soon nothing_waits
check "two places are taken, one each" places_are 7

told_again() { # when all is known: the positions alone are lost, at both sites
	versions >"$root/before"
	all down && dropped "$home" 2 && dropped "$away" 1 &&
		of "$away" "DELETE FROM referral.position WHERE site = 1" &&
		of "$home" "DELETE FROM referral.position WHERE site = 2" && all up && soon is_told_gone &&
		soon answered "$home" 2 304 2 && soon answered "$away" 1 303 2 && soon nothing_waits
}
# all rows before are dropped: what is there was told anew, and is read when nothing is under way any more
answered() { # site, the other's number, type, so many
	[ "$(of "$1" "SELECT count(*) FROM referral.outbox_event WHERE destination = $2 AND type = $3")" -ge "$4" ] &&
		[ "$(of "$1" "SELECT count(*) FROM (SELECT destination, lane, p, max(through) AS head FROM referral.outbox
			WHERE destination = $2 GROUP BY 1, 2, 3) AS o
			LEFT JOIN referral.reader AS r USING (destination, lane, p) WHERE r.applied IS DISTINCT FROM o.head")" = 0 ]
}
changes_nothing() {
	versions >"$root/after"
	diff "$root/before" "$root/after"
}
check "both tell all of it once more, to who knows it" told_again
check "nothing has changed" changes_nothing
finish anew
