/* The table of contents of intake: which message is taken where, and what each gathers. */
#ifndef SERVICES_INTAKE_HANDLERS_H
#define SERVICES_INTAKE_HANDLERS_H

#include "services/intake/store.h"

/* Numbers of proto/registry.txt; a test compares them. */
enum {
	MIGRANT_ENGAGED = 101,
	SCREENING_COMPLETED = 102,
	PERSON_IDENTIFIED = 103,
	RECORD_INTERCEPTION = 1101,
	SHOW_CASE = 1102,
	PERSON_IDENTITY = 2001,
};

/* Ends with a row of type 0. */
extern const struct lg_handler intake_handlers[];

/* RecordInterception (on_interception.c). */
struct interception_work {
	struct case_file *file;
	uint8_t digest[CASE_DIGEST_SIZE];
	struct form form;
	struct case_effects effects;
};

void load_interception(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_interception(struct lg_item *item);
void store_interception(struct lg_batch *batch, struct lg_item *item);

/* ShowCase (on_case.c). */
struct case_work {
	struct case_file *file;
	struct lg_found *persons, *steps;
};

void load_case(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_case(struct lg_item *item);
void store_case(struct lg_batch *batch, struct lg_item *item);
void refused_case(struct lg_batch *batch, struct lg_item *item);

#endif
