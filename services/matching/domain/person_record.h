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

/* How far she is still searched for. */
enum record_sought {
	SOUGHT,
	SOUGHT_LEFT,      /* she left on her own: a family that asks may still hear of her */
	SOUGHT_CLOSED,    /* nobody searches; who is met again is still known */
	SOUGHT_FORGOTTEN, /* who she was is erased here */
};

/* Behind a closed case: as long as a second attempt counts as one (field reference, section 9). */
#define RECORD_KNOWN_MS (365 * LG_DAY_MS)

/* Whether a partner across the border may be asked for her, and by whose word. */
enum record_abroad {
	ABROAD_UNSAID,
	ABROAD_GIVEN,         /* her own */
	ABROAD_BEST_INTEREST, /* of two, for her */
	ABROAD_FAMILY,        /* of who reported her missing */
	ABROAD_REFUSED,
	ABROAD_COUNT
};

struct person_record {
	enum record_state state;
	enum record_abroad abroad;
	enum record_sought sought;
	enum record_kind kind;
	struct lg_id record_id; /* person_id or report_id: the subject of what is sealed */
	struct lg_id home;      /* case_id or report_id */
	struct lg_id event_id;  /* that brought it: the context of what is sealed */
	int64_t place;          /* in the order of indexing; given when it is committed */
	struct person_facts facts;
	const char *country; /* "NP", "IN" or "" */
	const char *station; /* where she was met; "" not known */
	lg_ms recorded_at;
	lg_ms closed_at;      /* 0: not closed */
	struct lg_id officer; /* account of the lead or officer who recorded her; zero: none did */
	struct lg_bytes sealed; /* encoded Sealed; empty when no identity was given */
};

extern const struct lg_lifecycle record_life, sought_life;

/* The names that stand in the database. */
extern const char *const record_abroad_names[ABROAD_COUNT];
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

/* A word on partners across the border; ABROAD_UNSAID: none.  Returns whether anything changed. */
bool record_speak_of_abroad(struct person_record *record, enum record_abroad word);

/* Its case was closed, or she left on her own.  Returns whether anything changed. */
bool record_close(struct person_record *record, bool she_left, lg_ms closed_at);

/* A report whose match was undone: its family searches again.  Returns whether anything changed. */
bool record_reopen(struct person_record *record);

/* Long enough ago: what is sealed of her goes.  Returns whether anything changed. */
bool record_forget(struct person_record *record);

/*
 * Whether its facts are known; whether there is anything to compare; whether a family's report may
 * lead to it.
 */
bool record_has_facts(const struct person_record *record);
bool record_is_indexed(const struct person_record *record);
bool record_is_traceable(const struct person_record *record);

/*
 * Whether a question from across the border is compared with her: she said no to none of it.  Whether
 * her encoding or her name may cross: somebody who may said yes.
 */
bool record_may_be_asked_for(const struct person_record *record);
bool record_may_cross(const struct person_record *record);

#endif
