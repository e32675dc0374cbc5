/*
 * The search of one record, in a transaction behind the one that wrote it.
 *
 * The index in memory is caught up by the first search of a batch: from the start when nobody is
 * known, else by what was committed since.  A search whose own record is not in it yet, or that
 * comes before it stands, is set anew.  So a search asks the index in load, where candidates can
 * still be read: they are compared whole, in store, where the keys are.
 * One audit record tells how many records the machine opened.
 */
#include "services/matching/handlers.h"

#include "common/base/log.h"
#include "proto/codes.pb-c.h"
#include "services/matching/wire/identity.h"
#include "services/matching/wire/person_wire.h"
#include "services/matching/wire/weights_wire.h"

static const Lifeguard__Matching__SearchDue *search_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__SearchDue *)item->message;
}

/*
 * Behind now by one: a search that falls due and is set anew in one batch would otherwise bear
 * the same time, and could not be told from the one that was done.
 */
#define SEARCH_DELAY_MS 1

void search_later(struct lg_batch *batch, struct lg_item *item, struct lg_id record_id)
{
	Lifeguard__Matching__SearchDue message = LIFEGUARD__MATCHING__SEARCH_DUE__INIT;

	message.record_id = id_to_wire(&record_id);
	lg_due_set(batch, item, record_id, SEARCH_DUE, item->now + SEARCH_DELAY_MS, &message.base);
}

void load_search(struct lg_batch *batch, struct lg_item *item)
{
	struct matching_state *state = item->state;
	struct search_work *work = item->work;
	struct lg_id record_id, candidates[KNOWN_CANDIDATES_MAX];
	uint32_t count;

	if (!lg_is_done(id_from_wire(&search_of(item)->record_id, &record_id)))
		return;
	work->record = read_record(batch, record_id);
	work->open = read_open_matches(batch, record_id);
	lg_read_keys(batch, record_id);
	if (state->catching_up != batch || state->catching_up_at != item->now) {
		state->catching_up = batch;
		state->catching_up_at = item->now;
		work->arrivals = read_arrivals(batch, known_through(state->known));
		work->weights = read_weights(batch);
	}
	count = known_stands(state->known) ? known_search(state->known, record_id, candidates, NULL)
					   : 0;
	work->searched_place = known_place(state->known, record_id);
	work->is_early = !known_stands(state->known);
	work->candidates = read_candidates(batch, record_id, candidates, count);
	work->questions = read_open_traces(batch, item->now);
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

		picked->record = candidate_from_row(
			work->candidates, row, &picked->was_withdrawn, &picked->was_watched);
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
	if (work->is_early || work->searched_place != work->record->place) {
		work->is_early = true;
		return lg_done();
	}
	reconsider(item);
	pick(item);
	return lg_done();
}

/* --- the index is caught up -------------------------------------------------------------- */

static bool take_in(struct lg_batch *batch, struct lg_item *item, const struct lg_reader *reader,
	const struct person_record *record)
{
	struct matching_state *state = item->state;
	const Lifeguard__Content__PersonIdentity *identity;
	struct known_person person = {
		.record_id = record->record_id, .place = record->place, .facts = &record->facts
	};

	if (!record_is_indexed(record)) {
		known_drop(state->known, record->record_id, record->place);
		return true;
	}
	identity = identity_open(batch, item, reader, record);
	if (identity != NULL) {
		person.name_count = (uint32_t)identity->n_names;
		person.names = identity->names;
		person.phone_count = (uint32_t)identity->n_phones;
		person.phones = identity->phones;
	}
	return known_take(state->known, &person);
}

static void report_progress(const struct known *known, bool stood)
{
	if (stood || !known_stands(known)) {
		if (!known_stands(known))
			lg_info("the index is being filled",
				lg_f_int("persons", known_count(known)));
		return;
	}
	lg_info("the index stands", lg_f_int("persons", known_count(known)),
		lg_f_int("bytes", (int64_t)known_bytes(known)));
	if (!known_is_resident(known))
		lg_warn("the index could not be held in memory: raise the limit on locked memory");
}

