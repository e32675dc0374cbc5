/*
 * Takes the place of lg-bus, with its keys, and does what a bus must not do (attack.h).
 *
 *   attack_main KEYS LISTEN CONTROL STATUS [RECORD]
 *
 * CONTROL is a file with one line "MODE N", looked at ten times a second; STATUS is written as
 * often: the line that holds now, who is connected, and what was done so far.  RECORD gets every
 * frame as it came.  Honest frames are forwarded in every mode, so that the site works: only
 * then would something forged take effect.
 */
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/protect/command.h"
#include "common/protect/origin.h"
#include "common/stream/wire.h"
#include "proto/access.pb-c.h"
#include "proto/bus.pb-c.h"
#include "proto/intake.pb-c.h"
#include "tests/protection/attack.h"

#include "tests/protection/forge.c"

#define TICK_MS    20
#define CLAIM_LIFE 10000
#define TURNS      5 /* ticks between two looks at the control file */

static const char *const mode_names[MODE_COUNT] = {
	[MODE_PLAIN] = "plain",
	[MODE_FLIP] = "flip",
	[MODE_ROUTE] = "route",
	[MODE_REORDER] = "reorder",
	[MODE_REPLAY] = "replay",
	[MODE_DROP] = "drop",
	[MODE_DOUBLE] = "double",
	[MODE_FORGE] = "forge",
	[MODE_COMMAND] = "command",
};

static const char *const count_names[COUNT_COUNT] = {
	[COUNT_FRAMES] = "frames",
	[COUNT_FLIPPED] = "flipped",
	[COUNT_MISROUTED] = "misrouted",
	[COUNT_REORDERED] = "reordered",
	[COUNT_REPLAYED] = "replayed",
	[COUNT_DROPPED] = "dropped",
	[COUNT_DOUBLED] = "doubled",
	[COUNT_FORGED_BATCHES] = "forged_batches",
	[COUNT_FORGED_BACKS] = "forged_backs",
	[COUNT_FORGED_SUBSCRIPTIONS] = "forged_subscriptions",
	[COUNT_FORGED_COMMANDS] = "forged_commands",
	[COUNT_REPLAYED_COMMANDS] = "replayed_commands",
	[COUNT_ANSWERS_TO_REPLAYS] = "answers_to_replays",
	[COUNT_FORGED_ANSWERS] = "forged_answers",
};

static void fail(const char *problem)
{
	fprintf(stderr, "attack: %s\n", problem);
	exit(2);
}

static lg_ms wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * LG_SECOND_MS + now.tv_nsec / 1000000;
}

/* --- an exchange, as small as can be ---------------------------------------------------------- */

static void emit(
	struct attack *attack, uint64_t to, const struct lg_route *route, struct lg_bytes body)
{
	/* to nobody, or his queue is full: the same to us as a frame that was lost */
	if (to != 0 && !lg_is_done(lg_exchange_socket_send(
			       attack->socket, to, route, body, LG_FORM_PARTS)))
		attack->counts[COUNT_DROPPED]++;
}

static void note_presence(struct attack *attack, uint64_t connection, uint8_t service)
{
	for (size_t i = 0; i < attack->present_count; i++)
		if (attack->present[i].connection == connection)
			return;
	if (attack->present_count == CONNECTIONS_MAX)
		fail("too many connections");
	attack->present[attack->present_count].connection = connection;
	attack->present[attack->present_count++].service = service;
}

