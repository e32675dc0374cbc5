#include "common/db/survey.h"

#include <sys/statvfs.h>

#include "common/db/fence.h"
#include "common/db/fence_statement.h"
#include "common/db/inbox.h"
#include "common/db/outbox.h"

const struct lg_statement lg_survey_statements[] = {
	{
		.name = "survey",
		.sql = "SELECT oldest_snapshot_s(), (SELECT count(*) FROM unhandled),"
		       "       database_folder(),"
		       "       (SELECT count(*)"
		       "          FROM generate_series(0, 15) AS o(p)"
		       "         CROSS JOIN LATERAL"
		       "               (SELECT 1"
		       "                  FROM due"
		       "                 WHERE due.p = o.p AND due_ms < 1000 *"
		       "                       floor(extract(epoch FROM clock_timestamp()) - 60)::bigint"
		       "                 LIMIT 1000) AS d)",
	},
	{ .name = NULL },
};

struct asking {
	struct lg_arena *arena;
	struct lg_survey survey;
	uint32_t answered;
	void (*told)(void *user, const struct lg_survey *survey);
	void *user;
};

enum { QUESTIONS = 4 };

static bool is_row(struct asking *asking, const PGresult *result)
{
	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
		return false;
	asking->answered++;
	return true;
}

static void look_at_disk(struct lg_survey *survey, const char *folder)
{
	struct statvfs disk;

	if (folder[0] != '/' || statvfs(folder, &disk) != 0)
		return;
	survey->disk_bytes = (uint64_t)disk.f_blocks * disk.f_frsize;
	survey->disk_free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
}

static void own_answered(void *argument, const PGresult *result)
{
	struct asking *asking = argument;

	if (!is_row(asking, result))
		return;
	asking->survey.oldest_snapshot_s = (uint64_t)lg_field_int(result, 0, 0);
	asking->survey.unhandled = (uint64_t)lg_field_int(result, 0, 1);
	asking->survey.overdue = (uint64_t)lg_field_int(result, 0, 3);
	look_at_disk(&asking->survey, lg_copy_text(asking->arena, lg_field_text(result, 0, 2)));
}

static void counts_answered(void *argument, const PGresult *result)
{
	struct asking *asking = argument;

	if (!is_row(asking, result))
		return;
	asking->survey.dead_letters = (uint64_t)lg_field_int(result, 0, 0);
	asking->survey.parked = (uint64_t)lg_field_int(result, 0, 1);
}

static void depth_answered(void *argument, const PGresult *result)
{
	struct asking *asking = argument;

	if (is_row(asking, result))
		asking->survey.outbox = (uint64_t)lg_field_int(result, 0, 0);
}

static void foreign_answered(void *argument, const PGresult *result)
{
	struct asking *asking = argument;

	if (is_row(asking, result))
		asking->survey.foreign_locks = (uint64_t)lg_field_int(result, 0, 0);
}

static void all_answered(void *argument, const PGresult *result)
{
	struct asking *asking = argument;

	if (result != NULL && asking->answered == QUESTIONS)
		asking->told(asking->user, &asking->survey);
	lg_arena_free(asking->arena);
}

void lg_survey_ask(
	struct lg_pg *pg, void (*told)(void *user, const struct lg_survey *survey), void *user)
{
	struct lg_arena *arena = lg_arena_new();
	struct asking *asking = lg_alloc(arena, sizeof *asking);

	asking->arena = arena;
	asking->told = told;
	asking->user = user;
	lg_pg_send(pg, &lg_survey_statements[0], NULL, own_answered, asking);
	lg_pg_send(pg, &lg_inbox_statements[LG_INBOX_COUNTS], NULL, counts_answered, asking);
	lg_pg_send(pg, &lg_outbox_statements[LG_OUTBOX_DEPTH], NULL, depth_answered, asking);
	lg_pg_send(pg, &lg_fence_statements[LG_FENCE_FOREIGN],
		lg_params_make(arena, &lg_fence_statements[LG_FENCE_FOREIGN],
			(struct lg_value[]){ lg_v_int(LG_STALE_MS) }),
		foreign_answered, asking);
	lg_pg_sync(pg, all_answered, asking);
}
