/* A CSV file, read into a roster by a schema. */
#ifndef SERVICES_MATCHING_TOOLS_TABLE_H
#define SERVICES_MATCHING_TOOLS_TABLE_H

#include "services/matching/engine/linkage/roster.h"
#include "services/matching/tools/schema.h"

#define TABLE_FAULTS_MAX 10 /* lines that are complained of one by one */

struct table {
	const char *path;
	const struct schema *schema;
	struct lg_arena *arena; /* owns everything below */
	struct roster roster;
	const char **names; /* per row; NULL: rows are numbered from 1 */
	uint32_t fault_count;
	bool is_read;
};

/*
 * Reads the file; threads may read one each.  Lines that are malformed are said on standard error
 * with their numbers, and make the table unread: a person left out is not found.
 */
void table_read(struct table *table);

/* The text by which a row is known in the output. */
const char *table_row_name(const struct table *table, uint32_t row, char ret_number[16]);

/* The row of that name; the count of rows when there is none. */
uint32_t table_row(const struct table *table, const char *name);

#endif
