/*
 * She changes hands at the line.  The code is made when the home accepts; its lead tells it to those
 * who bring her, and those who take her hear it from them.  Each side says so at its own site, so
 * both may be cut off: the words meet later.
 */
#include <sodium.h>

#include "proto/codes.pb-c.h"
#include "proto/content.pb-c.h"
#include "services/referral/tell.h"
#include "services/referral/wire/wire.h"

void handover_hash(const struct lg_batch *batch, struct lg_id referral_id, const char *code,
	uint8_t ret_hash[HANDOVER_HASH_SIZE])
{
	uint8_t text[LG_ID_SIZE + HANDOVER_CODE_DIGITS] = { 0 };

	memcpy(text, referral_id.byte, LG_ID_SIZE);
	memcpy(text + LG_ID_SIZE, code, HANDOVER_CODE_DIGITS);
	lg_own_digest(lg_batch_keys(batch), "lifeguard-handover-1",
		(struct lg_bytes){ .data = text, .size = sizeof text }, ret_hash,
		HANDOVER_HASH_SIZE);
	sodium_memzero(text, sizeof text);
}

/* --- the home's lead sees the code --------------------------------------------------------- */

void load_code(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;

	load_at_home(batch, item);
	if (work->is_ours)
		read_referral_keys(batch, work->referral_id);
}

struct lg_status decide_code(struct lg_item *item)
{
	const struct referral_work *work = item->work;
	struct lg_status status = check_is_here(item);

	if (lg_is_done(status) && !work->referral->handover.has_code)
		status = lg_refuse("there is no code: it is made when an organisation is accepted");
	return status;
}

void store_code(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	const struct referral *r = work->referral;
	const struct lg_seal_place place = {
		.subject = work->referral_id,
		.case_id = r->case_id,
		.context = r->code_in,
		.class = LG_CLASS_IDENTITY,
		.content = HANDOVER_CODE,
	};
	struct lg_audit_entry entry =
		lg_audit_entry_of(item, LG_AUDIT_VIEW, LIFEGUARD__CODES__PURPOSE__REFERRAL);
	struct lg_audit_trail trail = lg_trail(batch, item);
	Lifeguard__Referral__HandoverCodeShown answer =
		LIFEGUARD__REFERRAL__HANDOVER_CODE_SHOWN__INIT;
	const ProtobufCMessage *opened = NULL;
	ProtobufCMessage *sealed = NULL;
	struct lg_reader reader;

	entry.case_id = r->case_id;
	entry.subject = work->referral_id;
	entry.class = LG_CLASS_IDENTITY;
	if (lg_is_done(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader)) &&
		lg_is_done(lg_decode(item->arena, &lifeguard__envelope__sealed__descriptor,
			r->code_sealed, &sealed)))
		opened = lg_batch_open(
			batch, &reader, &place, (const Lifeguard__Envelope__Sealed *)sealed);
	if (opened != NULL)
		answer.code = ((const Lifeguard__Content__HandoverCode *)opened)->code;
	lg_answer(batch, item, &answer.base);
}

/* --- one side says so ---------------------------------------------------------------------- */

static const Lifeguard__Referral__ConfirmHandover *confirmed(const struct lg_item *item)
{
	return (const Lifeguard__Referral__ConfirmHandover *)item->message;
}

static bool is_worker(const struct lg_item *item)
{
	return item->actor.role == LIFEGUARD__CODES__ROLE__NGO_WORKER;
}

void load_confirm(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;

	if (is_worker(item))
		load_at_desk(batch, item);
	else
		load_at_home(batch, item);
	if (handover_is_code(confirmed(item)->code))
		handover_hash(batch, work->referral_id, confirmed(item)->code, work->hash);
}

static struct lg_status check_words(struct lg_item *item)
{
	item->refusal_status = 422;
	if (!handover_is_code(confirmed(item)->code))
		return lg_refuse("a code is six digits");
	if (confirmed(item)->handed_over_ms <= 0 || confirmed(item)->handed_over_ms > item->now)
		return lg_refuse("the time of the handover is missing, or lies ahead");
	if (!is_station(confirmed(item)->station))
		return lg_refuse("a crossing is 1 to 8 capital letters, or empty");
	item->refusal_status = 409;
	return lg_done();
}

struct lg_status decide_confirm(struct lg_item *item)
{
	struct referral_work *work = item->work;
	struct handover *handover;
	struct lg_status status = check_words(item);

