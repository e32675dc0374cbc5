/*
 * What a bus in the attacker's hands makes up: batches, ways back, subscriptions, commands, answers.
 * Each is made so that it would take effect if the one thing that should stop it did not.
 */
#include "tests/protection/attack.h"

#define NOBODY      ((uint64_t)0xfeedface) /* no connection of ours: what is sent there is caught */
#define BACKS_EVERY 5                      /* ticks */
#define FORGED_TEXT "FORGED"               /* station: would be seen in every report */
#define LIFE_MS     10000

/* what is defined in attack_main.c */
static lg_ms wall_clock(void);
static void emit(
	struct attack *attack, uint64_t to, const struct lg_route *route, struct lg_bytes body);
static void keep(
	struct frame *frame, const struct lg_route *route, uint64_t to, struct lg_bytes body);

static struct lg_id random_id(const struct attack *attack)
{
	uint64_t random;

	randombytes_buf(&random, sizeof random);
	return lg_id_make(attack->keyring.site, wall_clock(), random);
}

static bool is_to_reporting(const struct lg_route *route, enum lg_route_kind kind)
{
	return route->kind == kind && route->from_service == LG_SERVICE_INTAKE &&
	       route->to_service == LG_SERVICE_REPORTING && route->from_partition < LG_PARTITIONS;
}

static const Lifeguard__Bus__Deliver *read_deliver(struct attack *attack, struct lg_bytes body)
{
	ProtobufCMessage *message = NULL;

	if (!lg_is_done(
		    lg_decode(attack->arena, &lifeguard__bus__deliver__descriptor, body, &message)))
		return NULL;
	return (const Lifeguard__Bus__Deliver *)message;
}

/* Remembers who reads what from where. */
static void note_stream(
	struct attack *attack, const struct lg_route *route, uint64_t to, struct lg_bytes body)
{
	struct seen *seen = &attack->seen[route->from_partition % LG_PARTITIONS];
	ProtobufCMessage *message;

	if (is_to_reporting(route, LG_ROUTE_DELIVER))
		keep(&seen->batch, route, to, body);
	if (route->kind != LG_ROUTE_SUBSCRIBE || route->from_service != LG_SERVICE_REPORTING ||
		!lg_is_done(lg_decode(
			attack->arena, &lifeguard__bus__subscribe__descriptor, body, &message)))
		return;
	const Lifeguard__Bus__Subscribe *subscribe = (const Lifeguard__Bus__Subscribe *)message;

	seen->is_subscribed = lg_is_done(
		lg_id_from_bytes(lg_bytes_from_wire(subscribe->session), &seen->session));
	keep(&seen->subscribe, route, to, body);
}

/* --- batches ---------------------------------------------------------------------------------- */

static struct lg_stream stream_of(const struct attack *attack, const struct lg_route *route)
{
	return (struct lg_stream){
		.site = attack->keyring.site,
		.service = LG_SERVICE_INTAKE,
		.lane = route->lane,
		.destination = route->destination,
		.partition = route->from_partition,
	};
}

/* An event that intake might have told, of a case that this partition knows. */
static struct lg_bytes forged_event(struct attack *attack, struct lg_id case_id)
{
	Lifeguard__Intake__MigrantEngaged message = LIFEGUARD__INTAKE__MIGRANT_ENGAGED__INIT;
	struct lg_bytes bytes = lg_bytes(NULL, 0);
	struct lg_envelope envelope = {
		.event_id = random_id(attack),
		.case_id = case_id,
		.cause_id = random_id(attack),
		.type = lg_message_type_named("MigrantEngaged"),
		.site = attack->keyring.site,
		.service = LG_SERVICE_INTAKE,
		.occurred_at = wall_clock(),
		.recorded_at = wall_clock(),
		.actor = { .role = 8, .assurance = 1 },
		.purpose = 1,
		.message = &message.base,
	};

	envelope.type_number = envelope.type->number;
	message.station = lg_copy_text(attack->arena, FORGED_TEXT);
	message.engaged_ms = wall_clock();
	message.stated_victims = 1000;
	if (!lg_is_done(lg_envelope_wrap(attack->arena, &envelope, &bytes)))
		abort();
	return bytes;
}

