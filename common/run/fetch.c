#include "common/run/fetch.h"

#include "common/db/outbox.h"
#include "common/db/subject_key.h"
#include "common/protect/granting.h"
#include "common/run/batch.h"
#include "common/run/owned.h"

/*
 * A batch to another site is no larger, or has no more rows than one with keys may have: on a slow line
 * a stream has its turn again before its reader takes the silence for a loss.
 */
#define FAR_BATCH_BYTES (16u * 1024u)

/* A fetch on its way; partition or session may be another when its answer comes. */
struct fetching {
	struct lg_instance *instance;
	uint64_t generation;
	uint8_t partition, lane;
	int site;
	uint32_t service;
	struct lg_feed_action fetch;
	struct lg_arena *arena;
	const PGresult *result;
	bool has_keys; /* the keys that the reader is to be granted were asked for */
};

static void fetch(struct lg_outgoing *out, uint32_t service, const struct lg_feed_action *action,
	bool has_keys);

static struct fetching *fetching_new(struct lg_outgoing *out, uint32_t service,
	const struct lg_feed_action *action, bool has_keys)
{
	struct lg_arena *arena = lg_arena_new();
	struct fetching *fetching = lg_alloc(arena, sizeof *fetching);

	*fetching = (struct fetching){ .instance = out->owned->instance,
		.generation = out->owned->generation,
		.partition = out->owned->partition,
		.lane = out->stream.lane,
		.site = out->site,
		.service = service,
		.fetch = *action,
		.arena = arena,
		.has_keys = has_keys };
	return fetching;
}

static struct lg_outgoing *still_out(const struct fetching *fetching)
{
	struct lg_owned *owned =
		lg_owned_still(fetching->instance, fetching->partition, fetching->generation);

	return owned != NULL ? owned->out[fetching->site][fetching->lane] : NULL;
}

void lg_subject_keys_load(struct lg_instance *instance, const PGresult *result)
{
	int rows =
		result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK ? PQntuples(result) : 0;

	for (int row = 0; row < rows; row++) {
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
		if (!lg_is_done(
			    lg_data_key_load(instance->keys, instance->key_cache, &key, lg_now())))
			lg_metric_add(instance->count_refused, 1);
	}
}

static void keys_answered(void *argument, const PGresult *result)
{
	const struct fetching *fetching = argument;

	lg_subject_keys_load(fetching->instance, result);
}

static void keys_synced(void *argument, const PGresult *result)
{
	struct fetching *fetching = argument;
	struct lg_outgoing *out = result == NULL ? NULL : still_out(fetching);

	if (out != NULL)
		fetch(out, fetching->service, &fetching->fetch, true);
	lg_arena_free(fetching->arena);
}

/* Asks the table for the keys that are missing; the fetch is then begun again. */
static bool ask_keys(struct lg_outgoing *out, uint32_t service, const struct lg_feed_action *action,
	const struct lg_bytes *rows, uint32_t count)
{
	struct lg_id missing[LG_GRANTED_ROWS_MAX * LG_SEALED_MAX];
	uint32_t missing_count =
		lg_granting_missing(out->owned->instance->key_cache, service, rows, count, missing);
	struct fetching *fetching;

	if (missing_count == 0)
		return false;
	fetching = fetching_new(out, service, action, true);
	for (uint32_t i = 0; i < missing_count; i++)
		lg_pg_send(fetching->instance->pg, &lg_subject_key_statements[LG_SUBJECT_KEY_READ],
			lg_params_make(fetching->arena,
				&lg_subject_key_statements[LG_SUBJECT_KEY_READ],
				(struct lg_value[]){ lg_v_id(&missing[i]) }),
			keys_answered, fetching);
	lg_pg_sync(fetching->instance->pg, keys_synced, fetching);
	return true;
}

/*
 * What is read and cut off is read again: the next time as much as fitted, or twice what was all.  Where
 * nothing was cut for its keys the stream's end is no measure.
 */
static uint32_t rows_for_next(uint32_t count, uint32_t kept, uint32_t granted)
{
	uint32_t most = kept < count || 2 * granted > kept ? kept : 2 * count;

	if (kept == count && granted == 0)
		return LG_BATCH_MAX;

	if (most < LG_GRANTED_ROWS_MAX)
		return LG_GRANTED_ROWS_MAX;
	return most > LG_BATCH_MAX ? LG_BATCH_MAX : most;
}

/* As many of the rows as one batch may have. */
static uint32_t cut_rows(
	struct lg_outgoing *out, uint32_t service, const struct lg_bytes *rows, uint32_t count)
{
	uint64_t size_bytes = 0;
	uint32_t granted, kept = 0, fit = lg_granting_fit(service, rows, count, &granted);

	while (kept < fit && (out->site == 0 || kept < LG_GRANTED_ROWS_MAX ||
				     size_bytes + rows[kept].size <= FAR_BATCH_BYTES))
		size_bytes += rows[kept++].size;
	out->feeds[service].most_rows = rows_for_next(count, kept, granted);
	return kept;
}

static void use_rows(struct lg_outgoing *out, uint32_t service, const struct lg_feed_action *action,
	const struct lg_bytes *rows, uint32_t count, bool has_keys)
{
	uint64_t size_bytes = 0;

	count = cut_rows(out, service, rows, count);
	for (uint32_t i = 0; i < count; i++)
		size_bytes += rows[i].size;
	if (!has_keys && ask_keys(out, service, action, rows, count))
		return;
	lg_outgoing_step(out, service,
		&(struct lg_feed_event){ .kind = LG_FEED_FETCHED,
			.session = action->session,
			.through = action->after + count,
			.size_bytes = size_bytes },
		rows);
}