/* Returns false for bytes that are no claim. */
static bool note_claim(struct attack *attack, const struct lg_route *route, struct lg_bytes body)
{
	const Lifeguard__Bus__Claim *claim;
	ProtobufCMessage *message;
	uint64_t now_ms = uv_now(&attack->loop);

	if (!lg_is_done(
		    lg_decode(attack->arena, &lifeguard__bus__claim__descriptor, body, &message)))
		return false;
	claim = (const Lifeguard__Bus__Claim *)message;
	for (size_t i = 0; i < claim->n_partitions && i < claim->n_takeovers; i++) {
		struct owner *owner =
			&attack->owners[route->from_service][claim->partitions[i] % LG_PARTITIONS];

		if (owner->takeover > claim->takeovers[i] &&
			now_ms - owner->claimed_ms < CLAIM_LIFE)
			continue;
		owner->connection = route->from;
		owner->takeover = claim->takeovers[i];
		owner->claimed_ms = now_ms;
	}
	return true;
}

static uint64_t target_of(const struct attack *attack, const struct lg_route *route)
{
	if (route->to != 0)
		return route->to;
	if (route->to_service >= LG_SERVICE_COUNT || route->to_partition >= LG_PARTITIONS)
		return 0;
	return attack->owners[route->to_service][route->to_partition].connection;
}

/* --- frames that are kept --------------------------------------------------------------------- */

static void keep(
	struct frame *frame, const struct lg_route *route, uint64_t to, struct lg_bytes body)
{
	free(frame->data);
	frame->route = *route;
	frame->to = to;
	frame->size = body.size;
	frame->data = malloc(body.size + 1);
	if (frame->data == NULL)
		abort();
	memcpy(frame->data, body.data, body.size);
}

static void keep_for_later(
	struct attack *attack, const struct lg_route *route, uint64_t to, struct lg_bytes body)
{
	keep(&attack->kept[attack->kept_count++ % KEPT_MAX], route, to, body);
	if (route->kind == LG_ROUTE_COMMAND)
		keep(&attack->commands[attack->command_count++ % KEPT_COMMANDS], route, to, body);
	if (route->kind == LG_ROUTE_ANSWER)
		keep(&attack->answer, route, to, body);
	note_stream(attack, route, to, body);
}

/* --- what becomes of an honest frame ---------------------------------------------------------- */

static void flip(
	struct attack *attack, uint64_t to, const struct lg_route *route, struct lg_bytes body)
{
	uint8_t *copy = lg_alloc(attack->arena, body.size);
	uint64_t bit = lg_random_below(&attack->random, body.size * 8);

	memcpy(copy, body.data, body.size);
	copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
	attack->counts[COUNT_FLIPPED]++;
	emit(attack, to, route, lg_bytes(copy, body.size));
}

static void misroute(
	struct attack *attack, uint64_t to, struct lg_route route, struct lg_bytes body)
{
	uint8_t number = (uint8_t)lg_random_below(&attack->random, LG_PARTITIONS);

	switch (lg_random_below(&attack->random, 6)) {
	case 0:
		route.kind = (uint8_t)(1 + number % (LG_ROUTE_KIND_COUNT - 1));
		break;
	case 1:
		route.to_partition = number;
		break;
	case 2:
		route.from_partition = number;
		break;
	case 3:
		route.from_service = number % LG_SERVICE_COUNT;
		break;
	case 4:
		route.lane = number % LG_LANE_COUNT;
		break;
	default: /* to somebody else */
		to = attack->present[number % attack->present_count].connection;
		break;
	}
	attack->counts[COUNT_MISROUTED]++;
	emit(attack, to, &route, body);
}

/* Everything that is held, in any order. */
static void let_go(struct attack *attack)
{
	while (attack->held_count > 0) {
		size_t i = lg_random_below(&attack->random, attack->held_count);
		struct frame *frame = &attack->held[i];

		attack->counts[COUNT_REORDERED] += i != 0;
		emit(attack, frame->to, &frame->route, frame_body(frame));
		free(frame->data);
		*frame = attack->held[--attack->held_count];
		attack->held[attack->held_count].data = NULL;
	}
}

static void hold(
	struct attack *attack, uint64_t to, const struct lg_route *route, struct lg_bytes body)
{
	if (attack->held_count == HELD_MAX)
		let_go(attack);
	keep(&attack->held[attack->held_count++], route, to, body);
}