static void deliver(struct attack *attack, uint64_t to, const struct lg_route *route,
	const Lifeguard__Bus__Deliver *real, struct lg_bytes batch)
{
	Lifeguard__Bus__Deliver forged = *real;

	forged.batch = lg_wire_from_bytes(batch);
	attack->counts[COUNT_FORGED_BATCHES]++;
	emit(attack, to, route, lg_encode(attack->arena, &forged.base));
}

/* The same batch, its first envelope another, under the true manifest and signature. */
static struct lg_bytes altered_batch(
	struct attack *attack, const Lifeguard__Bus__Deliver *real, struct lg_bytes event)
{
	ProtobufCMessage *message = NULL;

	if (!lg_is_done(lg_decode(attack->arena, &lifeguard__envelope__batch__descriptor,
		    lg_bytes_from_wire(real->batch), &message)))
		abort();
	Lifeguard__Envelope__Batch *batch = (Lifeguard__Envelope__Batch *)message;

	batch->envelopes[0] = lg_wire_from_bytes(event);
	return lg_encode(attack->arena, &batch->base);
}

static bool read_run(struct attack *attack, const struct lg_route *route,
	const Lifeguard__Bus__Deliver *real, struct lg_run *ret_run, struct lg_id *ret_case)
{
	struct lg_stream stream = stream_of(attack, route);
	struct lg_envelope first;

	if (!lg_is_done(lg_origin_check(attack->arena, &attack->keyring, &stream,
		    lg_bytes_from_wire(real->batch), ret_run)) ||
		!lg_is_done(lg_envelope_unwrap(attack->arena, ret_run->envelopes[0], &first)))
		return false;
	*ret_case = first.case_id;
	return true;
}

/* In place of the real one, just before it: whoever took it would not take the real one any more. */
static void forge_before(
	struct attack *attack, uint64_t to, const struct lg_route *route, struct lg_bytes body)
{
	const Lifeguard__Bus__Deliver *real;
	struct lg_id case_id;
	struct lg_run run;

	if (!is_to_reporting(route, LG_ROUTE_DELIVER))
		return;
	real = read_deliver(attack, body);
	if (real == NULL || !read_run(attack, route, real, &run, &case_id))
		return;
	deliver(attack, to, route, real,
		altered_batch(attack, real, forged_event(attack, case_id)));
	/* a true batch of another partition's stream, in this one's session */
	for (size_t p = 0; p < LG_PARTITIONS; p++) {
		const struct frame *other = &attack->seen[p].batch;
		const Lifeguard__Bus__Deliver *foreign;

		if (p == route->from_partition || other->data == NULL)
			continue;
		foreign = read_deliver(attack, frame_body(other));
		if (foreign != NULL)
			deliver(attack, to, route, real, lg_bytes_from_wire(foreign->batch));
	}
}

/* The numbers behind the real batch, where the reader now stands: signed by whom we have. */
static void forge_behind(
	struct attack *attack, uint64_t to, const struct lg_route *route, struct lg_bytes body)
{
	struct lg_own_keys *keys = lg_alloc(attack->arena, sizeof *keys);
	const Lifeguard__Bus__Deliver *real;
	struct lg_bytes event;
	struct lg_id case_id;
	struct lg_run run;

	if (!is_to_reporting(route, LG_ROUTE_DELIVER))
		return;
	real = read_deliver(attack, body);
	if (real == NULL || !read_run(attack, route, real, &run, &case_id))
		return;
	event = forged_event(attack, case_id);
	run.prior_epoch = run.epoch;
	run.first = run.through = run.through + 1;
	run.count = 1;
	run.envelopes = &event;
	run.grant_count = 0;

