/*
 * What matching keeps in PostgreSQL, and how it is asked for and written.  Column orders are
 * known in the store_ files alone.
 */
#ifndef SERVICES_MATCHING_STORE_H
#define SERVICES_MATCHING_STORE_H

#include "common/run/handler.h"
#include "services/matching/domain/match.h"
#include "services/matching/domain/sighting.h"
#include "services/matching/domain/trace.h"
#include "services/matching/engine/learn.h"
#include "services/matching/memory/known.h"

/* Tables of statements; each ends with a row whose name is NULL. */
extern const struct lg_statement store_person_record[];
extern const struct lg_statement store_match[];
extern const struct lg_statement store_trace[];
extern const struct lg_statement store_watch[];
extern const struct lg_statement store_weights[];
extern const struct lg_statement *const store_tables[];
#define STORE_TABLE_COUNT 5

/* --- records (store_person_record.c) ------------------------------------------------------ */

/* Filled when decide runs; one never seen stays RECORD_NEW.  Shared by the batch's items. */
struct person_record *read_record(struct lg_batch *batch, struct lg_id record_id);

/*
 * Those of the given records that are not matched with the searching one yet, in the given order;
 * and their data keys.
 */
struct lg_found *read_candidates(struct lg_batch *batch, struct lg_id record_id,
	const struct lg_id *record_ids, uint32_t count);

/* The next KNOWN_CHUNK records behind a place, in order, and their data keys. */
struct lg_found *read_arrivals(struct lg_batch *batch, int64_t through);
struct person_record arrival_from_row(const struct lg_found *found, int row);

/* One of them; row counts from 0; texts point into the result. */
struct person_record candidate_from_row(
	const struct lg_found *found, int row, bool *ret_was_withdrawn, bool *ret_was_watched);

/*
 * The reports that confirmed matches found in her; the right record of one match.  Read with
 * record_from_found().
 */
struct lg_found *read_her_reports(struct lg_batch *batch, struct lg_id record_id);
struct lg_found *read_report_of_match(struct lg_batch *batch, struct lg_id match_id);

/* Writes what is known now and moves the record to the end of the order. */
void write_record(struct lg_batch *batch, const struct person_record *record);

/* --- matches (store_match.c) -------------------------------------------------------------- */

/* Filled when decide runs; one never proposed stays MATCH_NEW.  Shared by the batch's items. */
struct match *read_match(struct lg_batch *batch, struct lg_id match_id);

/* Proposals that await a lead, of one record. */
struct lg_found *read_open_matches(struct lg_batch *batch, struct lg_id record_id);
struct match match_from_row(const struct lg_found *found, int row);

/* reasons: encoded MatchReasons. */
void write_proposal(struct lg_batch *batch, const struct match *match, struct lg_bytes reasons);

/* A person's word, the first of two as well; or hers, for which actor is zero. */
void write_decision(
	struct lg_batch *batch, const struct match *match, struct lg_id actor, lg_ms now);

/* why: one of the names that the table's CHECK lets in */
void write_undo(struct lg_batch *batch, const struct match *match, struct lg_id actor, lg_ms now,
	const char *why);

/* The records that are one person by confirmed matches, if this one is confirmed; at most 64. */
struct lg_found *read_one_person(struct lg_batch *batch, struct lg_id match_id);
struct lg_id one_person_from_row(const struct lg_found *found, int row);

/* A match with both of its records, as it is shown. */
struct stored_card {
	struct match match;
	struct lg_bytes reasons; /* encoded MatchReasons, in the result */
	struct person_record left, right;
};

/* Cards in a state, newest first; one card; the data keys of its two records. */
struct lg_found *read_cards(
	struct lg_batch *batch, const char *state, lg_ms before, uint32_t limit);
struct lg_found *read_card(struct lg_batch *batch, struct lg_id match_id);
void read_card_keys(struct lg_batch *batch, struct lg_id match_id);

/* One of them; row counts from 0. */
struct stored_card card_from_row(const struct lg_found *found, int row);

/* --- traces (store_trace.c) ---------------------------------------------------------------- */

/* Filled when decide runs; one never heard of stays TRACE_NEW.  Shared by the batch's items. */
struct trace *read_trace(struct lg_batch *batch, struct lg_id trace_id);

/* The latest, newest first; one of them, whose bytes point into the result. */
struct lg_found *read_traces(struct lg_batch *batch, uint32_t limit);
struct trace trace_from_row(const struct lg_found *found, int row);

/* What one other site has asked in a period: of one person, and at all. */
struct trace_budget {
	uint32_t of_person, of_site;
};

struct lg_found *read_trace_budget(
	struct lg_batch *batch, uint16_t site, uint32_t period, struct lg_bytes token);
struct trace_budget budget_from_found(const struct lg_found *found);

/* This site's record of a trace, with its data keys and those of the names that came. */
struct lg_found *read_traced_record(struct lg_batch *batch, struct lg_id trace_id);

/* Questions that stand here and have not expired; traces of one record that have not been declined. */
struct lg_found *read_open_traces(struct lg_batch *batch, lg_ms now);
struct lg_found *read_live_traces(struct lg_batch *batch, struct lg_id record_id);

/* A record of either; texts and bytes point into the result. */
struct person_record record_from_found(const struct lg_found *found, int row);

/* Writes it; where it is from is never changed. */
void write_trace(struct lg_batch *batch, const struct trace *trace);

/* Deletes it, with the keys of the names that came by it. */
void delete_trace(struct lg_batch *batch, struct lg_id trace_id);

/* --- weights (store_weights.c) --------------------------------------------------------------- */

#define DECIDED_MAX 20000 /* pairs that are learned from */

/* The last that were learned: encoded MatchWeights; empty: none were. */
struct lg_found *read_weights(struct lg_batch *batch);
struct lg_bytes weights_from_found(const struct lg_found *found);

/* Pairs that people decided. */
struct decided_row {
	struct lg_id match_id;
	bool is_same;
	struct lg_bytes reasons; /* encoded MatchReasons, in the result */
};

struct lg_found *read_decided(struct lg_batch *batch);
struct decided_row decided_from_row(const struct lg_found *found, int row);

/* Keeps a version; weights: encoded MatchWeights. */
void write_weights(struct lg_batch *batch, const struct learned *learned, struct lg_bytes weights,
	struct lg_id by, lg_ms now);

/* --- who was met again (store_match.c) ------------------------------------------------------ */

/* Keeps a sighting; one that is known stays. */
void write_watch(struct lg_batch *batch, const struct sighting *sighting, lg_ms now);

#endif
