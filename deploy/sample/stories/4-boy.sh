#!/bin/bash
# A boy from a children's home: his family has searched for him for a year; a home without papers in
# Gorakhpur is closed and he is among the children.  The lead sees that report and boy are one.
source "$(dirname "$0")/common.sh"

need_account in-sunauli officer protection_officer
for organisation in sample-bal-griha sample-bal-aasha; do need_organisation $organisation in-sunauli; done
report=$(keep report "$(id_of 1 report)")
case=$(keep case "$(id_of 1 case)") boy=$(keep person "$(id_of 1 boy)")

at in-sunauli lead
named "Suman Inventor Rana" | lifeguard missing report --report "$report" --sex male --age 11 --district dang \
	--country NP --since "$(ago '380 days')" --identity-file - >/dev/null

lifeguard arrival engage SNL --case "$case" --at "$(ago '6 days')" --language hi >/dev/null
named "Suman Rana Inventor" | lifeguard screening identify "$case" "$boy" --status actual_victim --by child_welfare \
	--sex male --age 12 --age-basis guessed --district dang --country NP --identity-file - \
	--at "$(ago '6 days')" >/dev/null
for who in lead officer; do
	at in-sunauli $who
	consents "$case" "$boy" "$(ago '5 days')" --state best_interest --giver trusted_adult \
		--child-view agrees --manner oral --language hi -- sample-bal-griha sample-bal-aasha
done
at in-sunauli lead
lifeguard rescue record "$case" "$boy" --route R2 --by child_welfare --reason found_inland --urgency urgent \
	--needs shelter,family_tracing,reunification --at "$(ago '5 days')"
done_steps "$case" "$boy" "$(ago '5 days')" a1 a2 a3 a5=GD-2026-131 a6 a7=CWC/GKP/2026-88 a8=FIR-0401/2026
lifeguard step skip "$case" "$boy" a9 --because na_no_offence --at "$(ago '5 days')"
say "found 6 days ago; his family reported him missing a year ago"

at in-sunauli lead
confirm_match "$boy" "$report"
say "the lead confirmed that report and boy are one"

declines sample-bal-griha "$boy" no_place
accepts sample-bal-aasha "$boy"
handed_over sample-bal-aasha "$boy" SNL "$(ago '3 days')"
at in-sunauli lead
done_steps "$case" "$boy" "$(ago '3 days')" a17
reunified sample-bal-aasha "$boy" dang "$(ago '2 days')"
visited sample-bal-aasha "$boy" well "$(ago '1 hours')"
closed sample-bal-aasha "$boy" with_family "$(ago '0 hours')"
timeline "$case" "$boy"
ends_as sample-bal-aasha "$boy" CLOSED "$case" CLOSED
say "ended as told: the first home had no place, the second brought him to his family"
