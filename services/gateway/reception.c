#include "services/gateway/reception.h"

#include <sodium.h>
#include <strings.h>

#include "common/stream/partition.h"
#include "proto/bus.pb-c.h"
#include "services/gateway/routes.h"

#define TOKEN_HEX_MAX 4096

/* One request while it is looked at. */
struct visit {
	struct reception *reception;
	struct http_request *request;
	struct route_target target;
	struct lg_bytes token;
	struct lg_actor actor; /* of the token, when there must be one */
	const char *argument;  /* value behind '?', or NULL */
	uint64_t steady_ms;
};

static bool refuse(struct visit *visit, enum problem_kind kind)
{
	char allow[ROUTES_ALLOW_TEXT];

	routes_allowed(visit->request->path, allow);
	relay_refuse(visit->reception->relay, visit->request, kind,
		kind == PROBLEM_OTHER_METHOD ? allow : NULL, NULL);
	return false;
}

static void answer_text(struct visit *visit, uint32_t status, const char *text, const char *allow)
{
	visit->reception->reply(visit->request, &(struct http_answer){
							.status = status,
							.body = lg_bytes(text, strlen(text)),
							.allow = allow,
						});
}

/* --- looking at it -------------------------------------------------------------------- */

static bool find_route(struct visit *visit)
{
	switch (routes_find(visit->request->method, visit->request->path, &visit->target)) {
	case ROUTE_FOUND:
		return true;
	case ROUTE_UNKNOWN:
		return refuse(visit, PROBLEM_NOT_FOUND);
	case ROUTE_OTHER_METHOD:
		return refuse(visit, PROBLEM_OTHER_METHOD);
	case ROUTE_MALFORMED:
		return refuse(visit, PROBLEM_MALFORMED_PATH);
	case ROUTE_NO_SERVICE:
		return refuse(visit, PROBLEM_NO_SUCH_SERVICE);
	}
	abort();
}

/* At most one name may stand behind '?', and only the route's own. */
static bool check_argument(struct visit *visit)
{
	const struct http_request *request = visit->request;
	const char *known = visit->target.route->argument;

	if (request->argument_count == 0)
		return true;
	if (request->argument_count > 1 || known == NULL ||
		strcmp(known, request->argument_name) != 0)
		return refuse(visit, PROBLEM_MALFORMED_ARGUMENT);
	visit->argument = request->argument_value;
	return true;
}

/* "Bearer <hexadecimal>" to the bytes of the token, in the arena. */
static bool read_token(struct visit *visit, struct lg_bytes *ret_token)
{
	const char *text = visit->request->authorization;
	size_t size = 0;

	if (text == NULL || strncasecmp(text, "Bearer ", 7) != 0)
		return false;
	text += 7;
	size_t length = strlen(text);
	if (length == 0 || length > TOKEN_HEX_MAX)
		return false;
	uint8_t *token = lg_alloc(visit->reception->arena, length / 2 + 1);
	if (sodium_hex2bin(token, length / 2, text, length, NULL, &size, NULL) != 0 ||
		size * 2 != length)
		return false;
	*ret_token = lg_bytes(token, size);
	return true;
}

static bool check_token(struct visit *visit, lg_ms wall)
{
	struct reception *reception = visit->reception;

	if (visit->target.route->is_open)
		return true;
	if (visit->request->authorization == NULL)
		return refuse(visit, PROBLEM_NO_TOKEN);
	if (!read_token(visit, &visit->token) ||
		!lg_is_done(lg_token_check(reception->tokens, reception->arena, reception->keyring,
			visit->token, wall, &visit->actor)))
		return refuse(visit, PROBLEM_BAD_TOKEN);
	return true;
}

static bool is_json(const char *content_type)
{
	static const char json[] = "application/json";

	if (content_type == NULL || strncasecmp(content_type, json, sizeof json - 1) != 0)
		return false;
	return strchr("; \t", content_type[sizeof json - 1]) != NULL; /* '\0' is found too */
}

static bool check_body(struct visit *visit)
{
	bool is_wanted = visit->target.route->body == ROUTE_BODY_SENT;

	if (!is_wanted && visit->request->body.size > 0)
		return refuse(visit, PROBLEM_BODY_UNWANTED);
	if (is_wanted && visit->request->body.size == 0)
		return refuse(visit, PROBLEM_BODY_MISSING);
	if (is_wanted && !is_json(visit->request->content_type))
		return refuse(visit, PROBLEM_NOT_JSON);
	return true;
}

