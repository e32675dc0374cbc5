/*
 * Matches are looked at.  A list never names anybody; a card does when it is asked for, a given
 * name only until the match is confirmed, with an audit record for each of the two.
 */
#include "services/matching/handlers.h"

#include "proto/codes.pb-c.h"
#include "services/matching/wire/identity.h"
#include "services/matching/wire/person_wire.h"

#define LIST_STANDARD 50
#define LIST_MAX      200

static const Lifeguard__Matching__ListMatches *list_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__ListMatches *)item->message;
}

static const Lifeguard__Matching__ShowMatch *show_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__ShowMatch *)item->message;
}

/* --- the parts of a card ------------------------------------------------------------------ */

/* Until a lead has confirmed it, the other record may be a stranger's. */
static Lifeguard__Content__PersonIdentity *mask(
	struct lg_item *item, const Lifeguard__Content__PersonIdentity *whole)
{
	Lifeguard__Content__PersonIdentity *masked = lg_alloc(item->arena, sizeof *masked);

	lifeguard__content__person_identity__init(masked);
	if (whole->n_names == 0)
		return masked;
	masked->n_names = 1;
	masked->names = lg_alloc_array(item->arena, 1, sizeof *masked->names);
	masked->names[0] = (char *)lg_copy(item->arena, name_given(whole->names[0])).data;
	return masked;
}

static Lifeguard__Content__PersonIdentity *open_side(struct lg_batch *batch, struct lg_item *item,
	const struct match *match, const struct person_record *record)
{
	const Lifeguard__Content__PersonIdentity *whole = identity_show(batch, item, record);

	if (whole == NULL)
		return NULL;
	return match->state == MATCH_CONFIRMED ? (Lifeguard__Content__PersonIdentity *)whole
					       : mask(item, whole);
}

static Lifeguard__Matching__MatchSide *side_to_wire(
	struct lg_item *item, const struct person_record *record)
{
	Lifeguard__Matching__MatchSide *wire = lg_alloc(item->arena, sizeof *wire);

	lifeguard__matching__match_side__init(wire);
	wire->record_id = id_to_wire(&record->record_id);
	wire->home = id_to_wire(&record->home);
	wire->missing = record->kind == RECORD_MISSING;
	wire->sex = person_sex_to_wire(record->facts.sex);
	if (record->facts.age_years >= 0) {
		wire->age_case = LIFEGUARD__MATCHING__MATCH_SIDE__AGE_AGE_YEARS;
		wire->age_years = (uint32_t)record->facts.age_years;
	}
	wire->district = lg_copy_text(item->arena, record->facts.district);
	wire->country = lg_copy_text(item->arena, record->country);
	wire->at_ms = record->facts.at;
	return wire;
}

/* The card stays where it is: ids point into it. */
static Lifeguard__Matching__MatchCard *card_to_wire(
	struct lg_item *item, const struct stored_card *card)
{
	Lifeguard__Matching__MatchCard *wire = lg_alloc(item->arena, sizeof *wire);
	ProtobufCMessage *reasons = NULL;

	lifeguard__matching__match_card__init(wire);
	wire->match_id = id_to_wire(&card->match.match_id);
	wire->kind = match_kind_to_wire(card->match.kind);
	wire->state = lg_copy_text(item->arena, match_shown_state(&card->match));
	wire->probability_ppm = card->match.probability_ppm;
	wire->proposed_ms = card->match.proposed_at;
	wire->needs_two = card->match.needs_two;
	wire->weights_version = card->match.weights_version;
	wire->left = side_to_wire(item, &card->left);
	wire->right = side_to_wire(item, &card->right);
	if (lg_is_done(lg_decode(item->arena, &lifeguard__matching__match_reasons__descriptor,
		    card->reasons, &reasons))) {
		wire->n_reasons = ((Lifeguard__Matching__MatchReasons *)reasons)->n_reasons;
		wire->reasons = ((Lifeguard__Matching__MatchReasons *)reasons)->reasons;
	}
	return wire;
}

/* --- ListMatches --------------------------------------------------------------------------- */

