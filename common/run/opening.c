#include "common/run/opening.h"

#include <assert.h>

#include "common/db/audit.h"
#include "common/db/inbox.h"
#include "common/db/outbox.h"
#include "common/run/gather.h"
#include "common/run/loss.h"
#include "common/run/unhandled.h"

/* What is being read back; it may have been lost meanwhile, so it is looked up by generation. */
struct opening {
	struct lg_instance *instance;
	uint8_t partition;
	uint64_t generation;
	struct lg_arena *arena;
	bool is_committed;
	/* sites whose readers stand in the table and whom we trust no more */
	uint32_t retired_count;
	uint16_t retired[LG_SITES_MAX];
	/* of each stream going out: the last number given, the last dropped, (epoch, first number) */
	uint64_t heads[LG_SITES_MAX][LG_LANE_COUNT], dropped[LG_SITES_MAX][LG_LANE_COUNT];
	struct lg_points *epochs[LG_SITES_MAX][LG_LANE_COUNT];
};

static struct lg_owned *still_owned(const struct opening *opening)
{
	return lg_owned_still(opening->instance, opening->partition, opening->generation);
}

/* Rows of an answer; none when the partition was lost meanwhile. */
static int rows_of(const struct opening *opening, const PGresult *result)
{
	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK)
		return 0;
	return still_owned(opening) == NULL ? 0 : PQntuples(result);
}

/* Where there is no room the oldest epoch is forgotten: nobody stands there any more. */
static void add_point(struct lg_points *points, struct lg_point point)
{
	if (points->count == LG_POINTS_MAX) {
		memmove(points->at, points->at + 1, (LG_POINTS_MAX - 1) * sizeof *points->at);
		points->count--;
	}
	points->at[points->count++] = point;
}

/* Destination or site, and lane, of a row; false: of a site that we no longer know. */
static bool place_of(const struct opening *opening, const PGresult *result, int row,
	int lane_column, int *ret_site, int64_t *ret_lane)
{
	*ret_site = lg_site_index(opening->instance, (uint16_t)lg_field_int(result, row, 0));
	*ret_lane = lg_field_int(result, row, lane_column);
	return *ret_site >= 0 && *ret_lane >= 0 && *ret_lane < LG_LANE_COUNT;
}

static void epochs_read(void *argument, const PGresult *result)
{
	struct opening *opening = argument;
	int64_t lane;
	int site;

	for (int row = 0; row < rows_of(opening, result); row++)
		if (place_of(opening, result, row, 1, &site, &lane))
			add_point(opening->epochs[site][lane],
				(struct lg_point){ .epoch = lg_field_id(result, row, 3),
					.number = (uint64_t)lg_field_int(result, row, 2) });
}

static void heads_read(void *argument, const PGresult *result)
{
	struct opening *opening = argument;
	int64_t lane;
	int site;

	for (int row = 0; row < rows_of(opening, result); row++)
		if (place_of(opening, result, row, 1, &site, &lane)) {
			opening->heads[site][lane] = (uint64_t)lg_field_int(result, row, 2);
			opening->dropped[site][lane] = (uint64_t)lg_field_int(result, row, 3);
		}
}

static void segment_read(void *argument, const PGresult *result)
{
	struct opening *opening = argument;

	if (rows_of(opening, result) == 1)
		opening->instance->segment = (int32_t)lg_field_int(result, 0, 0);
}

static void note_retired(struct opening *opening, uint16_t site)
{
	for (uint32_t i = 0; i < opening->retired_count; i++)
		if (opening->retired[i] == site)
			return;
	if (opening->retired_count < LG_SITES_MAX)
		opening->retired[opening->retired_count++] = site;
}