/* Whatever was learned meanwhile, here or by an instance that owned matching before. */
static void take_weights(struct lg_item *item)
{
	struct matching_state *state = item->state;
	const struct search_work *work = item->work;
	struct lg_status status =
		weights_apply(item->arena, weights_from_found(work->weights), &state->weights);

	if (!lg_is_done(status))
		lg_warn("learned weights could not be read: the last ones stay");
}

static void catch_up(struct lg_batch *batch, struct lg_item *item)
{
	struct matching_state *state = item->state;
	const struct search_work *work = item->work;
	struct lg_audit_entry entry = lg_audit_entry_of(
		item, LG_AUDIT_MACHINE, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	struct lg_audit_trail trail = lg_trail(batch, item);
	bool stood = known_stands(state->known);
	struct lg_reader reader;

	if (work->weights != NULL)
		take_weights(item);
	if (work->arrivals == NULL || (work->arrivals->count == 0 && stood))
		return;
	entry.case_id = (struct lg_id){ 0 }; /* any: each has its own */
	entry.class = LG_CLASS_IDENTITY;
	entry.count = (uint32_t)work->arrivals->count;
	if (!lg_is_done(lg_reader_machine(
		    &trail, &entry, LG_SERVICE_MATCHING, LG_MACHINE_MATCHING_INDEX, &reader)))
		return;
	for (int row = 0; row < work->arrivals->count; row++) {
		struct person_record record = arrival_from_row(work->arrivals, row);

		if (!take_in(batch, item, &reader, &record)) {
			report_progress(state->known, false);
			return;
		}
	}
	known_caught_up(state->known, work->arrivals->count < KNOWN_CHUNK);
	report_progress(state->known, stood);
}

/* --- the search -------------------------------------------------------------------------- */

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
	const struct matching_state *state = item->state;
	const struct search_work *work = item->work;
	struct sighting sighting;
	struct match match = { .state = candidate->was_withdrawn ? MATCH_WITHDRAWN : MATCH_NEW };
	Lifeguard__Matching__MatchReasons reasons = LIFEGUARD__MATCHING__MATCH_REASONS__INIT;

	if (!candidate->was_watched &&
		sighting_see(&state->corridors, candidate->pairing, work->record,
			&candidate->record, comparison->probability_ppm, &sighting))
		raise_sighting(batch, item, &sighting);
	if (candidate->pairing == PAIRING_SUSPECT)
		return;
	match_propose(&match, candidate->pairing, work->record, &candidate->record, &state->weights,
		comparison, item->now);
	reasons.reasons = reasons_to_wire(item->arena, comparison, &reasons.n_reasons);
	write_proposal(batch, &match, lg_encode(item->arena, &reasons.base));
	publish_proposed(batch, item, &match, comparison, match.left_home);
	publish_proposed(batch, item, &match, comparison, match.right_home);
}

static bool is_asked_for(const struct search_work *work)
{
	return work->questions->count > 0 && record_may_be_asked_for(work->record);
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
	person_add_identity(
		person, &state->places, identity_open(batch, item, &reader, work->record));
	if (is_asked_for(work))
		questions_compare(batch, item, work->questions, work->record, person);
	for (uint32_t i = 0; i < work->picked_count; i++) {
		const struct person_record *record = &work->picked[i].record;
		struct comparison comparison;

		person_begin(other, &record->facts, &state->districts);
		person_add_identity(
			other, &state->places, identity_open(batch, item, &reader, record));
		comparison = compare(&state->weights, person, other);
		proposals_add(ret_proposals, &state->weights, i, &comparison);
	}
}

void store_search(struct lg_batch *batch, struct lg_item *item)
{
	const struct search_work *work = item->work;
	struct proposals proposals = { .count = 0 };
	struct lg_id nobody = { 0 }; /* she is not named, and no user decided */

	catch_up(batch, item);
	if (work->is_early) {
		search_later(batch, item, work->record->record_id);
		return;
	}
	for (uint32_t i = 0; i < work->withdrawn_count; i++)
		write_decision(batch, &work->withdrawn[i], nobody, item->now);
	if (work->picked_count == 0 && !is_asked_for(work))
		return;
	compare_all(batch, item, &proposals);
	for (uint32_t i = 0; i < proposals.count; i++)
		propose(batch, item, &work->picked[proposals.at[i].candidate],
			&proposals.at[i].comparison);
}
