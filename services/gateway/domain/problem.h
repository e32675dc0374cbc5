/*
 * What the gateway itself may have to say no with, in one table: status, title, what to do.
 *
 * Refusals of a service pass through unread; these are the gateway's own.  Every text is a
 * literal, so nothing of a request can come back in an error.
 */
#ifndef GATEWAY_PROBLEM_H
#define GATEWAY_PROBLEM_H

#include <stdint.h>

enum problem_kind {
	PROBLEM_MALFORMED_PATH,
	PROBLEM_MALFORMED_ARGUMENT,
	PROBLEM_MALFORMED_KEY,
	PROBLEM_MALFORMED_MATCH,
	PROBLEM_BODY_MISSING,
	PROBLEM_BODY_UNWANTED,
	PROBLEM_NO_TOKEN,
	PROBLEM_BAD_TOKEN,
	PROBLEM_NOT_FOUND,
	PROBLEM_NO_SUCH_SERVICE,
	PROBLEM_OTHER_METHOD,
	PROBLEM_TOO_LARGE,
	PROBLEM_NOT_JSON,
	PROBLEM_UNDER_WAY,
	PROBLEM_TOO_MANY,
	PROBLEM_TOO_MANY_STREAMS,
	PROBLEM_STOPPING,
	PROBLEM_NOT_DELIVERED,
	PROBLEM_UNKNOWN_OUTCOME,
	PROBLEM_COUNT,
};

struct problem {
	uint32_t status;        /* HTTP */
	uint32_t retry_after_s; /* 0: asking again changes nothing */
	const char *title;      /* the same for every occurrence of this kind */
	const char *detail;     /* what to do */
};

/* The row of this kind; never NULL. */
const struct problem *problem_of(enum problem_kind kind);

#endif
