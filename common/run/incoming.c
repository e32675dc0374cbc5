#include "common/run/incoming.h"

#include <assert.h>

#include "common/protect/grant.h"
#include "common/run/gather.h"
#include "common/run/loss.h"
#include "common/run/owned.h"
#include "common/stream/view.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"

#define DELIVERY_SLACK_BYTES 256 /* what its pieces are rounded up to */

static void perform(struct lg_incoming *in, const struct lg_reader_actions *actions,
	struct lg_delivery *delivery);

static void step(
	struct lg_incoming *in, struct lg_reader_event *event, struct lg_delivery *delivery)
{
	struct lg_reader_actions actions = { .count = 0 };

	event->now = lg_now();
	event->next_session = lg_random_id();
	lg_subscriber_step(&in->subscriber, event, &actions);
	perform(in, &actions, delivery);
}

/* --- frames out ------------------------------------------------------------------------- */

static void send_to_publisher(
	struct lg_incoming *in, enum lg_route_kind kind, const ProtobufCMessage *message)
{
	struct lg_instance *instance = in->owned->instance;
	struct lg_arena *arena = lg_arena_new_small();
	struct lg_route route = {
		.version = 1,
		.kind = (uint8_t)kind,
		.to_site = in->stream.site,
		.to_service = in->stream.service,
		.to_partition = in->stream.partition,
		.from_partition = in->stream.partition,
		.lane = in->stream.lane,
		.destination = in->stream.destination,
	};

	/* every frame may be lost: after a silence we ask again */
	if (!lg_is_done(lg_link_send(instance->link, &route, lg_encode(arena, message))))
		lg_metric_add(instance->count_frames_refused, 1);
	lg_arena_free(arena);
}

/* What we name of our list, as it is said. */
struct named {
	struct lg_points points;
	Lifeguard__Bus__Point wire[LG_POINTS_SENT_MAX], *pointers[LG_POINTS_SENT_MAX];
};

static size_t name_points(const struct lg_incoming *in, struct named *ret_named)
{
	struct lg_points *points = &ret_named->points;

	lg_question_name(&in->subscriber.question, &in->subscriber.points, points);
	for (uint32_t i = 0; i < points->count; i++) {
		Lifeguard__Bus__Point *wire = &ret_named->wire[i];

		*wire = (Lifeguard__Bus__Point)LIFEGUARD__BUS__POINT__INIT;
		wire->epoch = lg_wire_from_bytes(lg_id_bytes(&points->at[i].epoch));
		wire->number = points->at[i].number;
		ret_named->pointers[i] = wire;
	}
	return points->count;
}

static void send_subscribe(struct lg_incoming *in, const struct lg_reader_action *action)
{
	Lifeguard__Bus__Subscribe subscribe = LIFEGUARD__BUS__SUBSCRIBE__INIT;
	struct named named;

	subscribe.lane = in->stream.lane;
	subscribe.destination = in->stream.destination;
	subscribe.partition = in->stream.partition;
	subscribe.session = lg_wire_from_bytes(lg_id_bytes(&action->session));
	subscribe.n_points = name_points(in, &named);
	subscribe.points = named.pointers;
	subscribe.allowed_bytes = action->allowed_bytes;
	send_to_publisher(in, LG_ROUTE_SUBSCRIBE, &subscribe.base);
}

static void send_acknowledge(struct lg_incoming *in, const struct lg_reader_action *action)
{
	Lifeguard__Bus__Acknowledge acknowledge = LIFEGUARD__BUS__ACKNOWLEDGE__INIT;
	struct named named;

	acknowledge.lane = in->stream.lane;
	acknowledge.destination = in->stream.destination;
	acknowledge.partition = in->stream.partition;
	acknowledge.session = lg_wire_from_bytes(lg_id_bytes(&action->session));
	acknowledge.n_points = name_points(in, &named);
	acknowledge.points = named.pointers;
	acknowledge.allowed_bytes = action->allowed_bytes;
	send_to_publisher(in, LG_ROUTE_ACKNOWLEDGE, &acknowledge.base);
}

static void perform(struct lg_incoming *in, const struct lg_reader_actions *actions,
	struct lg_delivery *delivery)
{
	for (uint32_t i = 0; i < actions->count; i++) {
		const struct lg_reader_action *action = &actions->at[i];

		switch (action->kind) {
		case LG_READER_SUBSCRIBE:
			send_subscribe(in, action);
			break;
		case LG_READER_APPLY:
			lg_gather_add(in->owned->instance, delivery);
			break;
		case LG_READER_ACKNOWLEDGE:
			send_acknowledge(in, action);
			break;
		case LG_READER_STORE_BACK:
			lg_loss_go_back(in, action->point);
			break;
		case LG_READER_STORE_AHEAD:
			lg_loss_go_ahead(in, action->point);
			break;
		}
	}
}

