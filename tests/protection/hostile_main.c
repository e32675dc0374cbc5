/*
 * A linked site that has turned: with the valid keys of its bus and of its lg-referral it says to
 * another site whatever it likes.
 *
 *   hostile_main KEYS ADDRESS OUR_SITE CONTROL STATUS
 *
 * KEYS is the folder of this site's keys, which trusts the other's keyring; ADDRESS is where the
 * other's bus listens for us; OUR_SITE is the other's number.  CONTROL holds "ATTACK PARTITION #N";
 * when it has changed the attack is made once, and STATUS says "done" and that line.  Each stream is told
 * honestly but for the attack itself: numbers, epochs and signatures are right unless they are it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "common/link/link.h"
#include "common/protect/keyring.h"
#include "common/protect/origin.h"
#include "common/stream/partition.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"
#include "proto/referral.pb-c.h"
#include "tests/protection/hostile.h"
#include "tests/protection/hostile_event.c"

#define PIECE_BYTES  4096u /* services/bus/domain/piece.h, spoken from outside */
#define PIECE_HEADER 8

#define TICK_MS  50
#define CLAIM_MS 500

static void fail(const char *problem)
{
	fprintf(stderr, "hostile: %s\n", problem);
	exit(2);
}

/* --- the line -------------------------------------------------------------------------------- */

