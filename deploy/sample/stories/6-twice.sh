#!/bin/bash
# A girl stopped twice under two names and counted once: three weeks ago she gave one name, today
# another; asked again, she says the first one too.  Both names are kept; a lead sees that it is she.
source "$(dirname "$0")/common.sh"

need_organisation sample-sakhi in-sunauli
first=$(keep first_case "$(id_of 1 first_case)") then=$(keep first_person "$(id_of 1 first_girl)")
case=$(keep case "$(id_of 1 case)") girl=$(keep person "$(id_of 1 girl)")

at in-sunauli lead
stop() { # case, person, when, name
	lifeguard arrival engage SNL --case "$1" --at "$(ago "$3")" --language ne >/dev/null
	named "$4" | lifeguard arrival register "$1" --person "$2" --sex female --age 17 --age-basis stated \
		--district kapilvastu --country NP --identity-file - --she-wishes >/dev/null
	lifeguard screening impression "$1" 4
	answers under_18_family_doesnt_know=yes job_too_good_to_be_true=yes |
		lifeguard screening complete "$1" - --at "$(ago "$3")" >/dev/null
	lifeguard screening identify "$1" "$2" --status possible_victim --by centre --at "$(ago "$3")" >/dev/null
	consents "$1" "$2" "$(ago "$3")" --state given --giver herself --child-view agrees \
		--manner oral --language ne -- sample-sakhi
}
hand_back() { # case, person, when
	lifeguard rescue record "$1" "$2" --route R1 --by border_force --reason both_nepali_same_day --urgency urgent \
		--needs shelter,family_tracing --at "$(ago "$3")"
}

met_before() { # what the lead is told beside her referral, and that both records have one match
	at_home "$girl"
	lifeguard referral show "$girl" | grep 'met before' >/dev/null && [ -n "$(match_of "$then" "$girl")" ]
}

stop "$first" "$then" '21 days' "Kopila Imaginary"
hand_back "$first" "$then" '21 days'
accepts sample-sakhi "$then"
handed_over sample-sakhi "$then" SNL "$(ago '21 days')"
reunified sample-sakhi "$then" kapilvastu "$(ago '20 days')"
closed sample-sakhi "$then" with_family "$(ago '19 days')"

at in-sunauli lead
stop "$case" "$girl" '3 hours' "Sushila Namefree"
named "Kopila Imaginary" | lifeguard arrival alias "$case" "$girl" --alias "$(id_of 1 alias)" --identity-file -
hand_back "$case" "$girl" '2 hours'
say "stopped 21 days ago and 3 hours ago, under two names"

confirm_match "$then" "$girl"
say "a lead confirmed that it is she"

accepts sample-sakhi "$girl"
handed_over sample-sakhi "$girl" SNL "$(ago '1 hours')"
timeline "$case" "$girl"
ends_as sample-sakhi "$then" CLOSED "$first" CLOSED
ends_as sample-sakhi "$girl" HANDED_OVER "$case" HANDED_OVER
until_true 60 met_before
say "ended as told: two names, two cases, one person"
