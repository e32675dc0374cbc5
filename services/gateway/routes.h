/*
 * Every path of the API in one table, and what a request of it becomes inside.
 *
 * The gateway maps nothing: a body goes to its service as it came.  Where a request has no body
 * (a query with its id in the path) the small document is written here, from ids and numbers.
 * Pure: no socket, no clock.
 */
#ifndef GATEWAY_ROUTES_H
#define GATEWAY_ROUTES_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/stream/registry.h"

#define ROUTES_ALLOW_TEXT 64

/* Where the key comes from that chooses the partition. */
enum route_key {
	ROUTE_KEY_ZERO,       /* one writer: accounts */
	ROUTE_KEY_ANY,        /* any partition that has an owner */
	ROUTE_KEY_CASE,       /* {id} of the path */
	ROUTE_KEY_CASE_ASKED, /* ?case= */
	ROUTE_KEY_PARTITION,  /* any key of partition {partition} */
};

enum route_body {
	ROUTE_BODY_SENT,     /* the client's, unread */
	ROUTE_BODY_NOTHING,  /* {} */
	ROUTE_BODY_CASE,     /* {"case_id"} and, asked by ?identity=1, {"with_identity"} */
	ROUTE_BODY_TRACE,    /* {"case_id"} */
	ROUTE_BODY_MATCH,    /* {"match_id"} and, asked by ?identity=1, {"with_identity"} */
	ROUTE_BODY_REFERRAL, /* {"referral_id"} and, asked by ?identity=1, {"with_identity"} */
	ROUTE_BODY_BY,       /* {"by"} from ?by=station,month */
	ROUTE_BODY_LIMIT,    /* {"limit"} from ?limit= */
	ROUTE_BODY_LETTER,   /* {"letter"} from {letter} */
	ROUTE_BODY_CONFIRM,  /* {"confirm":true} */
	ROUTE_BODY_INBOX,    /* the inbox asks, again and again; the answer is a stream */
};

struct route {
	const char *method;
	const char *pattern; /* segments; {id} {service} {partition} {letter} are variable */
	const char *message; /* in the registry; NULL: the gateway answers itself */
	enum lg_service_number service; /* LG_SERVICE_NONE: {service} of the path */
	enum route_key key;
	enum route_body body;
	const char *argument; /* the one name that may stand behind '?', or NULL */
	bool is_open;         /* without a token */
};

/* A route with what its path holds. */
struct route_target {
	const struct route *route;
	struct lg_id case_id;
	enum lg_service_number service;
	uint32_t partition;
	uint64_t letter;
};

enum route_outcome {
	ROUTE_FOUND,
	ROUTE_UNKNOWN,      /* no such path */
	ROUTE_OTHER_METHOD, /* the path is there, for other methods */
	ROUTE_MALFORMED,    /* the path is there, but an id or number in it is none */
	ROUTE_NO_SERVICE,   /* the path is there, but no such service takes it */
};

/* All routes. */
const struct route *routes_all(uint32_t *ret_count);

/* Looks a request up; HEAD is looked up as GET.  ret_target is filled when found. */
enum route_outcome routes_find(
	const char *method, const char *path, struct route_target *ret_target);

/* Writes the methods of a path, as the Allow header wants them; "" when there is no such path. */
void routes_allowed(const char *path, char ret_allow[ROUTES_ALLOW_TEXT]);

/*
 * The document for a request that has no body of its own.
 *   argument  the value behind '?', or NULL
 *   refused   the argument is not what this route takes, or one is missing
 */
LG_MUST_CHECK struct lg_status routes_write_body(struct lg_arena *arena,
	const struct route_target *target, const char *argument, struct lg_bytes *ret_body);

/*
 * A key by the route's rule.
 *   owned   set of partitions that somebody owns, for ROUTE_KEY_ANY; 0: any will do
 *   random  fresh numbers
 *   refused ?case= is missing or is no id
 */
LG_MUST_CHECK struct lg_status routes_choose_key(const struct route_target *target,
	const char *argument, uint16_t owned, const uint64_t random[2], struct lg_id *ret_key);

#endif
