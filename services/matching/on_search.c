/*
 * The search of one record, in a transaction behind the one that indexed it.
 *
 * Names are opened in store, because decide has no key: decide picks by clear facts and by what
 * may be paired; the engine and domain/match then judge what was opened, and store only carries
 * out what they say.  One audit record tells how many records the machine opened.
 */
#include "services/matching/handlers.h"

#include "proto/codes.pb-c.h"
#include "services/matching/identity.h"
#include "services/matching/person_wire.h"

static const Lifeguard__Matching__SearchDue *search_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__SearchDue *)item->message;
}

void load_search(struct lg_batch *batch, struct lg_item *item)
{
	struct search_work *work = item->work;
	struct lg_id record_id;

	if (!lg_is_done(id_from_wire(&search_of(item)->record_id, &record_id)))
		return;
	work->record = read_record(batch, record_id);
	work->candidates = read_candidates(batch, record_id);
	work->open = read_open_matches(batch, record_id);
	lg_read_keys(batch, record_id);
	read_candidate_keys(batch, record_id);
}

/* Proposals that her no has ended. */
static void reconsider(struct lg_item *item)
{
	struct search_work *work = item->work;

	work->withdrawn =
		lg_alloc_array(item->arena, (size_t)work->open->count, sizeof *work->withdrawn);
	for (int row = 0; row < work->open->count; row++) {
		struct match match = match_from_row(work->open, row);

		if (match_reconsider(&match, work->record))
			work->withdrawn[work->withdrawn_count++] = match;
	}
}

static void pick(struct lg_item *item)
{
	const struct matching_state *state = item->state;
	struct search_work *work = item->work;
	struct person *person = lg_alloc(item->arena, sizeof *person);
	struct person *other = lg_alloc(item->arena, sizeof *other);

	person_begin(person, &work->record->facts, &state->districts);
	work->picked =
		lg_alloc_array(item->arena, (size_t)work->candidates->count, sizeof *work->picked);
	for (int row = 0; row < work->candidates->count; row++) {
		struct search_candidate *picked = &work->picked[work->picked_count];

		picked->record = candidate_from_row(work->candidates, row, &picked->was_withdrawn);
		picked->pairing = match_pairing(work->record, &picked->record);
		if (picked->pairing == PAIRING_NONE)
			continue;
		person_begin(other, &picked->record.facts, &state->districts);
		if (compare_is_possible(&state->weights, person, other))
			work->picked_count++;
	}
}

struct lg_status decide_search(struct lg_item *item)
{
	struct search_work *work = item->work;

	if (work->record == NULL)
		return lg_refuse("a search names no record");
	if (!record_is_indexed(work->record))
		return lg_done();
	reconsider(item);
	pick(item);
	return lg_done();
}

static void publish_proposed(struct lg_batch *batch, struct lg_item *item,
	const struct match *match, const struct comparison *comparison, struct lg_id home)
{
	Lifeguard__Matching__MatchProposed message = LIFEGUARD__MATCHING__MATCH_PROPOSED__INIT;

	message.match_id = id_to_wire(&match->match_id);
	message.kind = match_kind_to_wire(match->kind);
	message.left = id_to_wire(&match->left);
	message.left_case = id_to_wire(&match->left_home);
	message.right = id_to_wire(&match->right);
	message.right_case = id_to_wire(&match->right_home);
	message.probability_ppm = match->probability_ppm;
	message.reasons = reasons_to_wire(item->arena, comparison, &message.n_reasons);
	lg_publish(batch, item,
		&(struct lg_event){
			.type = MATCH_PROPOSED_EVENT,
			.event_id = lg_new_id(batch),
			.occurred_at = item->now,
			.message = &message.base,
			.key = home,
		});
}

static void propose(struct lg_batch *batch, struct lg_item *item,
	const struct search_candidate *candidate, const struct comparison *comparison)
{
	const struct search_work *work = item->work;
	struct match match = { .state = candidate->was_withdrawn ? MATCH_WITHDRAWN : MATCH_NEW };
	Lifeguard__Matching__MatchReasons reasons = LIFEGUARD__MATCHING__MATCH_REASONS__INIT;

	match_propose(&match, candidate->pairing, work->record, &candidate->record, comparison,
		item->now);
	reasons.reasons = reasons_to_wire(item->arena, comparison, &reasons.n_reasons);
	write_proposal(batch, &match, lg_encode(item->arena, &reasons.base));
	publish_proposed(batch, item, &match, comparison, match.left_home);
	publish_proposed(batch, item, &match, comparison, match.right_home);
}

static void compare_all(
	struct lg_batch *batch, struct lg_item *item, struct proposals *ret_proposals)
{
	const struct matching_state *state = item->state;
	const struct search_work *work = item->work;
	struct person *person = lg_alloc(item->arena, sizeof *person);
	struct person *other = lg_alloc(item->arena, sizeof *other);
	struct lg_audit_entry entry = lg_audit_entry_of(
		item, LG_AUDIT_MACHINE, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;

	entry.case_id = (struct lg_id){ 0 }; /* any: candidates have other homes */
	entry.class = LG_CLASS_IDENTITY;
	entry.count = work->picked_count + 1;
	if (!lg_is_done(lg_reader_machine(
		    &trail, &entry, LG_SERVICE_MATCHING, LG_MACHINE_MATCHING_INDEX, &reader)))
		return;
	person_begin(person, &work->record->facts, &state->districts);
	person_add_identity(person, identity_open(batch, item, &reader, work->record));
	for (uint32_t i = 0; i < work->picked_count; i++) {
		const struct person_record *record = &work->picked[i].record;
		struct comparison comparison;

		person_begin(other, &record->facts, &state->districts);
		person_add_identity(other, identity_open(batch, item, &reader, record));
		comparison = compare(&state->weights, person, other);
		proposals_add(ret_proposals, &state->weights, i, &comparison);
	}
}

void store_search(struct lg_batch *batch, struct lg_item *item)
{
	const struct search_work *work = item->work;
	struct proposals proposals = { .count = 0 };
	struct lg_id nobody = { 0 }; /* she is not named, and no user decided */

	for (uint32_t i = 0; i < work->withdrawn_count; i++)
		write_decision(batch, &work->withdrawn[i], nobody, item->now);
	if (work->picked_count == 0)
		return;
	compare_all(batch, item, &proposals);
	for (uint32_t i = 0; i < proposals.count; i++)
		propose(batch, item, &work->picked[proposals.at[i].candidate],
			&proposals.at[i].comparison);
}
