/*
 * A notice: one person is to be told of one event.  It is kept before it is sent, so that it
 * is sent at least once.  Pure.
 */
#ifndef NOTIFICATION_NOTICE_H
#define NOTIFICATION_NOTICE_H

#include "common/base/id.h"
#include "common/base/lifecycle.h"

enum notice_state {
	NOTICE_NEW,
	NOTICE_INTENDED,
	NOTICE_SENT,
	NOTICE_FAILED,
};

struct notice {
	enum notice_state state;
	struct lg_id notice_id, case_id, event_id, subscription_id;
	uint32_t event;    /* domain/subscription.h: enum told_event */
	unsigned channel;  /* likewise: enum channel_kind */
	unsigned language; /* likewise: enum language */
	uint32_t attempts; /* that were made and have ended */
	lg_ms intended_at;
	lg_ms next_at;      /* while INTENDED */
	lg_ms settled_at;   /* once SENT or FAILED */
	const char *reason; /* why the last attempt failed; "" */
	const char *text;   /* what is told: its first line is the subject */
};

extern const struct lg_lifecycle notice_life;

/*
 * Keeps the intent; the rest of a new notice is filled in by the caller.
 *   refused  it is not new
 */
LG_MUST_CHECK struct lg_status notice_intend(struct notice *n, lg_ms now);

/* The channel took it.  refused: it is not intended */
LG_MUST_CHECK struct lg_status notice_sent(struct notice *n, lg_ms now);

/*
 * An attempt failed and may succeed later: tried again (retry.h), or given up after the last.
 *   reason   a literal
 *   refused  it is not intended
 */
LG_MUST_CHECK struct lg_status notice_missed(struct notice *n, const char *reason, lg_ms now);

/*
 * It will never be taken: the server says so, or nobody wants it any more.
 *   reason   a literal
 *   refused  it is not intended
 */
LG_MUST_CHECK struct lg_status notice_refused(struct notice *n, const char *reason, lg_ms now);
LG_MUST_CHECK struct lg_status notice_unwanted(struct notice *n, const char *reason, lg_ms now);

/* Somebody has mended what was wrong: as if it were new.  refused: it was not given up */
LG_MUST_CHECK struct lg_status notice_retry(struct notice *n, lg_ms now);

#endif