/* --- frames in -------------------------------------------------------------------------- */

const char *lg_incoming_read(const struct lg_delivery *run, uint32_t place, struct lg_arena *arena,
	struct lg_envelope *ret_event)
{
	const struct lg_stream *stream = &run->incoming->stream;
	struct lg_status status = lg_envelope_unwrap(arena, run->rows[place], ret_event);

	if (!lg_is_done(status)) {
		*ret_event = (struct lg_envelope){ .type_number = 0 };
		return status.reason;
	}
	if (ret_event->site != stream->site || ret_event->service != stream->service)
		return "it claims another origin than the batch that carried it";
	if (lg_partition_of(ret_event->case_id) != stream->partition)
		return "its key belongs to another partition";
	return NULL;
}

static uint64_t size_of(const struct lg_run *run)
{
	uint64_t size_bytes = 0;

	for (uint32_t i = 0; i < run->count; i++)
		size_bytes += run->envelopes[i].size;
	return size_bytes;
}

/*
 * What waits is a copy of the envelopes and nothing else, in memory of their size: decoded, small events
 * took ten times that, and a window of each of 16 streams may wait.
 */
static struct lg_delivery *delivery_from_run(
	struct lg_incoming *in, const struct lg_run *run, size_t size_bytes)
{
	struct lg_arena *arena = lg_arena_new_of(
		sizeof(struct lg_delivery) + size_bytes + run->count * sizeof(struct lg_bytes) +
		run->grant_count * sizeof(struct lg_wrapped_key) + DELIVERY_SLACK_BYTES);
	struct lg_delivery *delivery = lg_alloc(arena, sizeof *delivery);
	uint8_t *bytes = lg_alloc(arena, size_bytes);

	*delivery = (struct lg_delivery){
		.kind = LG_DELIVERY_RUN,
		.partition = in->stream.partition,
		.arena = arena,
		.arrived_us = uv_hrtime() / 1000,
		.arrived_at = lg_now(),
		.incoming = in,
		.generation = in->owned->generation,
		.epoch = run->epoch,
		.first = run->first,
		.count = run->count,
		.size_bytes = size_bytes,
	};
	delivery->rows = lg_alloc_array(arena, run->count, sizeof *delivery->rows);
	for (uint32_t i = 0; i < run->count; i++) {
		memcpy(bytes, run->envelopes[i].data, run->envelopes[i].size);
		delivery->rows[i] = lg_bytes(bytes, run->envelopes[i].size);
		bytes += run->envelopes[i].size;
	}
	return delivery;
}

/*
 * Data keys that were granted with the batch: wrapped under our own key-encryption key, stored in
 * the transaction of the events.  One that is not for us, or not the key its id says, is left.
 */
static void take_keys(
	struct lg_incoming *in, struct lg_delivery *delivery, const struct lg_run *run)
{
	struct lg_instance *instance = in->owned->instance;
	const struct lg_keyring *from =
		lg_site_keyring(instance, lg_site_index(instance, in->stream.site));

	if (run->grant_count == 0 || !lg_service_in(LG_HOLDERS, instance->service->number))
		return;
	delivery->keys = lg_alloc_array(delivery->arena, run->grant_count, sizeof *delivery->keys);
	for (uint32_t i = 0; i < run->grant_count; i++)
		if (lg_is_done(lg_grant_take(instance->key_cache, instance->keys, from,
			    in->stream.service, run->grants[i], delivery->arrived_at,
			    &delivery->keys[delivery->key_count])))
			delivery->key_count++;
		else
			lg_metric_add(instance->count_refused, 1);
}

/* A number that took effect here, signed again with something else in it. */
static bool is_second_story(const struct lg_incoming *in, const struct lg_run *run)
{
	for (uint32_t i = 0; i < run->count; i++)
		if (run->first + i <= in->subscriber.tip.number &&
			lg_told_differs(&in->told, run->first + i, run->marks[i]))
			return true;
	return false;
}

/* Nobody signs it: it costs no more than asking anew, once a second.  A second word waits for the tick. */
static void hear_new_owner(struct lg_incoming *in)
{
	in->subscriber.heard_at = 0;
	if (lg_now() - in->owner_heard_at >= LG_SECOND_MS)
		lg_incoming_owner_changed(in);
	in->owner_heard_at = lg_now();
}

