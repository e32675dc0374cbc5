/*
 * What a handler may call: reads in load, writes, events and answers in store.  Everything is
 * gathered in the batch's arena and sent at once.
 */
#include "common/run/handler.h"

#include <assert.h>
#include <sodium.h>

#include "common/db/audit.h"
#include "common/db/inbox.h"
#include "common/db/outbox.h"
#include "common/db/subject_key.h"
#include "common/run/batch.h"
#include "common/run/door.h"
#include "common/run/json.h"
#include "common/run/owned.h"
#include "proto/codes.pb-c.h"

/* --- load ------------------------------------------------------------------------------ */

static void queue_read(struct lg_batch *batch, const struct lg_statement *statement,
	const struct lg_value *values, lg_pg_answer *answer, void *argument)
{
	assert(batch->phase == LG_BATCH_LOADING);
	lg_pg_send(batch->instance->pg, statement, lg_params_make(batch->arena, statement, values),
		answer, argument);
	batch->reads++;
}

static void aggregate_answered(void *argument, const PGresult *result)
{
	struct lg_aggregate *aggregate = argument;

	if (result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0)
		aggregate->from_row(aggregate->batch->arena, result, 0, aggregate->memory);
	lg_batch_read_answered(aggregate->batch, result);
}

void *lg_read_by_id(struct lg_batch *batch, const struct lg_statement *statement, struct lg_id key,
	size_t size_bytes,
	void (*from_row)(
		struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate))
{
	struct lg_aggregate *aggregate = lg_alloc(batch->arena, sizeof *aggregate), *known;

	aggregate->key.statement = statement;
	aggregate->key.id = key;
	HASH_FIND(hh, batch->aggregates, &aggregate->key, sizeof aggregate->key, known);
	if (known != NULL)
		return known->memory;

	aggregate->memory = lg_alloc(batch->arena, size_bytes);
	aggregate->from_row = from_row;
	aggregate->batch = batch;
	HASH_ADD(hh, batch->aggregates, key, sizeof aggregate->key, aggregate);
	queue_read(batch, statement, (struct lg_value[]){ lg_v_id(&aggregate->key.id) },
		aggregate_answered, aggregate);
	return aggregate->memory;
}

struct found_read {
	struct lg_found found; /* first: handed out */
	struct lg_batch *batch;
};

static void found_answered(void *argument, const PGresult *result)
{
	struct found_read *read = argument;

	if (result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK) {
		read->found.result = result;
		read->found.count = PQntuples(result);
		lg_pg_keep(read->batch->instance->pg, read->batch->arena);
	}
	lg_batch_read_answered(read->batch, result);
}

struct lg_found *lg_read(
	struct lg_batch *batch, const struct lg_statement *statement, const struct lg_value *values)
{
	struct found_read *read = lg_alloc(batch->arena, sizeof *read);

	read->batch = batch;
	queue_read(batch, statement, values, found_answered, read);
	return &read->found;
}

static void keys_answered(void *argument, const PGresult *result)
{
	struct lg_batch *batch = argument;
	const struct lg_instance *instance = batch->instance;

	for (int row = 0; result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK &&
			  row < PQntuples(result);
		row++) {
		struct lg_bytes wrapped = lg_field_bytes(result, row, 4);
		struct lg_wrapped_key key = {
			.subject = lg_field_id(result, row, 0),
			.class = (uint32_t)lg_field_int(result, row, 1),
			.key_id = lg_field_id(result, row, 2),
			.epoch = (uint64_t)lg_field_int(result, row, 3),
		};

		if (wrapped.size != LG_WRAPPED_SIZE)
			continue;
		memcpy(key.wrapped, wrapped.data, LG_WRAPPED_SIZE);
		/* refused: erased with its epoch; whoever opens is told by lg_open */
		if (!lg_is_done(lg_data_key_load(
			    instance->keys, instance->key_cache, &key, batch->now)))
			lg_metric_add(instance->count_refused, 1);
	}
	lg_batch_read_answered(batch, result);
}

