#include "services/matching/domain/match.h"

#include <assert.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum match_event { PROPOSE, CONFIRM, REJECT, FIRST_YES, FIRST_NO, WITHDRAW, CLOSE, UNDO };
enum match_side { ENGINE, LEAD, SECOND, THIRD, HERSELF, ORGANISATION };

static const char *const states[] = {
	[MATCH_NEW] = "NEW",
	[MATCH_PROPOSED] = "PROPOSED",
	[MATCH_JUDGED_YES] = "JUDGED_YES",
	[MATCH_JUDGED_NO] = "JUDGED_NO",
	[MATCH_DISPUTED] = "DISPUTED",
	[MATCH_CONFIRMED] = "CONFIRMED",
	[MATCH_REJECTED] = "REJECTED",
	[MATCH_WITHDRAWN] = "WITHDRAWN",
	[MATCH_UNDONE] = "UNDONE",
};

static const char *const events[] = {
	[PROPOSE] = "MatchProposed",
	[CONFIRM] = "ConfirmMatch",
	[REJECT] = "RejectMatch",
	[FIRST_YES] = "ConfirmMatch of two",
	[FIRST_NO] = "RejectMatch of two",
	[WITHDRAW] = "ConsentChanged: no",
	[CLOSE] = "CaseClosed",
	[UNDO] = "UndoMatch",
};

static const char *const sides[] = {
	[ENGINE] = "engine",
	[LEAD] = "lead",
	[SECOND] = "second person",
	[THIRD] = "third person",
	[HERSELF] = "herself",
	[ORGANISATION] = "organisation",
};

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from             on         by       to                why */
	{ MATCH_NEW,        PROPOSE,   ENGINE,  MATCH_PROPOSED,   "two records are alike" },
	{ MATCH_PROPOSED,   CONFIRM,   LEAD,    MATCH_CONFIRMED,  "a lead knows that it is the same person" },
	{ MATCH_PROPOSED,   REJECT,    LEAD,    MATCH_REJECTED,   "a lead knows that it is not" },
	{ MATCH_PROPOSED,   FIRST_YES, LEAD,    MATCH_JUDGED_YES, "strong: another is asked, who does not hear of this" },
	{ MATCH_PROPOSED,   FIRST_NO,  LEAD,    MATCH_JUDGED_NO,  "strong: another is asked, who does not hear of this" },
	{ MATCH_PROPOSED,   WITHDRAW,  HERSELF, MATCH_WITHDRAWN,  "no family is to find her" },
	{ MATCH_PROPOSED,   CLOSE,     ORGANISATION, MATCH_WITHDRAWN, "her case is closed" },
	{ MATCH_JUDGED_YES, CONFIRM,   SECOND,  MATCH_CONFIRMED,  "two say the same, unseen" },
	{ MATCH_JUDGED_YES, REJECT,    SECOND,  MATCH_DISPUTED,   "two differ: a third decides" },
	{ MATCH_JUDGED_YES, WITHDRAW,  HERSELF, MATCH_WITHDRAWN,  "no family is to find her" },
	{ MATCH_JUDGED_YES, CLOSE,     ORGANISATION, MATCH_WITHDRAWN, "her case is closed" },
	{ MATCH_JUDGED_NO,  REJECT,    SECOND,  MATCH_REJECTED,   "two say the same, unseen" },
	{ MATCH_JUDGED_NO,  CONFIRM,   SECOND,  MATCH_DISPUTED,   "two differ: a third decides" },
	{ MATCH_JUDGED_NO,  WITHDRAW,  HERSELF, MATCH_WITHDRAWN,  "no family is to find her" },
	{ MATCH_JUDGED_NO,  CLOSE,     ORGANISATION, MATCH_WITHDRAWN, "her case is closed" },
	{ MATCH_DISPUTED,   CONFIRM,   THIRD,   MATCH_CONFIRMED,  "a third has looked at both" },
	{ MATCH_DISPUTED,   REJECT,    THIRD,   MATCH_REJECTED,   "a third has looked at both" },
	{ MATCH_DISPUTED,   WITHDRAW,  HERSELF, MATCH_WITHDRAWN,  "no family is to find her" },
	{ MATCH_DISPUTED,   CLOSE,     ORGANISATION, MATCH_WITHDRAWN, "her case is closed" },
	{ MATCH_CONFIRMED,  UNDO,      LEAD,    MATCH_UNDONE,     "it is not the same person after all" },
	{ MATCH_WITHDRAWN,  PROPOSE,   ENGINE,  MATCH_PROPOSED,   "she changed her mind, or searches again" },
};
/* clang-format on */

