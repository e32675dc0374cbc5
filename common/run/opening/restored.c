/* What rows say, put into the memory of their partition (restored.h). */
#include "common/run/opening/restored.h"

#include <string.h>

#include "common/db/audit.h"
#include "common/db/inbox.h"
#include "common/db/outbox.h"

void lg_restored_init(
	struct lg_restored *restored, const struct lg_owned *owned, struct lg_arena *arena)
{
	*restored = (struct lg_restored){ .instance = owned->instance,
		.partition = owned->partition,
		.generation = owned->generation };
	for (uint32_t site = 0; site <= owned->instance->peer_count; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
			restored->epochs[site][lane] =
				lg_alloc(arena, sizeof *restored->epochs[site][lane]);
}

struct lg_owned *lg_restored_owned(const struct lg_restored *restored)
{
	return lg_owned_still(restored->instance, restored->partition, restored->generation);
}

/* Rows of an answer; none when the partition was lost meanwhile. */
static int rows_of(const struct lg_restored *restored, const PGresult *result)
{
	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK)
		return 0;
	return lg_restored_owned(restored) == NULL ? 0 : PQntuples(result);
}

/* Destination or site, and lane, of a row; false: of a site that we no longer know. */
static bool place_of(const struct lg_restored *restored, const PGresult *result, int row,
	int lane_column, int *ret_site, int64_t *ret_lane)
{
	*ret_site = lg_site_index(restored->instance, (uint16_t)lg_field_int(result, row, 0));
	*ret_lane = lg_field_int(result, row, lane_column);
	return *ret_site >= 0 && *ret_lane >= 0 && *ret_lane < LG_LANE_COUNT;
}

static void epochs_read(void *argument, const PGresult *result)
{
	struct lg_restored *restored = argument;
	int64_t lane;
	int site;

	for (int row = 0; row < rows_of(restored, result); row++)
		if (place_of(restored, result, row, 1, &site, &lane))
			lg_points_add(restored->epochs[site][lane],
				(struct lg_point){ .epoch = lg_field_id(result, row, 3),
					.number = (uint64_t)lg_field_int(result, row, 2) });
}

static void heads_read(void *argument, const PGresult *result)
{
	struct lg_restored *restored = argument;
	int64_t lane;
	int site;

	for (int row = 0; row < rows_of(restored, result); row++)
		if (place_of(restored, result, row, 1, &site, &lane)) {
			restored->heads[site][lane] = (uint64_t)lg_field_int(result, row, 2);
			restored->dropped[site][lane] = (uint64_t)lg_field_int(result, row, 3);
		}
}

void lg_restored_segment(void *argument, const PGresult *result)
{
	struct lg_restored *restored = argument;

	if (rows_of(restored, result) == 1)
		restored->instance->segment = (int32_t)lg_field_int(result, 0, 0);
}

static void note_retired(struct lg_restored *restored, uint16_t site)
{
	for (uint32_t i = 0; i < restored->retired_count; i++)
		if (restored->retired[i] == site)
			return;
	if (restored->retired_count < LG_SITES_MAX)
		restored->retired[restored->retired_count++] = site;
}

static void readers_read(void *argument, const PGresult *result)
{
	struct lg_restored *restored = argument;
	struct lg_owned *owned = lg_restored_owned(restored);
	int64_t lane;
	int site;

	for (int row = 0; row < rows_of(restored, result); row++) {
		int64_t service = lg_field_int(result, row, 2);
		bool is_known = place_of(restored, result, row, 1, &site, &lane) && service >= 0 &&
				service < LG_SERVICE_COUNT;

		if (site < 0)
			note_retired(restored, (uint16_t)lg_field_int(result, row, 0));
		if (!is_known) /* a newer version's service: it holds its rows until that is back */
			continue;
		struct lg_reader_feed *feed = &owned->out[site][lane]->feeds[service];

		feed->is_registered = true;
		feed->stored = (uint64_t)lg_field_int(result, row, 3);
		feed->feed.acknowledged = feed->stored;
		feed->marks = lg_marks_read(lg_field_bytes(result, row, 4));
		feed->stored_at = feed->marks.noted_at;
	}
}

static void positions_read(void *argument, const PGresult *result)
{
	struct lg_restored *restored = argument;
	struct lg_owned *owned = lg_restored_owned(restored);
	int64_t lane;
	int site;

	for (int row = 0; row < rows_of(restored, result); row++) {
		int64_t service = lg_field_int(result, row, 1);
		struct lg_incoming *in;

		if (!place_of(restored, result, row, 2, &site, &lane) || service < 0 ||
			service >= LG_SERVICE_COUNT)
			continue;
		in = owned->in[site][service][lane];
		if (in != NULL)
			lg_points_add(&in->subscriber.points,
				(struct lg_point){ .epoch = lg_field_id(result, row, 3),
					.number = (uint64_t)lg_field_int(result, row, 4) });
	}
}

static void dead_keys_read(void *argument, const PGresult *result)
{
	struct lg_restored *restored = argument;

	for (int row = 0; row < rows_of(restored, result); row++)
		lg_owned_park(lg_restored_owned(restored), lg_field_id(result, row, 0));
}

void lg_restored_trial(void *argument, const PGresult *result)
{
	struct lg_restored *restored = argument;

	for (int row = 0; row < rows_of(restored, result); row++) {
		struct lg_owned *owned = lg_restored_owned(restored);
		struct lg_bytes before = lg_field_bytes(result, row, 0);

		owned->trial = (struct lg_trial){ .event_id = lg_field_id(result, row, 1),
			.deaths = (uint32_t)lg_field_int(result, row, 2) };
		owned->is_after_death = before.size > 0 &&
					!lg_bytes_equal(before, lg_id_bytes(&owned->instance->id));
	}
}

static void audit_head_read(void *argument, const PGresult *result)
{
	struct lg_restored *restored = argument;

	for (int row = 0; row < rows_of(restored, result); row++) {
		struct lg_owned *owned = lg_restored_owned(restored);
		struct lg_bytes hash = lg_field_bytes(result, row, 1);

		owned->audit_seq = (uint64_t)lg_field_int(result, row, 0);
		if (hash.size == LG_AUDIT_HASH_SIZE)
			memcpy(owned->audit_hash, hash.data, LG_AUDIT_HASH_SIZE);
	}
}

const struct lg_restored_read lg_restored_reads[LG_RESTORED_READS] = {
	{ &lg_outbox_statements[LG_OUTBOX_EPOCHS], epochs_read },
	{ &lg_outbox_statements[LG_OUTBOX_HEADS], heads_read },
	{ &lg_outbox_statements[LG_OUTBOX_READERS], readers_read },
	{ &lg_inbox_statements[LG_INBOX_POSITIONS], positions_read },
	{ &lg_inbox_statements[LG_INBOX_DEAD_KEYS], dead_keys_read },
	{ &lg_audit_statements[LG_AUDIT_HEAD], audit_head_read },
};

void lg_restored_start(struct lg_restored *restored, struct lg_owned *owned)
{
	for (uint32_t site = 0; site <= owned->instance->peer_count; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++) {
			struct lg_outgoing *out = owned->out[site][lane];
			struct lg_points *epochs = restored->epochs[site][lane];

			if (epochs->count > 0) /* the last is the one that was just begun */
				epochs->count--;
			lg_outgoing_start(out, epochs, restored->heads[site][lane],
				restored->dropped[site][lane]);
		}
	owned->is_open = true;
}
