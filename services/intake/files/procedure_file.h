/* Procedures and reasons change without a build: data/procedures.csv and data/reasons.csv. */
#ifndef SERVICES_INTAKE_FILES_PROCEDURE_FILE_H
#define SERVICES_INTAKE_FILES_PROCEDURE_FILE_H

#include "common/base/arena.h"
#include "services/intake/domain/procedure.h"

/*
 * Adds the rows of a procedures.csv: route,who,step,responsible,deadline_hours,law,proof,inform,what.
 *   refused  a header or row that is not as it must be; ret_problem names the line
 */
LG_MUST_CHECK struct lg_status procedure_file_parse(struct lg_arena *arena, struct lg_bytes text,
	struct procedure_book *book, const char **ret_problem);

/* Adds the rows of a reasons.csv: route,reason; route "-": why a step does not apply. */
LG_MUST_CHECK struct lg_status reason_file_parse(struct lg_arena *arena, struct lg_bytes text,
	struct procedure_book *book, const char **ret_problem);

/* Reads both from the folder.  refused: as above, or a file cannot be read */
LG_MUST_CHECK struct lg_status procedure_file_read(struct lg_arena *arena, const char *folder,
	struct procedure_book *ret_book, const char **ret_problem);

#endif
