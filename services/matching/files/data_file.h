/* Reads weights, aliases and corridors from the service's data folder, with errors that name the line. */
#ifndef SERVICES_MATCHING_FILES_DATA_FILE_H
#define SERVICES_MATCHING_FILES_DATA_FILE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "services/matching/domain/sighting.h"
#include "services/matching/engine/district.h"
#include "services/matching/engine/text/place.h"
#include "services/matching/engine/weigh.h"

/*
 * The weights from the file at path.
 *   ret_problem  when refused: one line for a person, in the arena
 *   refused      a name unknown, missing or out of range; a file that cannot be read
 */
LG_MUST_CHECK struct lg_status weights_read(struct lg_arena *arena, const char *path,
	struct weights *ret_weights, const char **ret_problem);

/*
 * The aliases from a text; columns alias,district.
 *   refused  another header, a bad row, a name that sounds like nothing
 */
LG_MUST_CHECK struct lg_status districts_parse(struct lg_arena *arena, struct lg_bytes text,
	struct district_table *ret_table, const char **ret_problem);

/* The same from the file at path.  refused: also a file that cannot be read */
LG_MUST_CHECK struct lg_status districts_read(struct lg_arena *arena, const char *path,
	struct district_table *ret_table, const char **ret_problem);

/* Aliases of places from the file at path (place_table.h).  refused: also a file that cannot be read */
LG_MUST_CHECK struct lg_status places_read(struct lg_arena *arena, const char *path,
	struct place_table *ret_table, const char **ret_problem);

/*
 * Stations and their corridors from the file at path; columns station,corridor.
 *   refused  another header, a bad row, a station twice, a file that cannot be read
 */
LG_MUST_CHECK struct lg_status corridors_read(struct lg_arena *arena, const char *path,
	struct corridor_table *ret_table, const char **ret_problem);

#endif
