#!/bin/bash
# What the targets of this folder are linked with beside base, stream and protect: one list for
# run.sh and replay.sh.  Of the room json only what reads bytes, of matching only how names are read.
fuzz_objects() { # folder of objects
	local source
	for source in common/json/{json*,if_match}.c common/link/route.c services/matching/engine/text/*.c \
		services/bus/claim_wire.c services/bus/domain/piece.c \
		services/gateway/{routes,tag}.c services/gateway/domain/listing.c; do
		[[ $source == *_test.c ]] || printf '%s\n' "$1/${source%.c}.o"
	done
}
