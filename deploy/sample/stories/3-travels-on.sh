#!/bin/bash
# A woman who chose to travel on: she has a permit, listens, takes the card with the numbers, and
# agrees to be called in a week.  Nobody stops an adult against her will (R0).
source "$(dirname "$0")/common.sh"

case=$(keep case "$(id_of 1 case)") woman=$(keep traveller "$(id_of 1 woman)")

at in-sunauli lead
lifeguard arrival engage SNL --case "$case" --at "$(ago '8 days')" --language ne >/dev/null
{ named "Devaki Placeholdar"; echo "phone: 00000"; } | lifeguard arrival register "$case" --person "$woman" --sex female \
	--age 27 --age-basis paper --district gulmi --country NP --identity-file - --she-wishes >/dev/null
lifeguard screening impression "$case" 2
answers going_to_gulf_for_work=yes no_appointment_letter=no passport_with_broker=no |
	lifeguard screening complete "$case" - --at "$(ago '8 days')" >/dev/null
lifeguard screening identify "$case" "$woman" --status not_a_victim --by centre --at "$(ago '8 days')" >/dev/null
lifeguard consent record "$case" "$woman" --purpose help --state given --giver herself --manner oral --language ne \
	--at "$(ago '8 days')"
lifeguard consent record "$case" "$woman" --purpose family_tracing --state refused --at "$(ago '8 days')"
lifeguard rescue record "$case" "$woman" --route R0 --by herself --reason chose_to_travel --needs safe_migration \
	--callback "$(ago '1 day')" --at "$(ago '8 days')"
done_steps "$case" "$woman" "$(ago '8 days')" b1 b2 b3 b10
say "went on 8 days ago; a call was agreed for $(ago '1 day')"

done_steps "$case" "$woman" "$(ago '20 hours')" callback
say "the call was made"

until_true 60 home_is "$woman" DECLINED
has_step "$woman" DestinationLinked ||
	lifeguard referral link "$woman" --network gulf-desk --call-back "$(date -u -d '+30 days' +%FT%TZ)" >/dev/null
timeline "$case" "$woman"
ends_as - "$woman" DECLINED "$case" RELEASED
say "ended as told: her own choice, nobody was asked, a network at her destination knows of the call"