static void send_older(struct attack *attack)
{
	size_t count = attack->kept_count < KEPT_MAX ? attack->kept_count : KEPT_MAX;
	const struct frame *old = &attack->kept[lg_random_below(&attack->random, count)];

	attack->counts[COUNT_REPLAYED]++;
	emit(attack, old->to, &old->route, frame_body(old));
}

static void forward(
	struct attack *attack, uint64_t to, const struct lg_route *route, struct lg_bytes body)
{
	bool is_nth = attack->n > 0 && ++attack->passed % attack->n == 0;

	switch (attack->mode) {
	case MODE_FLIP:
		if (is_nth && body.size > 0) {
			flip(attack, to, route, body);
			return;
		}
		break;
	case MODE_ROUTE:
		if (is_nth) {
			misroute(attack, to, *route, body);
			return;
		}
		break;
	case MODE_REORDER:
		hold(attack, to, route, body);
		return;
	case MODE_DROP:
		if (is_nth) {
			attack->counts[COUNT_DROPPED]++;
			return;
		}
		break;
	case MODE_DOUBLE:
		attack->counts[COUNT_DOUBLED]++;
		emit(attack, to, route, body);
		break;
	case MODE_FORGE:
		forge_before(attack, to, route, body);
		break;
	case MODE_COMMAND:
		if (route->kind == LG_ROUTE_COMMAND)
			bend_answer(attack, body);
		break;
	case MODE_PLAIN:
	case MODE_REPLAY:
	case MODE_COUNT:
		break;
	}
	emit(attack, to, route, body);
	if (attack->mode == MODE_REPLAY && is_nth)
		send_older(attack);
	if (attack->mode == MODE_FORGE)
		forge_behind(attack, to, route, body);
}

static void take_frame(void *user, uint64_t connection, const struct lg_peer *peer,
	const struct lg_route *route, struct lg_bytes body)
{
	struct attack *attack = user;
	uint8_t head[LG_ROUTE_SIZE];

	attack->counts[COUNT_FRAMES]++;
	note_presence(attack, connection, peer->service);
	if (attack->record != NULL) {
		lg_route_write(route, head);
		fwrite(head, 1, sizeof head, attack->record);
		fwrite(body.data, 1, body.size, attack->record);
	}
	if (route->kind == LG_ROUTE_CLAIM) {
		if (note_claim(attack, route, body))
			for (size_t i = 0; i < attack->present_count; i++)
				if (attack->present[i].connection != connection)
					forward(attack, attack->present[i].connection, route, body);
	} else if (route->to == NOBODY) {
		attack->counts[COUNT_ANSWERS_TO_REPLAYS]++;
	} else {
		uint64_t to = target_of(attack, route);

		keep_for_later(attack, route, to, body);
		forward(attack, to, route, body);
	}
	lg_arena_reset(attack->arena);
}

/* --- told by files ---------------------------------------------------------------------------- */

static void read_control(struct attack *attack)
{
	FILE *file = fopen(attack->control, "re");
	char line[sizeof attack->said] = "", *space;

	if (file == NULL)
		return;
	if (fgets(line, sizeof line, file) == NULL)
		line[0] = '\0';
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '\0' || strcmp(line, attack->said) == 0)
		return;
	memcpy(attack->said, line, sizeof attack->said);
	space = strchr(line, ' ');
	attack->n = space == NULL ? 0 : strtoull(space, NULL, 10);
	if (space != NULL)
		*space = '\0';
	let_go(attack);
	for (int mode = 0; mode < MODE_COUNT; mode++)
		if (strcmp(line, mode_names[mode]) == 0) {
			attack->mode = (enum mode)mode;
			return;
		}
	fail("an unknown mode");
}

