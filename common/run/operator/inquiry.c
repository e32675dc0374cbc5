#include "common/run/operator/inquiry.h"

#include <assert.h>

#include "common/db/audit.h"
#include "common/db/inbox.h"
#include "common/json/json.h"
#include "common/run/batch.h"
#include "common/run/door.h"
#include "common/run/gather.h"
#include "common/run/owned.h"
#include "proto/codes.pb-c.h"
#include "proto/operation.pb-c.h"

enum { RETRY = 1904, DROP = 1905, VERIFY = 1906 }; /* proto/registry.txt */

/* One inquiry; it lies in the arena of the command that asked. */
struct inquiry {
	struct lg_instance *instance;
	struct lg_delivery *asked;
	bool is_committed;
	/* retry and drop */
	uint64_t letter, generation;
	struct lg_id case_id;
	struct lg_delivery *retry; /* the round under way */
	bool has_letter;
	uint32_t applied, taken;
	/* verify */
	uint8_t partition;
	int64_t after;
	int rows; /* of the page just read */
	uint8_t hash[LG_AUDIT_HASH_SIZE];
	Lifeguard__Operation__AuditVerified verified;
};

struct lg_instance *lg_inquiry_instance(const struct lg_item *item)
{
	return item->batch->instance;
}

bool lg_inquiry_is_alone(const struct lg_delivery *delivery)
{
	return delivery->kind == LG_DELIVERY_COMMAND &&
	       (delivery->type->number == RETRY || delivery->type->number == DROP);
}

/* Answers and ends; a retry gives the instance back to the queue. */
static void end(struct inquiry *inquiry)
{
	struct lg_instance *instance = inquiry->instance;

	if (lg_inquiry_is_alone(inquiry->asked))
		instance->is_exclusive = false;
	lg_door_answer(instance, inquiry->asked);
	lg_delivery_free(inquiry->asked); /* the inquiry lies in its arena */
	lg_gather_pump(instance);
}

static void end_with_problem(struct inquiry *inquiry, uint32_t status, const char *detail)
{
	lg_door_problem(inquiry->asked, status, detail);
	end(inquiry);
}

/* --- audit chains, page by page -------------------------------------------------------------- */

static void read_page(struct inquiry *inquiry);

static void page_answered(void *argument, const PGresult *result)
{
	struct inquiry *inquiry = argument;
	uint8_t hash[LG_AUDIT_HASH_SIZE];

	inquiry->rows = -1;
	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK)
		return;
	inquiry->rows = PQntuples(result);
	for (int row = 0; row < inquiry->rows && inquiry->verified.whole; row++) {
		int64_t sequence = lg_field_int(result, row, 0);

		lg_audit_hash(inquiry->hash, lg_field_bytes(result, row, 1), hash);
		if (sequence != inquiry->after + 1 ||
			!lg_bytes_equal(
				lg_field_bytes(result, row, 2), lg_bytes(hash, sizeof hash))) {
			inquiry->verified.whole = false;
			inquiry->verified.broken_partition = inquiry->partition;
			inquiry->verified.broken_sequence = (uint64_t)(inquiry->after + 1);
		}
		memcpy(inquiry->hash, hash, sizeof hash);
		inquiry->after = sequence;
		inquiry->verified.records++;
	}
}

static void page_synced(void *argument, const PGresult *result)
{
	struct inquiry *inquiry = argument;

	if (result == NULL || inquiry->rows < 0) {
		end_with_problem(inquiry, 503, "the database went away: ask again");
		return;
	}
	if (inquiry->rows == 0) {
		inquiry->partition++;
		inquiry->after = 0;
		memset(inquiry->hash, 0, sizeof inquiry->hash);
	}
	if (inquiry->partition == LG_PARTITIONS || !inquiry->verified.whole) {
		lg_door_set(inquiry->asked, 200,
			lg_json_write(inquiry->asked->arena, &inquiry->verified.base));
		end(inquiry);
		return;
	}
	if (!lg_pg_is_ready(inquiry->instance->pg)) {
		end_with_problem(inquiry, 503, "the database went away: ask again");
		return;
	}
	read_page(inquiry);
}

static void read_page(struct inquiry *inquiry)
{
	lg_pg_send(inquiry->instance->pg, &lg_audit_statements[LG_AUDIT_PAGE],
		lg_params_make(inquiry->asked->arena, &lg_audit_statements[LG_AUDIT_PAGE],
			(struct lg_value[]){
				lg_v_int(inquiry->partition), lg_v_int(inquiry->after) }),
		page_answered, inquiry);
	lg_pg_sync(inquiry->instance->pg, page_synced, inquiry);
}

/* --- dead letters ----------------------------------------------------------------------- */

static void read_parked(struct inquiry *inquiry);

