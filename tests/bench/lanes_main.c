/*
 * How long what is urgent waits at a slow line: two services in referral's place, one at each site,
 * on real buses.
 *
 *   lanes_main KEYS_1 BUS_1 KEYS_2 BUS_2 BULK_FRAMES CARE_FRAMES
 *
 * Site 1 puts BULK_FRAMES of 256 KiB (500 events of a large import each) into the lane bulk at once.
 * While they drain, a frame of a rescue's size goes into the lane care every few seconds.  Prints
 * "care_count p50_ms max_ms bulk_arrived", of one clock: from the send at site 1 until it has come at
 * the service of site 2.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/id.h"
#include "common/base/text.h"
#include "common/link/link.h"
#include "common/protect/keyring.h"
#include "common/protect/own_keys.h"
#include "common/stream/envelope.h"
#include "common/stream/registry.h"
#include "proto/bus.pb-c.h"

#define BULK_BYTES   (256u * 1024u)
#define CARE_BYTES   1500
#define PAUSE_MS     3000
#define CLAIM_MS     500
#define PATIENCE_MS  120000
#define CARE_MAX     100
#define PARTITION    3
#define INDIA        1
#define NEPAL        2
#define FIRST_MILLIS 2000 /* for the buses to know the owner */

struct end {
	struct lg_keyring keyring;
	struct lg_own_keys *keys;
	struct lg_link *link;
	struct lg_id instance;
};

struct lanes {
	uv_loop_t loop;
	uv_timer_t claims, care, patience;
	struct end india, nepal;
	struct lg_arena *arena;
	int64_t bulk_count, care_count, care_sent, care_come, bulk_come;
	uint64_t sent_ns[CARE_MAX];
	int64_t took_ms[CARE_MAX];
	uint8_t *body;
};

static void fail(const char *problem)
{
	fprintf(stderr, "lanes: %s\n", problem);
	exit(1);
}

/* Both claim the partition, as its owner does once a second. */
static void claim(struct lanes *lanes, struct end *end)
{
	Lifeguard__Bus__Claim claim = LIFEGUARD__BUS__CLAIM__INIT;
	uint32_t partitions[] = { PARTITION };
	uint64_t takeovers[] = { 1 };
	struct lg_route route = { .version = 1,
		.kind = LG_ROUTE_CLAIM,
		.to_site = end->keyring.site,
		.to_service = LG_SERVICE_BUS };

	claim.instance =
		(ProtobufCBinaryData){ .data = end->instance.byte, .len = sizeof end->instance };
	claim.n_partitions = claim.n_takeovers = 1;
	claim.partitions = partitions;
	claim.takeovers = takeovers;
	if (!lg_is_done(lg_link_send(end->link, &route, lg_encode(lanes->arena, &claim.base))))
		fail("a claim was not taken");
	lg_arena_reset(lanes->arena);
}

static void on_claims(uv_timer_t *timer)
{
	struct lanes *lanes = timer->data;

	claim(lanes, &lanes->india);
	claim(lanes, &lanes->nepal);
}

static void deliver(struct lanes *lanes, uint8_t lane, size_t size)
{
	struct lg_route route = { .version = 1,
		.kind = LG_ROUTE_DELIVER,
		.to_site = NEPAL,
		.to_service = LG_SERVICE_REFERRAL,
		.to_partition = PARTITION,
		.from_partition = PARTITION,
		.lane = lane,
		.destination = NEPAL };

	if (!lg_is_done(lg_link_send(lanes->india.link, &route, lg_bytes(lanes->body, size))))
		fail("the bus's queue is full");
}

static void on_care(uv_timer_t *timer)
{
	struct lanes *lanes = timer->data;

	if (lanes->care_sent == 0)
		for (int64_t n = 0; n < lanes->bulk_count; n++)
			deliver(lanes, LG_LANE_BULK, BULK_BYTES);
	if (lanes->care_sent == lanes->care_count)
		return;
	lanes->sent_ns[lanes->care_sent++] = uv_hrtime();
	deliver(lanes, LG_LANE_CARE, CARE_BYTES);
}

static void on_patience(uv_timer_t *timer)
{
	struct lanes *lanes = timer->data;

	fprintf(stderr, "lanes: %lld of %lld have come\n", (long long)lanes->care_come,
		(long long)lanes->care_sent);
	exit(1);
}

/* Frames of one stream come in their order. */
static void on_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct lanes *lanes = user;

	if (route->kind != LG_ROUTE_DELIVER)
		return;
	if (route->lane == LG_LANE_BULK) {
		lanes->bulk_come++;
		return;
	}
	if (body.size != CARE_BYTES)
		fail("a frame came in another size");
	lanes->took_ms[lanes->care_come] =
		(int64_t)((uv_hrtime() - lanes->sent_ns[lanes->care_come]) / 1000000);
	if (++lanes->care_come == lanes->care_count)
		uv_stop(&lanes->loop);
}

static void open_end(struct lanes *lanes, struct end *end, const char *keys, const char *bus)
{
	const char *problem = "";

	if (!lg_is_done(lg_keyring_load(keys, 0, &end->keyring, &problem)) ||
		!lg_is_done(lg_own_keys_load(
			keys, LG_SERVICE_REFERRAL, &end->keyring, &end->keys, &problem)))
		fail(problem);
	end->instance.byte[0] = (uint8_t)end->keyring.site;
	end->link = lg_link_new(&(struct lg_link_options){
		.loop = &lanes->loop,
		.address = bus,
		.bus_public = end->keyring.services[LG_SERVICE_BUS].curve,
		.own_public = end->keyring.services[LG_SERVICE_REFERRAL].curve,
		.own_secret = end->keys->curve,
		.frame = on_frame,
		.user = lanes,
	});
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	struct lanes *lanes = calloc(1, sizeof *lanes);

	if (lanes == NULL)
		abort();
	if (argc != 7 || !lg_is_done(lg_int_parse(argv[5], &lanes->bulk_count)) ||
		!lg_is_done(lg_int_parse(argv[6], &lanes->care_count)) || lanes->care_count < 1 ||
		lanes->care_count > CARE_MAX)
		return 2;
	lanes->arena = lg_arena_new();
	lanes->body = calloc(1, BULK_BYTES);
	if (lanes->body == NULL)
		abort();
	uv_loop_init(&lanes->loop);
	uv_timer_init(&lanes->loop, &lanes->claims);
	uv_timer_init(&lanes->loop, &lanes->care);
	uv_timer_init(&lanes->loop, &lanes->patience);
	lanes->claims.data = lanes->care.data = lanes->patience.data = lanes;
	open_end(lanes, &lanes->india, argv[1], argv[2]);
	open_end(lanes, &lanes->nepal, argv[3], argv[4]);
	uv_timer_start(&lanes->claims, on_claims, 0, CLAIM_MS);
	uv_timer_start(&lanes->care, on_care, FIRST_MILLIS, PAUSE_MS);
	uv_timer_start(&lanes->patience, on_patience, PATIENCE_MS, 0);
	uv_run(&lanes->loop, UV_RUN_DEFAULT);
	qsort(lanes->took_ms, (size_t)lanes->care_count, sizeof *lanes->took_ms, by_size);
	printf("%lld %lld %lld %lld\n", (long long)lanes->care_count,
		(long long)lanes->took_ms[lanes->care_count / 2],
		(long long)lanes->took_ms[lanes->care_count - 1], (long long)lanes->bulk_come);
	/* the process ends here: nothing is taken down */
	return 0;
}