static void write_status(struct attack *attack)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s.new", attack->status);
	file = fopen(path, "we");
	if (file == NULL)
		fail("the status cannot be written");
	fprintf(file, "mode %s\nconnections %zu\n", attack->said, attack->present_count);
	for (int i = 0; i < COUNT_COUNT; i++)
		fprintf(file, "%s %llu\n", count_names[i], (unsigned long long)attack->counts[i]);
	if (fclose(file) != 0 || rename(path, attack->status) != 0)
		fail("the status cannot be written");
}

static void on_tick(uv_timer_t *timer)
{
	struct attack *attack = timer->data;

	let_go(attack);
	if (attack->mode == MODE_COMMAND)
		forge_commands(attack);
	if (attack->mode == MODE_FORGE)
		forge_backs(attack);
	if (++attack->ticks % TURNS == 0) {
		read_control(attack);
		write_status(attack);
		if (attack->record != NULL)
			fflush(attack->record);
	}
	lg_arena_reset(attack->arena);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	uv_stop(handle->loop);
}

/* --- start ------------------------------------------------------------------------------------ */

static void load_keys(struct attack *attack, const char *keys)
{
	const char *problem = "";
	uint8_t unused[32];

	if (!lg_is_done(lg_keyring_load(keys, wall_clock(), &attack->keyring, &problem)) ||
		!lg_is_done(lg_own_keys_load(
			keys, LG_SERVICE_BUS, &attack->keyring, &attack->own, &problem)) ||
		!lg_is_done(lg_own_keys_load(
			keys, LG_SERVICE_REPORTING, &attack->keyring, &attack->stolen, &problem)))
		fail(problem);
	attack->invented = calloc(1, sizeof *attack->invented);
	if (attack->invented == NULL)
		abort();
	crypto_sign_keypair(unused, attack->invented->sign);
	crypto_box_keypair(unused, attack->invented->box);
}

static void listen_at(struct attack *attack, const char *address)
{
	struct lg_peer peers[LG_SERVICE_COUNT];
	uint32_t count = 0;
	struct lg_status status;

	for (uint8_t service = LG_SERVICE_GATEWAY; service < LG_SERVICE_COUNT; service++) {
		peers[count] = (struct lg_peer){ .site = attack->keyring.site, .service = service };
		memcpy(peers[count++].public_key, attack->keyring.services[service].curve, 32);
	}
	status = lg_exchange_socket_new(
		&(struct lg_exchange_options){
			.loop = &attack->loop,
			.address = address,
			.own_secret = attack->own->curve,
			.peers = peers,
			.peer_count = count,
			.frame = take_frame,
			.user = attack,
		},
		&attack->socket);
	if (!lg_is_done(status))
		fail(status.reason);
}

int main(int argc, char **argv)
{
	struct attack *attack = calloc(1, sizeof *attack);
	const char *seed = getenv("SEED");

	if (attack == NULL || sodium_init() < 0 || uv_loop_init(&attack->loop) != 0)
		abort();
	if (argc < 5 || argc > 6)
		fail("KEYS LISTEN CONTROL STATUS [RECORD]");
	lg_random_seed(&attack->random, seed == NULL ? 1 : strtoull(seed, NULL, 10));
	attack->arena = lg_arena_new();
	attack->control = argv[3];
	attack->status = argv[4];
	attack->record = argc == 6 ? fopen(argv[5], "we") : NULL;
	if (argc == 6 && attack->record == NULL)
		fail("the record cannot be written");
	load_keys(attack, argv[1]);
	listen_at(attack, argv[2]);
	uv_timer_init(&attack->loop, &attack->tick);
	uv_signal_init(&attack->loop, &attack->terminate);
	attack->tick.data = attack;
	uv_timer_start(&attack->tick, on_tick, TICK_MS, TICK_MS);
	uv_signal_start(&attack->terminate, on_signal, SIGTERM);
	uv_run(&attack->loop, UV_RUN_DEFAULT);
	write_status(attack);
	if (attack->record != NULL && fclose(attack->record) != 0)
		fail("the record cannot be written");
	return 0;
}
