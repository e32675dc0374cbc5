#include "common/run/handle.h"

#include <assert.h>
#include <stdlib.h>

#include "common/db/inbox.h"
#include "common/db/subject_key.h"
#include "common/db/version.h"
#include "common/json/if_match.h"
#include "common/run/door.h"
#include "common/run/loss.h"
#include "common/run/owned.h"
#include "common/stream/arrival.h"
#include "proto/codes.pb-c.h"

/* --- versions ------------------------------------------------------------------------------ */

static void version_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	(void)arena;
	*(uint64_t *)ret_aggregate = (uint64_t)lg_field_int(result, row, 0);
}

void lg_handle_load(struct lg_batch *batch, struct lg_batch_item *it)
{
	const struct lg_delivery *delivery = it->item.delivery;

	if (!batch->instance->service->has_versions || delivery->kind != LG_DELIVERY_COMMAND ||
		it->handler->version != NULL)
		return;
	if (delivery->type->kind == LG_MESSAGE_QUERY || delivery->command.if_match.size > 0)
		it->version = lg_read_by_id(batch, &lg_version_statements[LG_VERSION_READ],
			it->item.key, sizeof *it->version, version_from_row);
}

static uint64_t version_of(const struct lg_batch *batch, const struct lg_batch_item *it)
{
	const struct lg_moved *moved;

	if (it->handler->version != NULL)
		return it->handler->version(&it->item);
	if (it->version == NULL)
		return 0;
	HASH_FIND(hh, batch->moved, &it->item.key, sizeof it->item.key, moved);
	return *it->version + (moved != NULL);
}

static bool version_holds(const struct lg_batch *batch, const struct lg_batch_item *it)
{
	struct lg_delivery *delivery = it->item.delivery;
	const struct lg_bytes if_match = delivery->command.if_match;

	if (if_match.size == 0)
		return true;
	switch (lg_if_match(if_match, version_of(batch, it))) {
	case LG_MATCH_NAMED:
		return true;
	case LG_MATCH_OTHER:
		lg_door_problem(delivery, 412,
			"it is not as If-Match says: it was changed meanwhile, or it is not there; "
			"reload it, look again, and try with its new ETag");
		return false;
	case LG_MATCH_MALFORMED:
		lg_door_problem(delivery, 400,
			"If-Match is \"*\", or ETags as GET gives them, in their quotes");
		return false;
	}
	abort();
}

void lg_changed(struct lg_batch *batch, struct lg_id key)
{
	struct lg_moved *moved;

	if (!batch->instance->service->has_versions)
		return;
	HASH_FIND(hh, batch->moved, &key, sizeof key, moved);
	if (moved != NULL)
		return;
	moved = lg_alloc(batch->arena, sizeof *moved);
	moved->key = key;
	HASH_ADD(hh, batch->moved, key, sizeof moved->key, moved);
	lg_insert(batch, &lg_version_statements[LG_VERSION_MOVE],
		(struct lg_value[]){ lg_v_id(&moved->key) });
}

/* --- positions and events -------------------------------------------------------------------- */

void lg_handle_position(struct lg_batch *batch, const struct lg_taken *taken)
{
	const struct lg_delivery *delivery = taken->delivery;
	const struct lg_stream *stream = &delivery->incoming->stream;

	/* last write of a batch wins: one row per stream and epoch */
	uint8_t key[2 + 1 + 1 + 1 + LG_ID_SIZE] = { (uint8_t)(stream->site >> 8),
		(uint8_t)stream->site, stream->service, stream->lane, stream->partition };

	memcpy(key + 5, taken->end.epoch.byte, LG_ID_SIZE);
	lg_rows_put(lg_batch_table(batch, &lg_inbox_statements[LG_INBOX_MOVE]),
		lg_bytes(key, sizeof key),
		(struct lg_value[]){ lg_v_int(stream->site), lg_v_int(stream->service),
			lg_v_int(stream->lane), lg_v_int(stream->partition),
			lg_v_id(&taken->end.epoch), lg_v_int((int64_t)taken->end.number) });
	batch->touched |= (uint16_t)(1u << delivery->partition);
	lg_loss_note_heard(batch, taken);
	if (delivery->taken - taken->count > 0)
		return;
	for (uint32_t i = 0; i < delivery->key_count; i++) { /* with the first of its events */
		const struct lg_wrapped_key *k = &delivery->keys[i];

		lg_rows_add(lg_batch_table(batch, &lg_subject_key_statements[LG_SUBJECT_KEY_KEEP]),
			(struct lg_value[]){ lg_v_id(&k->subject), lg_v_int(k->class),
				lg_v_id(&k->key_id), lg_v_int((int64_t)k->epoch),
				lg_v_bytes(lg_bytes(k->wrapped, LG_WRAPPED_SIZE)) });
	}
}

