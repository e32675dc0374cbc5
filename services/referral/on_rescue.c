/*
 * What intake and matching tell: somebody was rescued and wants to go home, her word on being told
 * to others, and whether she is known.  Whatever comes first, the referral ends the same.
 */
#include "proto/intake.pb-c.h"
#include "proto/matching.pb-c.h"
#include "services/referral/tell.h"
#include "services/referral/wire/wire.h"

static const Lifeguard__Intake__RescueRecorded *rescue(const struct lg_item *item)
{
	return (const Lifeguard__Intake__RescueRecorded *)item->message;
}

/*
 * The referral of a person: her id with this site's number in front.  Clients make ids of persons,
 * so the site in them is nobody's word; the site in a referral's id is this one's.
 */
static void load_person(struct lg_batch *batch, struct lg_item *item, const char *field)
{
	struct referral_work *work = item->work;

	work->site = lg_batch_site(batch);
	work->person_id = wire_id(item->message, field);
	work->is_ours = !lg_id_is_zero(work->person_id);
	if (!work->is_ours)
		return;
	work->referral_id = work->person_id;
	work->referral_id.byte[0] = (uint8_t)(work->site >> 8);
	work->referral_id.byte[1] = (uint8_t)work->site;
	work->referral = read_referral(batch, work->referral_id);
	work->directory = read_directory(batch);
}

/* What is kept of a referral that has not begun. */
static void name_it(const struct lg_item *item, struct referral *r)
{
	const struct referral_work *work = item->work;

	r->person_id = work->person_id;
	r->case_id = item->key;
}

void load_rescue(struct lg_batch *batch, struct lg_item *item)
{
	load_person(batch, item, "person_id");
}

static struct lg_status keep_consents(
	struct referral *r, const Lifeguard__Intake__RescueRecorded *message)
{
	struct lg_status status = lg_done();

	if (message->n_consents > 16)
		return lg_refuse("more than 16 consents");
	for (size_t i = 0; lg_is_done(status) && i < message->n_consents; i++) {
		enum sharing_word word = SHARING_NOT_ASKED;
		bool concerns = false;

		status = sharing_from_wire(message->consents[i], &concerns, &word);
		if (lg_is_done(status) && concerns)
			status = sharing_set(&r->sharing, message->consents[i]->recipient, word);
	}
	return status;
}

/* The sealed identity of the event, as it came. */
static void keep_identity(struct lg_item *item, struct referral *r)
{
	for (uint32_t i = 0; i < item->event->sealed_count; i++) {
		Lifeguard__Envelope__Sealed *sealed = item->event->sealed[i];

		if (sealed->content != PERSON_IDENTITY)
			continue;
		r->sealed = lg_encode(item->arena, &sealed->base);
		r->sealed_in = item->event->event_id;
	}
}

struct lg_status decide_rescue(struct lg_item *item)
{
	struct referral_work *work = item->work;
	struct need need = { .age_years = -1 };
	struct lg_status status = need_from_rescue(item->arena, rescue(item), &need);

	if (lg_is_done(status) && !work->is_ours)
		status = lg_refuse("it names no person");
	if (lg_is_done(status) && !is_station(rescue(item)->station))
		status = lg_refuse("a station is 1 to 8 capital letters");
	if (!lg_is_done(status) || work->referral->state != REFERRAL_NEW)
		return status;

	struct referral begun = *work->referral;

	name_it(item, &begun);
	begun.need = need;
	begun.station = lg_copy_text(item->arena, rescue(item)->station);
	status = keep_consents(&begun, rescue(item));
	if (!lg_is_done(status))
		return status;
	keep_identity(item, &begun);
	*work->referral = begun;

	struct surroundings s = surroundings_of(item);

	referral_begin(work->referral, &s, &work->effects);
	work->is_news = true;
	return lg_done();
}

void store_rescue(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;

	if (!work->is_news)
		return;
	write_need(batch, work->referral_id, &work->referral->need, work->referral->station);
	keep_referral(batch, item);
}

/* --- her word ---------------------------------------------------------------------------- */

void load_consent(struct lg_batch *batch, struct lg_item *item)
{
	load_person(batch, item, "person_id");
}

struct lg_status decide_consent(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Intake__ConsentChanged *message =
		(const Lifeguard__Intake__ConsentChanged *)item->message;
	struct surroundings s = surroundings_of(item);
	enum sharing_word word = SHARING_NOT_ASKED;
	bool concerns = false;

	if (!work->is_ours || message->consent == NULL)
		return lg_refuse("it names no person, or no consent");

	struct lg_status status = sharing_from_wire(message->consent, &concerns, &word);

	work->is_news = concerns;
	if (!lg_is_done(status) || !concerns)
		return status;
	if (work->referral->state == REFERRAL_NEW)
		name_it(item, work->referral);
	return referral_consent(
		work->referral, message->consent->recipient, word, &s, &work->effects);
}

/* --- is she known ------------------------------------------------------------------------ */

void load_match(struct lg_batch *batch, struct lg_item *item)
{
	load_person(batch, item, "left");
}

struct lg_status decide_match(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Matching__MatchConfirmed *message =
		(const Lifeguard__Matching__MatchConfirmed *)item->message;

	if (!work->is_ours)
		return lg_refuse("it names no person");
	if (message->kind == LIFEGUARD__MATCHING__MATCH_KIND__RESCUED_AND_MISSING)
		work->referral->is_searched_for = true;
	else if (message->kind == LIFEGUARD__MATCHING__MATCH_KIND__SEEN_BEFORE)
		work->referral->is_seen_before = true;
	else
		return lg_refuse("a match is with a report or with an earlier case");
	if (work->referral->state == REFERRAL_NEW)
		name_it(item,
			work->referral); /* an event of a match has the case of its left as key */
	work->is_news = true;
	return lg_done();
}

/*
 * She is not known by this any more.  Where two matches of a kind were confirmed and one is undone
 * the mark goes as well: a mark too few sends a lead to look, one too many sends a child to a
 * stranger.
 */
struct lg_status decide_undone(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Matching__MatchUndone *message =
		(const Lifeguard__Matching__MatchUndone *)item->message;

	if (!work->is_ours)
		return lg_refuse("it names no person");
	if (message->kind == LIFEGUARD__MATCHING__MATCH_KIND__RESCUED_AND_MISSING)
		work->referral->is_searched_for = false;
	else if (message->kind == LIFEGUARD__MATCHING__MATCH_KIND__SEEN_BEFORE)
		work->referral->is_seen_before = false;
	else
		return lg_refuse("a match is with a report or with an earlier case");
	work->is_news = work->referral->state != REFERRAL_NEW;
	return lg_done();
}

/* --- after any decision of the home ------------------------------------------------------- */

void store_at_home(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;

	if (work->is_ours && work->is_news)
		keep_referral(batch, item);
}

void store_and_answer(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;

	keep_referral(batch, item);
	answer_changed(batch, item, work->referral->state);
}
