#include "common/run/gather.h"

#include <assert.h>
#include <stdlib.h>

#include "common/run/batch.h"
#include "common/run/door.h"
#include "common/run/operator/inquiry.h"
#include "common/run/owned.h"
#include "proto/codes.pb-c.h"

#define BEGIN_BYTES_MAX 8192 /* of a frame whose proof costs about as much as the begin */

void lg_delivery_free(struct lg_delivery *delivery)
{
	assert(delivery->users == 0 && !delivery->is_queued);
	lg_arena_free(delivery->arena); /* the delivery lies in its own arena */
}

void lg_gather_add(struct lg_instance *instance, struct lg_delivery *delivery)
{
	delivery->next = NULL;
	delivery->is_queued = true;
	*instance->queue_end = delivery;
	instance->queue_end = &delivery->next;
	instance->queue_count++;
}

static struct lg_delivery *take_first(struct lg_instance *instance)
{
	struct lg_delivery *first = instance->queue;

	instance->queue = first->next;
	if (instance->queue == NULL)
		instance->queue_end = &instance->queue;
	instance->queue_count--;
	first->next = NULL;
	first->is_queued = false;
	return first;
}

bool lg_gather_is_busy(const struct lg_instance *instance, uint8_t partition)
{
	for (uint32_t i = 0; i < instance->active_count; i++)
		if ((instance->active[i]->part_of & 1u << partition) != 0)
			return true;
	for (const struct lg_delivery *d = instance->queue; d != NULL; d = d->next)
		if (d->partition == partition)
			return true;
	return false;
}

/* Takes out of the queue what goes() says. */
static void unqueue(struct lg_instance *instance,
	bool (*goes)(const struct lg_delivery *delivery, uint8_t partition), uint8_t partition)
{
	struct lg_delivery *all = instance->queue;

	instance->queue = NULL;
	instance->queue_end = &instance->queue;
	instance->queue_count = 0;
	for (struct lg_delivery *d = all, *next; d != NULL; d = next) {
		next = d->next;
		d->is_queued = false;
		if (!goes(d, partition)) {
			lg_gather_add(instance, d);
			continue;
		}
		if (d->kind == LG_DELIVERY_COMMAND)
			lg_door_return(instance, d);
		if (d->users == 0)
			lg_delivery_free(d);
	}
}

static bool is_of(const struct lg_delivery *delivery, uint8_t partition)
{
	return delivery->partition == partition;
}

void lg_gather_forget(struct lg_instance *instance, uint8_t partition)
{
	for (uint32_t i = 0; i < instance->active_count; i++)
		if ((instance->active[i]->part_of & 1u << partition) != 0 &&
			instance->active[i]->phase != LG_BATCH_COMMITTING)
			instance->active[i]->has_failed = true;
	unqueue(instance, is_of, partition);
}

static bool is_run(const struct lg_delivery *delivery, uint8_t unused)
{
	(void)unused;
	return delivery->kind == LG_DELIVERY_RUN;
}

void lg_gather_leave(struct lg_instance *instance)
{
	unqueue(instance, is_run, 0);
}

/* --- a batch is filled -------------------------------------------------------------------- */

/* Items in this delivery and those behind it, up to the limit. */
static uint32_t count_items(const struct lg_delivery *delivery, uint32_t limit)
{
	uint32_t count = 0;

	for (; delivery != NULL && count < limit; delivery = delivery->next)
		count += delivery->kind == LG_DELIVERY_COMMAND || delivery->kind == LG_DELIVERY_DUE
				 ? 1
				 : delivery->count - delivery->taken;
	return count < limit ? count : limit;
}

static struct lg_batch *batch_new(struct lg_instance *instance, uint32_t room)
{
	struct lg_batch *batch = calloc(1, sizeof *batch);

	if (batch == NULL)
		abort();
	batch->instance = instance;
	batch->arena = lg_arena_new();
	batch->now = lg_now();
	batch->started_us = uv_hrtime() / 1000;
	batch->items = lg_alloc_array(batch->arena, room, sizeof *batch->items);
	return batch;
}

static struct lg_batch_item *add_item(
	struct lg_batch *batch, struct lg_delivery *delivery, const struct lg_message_type *type)
{
	struct lg_batch_item *it = &batch->items[batch->count++];

