#include "common/run/batch.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/log.h"
#include "common/db/inbox.h"
#include "common/run/door.h"
#include "common/run/due.h"
#include "common/run/fetch.h"
#include "common/run/gather.h"
#include "common/run/handle.h"
#include "common/run/operator/inquiry.h"
#include "common/run/owned.h"
#include "common/run/unhandled.h"

#define FENCE_LOST "LG001" /* raised by fence_lost(): another owner */

struct lg_rows *lg_batch_table(struct lg_batch *batch, const struct lg_statement *statement)
{
	for (uint32_t i = 0; i < batch->table_count; i++)
		if (lg_rows_statement(batch->tables[i]) == statement)
			return batch->tables[i];
	assert(batch->table_count < LG_BATCH_TABLES_MAX);
	return batch->tables[batch->table_count++] = lg_rows_new(batch->arena, statement);
}

/* --- the end --------------------------------------------------------------------------- */

static void remove_active(struct lg_instance *instance, const struct lg_batch *batch)
{
	/* a query that waits for nothing may end before the commit in front of it */
	uint32_t place = instance->active[0] == batch ? 0 : 1;

	assert(place < instance->active_count && instance->active[place] == batch);
	if (place == 0)
		instance->active[0] = instance->active[1];
	instance->active[1] = NULL;
	instance->active_count--;
}

static void free_batch(struct lg_batch *batch)
{
	HASH_CLEAR(hh, batch->aggregates);
	HASH_CLEAR(hh, batch->moved);
	lg_arena_free(batch->arena);
	free(batch);
}

static void release_run(struct lg_batch *batch, const struct lg_taken *taken, bool is_committed)
{
	struct lg_delivery *run = taken->delivery;
	bool is_ours = lg_owned_still(batch->instance, run->partition, run->generation) != NULL;

	run->done += taken->count;
	run->users--;
	if (is_committed && is_ours)
		lg_incoming_stored(run->incoming, taken->end.number,
			run->done == run->count ? run->size_bytes : 0);
	if (run->users == 0 && !run->is_queued)
		lg_delivery_free(run);
}

/* Its row is gone, or it is read again. */
static void release_due(struct lg_instance *instance, struct lg_delivery *delivery)
{
	struct lg_owned *owned =
		lg_owned_still(instance, delivery->partition, delivery->generation);

	if (owned != NULL)
		owned->due_under_way--;
	lg_delivery_free(delivery);
}

/* Whoever waits for an answer gets it; a run's part is done. */
static void release_deliveries(struct lg_batch *batch, bool is_committed)
{
	struct lg_instance *instance = batch->instance;

	for (struct lg_taken *taken = batch->taken, *next; taken != NULL; taken = next) {
		struct lg_delivery *delivery = taken->delivery;

		next = taken->next;
		if (delivery->kind == LG_DELIVERY_RUN) {
			release_run(batch, taken, is_committed);
			continue;
		}
		if (delivery->kind == LG_DELIVERY_UNHANDLED) {
			lg_unhandled_ended(instance, taken, is_committed);
			continue;
		}
		if (delivery->kind == LG_DELIVERY_DUE) {
			release_due(instance, delivery);
			continue;
		}
		if (is_committed)
			lg_door_answer(instance, delivery);
		else if (!delivery->is_answered)
			lg_door_return(instance, delivery);
		lg_delivery_free(delivery);
	}
}

static void publish_committed(struct lg_batch *batch)
{
	uint64_t count = 0;

	for (const struct lg_published *p = batch->published; p != NULL; p = p->next)
		count += lg_outgoing_publish(batch->instance, p, batch->count < LG_MANY_ITEMS);
	lg_metric_add(batch->instance->count_published, count);
	if (count > 0)
		lg_door_news(batch->instance);
}

static void retry_ended(struct lg_batch *batch, bool is_committed)
{
	struct lg_delivery *delivery = batch->taken->delivery;
	const char *fault = is_committed ? NULL : "the transaction failed: try again";
	uint32_t settled = 0;

	for (uint32_t i = 0; i < batch->count && is_committed; i++) {
		if (batch->items[i].is_stored)
			settled++;
		else if (fault == NULL)
			fault = batch->items[i].fault;
	}
	lg_inquiry_retried(batch->instance, delivery, settled, fault);
}

