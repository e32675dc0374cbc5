#!/bin/bash
# A child stuck for want of the embassy's letter, then freed: a girl of fourteen found in a house in
# Gorakhpur six weeks ago.  The committee's release order is there, the letter is not; only both
# let her travel (step a16).
source "$(dirname "$0")/common.sh"

need_account in-sunauli officer protection_officer
case=$(keep case "$(id_of 1 case)") girl=$(keep person "$(id_of 1 girl)")

at in-sunauli lead
lifeguard arrival engage SNL --case "$case" --at "$(ago '42 days')" --language bho >/dev/null
lifeguard screening impression "$case" 5
answers not_real_job=yes under_18_cant_contact_family=yes | lifeguard screening complete "$case" - --at "$(ago '42 days')"
named "Nirmala Exampleth" | lifeguard screening identify "$case" "$girl" --status actual_victim --by child_welfare \
	--sex female --age 14 --age-basis paper --district rolpa --country NP --identity-file - \
	--at "$(ago '41 days')" >/dev/null

# no safe caregiver is known: a decision of two, and the child was asked
for who in lead officer; do
	at in-sunauli $who
	for purpose in help family_tracing; do
		lifeguard consent record "$case" "$girl" --purpose $purpose --state best_interest \
			--giver trusted_adult --child-view agrees --manner oral --language bho \
			--at "$(ago '41 days')"
	done
done

at in-sunauli lead
lifeguard rescue record "$case" "$girl" --route R2 --by child_welfare --reason exploited_in_india --urgency urgent \
	--needs shelter,counselling,legal_aid,reunification --at "$(ago '41 days')"
done_steps "$case" "$girl" "$(ago '41 days')" a1 a2 a3 a5=GD-2026-77 a6 a7=CWC/MRJ/2026-201 a8=FIR-0312/2026 a9=POCSO-44
lifeguard step skip "$case" "$girl" a10 --because na_not_wished --at "$(ago '41 days')"
done_steps "$case" "$girl" "$(ago '40 days')" a12=CPV-2026-1180
done_steps "$case" "$girl" "$(ago '30 days')" a13=CWC/MRJ/2026-207 a14=WARD-8/2083
say "release order there, embassy letter not: step a16 is open since $(ago '30 days')"

done_steps "$case" "$girl" "$(ago '1 day')" a15 a16=CWC/MRJ/2026-260_EON/2026/118
say "the letter came yesterday: she may travel"
