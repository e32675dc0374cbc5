#include "common/run/opening/opening.h"

#include <assert.h>

#include "common/db/inbox.h"
#include "common/db/outbox.h"
#include "common/run/gather.h"
#include "common/run/loss.h"
#include "common/run/opening/restored.h"
#include "common/run/unhandled.h"

struct opening {
	struct lg_restored restored;
	struct lg_arena *arena; /* it lies in it */
	bool is_committed;
};

static void committed(void *argument, const PGresult *result)
{
	struct opening *opening = argument;

	opening->is_committed = lg_pg_is_committed(result);
}

/* A site that was retired holds no rows: nobody there will ever acknowledge them. */
static void forget_retired(const struct opening *opening)
{
	const struct lg_restored *restored = &opening->restored;
	struct lg_pg *pg = restored->instance->pg;

	for (uint32_t i = 0; i < restored->retired_count; i++)
		lg_pg_send(pg, &lg_outbox_statements[LG_OUTBOX_READER_RETIRE],
			lg_params_make(opening->arena,
				&lg_outbox_statements[LG_OUTBOX_READER_RETIRE],
				(struct lg_value[]){ lg_v_int(restored->partition),
					lg_v_int(restored->retired[i]) }),
			NULL, NULL);
	if (restored->retired_count > 0)
		lg_pg_sync(pg, NULL, NULL);
}

static void opened(void *argument, const PGresult *result)
{
	struct opening *opening = argument;
	struct lg_restored *restored = &opening->restored;
	struct lg_instance *instance = restored->instance;
	struct lg_owned *owned = lg_restored_owned(restored);

	if (owned != NULL && result != NULL && opening->is_committed) {
		forget_retired(opening);
		lg_restored_start(restored, owned);
		lg_unhandled_take(owned, 0);
		lg_owned_claim(instance);
		for (uint32_t site = 1; site <= instance->peer_count; site++)
			for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
				lg_outgoing_say_new_owner(owned->out[site][lane]);
		lg_gather_pump(instance);
	} else if (owned != NULL && result != NULL) {
		lg_instance_fault(instance, "a partition could not be read back");
		lg_fence_forget(instance->fence, (uint16_t)(1u << restored->partition));
	}
	lg_arena_free(opening->arena);
}

static void read_back(struct lg_owned *owned, struct opening *opening)
{
	struct lg_instance *instance = owned->instance;
	struct lg_restored *restored = &opening->restored;
	struct lg_arena *arena = opening->arena;
	const struct lg_value p[] = { lg_v_int(owned->partition) };

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
		lg_params_make(arena, &lg_outbox_statements[LG_OUTBOX_SEGMENT], NULL),
		lg_restored_segment, restored);
	for (size_t i = 0; i < LG_RESTORED_READS; i++)
		lg_pg_send(instance->pg, lg_restored_reads[i].statement,
			lg_params_make(arena, lg_restored_reads[i].statement, p),
			lg_restored_reads[i].answer, restored);
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_TRIAL_TAKE],
		lg_params_make(arena, &lg_inbox_statements[LG_INBOX_TRIAL_TAKE],
			(struct lg_value[]){ lg_v_int(owned->partition), lg_v_id(&instance->id) }),
		lg_restored_trial, restored);
	lg_pg_commit(instance->pg, committed, opening);
	lg_pg_sync(instance->pg, opened, opening);
}

void lg_opening_begin(struct lg_owned *owned)
{
	struct lg_arena *arena = lg_arena_new();
	struct opening *opening = lg_alloc(arena, sizeof *opening);

	assert(!owned->is_open);
	opening->arena = arena;
	lg_restored_init(&opening->restored, owned, arena);
	read_back(owned, opening);
}
