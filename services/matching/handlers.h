/* The table of contents of matching: which message is taken where, and what each gathers. */
#ifndef SERVICES_MATCHING_HANDLERS_H
#define SERVICES_MATCHING_HANDLERS_H

#include "services/matching/memory/encodings.h"
#include "services/matching/store.h"

/* Numbers of proto/registry.txt; a test compares them. */
enum {
	RESCUE_RECORDED = 104,
	MISSING_PERSON_REPORTED = 105,
	CONSENT_CHANGED = 106,
	SUSPECT_RECORDED = 109,
	MATCH_PROPOSED_EVENT = 201,
	MATCH_CONFIRMED_EVENT = 202,
	MATCH_REJECTED_EVENT = 203,
	TRACE_ASKED_EVENT = 204,
	TRACE_ANSWERED_EVENT = 205,
	TRACE_APPROVED_EVENT = 206,
	TRACE_DECLINED_EVENT = 207,
	NAMES_RELEASED = 208,
	WATCHLIST_HIT = 209,
	MATCH_UNDONE_EVENT = 210,
	TRACE_HIT_EVENT = 211,
	CONFIRM_MATCH = 1201,
	REJECT_MATCH = 1202,
	LIST_MATCHES = 1203,
	SHOW_MATCH = 1204,
	ASK_TRACE = 1205,
	APPROVE_TRACE = 1206,
	DECLINE_TRACE = 1207,
	LIST_TRACES = 1208,
	SHOW_TRACED_PERSON = 1209,
	UNDO_MATCH = 1210,
	LEARN_WEIGHTS = 1211,
	PERSON_IDENTITY = 2001,
	CASE_CLOSED = 318,
	SEARCH_DUE = 3501,
	FORGET_DUE = 3502,
	TRACE_DUE = 3503,
	TRACE_EXPIRY_DUE = 3504,
};

/* Ends with a row of type 0. */
extern const struct lg_handler matching_handlers[];

#define ENCODINGS_KEPT 2 /* sites and periods whose encodings of our people are held at once */

/* What start() read from the data folder, and who is known; item->state. */
struct matching_state {
	struct weights shipped, weights; /* those of the file; those in use */
	struct district_table districts;
	struct place_table places;
	struct corridor_table corridors;
	struct known *known;
	struct encodings *encodings[ENCODINGS_KEPT]; /* the last asked for first */
	/* the batch that read last what came since; memory is used again, so it is told by its time, too */
	const struct lg_batch *catching_up;
	lg_ms catching_up_at;
};

/* RescueRecorded, MissingPersonReported, ConsentChanged (on_person.c). */
struct person_work {
	struct person_record *record;
	struct lg_found *traces; /* hers that have not ended */
	bool is_changed;
};

