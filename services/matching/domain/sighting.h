/*
 * Somebody who is known is met again: a suspect, or a victim who is taken a second time.  The
 * corridor is told, without a name: whoever stands at its crossings looks out.
 *
 * A corridor is the crossings from which one goes on by the same road or railway.
 */
#ifndef SERVICES_MATCHING_DOMAIN_SIGHTING_H
#define SERVICES_MATCHING_DOMAIN_SIGHTING_H

#include "services/matching/domain/match.h"

#define CORRIDOR_STATIONS_MAX 128
#define CORRIDOR_MAX          32 /* bytes of a code */

struct corridor_row {
	const char *station, *corridor;
};

struct corridor_table {
	uint32_t count;
	const struct corridor_row *rows;
};

enum sighting_kind { SIGHTING_TWICE, SIGHTING_SUSPECT, SIGHTING_KIND_COUNT };

struct sighting {
	enum sighting_kind kind;
	const struct person_record *now, *before; /* by when they were met */
	const char *corridor;                     /* of where she was met now; "" not known */
	uint32_t probability_ppm;
};

/* The names that stand in the database. */
extern const char *const sighting_kind_names[SIGHTING_KIND_COUNT];

/* The code of a station's corridor; "" when the table does not know it. */
const char *corridor_of(const struct corridor_table *table, const char *station);

/*
 * Whether two records that may be one person are to be told to a corridor.
 *   pairing       of the two
 *   ret_sighting  untouched unless they are; points to the records
 */
bool sighting_see(const struct corridor_table *table, enum pairing pairing,
	const struct person_record *a, const struct person_record *b, uint32_t probability_ppm,
	struct sighting *ret_sighting);

#endif