	it->handler = type == NULL ? NULL : lg_door_handler(batch->instance->service, type->number);
	it->item = (struct lg_item){
		.type = type,
		.now = batch->now,
		.arrived_at = delivery->arrived_at,
		.wait_us = batch->started_us > delivery->arrived_us
				   ? batch->started_us - delivery->arrived_us
				   : 0,
		.partition = delivery->partition,
		.arena = batch->arena,
		.state = batch->instance->state,
		.batch = batch,
		.delivery = delivery,
	};
	return it;
}

/* By two clocks: never less than nothing. */
static int64_t passed(lg_ms from, lg_ms to)
{
	return to > from ? to - from : 0;
}

static void add_command(struct lg_batch *batch, struct lg_delivery *delivery)
{
	struct lg_batch_item *it = add_item(batch, delivery, delivery->type);

	it->item.message = delivery->message;
	it->item.key = delivery->command.key;
	it->item.cause_id = delivery->command.command_id;
	it->item.trace = delivery->command.trace;
	it->item.told_ms = -1;
	it->item.actor = delivery->actor;
}

static void add_due(struct lg_batch *batch, struct lg_delivery *delivery)
{
	struct lg_batch_item *it = add_item(batch, delivery, delivery->type);

	it->item.message = delivery->message;
	it->item.key = delivery->command.key;
	it->item.cause_id = delivery->due_id;
	it->item.trace = delivery->command.trace;
	it->item.told_ms = passed(delivery->due_at, delivery->arrived_at);
	it->item.actor =
		(struct lg_actor){ .role = LIFEGUARD__CODES__ROLE__SYSTEM, .assurance = 1 };
}

static void add_event(struct lg_batch *batch, struct lg_delivery *run, uint32_t place,
	struct lg_envelope *event, const char *fault)
{
	struct lg_batch_item *it = add_item(batch, run, event->type);

	it->event = event;
	it->row = run->rows[place];
	it->fault = fault;
	it->item.event = event;
	it->item.message = event->message;
	it->item.key = event->case_id;
	it->item.cause_id = event->event_id;
	it->item.trace = lg_trace_is_set(&event->trace)
				 ? lg_trace_under(&event->trace, event->event_id)
				 : event->trace;
	it->item.told_ms = passed(event->recorded_at, run->arrived_at);
	it->item.actor = event->actor;
}

/* A run is decoded here and not before: what waits for its turn would take ten times the memory. */
static void read_events(struct lg_batch *batch, struct lg_delivery *run, struct lg_taken *taken)
{
	taken->events = lg_alloc_array(batch->arena, taken->count, sizeof *taken->events);
	for (uint32_t i = 0; i < taken->count; i++) {
		const char *fault =
			lg_incoming_read(run, run->taken + i, batch->arena, &taken->events[i]);

		add_event(batch, run, run->taken + i, &taken->events[i], fault);
	}
}

/* A part of a delivery, as much as there is room for. */
static void take(struct lg_batch *batch, struct lg_delivery *delivery, uint32_t limit)
{
	struct lg_taken *taken = lg_alloc(batch->arena, sizeof *taken), **end = &batch->taken;
	uint32_t room = limit - batch->count;

	while (*end != NULL)
		end = &(*end)->next;
	*end = taken;
	taken->delivery = delivery;
	batch->part_of |= (uint16_t)(1u << delivery->partition);
	delivery->users++;
	if (delivery->kind == LG_DELIVERY_COMMAND || delivery->kind == LG_DELIVERY_DUE) {
		delivery->users--; /* one batch owns it, and frees it */
		if (delivery->kind == LG_DELIVERY_COMMAND)
			add_command(batch, delivery);
		else
			add_due(batch, delivery);
		return;
	}
	taken->count =
		delivery->count - delivery->taken < room ? delivery->count - delivery->taken : room;
	if (delivery->kind == LG_DELIVERY_RUN)
		read_events(batch, delivery, taken);
	else
		for (uint32_t i = 0, place = delivery->taken; i < taken->count; i++, place++)
			add_event(batch, delivery, place, &delivery->events[place],
				delivery->faults[place]);
	delivery->taken += taken->count;
	taken->end = (struct lg_point){ .epoch = delivery->epoch,
		.number = delivery->first + delivery->taken - 1 };
}

