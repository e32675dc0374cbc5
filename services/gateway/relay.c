#include "services/gateway/relay.h"

#include <assert.h>
#include <stdlib.h>
#include <uthash.h>

#include "common/json/json.h"
#include "common/stream/envelope.h"
#include "common/stream/partition.h"
#include "proto/bus.pb-c.h"

struct pending {
	struct lg_id command_id; /* key of the table */
	struct http_request *request;
	enum lg_service_number service;
	struct lg_route route;
	struct lg_reply reply;
	uint64_t deadline_ms, next_ms; /* steady */
	uint32_t copies_out;           /* sent and not come back: any of them may take effect */
	UT_hash_handle hh;
	size_t frame_size;
	uint8_t frame[]; /* the encoded command; sealed, so it needs no wiping */
};

struct relay {
	struct relay_options options;
	struct pending *pending;
	struct lg_arena *arena; /* of one call; holds bodies and tokens, wiped at its end */
	struct relay_counts counts;
};

struct relay *relay_new(const struct relay_options *options)
{
	struct relay *relay = calloc(1, sizeof *relay);

	if (relay == NULL)
		abort();
	relay->options = *options;
	relay->arena = lg_arena_new();
	return relay;
}

void relay_free(struct relay *relay)
{
	if (relay == NULL)
		return;
	assert(relay->pending == NULL);
	lg_arena_free(relay->arena);
	free(relay);
}

void relay_refuse(struct relay *relay, struct http_request *request, enum problem_kind kind,
	const char *allow, const struct lg_id *command_id)
{
	const struct problem *problem = problem_of(kind);
	struct lg_arena *arena =
		lg_arena_new_small(); /* may be called inside another call's arena */
	char id[LG_ID_TEXT];
	struct http_answer answer = {
		.status = problem->status,
		.body = lg_json_problem(
			arena, problem->status, problem->title, problem->detail, NULL),
		.allow = allow,
		.retry_after_s = problem->retry_after_s,
	};

	if (command_id != NULL) {
		lg_id_print(*command_id, id);
		answer.command_id = id;
	}
	relay->options.reply(request, &answer);
	lg_arena_free(arena);
}

static void forget(struct relay *relay, struct pending *pending)
{
	HASH_DEL(relay->pending, pending);
	lg_reply_wipe(&pending->reply);
	free(pending);
}

/* Out of time: says what is known. */
static void give_up(struct relay *relay, struct pending *pending)
{
	bool is_unknown = pending->copies_out > 0;

	if (is_unknown)
		relay->counts.unknown++;
	else
		relay->counts.not_delivered++;
	relay_refuse(relay, pending->request,
		is_unknown ? PROBLEM_UNKNOWN_OUTCOME : PROBLEM_NOT_DELIVERED, NULL,
		&pending->command_id);
	forget(relay, pending);
}

static void send_copy(struct relay *relay, struct pending *pending, uint64_t steady_ms)
{
	struct lg_status sent = relay->options.send(relay->options.user, &pending->route,
		lg_bytes(pending->frame, pending->frame_size));

	if (!lg_is_done(sent)) {
		pending->next_ms = steady_ms + RELAY_RETURNED_MS;
		return;
	}
	relay->counts.sent++;
	pending->copies_out++;
	pending->next_ms = steady_ms + RELAY_SILENCE_MS;
}

static struct pending *find(struct relay *relay, struct lg_id command_id)
{
	struct pending *pending = NULL;

	HASH_FIND(hh, relay->pending, &command_id, sizeof command_id, pending);
	return pending;
}

static struct pending *close_wish(struct relay *relay, const struct relay_wish *wish, lg_ms wall)
{
	struct lg_command command = {
		.command_id = wish->command_id,
		.is_new_id = wish->is_new_id,
		.type = wish->type,
		.key = wish->key,
		.site = relay->options.site,
		.service = (uint8_t)wish->service,
		.expires_at = wall + RELAY_DEADLINE_MS,
		.body = wish->body,
		.token = wish->token,
		.trace = wish->trace,
		.if_match = wish->if_match,
	};
	struct lg_bytes frame =
		lg_command_close(relay->arena, relay->options.pacts, &command, wall);
	struct pending *pending = calloc(1, sizeof *pending + frame.size);

	if (pending == NULL)
		abort();
	pending->command_id = wish->command_id;
	pending->request = wish->request;
	pending->service = wish->service;
	pending->route = (struct lg_route){
		.version = 1,
		.kind = LG_ROUTE_COMMAND,
		.to_site = command.site,
		.to_service = command.service,
		.to_partition = lg_partition_of(wish->key),
	};
	pending->reply = command.reply;
	pending->frame_size = frame.size;
	memcpy(pending->frame, frame.data, frame.size);
	lg_reply_wipe(&command.reply);
	lg_arena_reset(relay->arena);
	return pending;
}

