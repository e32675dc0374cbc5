/*
 * What an operator should know of a service's database before its users do: what waits, what could not
 * be taken, what keeps it from being cleaned, how full its disk is.
 */
#ifndef LG_DB_SURVEY_H
#define LG_DB_SURVEY_H

#include "common/db/pg.h"

/* Statements that the connection must have prepared, beside those of fence, inbox and outbox. */
extern const struct lg_statement lg_survey_statements[];

struct lg_survey {
	uint64_t dead_letters, parked; /* events */
	uint64_t unhandled;            /* events of types that only a later version knows */
	uint64_t outbox;               /* rows that a reader has not applied */
	uint64_t overdue; /* deadlines that should have arrived a minute ago; counted to 16,000 */
	uint64_t foreign_locks; /* of our partitions, held by a session that is no member's */
	uint64_t oldest_snapshot_s;
	uint64_t disk_bytes, disk_free_bytes; /* of the database's folder; 0: it is elsewhere */
};

/* Asks; told is called when all has been answered, and not at all when it could not be. */
void lg_survey_ask(
	struct lg_pg *pg, void (*told)(void *user, const struct lg_survey *survey), void *user);

#endif