/* A command that was sent twice: the second waits, and then finds the first one's answer. */
static bool is_in(const struct lg_batch *batch, const struct lg_delivery *command)
{
	for (const struct lg_taken *t = batch->taken; t != NULL; t = t->next)
		if (t->delivery->kind == LG_DELIVERY_COMMAND &&
			lg_id_equal(t->delivery->command.command_id, command->command.command_id))
			return true;
	return false;
}

/* Whether the owner before may have died of its next event. */
static bool is_careful(const struct lg_delivery *delivery)
{
	return delivery->kind == LG_DELIVERY_RUN && delivery->incoming->careful_bytes > 0;
}

/* One event in a batch of its own, which marks it before it tries it. */
static void take_careful(struct lg_batch *batch, struct lg_delivery *run)
{
	uint64_t size_bytes = run->rows[run->taken].size;
	uint64_t *left = &run->incoming->careful_bytes;

	*left -= size_bytes < *left ? size_bytes : *left;
	batch->is_trial = true;
	take(batch, run, 1);
}

/* Whether it must wait until no batch is under way, and then has one for itself. */
static bool is_alone(const struct lg_instance *instance, const struct lg_delivery *delivery)
{
	if (delivery->kind != LG_DELIVERY_COMMAND)
		return is_careful(delivery);
	return lg_inquiry_is_alone(delivery) ||
	       lg_door_handler(instance->service, delivery->type->number)->is_alone;
}

static void fill(struct lg_batch *batch, uint32_t limit)
{
	struct lg_instance *instance = batch->instance;

	while (instance->queue != NULL && batch->count < limit) {
		struct lg_delivery *first = instance->queue;

		if (first->kind == LG_DELIVERY_COMMAND) {
			bool wants_all = is_alone(instance, first);
			bool is_long = lg_door_takes_long(instance, first);

			/*
			 * One long work in a batch: those behind it are not answered later for it, and who has
			 * waited until nobody waits for his answer any more is left out.  Else a slow machine
			 * works for those who have gone.
			 */
			if (batch->count > 0 && (wants_all || is_in(batch, first) ||
							(is_long && lg_batch_takes_long(batch))))
				break;
			(void)take_first(instance);
			if (is_long && first->command.expires_at <= batch->now) {
				lg_metric_add(instance->count_refused, 1);
				lg_delivery_free(first);
				continue;
			}
			if (lg_owned_open(instance, first->partition) == NULL) {
				lg_door_return(instance, first);
				lg_delivery_free(first);
				continue;
			}
			if (lg_inquiry_take(instance, first))
				break;
			take(batch, first, limit);
			if (wants_all)
				break;
			continue;
		}
		if (is_careful(first)) {
			if (batch->count > 0)
				break;
			take_careful(batch, first);
		} else {
			take(batch, first, limit);
		}
		if (first->kind == LG_DELIVERY_DUE || first->taken == first->count)
			(void)take_first(instance);
		if (batch->is_trial)
			break;
	}
	if (batch->count > 0)
		lg_singling_begun(&instance->singling);
}

static void on_more(uv_timer_t *timer)
{
	lg_gather_pump(timer->data);
}

void lg_gather_open(struct lg_instance *instance)
{
	uv_timer_init(instance->loop, &instance->more_timer);
	instance->more_timer.data = instance;
}

/* Nobody waits for an answer, and there is no telling whether the owner before has died of one. */
static bool is_unhurried(const struct lg_delivery *delivery)
{
	for (; delivery != NULL; delivery = delivery->next)
		if (delivery->kind != LG_DELIVERY_RUN || is_careful(delivery))
			return false;
	return true;
}

/*
 * Whether all comes from other sites and is followed by more, which its publisher has already and which
 * our credit lets it send meanwhile.  A stream's last events are followed by none, so they never wait here.
 */
static bool is_followed(const struct lg_delivery *delivery)
{
	for (; delivery != NULL; delivery = delivery->next) {
		const struct lg_incoming *in = delivery->incoming;
		const struct lg_subscriber *reader = &in->subscriber;

		if (in->stream.destination == 0 ||
			in->head < reader->tip.number + LG_BEHIND_ITEMS ||
			reader->allowed_bytes < reader->received_bytes + LG_WINDOW_BYTES / 2)
			return false;
	}
	return true;
}

