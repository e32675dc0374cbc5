#!/bin/bash
# A young woman takes her word back: a home in Nepal has promised her a place, then she wants to go to
# her aunt in Gorakhpur instead, and nobody shall know of her any more.  The home destroys what it had.
source "$(dirname "$0")/common.sh"

need_organisation sample-sakhi in-sunauli
case=$(keep case "$(id_of 1 case)") woman=$(keep person "$(id_of 1 woman)")

at in-sunauli volunteer
lifeguard arrival engage SNL --case "$case" --at "$(ago '9 hours')" --language ne >/dev/null
named "Kamala Madeupi" | lifeguard arrival register "$case" --person "$woman" --sex female --age 19 \
	--age-basis stated --district kapilvastu --country NP --identity-file - --she-wishes >/dev/null
lifeguard screening impression "$case" 4
answers not_real_job=yes job_too_good_to_be_true=yes |
	lifeguard screening complete "$case" - --at "$(ago '8 hours')" >/dev/null
lifeguard screening identify "$case" "$woman" --status possible_victim --by centre --at "$(ago '8 hours')" >/dev/null

at in-sunauli lead
[ -e "$kept.taken_back" ] ||
	consents "$case" "$woman" "$(ago '7 hours')" --state given --giver herself --manner oral --language ne -- sample-sakhi
lifeguard rescue record "$case" "$woman" --route R1 --by border_force --reason both_nepali_same_day \
	--urgency urgent --needs shelter,reunification --at "$(ago '6 hours')"
accepts sample-sakhi "$woman"
say "a place is promised"

at in-sunauli lead
lifeguard consent record "$case" "$woman" --purpose sharing --to sample-sakhi --state withdrawn --at "$(ago '1 hours')"
: >"$kept.taken_back"
say "an hour ago she took her word back"
until_true 60 home_is "$woman" DESTROYED
timeline "$case" "$woman"
ends_as sample-sakhi "$woman" DESTROYED "$case" RESCUED
desk_of sample-sakhi
! lifeguard referral show "$woman" --identity 2>/dev/null | grep -q Madeupi || { say "her name is still there" >&2; exit 1; }
say "ended as told: withdrawn, and the home has destroyed what it had of her"
