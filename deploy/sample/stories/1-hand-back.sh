#!/bin/bash
# A same-day hand-back at the line: a girl of sixteen and a man whom she met a week ago, both from
# Nepal, are stopped at Sunauli in the morning; the border force hands her over the same day (R1).
source "$(dirname "$0")/common.sh"

need_account in-sunauli officer protection_officer
case=$(keep case "$(id_of 1 case)") girl=$(keep person "$(id_of 1 girl)") man=$(id_of 1 man)

at in-sunauli volunteer
lifeguard arrival engage SNL --case "$case" --at "$(ago '5 hours')" --language ne >/dev/null
named "Pabitra Sampledevi" | lifeguard arrival register "$case" --person "$girl" --sex female --age 16 \
	--age-basis stated --district palpa --country NP --identity-file - --she-wishes >/dev/null
lifeguard screening impression "$case" 4
answers traveling_with_someone_not_with_her=yes under_18_family_doesnt_know=yes not_real_job=yes \
	drugged_or_drowsy=no | lifeguard screening complete "$case" - --at "$(ago '4 hours')"
lifeguard screening identify "$case" "$girl" --status possible_victim --by centre --at "$(ago '4 hours')" >/dev/null
lifeguard screening identify "$case" "$man" --suspect --by police --sex male --age 31 --age-basis paper \
	--country NP --at "$(ago '4 hours')" >/dev/null

at in-sunauli lead
for purpose in help family_tracing; do
	lifeguard consent record "$case" "$girl" --purpose $purpose --state given --giver herself \
		--child-view agrees --manner oral --language ne --at "$(ago '3 hours')"
done
lifeguard rescue record "$case" "$girl" --route R1 --by border_force --reason both_nepali_same_day \
	--urgency urgent --needs shelter,family_tracing --at "$(ago '2 hours')"
done_steps "$case" "$girl" "$(ago '2 hours')" a1 a2 a3 a4 a5=GD-2026-114 a6 a6n=CWC/N/2026-31
say "stopped 5 hours ago, handed over at the line 2 hours ago: route R1"
