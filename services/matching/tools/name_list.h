/*
 * A file of names, one a line, made comparable.
 *
 * Lines are counted from 1, as a person counts them.  A line that cannot be read is named and left;
 * its content is never repeated, because it may be a name.
 */
#ifndef SERVICES_MATCHING_TOOLS_NAME_LIST_H
#define SERVICES_MATCHING_TOOLS_NAME_LIST_H

#include <stdbool.h>

#include "services/matching/engine/text/name_form.h"

#define NAME_LIST_FILE_MAX ((size_t)1024 * 1024 * 1024) /* bytes */
#define NAME_LIST_LINE_MAX 4096                         /* bytes */

struct name_list {
	uint8_t *bytes; /* the file; owned */
	uint32_t count, room;
	uint32_t bad;            /* lines that were named and left */
	struct lg_bytes *texts;  /* as written, in the file's order; owned, they point into bytes */
	struct name_form *forms; /* the same names; owned */
};

/*
 * Reads a file; blank lines are none, a BOM and CR are passed over.
 *   keep_first  leave out what stands in the list already, letter by letter
 *   returns     whether it could be read; complains when not.  Release it in any case
 */
bool name_list_read(const char *path, bool keep_first, struct name_list *ret_list);

/* Frees what a list owns. */
void name_list_release(struct name_list *list);

#endif