void lg_read_keys(struct lg_batch *batch, struct lg_id subject)
{
	lg_read_keys_by(batch, &lg_subject_key_statements[LG_SUBJECT_KEY_READ], subject);
}

void lg_read_keys_by(struct lg_batch *batch, const struct lg_statement *statement, struct lg_id key)
{
	queue_read(batch, statement, (struct lg_value[]){ lg_v_id(&key) }, keys_answered, batch);
}

/* --- store ----------------------------------------------------------------------------- */

static void touch(struct lg_batch *batch)
{
	assert(batch->current != NULL);
	batch->touched |= (uint16_t)(1u << batch->current->partition);
}

void lg_insert(
	struct lg_batch *batch, const struct lg_statement *statement, const struct lg_value *values)
{
	touch(batch);
	lg_rows_add(lg_batch_table(batch, statement), values);
}

void lg_write(struct lg_batch *batch, const struct lg_statement *statement, struct lg_id key,
	const struct lg_value *values)
{
	touch(batch);
	lg_rows_put(lg_batch_table(batch, statement), lg_id_bytes(&key), values);
}

struct lg_id lg_new_id(struct lg_batch *batch)
{
	return lg_fresh_id(batch->instance);
}

Lifeguard__Envelope__Sealed *lg_batch_seal(
	struct lg_batch *batch, const struct lg_seal_place *place, const ProtobufCMessage *message)
{
	struct lg_instance *instance = batch->instance;
	struct lg_wrapped_key key = lg_data_key_new(
		instance->keys, instance->key_cache, place->subject, place->class, batch->now);
	Lifeguard__Envelope__Sealed *sealed = NULL;

	lg_insert(batch, &lg_subject_key_statements[LG_SUBJECT_KEY_INSERT],
		(struct lg_value[]){ lg_v_id(&key.subject), lg_v_int(key.class),
			lg_v_id(&key.key_id), lg_v_int((int64_t)key.epoch),
			lg_v_bytes(lg_bytes(key.wrapped, LG_WRAPPED_SIZE)) });

	struct lg_status status =
		lg_seal(batch->arena, instance->key_cache, place, key.key_id, message, &sealed);

	if (!lg_is_done(
		    status)) { /* larger than its class allows: the handler's door lets none pass */
		lg_instance_fault(instance, "a value was too large to be sealed");
		batch->has_failed = true;
	}
	return sealed;
}

const ProtobufCMessage *lg_batch_open(struct lg_batch *batch, const struct lg_reader *reader,
	const struct lg_seal_place *place, const Lifeguard__Envelope__Sealed *sealed)
{
	ProtobufCMessage *message = NULL;

	if (!lg_is_done(lg_open(
		    batch->arena, batch->instance->key_cache, reader, place, sealed, &message))) {
		lg_metric_add(batch->instance->count_refused, 1);
		return NULL;
	}
	return message;
}

void lg_publish(struct lg_batch *batch, const struct lg_item *item, const struct lg_event *event)
{
	struct lg_instance *instance = batch->instance;
	const struct lg_message_type *type = lg_message_type(event->type);
	struct lg_owned *owned = lg_owned_open(instance, item->partition);
	struct lg_bytes bytes;

	assert(type != NULL && type->kind == LG_MESSAGE_EVENT);
	assert(owned != NULL);

	struct lg_envelope envelope = {
		.event_id = event->event_id,
		.case_id = item->key,
		.cause_id = item->cause_id,
		.type = type,
		.type_number = type->number,
		.site = instance->keyring.site,
		.service = (uint8_t)instance->service->number,
		.occurred_at = event->occurred_at,
		.recorded_at = batch->now,
		.actor = item->actor,
		.purpose = LIFEGUARD__CODES__PURPOSE__HELP_AND_SHELTER,
		.message = event->message,
		.sealed_count = event->sealed_count,
		.sealed = event->sealed,
	};

	if (!lg_is_done(lg_envelope_wrap(batch->arena, &envelope, &bytes))) {
		/* nothing may be stored that can never be sent: the whole batch fails */
		lg_instance_fault(instance, "an event was too large to be published");
		batch->has_failed = true;
		return;
	}

	struct lg_outgoing *out = &owned->out[type->lane];
	struct lg_published *published = lg_alloc(batch->arena, sizeof *published);

	*published =
		(struct lg_published){ .out = out, .number = ++out->assigned, .envelope = bytes };
	*batch->published_end = published;
	batch->published_end = &published->next;
	lg_insert(batch, &lg_outbox_statements[LG_OUTBOX_INSERT],
		(struct lg_value[]){ lg_v_int(0), lg_v_int(type->lane), lg_v_int(item->partition),
			lg_v_int((int64_t)published->number), lg_v_int(type->number),
			lg_v_id(&envelope.event_id), lg_v_bytes(bytes) });
}

