/*
 * What was done in this hour already and need not be done again: a bounded set of marks that is
 * forgotten with the hour, or when it is full.  Forgetting costs doing it once more, nothing else.
 */
#ifndef LG_BASE_ONCE_H
#define LG_BASE_ONCE_H

#include "common/base/calendar.h"
#include "common/base/id.h"

#define LG_ONCE_MAX 1024 /* marks */

/* Zeroed, it remembers nothing. */
struct lg_once {
	lg_ms hour; /* since 1970 */
	uint32_t count;
	struct lg_id mark[LG_ONCE_MAX];
};

/* Whether the mark was added in the hour of now. */
bool lg_once_is_done(const struct lg_once *once, lg_ms now, struct lg_id mark);

/* Remembers a mark for the rest of the hour of now. */
void lg_once_add(struct lg_once *once, lg_ms now, struct lg_id mark);

#endif