static void readers_read(void *argument, const PGresult *result)
{
	struct opening *opening = argument;
	struct lg_owned *owned = still_owned(opening);
	int64_t lane;
	int site;

	for (int row = 0; row < rows_of(opening, result); row++) {
		int64_t service = lg_field_int(result, row, 2);
		bool is_known = place_of(opening, result, row, 1, &site, &lane) && service >= 0 &&
				service < LG_SERVICE_COUNT;

		if (site < 0)
			note_retired(opening, (uint16_t)lg_field_int(result, row, 0));
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
	struct opening *opening = argument;
	struct lg_owned *owned = still_owned(opening);
	int64_t lane;
	int site;

	for (int row = 0; row < rows_of(opening, result); row++) {
		int64_t service = lg_field_int(result, row, 1);
		struct lg_incoming *in;

		if (!place_of(opening, result, row, 2, &site, &lane) || service < 0 ||
			service >= LG_SERVICE_COUNT)
			continue;
		in = owned->in[site][service][lane];
		if (in != NULL)
			add_point(&in->subscriber.points,
				(struct lg_point){ .epoch = lg_field_id(result, row, 3),
					.number = (uint64_t)lg_field_int(result, row, 4) });
	}
}

static void dead_keys_read(void *argument, const PGresult *result)
{
	struct opening *opening = argument;

	for (int row = 0; row < rows_of(opening, result); row++)
		lg_owned_park(still_owned(opening), lg_field_id(result, row, 0));
}

/*
 * An owner before us that is not ourselves and has given nothing back has died: what it may have
 * died of is in the window of one of its streams.
 */
static void trial_read(void *argument, const PGresult *result)
{
	struct opening *opening = argument;

	for (int row = 0; row < rows_of(opening, result); row++) {
		struct lg_owned *owned = still_owned(opening);
		struct lg_bytes before = lg_field_bytes(result, row, 0);

		owned->trial = (struct lg_trial){ .event_id = lg_field_id(result, row, 1),
			.deaths = (uint32_t)lg_field_int(result, row, 2) };
		owned->is_after_death = before.size > 0 &&
					!lg_bytes_equal(before, lg_id_bytes(&owned->instance->id));
	}
}

static void audit_head_read(void *argument, const PGresult *result)
{
	struct opening *opening = argument;

	for (int row = 0; row < rows_of(opening, result); row++) {
		struct lg_owned *owned = still_owned(opening);
		struct lg_bytes hash = lg_field_bytes(result, row, 1);

		owned->audit_seq = (uint64_t)lg_field_int(result, row, 0);
		if (hash.size == LG_AUDIT_HASH_SIZE)
			memcpy(owned->audit_hash, hash.data, LG_AUDIT_HASH_SIZE);
	}
}

static void committed(void *argument, const PGresult *result)
{
	struct opening *opening = argument;

	opening->is_committed = lg_pg_is_committed(result);
}

static void start_publishers(struct opening *opening, struct lg_owned *owned)
{
	for (uint32_t site = 0; site <= owned->instance->peer_count; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++) {
			struct lg_outgoing *out = owned->out[site][lane];
			struct lg_points *epochs = opening->epochs[site][lane];

			if (epochs->count > 0) /* the last is the one that was just begun */
				epochs->count--;
			lg_outgoing_start(out, epochs, opening->heads[site][lane],
				opening->dropped[site][lane]);
		}
	owned->is_open = true;
}

/* A site that was retired holds no rows: nobody there will ever acknowledge them. */
static void forget_retired(const struct opening *opening)
{
	struct lg_pg *pg = opening->instance->pg;

	for (uint32_t i = 0; i < opening->retired_count; i++)
		lg_pg_send(pg, &lg_outbox_statements[LG_OUTBOX_READER_RETIRE],
			lg_params_make(opening->arena,
				&lg_outbox_statements[LG_OUTBOX_READER_RETIRE],
				(struct lg_value[]){ lg_v_int(opening->partition),
					lg_v_int(opening->retired[i]) }),
			NULL, NULL);
	if (opening->retired_count > 0)
		lg_pg_sync(pg, NULL, NULL);
}

static void opened(void *argument, const PGresult *result)
{
	struct opening *opening = argument;
	struct lg_instance *instance = opening->instance;
	struct lg_owned *owned = still_owned(opening);

	if (owned != NULL && result != NULL && opening->is_committed) {
		forget_retired(opening);
		start_publishers(opening, owned);
		lg_unhandled_take(owned, 0);
		lg_owned_claim(instance);
		for (uint32_t site = 1; site <= instance->peer_count; site++)
			for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
				lg_outgoing_say_new_owner(owned->out[site][lane]);
		lg_gather_pump(instance);
	} else if (owned != NULL && result != NULL) {
		lg_instance_fault(instance, "a partition could not be read back");
		lg_fence_forget(instance->fence, (uint16_t)(1u << opening->partition));
	}
	lg_arena_free(opening->arena); /* opening lies in it */
}

static void read_back(struct lg_owned *owned, struct opening *opening)
{
	struct lg_instance *instance = owned->instance;
	struct lg_arena *arena = opening->arena;
	const struct lg_value p[] = { lg_v_int(owned->partition) };
	static const struct {
		const struct lg_statement *statement;
		lg_pg_answer *answer;
	} reads[] = {
		{ &lg_outbox_statements[LG_OUTBOX_EPOCHS], epochs_read },
		{ &lg_outbox_statements[LG_OUTBOX_HEADS], heads_read },
		{ &lg_outbox_statements[LG_OUTBOX_READERS], readers_read },
		{ &lg_inbox_statements[LG_INBOX_POSITIONS], positions_read },
		{ &lg_inbox_statements[LG_INBOX_DEAD_KEYS], dead_keys_read },
		{ &lg_audit_statements[LG_AUDIT_HEAD], audit_head_read },
	};

	lg_pg_begin(instance->pg);
	lg_fence_move(instance->fence, arena, (uint16_t)(1u << owned->partition));
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_FORGET],
		lg_params_make(arena, &lg_inbox_statements[LG_INBOX_FORGET],
			(struct lg_value[]){
				lg_v_int(lg_now() - LG_HEARD_MS), lg_v_int(owned->partition) }),
		NULL, NULL);
	for (uint32_t site = 0; site <= instance->peer_count; site++)
		lg_pg_send(instance->pg, &lg_outbox_statements[LG_OUTBOX_EPOCH_START],
			lg_params_make(arena, &lg_outbox_statements[LG_OUTBOX_EPOCH_START],
				(struct lg_value[]){ lg_v_int(owned->partition),
					lg_v_id(&owned->epoch),
					lg_v_int(site == 0 ? 0 : instance->peer_sites[site - 1]) }),
			NULL, NULL);
	lg_pg_send(instance->pg, &lg_outbox_statements[LG_OUTBOX_SEGMENT],
		lg_params_make(arena, &lg_outbox_statements[LG_OUTBOX_SEGMENT], NULL), segment_read,
		opening);
	for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
		lg_pg_send(instance->pg, reads[i].statement,
			lg_params_make(arena, reads[i].statement, p), reads[i].answer, opening);
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_TRIAL_TAKE],
		lg_params_make(arena, &lg_inbox_statements[LG_INBOX_TRIAL_TAKE],
			(struct lg_value[]){ lg_v_int(owned->partition), lg_v_id(&instance->id) }),
		trial_read, opening);
	lg_pg_commit(instance->pg, committed, opening);
	lg_pg_sync(instance->pg, opened, opening);
}

void lg_opening_begin(struct lg_owned *owned)
{
	struct lg_instance *instance = owned->instance;
	struct lg_arena *arena = lg_arena_new();
	struct opening *opening = lg_alloc(arena, sizeof *opening);

	assert(!owned->is_open);
	*opening = (struct opening){ .instance = instance,
		.partition = owned->partition,
		.generation = owned->generation,
		.arena = arena };
	for (uint32_t site = 0; site <= instance->peer_count; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
			opening->epochs[site][lane] =
				lg_alloc(arena, sizeof *opening->epochs[site][lane]);
	read_back(owned, opening);
}
