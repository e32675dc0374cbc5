/*
 * What became of an attempt.
 *
 * Three outcomes and no more: done; refused (the rules say no, and will say no again);
 * retry (the world says not now).  The reason is a literal, so that no name of a person
 * can leave through an error.
 */
#ifndef LG_BASE_STATUS_H
#define LG_BASE_STATUS_H

#include <stdbool.h>

#define LG_MUST_CHECK __attribute__((warn_unused_result))

enum lg_outcome { LG_DONE, LG_REFUSED, LG_RETRY };

struct lg_status {
	enum lg_outcome outcome;
	const char *reason; /* static; NULL when done */
};

/* The empty string makes anything but a literal a compile error. */
#define lg_done()          ((struct lg_status){ .outcome = LG_DONE })
#define lg_refuse(literal) ((struct lg_status){ .outcome = LG_REFUSED, .reason = "" literal })
#define lg_retry(literal)  ((struct lg_status){ .outcome = LG_RETRY, .reason = "" literal })

static inline bool lg_is_done(struct lg_status status)
{
	return status.outcome == LG_DONE;
}

#endif
