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
#include "common/json/json.h"
#include "common/protect/grant.h"
#include "common/run/batch.h"
#include "common/run/door.h"
#include "common/run/fetch.h"
#include "common/run/owned.h"
#include "proto/codes.pb-c.h"

/* --- load ------------------------------------------------------------------------------ */

static void queue_params(struct lg_batch *batch, const struct lg_statement *statement,
	const struct lg_params *params, lg_pg_answer *answer, void *argument)
{
	assert(batch->phase == LG_BATCH_LOADING);
	lg_pg_send(batch->instance->pg, statement, params, answer, argument);
	batch->reads++;
}

static void queue_read(struct lg_batch *batch, const struct lg_statement *statement,
	const struct lg_value *values, lg_pg_answer *answer, void *argument)
{
	queue_params(batch, statement, lg_params_make(batch->arena, statement, values), answer,
		argument);
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

struct lg_found *lg_batch_read_rows(struct lg_batch *batch, struct lg_rows *rows)
{
	struct found_read *read = lg_alloc(batch->arena, sizeof *read);

	read->batch = batch;
	queue_params(batch, lg_rows_statement(rows), lg_rows_params(rows), found_answered, read);
	return &read->found;
}

/* The newest key of a subject and class is the one that seals. */
static void keys_answered(void *argument, const PGresult *result)
{
	struct lg_batch *batch = argument;
	int rows =
		result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK ? PQntuples(result) : 0;

	lg_subject_keys_load(batch->instance, result);
	for (int row = 0; row < rows; row++) {
		struct lg_id subject = lg_field_id(result, row, 0),
			     key_id = lg_field_id(result, row, 2);
		uint32_t class = (uint32_t)lg_field_int(result, row, 1);

		if (lg_data_key_is_here(
			    batch->instance->key_cache, key_id, subject, (enum lg_class) class))
			lg_known_keys_set(&batch->known_keys, batch->arena, subject, class, key_id);
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

void lg_add_up(struct lg_batch *batch, const struct lg_statement *statement, uint32_t key_count,
	const struct lg_value *values)
{
	touch(batch);
	lg_rows_sum(lg_batch_table(batch, statement), key_count, values);
}

void lg_write(struct lg_batch *batch, const struct lg_statement *statement, struct lg_id key,
	const struct lg_value *values)
{
	touch(batch);
	lg_rows_put(lg_batch_table(batch, statement), lg_id_bytes(&key), values);
}

void lg_erase_keys(struct lg_batch *batch, struct lg_id subject)
{
	struct lg_erased *erased = lg_alloc(batch->arena, sizeof *erased);

	*erased = (struct lg_erased){ .next = batch->erased, .subject = subject };
	batch->erased = erased;
	lg_insert(batch, &lg_subject_key_statements[LG_SUBJECT_KEY_ERASE],
		(struct lg_value[]){ lg_v_id(&subject) });
}

void lg_batch_forget_erased(const struct lg_batch *batch)
{
	for (const struct lg_erased *e = batch->erased; e != NULL; e = e->next)
		lg_key_cache_drop(batch->instance->key_cache, e->subject);
}

struct lg_id lg_new_id(struct lg_batch *batch)
{
	return lg_fresh_id(batch->instance);
}

/* The key of a subject and class that load has read or this batch has made; else a fresh one. */
static struct lg_id sealing_key(struct lg_batch *batch, const struct lg_seal_place *place)
{
	struct lg_instance *instance = batch->instance;
	const struct lg_id *known =
		lg_known_keys_find(&batch->known_keys, place->subject, place->class);
	struct lg_wrapped_key *key;

	if (known != NULL)
		return *known;

	key = lg_alloc(batch->arena, sizeof *key);
	*key = lg_data_key_new(
		instance->keys, instance->key_cache, place->subject, place->class, batch->now);
	lg_insert(batch, &lg_subject_key_statements[LG_SUBJECT_KEY_INSERT],
		(struct lg_value[]){ lg_v_kept(lg_id_bytes(&key->subject)), lg_v_int(key->class),
			lg_v_kept(lg_id_bytes(&key->key_id)), lg_v_int((int64_t)key->epoch),
			lg_v_kept(lg_bytes(key->wrapped, LG_WRAPPED_SIZE)) });
	lg_known_keys_set(&batch->known_keys, batch->arena, key->subject, key->class, key->key_id);
	return key->key_id;
}

Lifeguard__Envelope__Sealed *lg_batch_seal(
	struct lg_batch *batch, const struct lg_seal_place *place, const ProtobufCMessage *message)
{
	Lifeguard__Envelope__Sealed *sealed = NULL;
	struct lg_status status = lg_seal(batch->arena, batch->instance->key_cache, place,
		sealing_key(batch, place), message, &sealed);

	if (!lg_is_done(
		    status)) { /* larger than its class allows: the handler's door lets none pass */
		lg_instance_fault(batch->instance, "a value was too large to be sealed");
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

static void add_published(
	struct lg_batch *batch, struct lg_outgoing *out, struct lg_packed_event *event)
{
	struct lg_published *published = out->published;

	if (published == NULL) {
		published = lg_alloc(batch->arena, sizeof *published);
		*published = (struct lg_published){ .next = batch->published,
			.out = out,
			.partition = out->owned->partition,
			.generation = out->owned->generation,
			.end = &published->first };
		batch->published = published;
		out->published = published;
	}
	*published->end = event;
	published->end = &event->next;
}

static uint32_t capped(uint64_t us)
{
	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

/* A clock is asked only where somebody will look. */
static struct lg_hop hop_of(const struct lg_batch *batch, const struct lg_item *item)
{
	if (!lg_trace_is_set(&item->trace))
		return (struct lg_hop){ .told_ms = -1 };
	return (struct lg_hop){
		.waited_us = capped(item->wait_us),
		.worked_us = capped(lg_batch_work_us(batch)),
		.told_ms = item->told_ms,
	};
}

void lg_publish(struct lg_batch *batch, const struct lg_item *item, const struct lg_event *event)
{
	struct lg_instance *instance = batch->instance;
	const struct lg_message_type *type = lg_message_type(event->type);
	struct lg_id key = lg_id_is_zero(event->key) ? item->key : event->key;
	struct lg_owned *owned = lg_owned_open(instance, lg_partition_of(key));
	int site = lg_site_index(instance, event->destination);
	struct lg_bytes bytes;

	assert(type != NULL && type->kind == LG_MESSAGE_EVENT);
	assert(lg_id_is_zero(event->key) || instance->service->is_single_writer);
	if (owned == NULL || site < 0) {
		/* lost meanwhile, or a site that we have no keyring of: nothing may be stored */
		lg_instance_fault(instance, "an event for a partition or site that is not here");
		batch->has_failed = true;
		return;
	}

	struct lg_envelope envelope = {
		.event_id = event->event_id,
		.case_id = key,
		.cause_id = item->cause_id,
		.type = type,
		.type_number = type->number,
		.site = instance->keyring.site,
		.service = (uint8_t)instance->service->number,
		.occurred_at = event->occurred_at,
		.recorded_at = batch->now,
		.actor = item->actor,
		.purpose = LIFEGUARD__CODES__PURPOSE__HELP_AND_SHELTER,
		.trace = item->trace,
		.hop = hop_of(batch, item),
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

	struct lg_outgoing *out = owned->out[site][type->lane];
	struct lg_packed_event *packed = lg_alloc(batch->arena, sizeof *packed);

	*packed = (struct lg_packed_event){ .number = ++out->assigned,
		.type = type->number,
		.event_id = envelope.event_id,
		.envelope = bytes };
	/* also where the key is another's than the item's: its fence moves, too */
	batch->touched |= (uint16_t)(1u << owned->partition);
	add_published(batch, out, packed);
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

/* Who asks, in which session, for what purpose, in which words. */
static struct lg_id mark_of(const struct lg_item *item, uint32_t purpose)
{
	const struct lg_bytes body = item->delivery->command.body;
	const uint32_t numbers[] = { item->type->number, purpose };
	crypto_generichash_state state;
	struct lg_id mark;

	crypto_generichash_init(&state, NULL, 0, sizeof mark.byte);
	crypto_generichash_update(&state, item->actor.user.byte, LG_ID_SIZE);
	crypto_generichash_update(&state, item->actor.session.byte, LG_ID_SIZE);
	crypto_generichash_update(&state, (const uint8_t *)numbers, sizeof numbers);
	crypto_generichash_update(&state, body.data, body.size);
	crypto_generichash_final(&state, mark.byte, sizeof mark.byte);
	return mark;
}

void lg_audit_list(struct lg_batch *batch, const struct lg_item *item, uint32_t purpose)
{
	struct lg_listed *listed;
	struct lg_id mark = mark_of(item, purpose);

	if (lg_once_is_done(&batch->instance->listed, batch->now, mark))
		return;
	lg_audit(batch, item, LG_AUDIT_LIST, purpose);
	listed = lg_alloc(batch->arena, sizeof *listed);
	*listed = (struct lg_listed){ .next = batch->listed, .mark = mark };
	batch->listed = listed;
}

/* --- the rest -------------------------------------------------------------------------- */

const struct lg_own_keys *lg_batch_keys(const struct lg_batch *batch)
{
	return batch->instance->keys;
}

bool lg_batch_is_behind(const struct lg_batch *batch)
{
	return lg_incoming_is_behind(batch->instance);
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

/* --- sites ---------------------------------------------------------------------- */

uint16_t lg_batch_site(const struct lg_batch *batch)
{
	return batch->instance->keyring.site;
}

struct lg_status lg_batch_pair_secret(
	const struct lg_batch *batch, uint16_t site, uint32_t period, uint8_t ret_secret[32])
{
	const struct lg_instance *instance = batch->instance;

	for (uint32_t i = 0; i < instance->peer_count; i++)
		if (instance->peers[i].site == site)
			return lg_pair_secret(instance->keys, instance->keyring.site,
				&instance->peers[i], period, ret_secret);
	return lg_refuse("we are not linked with that site");
}

const uint16_t *lg_batch_peers(const struct lg_batch *batch)
{
	return batch->instance->peer_sites;
}
