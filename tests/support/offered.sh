# Women of India who are offered to one organisation of Nepal, and a site whose database comes back from a copy:
# for tests of what two sites tell each other anew.  Sourced, after sites_make; $home made them, $away has the desk.
#
#   desk_is_made, is_known         an organisation of nine places and who works there; India knows of it
#   rescued WORD                   a woman by that word, rescued and offered
#   at_home WORD STATE, on_desk …  waits until she is so, and acts there from here on
#   accepted WORD, declined WORD   the desk answers, and both know it
#   withdraws WORD                 she takes her word back, and both have destroyed
#   code_of WORD, handed_over WORD CODE, is_brought WORD
#   copied SITE, comes_back SITE   its database as it stands; it comes back from that, and what the other had for it
#                                  is dropped
#   is_told_gone SITE, nothing_waits, places_are N, has_steps WORD STEP N
now=$(date +%s) home=in-sunauli away=np-bhairahawa
declare -A number_of=([$home]=1 [$away]=2)

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
has_steps() { # word, step, so many of it: where we act
	[ "$(lifeguard referral show "$(id_of "$1")" | grep -cw "$2")" = "$3" ]
}

accepted() { # word
	on_desk "$1" DELIVERED && lifeguard referral accept "$(id_of "$1")" && at_home "$1" ACCEPTED && on_desk "$1" ACCEPTED
}
declined() {
	on_desk "$1" DELIVERED && lifeguard referral decline "$(id_of "$1")" --reason not_safe_here && at_home "$1" ESCALATED
}
code_of() { at "$home" lead && lifeguard handover code "$(id_of "$1")" | grep -oE '[0-9]{6}' | tail -1; }
withdraws() {
	at "$home" lead && lifeguard referral withdraw "$(id_of "$1")" && at_home "$1" DESTROYED && on_desk "$1" DESTROYED
}
confirmed() { echo "$2" | lifeguard handover confirm "$(id_of "$1")" --station SNL; } # word, code: where we act
handed_over() { # word, code: the desk says so first, as it would at the line
	desk && confirmed "$1" "$2" && at "$home" lead && confirmed "$1" "$2" &&
		at_home "$1" HANDED_OVER && on_desk "$1" HANDED_OVER
}
goes_home() { # word: where we act
	lifeguard followup reunified "$(id_of "$1")" --district palpa && lifeguard followup record "$(id_of "$1")" --result well
}
is_brought() { # word: accepted, handed over, with her family, visited; and her home has heard of it
	accepted "$1" && handed_over "$1" "$(code_of "$1")" && desk && goes_home "$1" && at_home "$1" REUNIFIED
}

copied() { # site: while it stands still
	all down && cp -a "$folder/$1/db/data" "$root/copy" && all up
}
# What a site has for the other, as after 30 days for which nobody was registered; its database runs then.
dropped() { # site
	local other=$((3 - number_of[$1]))
	LG_STATE=$folder/$1 "$here/deploy/postgres.sh" start "$folder/$1/db" && of "$1" "
		INSERT INTO referral.outbox_dropped (destination, lane, p, through)
		SELECT destination, lane, p, max(through) FROM referral.outbox WHERE destination = $other GROUP BY 1, 2, 3
		    ON CONFLICT (destination, lane, p) DO UPDATE SET through = EXCLUDED.through;
		DELETE FROM referral.outbox WHERE destination = $other;
		DELETE FROM referral.reader WHERE destination = $other"
}
comes_back() { # site
	local data=$folder/$1/db/data other=$home
	[ "$1" = "$away" ] || other=$away
	all down && rm -rf "${data:?}" && cp -a "$root/copy" "$data" && dropped "$other" && rm -f "$root"/token.*
	all up
}

metric() { # site, name: of its referral
	curl -fs --max-time 2 --unix-socket "$folder/$1/health/referral.1.sock" http://localhost/metrics |
		awk -v name="lifeguard_$2" 'index($1, name) == 1 { n = $NF } END { print n + 0 }'
}
is_told_gone() { # site
	[ "$(metric "$1" streams_gone_total)" -gt 0 ] && [ "$(metric "$1" events_passed_unread_total)" -gt 0 ]
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
