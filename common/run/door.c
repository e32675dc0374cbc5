#include "common/run/door.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/log.h"
#include "common/json/json.h"
#include "common/run/batch.h"
#include "common/run/gather.h"
#include "common/run/operator/standing.h"
#include "common/run/owned.h"

#define WATCH_MS 10000 /* so long after a query a gateway is told of news */

void lg_door_open(struct lg_instance *instance)
{
	instance->token_cache = lg_token_cache_new();
	instance->pacts = lg_pacts_new(instance->keys, &instance->keyring);
	instance->met = calloc(1, sizeof *instance->met);
	if (instance->met == NULL)
		abort();
}

void lg_door_close(struct lg_instance *instance)
{
	lg_pacts_free(instance->pacts);
	lg_token_cache_free(instance->token_cache);
	free(instance->met);
}

const struct lg_handler *lg_door_handler(const struct lg_service *service, uint32_t type)
{
	for (const struct lg_handler *h = service->handlers; h->type != 0; h++)
		if (h->type == type)
			return h;
	for (const struct lg_handler *h = lg_standing_handlers; h->type != 0; h++)
		if (h->type == type)
			return h;
	return NULL;
}

void lg_door_set(struct lg_delivery *delivery, uint32_t status, struct lg_bytes body)
{
	delivery->status = status;
	delivery->answer = body;
}

/* Titles of the statuses that are used, as RFC 9110 names them. */
static const char *title_of(uint32_t status)
{
	switch (status) {
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 409:
		return "Conflict";
	case 412:
		return "Precondition Failed";
	case 422:
		return "Unprocessable Content";
	case 429:
		return "Too Many Requests";
	case 503:
		return "Service Unavailable";
	default:
		return "Internal Server Error";
	}
}

void lg_door_problem(struct lg_delivery *delivery, uint32_t status, const char *detail)
{
	lg_door_set(delivery, status,
		lg_json_problem(delivery->arena, status, title_of(status), detail, NULL));
}

void lg_door_answer(struct lg_instance *instance, struct lg_delivery *delivery)
{
	struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_ANSWER,
		.to_site = instance->keyring.site,
		.to_service = LG_SERVICE_GATEWAY,
		.to_partition = LG_TO_ANY_OWNER,
		.to = delivery->reply_to,
	};

	delivery->is_answered = true;
	/* an answer that is lost is asked for again, with the same id */
	if (!lg_is_done(lg_link_send(instance->link, &route,
		    lg_answer_close(delivery->arena, instance->pacts, &delivery->command,
			    &(struct lg_answered){ .status = delivery->status,
				    .version = delivery->version,
				    .body = delivery->answer }))))
		lg_metric_add(instance->count_frames_refused, 1);
}

void lg_door_return(struct lg_instance *instance, struct lg_delivery *delivery)
{
	lg_door_problem(delivery, 503, "not the owner of this case now: ask again");
	lg_door_answer(instance, delivery);
}

/* A message that names a case names the one that it was sent under. */
static bool is_under_its_key(const ProtobufCMessage *message, struct lg_id key)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(message->descriptor, "case_id");
	const ProtobufCBinaryData *value;

	if (field == NULL || field->type != PROTOBUF_C_TYPE_BYTES ||
		field->label == PROTOBUF_C_LABEL_REPEATED)
		return true;
	value = (const ProtobufCBinaryData *)((const uint8_t *)message + field->offset);
	return lg_bytes_equal(lg_bytes(value->data, value->len), lg_id_bytes(&key));
}

/* Who it is, and whether he may. */
static bool check_actor(struct lg_instance *instance, struct lg_delivery *delivery,
	const struct lg_handler *handler)
{
	if (handler->roles == 0) { /* nobody is logged in yet */
		delivery->actor.assurance = 2;
		return true;
	}
	if (!lg_is_done(lg_token_check(instance->token_cache, delivery->arena, &instance->keyring,
		    delivery->command.token, delivery->arrived_at, &delivery->actor))) {
		lg_door_problem(delivery, 401, "log in again: the session is missing or over");
		return false;
	}
	if (delivery->actor.role >= 32 || (handler->roles >> delivery->actor.role & 1u) == 0) {
		lg_door_problem(delivery, 403, "your role may not do this");
		return false;
	}
	return true;
}

static bool read_body(struct lg_delivery *delivery)
{
	struct lg_field_errors errors = { .count = 0 };
	ProtobufCMessage *message;

	if (!lg_is_done(lg_json_read(delivery->arena, delivery->type->descriptor,
		    delivery->command.body, &message, &errors))) {
		lg_door_set(delivery, 400,
			lg_json_problem(delivery->arena, 400, title_of(400),
				"the request does not say what this command takes", &errors));
		return false;
	}
	if (!is_under_its_key(message, delivery->command.key)) {
		lg_door_problem(delivery, 400, "case_id is not the case of the address");
		return false;
	}
	delivery->message = message;
	return true;
}

/* --- who watches ------------------------------------------------------------------------ */

