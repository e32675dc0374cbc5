/*
 * What matching keeps of a rescued person or of a report: facts, and whether it may be looked for.
 *
 * A "no" to family tracing takes the record out of matching with reports by the family; whether
 * she was seen before is still asked, because that tells nobody where she is.
 */
#ifndef SERVICES_MATCHING_DOMAIN_PERSON_RECORD_H
#define SERVICES_MATCHING_DOMAIN_PERSON_RECORD_H

#include "common/base/id.h"
#include "common/base/lifecycle.h"
#include "services/matching/engine/compare.h"

#define RECORD_STATION_MAX  8  /* bytes */
#define RECORD_DISTRICT_MAX 64 /* bytes */

enum record_state {
	RECORD_NEW,      /* never heard of */
	RECORD_EXPECTED, /* she agreed; not recorded yet */
	RECORD_REFUSED,  /* she said no; not recorded yet */
	RECORD_INDEXED,
	RECORD_WITHHELD, /* indexed, but not for reports by the family */
};

enum record_kind { RECORD_RESCUED, RECORD_MISSING, RECORD_SUSPECT, RECORD_KIND_COUNT };

struct person_record {
	enum record_state state;
	enum record_kind kind;
	struct lg_id record_id; /* person_id or report_id: the subject of what is sealed */
	struct lg_id home;      /* case_id or report_id */
	struct lg_id event_id;  /* that brought it: the context of what is sealed */
	int64_t place;          /* in the order of indexing; given when it is committed */
	struct person_facts facts;
	const char *country; /* "NP", "IN" or "" */
	const char *station; /* where she was met; "" not known */
	lg_ms recorded_at;
	struct lg_bytes sealed; /* encoded Sealed; empty when no identity was given */
};

extern const struct lg_lifecycle record_life;

/* The names that stand in the database. */
extern const char *const record_kind_names[RECORD_KIND_COUNT];
extern const char *const person_sex_names[SEX_COUNT];
extern const char *const age_basis_names[AGE_BASIS_COUNT];

/* Her word on family tracing. */
enum tracing { TRACING_UNSAID, TRACING_YES, TRACING_NO };

/*
 * A person was rescued, or a report was made; again: what is newer replaces what was known.
 *   told     state, place excepted
 *   tracing  what was said of it in the same breath
 */
void record_take(
	struct person_record *record, const struct person_record *told, enum tracing tracing);

/* She agreed or said no; before or behind the record itself.  Returns whether anything changed. */
bool record_consent(struct person_record *record, enum tracing tracing);

/* Whether there is anything to compare; whether a family's report may lead to it. */
bool record_is_indexed(const struct person_record *record);
bool record_is_traceable(const struct person_record *record);

#endif
