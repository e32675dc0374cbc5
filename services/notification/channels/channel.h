/*
 * A way out.  Sending waits for the world and is done in the thread pool; nothing here touches
 * the database.  Every channel may be asked for the same letter twice: it carries the id of its
 * notice, by which a reader knows it again.
 */
#ifndef NOTIFICATION_CHANNEL_H
#define NOTIFICATION_CHANNEL_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/base/status.h"

enum delivery {
	DELIVERY_NOT_TRIED, /* no time was left, or the other side is known to be away */
	DELIVERY_DONE,
	DELIVERY_LATER,   /* it may go another time */
	DELIVERY_REFUSED, /* it never will */
};

struct letter {
	struct lg_id notice_id;
	const char *address; /* "" for a channel without addresses */
	const char *text;    /* UTF-8; its first line is the subject */
	lg_ms written_at;
};

struct channel {
	void *state; /* the channel's own; NULL: it is not set up */
	/*
	 * Sends, or says why not.
	 *   timeout_ms  at most so long, above 0
	 *   ret_reason  a literal; set unless it is done
	 */
	enum delivery (*send)(void *state, const struct letter *letter, int64_t timeout_ms,
		const char **ret_reason);
	/* Whether it is known that nobody is there; asked before an address is opened. */
	bool (*is_away)(void *state);
};

#endif
