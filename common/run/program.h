/*
 * A service as a program: its options, what it says of itself, and its start.
 */
#ifndef LG_RUN_PROGRAM_H
#define LG_RUN_PROGRAM_H

#include "common/run/instance.h"

#define LG_TABLES_MAX 32

/*
 * The statement tables of a service: those of the bus first, then its own.
 *   returns  how many
 */
uint32_t lg_program_tables(
	const struct lg_service *service, const struct lg_statement *ret_tables[LG_TABLES_MAX]);

#endif