void load_rescue(struct lg_batch *batch, struct lg_item *item);
void load_missing(struct lg_batch *batch, struct lg_item *item);
void load_suspect(struct lg_batch *batch, struct lg_item *item);
void load_consent(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_rescue(struct lg_item *item);
struct lg_status decide_missing(struct lg_item *item);
struct lg_status decide_suspect(struct lg_item *item);
struct lg_status decide_consent(struct lg_item *item);
void store_person(struct lg_batch *batch, struct lg_item *item);

/* CaseClosed, and ForgetDue long behind it (on_closed.c). */
struct closed_work {
	struct person_record *record; /* NULL: another site's person */
	struct lg_found *reports;     /* that found her */
	struct lg_found *traces;      /* hers that have not ended */
	bool is_changed;
	uint32_t closed_count;
	struct person_record *closed; /* those of them that close with her */
};

void load_closed(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_closed(struct lg_item *item);
void store_closed(struct lg_batch *batch, struct lg_item *item);
void load_forget(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_forget(struct lg_item *item);
void store_forget(struct lg_batch *batch, struct lg_item *item);

/* A match was undone: its report, if it was closed with her, is searched for again. */
void reopen_report(struct lg_batch *batch, struct lg_item *item, const struct lg_found *found);

/* SearchDue (on_search.c). */
struct search_candidate {
	struct person_record record;
	enum pairing pairing;
	bool was_withdrawn, was_watched;
};

struct search_work {
	struct person_record *record;
	struct lg_found *arrivals; /* of one search in a batch; else NULL */
	struct lg_found *weights;  /* the same */
	struct lg_found *candidates, *open;
	struct lg_found *questions; /* of other sites, that stand here */
	int64_t searched_place;     /* of her record, as the index had it */
	bool is_early;              /* her record is not in the index yet, or not all are */
	uint32_t withdrawn_count, picked_count;
	struct match *withdrawn;
	struct search_candidate *picked;
};

/* Sets the search of a record, in a transaction behind this one. */
void search_later(struct lg_batch *batch, struct lg_item *item, struct lg_id record_id);

/* A search: who is known and alike becomes a proposal. */
void load_search(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_search(struct lg_item *item);
void store_search(struct lg_batch *batch, struct lg_item *item);

/* WatchlistHit of another site, and our own (on_watch.c). */
struct watch_work {
	bool is_ours; /* told by this site: nothing to do */
	struct lg_id case_id, record_id;
};

void load_watch(struct lg_batch *batch, struct lg_item *item);

/* What a linked site tells of somebody who was met again there. */
struct lg_status decide_watch(struct lg_item *item);
void store_watch_told(struct lg_batch *batch, struct lg_item *item);

/* Keeps what was seen and tells it: here and to every linked site. */
void raise_sighting(struct lg_batch *batch, struct lg_item *item, const struct sighting *sighting);

/* ConfirmMatch, RejectMatch, UndoMatch (on_verdict.c). */
struct verdict_work {
	struct match *match;
	bool is_repeated;
	struct lg_found *report; /* of an undo */
	const char *why;         /* of an undo */
};

void load_undo(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_undo(struct lg_item *item);
void store_undo(struct lg_batch *batch, struct lg_item *item);

/* Verdicts: one for a plain match, two that are blind to each other for a strong one. */
void load_confirm(struct lg_batch *batch, struct lg_item *item);
void load_reject(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_confirm(struct lg_item *item);
struct lg_status decide_reject(struct lg_item *item);
void store_confirm(struct lg_batch *batch, struct lg_item *item);
void store_reject(struct lg_batch *batch, struct lg_item *item);

/* LearnWeights (on_learn.c). */
struct learn_work {
	struct lg_found *stored, *pairs;
	struct weights before;
	struct learned learned;
	struct lg_status status; /* of learning: a preview shows it */
};

void load_learn(struct lg_batch *batch, struct lg_item *item);
void ponder_learn(struct lg_item *item);
struct lg_status decide_learn(struct lg_item *item);
void store_learn(struct lg_batch *batch, struct lg_item *item);

/* ListMatches, ShowMatch (on_match.c). */
struct cards_work {
	struct lg_found *cards, *one_person;
};

void load_list(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_list(struct lg_item *item);
void store_list(struct lg_batch *batch, struct lg_item *item);
void load_card(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_card(struct lg_item *item);
void store_card(struct lg_batch *batch, struct lg_item *item);

/* Persons asked for across the border: this site's commands (on_trace.c). */
struct trace_work {
	struct trace *trace;
	struct person_record *record; /* AskTrace: whom it asks for */
	struct lg_found *found;       /* this site's record of the trace; those compared; a list */
	struct lg_found *budget;
	uint16_t site; /* ours */
	bool has_secret, is_repeated;
	bool is_first_hit;  /* of an answer: this site's readers are told */
	uint8_t secret[32]; /* of the two sites and the period; wiped with the batch */
	enum trace_outcome outcome;
};

void load_ask(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_ask(struct lg_item *item);
void store_ask(struct lg_batch *batch, struct lg_item *item);
void load_trace_verdict(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_trace_approve(struct lg_item *item);
struct lg_status decide_trace_decline(struct lg_item *item);
void store_trace_approve(struct lg_batch *batch, struct lg_item *item);
void store_trace_decline(struct lg_batch *batch, struct lg_item *item);
void load_traces(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_traces(struct lg_item *item);
void store_traces(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_traced(struct lg_item *item);
void store_traced(struct lg_batch *batch, struct lg_item *item);

/* The other site's events (on_traced.c). */
void load_asked(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_asked(struct lg_item *item);
void store_asked(struct lg_batch *batch, struct lg_item *item);
void load_told(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_answered(struct lg_item *item);
struct lg_status decide_they_approve(struct lg_item *item);
struct lg_status decide_they_decline(struct lg_item *item);
struct lg_status decide_names(struct lg_item *item);
void store_told(struct lg_batch *batch, struct lg_item *item);
void store_answered(struct lg_batch *batch, struct lg_item *item);
void store_they_approve(struct lg_batch *batch, struct lg_item *item);

/* TraceDue, TraceExpiryDue, and who comes while questions stand (on_question.c). */
struct question_work {
	struct trace *trace;
	bool has_secret;
	uint8_t secret[32]; /* wiped with the batch */
	struct encodings *encodings;
	struct lg_found *arrivals; /* to be encoded first; NULL: it was compared */
	uint32_t candidate_count;
	struct person_record *candidates[ENCODINGS_FOUND_MAX];
	const struct person_record *best; /* NULL: nobody */
};

/* Sets the comparing of a question, in a transaction behind this one. */
void question_later(
	struct lg_batch *batch, struct lg_item *item, const struct trace *trace, bool is_caught_up);

/*
 * Compares a person who came with the questions that stand here; of a hit both sites are told.
 *   open    by site and period, in order
 *   person  with her names
 */
void questions_compare(struct lg_batch *batch, struct lg_item *item, const struct lg_found *open,
	const struct person_record *record, const struct person *person);

/* A question is compared with everybody who was here; a trace whose time has come is deleted. */
void load_question(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_question(struct lg_item *item);
void store_question(struct lg_batch *batch, struct lg_item *item);
void load_expiry(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_expiry(struct lg_item *item);
void store_expiry(struct lg_batch *batch, struct lg_item *item);

#endif
