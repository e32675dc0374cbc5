/*
 * A small table in a CSV file (csv.h) whose first line names its columns: the data that changes
 * without a build.  The first fault ends the reading, for half a table would be another table; it is
 * told with file, line and reason.
 */
#ifndef LG_BASE_TABLE_H
#define LG_BASE_TABLE_H

#include "common/base/csv.h"

#define LG_TABLE_FILE_MAX (256u * 1024u) /* bytes */

struct lg_table_layout {
	const char *name;   /* of the file: "corridors.csv" */
	const char *header; /* the first line: "station,corridor" */
	/* keeps a row, which has as many cells as the header; they live in the arena */
	struct lg_status (*keep)(void *user, const struct lg_csv_row *row);
};

/*
 * Gives each row behind the header to layout->keep(user, row).
 *   ret_problem  "corridors.csv, line 7: the station stands here already", in the arena
 *   refused      another header, more or fewer cells, what csv.h or keep refuses
 */
LG_MUST_CHECK struct lg_status lg_table_parse(struct lg_arena *arena,
	const struct lg_table_layout *layout, struct lg_bytes text, void *user,
	const char **ret_problem);

/*
 * The text of a table's file, in the arena.
 *   ret_problem  names the path
 *   refused      it cannot be read, or is above LG_TABLE_FILE_MAX
 */
LG_MUST_CHECK struct lg_status lg_table_text(struct lg_arena *arena, const char *path,
	struct lg_bytes *ret_text, const char **ret_problem);

#endif