static void store_dead_letter(struct lg_batch *batch, struct lg_batch_item *it)
{
	const struct lg_envelope *event = it->event;
	const struct lg_incoming *in = it->item.delivery->incoming; /* NULL: of a retry */

	lg_insert(batch, &lg_inbox_statements[LG_INBOX_DEAD_INSERT],
		(struct lg_value[]){ lg_v_int(it->item.partition), lg_v_id(&it->item.key),
			lg_v_id(&event->event_id), lg_v_int((int32_t)event->type_number),
			lg_v_int(in == NULL ? event->site : in->stream.site),
			lg_v_int(in == NULL ? event->service : in->stream.service),
			lg_v_text(it->fault), lg_v_int(batch->now), lg_v_bytes(it->row) });
	lg_owned_park(batch->instance->owned[it->item.partition], it->item.key);
	lg_metric_add(batch->instance->count_dead, 1);
	lg_instance_fault(batch->instance, it->fault);
}

static void store_parked(struct lg_batch *batch, struct lg_batch_item *it)
{
	const struct lg_stream *stream = &it->item.delivery->incoming->stream;

	lg_insert(batch, &lg_inbox_statements[LG_INBOX_PARK],
		(struct lg_value[]){ lg_v_int(it->item.partition), lg_v_id(&it->item.key),
			lg_v_int(stream->site), lg_v_int(stream->service), lg_v_bytes(it->row) });
}

static void store_unhandled(struct lg_batch *batch, struct lg_batch_item *it)
{
	const struct lg_stream *stream = &it->item.delivery->incoming->stream;

	lg_insert(batch, &lg_inbox_statements[LG_INBOX_UNHANDLED],
		(struct lg_value[]){ lg_v_int(it->item.partition), lg_v_id(&it->item.key),
			lg_v_int((int32_t)it->event->type_number), lg_v_int(stream->site),
			lg_v_int(stream->service), lg_v_bytes(it->row) });
}

static void settle_retried(struct lg_batch *batch, const struct lg_batch_item *it)
{
	const struct lg_delivery *retry = it->item.delivery;
	size_t place = (size_t)(it->event - retry->events);

	if (retry->kind == LG_DELIVERY_UNHANDLED)
		lg_insert(batch, &lg_inbox_statements[LG_INBOX_UNHANDLED_SETTLED],
			(struct lg_value[]){ lg_v_int(retry->parked[place]) });
	else if (retry->parked[place] == 0)
		lg_insert(batch, &lg_inbox_statements[LG_INBOX_LETTER_SETTLED],
			(struct lg_value[]){ lg_v_int((int64_t)retry->letter) });
	else
		lg_insert(batch, &lg_inbox_statements[LG_INBOX_PARKED_SETTLED],
			(struct lg_value[]){ lg_v_int(retry->parked[place]) });
}

/*
 * The first of a retry that cannot take effect stays, or becomes, the dead letter of its key;
 * those behind it stay parked.
 */
static void store_retry_fault(struct lg_batch *batch, struct lg_batch_item *it)
{
	const struct lg_delivery *retry = it->item.delivery;

	if (retry->parked[it->event - retry->events] == 0)
		return;
	store_dead_letter(batch, it);
	settle_retried(batch, it);
}

static enum lg_arrival_from from_of(const struct lg_batch_item *it)
{
	if (it->item.delivery->kind == LG_DELIVERY_RETRY)
		return LG_FROM_LETTER;
	return it->item.delivery->kind == LG_DELIVERY_UNHANDLED ? LG_FROM_UNHANDLED
								: LG_FROM_STREAM;
}

