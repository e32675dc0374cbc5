/*
 * Which columns of a file are compared, and as what: an INI file.
 *
 *   [rows]    id = COLUMN           names a row in the output; without it rows are numbered from 1
 *   [fields]  COLUMN = KIND         name, place, words, date, number, phone, age or code
 *   [twins]   COLUMN = COLUMN       whose values are confused with each other
 *
 * Dates may be of either calendar: a year later than this one is of Bikram Sambat, of others a word
 * says it ("2015 BS").
 */
#ifndef SERVICES_MATCHING_TOOLS_SCHEMA_H
#define SERVICES_MATCHING_TOOLS_SCHEMA_H

#include <stdbool.h>

#include "services/matching/engine/linkage/field.h"

#define SCHEMA_PATH_MAX 4096

struct schema {
	char id[FIELD_NAME_MAX];         /* "": rows are numbered */
	int32_t bs_from;                 /* of its dates: next year (written_date_read()) */
	uint32_t count;                  /* fields, in the file's order */
	struct field fields[FIELDS_MAX]; /* twins are set by schema_fit() */
	char twins[FIELDS_MAX][FIELD_NAME_MAX];
};

/*
 * Reads a schema, by its path or by its name among those that are shipped.
 *   returns  false: said on standard error what is wrong, with the line
 */
bool schema_read(const char *name, struct schema *ret_schema);

/* Leaves only the columns of a list "a,b,c"; false: one of them is not in the schema (said). */
bool schema_keep(struct schema *schema, const char *columns);

/*
 * The fields that a file has, in the schema's order; what it lacks is said once on standard error.
 *
 *   header, count  the file's columns
 *   ret_columns    per field: its column
 *   returns        false: no field is there (said)
 */
bool schema_fit(const struct schema *schema, const char *file, const char *const *header,
	uint32_t count, struct field_list *ret_list, uint32_t ret_columns[FIELDS_MAX]);

#endif