/* Whether a frame is of this session, signed by the stream's own, and tells no number anew. */
static bool is_proved(struct lg_incoming *in, struct lg_arena *arena,
	const Lifeguard__Bus__Deliver *deliver, struct lg_run *ret_run)
{
	struct lg_instance *instance = in->owned->instance;
	struct lg_id session;
	struct lg_status status;

	if (!lg_is_done(lg_id_from_bytes(
		    lg_bytes(deliver->session.data, deliver->session.len), &session)) ||
		!lg_id_equal(session, in->subscriber.session))
		return false; /* of an older session: late, not wrong */
	status = lg_origin_check(arena,
		lg_site_keyring(instance, lg_site_index(instance, in->stream.site)), &in->stream,
		lg_bytes(deliver->batch.data, deliver->batch.len), ret_run);
	if (!lg_is_done(status)) {
		lg_metric_add(instance->count_frames_refused, 1);
		lg_instance_fault(instance, status.reason);
		return false;
	}
	if (is_second_story(in, ret_run)) {
		lg_metric_add(instance->count_second_stories, 1);
		lg_instance_fault(instance, "two stories under one number: the first one stands");
		return false;
	}
	return true;
}

static void take_run(struct lg_incoming *in, const struct lg_run *run)
{
	struct lg_reader_event event = { .kind = LG_READER_DELIVERED,
		.session = in->subscriber.session,
		.prior = { .epoch = run->prior_epoch, .number = run->first - 1 },
		.epoch = run->epoch,
		.first = run->first,
		.through = run->through,
		.size_bytes = size_of(run) };
	struct lg_delivery *delivery = delivery_from_run(in, run, event.size_bytes);
	struct lg_point before = in->subscriber.tip;

	take_keys(in, delivery, run);
	step(in, &event, delivery);
	if (in->subscriber.tip.number == before.number) {
		lg_metric_add(in->owned->instance->count_passed_over, 1);
		lg_arena_free(delivery->arena);
		return;
	}
	for (uint32_t i = 0; i < run->count; i++) /* it joined the queue */
		lg_told_note(&in->told, run->first + i, run->marks[i]);
}

static void take_deliver(struct lg_incoming *in, struct lg_arena *arena, struct lg_bytes body)
{
	ProtobufCMessage *message;
	struct lg_run run;

	if (!lg_is_done(lg_view(arena, &lifeguard__bus__deliver__descriptor, body, &message))) {
		lg_metric_add(in->owned->instance->count_frames_refused, 1);
		return;
	}
	const Lifeguard__Bus__Deliver *deliver = (const Lifeguard__Bus__Deliver *)message;

	if (deliver->session.len == 0) {
		hear_new_owner(in);
		return;
	}
	if (!is_proved(in, arena, deliver, &run))
		return;
	in->head = deliver->head;
	lg_age_note(&in->age, in->head, lg_now());
	take_run(in, &run);
}

/* A word that moves the position: the publisher's own, to this session, about the very points we named. */
static bool is_word(struct lg_incoming *in, const struct lg_go_back *word)
{
	struct lg_instance *instance = in->owned->instance;
	uint8_t own[LG_POINTS_DIGEST_SIZE];
	struct lg_points named;

	if (!lg_id_equal(word->session, in->subscriber.session))
		return false; /* of an older session: late, not wrong */
	lg_question_name(&in->subscriber.question, &in->subscriber.points, &named);
	lg_points_digest(&named, own);
	if (memcmp(word->asked, own, sizeof own) == 0)
		return true;
	/* somebody asked in our name, or our list has moved: after a silence we ask again */
	lg_metric_add(instance->count_frames_refused, 1);
	lg_instance_fault(instance, "a way back that answers another list than ours");
	return false;
}

static void take_go_back(struct lg_incoming *in, struct lg_arena *arena, struct lg_bytes body)
{
	struct lg_instance *instance = in->owned->instance;
	struct lg_go_back back;

	if (!lg_is_done(lg_go_back_check(arena,
		    lg_site_keyring(instance, lg_site_index(instance, in->stream.site)),
		    &in->stream, body, &back))) {
		lg_metric_add(instance->count_frames_refused, 1);
		lg_instance_fault(instance, "a way back whose origin could not be proved");
		return;
	}
	if (is_word(in, &back))
		step(in,
			&(struct lg_reader_event){ .kind = LG_READER_SENT_BACK,
				.session = back.session,
				.prior = back.common },
			NULL);
}

