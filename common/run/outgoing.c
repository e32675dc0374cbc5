#include "common/run/outgoing.h"

#include "common/base/log.h"
#include "common/db/outbox.h"
#include "common/protect/granting.h"
#include "common/run/batch.h"
#include "common/run/fetch.h"
#include "common/run/owned.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"

#define KEEP_TICKS 3600 /* an hour */

static void perform(struct lg_outgoing *out, uint32_t service,
	const struct lg_feed_actions *actions, const struct lg_bytes *rows);

static struct lg_instance *instance_of(const struct lg_outgoing *out)
{
	return out->owned->instance;
}

void lg_outgoing_step(struct lg_outgoing *out, uint32_t service, const struct lg_feed_event *event,
	const struct lg_bytes *rows)
{
	struct lg_feed_actions actions = { .count = 0 };

	lg_feed_step(&out->publisher, &out->feeds[service].feed, event, &actions);
	perform(out, service, &actions, rows);
}

/* --- frames out ------------------------------------------------------------------------- */

static void send_to_reader(
	struct lg_outgoing *out, uint32_t service, enum lg_route_kind kind, struct lg_bytes body)
{
	struct lg_instance *instance = instance_of(out);
	struct lg_route route = {
		.version = 1,
		.kind = (uint8_t)kind,
		.to_site = lg_site_keyring(instance, out->site)->site,
		.to_service = (uint8_t)service,
		.to_partition = out->stream.partition,
		.from_partition = out->stream.partition,
		.lane = out->stream.lane,
		.destination = out->stream.destination,
		.to = out->site == 0 ? out->feeds[service].connection : 0,
	};

	/* every frame may be lost: the reader asks again after a silence */
	if (!lg_is_done(lg_link_send(instance->link, &route, body)))
		lg_metric_add(instance->count_frames_refused, 1);
}

static void send_batch(struct lg_outgoing *out, uint32_t service, const struct lg_feed_action *send,
	const struct lg_bytes *rows)
{
	struct lg_instance *instance = instance_of(out);
	struct lg_arena *arena = lg_arena_new_small();
	Lifeguard__Bus__Deliver deliver = LIFEGUARD__BUS__DELIVER__INIT;
	struct lg_run run = {
		.stream = out->stream,
		.prior_epoch = send->prior.epoch,
		.epoch = send->epoch,
		.first = send->first,
		.through = send->through,
		.count = (uint32_t)(send->through - send->first + 1),
		.envelopes = rows,
	};
	struct lg_granting granting = {
		.cache = instance->key_cache,
		.keys = instance->keys,
		.to_site = lg_site_keyring(instance, out->site),
		.to_service = service,
		.now = lg_now(),
	};
	struct lg_bytes batch;

	run.grants = lg_granting_make(arena, &granting, rows, run.count, &run.grant_count);
	batch = lg_origin_sign(arena, instance->keys, &run, &out->last_signed);

	deliver.session = lg_wire_from_bytes(lg_id_bytes(&send->session));
	deliver.batch = lg_wire_from_bytes(batch);
	deliver.head = out->publisher.head;
	send_to_reader(out, service, LG_ROUTE_DELIVER, lg_encode(arena, &deliver.base));
	lg_arena_free(arena);
}

/* A word that moves a reader, until the fence has shown that we are still the owner. */
struct sending_back {
	struct lg_instance *instance;
	uint64_t generation;
	uint8_t partition, lane;
	int site;
	uint32_t service;
	struct lg_feed_action action;
	uint8_t asked[LG_POINTS_DIGEST_SIZE];
	struct lg_arena *arena;
	bool is_committed;
};

static void fence_moved(void *argument, const PGresult *result)
{
	struct sending_back *back = argument;

	back->is_committed = lg_pg_is_committed(result);
}

static void send_back_now(void *argument, const PGresult *result)
{
	struct sending_back *back = argument;
	struct lg_owned *owned = lg_owned_still(back->instance, back->partition, back->generation);

	if (result != NULL && owned != NULL) {
		if (back->is_committed) {
			struct lg_outgoing *out = owned->out[back->site][back->lane];
			bool is_gone = back->action.kind == LG_FEED_GONE;
			struct lg_go_back said = { .stream = out->stream,
				.session = back->action.session,
				.common = back->action.prior };

			memcpy(said.asked, back->asked, sizeof said.asked);
			send_to_reader(out, back->service,
				is_gone ? LG_ROUTE_GONE : LG_ROUTE_GO_BACK,
				(is_gone ? lg_gone_sign : lg_go_back_sign)(
					back->arena, back->instance->keys, &said));
		} else {
			lg_fence_forget(back->instance->fence, (uint16_t)(1u << back->partition));
		}
	}
	lg_arena_free(back->arena);
}

