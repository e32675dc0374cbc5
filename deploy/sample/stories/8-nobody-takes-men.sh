#!/bin/bash
# A man of twenty-four whom a brick kiln did not pay and did not let go.  No home of the directory takes
# men, so the search comes to a human at once, and stands there until somebody finds a place.
source "$(dirname "$0")/common.sh"

need_organisation sample-bal-griha in-sunauli
case=$(keep case "$(id_of 1 case)") man=$(keep person "$(id_of 1 man)")

at in-sunauli lead
lifeguard arrival engage SNL --case "$case" --at "$(ago '7 hours')" --language bho >/dev/null
lifeguard screening impression "$case" 4
answers not_real_job=yes | lifeguard screening complete "$case" - --at "$(ago '6 hours')" >/dev/null
named "Hari Notanyone" | lifeguard screening identify "$case" "$man" --status actual_victim --by police \
	--sex male --age 24 --age-basis paper --district banke --country NP --identity-file - \
	--at "$(ago '6 hours')" >/dev/null
consents "$case" "$man" "$(ago '5 hours')" --state given --giver herself --manner oral --language bho -- sample-bal-griha
lifeguard rescue record "$case" "$man" --route R2 --by police --reason exploited_in_india --urgency urgent \
	--needs shelter --at "$(ago '4 hours')"
say "freed by the police 4 hours ago"

until_true 60 home_is "$man" ESCALATED
until_true 60 has_step "$man" 'ReferralEscalated +home +NOBODY_LEFT'
lifeguard referral list | grep -q "^$man" || { say "the lead does not see him in the inbox" >&2; exit 1; }
timeline "$case" "$man"
ends_as - "$man" ESCALATED "$case" RESCUED
say "ended as told: nobody can be asked, and a named human looks for a place"
