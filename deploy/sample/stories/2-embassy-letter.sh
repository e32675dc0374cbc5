#!/bin/bash
# A child stuck for want of the embassy's letter, then freed: a girl of fourteen found in a house in
# Gorakhpur six weeks ago.  The committee's release order is there, the letter is not; only both
# let her travel (step a16).
source "$(dirname "$0")/common.sh"

need_account in-sunauli officer protection_officer
need_organisation sample-sakhi in-sunauli
case=$(keep case "$(id_of 1 case)") girl=$(keep person "$(id_of 1 girl)")

at in-sunauli lead
lifeguard arrival engage SNL --case "$case" --at "$(ago '42 days')" --language bho >/dev/null
lifeguard screening impression "$case" 5
answers not_real_job=yes under_18_cant_contact_family=yes | lifeguard screening complete "$case" - --at "$(ago '42 days')" >/dev/null
named "Nirmala Exampleth" | lifeguard screening identify "$case" "$girl" --status actual_victim --by child_welfare \
	--sex female --age 14 --age-basis paper --district rolpa --country NP --identity-file - \
	--at "$(ago '41 days')" >/dev/null

# no safe caregiver is known: a decision of two, and the child was asked
for who in lead officer; do
	at in-sunauli $who
	consents "$case" "$girl" "$(ago '41 days')" --state best_interest --giver trusted_adult \
		--child-view agrees --manner oral --language bho -- sample-sakhi
done

at in-sunauli lead
lifeguard rescue record "$case" "$girl" --route R2 --by child_welfare --reason exploited_in_india --urgency urgent \
	--needs shelter,counselling,legal_aid,reunification --at "$(ago '41 days')"
done_steps "$case" "$girl" "$(ago '41 days')" a1 a2 a3 a5=GD-2026-77 a6 a7=CWC/MRJ/2026-201 a8=FIR-0312/2026 a9=POCSO-44
lifeguard step skip "$case" "$girl" a10 --because na_not_wished --at "$(ago '41 days')"
done_steps "$case" "$girl" "$(ago '40 days')" a12=CPV-2026-1180
done_steps "$case" "$girl" "$(ago '30 days')" a13=CWC/MRJ/2026-207 a14=WARD-8/2083
papers() { # what the checklist says of both papers
	lifeguard step list "$case" | awk '$1 == "a16" { print $2 }'
}
[ -e "$kept.freed" ] || [ "$(papers)" = OPEN ] || { say "she should not be free to travel yet" >&2; exit 1; }
say "the release order is there, the embassy's letter is not: step a16 is open since $(ago '30 days')"

accepts sample-sakhi "$girl"
done_steps "$case" "$girl" "$(ago '1 day')" a15 a16=CWC/MRJ/2026-260_EON/2026/118
[ "$(papers)" = DONE ] || { say "she should be free to travel" >&2; exit 1; }
: >"$kept.freed"
say "the letter came yesterday: she may travel"

handed_over sample-sakhi "$girl" SNL "$(ago '2 hours')"
at in-sunauli lead
done_steps "$case" "$girl" "$(ago '2 hours')" a17
rehabilitates sample-sakhi "$girl" shelter,counselling,legal_aid "$(ago '1 hours')"
timeline "$case" "$girl"
ends_as sample-sakhi "$girl" REHABILITATION "$case" HANDED_OVER
say "ended as told: blocked by one paper, freed, in a rehabilitation centre"
