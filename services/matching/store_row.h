/* The columns of a record, wherever a statement lists them: one order, read in one place. */
#ifndef SERVICES_MATCHING_STORE_ROW_H
#define SERVICES_MATCHING_STORE_ROW_H

#include "services/matching/store.h"

/* clang-format off */
/* alias is the table's, a letter and a dot */
#define RECORD_COLUMNS(alias) \
	alias "record_id, " alias "place, " alias "home, " alias "state, " alias "event_id, " \
	alias "kind, " alias "sex, " alias "age_years, " alias "age_basis, " alias "at_ms, " \
	alias "district, " alias "country, " alias "recorded_ms, " alias "sealed, " alias "station, " \
	alias "sought, " alias "closed_ms, " alias "abroad, " alias "officer"
/* clang-format on */

#define RECORD_COLUMN_COUNT 19

/*
 * A record from the columns that begin at first; texts and bytes point into the result.  The
 * table's CHECKs say the same: a row that is not as we wrote it stops us.
 */
struct person_record record_from_columns(const PGresult *result, int row, int first);

#endif