static void send_piece(struct hostile *h, const struct lg_route *route, struct lg_bytes message)
{
	for (int i = 0; i < 2000; i++) {
		if (lg_is_done(lg_link_send(h->link, route, message)))
			return;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	fail("the line takes nothing");
}

/* As an honest bus would cut it. */
static void send_frame(struct hostile *h, const struct lg_route *route, struct lg_bytes body)
{
	size_t count = body.size == 0 ? 1 : (body.size + PIECE_BYTES - 1) / PIECE_BYTES;
	uint8_t message[PIECE_HEADER + PIECE_BYTES];

	h->frames++;
	for (size_t index = 0; index < count; index++) {
		size_t from = index * PIECE_BYTES;
		size_t size = body.size - from < PIECE_BYTES ? body.size - from : PIECE_BYTES;

		for (unsigned i = 0; i < 4; i++)
			message[i] = (uint8_t)(h->frames >> 8 * i);
		for (unsigned i = 0; i < 2; i++) {
			message[4 + i] = (uint8_t)(index >> 8 * i);
			message[6 + i] = (uint8_t)(count >> 8 * i);
		}
		memcpy(message + PIECE_HEADER, body.data + from, size);
		send_piece(h, route, lg_bytes(message, PIECE_HEADER + size));
	}
}

static struct lg_route route_of(const struct hostile *h, enum lg_route_kind kind, uint8_t partition)
{
	return (struct lg_route){
		.version = 1,
		.kind = (uint8_t)kind,
		.to_site = h->other_site,
		.to_service = LG_SERVICE_REFERRAL,
		.to_partition = partition,
		.from_site = h->keyring.site,
		.from_service = LG_SERVICE_REFERRAL,
		.from_partition = partition,
		.destination = h->other_site,
	};
}

static void claim(struct hostile *h)
{
	struct lg_route route = route_of(h, LG_ROUTE_CLAIM, LG_TO_ANY_OWNER);

	route.to_service = route.from_service = LG_SERVICE_BUS;
	route.destination = route.from_partition = 0;
	(void)lg_is_done(lg_link_send(h->link, &route, lg_bytes("", 0)));
}

/* The other's referral asks for a stream of ours: it is told from where it stands. */
static void note_subscribe(struct hostile *h, const struct lg_route *route, struct lg_bytes body)
{
	struct told_stream *s = &h->streams[route->from_partition % LG_PARTITIONS];
	ProtobufCMessage *message;

	if (!lg_is_done(
		    lg_decode(h->arena, &lifeguard__bus__subscribe__descriptor, body, &message)))
		return;
	const Lifeguard__Bus__Subscribe *said = (const Lifeguard__Bus__Subscribe *)message;

	if (!lg_is_done(lg_id_from_bytes(lg_bytes_from_wire(said->session), &s->session)))
		return;
	s->is_asked = true;
	s->last = (struct lg_point){ .number = 0 };
	if (said->n_points > 0) {
		const Lifeguard__Bus__Point *last = said->points[said->n_points - 1];

		s->last.number = last->number;
		if (!lg_is_done(lg_id_from_bytes(lg_bytes_from_wire(last->epoch), &s->last.epoch)))
			fail("a point without an epoch");
	}
}

static void on_frame(void *user, const struct lg_route *route, struct lg_bytes message)
{
	struct hostile *h = user;

	/* other services read our referral's streams too; a subscription is one piece */
	if (route->kind == LG_ROUTE_SUBSCRIBE && route->lane == LG_LANE_CARE &&
		route->from_service == LG_SERVICE_REFERRAL && message.size > PIECE_HEADER &&
		message.data[6] == 1 && message.data[7] == 0)
		note_subscribe(h, route,
			lg_bytes(message.data + PIECE_HEADER, message.size - PIECE_HEADER));
}

/* --- batches ---------------------------------------------------------------------------------- */

static void deliver(struct hostile *h, uint8_t partition, struct lg_bytes batch)
{
	struct lg_route route = route_of(h, LG_ROUTE_DELIVER, partition);
	Lifeguard__Bus__Deliver deliver = LIFEGUARD__BUS__DELIVER__INIT;

	deliver.session = lg_wire_from_bytes(lg_id_bytes(&h->streams[partition].session));
	deliver.batch = lg_wire_from_bytes(batch);
	deliver.head = h->streams[partition].last.number;
	send_frame(h, &route, lg_encode(h->arena, &deliver.base));
}

/* The next batch of a stream as an honest publisher makes it. */
static struct lg_run next_run(struct hostile *h, uint8_t partition, const struct lg_bytes *envelope)
{
	const struct told_stream *s = &h->streams[partition];

	return (struct lg_run){
		.stream = { .site = h->keyring.site,
			.service = LG_SERVICE_REFERRAL,
			.lane = LG_LANE_CARE,
			.destination = h->other_site,
			.partition = partition },
		.prior_epoch = s->last.epoch,
		.epoch = h->epoch,
		.first = s->last.number + 1,
		.through = s->last.number + 1,
		.count = 1,
		.envelopes = envelope,
	};
}

static void tell(struct hostile *h, uint8_t partition, struct lg_bytes envelope)
{
	struct told_stream *s = &h->streams[partition];
	struct lg_run run = next_run(h, partition, &envelope);

	s->before = s->last;
	s->last = (struct lg_point){ .epoch = run.epoch, .number = run.through };
	s->told = lg_origin_sign(h->arena_kept, h->referral, &run, NULL);
	deliver(h, partition, s->told);
}

/* What the reader could prove, but for one byte. */
static struct lg_bytes bent_batch(struct hostile *h, const struct lg_run *run, enum attack attack)
{
	struct lg_bytes batch = lg_origin_sign(h->arena, h->referral, run, NULL);
	ProtobufCMessage *message;

	if (!lg_is_done(
		    lg_decode(h->arena, &lifeguard__envelope__batch__descriptor, batch, &message)))
		fail("our own batch");
	if (attack == ATTACK_SIGNATURE)
		((Lifeguard__Envelope__Batch *)message)->signature.data[5] ^= 1;
	else
		((Lifeguard__Envelope__Batch *)message)->envelopes[0].data[9] ^= 1;
	return lg_encode(h->arena, message);
}

static struct lg_bytes crowded_batch(struct hostile *h, struct lg_run run)
{
	struct lg_bytes many[LG_BATCH_MAX];

	for (uint32_t i = 0; i < LG_BATCH_MAX; i++)
		many[i] = run.envelopes[0];
	run.envelopes = many;
	run.count = LG_BATCH_MAX;
	run.through = run.first + LG_BATCH_MAX - 1;
	return doubled_batch(h, &run);
}

/* What is signed as it should be, and yet is not what the reader waits for. */
static struct lg_bytes misplaced_batch(struct hostile *h, struct lg_run run, enum attack attack)
{
	struct lg_own_keys invented = *h->referral;
	const struct lg_own_keys *keys = h->referral;

	if (attack == ATTACK_KEY) { /* of nobody */
		crypto_sign_keypair(invented.token, invented.sign);
		keys = &invented;
	} else if (attack == ATTACK_STREAM) {
		run.stream.partition = (uint8_t)((run.stream.partition + 1) % LG_PARTITIONS);
	} else if (attack == ATTACK_EPOCH) { /* of a history that the reader does not have */
		randombytes_buf(run.prior_epoch.byte, LG_ID_SIZE);
	} else if (attack == ATTACK_HOLE) {
		run.first = run.through = run.first + 7;
	}
	return lg_origin_sign(h->arena, keys, &run, NULL);
}

/* Batches that must not be taken, whatever is in them. */
static void attack_batch(struct hostile *h, enum attack attack, uint8_t partition)
{
	struct lg_bytes event = honest_event(h, partition), other = honest_event(h, partition);
	struct told_stream *s = &h->streams[partition];
	struct lg_run run = next_run(h, partition, &event);

	switch ((int)attack) {
	case ATTACK_SIGNATURE:
	case ATTACK_SWAPPED:
		deliver(h, partition, bent_batch(h, &run, attack));
		break;
	case ATTACK_MANY:
		deliver(h, partition, crowded_batch(h, run));
		break;
	case ATTACK_REPLAY:
		tell(h, partition, event);
		deliver(h, partition, s->told);
		deliver(h, partition, s->told);
		break;
	case ATTACK_STORIES: /* the number that was just told, signed again with another event */
		tell(h, partition, event);
		run.envelopes = &other;
		deliver(h, partition, lg_origin_sign(h->arena, h->referral, &run, NULL));
		break;
	default:
		deliver(h, partition, misplaced_batch(h, run, attack));
	}
}

/* --- ways back and the line itself ------------------------------------------------------------- */

static void attack_back(struct hostile *h, enum attack attack, uint8_t partition)
{
	bool is_gone = attack == ATTACK_GONE_KEY || attack == ATTACK_GONE_LIST;
	struct lg_route route = route_of(h, is_gone ? LG_ROUTE_GONE : LG_ROUTE_GO_BACK, partition);
	struct lg_own_keys invented = *h->referral;
	struct lg_go_back back = { .stream = next_run(h, partition, NULL).stream,
		.session = h->streams[partition].session };

	if (is_gone) /* far ahead of where the reader stands */
		back.common = (struct lg_point){ .epoch = h->epoch, .number = 1000 };
	if (attack == ATTACK_BACK_KEY || attack == ATTACK_GONE_KEY)
		crypto_sign_keypair(invented.token, invented.sign);
	else /* a list that the reader does not have */
		randombytes_buf(back.asked, sizeof back.asked);
	send_frame(
		h, &route, (is_gone ? lg_gone_sign : lg_go_back_sign)(h->arena, &invented, &back));
}

static void attack_points(struct hostile *h, uint8_t partition)
{
	struct lg_route route = route_of(h, LG_ROUTE_SUBSCRIBE, partition);
	Lifeguard__Bus__Subscribe subscribe = LIFEGUARD__BUS__SUBSCRIBE__INIT;
	Lifeguard__Bus__Point one = LIFEGUARD__BUS__POINT__INIT, *points[1000];

	one.epoch = lg_wire_from_bytes(lg_id_bytes(&h->epoch));
	for (uint32_t i = 0; i < 1000; i++)
		points[i] = &one;
	route.destination = h->keyring.site;
	subscribe.destination = h->keyring.site;
	subscribe.partition = partition;
	subscribe.session = lg_wire_from_bytes(lg_id_bytes(&h->epoch));
	subscribe.n_points = 1000;
	subscribe.points = points;
	subscribe.allowed_bytes = UINT64_MAX;
	send_frame(h, &route, lg_encode(h->arena, &subscribe.base));
}

static void attack_line(struct hostile *h, enum attack attack, uint8_t partition)
{
	struct lg_route route = route_of(h, LG_ROUTE_DELIVER, partition);

	switch ((int)attack) {
	case ATTACK_SERVICE:
		route.to_service = 77;
		break;
	case ATTACK_NEIGHBOUR: /* a service that talks to nobody over the line */
		route.to_service = LG_SERVICE_ACCESS;
		break;
	case ATTACK_THIRD_SITE:
		route.to_site = 4711;
		break;
	case ATTACK_COMMAND:
		route.kind = LG_ROUTE_COMMAND;
		break;
	case ATTACK_POINTS:
		attack_points(h, partition);
		return;
	case ATTACK_PIECE:
		send_piece(h, &route, lg_bytes("\1\0\0\0\377\377\0\0cut", 11));
		return;
	case ATTACK_FRAME: /* of the right stream, and no Deliver */
		send_frame(h, &route, lg_bytes("\377\377\377\377\377", 5));
		return;
	default:
		fail("nothing of that name");
	}
	send_frame(h, &route, lg_bytes("anything", 8));
}

/* --- one after the other ------------------------------------------------------------------------ */

static void make(struct hostile *h, enum attack attack, uint8_t partition)
{
	if (attack < ATTACK_EVENTS_END)
		tell(h, partition, hostile_event(h, attack, partition));
	else if (attack < ATTACK_BATCHES_END)
		attack_batch(h, attack, partition);
	else if (attack < ATTACK_BACKS_END)
		attack_back(h, attack, partition);
	else
		attack_line(h, attack, partition);
}

static void write_status(const struct hostile *h, uint8_t partition)
{
	FILE *out = fopen(h->status, "w");
	unsigned asked = 0;

	for (uint32_t p = 0; p < LG_PARTITIONS; p++)
		asked += h->streams[p].is_asked;
	if (out == NULL)
		fail("the status cannot be written");
	fprintf(out, "done %s partition %u asked %u\n", h->said, partition, asked);
	fclose(out);
}

/* Makes what the control file asks for, when it asks for something else than before. */
static void obey(struct hostile *h)
{
	char line[64] = "", name[32] = "";
	unsigned partition = 0;
	FILE *in = fopen(h->control, "r");

	if (in == NULL)
		return;
	if (fgets(line, sizeof line, in) == NULL)
		line[0] = '\0';
	fclose(in);
	line[strcspn(line, "\n")] = '\0';
	/* "ATTACK PARTITION #N": N tells two of one kind apart */
	if (strcmp(line, h->said) == 0 || sscanf(line, "%31s %u", name, &partition) != 2)
		return;
	for (enum attack a = 0; a < ATTACK_COUNT; a++)
		if (strcmp(name, attack_names[a]) == 0)
			make(h, a, (uint8_t)(partition % LG_PARTITIONS));
	snprintf(h->said, sizeof h->said, "%s", line);
	write_status(h, (uint8_t)(partition % LG_PARTITIONS));
}

static void on_tick(uv_timer_t *timer)
{
	struct hostile *h = timer->data;

	if (h->ticks++ % (CLAIM_MS / TICK_MS) == 0) {
		claim(h);
		write_status(h, 0);
	}
	obey(h);
	lg_arena_reset(h->arena);
}

static void read_keys(struct hostile *h, const char *folder)
{
	const char *problem = "";
	struct lg_keyring peers[LG_TRUSTED_MAX];
	lg_ms now = wall_clock();
	uint32_t count;

	if (!lg_is_done(lg_keyring_load(folder, now, &h->keyring, &problem)) ||
		!lg_is_done(
			lg_own_keys_load(folder, LG_SERVICE_BUS, &h->keyring, &h->bus, &problem)) ||
		!lg_is_done(lg_own_keys_load(
			folder, LG_SERVICE_REFERRAL, &h->keyring, &h->referral, &problem)))
		fail(problem);
	count = lg_keyring_peers(folder, now, &h->keyring, peers, LG_TRUSTED_MAX);
	for (uint32_t i = 0; i < count; i++)
		if (peers[i].site == h->other_site)
			h->other = peers[i];
	if (h->other.site == 0)
		fail("the other site is not trusted here");
}

int main(int argc, char **argv)
{
	struct hostile *h = calloc(1, sizeof *h);

	if (h == NULL || sodium_init() < 0)
		fail("no memory or randomness");
	if (argc != 6)
		fail("KEYS ADDRESS OUR_SITE CONTROL STATUS");
	h->other_site = (uint16_t)strtoul(argv[3], NULL, 10);
	h->control = argv[4];
	h->status = argv[5];
	h->arena = lg_arena_new();
	h->arena_kept = lg_arena_new();
	randombytes_buf(h->epoch.byte, LG_ID_SIZE);
	read_keys(h, argv[1]);
	if (uv_loop_init(&h->loop) != 0)
		abort();
	h->link = lg_link_new(&(struct lg_link_options){
		.loop = &h->loop,
		.address = argv[2],
		.bus_public = h->other.services[LG_SERVICE_BUS].curve,
		.own_public = h->keyring.services[LG_SERVICE_BUS].curve,
		.own_secret = h->bus->curve,
		.reach = LG_REACH_FAR,
		.frame = on_frame,
		.user = h,
	});
	uv_timer_init(&h->loop, &h->timer);
	h->timer.data = h;
	uv_timer_start(&h->timer, on_tick, TICK_MS, TICK_MS);
	return uv_run(&h->loop, UV_RUN_DEFAULT);
}