static void finish(struct lg_batch *batch, bool is_committed)
{
	struct lg_instance *instance = batch->instance;
	uint64_t applied = 0;

	remove_active(instance, batch);
	lg_histogram_observe_us(
		instance->batch_seconds, (uv_hrtime() - batch->started_us * 1000) / 1000);
	if (is_committed) {
		publish_committed(batch);
		for (const struct lg_listed *l = batch->listed; l != NULL; l = l->next)
			lg_once_add(&instance->listed, batch->now, l->mark);
		lg_batch_forget_erased(batch);
		for (uint32_t i = 0; i < batch->count; i++)
			if (batch->items[i].is_stored && batch->items[i].event != NULL)
				applied++;
		lg_metric_add(instance->count_applied, applied);
	}
	if (batch->taken != NULL && batch->taken->delivery->kind == LG_DELIVERY_RETRY)
		retry_ended(batch, is_committed);
	else
		release_deliveries(batch, is_committed);

	if (is_committed && batch->next_due != 0)
		lg_due_wake(instance, batch->next_due);
	if (batch->rewound != 0) {
		instance->is_exclusive = false;
		if (is_committed)
			lg_fence_forget(instance->fence, batch->rewound);
	}
	free_batch(batch);
}

/* The database said no, not the world: find out which item it is. */
static void single_out(struct lg_batch *batch)
{
	const struct lg_batch_item *first = &batch->items[0];
	struct lg_delivery *delivery = first->item.delivery;

	lg_singling_refused(&batch->instance->singling, batch->count,
		first->event == NULL ? NULL : &first->event->event_id);
	if (batch->count == 1 && delivery->kind == LG_DELIVERY_COMMAND) {
		lg_door_problem(delivery, 500, "the database refused this command");
		lg_door_answer(batch->instance, delivery);
	}
}

static void fail(struct lg_batch *batch)
{
	struct lg_instance *instance = batch->instance;
	/* also where nothing was written: positions of its runs are ahead of what is stored */
	uint16_t doubtful = batch->touched | batch->part_of;

	lg_gather_abandon(instance);
	lg_metric_add(instance->count_rolled_back, 1);
	if (batch->sqlstate[0] == '\0' || strcmp(batch->sqlstate, FENCE_LOST) == 0 ||
		lg_pg_is_transient(batch->sqlstate)) {
		lg_instance_fault(instance, "batch rolled back: connection or ownership lost");
	} else {
		lg_instance_fault(instance, "batch rolled back: the database refused a row");
		lg_warn("database refused", lg_f_int("items", batch->count));
		single_out(batch);
	}
	finish(batch, false);
	doubtful &= lg_fence_owned(instance->fence);
	if (lg_pg_is_ready(instance->pg) && doubtful != 0)
		lg_fence_forget(instance->fence, doubtful);
}

static void committed(void *argument, const PGresult *result)
{
	struct lg_batch *batch = argument;

	batch->commit_is_known = lg_pg_is_committed(result);
}

static void row_answered(void *argument, const PGresult *result)
{
	struct lg_batch *batch = argument;

	if (result != NULL && PQresultStatus(result) != PGRES_COMMAND_OK &&
		PQresultStatus(result) != PGRES_TUPLES_OK && batch->sqlstate[0] == '\0')
		memccpy(batch->sqlstate, lg_pg_sqlstate(result), '\0', sizeof batch->sqlstate - 1);
}

static void commit_synced(void *argument, const PGresult *result)
{
	struct lg_batch *batch = argument;
	struct lg_instance *instance = batch->instance;

	(void)result;
	if (batch->commit_is_known)
		finish(batch, true);
	else
		fail(batch);
	lg_gather_pump(instance);
}

