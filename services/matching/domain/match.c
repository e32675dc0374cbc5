#include "services/matching/domain/match.h"

#include <assert.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum match_event { PROPOSE, CONFIRM, REJECT, WITHDRAW };
enum match_side { ENGINE, LEAD, HERSELF };

static const char *const states[] = {
	[MATCH_NEW] = "NEW",
	[MATCH_PROPOSED] = "PROPOSED",
	[MATCH_CONFIRMED] = "CONFIRMED",
	[MATCH_REJECTED] = "REJECTED",
	[MATCH_WITHDRAWN] = "WITHDRAWN",
};

static const char *const events[] = {
	[PROPOSE] = "MatchProposed",
	[CONFIRM] = "MatchConfirmed",
	[REJECT] = "MatchRejected",
	[WITHDRAW] = "ConsentChanged: no",
};

static const char *const sides[] = {
	[ENGINE] = "engine",
	[LEAD] = "lead",
	[HERSELF] = "herself",
};

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from             on        by       to               why */
	{ MATCH_NEW,        PROPOSE,  ENGINE,  MATCH_PROPOSED,  "two records are alike" },
	{ MATCH_PROPOSED,   CONFIRM,  LEAD,    MATCH_CONFIRMED, "a lead knows that it is the same person" },
	{ MATCH_PROPOSED,   REJECT,   LEAD,    MATCH_REJECTED,  "a lead knows that it is not" },
	{ MATCH_PROPOSED,   WITHDRAW, HERSELF, MATCH_WITHDRAWN, "no family is to find her" },
	{ MATCH_WITHDRAWN,  PROPOSE,  ENGINE,  MATCH_PROPOSED,  "she changed her mind" },
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
	const struct comparison *comparison, lg_ms now)
{
	const struct person_record *left = is_left(searching, candidate) ? searching : candidate;
	const struct person_record *right = left == searching ? candidate : searching;
	struct lg_status status = move(ret_match, PROPOSE, ENGINE);

	assert(lg_is_done(status));
	assert(pairing != PAIRING_NONE);
	ret_match->kind =
		pairing == PAIRING_SEEN_BEFORE ? MATCH_SEEN_BEFORE : MATCH_RESCUED_AND_MISSING;
	ret_match->match_id = pair_id(left->record_id, right->record_id);
	ret_match->left = left->record_id;
	ret_match->left_home = left->home;
	ret_match->right = right->record_id;
	ret_match->right_home = right->home;
	ret_match->probability_ppm = comparison->probability_ppm;
	ret_match->proposed_at = now;
}

bool match_reconsider(struct match *match, const struct person_record *record)
{
	if (match->kind != MATCH_RESCUED_AND_MISSING || record_is_traceable(record))
		return false;
	return lg_is_done(move(match, WITHDRAW, HERSELF));
}

struct lg_status match_confirm(struct match *match, bool *ret_is_repeated)
{
	*ret_is_repeated = match->state == MATCH_CONFIRMED;
	return *ret_is_repeated ? lg_done() : move(match, CONFIRM, LEAD);
}

struct lg_status match_reject(struct match *match, bool *ret_is_repeated)
{
	*ret_is_repeated = match->state == MATCH_REJECTED;
	return *ret_is_repeated ? lg_done() : move(match, REJECT, LEAD);
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
