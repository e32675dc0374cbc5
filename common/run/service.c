#include "common/run/service.h"

#include <assert.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/log.h"
#include "common/db/home.h"
#include "common/run/door.h"
#include "common/run/due.h"
#include "common/run/gather.h"
#include "common/run/operator/gauges.h"
#include "common/run/owned.h"
#include "common/run/program.h"
#include "common/watch/harden.h"
#include "proto/bus.pb-c.h"

#define TICK_MS     1000
#define DRAIN_MS    10
#define DRAIN_TICKS 500 /* what is under way may take 5 s to end */
#define SAYING_MS   20  /* a last word on its way: the socket does not wait when it is closed */

lg_ms lg_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * LG_SECOND_MS + now.tv_nsec / 1000000;
}

int lg_site_index(const struct lg_instance *instance, uint16_t site)
{
	if (site == 0 || site == instance->keyring.site)
		return 0;
	for (uint32_t i = 0; i < instance->peer_count; i++)
		if (instance->peer_sites[i] == site)
			return (int)i + 1;
	return -1;
}

const struct lg_keyring *lg_site_keyring(const struct lg_instance *instance, int index)
{
	return index == 0 ? &instance->keyring : &instance->peers[index - 1];
}

bool lg_instance_reads(const struct lg_instance *instance, uint32_t service, uint32_t lane)
{
	uint32_t count;
	const struct lg_message_type *types = lg_message_types(&count);

	for (uint32_t i = 0; i < count; i++)
		if (types[i].kind == LG_MESSAGE_EVENT && types[i].lane == lane &&
			lg_service_in(types[i].from, service) &&
			lg_service_in(types[i].to, instance->service->number))
			return true;
	return false;
}

struct lg_id lg_random_id(void)
{
	struct lg_id id;

	randombytes_buf(id.byte, sizeof id.byte);
	return id;
}

struct lg_id lg_fresh_id(const struct lg_instance *instance)
{
	uint64_t random;

	lg_key_cache_random(instance->key_cache, &random, sizeof random);
	return lg_id_make(instance->keyring.site, lg_now(), random);
}

void lg_instance_fault(struct lg_instance *instance, const char *literal)
{
	instance->last_error = literal;
	instance->last_error_at = lg_now();
	lg_log_write("warn", "fault", (struct lg_field[]){ lg_f_literal("reason", literal) }, 1);
}

/* --- the bus ---------------------------------------------------------------------------- */

/* What was sent into a dead line is lost: the streams of that site are asked for anew. */
static void ask_far(struct lg_instance *instance, int site)
{
	for (uint8_t p = 0; site > 0 && p < LG_PARTITIONS; p++) {
		struct lg_owned *owned = lg_owned_open(instance, p);

		for (uint32_t lane = 0; owned != NULL && lane < LG_LANE_COUNT; lane++) {
			struct lg_incoming *in = owned->in[site][instance->service->number][lane];

			if (in != NULL)
				lg_incoming_owner_changed(in);
		}
	}
}

/* Each stream of the partition that comes from that service has this owner. */
static void hear_owner(struct lg_owned *owned, uint8_t service, uint64_t takeover)
{
	for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++) {
		struct lg_incoming *in = owned->in[0][service][lane];

		if (in == NULL || in->publisher_takeover == takeover)
			continue;
		in->publisher_takeover = takeover;
		lg_incoming_owner_changed(in);
	}
}

/*
 * What another instance of this site claims: streams that have another owner are asked for anew, and
 * where one of our own service owns nothing (it leaves, or is new) we look at once what is to be had.
 */
static void hear_claim(
	struct lg_instance *instance, const struct lg_route *route, struct lg_bytes body)
{
	bool is_like_us = route->from_service == instance->service->number;
	ProtobufCMessage *message;

	if ((!is_like_us && !lg_service_in(instance->reads, route->from_service)) ||
		!lg_is_done(lg_decode(
			instance->scratch, &lifeguard__bus__claim__descriptor, body, &message)))
		return;
	const Lifeguard__Bus__Claim *claim = (const Lifeguard__Bus__Claim *)message;

	if (is_like_us && claim->n_partitions == 0 && !instance->is_stopping)
		lg_fence_tick(instance->fence, lg_now());
	for (size_t i = 0; i < claim->n_partitions && i < claim->n_takeovers; i++) {
		struct lg_owned *owned =
			lg_owned_open(instance, (uint8_t)(claim->partitions[i] % LG_PARTITIONS));

		if (owned != NULL)
			hear_owner(owned, route->from_service, claim->takeovers[i]);
	}
}

/* An owner of what we read has said so: a new one has lost what the old one had under way. */
static void take_claim(
	struct lg_instance *instance, const struct lg_route *route, struct lg_bytes body)
{
	if (route->from_site != instance->keyring.site) { /* the line to another site is up again */
		ask_far(instance, lg_site_index(instance, route->from_site));
		return;
	}
	hear_claim(instance, route, body);
}

