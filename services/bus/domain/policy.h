/*
 * May this service send a frame of this kind to that service?  May it cross the line to a site?
 *
 * The bus sees the route and no type, so it asks of pairs what proto/registry.txt says of types:
 * whether there is any command from here to there, any event that one takes of the other.  The
 * finer question is asked by the receiver, which sees the type.
 */
#ifndef BUS_POLICY_H
#define BUS_POLICY_H

#include "common/link/route.h"
#include "common/stream/registry.h"

struct policy {
	uint16_t site;
	uint32_t reads[LG_SERVICE_COUNT];    /* by reader: the services that it takes events of */
	uint32_t commands[LG_SERVICE_COUNT]; /* by sender: the services that take a command */
};

/* The policy of a site, by the types given. */
void policy_init(
	struct policy *policy, uint16_t site, const struct lg_message_type *types, uint32_t count);

/*
 * A frame of a service of this site.  Looks at from_* (authenticated), kind and to_*.  To another
 * site only a stream goes, between services of one name, and to no connection.
 *   refused  the reason is the rule that does not hold
 */
LG_MUST_CHECK struct lg_status policy_check(
	const struct policy *policy, const struct lg_route *route);

/*
 * A frame that came over the line from another site; the same rules from the other end.
 *   refused  the reason is the rule that does not hold
 */
LG_MUST_CHECK struct lg_status policy_check_far(
	const struct policy *policy, const struct lg_route *route);

#endif