/* An owner that was replaced knows too short a history: it must not move a reader. */
static void send_word(
	struct lg_outgoing *out, uint32_t service, const struct lg_feed_action *action)
{
	struct lg_instance *instance = instance_of(out);
	struct lg_arena *arena = lg_arena_new();
	struct sending_back *back = lg_alloc(arena, sizeof *back);

	*back = (struct sending_back){ .instance = instance,
		.generation = out->owned->generation,
		.partition = out->owned->partition,
		.lane = out->stream.lane,
		.site = out->site,
		.service = service,
		.action = *action,
		.arena = arena };
	memcpy(back->asked, out->feeds[service].asked, sizeof back->asked);
	lg_pg_begin(instance->pg);
	lg_fence_move(instance->fence, arena, (uint16_t)(1u << back->partition));
	lg_pg_commit(instance->pg, fence_moved, back);
	lg_pg_sync(instance->pg, send_back_now, back);
}

static void perform(struct lg_outgoing *out, uint32_t service,
	const struct lg_feed_actions *actions, const struct lg_bytes *rows)
{
	for (uint32_t i = 0; i < actions->count; i++) {
		const struct lg_feed_action *action = &actions->at[i];

		switch (action->kind) {
		case LG_FEED_FETCH:
			lg_fetch(out, service, action);
			break;
		case LG_FEED_SEND:
			send_batch(out, service, action, rows);
			break;
		case LG_FEED_GO_BACK:
		case LG_FEED_GONE:
			send_word(out, service, action);
			break;
		case LG_FEED_STORE: /* kept in the feed; stored once a second */
			lg_reader_marks_note(&out->feeds[service].marks, action->through, lg_now(),
				LG_RETENTION_KEEP_MS);
			break;
		}
	}
}

void lg_outgoing_say_new_owner(struct lg_outgoing *out)
{
	struct lg_instance *instance = instance_of(out);
	uint32_t me = instance->service->number;
	Lifeguard__Bus__Deliver deliver = LIFEGUARD__BUS__DELIVER__INIT;
	struct lg_arena *arena;

	if (!lg_instance_reads(instance, me, out->stream.lane))
		return;
	arena = lg_arena_new_small();
	deliver.head = out->publisher.head;
	send_to_reader(out, me, LG_ROUTE_DELIVER, lg_encode(arena, &deliver.base));
	lg_arena_free(arena);
}

void lg_outgoing_start(
	struct lg_outgoing *out, const struct lg_points *epochs, uint64_t head, uint64_t dropped)
{
	out->assigned = head;
	lg_publisher_start(&out->publisher, epochs, head, dropped, out->owned->epoch);
	lg_age_note(&out->age, head, lg_now());
}

/* --- what comes in ---------------------------------------------------------------------- */

static void pump(struct lg_outgoing *out)
{
	if (!out->has_news)
		return;
	out->has_news = false;
	out->publisher.head = out->committed;
	out->told_us = uv_hrtime() / 1000;
	lg_age_note(&out->age, out->publisher.head, lg_now());
	for (uint32_t service = 0; service < LG_SERVICE_COUNT; service++)
		if (out->feeds[service].feed.live)
			lg_outgoing_step(out, service,
				&(struct lg_feed_event){ .kind = LG_FEED_COMMITTED }, NULL);
}

static void on_news(uv_timer_t *timer)
{
	const struct lg_instance *instance = timer->data;

	for (uint8_t p = 0; p < LG_PARTITIONS; p++) {
		const struct lg_owned *owned = lg_owned_open(instance, p);

		for (uint32_t site = 0; owned != NULL && site <= instance->peer_count; site++)
			for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
				pump(owned->out[site][lane]);
	}
}

void lg_outgoing_open(struct lg_instance *instance)
{
	uv_timer_init(instance->loop, &instance->news_timer);
	instance->news_timer.data = instance;
}

