/*
 * The newest rows of one stream, kept in memory so that a reader that keeps up costs no SELECT.
 *
 * A ring of bytes and a ring of entries, both of fixed size: nothing is allocated per row, and
 * the oldest rows make room.  Rows get here only after their commit is known.
 */
#ifndef LG_DB_RECENT_H
#define LG_DB_RECENT_H

#include "common/base/bytes.h"

#define LG_RECENT_BYTES (512u * 1024u)
#define LG_RECENT_ROWS  2048u

struct lg_recent;

/* Empty; free with lg_recent_free(), which wipes.  NULL is fine there. */
struct lg_recent *lg_recent_new(void);
void lg_recent_free(struct lg_recent *recent);

/* Adds a row behind the last one; its number must follow.  A first row may have any number. */
void lg_recent_add(struct lg_recent *recent, uint64_t number, struct lg_bytes row);

/* Forgets all rows. */
void lg_recent_clear(struct lg_recent *recent);

/*
 * The row of this number.  Alive until the next add or clear.
 *   returns  whether it is here
 */
bool lg_recent_find(const struct lg_recent *recent, uint64_t number, struct lg_bytes *ret_row);

#endif