	*keys = *attack->invented;
	keys->service = LG_SERVICE_INTAKE;
	deliver(attack, to, route, real, lg_origin_sign(attack->arena, keys, &run, NULL));
	*keys = *attack->stolen;
	keys->service = LG_SERVICE_INTAKE; /* "I am intake", signed by reporting */
	deliver(attack, to, route, real, lg_origin_sign(attack->arena, keys, &run, NULL));
	keys->service = LG_SERVICE_REPORTING; /* reporting's own stream, under intake's route */
	run.stream.service = LG_SERVICE_REPORTING;
	deliver(attack, to, route, real, lg_origin_sign(attack->arena, keys, &run, NULL));
}

/* --- ways back -------------------------------------------------------------------------------- */

/* "I know nothing of what you have applied: begin anew", as if intake had said it. */
static void forge_back(struct attack *attack, uint8_t partition)
{
	struct seen *seen = &attack->seen[partition];
	Lifeguard__Bus__GoBack back = LIFEGUARD__BUS__GO_BACK__INIT;
	Lifeguard__Bus__Point zero = LIFEGUARD__BUS__POINT__INIT;
	uint8_t no_epoch[LG_ID_SIZE] = { 0 };
	struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_GO_BACK,
		.to_site = attack->keyring.site,
		.to_service = LG_SERVICE_REPORTING,
		.to_partition = partition,
		.from_site = attack->keyring.site,
		.from_service = LG_SERVICE_INTAKE,
		.from_partition = partition,
		.to = seen->subscribe.route.from,
		.from = seen->subscribe.to,
	};

	zero.epoch = lg_wire_from_array(no_epoch, sizeof no_epoch);
	back.partition = partition;
	back.session = lg_wire_from_bytes(lg_id_bytes(&seen->session));
	back.point = &zero;
	attack->counts[COUNT_FORGED_BACKS]++;
	emit(attack, route.to, &route, lg_encode(attack->arena, &back.base));
}

/*
 * A subscription that reporting did not send, in its session: of a history that intake does not
 * have, so that intake itself says "go back".  A session asks once, so it takes a new one at the
 * publisher; the answer carries it, and the reader's own session is put in by us where it can be.
 */
static void forge_subscription(struct attack *attack, uint8_t partition, bool is_readers_session)
{
	struct seen *seen = &attack->seen[partition];
	Lifeguard__Bus__Subscribe subscribe = LIFEGUARD__BUS__SUBSCRIBE__INIT;
	Lifeguard__Bus__Point wrong = LIFEGUARD__BUS__POINT__INIT, *points[] = { &wrong };
	struct lg_id epoch = random_id(attack), session = random_id(attack);

	if (is_readers_session)
		session = seen->session;
	wrong.epoch = lg_wire_from_bytes(lg_id_bytes(&epoch));
	wrong.number = 7;
	subscribe.partition = partition;
	subscribe.session = lg_wire_from_bytes(lg_id_bytes(&session));
	subscribe.n_points = 1;
	subscribe.points = points;
	subscribe.allowed_bytes = 1 << 20;
	attack->counts[COUNT_FORGED_SUBSCRIPTIONS]++;
	emit(attack, seen->subscribe.to, &seen->subscribe.route,
		lg_encode(attack->arena, &subscribe.base));
}

/* Every tenth of a second another partition, so that each is idle meanwhile. */
static void forge_backs(struct attack *attack)
{
	uint8_t partition = (uint8_t)(attack->ticks / BACKS_EVERY % LG_PARTITIONS);

	if (attack->ticks % BACKS_EVERY != 0 || !attack->seen[partition].is_subscribed)
		return;
	forge_back(attack, partition);
	forge_subscription(attack, partition, false);
	forge_subscription(attack, partition, true);
}

/* --- commands --------------------------------------------------------------------------------- */

static void send_command(struct attack *attack, enum lg_service_number service, uint8_t partition,
	struct lg_bytes body)
{
	uint64_t owner = attack->owners[service][partition % LG_PARTITIONS].connection;
	struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_COMMAND,
		.to_site = attack->keyring.site,
		.to_service = (uint8_t)service,
		.to_partition = partition,
		.from_site = attack->keyring.site,
		.from_service = LG_SERVICE_GATEWAY,
		.from = NOBODY,
	};

	emit(attack, owner, &route, body);
}