static enum lg_arrival_way way_of(
	const struct lg_batch *batch, const struct lg_batch_item *it, bool is_stopped)
{
	const struct lg_instance *instance = batch->instance;
	const struct lg_message_type *type = it->event->type;
	struct lg_arrival arrival = {
		.from = from_of(it),
		.is_parked = lg_owned_is_parked(instance->owned[it->item.partition], it->item.key),
		.is_stopped = is_stopped,
		.is_faulty = it->fault != NULL,
		.is_foreign = type != NULL && !lg_service_in(type->to, instance->service->number),
		.is_unknown = it->handler == NULL,
	};

	return lg_arrival_way(&arrival);
}

static void store_passed(struct lg_batch *batch, struct lg_batch_item *it)
{
	it->is_stored = true;
	if (from_of(it) != LG_FROM_STREAM)
		settle_retried(batch, it);
}

static void store_fault(struct lg_batch *batch, struct lg_batch_item *it)
{
	if (it->fault == NULL)
		it->fault = "this version does not know its type";
	if (from_of(it) == LG_FROM_LETTER) {
		store_retry_fault(batch, it);
		return;
	}
	store_dead_letter(batch, it);
	if (from_of(it) == LG_FROM_UNHANDLED)
		settle_retried(batch, it);
}

void lg_handle_event(struct lg_batch *batch, struct lg_batch_item *it, bool *ret_stopped)
{
	bool is_retry = it->item.delivery->kind == LG_DELIVERY_RETRY;
	enum lg_arrival_way way;

	if (it->fault == NULL && !is_retry &&
		lg_singling_is_bad(&batch->instance->singling, it->event->event_id))
		it->fault = "the database refused it when it was handled alone";
	way = way_of(batch, it, *ret_stopped);
	if (way == LG_WAY_HANDLE) {
		struct lg_status status = it->handler->decide(&it->item);

		if (!lg_is_done(status)) {
			it->fault = status.reason;
			way = way_of(batch, it, *ret_stopped);
		}
	}
	switch (way) {
	case LG_WAY_HANDLE:
		it->handler->store(batch, &it->item);
		lg_changed(batch, it->item.key);
		store_passed(batch, it);
		return;
	case LG_WAY_PASS: /* the lane carries what others read, too */
		store_passed(batch, it);
		return;
	case LG_WAY_PARK:
		store_parked(batch, it);
		return;
	case LG_WAY_UNHANDLED:
		store_unhandled(batch, it);
		return;
	case LG_WAY_DEAD_LETTER:
		*ret_stopped = true;
		store_fault(batch, it);
		return;
	case LG_WAY_WAIT:
		return;
	}
	abort();
}

/* --- commands ------------------------------------------------------------------------------ */

/*
 * Keyed by a secret of the service: a body may hold a password or a name, and its digest in a
 * table must not be a way to guess either.
 */
static void command_digest(
	const struct lg_batch *batch, const struct lg_delivery *delivery, uint8_t ret_digest[32])
{
	lg_own_digest(batch->instance->keys, "lifeguard-command-body-1", delivery->command.body,
		ret_digest, 32);
}

/*
 * Whether a command may have been answered before.  Surely not, where the gateway made its id, no
 * copy of it has come here, and it was made after its partition became ours: then none can have been
 * answered elsewhere, whichever of the two clocks is ahead.  Were all this wrong, the second answer would
 * find its id taken, and the batch would be rolled back.
 */
static bool may_be_answered(struct lg_batch *batch, const struct lg_delivery *delivery)
{
	struct lg_instance *instance = batch->instance;
	const struct lg_command *command = &delivery->command;
	const struct lg_owned *owned = instance->owned[delivery->partition];

	if (!command->is_new_id || owned == NULL)
		return true;
	if (lg_met_before(instance->met, command->command_id, command->expires_at))
		return true;
	return command->expires_at - LG_COMMAND_MS <= owned->taken_at + LG_PACT_SKEW_MS ||
	       command->expires_at - LG_COMMAND_MS > batch->now + LG_PACT_SKEW_MS;
}