static struct lg_owned *still_owned(const struct inquiry *inquiry)
{
	return lg_owned_still(inquiry->instance, inquiry->asked->partition, inquiry->generation);
}

static void settled(struct inquiry *inquiry)
{
	Lifeguard__Operation__DeadLetterSettled answer =
		LIFEGUARD__OPERATION__DEAD_LETTER_SETTLED__INIT;

	lg_owned_unpark(still_owned(inquiry), inquiry->case_id);
	answer.applied = inquiry->applied;
	lg_door_set(inquiry->asked, 200, lg_json_write(inquiry->asked->arena, &answer.base));
	end(inquiry);
}

void lg_inquiry_retried(
	struct lg_instance *instance, struct lg_delivery *retry, uint32_t count, const char *fault)
{
	struct inquiry *inquiry = retry->inquiry;

	(void)instance;
	inquiry->applied += count;
	retry->users = 0;
	lg_delivery_free(retry);
	inquiry->retry = NULL;
	inquiry->has_letter = false;
	if (fault != NULL)
		end_with_problem(inquiry, 422, fault);
	else if (still_owned(inquiry) == NULL || !lg_pg_is_ready(instance->pg))
		end_with_problem(inquiry, 503, "ownership was lost meanwhile: ask again");
	else
		read_parked(inquiry);
}

static void add_row(struct lg_delivery *retry, const PGresult *result, int row, bool is_letter)
{
	uint32_t place = retry->count++;
	struct lg_status status;

	retry->rows[place] = lg_copy(retry->arena, lg_field_bytes(result, row, 1));
	retry->parked[place] = is_letter ? 0 : lg_field_int(result, row, 0);
	status = lg_envelope_unwrap(retry->arena, retry->rows[place], &retry->events[place]);
	if (!lg_is_done(status)) {
		retry->events[place] = (struct lg_envelope){ .type_number = 0 };
		retry->faults[place] = status.reason;
	}
}

static void letter_read(void *argument, const PGresult *result)
{
	struct inquiry *inquiry = argument;

	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) == 0)
		return;
	inquiry->has_letter = true;
	inquiry->case_id = lg_field_id(result, 0, 0);
	if (inquiry->asked->type->number == RETRY)
		add_row(inquiry->retry, result, 0, true);
}

static void parked_read(void *argument, const PGresult *result)
{
	struct inquiry *inquiry = argument;

	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK)
		return;
	for (int row = 0; row < PQntuples(result) && inquiry->retry->count < LG_BATCH_ITEMS_MAX;
		row++)
		add_row(inquiry->retry, result, row, false);
}

static void run_round(void *argument, const PGresult *result)
{
	struct inquiry *inquiry = argument;

	if (result == NULL || still_owned(inquiry) == NULL) {
		lg_delivery_free(inquiry->retry);
		end_with_problem(inquiry, 503, "ownership was lost meanwhile: ask again");
	} else if (inquiry->retry->count == 0) {
		lg_delivery_free(inquiry->retry);
		settled(inquiry);
	} else {
		lg_gather_run_alone(inquiry->instance, inquiry->retry);
	}
}

static struct lg_delivery *retry_new(struct inquiry *inquiry)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_delivery *retry = lg_alloc(arena, sizeof *retry);

	*retry = (struct lg_delivery){
		.kind = LG_DELIVERY_RETRY,
		.partition = inquiry->asked->partition,
		.arena = arena,
		.arrived_us = uv_hrtime() / 1000,
		.arrived_at = lg_now(),
		.letter = inquiry->letter,
		.inquiry = inquiry,
	};
	retry->events = lg_alloc_array(arena, LG_BATCH_ITEMS_MAX, sizeof *retry->events);
	retry->rows = lg_alloc_array(arena, LG_BATCH_ITEMS_MAX, sizeof *retry->rows);
	retry->faults = lg_alloc_array(arena, LG_BATCH_ITEMS_MAX, sizeof *retry->faults);
	retry->parked = lg_alloc_array(arena, LG_BATCH_ITEMS_MAX, sizeof *retry->parked);
	return retry;
}

static void read_parked(struct inquiry *inquiry)
{
	struct lg_arena *arena = inquiry->asked->arena;

	if (inquiry->retry == NULL)
		inquiry->retry = retry_new(inquiry);
	lg_pg_send(inquiry->instance->pg, &lg_inbox_statements[LG_INBOX_PARKED_TAKE],
		lg_params_make(arena, &lg_inbox_statements[LG_INBOX_PARKED_TAKE],
			(struct lg_value[]){ lg_v_id(&inquiry->case_id) }),
		parked_read, inquiry);
	lg_pg_sync(inquiry->instance->pg, run_round, inquiry);
}

static void act_committed(void *argument, const PGresult *result)
{
	struct inquiry *inquiry = argument;

	inquiry->is_committed = lg_pg_is_committed(result);
}

