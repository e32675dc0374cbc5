/*
 * Addresses that were opened for sending, between the transaction that records the opening and
 * the sending itself: in locked memory, for seconds, never on disk.  A letter that is not here
 * any more (a crash, another owner) is opened again, with another record.
 *
 * The loop's thread alone uses it.
 */
#ifndef NOTIFICATION_POUCH_H
#define NOTIFICATION_POUCH_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "services/notification/domain/subscription.h"

#define POUCH_MAX    16 /* letters under way at once: what one batch may have to send */
#define POUCH_AGE_MS (2 * LG_MINUTE_MS)

struct pouch;

/* An empty one.  pouch_free wipes. */
struct pouch *pouch_new(void);
void pouch_free(struct pouch *pouch);

/* Whether one more goes in; what is older than POUCH_AGE_MS does not count. */
bool pouch_has_room(const struct pouch *pouch, lg_ms now);

/*
 * Keeps an address; the same notice's earlier one is replaced.
 *   address  at most SUBSCRIPTION_ADDRESS_MAX bytes; copied
 */
void pouch_put(struct pouch *pouch, struct lg_id notice_id, const char *address, lg_ms now);

/* Takes it out, as a copy in the arena; NULL when it is not here. */
const char *pouch_take(struct pouch *pouch, struct lg_arena *arena, struct lg_id notice_id);

#endif