void lg_handle_read_answers(struct lg_batch *batch)
{
	struct lg_rows *asked =
		lg_rows_new(batch->arena, &lg_inbox_statements[LG_INBOX_ANSWER_READ]);

	for (uint32_t i = 0; i < batch->count; i++) {
		const struct lg_delivery *delivery = batch->items[i].item.delivery;

		if (delivery->kind == LG_DELIVERY_COMMAND &&
			delivery->type->kind == LG_MESSAGE_COMMAND &&
			may_be_answered(batch, delivery))
			lg_rows_add(asked,
				(struct lg_value[]){ lg_v_id(&delivery->command.command_id) });
	}
	if (lg_rows_count(asked) > 0)
		batch->answered = lg_batch_read_rows(batch, asked);
}

/* The row of the answer that was given to this command before; -1: none, or it cannot have one. */
static int answered_row(const struct lg_batch *batch, const struct lg_delivery *delivery)
{
	for (int row = 0; batch->answered != NULL && row < batch->answered->count; row++)
		if (lg_bytes_equal(lg_field_bytes(batch->answered->result, row, 0),
			    lg_id_bytes(&delivery->command.command_id)))
			return row;
	return -1;
}

bool lg_handle_is_answered(const struct lg_batch *batch, const struct lg_item *item)
{
	return item->delivery->kind == LG_DELIVERY_COMMAND &&
	       answered_row(batch, item->delivery) >= 0;
}

/* Same id, same answer; another body or another principal, refusal. */
static void answer_again(struct lg_batch *batch, struct lg_delivery *delivery, int row)
{
	const PGresult *rows = batch->answered->result;
	uint8_t digest[32];

	command_digest(batch, delivery, digest);
	if (lg_field_int(rows, row, 1) != (int64_t)delivery->type->number ||
		!lg_bytes_equal(lg_field_bytes(rows, row, 2), lg_id_bytes(&delivery->actor.user)) ||
		!lg_bytes_equal(lg_field_bytes(rows, row, 3), lg_bytes(digest, sizeof digest))) {
		lg_door_problem(delivery, 409, "this command id was used for another command");
		return;
	}
	lg_door_set(delivery, (uint32_t)lg_field_int(rows, row, 4),
		lg_copy(delivery->arena, lg_field_bytes(rows, row, 5)));
}

static void store_answer(struct lg_batch *batch, const struct lg_batch_item *it)
{
	const struct lg_delivery *delivery = it->item.delivery;
	uint8_t digest[32];

	command_digest(batch, delivery, digest);
	lg_insert(batch, &lg_inbox_statements[LG_INBOX_ANSWER_INSERT],
		(struct lg_value[]){ lg_v_id(&delivery->command.command_id),
			lg_v_int(it->item.partition), lg_v_id(&it->item.key),
			lg_v_int((int32_t)delivery->type->number), lg_v_id(&delivery->actor.user),
			lg_v_bytes(lg_bytes(digest, sizeof digest)), lg_v_int(delivery->status),
			lg_v_bytes(delivery->answer), lg_v_int(batch->now) });
}

void lg_handle_command(struct lg_batch *batch, struct lg_batch_item *it)
{
	struct lg_delivery *delivery = it->item.delivery;
	bool is_command = delivery->type->kind == LG_MESSAGE_COMMAND;
	int answered = is_command ? answered_row(batch, delivery) : -1;

	lg_metric_add(batch->instance->count_commands, 1);
	if (answered >= 0) {
		answer_again(batch, delivery, answered);
		return;
	}
	if (!version_holds(batch, it)) /* nothing is kept of it: the same id may ask anew */
		return;

	struct lg_status status = it->handler->decide(&it->item);

	if (status.outcome == LG_RETRY) {
		lg_door_problem(delivery, 503, status.reason);
		return;
	}
	if (status.outcome == LG_REFUSED) {
		uint32_t code = it->item.refusal_status;

		lg_door_problem(delivery, code == 0 ? 422 : code, status.reason);
		if (it->handler->refused != NULL)
			it->handler->refused(batch, &it->item);
	} else {
		it->handler->store(batch, &it->item);
		it->is_stored = true;
		if (is_command) {
			lg_audit(batch, &it->item, LG_AUDIT_ACT,
				LIFEGUARD__CODES__PURPOSE__HELP_AND_SHELTER);
			if (!it->handler->is_of_no_thing)
				lg_changed(batch, it->item.key);
		} else {
			delivery->version = version_of(batch, it);
		}
	}
	if (delivery->status == 0)
		lg_door_set(delivery, 204, lg_bytes("", 0));
	if (is_command)
		store_answer(batch, it);
}
