/*
 * Which ids were met lately, so that what is new need not be looked for where all are kept.
 *
 * A bounded memory that never says "new" wrongly: what it had to forget it knows the end of, and of
 * whatever may be as old it says "perhaps".
 */
#ifndef LG_STREAM_MET_H
#define LG_STREAM_MET_H

#include <stdbool.h>

#include "common/base/calendar.h"
#include "common/base/id.h"

#define LG_MET_BUCKETS 4096
#define LG_MET_WAYS    4

/* Zeroed, nothing was met. */
struct lg_met {
	lg_ms forgotten_until; /* whatever ends later is here, or was never met */
	struct {
		uint64_t mark; /* the random half of the id */
		lg_ms expires_at;
	} at[LG_MET_BUCKETS][LG_MET_WAYS];
};

/*
 * Whether an id was, or may have been, met before; from here on it was.
 *   id          its last eight bytes are random (lg_id_make)
 *   expires_at  after that nobody asks for it; the same at every call
 */
bool lg_met_before(struct lg_met *met, struct lg_id id, lg_ms expires_at);

#endif
