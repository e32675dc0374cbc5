#!/bin/bash
# A same-day hand-back at the line: a girl of sixteen and a man whom she met a week ago, both from
# Nepal, are stopped at Sunauli in the morning; the border force hands her over the same day (R1).
source "$(dirname "$0")/common.sh"

need_organisation sample-sakhi in-sunauli
case=$(keep case "$(id_of 1 case)") girl=$(keep person "$(id_of 1 girl)") man=$(keep suspect "$(id_of 1 man)")

at in-sunauli volunteer
lifeguard arrival engage SNL --case "$case" --at "$(ago '5 hours')" --language ne >/dev/null
named "Pabitra Sampledevi" | lifeguard arrival register "$case" --person "$girl" --sex female --age 16 \
	--age-basis stated --district palpa --country NP --identity-file - --she-wishes >/dev/null
lifeguard screening impression "$case" 4
answers traveling_with_someone_not_with_her=yes under_18_family_doesnt_know=yes not_real_job=yes \
	drugged_or_drowsy=no | lifeguard screening complete "$case" - --at "$(ago '4 hours')" >/dev/null
lifeguard screening identify "$case" "$girl" --status possible_victim --by centre --at "$(ago '4 hours')" >/dev/null
lifeguard screening identify "$case" "$man" --suspect --by police --sex male --age 31 --age-basis paper \
	--country NP --at "$(ago '4 hours')" >/dev/null

at in-sunauli lead
consents "$case" "$girl" "$(ago '3 hours')" --state given --giver herself --child-view agrees \
	--manner oral --language ne -- sample-sakhi
lifeguard rescue record "$case" "$girl" --route R1 --by border_force --reason both_nepali_same_day \
	--urgency urgent --needs shelter,family_tracing --at "$(ago '2 hours')"
done_steps "$case" "$girl" "$(ago '2 hours')" a1 a2 a3 a4 a5=GD-2026-114 a6 a6n=CWC/N/2026-31
say "stopped 5 hours ago; the border force chose to hand her back the same day (R1)"

accepts sample-sakhi "$girl"
handed_over sample-sakhi "$girl" SNL "$(ago '1 hours')"
at in-sunauli lead
done_steps "$case" "$girl" "$(ago '1 hours')" a17
timeline "$case" "$girl"
ends_as sample-sakhi "$girl" HANDED_OVER "$case" HANDED_OVER
say "ended as told: handed over at the line, the same day"
