/*
 * Whether two districts, as people wrote them, are one.
 *
 * Spelling is heard as names are (name.h), so Kapilbastu and Kapilvastu need no row; what sounds
 * differently (Kavre, Kavrepalanchok) stands in a table of aliases that is data.
 */
#ifndef SERVICES_MATCHING_ENGINE_DISTRICT_H
#define SERVICES_MATCHING_ENGINE_DISTRICT_H

#include "services/matching/engine/name.h"

#define DISTRICT_ALIASES_MAX 512

struct district_alias {
	struct name alias, district; /* as they sound */
};

struct district_table {
	uint32_t count;
	const struct district_alias *rows;
};

/* How a district is compared: as it sounds, behind its alias.  count 0: nothing was written. */
struct name district_read(const struct district_table *table, const char *text);

/* Both were written. */
bool district_equal(const struct name *a, const struct name *b);

#endif
