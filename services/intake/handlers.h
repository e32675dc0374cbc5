/* The table of contents of intake: which message is taken where, and what each gathers. */
#ifndef SERVICES_INTAKE_HANDLERS_H
#define SERVICES_INTAKE_HANDLERS_H

#include "services/intake/domain/rescue.h"
#include "services/intake/store.h"

/* Numbers of proto/registry.txt; a test compares them. */
enum {
	MIGRANT_ENGAGED = 101,
	SCREENING_COMPLETED = 102,
	PERSON_IDENTIFIED = 103,
	RESCUE_RECORDED = 104,
	MISSING_PERSON_REPORTED = 105,
	CONSENT_CHANGED = 106,
	STEP_DONE_EVENT = 107,
	MIGRANTS_INFORMED = 108,
	SUSPECT_RECORDED = 109,
	MATCH_CONFIRMED = 202,
	MATCH_UNDONE = 210,
	FEEDBACK_GIVEN = 320,
	RECORD_INTERCEPTION = 1101,
	SHOW_CASE = 1102,
	COUNT_INFORMED = 1103,
	ENGAGE_MIGRANT = 1104,
	REGISTER_TRAVELLER = 1105,
	ADD_ALIAS = 1106,
	RECORD_IMPRESSION = 1107,
	COMPLETE_SCREENING = 1108,
	IDENTIFY_PERSON = 1109,
	RECORD_RESCUE = 1110,
	RECORD_CONSENT = 1111,
	REPORT_MISSING_PERSON = 1112,
	COMPLETE_STEP = 1113,
	SHOW_CHECKLIST = 1114,
	LIST_CASES = 1115,
	PERSON_IDENTITY = 2001,
};

/* What the service's data folder holds; the state of every item. */
struct intake_data {
	struct indicator_set indicators;
	struct procedure_book procedures;
};

/* Ends with a row of type 0. */
extern const struct lg_handler intake_handlers[];

/* Whether a message's case is the item's key.  refused: it is another */
LG_MUST_CHECK struct lg_status check_key(
	const struct lg_item *item, const uint8_t *data, size_t size);

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

/* What is told of a case and one of its persons, one by one. */
struct telling_work {
	struct case_file *file;
	struct persons *persons;
	struct aliases *aliases;
	struct consents *consents;
	struct checklist *checklist;
	struct person *person;   /* whom it is about */
	struct alias alias;      /* AddAlias */
	struct consent *consent; /* RecordConsent */
	struct step *step;       /* CompleteStep */
	struct rescue rescue;    /* RecordRescue */
	uint32_t yes, no;        /* CompleteScreening: answers */
	bool is_told;            /* nothing changed */
	bool has_changed_word;   /* RecordConsent: others must hear of it */
	bool is_listed_now;      /* IdentifyPerson: PersonIdentified goes out */
};

/* Answers a command with the case's state. */
void answer_moved(struct lg_batch *batch, struct lg_item *item);

/*
 * The person whom a command names, in work->person.
 *   refused  no such case or person (404)
 *   retry    a form for the same case is recorded in this very batch
 */
LG_MUST_CHECK struct lg_status find_person(struct lg_item *item, const uint8_t *data, size_t size);

/* Whether the persons that were read are those that the case counts.  retry: not yet */
LG_MUST_CHECK struct lg_status check_persons(const struct telling_work *work);

/* CountInformed, EngageMigrant, RegisterTraveller, AddAlias (on_arrival.c). */
struct lg_status decide_informed(struct lg_item *item);
void store_informed(struct lg_batch *batch, struct lg_item *item);
void load_engaged(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_engaged(struct lg_item *item);
void store_engaged(struct lg_batch *batch, struct lg_item *item);
void load_traveller(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_traveller(struct lg_item *item);
void store_traveller(struct lg_batch *batch, struct lg_item *item);
void load_alias(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_alias(struct lg_item *item);
void store_alias(struct lg_batch *batch, struct lg_item *item);

/* RecordImpression, CompleteScreening, IdentifyPerson (on_screening.c). */
void load_screening(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_impression(struct lg_item *item);
void store_impression(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_screening(struct lg_item *item);
void store_screening(struct lg_batch *batch, struct lg_item *item);
void load_identification(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_identification(struct lg_item *item);
void store_identification(struct lg_batch *batch, struct lg_item *item);

/* RecordRescue (on_rescue.c). */
void load_rescue(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_rescue(struct lg_item *item);
void store_rescue(struct lg_batch *batch, struct lg_item *item);

/* FeedbackGiven (on_rescue.c). */
struct feedback_work {
	struct case_file *file;
	const char *what; /* as a step of the case; NULL: it is not known here */
};

void load_feedback(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_feedback(struct lg_item *item);
void store_feedback(struct lg_batch *batch, struct lg_item *item);

/* RecordConsent (on_consent.c). */
void load_consent(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_consent(struct lg_item *item);
void store_consented(struct lg_batch *batch, struct lg_item *item);

/* CompleteStep, ShowChecklist (on_procedure.c). */
void load_procedure(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_step(struct lg_item *item);
void store_step(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_checklist(struct lg_item *item);
void store_checklist(struct lg_batch *batch, struct lg_item *item);

/* ReportMissingPerson, MatchConfirmed, MatchUndone (on_missing.c). */
struct missing_work {
	struct missing *missing;
	struct stored_match match;
	bool is_told;   /* nothing changed */
	bool is_report; /* the match is heard of under the report's key */
};

void load_missing(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_missing(struct lg_item *item);
void store_reported(struct lg_batch *batch, struct lg_item *item);
void load_match(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_match(struct lg_item *item);
void store_match(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_undone(struct lg_item *item);
void store_undone(struct lg_batch *batch, struct lg_item *item);

/* ShowCase, ListCases (on_case.c). */
struct case_work {
	struct case_file *file;
	struct persons *persons;
	struct aliases *aliases;
	struct consents *consents;
	struct lg_found *steps, *matches;
	struct lg_found *cases; /* ListCases */
};

void load_case(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_case(struct lg_item *item);
void store_case(struct lg_batch *batch, struct lg_item *item);
void refused_case(struct lg_batch *batch, struct lg_item *item);
void load_cases(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_cases(struct lg_item *item);
void store_cases(struct lg_batch *batch, struct lg_item *item);

#endif