static void on_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct lg_instance *instance = user;

	switch ((enum lg_route_kind)route->kind) {
	case LG_ROUTE_CLAIM:
		take_claim(instance, route, body);
		break;
	case LG_ROUTE_SUBSCRIBE:
	case LG_ROUTE_ACKNOWLEDGE:
		lg_outgoing_frame(instance, route, body);
		break;
	case LG_ROUTE_DELIVER:
	case LG_ROUTE_GO_BACK:
	case LG_ROUTE_GONE:
		lg_incoming_frame(instance, route, body);
		break;
	case LG_ROUTE_COMMAND:
		lg_door_frame(instance, route, body);
		break;
	case LG_ROUTE_ANSWER:
	case LG_ROUTE_UNDELIVERED:
	case LG_ROUTE_NEWS:
	case LG_ROUTE_KIND_COUNT:
		lg_metric_add(instance->count_frames_refused, 1);
		break;
	}
	lg_arena_reset(instance->scratch);
}

/* --- the database ------------------------------------------------------------------------- */

static void on_taken(void *user, uint8_t partition, struct lg_id epoch, uint64_t takeover)
{
	lg_owned_take(user, partition, epoch, takeover);
}

static void on_lost_partition(void *user, uint8_t partition)
{
	lg_owned_lose(user, partition);
}

static bool is_partition_busy(void *user, uint8_t partition)
{
	return lg_gather_is_busy(user, partition);
}

/* A database that woke on another machine is a copy, until somebody says that it has moved. */
static void on_home(void *user, bool is_home)
{
	struct lg_instance *instance = user;

	if (is_home)
		lg_fence_start(instance->fence);
	else
		lg_instance_fault(instance, "the database is of another machine: site adopt");
}

static void on_ready(void *user)
{
	struct lg_instance *instance = user;

	lg_info("database ready");
	lg_home_check(instance->pg, on_home, instance);
}

static void on_lost(void *user)
{
	struct lg_instance *instance = user;

	lg_instance_fault(instance, "the database connection was lost");
	lg_fence_stop(instance->fence);
}

/* --- time ------------------------------------------------------------------------------- */

static void on_tick(uv_timer_t *timer)
{
	struct lg_instance *instance = timer->data;

	if (!lg_pg_is_ready(instance->pg) || instance->is_stopping)
		return;
	lg_fence_tick(instance->fence, lg_now());
	lg_due_poll(instance);
	lg_gauges_tick(instance);
	for (uint8_t p = 0; p < LG_PARTITIONS; p++) {
		struct lg_owned *owned = lg_owned_open(instance, p);

		if (owned == NULL)
			continue;
		lg_outgoing_store_acknowledged(owned);
		for (uint32_t site = 0; site <= instance->peer_count; site++)
			for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++)
				for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
					if (owned->in[site][s][lane] != NULL)
						lg_incoming_tick(owned->in[site][s][lane]);
	}
	lg_outgoing_keep(instance);
	lg_owned_claim(instance);
	lg_key_cache_tick(instance->key_cache, lg_now());
	lg_pacts_expire(instance->pacts, lg_now());
	lg_arena_reset(instance->scratch);
}

/* Before the loop sleeps: what has come in this turn is a batch. */
static void on_pump(uv_prepare_t *prepare)
{
	lg_gather_pump(prepare->data);
}