/* --- answered here -------------------------------------------------------------------- */

static void answer_health(struct visit *visit)
{
	const struct lg_keyring *keyring = visit->reception->keyring;
	bool is_ready = presence_any(&visit->reception->presence, visit->steady_ms);

	/* the country is two letters by the keyring's own check: nothing to escape */
	answer_text(visit, 200,
		lg_format(visit->reception->arena,
			"{\"ready\":%s,\"site\":%u,\"country\":\"%s\",\"demo\":%s}",
			is_ready ? "true" : "false", (unsigned)keyring->site, keyring->country,
			keyring->is_demo ? "true" : "false"),
		NULL);
}

/* Services that take something, by the registry. */
static uint32_t services_known(void)
{
	uint32_t count, set = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	for (uint32_t i = 0; i < count; i++)
		if (types[i].kind != LG_MESSAGE_CONTENT)
			set |= types[i].to;
	return set;
}

static void answer_services(struct visit *visit)
{
	const struct presence *presence = &visit->reception->presence;
	struct lg_arena *arena = visit->reception->arena;
	const char *list = "";
	uint32_t known = services_known();

	for (uint32_t service = 0; service < LG_SERVICE_COUNT; service++) {
		if (!lg_service_in(known, service))
			continue;
		uint16_t owned = presence_partitions(presence, service, visit->steady_ms);

		list = lg_format(arena, "%s%s{\"name\":\"%s\",\"instances\":%u,\"partitions\":%d}",
			list, list[0] == '\0' ? "" : ",", lg_service_name(service),
			presence_instances(presence, service, visit->steady_ms),
			__builtin_popcount(owned));
	}
	answer_text(visit, 200, lg_format(arena, "{\"services\":[%s]}", list), NULL);
}

/* --- sent inside ---------------------------------------------------------------------- */

/* The client's trace; where it has none that can be read a new one begins. */
static struct lg_trace trace_of(struct reception *reception, const struct http_request *request)
{
	struct lg_trace trace;

	if (request->traceparent == NULL ||
		!lg_is_done(lg_trace_parse(request->traceparent, &trace)))
		lg_pacts_random(reception->pacts, &trace, sizeof trace);
	return trace;
}

/* It goes to the service unread: only that knows what is there. */
static bool check_if_match(struct visit *visit, struct lg_bytes *ret_if_match)
{
	const struct http_request *request = visit->request;

	if (request->if_match == NULL)
		return true;
	*ret_if_match = lg_bytes(request->if_match, strlen(request->if_match));
	if (request->if_match_count > 1 || ret_if_match->size == 0 ||
		ret_if_match->size > LG_IF_MATCH_MAX)
		return refuse(visit, PROBLEM_MALFORMED_MATCH);
	return true;
}

static uint32_t together_for(uint32_t instances)
{
	return instances < 2 ? RECEPTION_TOGETHER : (RECEPTION_TOGETHER - 1) / instances + 1;
}

/*
 * What may go anywhere goes where the last ones went, RECEPTION_TOGETHER in a row: a service signs, and
 * its readers check, once for each partition of a batch.  With 64 clients that was half of what
 * reporting did for a tally.  Several instances get rows that are shorter, so that all have their share
 * of what as many clients ask at one time.
 */
static uint16_t where_others_went(struct visit *visit, uint16_t owned)
{
	uint32_t service = visit->target.service;
	uint16_t set = owned == 0 ? UINT16_MAX : owned;

	if (visit->reception->together[service].left == 0 ||
		(visit->reception->together[service].partition & set) == 0) {
		uint32_t nth = randombytes_uniform((uint32_t)__builtin_popcount(set));

		while (nth-- > 0)
			set &= (uint16_t)(set - 1);
		visit->reception->together[service].partition = set & (uint16_t)-set;
		visit->reception->together[service].left = together_for(
			presence_instances(&visit->reception->presence, service, visit->steady_ms));
	}
	visit->reception->together[service].left--;
	return visit->reception->together[service].partition;
}

