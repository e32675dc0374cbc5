#include "services/bus/domain/policy.h"

#include <stdlib.h>
#include <string.h>

/* What a kind asks of its pair. */
enum rule {
	RULE_EVERY_SERVICE, /* taken by the bus itself */
	RULE_READER_TO_WRITER,
	RULE_WRITER_TO_READER,
	RULE_COMMAND,
	RULE_ANSWER,
	RULE_BUS_ONLY, /* no peer may send it */
};

static const enum rule rules[LG_ROUTE_KIND_COUNT] = {
	[0] = RULE_BUS_ONLY,
	[LG_ROUTE_CLAIM] = RULE_EVERY_SERVICE,
	[LG_ROUTE_SUBSCRIBE] = RULE_READER_TO_WRITER,
	[LG_ROUTE_DELIVER] = RULE_WRITER_TO_READER,
	[LG_ROUTE_ACKNOWLEDGE] = RULE_READER_TO_WRITER,
	[LG_ROUTE_GO_BACK] = RULE_WRITER_TO_READER,
	[LG_ROUTE_GONE] = RULE_WRITER_TO_READER,
	[LG_ROUTE_COMMAND] = RULE_COMMAND,
	[LG_ROUTE_ANSWER] = RULE_ANSWER,
	[LG_ROUTE_UNDELIVERED] = RULE_BUS_ONLY,
	[LG_ROUTE_NEWS] = RULE_ANSWER,
};

void policy_init(
	struct policy *policy, uint16_t site, const struct lg_message_type *types, uint32_t count)
{
	memset(policy, 0, sizeof *policy);
	policy->site = site;
	for (uint32_t i = 0; i < count; i++) {
		const struct lg_message_type *type = &types[i];

		if (type->kind == LG_MESSAGE_CONTENT)
			continue;
		for (uint32_t service = 0; service < LG_SERVICE_COUNT; service++) {
			if (type->kind == LG_MESSAGE_EVENT && lg_service_in(type->to, service))
				policy->reads[service] |= type->from;
			if (type->kind != LG_MESSAGE_EVENT && lg_service_in(type->from, service))
				policy->commands[service] |= type->to;
		}
	}
}

static bool reads(const struct policy *policy, uint32_t reader, uint32_t writer)
{
	return lg_service_in(policy->reads[reader], writer);
}

/* Commands come from the gateway alone, whatever a registry says: its signature is what the
 * services check. */
static bool commands(const struct policy *policy, uint32_t from, uint32_t to)
{
	return from == LG_SERVICE_GATEWAY && lg_service_in(policy->commands[from], to);
}

/*
 * Over the line only like talks to like, so that nothing crosses twice, and only streams: what
 * another country's users may do is decided at home.  A connection's number means nothing there.
 */
static struct lg_status check_crossing(const struct policy *policy, const struct lg_route *route)
{
	const uint32_t service = route->to_service;

	if (route->kind >= LG_ROUTE_KIND_COUNT || service >= LG_SERVICE_COUNT)
		return lg_refuse("an unknown kind or service");
	if (rules[route->kind] != RULE_READER_TO_WRITER &&
		rules[route->kind] != RULE_WRITER_TO_READER)
		return lg_refuse("only a stream crosses the line");
	if (route->from_service != service || !reads(policy, service, service))
		return lg_refuse("no event goes from that service to its like");
	if (route->to != 0 || route->to_partition == LG_TO_ANY_OWNER)
		return lg_refuse("over the line a frame goes to a partition");
	return lg_done();
}

struct lg_status policy_check_far(const struct policy *policy, const struct lg_route *route)
{
	if (route->from_site == policy->site)
		return lg_refuse("our own site, from another one");
	if (route->to_site != policy->site)
		return lg_refuse("for a third site");
	return check_crossing(policy, route);
}

struct lg_status policy_check(const struct policy *policy, const struct lg_route *route)
{
	const uint32_t from = route->from_service, to = route->to_service;

	if (route->kind >= LG_ROUTE_KIND_COUNT || from >= LG_SERVICE_COUNT)
		return lg_refuse("an unknown kind or service");
	if (route->from_site != policy->site)
		return lg_refuse("from another site");
	if (rules[route->kind] != RULE_EVERY_SERVICE && to >= LG_SERVICE_COUNT)
		return lg_refuse("to no service");
	if (rules[route->kind] != RULE_EVERY_SERVICE && route->to_site != policy->site)
		return check_crossing(policy, route);

	switch (rules[route->kind]) {
	case RULE_EVERY_SERVICE:
		return lg_done();
	case RULE_READER_TO_WRITER:
		return reads(policy, from, to) ? lg_done()
					       : lg_refuse("it takes no event of that service");
	case RULE_WRITER_TO_READER:
		return reads(policy, to, from) ? lg_done()
					       : lg_refuse("that service takes no event of it");
	case RULE_COMMAND:
		return commands(policy, from, to)
			       ? lg_done()
			       : lg_refuse("no command goes from that service to that one");
	case RULE_ANSWER:
		return commands(policy, to, from)
			       ? lg_done()
			       : lg_refuse("no answer goes from that service to that one");
	case RULE_BUS_ONLY:
		return lg_refuse("only the bus sends this");
	}
	abort();
}
