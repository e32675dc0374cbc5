/*
 * The database itself has refused what a batch would store, and does not say of which item.  The same
 * items are then handled one by one; the one that fails alone is bad, and is not tried again: when it
 * comes once more it becomes a dead letter.
 */
#ifndef LG_STREAM_SINGLING_H
#define LG_STREAM_SINGLING_H

#include <stdbool.h>

#include "common/base/id.h"

#define LG_BAD_MAX 16 /* remembered; one that is forgotten fails alone once more */

/* Zeroed: nothing was refused. */
struct lg_singling {
	uint32_t left; /* items that are to be handled one by one */
	uint32_t found;
	struct lg_id bad[LG_BAD_MAX];
};

/*
 * A batch of so many items was refused.
 *
 *   event_id  of the only item, when it is an event; else NULL: a command is answered at once
 */
void lg_singling_refused(
	struct lg_singling *singling, uint32_t count, const struct lg_id *event_id);

/* Whether the next batch may hold one item only, and nothing else may be under way. */
bool lg_singling_is_on(const struct lg_singling *singling);

/* A batch was begun. */
void lg_singling_begun(struct lg_singling *singling);

/* Whether this event has failed alone. */
bool lg_singling_is_bad(const struct lg_singling *singling, struct lg_id event_id);

#endif