static uint32_t most_rows(const struct lg_outgoing *out, uint32_t service)
{
	uint32_t most = out->feeds[service].most_rows;

	return most == 0 ? LG_BATCH_MAX : most;
}

static bool fetch_from_memory(struct lg_outgoing *out, uint32_t service,
	const struct lg_feed_action *action, bool has_keys)
{
	struct lg_bytes rows[LG_BATCH_MAX];
	uint64_t number = action->after, size_bytes = 0;
	uint32_t count = 0, most = most_rows(out, service);

	if (out->recent == NULL || action->through == action->after ||
		!lg_recent_find(out->recent, action->after + 1, &rows[0]))
		return false;
	while (number < action->through && count < most &&
		lg_recent_find(out->recent, number + 1, &rows[count]) &&
		(count == 0 || size_bytes + rows[count].size <= action->size_bytes)) {
		size_bytes += rows[count++].size;
		number++;
	}
	use_rows(out, service, action, rows, count, has_keys);
	return true;
}

static void fetch_answered(void *argument, const PGresult *result)
{
	struct fetching *fetching = argument;

	if (result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK) {
		fetching->result = result;
		lg_pg_keep(fetching->instance->pg, fetching->arena);
	}
}

/* The envelopes behind `after` that the table's rows hold; a hole ends them. */
static uint32_t unpack_rows(const struct fetching *fetching, struct lg_bytes *ret_rows)
{
	uint64_t number = fetching->fetch.after;
	uint32_t count = 0, most = LG_BATCH_MAX;
	int found = fetching->result == NULL ? 0 : PQntuples(fetching->result); /* NULL: failed */

	for (int row = 0; row < found && number < fetching->fetch.through && count < most; row++) {
		uint64_t first = (uint64_t)lg_field_int(fetching->result, row, 0);
		uint32_t kept, room = most - count;

		if (fetching->fetch.through - number < room)
			room = (uint32_t)(fetching->fetch.through - number);
		/* what is behind a hole must not be sent */
		if (first > number + 1 || number + 1 - first >= LG_PACK_EVENTS_MAX ||
			!lg_unpack(lg_field_bytes(fetching->result, row, 1),
				lg_field_bytes(fetching->result, row, 2),
				(uint32_t)(number + 1 - first), room, ret_rows + count, &kept)) {
			lg_instance_fault(fetching->instance, "a hole in the outbox");
			break;
		}
		count += kept;
		number += kept;
	}
	return count;
}

static void use_fetched(struct lg_outgoing *out, const struct fetching *fetching)
{
	struct lg_bytes rows[LG_BATCH_MAX];
	uint64_t size_bytes = 0;
	uint32_t found = unpack_rows(fetching, rows), count = 0;

	while (count < found &&
		(count == 0 || size_bytes + rows[count].size <= fetching->fetch.size_bytes))
		size_bytes += rows[count++].size;
	use_rows(out, fetching->service, &fetching->fetch, rows, count, fetching->has_keys);
}

static void fetch_synced(void *argument, const PGresult *result)
{
	struct fetching *fetching = argument;
	struct lg_outgoing *out = result == NULL ? NULL : still_out(fetching);

	if (out != NULL)
		use_fetched(out, fetching);
	lg_arena_free(fetching->arena);
}

static void fetch_from_table(struct lg_outgoing *out, uint32_t service,
	const struct lg_feed_action *action, bool has_keys)
{
	struct fetching *fetching = fetching_new(out, service, action, has_keys);
	uint64_t most = most_rows(out, service);
	uint64_t through =
		action->through - action->after > most ? action->after + most : action->through;

	lg_pg_send(fetching->instance->pg, &lg_outbox_statements[LG_OUTBOX_READ],
		lg_params_make(fetching->arena, &lg_outbox_statements[LG_OUTBOX_READ],
			(struct lg_value[]){ lg_v_int(out->stream.destination),
				lg_v_int(out->stream.lane), lg_v_int(out->stream.partition),
				lg_v_int((int64_t)action->after), lg_v_int((int64_t)through) }),
		fetch_answered, fetching);
	lg_pg_sync(fetching->instance->pg, fetch_synced, fetching);
}

static void fetch(struct lg_outgoing *out, uint32_t service, const struct lg_feed_action *action,
	bool has_keys)
{
	if (!fetch_from_memory(out, service, action, has_keys))
		fetch_from_table(out, service, action, has_keys);
}

void lg_fetch(struct lg_outgoing *out, uint32_t service, const struct lg_feed_action *action)
{
	fetch(out, service, action, false);
}

void lg_fetch_sign_ahead(struct lg_instance *instance, const struct lg_published *published)
{
	struct lg_outgoing *out = published->out;
	struct lg_bytes rows[LG_MANY_ITEMS];
	const struct lg_feed *feed = NULL;
	struct lg_run run = { .stream = out->stream, .first = published->first->number };
	struct lg_arena *arena;

	for (const struct lg_packed_event *e = published->first; e != NULL; e = e->next) {
		if (run.count == LG_MANY_ITEMS)
			return;
		rows[run.count++] = e->envelope;
	}
	for (uint32_t service = 0; service < LG_SERVICE_COUNT && feed == NULL; service++)
		if (out->feeds[service].feed.live &&
			out->feeds[service].feed.sent.number + 1 == run.first)
			feed = &out->feeds[service].feed;
	if (feed == NULL) /* nobody waits, or will be told of others first */
		return;
	run.prior_epoch = feed->sent.epoch;
	run.epoch = lg_publisher_epoch_of(&out->publisher, run.first);
	run.through = run.first + run.count - 1;
	run.envelopes = rows;
	arena = lg_arena_new_small();
	(void)lg_origin_sign(arena, instance->keys, &run, &out->last_signed);
	lg_arena_free(arena);
}