/* Events of a stream, as rows of many. */
static void write_published(struct lg_batch *batch, const struct lg_published *published)
{
	const struct lg_stream *stream = &published->out->stream;
	int64_t segment = stream->destination == 0 ? 0 : batch->instance->segment;
	const struct lg_packed_event *event = published->first;

	while (event != NULL) {
		struct lg_bytes heads, run;
		uint64_t first = event->number;
		uint32_t count = lg_pack(batch->arena, event, &heads, &run);

		lg_rows_add(lg_batch_table(batch, &lg_outbox_statements[LG_OUTBOX_INSERT]),
			(struct lg_value[]){ lg_v_int(segment), lg_v_int(stream->destination),
				lg_v_int(stream->lane), lg_v_int(stream->partition),
				lg_v_int((int64_t)first), lg_v_int((int64_t)(first + count - 1)),
				lg_v_kept(heads), lg_v_kept(run) });
		for (; count > 0; count--)
			event = event->next;
	}
}

/* Unless that was done when its run arrived. */
static void begin(struct lg_batch *batch)
{
	struct lg_instance *instance = batch->instance;
	uint16_t rest = (uint16_t)(batch->touched & ~instance->begun);

	if (instance->begun == 0)
		lg_pg_begin(instance->pg);
	instance->begun = 0;
	if (rest != 0)
		lg_fence_move(instance->fence, batch->arena, rest);
}

static void send_rows(struct lg_batch *batch, struct lg_rows *rows)
{
	const struct lg_statement *statement = lg_rows_statement(rows);
	struct lg_pg *pg = batch->instance->pg;

	if (statement->one != NULL && lg_rows_count(rows) == 1)
		lg_pg_send(pg, statement->one, lg_rows_one_params(rows), row_answered, batch);
	else
		lg_pg_send(pg, statement, lg_rows_params(rows), row_answered, batch);
}

static void flush(struct lg_batch *batch)
{
	struct lg_instance *instance = batch->instance;

	begin(batch);
	for (const struct lg_published *p = batch->published; p != NULL; p = p->next)
		write_published(batch, p);
	for (uint32_t i = 0; i < batch->table_count; i++)
		send_rows(batch, batch->tables[i]);
	batch->phase = LG_BATCH_COMMITTING;
	lg_pg_commit(instance->pg, committed, batch);
	lg_pg_sync(instance->pg, commit_synced, batch);
	for (const struct lg_published *p = batch->published; p != NULL; p = p->next)
		if (batch->count < LG_MANY_ITEMS)
			lg_fetch_sign_ahead(instance, p);
}

static void decide_and_store(struct lg_batch *batch)
{
	struct lg_instance *instance = batch->instance;
	bool stopped = false;

	if (batch->has_failed || !lg_pg_is_ready(instance->pg)) {
		fail(batch);
		return;
	}
	for (uint32_t i = 0; i < batch->count; i++) {
		struct lg_batch_item *it = &batch->items[i];

		batch->current = &it->item;
		if (it->item.delivery->kind == LG_DELIVERY_DUE)
			lg_due_handle(batch, it);
		else if (it->event != NULL)
			lg_handle_event(batch, it, &stopped);
		else
			lg_handle_command(batch, it);
	}
	batch->current = NULL;
	for (const struct lg_published *p = batch->published; p != NULL; p = p->next)
		p->out->published = NULL; /* the next batch begins its own */
	for (const struct lg_taken *taken = batch->taken; taken != NULL; taken = taken->next)
		if (taken->delivery->kind == LG_DELIVERY_RUN)
			lg_handle_position(batch, taken);

	if (batch->has_failed)
		fail(batch);
	else if (batch->touched == 0)
		finish(batch, true);
	else
		flush(batch);
}

/* --- load ------------------------------------------------------------------------------ */

static void ponder_done(uv_work_t *work, int status)
{
	struct lg_batch *batch = work->data;
	struct lg_instance *instance = batch->instance;

	(void)status;
	decide_and_store(batch);
	lg_gather_pump(instance);
}

static bool takes_long(const struct lg_batch_item *it)
{
	return it->handler != NULL && it->handler->ponder != NULL;
}

bool lg_batch_takes_long(const struct lg_batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++)
		if (takes_long(&batch->items[i]))
			return true;
	return false;
}

