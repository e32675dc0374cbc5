/*
 * Two records that may be one person: proposed by comparing, decided by a lead.
 *
 * One home per decision: a match lives in this site's matching and nowhere else.
 */
#ifndef SERVICES_MATCHING_DOMAIN_MATCH_H
#define SERVICES_MATCHING_DOMAIN_MATCH_H

#include "services/matching/domain/person_record.h"

#define MATCH_PROPOSALS_MAX 8 /* of one search: more would be a list that nobody reads */

enum match_state {
	MATCH_NEW,
	MATCH_PROPOSED,
	MATCH_JUDGED_YES, /* a first person said so; shown as PROPOSED, so that the second is blind */
	MATCH_JUDGED_NO,
	MATCH_DISPUTED,
	MATCH_CONFIRMED,
	MATCH_REJECTED,
	MATCH_WITHDRAWN,
	MATCH_UNDONE,
};

enum match_kind { MATCH_RESCUED_AND_MISSING, MATCH_SEEN_BEFORE, MATCH_KIND_COUNT };

/* What pairing says of two records. */
enum pairing {
	PAIRING_NONE,
	PAIRING_RESCUED_AND_MISSING,
	PAIRING_SEEN_BEFORE,
	PAIRING_SUSPECT, /* nobody decides on it: the corridor is told */
};

struct match {
	enum match_state state;
	enum match_kind kind;
	struct lg_id match_id;
	struct lg_id left, left_home;   /* the rescued person; of two, the later one */
	struct lg_id right, right_home; /* the report, or the earlier case */
	uint32_t probability_ppm;
	uint32_t weights_version; /* that gave it the probability */
	bool needs_two;           /* so strong that two decide, neither seeing the other's word */
	struct lg_id first_by, second_by; /* who have said; zero: nobody yet */
	lg_ms proposed_at;
};

extern const struct lg_lifecycle match_life;

/* The names that stand in the database. */
extern const char *const match_kind_names[MATCH_KIND_COUNT];

/*
 * Whether the search of one record proposes another, and as what.  Each pair is the business of
 * the one that was indexed later: its search runs behind its commit and so sees every earlier
 * one, and no pair is proposed twice.
 */
enum pairing match_pairing(
	const struct person_record *searching, const struct person_record *candidate);

/*
 * A proposal.
 *   ret_match  MATCH_NEW, or MATCH_WITHDRAWN when it was taken back before; becomes proposed
 *   pairing    with a report or an earlier case
 *   weights    that compared them
 */
void match_propose(struct match *ret_match, enum pairing pairing,
	const struct person_record *searching, const struct person_record *candidate,
	const struct weights *weights, const struct comparison *comparison, lg_ms now);

/* Whether a proposal ends because one of its records may not be traced any more; then it has. */
bool match_reconsider(struct match *match, const struct person_record *record);

enum verdict { VERDICT_YES, VERDICT_NO };

/*
 * A person's word on it.  A strong match needs two of different persons; the second is asked
 * without hearing of the first.  Where they differ a third decides.  Told twice is done.
 *   refused          decided otherwise before; taken back; who speaks has spoken
 *   ret_is_repeated  nothing happened
 */
LG_MUST_CHECK struct lg_status match_judge(
	struct match *match, enum verdict verdict, struct lg_id by, bool *ret_is_repeated);

/* It was confirmed and is not she: the two are apart again, and stay so.  Told twice is done. */
LG_MUST_CHECK struct lg_status match_undo(struct match *match, bool *ret_is_repeated);

/* The name of the state as all may see it: a first word is not shown. */
const char *match_shown_state(const struct match *match);

/* The best proposals of a search, at most MATCH_PROPOSALS_MAX, best first. */
struct proposals {
	uint32_t count;
	struct {
		uint32_t candidate; /* the caller's number */
		struct comparison comparison;
	} at[MATCH_PROPOSALS_MAX];
};

/* Keeps a comparison if it is good enough and among the best; of equals, the first. */
void proposals_add(struct proposals *proposals, const struct weights *weights, uint32_t candidate,
	const struct comparison *comparison);

#endif
