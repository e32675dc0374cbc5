/* The one message that the bus decodes: bus.Claim, with small limits of its own. */
#ifndef BUS_CLAIM_WIRE_H
#define BUS_CLAIM_WIRE_H

#include "common/base/arena.h"
#include "services/bus/domain/route_table.h"

#define BUS_CLAIM_BYTES_MAX 512 /* 16 partitions with 64-bit counts take 226 */

/*
 * A claim from bytes; the arena is scratch.
 *   refused  too large, malformed, no instance, other than one takeover count per partition, a
 *            partition out of range or named twice
 */
LG_MUST_CHECK struct lg_status claim_from_wire(
	struct lg_arena *arena, struct lg_bytes bytes, struct claim *ret_claim);

#endif