void load_list(struct lg_batch *batch, struct lg_item *item)
{
	struct cards_work *work = item->work;
	const Lifeguard__Matching__ListMatches *asked = list_of(item);
	const char *state =
		asked->state[0] == '\0' ? match_life.states[MATCH_PROPOSED] : asked->state;

	if (asked->limit > LIST_MAX)
		return;
	work->cards = read_cards(batch, state, asked->before_ms == 0 ? INT64_MAX : asked->before_ms,
		asked->limit == 0 ? LIST_STANDARD : asked->limit);
}

struct lg_status decide_list(struct lg_item *item)
{
	const Lifeguard__Matching__ListMatches *asked = list_of(item);
	unsigned state;

	if (asked->limit > LIST_MAX)
		return lg_refuse("limit is 1 to 200");
	if (asked->state[0] != '\0' &&
		!lg_is_done(lg_lifecycle_state(&match_life, asked->state, &state)))
		return lg_refuse(
			"state is PROPOSED, DISPUTED, CONFIRMED, REJECTED, WITHDRAWN or UNDONE");
	if (asked->state[0] != '\0' && (state == MATCH_JUDGED_YES || state == MATCH_JUDGED_NO))
		return lg_refuse("a first word is shown to nobody");
	return lg_done();
}

void store_list(struct lg_batch *batch, struct lg_item *item)
{
	const struct cards_work *work = item->work;
	Lifeguard__Matching__MatchesListed answer = LIFEGUARD__MATCHING__MATCHES_LISTED__INIT;

	lg_audit_list(batch, item, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	answer.n_matches = (size_t)work->cards->count;
	answer.matches = lg_alloc_array(item->arena, answer.n_matches, sizeof *answer.matches);
	for (int row = 0; row < work->cards->count; row++) {
		struct stored_card *card = lg_alloc(item->arena, sizeof *card);

		*card = card_from_row(work->cards, row);
		answer.matches[row] = card_to_wire(item, card);
	}
	lg_answer(batch, item, &answer.base);
}

/* --- ShowMatch ----------------------------------------------------------------------------- */

void load_card(struct lg_batch *batch, struct lg_item *item)
{
	struct cards_work *work = item->work;

	work->cards = read_card(batch, item->key);
	work->one_person = read_one_person(batch, item->key);
	if (show_of(item)->with_identity)
		read_card_keys(batch, item->key);
}

struct lg_status decide_card(struct lg_item *item)
{
	const struct cards_work *work = item->work;
	const ProtobufCBinaryData *match_id = &show_of(item)->match_id;

	if (!lg_bytes_equal(lg_bytes(match_id->data, match_id->len), lg_id_bytes(&item->key)))
		return lg_refuse("the match is not the query's key");
	item->refusal_status = 404;
	if (work->cards->count == 0)
		return lg_refuse("no such match");
	return lg_done();
}

static void add_one_person(
	struct lg_item *item, const struct lg_found *found, Lifeguard__Matching__MatchCard *wire)
{
	wire->n_one_person = (size_t)found->count;
	wire->one_person =
		lg_alloc_array(item->arena, wire->n_one_person, sizeof *wire->one_person);
	for (int row = 0; row < found->count; row++) {
		struct lg_id *record_id = lg_alloc(item->arena, sizeof *record_id);

		*record_id = one_person_from_row(found, row);
		wire->one_person[row] = id_to_wire(record_id);
	}
}

void store_card(struct lg_batch *batch, struct lg_item *item)
{
	const struct cards_work *work = item->work;
	struct stored_card *card = lg_alloc(item->arena, sizeof *card);
	Lifeguard__Matching__MatchShown answer = LIFEGUARD__MATCHING__MATCH_SHOWN__INIT;

	lg_audit(batch, item, LG_AUDIT_VIEW, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	*card = card_from_row(work->cards, 0);
	answer.match = card_to_wire(item, card);
	add_one_person(item, work->one_person, answer.match);
	if (show_of(item)->with_identity) {
		answer.match->left->identity = open_side(batch, item, &card->match, &card->left);
		answer.match->right->identity = open_side(batch, item, &card->match, &card->right);
	}
	lg_answer(batch, item, &answer.base);
}