static void send_inside(struct visit *visit, lg_ms wall)
{
	struct reception *reception = visit->reception;
	const struct route_target *target = &visit->target;
	struct http_request *request = visit->request;
	uint16_t owned =
		presence_partitions(&reception->presence, target->service, visit->steady_ms);
	struct {
		uint64_t id, key[2];
	} random;

	lg_pacts_random(reception->pacts, &random, sizeof random);
	struct relay_wish wish = {
		.command_id = lg_id_make(reception->keyring->site, wall, random.id),
		.is_new_id = request->idempotency_key == NULL,
		.type = lg_message_type_named(target->route->message)->number,
		.service = target->service,
		.body = request->body,
		.token = visit->token,
		.trace = request->trace,
		.request = request,
	};

	if (request->idempotency_key != NULL &&
		!lg_is_done(lg_id_parse(request->idempotency_key, &wish.command_id))) {
		refuse(visit, PROBLEM_MALFORMED_KEY);
		return;
	}
	if (target->route->key == ROUTE_KEY_ANY)
		owned = where_others_went(visit, owned);
	if (!lg_is_done(routes_choose_key(target, visit->argument, owned, random.key, &wish.key)) ||
		(target->route->body != ROUTE_BODY_SENT &&
			!lg_is_done(routes_write_body(
				reception->arena, target, visit->argument, &wish.body)))) {
		refuse(visit, PROBLEM_MALFORMED_ARGUMENT);
		return;
	}
	if (check_if_match(visit, &wish.if_match))
		relay_take(reception->relay, &wish, wall, visit->steady_ms);
}

static void open_inbox(struct visit *visit, lg_ms wall)
{
	inbox_take(visit->reception->inbox,
		&(struct inbox_wish){
			.request = visit->request,
			.target = visit->target,
			.token = visit->token,
			.user = visit->actor.user,
		},
		wall, visit->steady_ms);
}

/* One thing, shown: its answer gets a tag, so that a client that has it need not have it again. */
static bool is_one_thing(const struct route *route)
{
	return strcmp(route->method, "GET") == 0 && route->key == ROUTE_KEY_CASE;
}

static void take(struct visit *visit, lg_ms wall)
{
	char allow[ROUTES_ALLOW_TEXT];

	if (strcmp(visit->request->method, "OPTIONS") == 0) {
		routes_allowed(visit->request->path, allow);
		if (allow[0] == '\0')
			refuse(visit, PROBLEM_NOT_FOUND);
		else
			answer_text(visit, 204, "", allow);
		return;
	}
	if (!find_route(visit))
		return;
	if (visit->reception->is_stopping && visit->target.route->message != NULL) {
		refuse(visit, PROBLEM_STOPPING);
		return;
	}
	if (!check_argument(visit) || !check_token(visit, wall) || !check_body(visit))
		return;
	visit->request->is_tagged = is_one_thing(visit->target.route);
	if (visit->target.route->body == ROUTE_BODY_INBOX)
		open_inbox(visit, wall);
	else if (visit->target.route->message != NULL)
		send_inside(visit, wall);
	else if (visit->target.route->is_open)
		answer_health(visit);
	else
		answer_services(visit);
}

void reception_take(
	struct reception *reception, struct http_request *request, lg_ms wall, uint64_t steady_ms)
{
	struct visit visit = {
		.reception = reception,
		.request = request,
		.steady_ms = steady_ms,
	};

	request->trace = trace_of(reception, request);
	take(&visit, wall);
	lg_arena_reset(reception->arena);
}

static bool read_claim(struct lg_arena *arena, struct lg_bytes body, struct lg_id *ret_instance,
	uint16_t *ret_partitions)
{
	ProtobufCMessage *message;
	uint16_t partitions = 0;

	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__claim__descriptor, body, &message)))
		return false;
	const Lifeguard__Bus__Claim *claim = (const Lifeguard__Bus__Claim *)message;
	for (size_t i = 0; i < claim->n_partitions; i++)
		if (claim->partitions[i] < LG_PARTITIONS)
			partitions = (uint16_t)(partitions | 1u << claim->partitions[i]);
	*ret_partitions = partitions;
	return lg_is_done(lg_id_from_bytes(
		lg_bytes(claim->instance.data, claim->instance.len), ret_instance));
}

void reception_claim(struct reception *reception, const struct lg_route *route,
	struct lg_bytes body, uint64_t steady_ms)
{
	struct lg_id instance;
	uint16_t partitions;

	if (route->from_service < LG_SERVICE_COUNT &&
		read_claim(reception->arena, body, &instance, &partitions))
		presence_hear(
			&reception->presence, route->from_service, instance, partitions, steady_ms);
	lg_arena_reset(reception->arena);
}