const struct lg_lifecycle match_life = {
	.name = "match",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = MATCH_NEW,
};

const char *const match_kind_names[MATCH_KIND_COUNT] = {
	[MATCH_RESCUED_AND_MISSING] = "RESCUED_AND_MISSING",
	[MATCH_SEEN_BEFORE] = "SEEN_BEFORE",
};

static struct lg_status move(struct match *match, enum match_event on, enum match_side by)
{
	const struct lg_transition *row = lg_lifecycle_row(&match_life, match->state, on, by);

	if (row == NULL)
		return lg_refuse("this match is decided or taken back");
	match->state = (enum match_state)row->to;
	return lg_done();
}

enum pairing match_pairing(
	const struct person_record *searching, const struct person_record *candidate)
{
	if (!record_is_indexed(searching) || !record_is_indexed(candidate))
		return PAIRING_NONE;
	if (candidate->place >= searching->place)
		return PAIRING_NONE;
	if (lg_id_equal(searching->home, candidate->home)) /* listed together: two persons */
		return PAIRING_NONE;
	if (searching->kind == RECORD_RESCUED && candidate->kind == RECORD_RESCUED)
		return PAIRING_SEEN_BEFORE;
	if (searching->kind == RECORD_SUSPECT && candidate->kind == RECORD_SUSPECT)
		return PAIRING_SUSPECT;
	if (searching->kind == RECORD_SUSPECT || candidate->kind == RECORD_SUSPECT)
		return PAIRING_NONE;
	if (searching->kind == candidate->kind) /* two families, or one that asks twice */
		return PAIRING_NONE;
	if (!record_is_traceable(searching) || !record_is_traceable(candidate))
		return PAIRING_NONE;
	return PAIRING_RESCUED_AND_MISSING;
}

/* The rescued person stands left; of two, whose rescue was later. */
static bool is_left(const struct person_record *a, const struct person_record *b)
{
	if (a->kind != b->kind)
		return a->kind == RECORD_RESCUED;
	if (a->facts.at != b->facts.at)
		return a->facts.at > b->facts.at;
	return memcmp(a->record_id.byte, b->record_id.byte, LG_ID_SIZE) > 0;
}

static uint64_t random_part(struct lg_id id)
{
	uint64_t part;

	memcpy(&part, id.byte + LG_ID_SIZE - sizeof part, sizeof part);
	return part;
}

/* The same for the same pair, so that a pair has one row whatever comes twice. */
static struct lg_id pair_id(struct lg_id left, struct lg_id right)
{
	lg_ms made_at = lg_id_made_at(left);
	uint64_t mixed = random_part(left) * 0x9e3779b97f4a7c15u ^ random_part(right);

	if (lg_id_made_at(right) > made_at)
		made_at = lg_id_made_at(right);
	return lg_id_make(lg_id_site(left), made_at, mixed);
}