void lg_answer(struct lg_batch *batch, struct lg_item *item, const ProtobufCMessage *message)
{
	(void)batch;
	assert(item->delivery != NULL);
	lg_door_set(item->delivery, 200, lg_json_write(item->delivery->arena, message));
}

/* --- audit ----------------------------------------------------------------------------- */

static void append_audit(void *user, const struct lg_audit_entry *entry)
{
	struct lg_batch *batch = user;
	struct lg_owned *owned = lg_owned_open(batch->instance, batch->current->partition);
	struct lg_bytes record = lg_audit_record(batch->arena, entry);

	assert(owned != NULL);
	owned->audit_seq++;
	lg_audit_hash(owned->audit_hash, record, owned->audit_hash);
	lg_insert(batch, &lg_audit_statements[LG_AUDIT_INSERT],
		(struct lg_value[]){ lg_v_int(owned->partition),
			lg_v_int((int64_t)owned->audit_seq), lg_v_bytes(record),
			lg_v_bytes(lg_bytes(owned->audit_hash, LG_AUDIT_HASH_SIZE)) });
}

struct lg_audit_trail lg_trail(struct lg_batch *batch, const struct lg_item *item)
{
	assert(batch->current == item);
	return (struct lg_audit_trail){ .append = append_audit, .user = batch };
}

struct lg_audit_entry lg_audit_entry_of(
	const struct lg_item *item, enum lg_audit_action action, uint32_t purpose)
{
	return (struct lg_audit_entry){
		.at = item->now,
		.actor = item->actor,
		.action = action,
		.purpose = purpose,
		.command_id = item->cause_id,
		.case_id = item->key,
		.count = 1,
	};
}

void lg_audit(struct lg_batch *batch, const struct lg_item *item, enum lg_audit_action action,
	uint32_t purpose)
{
	struct lg_audit_entry entry = lg_audit_entry_of(item, action, purpose);

	append_audit(batch, &entry);
}

/* --- the rest -------------------------------------------------------------------------- */

const struct lg_own_keys *lg_batch_keys(const struct lg_batch *batch)
{
	return batch->instance->keys;
}

bool lg_batch_is_behind(const struct lg_batch *batch)
{
	for (uint32_t p = 0; p < LG_PARTITIONS; p++) {
		const struct lg_owned *owned = batch->instance->owned[p];

		if (owned == NULL) /* another instance's: it answers for itself */
			continue;
		if (!owned->is_open)
			return true;
		for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++)
			for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++) {
				const struct lg_incoming *in = owned->in[s][lane];

				if (in != NULL &&
					in->head > lg_points_last(&in->subscriber.points).number)
					return true;
			}
	}
	return false;
}

void lg_rewind(struct lg_batch *batch, const struct lg_item *item)
{
	lg_insert(batch, &lg_inbox_statements[LG_INBOX_REWIND],
		(struct lg_value[]){ lg_v_int(item->partition) });
	batch->rewound |= (uint16_t)(1u << item->partition);
	batch->instance->is_exclusive =
		true; /* until it is committed nothing else may move positions */
}

uint64_t lg_batch_work_us(const struct lg_batch *batch)
{
	return uv_hrtime() / 1000 - batch->started_us;
}