/*
 * Rows from another site are passed over, and what they made true is asked for.  This site's own journal is
 * never dropped below a reader: a hole there is a fault, and nothing moves.
 */
static void take_gone(struct lg_incoming *in, struct lg_arena *arena, struct lg_bytes body)
{
	struct lg_instance *instance = in->owned->instance;
	struct lg_go_back gone;
	struct lg_status status;

	lg_metric_add(instance->count_gone, 1);
	lg_instance_fault(instance, "a publisher has dropped rows that were not read here");
	if (in->stream.destination == 0)
		return;
	status = lg_gone_check(arena,
		lg_site_keyring(instance, lg_site_index(instance, in->stream.site)), &in->stream,
		body, &gone);
	if (!lg_is_done(status)) { /* nothing is passed over for it */
		lg_metric_add(instance->count_frames_refused, 1);
		lg_instance_fault(instance, status.reason);
		return;
	}
	if (is_word(in, &gone))
		step(in,
			&(struct lg_reader_event){ .kind = LG_READER_GONE,
				.session = gone.session,
				.prior = gone.common },
			NULL);
}

void lg_incoming_frame(
	struct lg_instance *instance, const struct lg_route *route, struct lg_bytes body)
{
	struct lg_owned *owned = lg_owned_open(instance, route->from_partition % LG_PARTITIONS);
	struct lg_incoming *in;
	int site = lg_site_index(instance, route->from_site);

	if (owned == NULL || instance->is_stopping || route->from_service >= LG_SERVICE_COUNT ||
		route->lane >= LG_LANE_COUNT ||
		(lg_fence_leaving(instance->fence) & 1u << owned->partition) != 0)
		return; /* not ours any more: the new owner has its own session */
	in = site < 0 ? NULL : owned->in[site][route->from_service][route->lane];
	if (in == NULL) {
		lg_metric_add(instance->count_frames_refused, 1);
		return;
	}
	if (route->kind == LG_ROUTE_GONE) {
		take_gone(in, instance->scratch, body);
	} else if (route->kind == LG_ROUTE_GO_BACK) {
		take_go_back(in, instance->scratch, body);
	} else {
		lg_gather_begin(instance, in, body.size);
		take_deliver(in, instance->scratch, body);
		lg_gather_end(instance);
	}
}

/* --- time and commits ------------------------------------------------------------------- */

void lg_incoming_start(struct lg_incoming *in)
{
	struct lg_points stored = in->subscriber.points;
	struct lg_reader_event event = { .kind = LG_READER_STARTED, .session = lg_random_id() };

	lg_subscriber_init(&in->subscriber, &stored);
	if (in->stream.destination != 0)
		in->subscriber.silence_ms = LG_FAR_SILENCE_MS;
	step(in, &event, NULL);
}

uint64_t lg_incoming_lag(const struct lg_incoming *in)
{
	uint64_t last = in == NULL ? 0 : lg_points_last(&in->subscriber.points).number;

	return in != NULL && in->head > last ? in->head - last : 0;
}

bool lg_incoming_is_behind(const struct lg_instance *instance)
{
	for (uint32_t p = 0; p < LG_PARTITIONS; p++) {
		const struct lg_owned *owned = instance->owned[p];

		if (owned == NULL) /* another instance's: it answers for itself */
			continue;
		if (!owned->is_open)
			return true;
		for (uint32_t site = 0; site <= instance->peer_count; site++)
			for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++)
				for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
					if (lg_incoming_lag(owned->in[site][s][lane]) > 0)
						return true;
	}
	return false;
}

lg_ms lg_incoming_age(const struct lg_incoming *in)
{
	return lg_incoming_lag(in) == 0
		       ? 0
		       : lg_age_behind(
				 &in->age, lg_points_last(&in->subscriber.points).number, lg_now());
}

void lg_incoming_stored(struct lg_incoming *in, uint64_t through, uint64_t size_bytes)
{
	struct lg_reader_event event = {
		.kind = LG_READER_STORED, .through = through, .size_bytes = size_bytes
	};

	step(in, &event, NULL);
}

void lg_incoming_tick(struct lg_incoming *in)
{
	struct lg_reader_event event = { .kind = LG_READER_TICKED };

	if (in->owned->is_reading)
		step(in, &event, NULL);
}

void lg_incoming_owner_changed(struct lg_incoming *in)
{
	/* as after a silence: what the old owner still had under way is lost */
	in->subscriber.heard_at = 0;
	lg_incoming_tick(in);
}
