/* Reads the indicator set from the service's data folder, with errors that name the line. */
#ifndef SERVICES_INTAKE_FILES_INDICATOR_FILE_H
#define SERVICES_INTAKE_FILES_INDICATOR_FILE_H

#include "common/base/arena.h"
#include "services/intake/domain/screening.h"

/*
 * The set in its highest version.
 *   text         the whole file; columns version,code,group,points,history_only,label_en
 *   ret_problem  when refused: one line for a person: line, what is wrong; in the arena
 *   refused      another header, a bad row, an empty set
 */
LG_MUST_CHECK struct lg_status indicator_file_parse(struct lg_arena *arena, struct lg_bytes text,
	struct indicator_set *ret_set, const char **ret_problem);

/* The same from folder/indicators.csv.  refused: also a file that cannot be read */
LG_MUST_CHECK struct lg_status indicator_file_read(struct lg_arena *arena, const char *folder,
	struct indicator_set *ret_set, const char **ret_problem);

#endif