static void forge_command(struct attack *attack, const struct lg_own_keys *keys, const char *type,
	enum lg_service_number service, const char *json)
{
	struct lg_pacts *pacts = lg_pacts_new(keys, &attack->keyring);
	struct lg_command command = {
		.command_id = random_id(attack),
		.type = lg_message_type_named(type)->number,
		.site = attack->keyring.site,
		.service = (uint8_t)service,
		.expires_at = wall_clock() + LIFE_MS,
	};
	char id[LG_ID_TEXT];

	if (service == LG_SERVICE_INTAKE)
		command.key = random_id(attack);
	lg_id_print(command.key, id);
	json = lg_format(attack->arena, "{%s%s%s%s}",
		service == LG_SERVICE_INTAKE ? "\"case_id\":\"" : "",
		service == LG_SERVICE_INTAKE ? id : "", service == LG_SERVICE_INTAKE ? "\"," : "",
		json);
	command.body = lg_bytes(json, strlen(json));
	attack->counts[COUNT_FORGED_COMMANDS]++;
	send_command(attack, service, lg_partition_of(command.key),
		lg_command_close(attack->arena, pacts, &command, wall_clock()));
	lg_pacts_free(pacts);
}

/* A captured command: as it is; for another case; for another service; without its offer. */
static void bend_command(struct attack *attack, const struct frame *captured)
{
	struct lg_id other = random_id(attack);
	ProtobufCMessage *message = NULL;
	Lifeguard__Bus__Command *command;

	attack->counts[COUNT_REPLAYED_COMMANDS]++;
	send_command(attack, captured->route.to_service, captured->route.to_partition,
		frame_body(captured));
	if (!lg_is_done(lg_decode(attack->arena, &lifeguard__bus__command__descriptor,
		    frame_body(captured), &message)))
		return;
	command = (Lifeguard__Bus__Command *)message;
	attack->counts[COUNT_FORGED_COMMANDS] += 3;
	command->key = lg_wire_from_bytes(lg_id_bytes(&other));
	send_command(attack, command->service, lg_partition_of(other),
		lg_encode(attack->arena, &command->base));
	send_command(
		attack, LG_SERVICE_REPORTING, captured->route.to_partition, frame_body(captured));
	command->offer.len = 0;
	send_command(attack, command->service, lg_partition_of(other),
		lg_encode(attack->arena, &command->base));
}

/* The answer to one command, given to another one that still waits for its own. */
static void bend_answer(struct attack *attack, struct lg_bytes command)
{
	ProtobufCMessage *message = NULL, *asked = NULL;

	if (attack->answer.data == NULL ||
		!lg_is_done(lg_decode(attack->arena, &lifeguard__bus__answer__descriptor,
			frame_body(&attack->answer), &message)) ||
		!lg_is_done(lg_decode(
			attack->arena, &lifeguard__bus__command__descriptor, command, &asked)))
		return;
	((Lifeguard__Bus__Answer *)message)->command_id =
		((Lifeguard__Bus__Command *)asked)->command_id;
	attack->counts[COUNT_FORGED_ANSWERS]++;
	emit(attack, attack->answer.to, &attack->answer.route, lg_encode(attack->arena, message));
}

static void forge_commands(struct attack *attack)
{
	static const char record[] =
		"\"station\":\"" FORGED_TEXT "\",\"intercepted_ms\":1600000000000";
	static const char account[] =
		"\"user_name\":\"forged\",\"password\":\"forged-password\",\"role\":\"operator\"";
	const struct frame *captured;

	if (attack->command_count == 0)
		return;
	captured = &attack->commands[(attack->command_count - 1) % KEPT_COMMANDS];
	forge_command(attack, attack->invented, "RecordInterception", LG_SERVICE_INTAKE, record);
	forge_command(attack, attack->own, "RecordInterception", LG_SERVICE_INTAKE, record);
	forge_command(attack, attack->stolen, "CreateAccount", LG_SERVICE_ACCESS, account);
	bend_command(attack, captured);
}