/* In the thread pool: touches the work of its items and nothing else. */
static void ponder(uv_work_t *work)
{
	struct lg_batch *batch = work->data;

	for (uint32_t i = 0; i < batch->count; i++)
		if (takes_long(&batch->items[i]) &&
			!lg_handle_is_answered(batch, &batch->items[i].item))
			batch->items[i].handler->ponder(&batch->items[i].item);
}

static void loaded(struct lg_batch *batch)
{
	if (!lg_batch_takes_long(batch) || batch->has_failed) {
		decide_and_store(batch);
		return;
	}
	batch->phase = LG_BATCH_PONDERING;
	batch->ponder.data = batch;
	if (uv_queue_work(batch->instance->loop, &batch->ponder, ponder, ponder_done) != 0)
		abort();
}

void lg_batch_read_answered(void *argument, const PGresult *result)
{
	struct lg_batch *batch = argument;

	assert(batch->reads > 0);
	batch->reads--;
	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK)
		batch->has_failed = true;
	row_answered(batch, result);
}

static void load_synced(void *argument, const PGresult *result)
{
	struct lg_batch *batch = argument;
	struct lg_instance *instance = batch->instance;

	if (result == NULL)
		batch->has_failed = true;
	loaded(batch);
	lg_gather_pump(instance);
}

static void load(struct lg_batch *batch)
{
	lg_handle_read_answers(batch);
	for (uint32_t i = 0; i < batch->count; i++) {
		struct lg_batch_item *it = &batch->items[i];

		if (it->handler == NULL || it->fault != NULL)
			continue;
		it->item.work = lg_alloc(batch->arena, it->handler->work_size);
		lg_handle_load(batch, it);
		if (it->handler->load != NULL)
			it->handler->load(batch, &it->item);
	}
	/* a read would end the unit that was begun when the run arrived */
	assert(batch->reads == 0 || batch->instance->begun == 0);
	if (batch->reads > 0)
		lg_pg_sync(batch->instance->pg, load_synced, batch);
	else
		loaded(batch);
}

/* --- after a death ------------------------------------------------------------------------ */

static void mark_synced(void *argument, const PGresult *result)
{
	struct lg_batch *batch = argument;
	struct lg_instance *instance = batch->instance;
	struct lg_owned *owned = instance->owned[batch->items[0].item.partition];

	if (result != NULL && batch->commit_is_known && owned != NULL && !batch->has_failed) {
		batch->commit_is_known = false; /* of the mark; its own is to come */
		owned->trial = batch->trial;
		load(batch);
		return;
	}
	batch->has_failed = true;
	fail(batch);
	lg_gather_pump(instance);
}

/* Whether the event must be marked before it is tried; one that has killed too often is faulty. */
static bool wants_mark(struct lg_batch *batch)
{
	struct lg_batch_item *it = &batch->items[0];
	const struct lg_owned *owned = batch->instance->owned[it->item.partition];

	if (!batch->is_trial || it->handler == NULL || it->fault != NULL || owned == NULL ||
		lg_owned_is_parked(owned, it->item.key))
		return false;
	if (lg_trial_begin(&owned->trial, it->event->event_id, &batch->trial))
		return true;
	it->fault = "whoever handled it died";
	return false;
}

void lg_batch_run(struct lg_batch *batch)
{
	struct lg_pg *pg = batch->instance->pg;
	uint8_t partition = batch->items[0].item.partition;

	if (!wants_mark(batch)) {
		load(batch);
		return;
	}
	lg_pg_begin(pg);
	lg_fence_move(batch->instance->fence, batch->arena, (uint16_t)(1u << partition));
	lg_pg_send(pg, &lg_inbox_statements[LG_INBOX_TRIAL_MARK],
		lg_params_make(batch->arena, &lg_inbox_statements[LG_INBOX_TRIAL_MARK],
			(struct lg_value[]){ lg_v_int(partition), lg_v_id(&batch->trial.event_id),
				lg_v_int(batch->trial.deaths) }),
		row_answered, batch);
	lg_pg_commit(pg, committed, batch);
	lg_pg_sync(pg, mark_synced, batch);
}