static void pump_soon(struct lg_outgoing *out)
{
	struct lg_instance *instance = instance_of(out);
	uint64_t passed_us = uv_hrtime() / 1000 - out->told_us;

	if (passed_us >= LG_TELL_US || instance->is_stopping) {
		pump(out);
		return;
	}
	if (!uv_is_active((const uv_handle_t *)&instance->news_timer))
		uv_timer_start(
			&instance->news_timer, on_news, (LG_TELL_US - passed_us) / 1000 + 1, 0);
}

uint32_t lg_outgoing_publish(
	struct lg_instance *instance, const struct lg_published *published, bool is_at_once)
{
	bool is_ours =
		lg_owned_still(instance, published->partition, published->generation) != NULL;
	struct lg_outgoing *out = is_ours ? published->out : NULL;
	uint32_t count = 0;

	for (const struct lg_packed_event *e = published->first; e != NULL; e = e->next, count++) {
		if (!is_ours)
			continue;
		if (out->recent == NULL)
			out->recent = lg_recent_new();
		lg_recent_add(out->recent, e->number, e->envelope);
		out->committed = e->number;
		out->has_news = true;
	}
	if (is_ours && is_at_once)
		pump(out);
	else if (is_ours)
		pump_soon(out);
	return count;
}

static bool points_from_wire(
	size_t count, Lifeguard__Bus__Point *const *wire, struct lg_points *ret_points)
{
	ret_points->count = 0;
	if (count > LG_POINTS_SENT_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct lg_point point = { .number = wire[i]->number };

		if (!lg_is_done(lg_id_from_bytes(
			    lg_bytes(wire[i]->epoch.data, wire[i]->epoch.len), &point.epoch)))
			return false;
		ret_points->at[ret_points->count++] = point;
	}
	return true;
}

/* Subscribe and Acknowledge have the same fields. */
_Static_assert(sizeof(Lifeguard__Bus__Subscribe) == sizeof(Lifeguard__Bus__Acknowledge),
	"one reader for both");

/* At this site whoever takes an event of ours; at another one only our like. */
static bool is_reader(const struct lg_instance *instance, const struct lg_route *route)
{
	uint32_t me = instance->service->number;

	if (!lg_service_in(instance->readers, route->from_service))
		return false;
	if (route->from_site == instance->keyring.site)
		return route->destination == 0;
	return lg_site_index(instance, route->from_site) > 0 &&
	       route->destination == route->from_site && route->from_service == me;
}

/* From its first subscription on a reader holds the rows that it has not applied. */
static void register_reader(struct lg_outgoing *out, uint32_t service, uint64_t connection)
{
	struct lg_instance *instance = instance_of(out);
	struct lg_reader_feed *feed = &out->feeds[service];

	feed->connection = connection;
	if (feed->is_registered)
		return;
	feed->is_registered = true;
	lg_pg_send(instance->pg, &lg_outbox_statements[LG_OUTBOX_READER_ADD],
		lg_params_make(instance->scratch, &lg_outbox_statements[LG_OUTBOX_READER_ADD],
			(struct lg_value[]){ lg_v_int(out->stream.destination),
				lg_v_int(out->stream.lane), lg_v_int(out->stream.partition),
				lg_v_int(service) }),
		NULL, NULL);
	lg_pg_sync(instance->pg, NULL, NULL);
}

void lg_outgoing_frame(
	struct lg_instance *instance, const struct lg_route *route, struct lg_bytes body)
{
	struct lg_owned *owned = lg_owned_open(instance, route->from_partition % LG_PARTITIONS);
	bool is_subscribe = route->kind == LG_ROUTE_SUBSCRIBE;
	ProtobufCMessage *message;
	struct lg_points points;
	struct lg_feed_event event = {
		.kind = is_subscribe ? LG_FEED_SUBSCRIBED : LG_FEED_ACKNOWLEDGED,
		.points = &points,
	};

	if (owned == NULL) /* the reader asks again; the owner hears it then */
		return;
	if (route->lane >= LG_LANE_COUNT || !is_reader(instance, route) ||
		!lg_is_done(lg_decode(instance->scratch,
			is_subscribe ? &lifeguard__bus__subscribe__descriptor
				     : &lifeguard__bus__acknowledge__descriptor,
			body, &message))) {
		lg_metric_add(instance->count_frames_refused, 1);
		return;
	}
	const Lifeguard__Bus__Subscribe *said = (const Lifeguard__Bus__Subscribe *)message;

