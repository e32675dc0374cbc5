/*
 * lg-intake: what happens at the crossings of a centre.
 *
 * Reading order: handlers.c (what is taken), on_interception.c (load, decide, store of a form),
 * domain/case_file.c (its states), store_case_file.c (its table).
 */
#include "common/run/service.h"
#include "services/intake/files/indicator_file.h"
#include "services/intake/files/procedure_file.h"
#include "services/intake/handlers.h"

static struct lg_status start(
	struct lg_arena *arena, const char *data_folder, void **ret_state, const char **ret_problem)
{
	struct intake_data *data = lg_alloc(arena, sizeof *data);
	struct lg_status status =
		indicator_file_read(arena, data_folder, &data->indicators, ret_problem);

	if (lg_is_done(status))
		status = procedure_file_read(arena, data_folder, &data->procedures, ret_problem);
	*ret_state = data;
	return status;
}

static const struct lg_lifecycle *const lives[] = { &case_life, &person_life, &consent_life,
	&step_life, &missing_life, NULL };

static const struct lg_service intake = {
	.number = LG_SERVICE_INTAKE,
	.name = "intake",
	.description = "arrival, screening and rescue at the crossings of a centre",
	.handlers = intake_handlers,
	.tables = store_tables,
	.table_count = STORE_TABLE_COUNT,
	.lives = lives,
	.has_versions = true,
	.start = start,
};

int main(int argc, char **argv)
{
	return lg_run(argc, argv, &intake);
}