static void on_said(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

/* We own nothing any more: the others hear it, and need not wait for their next look. */
static void on_left(void *user)
{
	struct lg_instance *instance = user;

	lg_owned_claim(instance);
	uv_timer_start(&instance->timer, on_said, SAYING_MS, 0);
}

static void on_drain(uv_timer_t *timer)
{
	struct lg_instance *instance = timer->data;
	bool is_idle = instance->queue == NULL && instance->active_count == 0;

	if (!is_idle && ++instance->drain_ticks < DRAIN_TICKS)
		return;
	uv_timer_stop(timer);
	if (lg_pg_is_ready(instance->pg))
		lg_fence_leave(instance->fence, on_left, instance);
	else
		uv_stop(instance->loop);
}

static void on_signal(uv_signal_t *signal, int number)
{
	struct lg_instance *instance = signal->data;

	(void)number;
	if (instance->is_stopping) { /* asked twice: at once */
		uv_stop(instance->loop);
		return;
	}
	lg_info("stopping");
	instance->is_stopping = true;
	lg_gather_leave(instance);
	uv_timer_start(&instance->timer, on_drain, 0, DRAIN_MS);
}

/* --- seen by operators -------------------------------------------------------------------- */

static bool is_ready(void *user)
{
	const struct lg_instance *instance = user;
	uint16_t owned;

	if (!lg_pg_is_ready(instance->pg) || instance->is_stopping)
		return false;
	owned = lg_fence_owned(instance->fence);
	for (uint8_t p = 0; p < LG_PARTITIONS; p++)
		if ((owned & 1u << p) != 0 && lg_owned_open(instance, p) == NULL)
			return false;
	/* standing by beside an owner is ready, too */
	return owned != 0 || lg_fence_members(instance->fence) > 1;
}

/* --- start ------------------------------------------------------------------------------ */

/* Whom we read, and who reads us, by the registry. */
static void find_neighbours(struct lg_instance *instance)
{
	uint32_t count, me = instance->service->number;
	const struct lg_message_type *types = lg_message_types(&count);
	const struct lg_handler *handler;

	instance->loads_nothing = true;
	for (uint32_t i = 0; i < count; i++) {
		if (types[i].kind != LG_MESSAGE_EVENT)
			continue;
		if (lg_service_in(types[i].from, me))
			instance->readers |= types[i].to;
		if (!lg_service_in(types[i].to, me))
			continue;
		instance->reads |= types[i].from;
		handler = lg_door_handler(instance->service, types[i].number);
		if (handler != NULL && (handler->load != NULL || handler->ponder != NULL))
			instance->loads_nothing = false;
	}
}

static struct lg_status open_health(struct lg_instance *instance)
{
	if (instance->settings.health[0] == '\0')
		return lg_done();
	return lg_health_new(
		&(struct lg_health_options){
			.loop = instance->loop,
			.address = instance->settings.health,
			.is_ready = is_ready,
			.refresh = lg_gauges_refresh,
			.metrics = instance->metrics,
			.user = instance,
		},
		&instance->health);
}

static struct lg_status open_all(
	struct lg_instance *instance, const struct lg_statement *const *tables, uint32_t count)
{
	struct lg_status status = lg_link_check_address(instance->settings.bus);

	if (lg_is_done(status))
		status = open_health(instance);
	if (!lg_is_done(status))
		return status;
	instance->link = lg_link_new(&(struct lg_link_options){
		.loop = instance->loop,
		.address = instance->settings.bus,
		.bus_public = instance->keyring.services[LG_SERVICE_BUS].curve,
		.own_public = instance->keyring.services[instance->service->number].curve,
		.own_secret = instance->keys->curve,
		.frame = on_frame,
		.user = instance,
	});
	instance->pg = lg_pg_new(&(struct lg_pg_options){
		.loop = instance->loop,
		.conninfo = instance->settings.database,
		.schema = instance->service->name,
		.tables = tables,
		.table_count = count,
		.ready = on_ready,
		.lost = on_lost,
		.user = instance,
	});
	instance->fence = lg_fence_new(&(struct lg_fence_options){
		.pg = instance->pg,
		.instance = instance->id,
		.is_single_writer = instance->service->is_single_writer,
		.taken = on_taken,
		.lost = on_lost_partition,
		.is_busy = is_partition_busy,
		.user = instance,
	});
	return lg_done();
}

static void open_handles(struct lg_instance *instance)
{
	static const int numbers[] = { SIGTERM, SIGINT };

	uv_timer_init(instance->loop, &instance->timer);
	lg_due_open(instance);
	lg_gather_open(instance);
	lg_outgoing_open(instance);
	uv_prepare_init(instance->loop, &instance->pump);
	instance->timer.data = instance;
	instance->pump.data = instance;
	uv_timer_start(&instance->timer, on_tick, TICK_MS, TICK_MS);
	uv_prepare_start(&instance->pump, on_pump);
	for (int i = 0; i < 2; i++) {
		uv_signal_init(instance->loop, &instance->signals[i]);
		instance->signals[i].data = instance;
		uv_signal_start(&instance->signals[i], on_signal, numbers[i]);
	}
}

static void close_handle(uv_handle_t *handle, void *unused)
{
	(void)unused;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void close_all(struct lg_instance *instance)
{
	lg_health_free(instance->health);
	if (instance->fence != NULL)
		lg_fence_stop(instance->fence);
	if (instance->pg != NULL)
		lg_pg_free(instance->pg);
	if (instance->fence != NULL)
		lg_fence_free(instance->fence);
	if (instance->link != NULL)
		lg_link_free(instance->link);
	uv_run(instance->loop, UV_RUN_NOWAIT); /* what closes itself frees itself */
	uv_walk(instance->loop, close_handle, NULL);
	uv_run(instance->loop, UV_RUN_DEFAULT);
	uv_loop_close(instance->loop);
	lg_metrics_free(instance->metrics);
}

struct lg_status lg_service_serve(struct lg_instance *instance)
{
	const struct lg_statement *tables[LG_TABLES_MAX];
	uint32_t count = lg_program_tables(instance->service, tables);
	uv_loop_t loop;
	struct lg_status status;

	lg_keep_memory();
	if (uv_loop_init(&loop) != 0)
		abort();
	instance->loop = &loop;
	instance->id = lg_random_id();
	instance->queue_end = &instance->queue;
	instance->scratch = lg_arena_new();
	instance->key_cache = lg_key_cache_new();
	lg_door_open(instance);
	find_neighbours(instance);
	lg_gauges_declare(instance);
	open_handles(instance);
	status = open_all(instance, tables, count);
	if (lg_is_done(status)) {
		lg_info("serving", lg_f_int("site", instance->keyring.site));
		uv_run(&loop, UV_RUN_DEFAULT);
		lg_info("stopped");
	}
	close_all(instance);
	lg_door_close(instance);
	lg_key_cache_free(instance->key_cache);
	lg_arena_free(instance->scratch);
	return status;
}