	if (!points_from_wire(said->n_points, said->points, &points) ||
		!lg_is_done(lg_id_from_bytes(
			lg_bytes(said->session.data, said->session.len), &event.session))) {
		lg_metric_add(instance->count_frames_refused, 1);
		return;
	}
	struct lg_outgoing *out =
		owned->out[lg_site_index(instance, route->from_site)][route->lane];

	event.allowed_bytes = said->allowed_bytes;
	if (is_subscribe) {
		register_reader(out, route->from_service, route->from);
		lg_points_digest(&points, out->feeds[route->from_service].asked);
	}
	lg_outgoing_step(out, route->from_service, &event, NULL);
}

/* Returns whether anything was sent. */
static bool store_marks(struct lg_outgoing *out)
{
	struct lg_instance *instance = instance_of(out);
	bool has_sent = false;

	for (uint32_t service = 0; service < LG_SERVICE_COUNT; service++) {
		struct lg_reader_feed *feed = &out->feeds[service];

		if (!feed->is_registered)
			continue;
		if (feed->stored == feed->feed.acknowledged &&
			feed->marks.noted_at - feed->stored_at < LG_HOUR_MS)
			continue;
		feed->stored = feed->feed.acknowledged;
		feed->stored_at = feed->marks.noted_at;
		lg_pg_send(instance->pg, &lg_outbox_statements[LG_OUTBOX_READER_STORE],
			lg_params_make(instance->scratch,
				&lg_outbox_statements[LG_OUTBOX_READER_STORE],
				(struct lg_value[]){ lg_v_int(out->stream.destination),
					lg_v_int(out->stream.lane), lg_v_int(out->stream.partition),
					lg_v_int(service), lg_v_int((int64_t)feed->stored),
					lg_v_int((int64_t)lg_reader_marks_floor(
						&feed->marks, LG_RETENTION_KEEP_MS)),
					lg_v_bytes(
						lg_marks_write(instance->scratch, &feed->marks)) }),
			NULL, NULL);
		has_sent = true;
	}
	return has_sent;
}

void lg_outgoing_store_acknowledged(struct lg_owned *owned)
{
	bool has_sent = false;

	for (uint32_t site = 0; site <= owned->instance->peer_count; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
			if (store_marks(owned->out[site][lane]))
				has_sent = true;
	if (has_sent)
		lg_pg_sync(owned->instance->pg, NULL, NULL);
}

static void segment_answered(void *argument, const PGresult *result)
{
	struct lg_instance *instance = argument;

	if (result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		instance->segment = (int32_t)lg_field_int(result, 0, 0);
}

static void drop_answered(void *argument, const PGresult *result)
{
	(void)argument;
	if (result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1 &&
		lg_field_int(result, 0, 0) != 0)
		lg_info("a segment of the outbox was dropped: all its readers have applied it");
}

void lg_outgoing_keep(struct lg_instance *instance)
{
	static const struct {
		uint32_t statement;
		lg_pg_answer *answer;
	} steps[] = {
		{ LG_OUTBOX_SEGMENT, segment_answered },
		{ LG_OUTBOX_DROP, drop_answered },
	};

	if (++instance->kept_ticks % KEEP_TICKS != 0)
		return;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		const struct lg_statement *statement = &lg_outbox_statements[steps[i].statement];

		lg_pg_send(instance->pg, statement,
			lg_params_make(instance->scratch, statement, NULL), steps[i].answer,
			instance);
		lg_pg_sync(instance->pg, NULL, NULL); /* one that fails does not undo the others */
	}
}

uint64_t lg_outgoing_lag(const struct lg_outgoing *out, uint32_t service, lg_ms *ret_age)
{
	const struct lg_reader_feed *feed = &out->feeds[service];
	uint64_t head = out->publisher.head, applied = feed->feed.acknowledged;

	*ret_age = 0;
	if (!feed->is_registered || head <= applied)
		return 0;
	*ret_age = lg_age_behind(&out->age, applied, lg_now());
	return head - applied;
}