	if (lg_is_done(status))
		status = is_worker(item) ? check_is_on_desk(item) : check_is_here(item);
	if (!lg_is_done(status))
		return status;
	handover = is_worker(item) ? &work->offer->handover : &work->referral->handover;
	status = handover_check(handover, work->hash);
	if (!lg_is_done(status)) {
		work->is_news = handover->has_code; /* a guess to be counted */
		handover->guesses += handover->guesses < HANDOVER_GUESSES_MAX;
		return status;
	}
	if (is_worker(item))
		return offer_handed_over(work->offer, BY_ORGANISATION,
			confirmed(item)->handed_over_ms, &work->is_news, &work->is_confirmed);
	return referral_handed_over(
		work->referral, BY_HOME, confirmed(item)->handed_over_ms, &work->effects);
}

/* A wrong code is counted; nothing else of it is kept. */
void refused_confirm(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;

	if (!work->is_news)
		return;
	if (is_worker(item))
		write_offer(batch, work->referral_id, work->offer);
	else
		write_referral(batch, work->referral_id, work->referral);
}

static void tell_both_said(const struct telling *t, const struct offer *o)
{
	Lifeguard__Referral__HandoverConfirmed message =
		LIFEGUARD__REFERRAL__HANDOVER_CONFIRMED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&o->organisation);
	message.handed_over_ms = handover_confirmed_at(&o->handover);
	tell(t, HANDOVER_CONFIRMED, &message.base);
}

static void store_confirm_at_desk(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	Lifeguard__Referral__HandoverRecorded message =
		LIFEGUARD__REFERRAL__HANDOVER_RECORDED__INIT;
	const struct telling t = desk_telling(batch, item, confirmed(item)->station);

	if (work->is_news) {
		message.referral_id = id_to_wire(&work->referral_id);
		message.organisation_id = id_to_wire(&work->offer->organisation);
		message.side = LIFEGUARD__REFERRAL__HANDOVER_SIDE__TOOK;
		message.handed_over_ms = confirmed(item)->handed_over_ms;
		message.station = confirmed(item)->station;
		tell(&t, HANDOVER_RECORDED, &message.base);
		if (work->is_confirmed)
			tell_both_said(&t, work->offer);
		keep_offer(batch, item);
	}
	answer_changed(batch, item, work->offer->state);
}

void store_confirm(struct lg_batch *batch, struct lg_item *item)
{
	if (is_worker(item))
		store_confirm_at_desk(batch, item);
	else
		store_and_answer(batch, item);
}

/* --- the other side's word arrives ----------------------------------------------------------- */

static const Lifeguard__Referral__HandoverRecorded *recorded(const struct lg_item *item)
{
	return (const Lifeguard__Referral__HandoverRecorded *)item->message;
}

static bool is_for_desk(const struct lg_item *item)
{
	return recorded(item)->side == LIFEGUARD__REFERRAL__HANDOVER_SIDE__GAVE;
}

void load_handover(struct lg_batch *batch, struct lg_item *item)
{
	if (is_for_desk(item))
		load_at_desk(batch, item);
	else
		load_at_home(batch, item);
}

struct lg_status decide_handover(struct lg_item *item)
{
	struct referral_work *work = item->work;
	bool is_heard = work->is_ours;
	struct lg_status status = lg_done();

	if (!is_for_desk(item))
		status = check_told_by_desk(item, &is_heard);
	else if (is_heard)
		status = check_told_by_home(item);
	if (!lg_is_done(status) || !is_heard)
		return status;
	if (recorded(item)->handed_over_ms <= 0)
		return lg_refuse("the time of the handover is missing");
	if (is_for_desk(item))
		return offer_handed_over(work->offer, BY_HOME, recorded(item)->handed_over_ms,
			&work->is_news, &work->is_confirmed);
	if (!lg_id_equal(work->referral->organisation, work->organisation_id))
		return lg_done(); /* of one who does not have her any more */
	work->is_news = work->referral->handover.took_at == 0;
	return referral_handed_over(
		work->referral, BY_ORGANISATION, recorded(item)->handed_over_ms, &work->effects);
}

void store_handover(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;

	if (!work->is_ours || !work->is_news)
		return;
	if (!is_for_desk(item)) {
		keep_referral(batch, item);
		return;
	}

	const struct telling t = desk_telling(batch, item, "");

	keep_step(&t, item->type->name);
	if (work->is_confirmed)
		tell_both_said(&t, work->offer);
	keep_offer(batch, item);
}
