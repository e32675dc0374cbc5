#!/bin/bash
# An Indian girl found in Nepal and returned: fifteen, from Sitamarhi, on a bus at Bhairahawa with a
# dance troupe's agent; handed to the Indian side at the line (R4).
source "$(dirname "$0")/common.sh"

need_organisation sample-balika np-bhairahawa
case=$(keep case "$(id_of 2 case)") girl=$(keep person "$(id_of 2 girl)") agent=$(keep suspect "$(id_of 2 agent)")

at np-bhairahawa volunteer
lifeguard arrival engage BHW --case "$case" --at "$(ago '20 hours')" --language hi >/dev/null
lifeguard screening impression "$case" 4
answers not_real_job=yes under_18_family_doesnt_know=yes job_too_good_to_be_true=yes |
	lifeguard screening complete "$case" - --at "$(ago '19 hours')" >/dev/null
named "Rukmini Fictitia" | lifeguard screening identify "$case" "$girl" --status possible_victim --by centre \
	--sex female --age 15 --age-basis stated --district sitamarhi --country IN --identity-file - \
	--at "$(ago '19 hours')" >/dev/null
lifeguard screening identify "$case" "$agent" --suspect --by police --sex male --at "$(ago '19 hours')" >/dev/null

at np-bhairahawa lead
consents "$case" "$girl" "$(ago '18 hours')" --state given --giver herself --child-view agrees \
	--manner oral --language hi -- sample-balika
lifeguard rescue record "$case" "$girl" --route R4 --by police --reason indian_child_found --urgency urgent \
	--needs shelter,family_tracing,reunification --at "$(ago '17 hours')"
done_steps "$case" "$girl" "$(ago '17 hours')" a1 a2 a3 a5=NP-POL-2083-55 a6
say "found 20 hours ago at Bhairahawa: route R4"

accepts sample-balika "$girl"
handed_over sample-balika "$girl" SNL "$(ago '10 hours')"
reunified sample-balika "$girl" sitamarhi "$(ago '2 hours')"
timeline "$case" "$girl"
ends_as sample-balika "$girl" REUNIFIED "$case" REUNITED
say "ended as told: returned across the line, at home in Sitamarhi"