static void act_synced(void *argument, const PGresult *result)
{
	struct inquiry *inquiry = argument;

	if (result != NULL && inquiry->is_committed && still_owned(inquiry) != NULL) {
		read_parked(inquiry);
		return;
	}
	if (result != NULL && still_owned(inquiry) != NULL)
		lg_fence_forget(
			inquiry->instance->fence, (uint16_t)(1u << inquiry->asked->partition));
	lg_delivery_free(inquiry->retry);
	end_with_problem(inquiry, 503, "ownership was lost meanwhile: ask again");
}

/* That an operator did this is written down before it is done; a letter given up goes with it. */
static void record_act(struct inquiry *inquiry)
{
	struct lg_instance *instance = inquiry->instance;
	struct lg_owned *owned = still_owned(inquiry);
	struct lg_arena *arena = inquiry->asked->arena;
	struct lg_rows *audit = lg_rows_new(arena, &lg_audit_statements[LG_AUDIT_INSERT]);
	struct lg_rows *letters = lg_rows_new(arena, &lg_inbox_statements[LG_INBOX_LETTER_SETTLED]);
	struct lg_audit_entry entry = {
		.at = lg_now(),
		.actor = inquiry->asked->actor,
		.action = LG_AUDIT_ACT,
		.purpose = LIFEGUARD__CODES__PURPOSE__OPERATION,
		.command_id = inquiry->asked->command.command_id,
		.case_id = inquiry->case_id,
		.count = 1,
	};
	struct lg_bytes record = lg_audit_record(arena, &entry);

	owned->audit_seq++;
	lg_audit_hash(owned->audit_hash, record, owned->audit_hash);
	lg_rows_add(audit, (struct lg_value[]){ lg_v_int(owned->partition),
				   lg_v_int((int64_t)owned->audit_seq), lg_v_bytes(record),
				   lg_v_bytes(lg_bytes(owned->audit_hash, LG_AUDIT_HASH_SIZE)) });
	lg_pg_begin(instance->pg);
	lg_fence_move(instance->fence, arena, (uint16_t)(1u << owned->partition));
	lg_pg_send(instance->pg, &lg_audit_statements[LG_AUDIT_INSERT], lg_rows_params(audit), NULL,
		NULL);
	if (inquiry->asked->type->number == DROP) {
		lg_rows_add(letters, (struct lg_value[]){ lg_v_int((int64_t)inquiry->letter) });
		lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_LETTER_SETTLED],
			lg_rows_params(letters), NULL, NULL);
	}
	lg_pg_commit(instance->pg, act_committed, inquiry);
	lg_pg_sync(instance->pg, act_synced, inquiry);
}

static void letter_synced(void *argument, const PGresult *result)
{
	struct inquiry *inquiry = argument;

	if (result != NULL && inquiry->has_letter && still_owned(inquiry) != NULL &&
		lg_partition_of(inquiry->case_id) == inquiry->asked->partition) {
		record_act(inquiry);
		return;
	}
	lg_delivery_free(inquiry->retry);
	if (result == NULL || still_owned(inquiry) == NULL)
		end_with_problem(inquiry, 503, "ownership was lost meanwhile: ask again");
	else
		end_with_problem(inquiry, 404, "no dead letter of this number and case");
}

static void read_letter(struct inquiry *inquiry)
{
	struct lg_instance *instance = inquiry->instance;

	inquiry->retry = retry_new(inquiry);
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_LETTER_TAKE],
		lg_params_make(inquiry->asked->arena, &lg_inbox_statements[LG_INBOX_LETTER_TAKE],
			(struct lg_value[]){ lg_v_int((int64_t)inquiry->letter) }),
		letter_read, inquiry);
	lg_pg_sync(instance->pg, letter_synced, inquiry);
}

bool lg_inquiry_take(struct lg_instance *instance, struct lg_delivery *delivery)
{
	struct inquiry *inquiry;

	if (!lg_inquiry_is_alone(delivery) && delivery->type->number != VERIFY)
		return false;
	inquiry = lg_alloc(delivery->arena, sizeof *inquiry);
	inquiry->instance = instance;
	inquiry->asked = delivery;
	if (delivery->type->number == VERIFY) {
		inquiry->verified = (Lifeguard__Operation__AuditVerified)
			LIFEGUARD__OPERATION__AUDIT_VERIFIED__INIT;
		inquiry->verified.whole = true;
		read_page(inquiry);
		return true;
	}
	assert(instance->active_count == 0);
	instance->is_exclusive = true;
	/* RetryDeadLetter and DropDeadLetter have the same one field */
	inquiry->letter =
		((const Lifeguard__Operation__RetryDeadLetter *)delivery->message)->letter &
		INT64_MAX;
	inquiry->generation = instance->owned[delivery->partition]->generation;
	read_letter(inquiry);
	return true;
}