void relay_take(struct relay *relay, const struct relay_wish *wish, lg_ms wall, uint64_t steady_ms)
{
	if (HASH_COUNT(relay->pending) >= RELAY_PENDING_MAX) {
		relay_refuse(relay, wish->request, PROBLEM_TOO_MANY, NULL, &wish->command_id);
		return;
	}
	if (find(relay, wish->command_id) != NULL) {
		relay_refuse(relay, wish->request, PROBLEM_UNDER_WAY, NULL, &wish->command_id);
		return;
	}
	struct pending *pending = close_wish(relay, wish, wall);
	HASH_ADD(hh, relay->pending, command_id, sizeof pending->command_id, pending);
	pending->deadline_ms = steady_ms + RELAY_DEADLINE_MS;
	send_copy(relay, pending, steady_ms);
}

/* One copy is known not to have taken effect. */
static void come_back(struct relay *relay, struct pending *pending, uint64_t steady_ms)
{
	relay->counts.returned++;
	if (pending->copies_out > 0)
		pending->copies_out--;
	pending->next_ms = steady_ms + RELAY_RETURNED_MS;
}

static void take_answer(
	struct relay *relay, const struct lg_route *route, struct lg_bytes body, uint64_t steady_ms)
{
	struct lg_id command_id;
	struct lg_answered answered;
	char id[LG_ID_TEXT];

	if (!lg_is_done(lg_answer_id(relay->arena, body, &command_id))) {
		relay->counts.refused_answers++;
		return;
	}
	struct pending *pending = find(relay, command_id);
	if (pending == NULL) /* answered already: a copy of the answer, or a late one */
		return;
	if (route->from_service != pending->service ||
		!lg_is_done(lg_answer_open(relay->arena, &pending->reply, body, &answered)) ||
		answered.status < 200 || answered.status > 599) {
		relay->counts.refused_answers++;
		return;
	}
	if (answered.status == 503 && steady_ms + RELAY_SILENCE_MS < pending->deadline_ms) {
		/* not now: it did not take effect, so it is asked again */
		come_back(relay, pending, steady_ms);
		return;
	}
	lg_id_print(command_id, id);
	relay->counts.answered++;
	relay->options.reply(pending->request,
		&(struct http_answer){
			.status = answered.status,
			.version = answered.version,
			.body = answered.body,
			.command_id = id,
			.retry_after_s = answered.status == 503 || answered.status == 429,
		});
	forget(relay, pending);
}

/* A copy came back: from the bus, that knows no owner, or from an instance that is none. */
static void take_returned(struct relay *relay, struct lg_bytes body, uint64_t steady_ms)
{
	ProtobufCMessage *message;
	struct lg_id command_id;

	if (!lg_is_done(
		    lg_decode(relay->arena, &lifeguard__bus__command__descriptor, body, &message)))
		return;
	const Lifeguard__Bus__Command *command = (const Lifeguard__Bus__Command *)message;
	if (!lg_is_done(lg_id_from_bytes(
		    lg_bytes(command->command_id.data, command->command_id.len), &command_id)))
		return;
	struct pending *pending = find(relay, command_id);
	if (pending == NULL)
		return;
	come_back(relay, pending, steady_ms);
}

void relay_frame(
	struct relay *relay, const struct lg_route *route, struct lg_bytes body, uint64_t steady_ms)
{
	if (route->kind == LG_ROUTE_ANSWER)
		take_answer(relay, route, body, steady_ms);
	else if (route->kind == LG_ROUTE_UNDELIVERED)
		take_returned(relay, body, steady_ms);
	lg_arena_reset(relay->arena);
}

void relay_tick(struct relay *relay, uint64_t steady_ms)
{
	struct pending *pending, *next;

	HASH_ITER(hh, relay->pending, pending, next)
	{
		if (steady_ms >= pending->deadline_ms) {
			give_up(relay, pending);
		} else if (steady_ms >= pending->next_ms) {
			relay->counts.resent++;
			send_copy(relay, pending, steady_ms);
		}
	}
}

void relay_give_up(struct relay *relay)
{
	struct pending *pending, *next;

	HASH_ITER(hh, relay->pending, pending, next)
	{
		give_up(relay, pending);
	}
}

struct relay_counts relay_counts(const struct relay *relay)
{
	struct relay_counts counts = relay->counts;

	counts.pending = HASH_COUNT(relay->pending);
	return counts;
}
