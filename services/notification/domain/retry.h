/* When a notice that did not go out is tried again, and when it is given up.  Pure. */
#ifndef NOTIFICATION_RETRY_H
#define NOTIFICATION_RETRY_H

#include "common/base/calendar.h"
#include "common/base/status.h"

#define RETRY_FIRST_MS     (30 * LG_SECOND_MS)
#define RETRY_LONGEST_MS   LG_HOUR_MS
#define RETRY_ATTEMPTS_MAX 100 /* about four days: lines at the border fail for days */

/*
 * How long to wait after the last of so many failed attempts: 30 s, doubled each time, at most
 * an hour; then a quarter less or more, so that what failed together does not come together.
 *
 *   attempts  1..RETRY_ATTEMPTS_MAX
 *   seed      the same gives the same
 */
lg_ms retry_after(uint32_t attempts, uint64_t seed);

#endif
