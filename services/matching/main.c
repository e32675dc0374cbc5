/*
 * lg-matching: whether two records are one person.
 *
 * Reading order: handlers.c (what is taken), on_person.c (a record is indexed), on_search.c (it is
 * compared, one transaction later), domain/match.c (proposals and a lead's word), engine/compare.c.
 */
#include "common/run/service.h"
#include "services/matching/files/data_file.h"
#include "services/matching/handlers.h"

static struct lg_status start(
	struct lg_arena *arena, const char *data_folder, void **ret_state, const char **ret_problem)
{
	struct matching_state *state = lg_alloc(arena, sizeof *state);
	struct lg_status status = weights_read(arena,
		lg_format(arena, "%s/weights.ini", data_folder), &state->weights, ret_problem);

	*ret_state = state;
	state->known = known_new(KNOWN_FIRST_ROWS);
	for (unsigned i = 0; i < ENCODINGS_KEPT; i++)
		state->encodings[i] = encodings_new();
	if (!lg_is_done(status))
		return status;
	state->shipped = state->weights;
	status = places_read(arena, lg_format(arena, "%s/place_aliases.csv", data_folder),
		&state->places, ret_problem);
	if (!lg_is_done(status))
		return status;
	status = corridors_read(arena, lg_format(arena, "%s/corridors.csv", data_folder),
		&state->corridors, ret_problem);
	if (!lg_is_done(status))
		return status;
	return districts_read(arena, lg_format(arena, "%s/district_aliases.csv", data_folder),
		&state->districts, ret_problem);
}

static const struct lg_lifecycle *const lives[] = { &record_life, &sought_life, &match_life,
	&trace_life, NULL };

static const struct lg_service matching = {
	.number = LG_SERVICE_MATCHING,
	.name = "matching",
	.description = "whether two records are one person",
	.handlers = matching_handlers,
	.tables = store_tables,
	.table_count = STORE_TABLE_COUNT,
	.lives = lives,
	.has_versions = true,
	.is_single_writer = true, /* any record may match any other */
	.start = start,
};

int main(int argc, char **argv)
{
	return lg_run(argc, argv, &matching);
}
