/* Aliases of places from their data file (services/matching/data/place_aliases.csv). */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_PLACE_TABLE_H
#define SERVICES_MATCHING_ENGINE_TEXT_PLACE_TABLE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/base/table.h"
#include "services/matching/engine/text/place.h"

/* Rows as they come; room for PLACE_ALIASES_MAX. */
struct place_rows {
	uint32_t count;
	struct place_alias *rows;
};

/* The file's layout, for whoever reads it from a disk; its user is a struct place_rows. */
extern const struct lg_table_layout place_layout;

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
