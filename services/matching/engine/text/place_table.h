/* Aliases of places from their data file (services/matching/data/place_aliases.csv). */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_PLACE_TABLE_H
#define SERVICES_MATCHING_ENGINE_TEXT_PLACE_TABLE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "services/matching/engine/text/place.h"

/*
 * Reads the aliases from a text; columns alias,place,district: the name that is no more (an old
 * village committee, a town that everybody calls otherwise), the local level of today, its district.
 *   ret_table    its rows live in the arena
 *   ret_problem  when refused: one line for a person, with the line's number, in the arena
 *   refused      another header, a bad row, a name without letters, more than PLACE_ALIASES_MAX
 */
LG_MUST_CHECK struct lg_status place_table_parse(struct lg_arena *arena, struct lg_bytes text,
	struct place_table *ret_table, const char **ret_problem);

#endif
