/*
 * The tables case_step (when each event of a case was asked for, waited, worked) and
 * procedure_step (what was told of the steps of its procedures).
 */
#include "services/intake/store.h"

#include <assert.h>

enum { SELECT_STEPS, INSERT_STEP, SELECT_CHECKLIST, WRITE_CHECKLIST };

const struct lg_statement store_case_step[] = {
	[SELECT_STEPS] = {
		.name = "select_steps",
		.sql = "SELECT what, event_id, recorded_ms, wait_us, work_us"
		       "  FROM case_step"
		       " WHERE case_id = $1"
		       " ORDER BY step",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[INSERT_STEP] = {
		.name = "insert_step",
		.sql = "INSERT INTO case_step (case_id, step, what, event_id, recorded_ms, wait_us,"
		       "       work_us)"
		       " SELECT r.case_id, r.step, r.what, r.event_id, r.recorded_ms, r.wait_us,"
		       "       r.work_us"
		       "  FROM unnest($1::bytea[], $2::int[], $3::text[], $4::bytea[], $5::bigint[],"
		       "       $6::bigint[], $7::bigint[])"
		       "    AS r (case_id, step, what, event_id, recorded_ms, wait_us, work_us)",
		.param_count = 7,
		.params = { LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_TEXTS, LG_SQL_BYTEAS, LG_SQL_INT8S,
			LG_SQL_INT8S, LG_SQL_INT8S },
	},
	[SELECT_CHECKLIST] = {
		.name = "select_checklist",
		.sql = "SELECT person_id, step, state, done_ms, because, proof"
		       "  FROM procedure_step"
		       " WHERE case_id = $1"
		       " ORDER BY person_id, step",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[WRITE_CHECKLIST] = {
		.name = "write_checklist",
		.sql = "INSERT INTO procedure_step (case_id, person_id, step, state, done_ms, because,"
		       "       proof, done_by)"
		       " SELECT r.case_id, r.person_id, r.step, r.state, r.done_ms, r.because,"
		       "       r.proof, r.done_by"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::bigint[],"
		       "       $6::text[], $7::text[], $8::bytea[])"
		       "    AS r (case_id, person_id, step, state, done_ms, because, proof, done_by)"
		       "    ON CONFLICT (case_id, person_id, step) DO UPDATE"
		       "   SET state = EXCLUDED.state, done_ms = EXCLUDED.done_ms,"
		       "       because = EXCLUDED.because, proof = EXCLUDED.proof,"
		       "       done_by = EXCLUDED.done_by",
		.param_count = 8,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S,
			LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};

struct lg_found *read_steps(struct lg_batch *batch, struct lg_id case_id)
{
	return lg_read(batch, &store_case_step[SELECT_STEPS],
		(const struct lg_value[]){ lg_v_id(&case_id) });
}

struct stored_step step_from_row(const struct lg_found *found, int row)
{
	const PGresult *result = found->result;

	return (struct stored_step){
		.what = lg_field_text(result, row, 0),
		.event_id = lg_field_id(result, row, 1),
		.recorded_at = lg_field_int(result, row, 2),
		.wait_us = (uint64_t)lg_field_int(result, row, 3),
		.work_us = (uint64_t)lg_field_int(result, row, 4),
	};
}

static void write_step(
	struct lg_batch *batch, struct lg_id case_id, uint32_t step, const struct stored_step *row)
{
	const struct lg_value values[] = {
		lg_v_id(&case_id),
		lg_v_int(step),
		lg_v_text(row->what),
		lg_v_id(&row->event_id),
		lg_v_int(row->recorded_at),
		lg_v_int((int64_t)row->wait_us),
		lg_v_int((int64_t)row->work_us),
	};

	lg_insert(batch, &store_case_step[INSERT_STEP], values);
}

void publish_step(struct lg_batch *batch, const struct lg_item *item, uint32_t number,
	const struct lg_event *event)
{
	const struct stored_step row = {
		.what = lg_message_type(event->type)->name,
		.event_id = event->event_id,
		.recorded_at = item->now,
		.wait_us = item->wait_us,
		.work_us = lg_batch_work_us(batch),
	};

	lg_publish(batch, item, event);
	write_step(batch, item->key, number, &row);
}

void write_news(
	struct lg_batch *batch, const struct lg_item *item, uint32_t number, const char *what)
{
	const struct stored_step row = {
		.what = what,
		.event_id = item->event->event_id,
		.recorded_at = item->now,
		.wait_us = item->wait_us,
		.work_us = lg_batch_work_us(batch),
	};

	write_step(batch, item->key, number, &row);
}

static void checklist_from_rows(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct checklist *list = ret_aggregate;
	int count = PQntuples(result);

	assert(count <= CHECKLIST_MAX);
	for (; row < count; row++) {
		unsigned state = STEP_OPEN;
		struct lg_status status =
			lg_lifecycle_state(&step_life, lg_field_text(result, row, 2), &state);

		assert(lg_is_done(status));
		list->at[list->count++] = (struct step){
			.person_id = lg_field_id(result, row, 0),
			.code = store_text(arena, result, row, 1),
			.state = (enum step_state)state,
			.done_at = lg_field_int(result, row, 3),
			.because = store_text(arena, result, row, 4),
			.proof = store_text(arena, result, row, 5),
		};
	}
}

struct checklist *read_checklist(struct lg_batch *batch, struct lg_id case_id)
{
	return lg_read_by_id(batch, &store_case_step[SELECT_CHECKLIST], case_id,
		sizeof(struct checklist), checklist_from_rows);
}

void write_checklist_step(
	struct lg_batch *batch, const struct lg_item *item, const struct step *step)
{
	const struct lg_value values[] = {
		lg_v_id(&item->key),
		lg_v_id(&step->person_id),
		lg_v_text(step->code),
		lg_v_text(step_life.states[step->state]),
		lg_v_int(step->done_at),
		lg_v_text(step->because),
		lg_v_text(step->proof),
		lg_v_id(&item->actor.user),
	};

	lg_write(batch, &store_case_step[WRITE_CHECKLIST],
		store_row_key(item->key, step->person_id, step->code), values);
}
