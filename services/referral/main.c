/*
 * lg-referral: who takes her in, and what came after.
 *
 * Reading order: handlers.c (what is taken), domain/life.c (the steps of both sides), on_rescue.c
 * and domain/referral.c (the home decides), on_offer.c and domain/offer.c (the organisation's
 * desk), tell.c (what a decision becomes), store_referral.c.
 */
#include "common/run/service.h"
#include "services/referral/files/ladder_file.h"
#include "services/referral/handlers.h"

static struct lg_status start(
	struct lg_arena *arena, const char *data_folder, void **ret_state, const char **ret_problem)
{
	struct ladders *ladders = lg_alloc(arena, sizeof *ladders);

	*ret_state = ladders;
	return ladder_file_read(arena, data_folder, ladders, ret_problem);
}

static const struct lg_lifecycle *const lives[] = { &referral_life, NULL };

static const struct lg_service referral = {
	.number = LG_SERVICE_REFERRAL,
	.name = "referral",
	.description = "who takes her in, across the border too, and what came after",
	.handlers = referral_handlers,
	.tables = store_tables,
	.table_count = STORE_TABLE_COUNT,
	.lives = lives,
	.watched = store_watched,
	.has_versions = true,
	.is_single_writer = true, /* an organisation's places are a rule across cases */
	.start = start,
};

int main(int argc, char **argv)
{
	return lg_run(argc, argv, &referral);
}