struct lg_platform lg_gather_platform(const struct lg_instance *instance, uint64_t now_us)
{
	const struct lg_batch *front = instance->active_count > 0 ? instance->active[0] : NULL;
	bool is_hurried = !is_unhurried(instance->queue);
	bool has_followers = !is_hurried && is_followed(instance->queue);

	return (struct lg_platform){
		.waiting = count_items(
			instance->queue, has_followers ? LG_ENOUGH_ITEMS : LG_BEHIND_ITEMS),
		.is_alone = front != NULL && is_alone(instance, instance->queue),
		.is_hurried = is_hurried,
		.is_followed = has_followers,
		.under_way = instance->active_count,
		.is_front_decided = front != NULL && front->phase == LG_BATCH_COMMITTING,
		.is_singling = lg_singling_is_on(&instance->singling),
		.is_stopping = instance->is_stopping,
		.last_items = instance->started_count,
		.since_us = now_us - instance->started_us,
	};
}

/* Whether a batch is to begin; for one that is to begin later the timer is set. */
static bool is_time(struct lg_instance *instance)
{
	struct lg_platform platform;
	enum lg_departure departure;
	uint64_t wait_us = 0;

	if (instance->queue == NULL || instance->is_exclusive || !lg_pg_is_ready(instance->pg) ||
		instance->active_count == LG_ACTIVE_MAX)
		return false; /* it is asked after every message: nothing is counted for these */
	platform = lg_gather_platform(instance, uv_hrtime() / 1000);
	departure = lg_departure(&platform, &wait_us);
	/* anew each time: what has come since may be in more of a hurry */
	if (departure == LG_DEPART_LATER)
		uv_timer_start(&instance->more_timer, on_more, wait_us / 1000 + 1, 0);
	return departure == LG_DEPART_NOW;
}

static void activate(struct lg_batch *batch)
{
	struct lg_instance *instance = batch->instance;

	assert(instance->active_count < LG_ACTIVE_MAX);
	instance->active[instance->active_count++] = batch;
	instance->batch_count++;
	instance->item_count += batch->count;
	instance->started_us = batch->started_us;
	instance->started_count = batch->count;
	lg_batch_run(batch);
}

void lg_gather_pump(struct lg_instance *instance)
{
	while (is_time(instance)) {
		uint32_t limit = count_items(instance->queue,
			lg_singling_is_on(&instance->singling) ? 1 : LG_BATCH_ITEMS_MAX);
		struct lg_batch *batch = batch_new(instance, limit);

		fill(batch, limit);
		if (batch->count == 0) {
			lg_arena_free(batch->arena);
			free(batch);
			continue;
		}
		activate(batch);
	}
}

void lg_gather_run_alone(struct lg_instance *instance, struct lg_delivery *retry)
{
	uint32_t limit = count_items(retry, LG_BATCH_ITEMS_MAX);
	struct lg_batch *batch = batch_new(instance, limit);

	assert(instance->is_exclusive && instance->active_count == 0);
	take(batch, retry, limit);
	activate(batch);
}

/* --- while a run is proved ---------------------------------------------------------------- */

void lg_gather_begin(struct lg_instance *instance, const struct lg_incoming *in, size_t size_bytes)
{
	uint16_t partition = (uint16_t)(1u << in->stream.partition);

	/* nobody at another site makes our server work before he is proved */
	if (in->stream.destination != 0)
		return;
	if (!instance->loads_nothing || size_bytes > BEGIN_BYTES_MAX || in->careful_bytes > 0 ||
		instance->started_count >= LG_MANY_ITEMS || lg_singling_is_on(&instance->singling))
		return;
	if (instance->queue != NULL || instance->active_count > 0 || instance->is_exclusive ||
		!lg_pg_is_ready(instance->pg) || (lg_fence_owned(instance->fence) & partition) == 0)
		return;
	lg_pg_begin(instance->pg);
	lg_fence_move(instance->fence, instance->scratch, partition);
	lg_pg_flush(instance->pg);
	instance->begun = partition;
}

void lg_gather_abandon(struct lg_instance *instance)
{
	if (instance->begun == 0)
		return;
	lg_fence_move_back(instance->fence, (uint8_t)__builtin_ctz(instance->begun));
	instance->begun = 0;
	lg_pg_abandon(instance->pg);
}

void lg_gather_end(struct lg_instance *instance)
{
	if (instance->begun == 0)
		return;
	lg_gather_pump(instance);
	lg_gather_abandon(instance);
}