/* Keeps who asked a query; where there is no room the one that asked longest ago goes. */
static void keep_watcher(struct lg_instance *instance, uint64_t connection)
{
	uint64_t now_ms = uv_now(instance->loop);
	uint32_t place = 0;

	for (uint32_t i = 0; i < LG_WATCHERS_MAX; i++) {
		if (instance->watchers[i].connection == connection) {
			place = i;
			break;
		}
		if (instance->watchers[i].until_ms < instance->watchers[place].until_ms)
			place = i;
	}
	instance->watchers[place].connection = connection;
	instance->watchers[place].until_ms = now_ms + WATCH_MS;
}

void lg_door_news(struct lg_instance *instance)
{
	uint64_t now_ms = uv_now(instance->loop);
	struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_NEWS,
		.to_site = instance->keyring.site,
		.to_service = LG_SERVICE_GATEWAY,
		.to_partition = LG_TO_ANY_OWNER,
	};

	for (uint32_t i = 0; i < LG_WATCHERS_MAX; i++) {
		route.to = instance->watchers[i].connection;
		/* one that is lost is made good by the next question, two seconds later at most */
		if (instance->watchers[i].until_ms > now_ms &&
			!lg_is_done(lg_link_send(instance->link, &route, lg_bytes("", 0))))
			lg_metric_add(instance->count_frames_refused, 1);
	}
}

static bool check(struct lg_instance *instance, struct lg_delivery *delivery)
{
	const struct lg_handler *handler =
		lg_door_handler(instance->service, delivery->command.type);

	delivery->type = lg_message_type(delivery->command.type);
	if (handler == NULL || delivery->type == NULL ||
		!lg_service_in(delivery->type->to, instance->service->number)) {
		lg_door_problem(delivery, 404, "this service does not know such a command");
		return false;
	}
	if (!check_actor(instance, delivery, handler) || !read_body(delivery))
		return false;
	if (instance->queue_count >= LG_QUEUE_MAX) {
		lg_door_problem(delivery, 429, "too much at once: try again in a second");
		return false;
	}
	if (delivery->type->kind == LG_MESSAGE_QUERY)
		keep_watcher(instance, delivery->reply_to);
	return true;
}

/* --- copies ------------------------------------------------------------------------------ */

bool lg_door_takes_long(const struct lg_instance *instance, const struct lg_delivery *command)
{
	return lg_door_handler(instance->service, command->type->number)->ponder != NULL;
}

/* Not only under its id, which a client may choose: what differs must be refused. */
static bool is_copy(const struct lg_delivery *first, const struct lg_delivery *copy)
{
	return first->kind == LG_DELIVERY_COMMAND && first->type == copy->type &&
	       lg_id_equal(first->command.command_id, copy->command.command_id) &&
	       lg_id_equal(first->actor.user, copy->actor.user) &&
	       lg_bytes_equal(first->command.body, copy->command.body);
}

/*
 * The gateway asks again where it has heard nothing for a moment.  A copy of a login would be hashed as
 * slowly as the first, and a wrong one counted once more: on a busy machine no login came in time.
 */
struct lg_delivery *lg_door_first_of(
	const struct lg_instance *instance, const struct lg_delivery *copy)
{
	if (!lg_door_takes_long(instance, copy))
		return NULL;
	for (uint32_t i = 0; i < instance->active_count; i++)
		for (struct lg_taken *t = instance->active[i]->taken; t != NULL; t = t->next)
			if (is_copy(t->delivery, copy))
				return t->delivery;
	for (struct lg_delivery *d = instance->queue; d != NULL; d = d->next)
		if (is_copy(d, copy))
			return d;
	return NULL;
}

void lg_door_frame(struct lg_instance *instance, const struct lg_route *route, struct lg_bytes body)
{
	struct lg_arena *arena = lg_arena_new_small();
	struct lg_delivery *delivery = lg_alloc(arena, sizeof *delivery);

	*delivery = (struct lg_delivery){
		.kind = LG_DELIVERY_COMMAND,
		.arena = arena,
		.arrived_us = uv_hrtime() / 1000,
		.arrived_at = lg_now(),
		.reply_to = route->from,
	};
	if (route->from_service != LG_SERVICE_GATEWAY ||
		!lg_is_done(lg_command_open(
			arena, instance->pacts, body, delivery->arrived_at, &delivery->command))) {
		/* nobody to answer: what it says of itself is not to be believed */
		lg_metric_add(instance->count_frames_refused, 1);
		lg_arena_free(arena);
		return;
	}
	delivery->partition = lg_partition_of(delivery->command.key);
	if (!check(instance, delivery)) {
		lg_metric_add(instance->count_refused, 1);
		lg_door_answer(instance, delivery);
		lg_delivery_free(delivery);
		return;
	}
	if (lg_owned_open(instance, delivery->partition) == NULL || instance->is_stopping ||
		(lg_fence_leaving(instance->fence) & 1u << delivery->partition) != 0) {
		lg_door_return(instance, delivery);
		lg_delivery_free(delivery);
		return;
	}
	struct lg_delivery *first = lg_door_first_of(instance, delivery);

	if (first == NULL) {
		lg_gather_add(instance, delivery);
		return;
	}
	first->reply_to = delivery->reply_to; /* that connection lives */
	lg_delivery_free(delivery);
}