void match_propose(struct match *ret_match, enum pairing pairing,
	const struct person_record *searching, const struct person_record *candidate,
	const struct weights *weights, const struct comparison *comparison, lg_ms now)
{
	const struct person_record *left = is_left(searching, candidate) ? searching : candidate;
	const struct person_record *right = left == searching ? candidate : searching;
	struct lg_status status = move(ret_match, PROPOSE, ENGINE);

	assert(lg_is_done(status));
	assert(pairing == PAIRING_RESCUED_AND_MISSING || pairing == PAIRING_SEEN_BEFORE);
	ret_match->kind =
		pairing == PAIRING_SEEN_BEFORE ? MATCH_SEEN_BEFORE : MATCH_RESCUED_AND_MISSING;
	ret_match->match_id = pair_id(left->record_id, right->record_id);
	ret_match->left = left->record_id;
	ret_match->left_home = left->home;
	ret_match->right = right->record_id;
	ret_match->right_home = right->home;
	ret_match->probability_ppm = comparison->probability_ppm;
	ret_match->weights_version = weights->version;
	ret_match->needs_two = comparison->probability_ppm >= weights->two_persons_ppm;
	ret_match->first_by = (struct lg_id){ 0 };
	ret_match->second_by = (struct lg_id){ 0 };
	ret_match->proposed_at = now;
}

bool match_reconsider(struct match *match, const struct person_record *record)
{
	if (match->kind != MATCH_RESCUED_AND_MISSING || record_is_traceable(record))
		return false;
	return lg_is_done(record->state == RECORD_INDEXED ? move(match, CLOSE, ORGANISATION)
							  : move(match, WITHDRAW, HERSELF));
}

static bool has_spoken(const struct match *match, struct lg_id by)
{
	return lg_id_equal(match->first_by, by) || lg_id_equal(match->second_by, by);
}

/* In the order of the rule: is it decided, has this person spoken, and as which of them she speaks. */
struct lg_status match_judge(
	struct match *match, enum verdict verdict, struct lg_id by, bool *ret_is_repeated)
{
	enum match_state decided = verdict == VERDICT_YES ? MATCH_CONFIRMED : MATCH_REJECTED;
	enum match_state judged = verdict == VERDICT_YES ? MATCH_JUDGED_YES : MATCH_JUDGED_NO;
	enum match_event word = verdict == VERDICT_YES ? CONFIRM : REJECT;
	enum match_event first = verdict == VERDICT_YES ? FIRST_YES : FIRST_NO;
	enum match_side side = LEAD;
	struct lg_status status;

	*ret_is_repeated = match->state == decided ||
			   (match->state == judged && lg_id_equal(match->first_by, by));
	if (*ret_is_repeated)
		return lg_done();
	if (match->state == MATCH_JUDGED_YES || match->state == MATCH_JUDGED_NO)
		side = SECOND;
	else if (match->state == MATCH_DISPUTED)
		side = THIRD;
	if (side != LEAD && has_spoken(match, by))
		return lg_refuse("your word is kept: another person is asked");
	status = move(match, side == LEAD && match->needs_two ? first : word, side);
	if (!lg_is_done(status))
		return status;
	if (side == LEAD)
		match->first_by = by;
	else if (side == SECOND)
		match->second_by = by;
	return status;
}

struct lg_status match_undo(struct match *match, bool *ret_is_repeated)
{
	*ret_is_repeated = match->state == MATCH_UNDONE;
	return *ret_is_repeated ? lg_done() : move(match, UNDO, LEAD);
}

const char *match_shown_state(const struct match *match)
{
	bool is_judged = match->state == MATCH_JUDGED_YES || match->state == MATCH_JUDGED_NO;

	return states[is_judged ? MATCH_PROPOSED : match->state];
}

void proposals_add(struct proposals *proposals, const struct weights *weights, uint32_t candidate,
	const struct comparison *comparison)
{
	uint32_t at = proposals->count;

	if (comparison->probability_ppm < weights->propose_ppm)
		return;
	while (at > 0 &&
		proposals->at[at - 1].comparison.total_millibits < comparison->total_millibits)
		at--;
	if (at == MATCH_PROPOSALS_MAX)
		return;
	if (proposals->count < MATCH_PROPOSALS_MAX)
		proposals->count++;
	for (uint32_t i = proposals->count - 1; i > at; i--)
		proposals->at[i] = proposals->at[i - 1];
	proposals->at[at].candidate = candidate;
	proposals->at[at].comparison = *comparison;
}
