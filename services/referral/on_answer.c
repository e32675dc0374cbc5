/*
 * The home hears what became of its offer, its clock runs, and its people act where nobody
 * answered.
 */
#include <sodium.h>
#include <stdio.h>

#include "services/referral/anew/tell_anew.h"
#include "services/referral/wire/wire.h"

/* Whether it is for this side and told by who may: else it is passed over, or refused. */
static struct lg_status check(struct lg_item *item, bool *ret_goes_on)
{
	struct referral_work *work = item->work;
	struct lg_status status = check_told_by_desk(item, ret_goes_on);

	work->is_news = *ret_goes_on;
	return status;
}

/* What is told anew and changes nothing is no step. */
static void note_news(struct referral_work *work, bool is_anew, enum referral_state before)
{
	if (is_anew && work->referral->state == before && work->effects.count == 0)
		work->is_news = false;
}

/* Told anew of an asking that is over: the home says so (store_heard), and nothing else changes. */
static bool is_over(struct referral_work *work, bool is_anew, uint32_t round)
{
	if (!is_anew || referral_asks(work->referral, work->organisation_id, round))
		return false;
	work->is_news = false;
	anew_of_asking(work->referral, work->organisation_id, round, &work->anew);
	return true;
}

struct lg_status decide_received(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__ReferralReceived *message =
		(const Lifeguard__Referral__ReferralReceived *)item->message;
	bool goes_on;
	struct lg_status status = check(item, &goes_on);

	if (!goes_on || is_over(work, message->anew, message->round))
		return status;

	struct surroundings s = surroundings_of(item);

	enum referral_state before = work->referral->state;

	referral_received(work->referral, work->organisation_id, message->round, &s);
	note_news(work, message->anew, before);
	return lg_done();
}

/* The code is made before it is known whether it is needed: a decision has no randomness. */
void load_answered(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;

	load_at_home(batch, item);
	if (!work->is_ours)
		return;
	snprintf(work->code, sizeof work->code, "%06u",
		(unsigned)randombytes_uniform(HANDOVER_CODE_COUNT));
	handover_hash(batch, work->referral_id, work->code, work->hash);
	read_referral_keys(batch, work->referral_id);
}

struct lg_status decide_answered(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__ReferralAnswered *message =
		(const Lifeguard__Referral__ReferralAnswered *)item->message;
	bool goes_on;
	struct lg_status status = check(item, &goes_on);

	/*
	 * A referral that this home has lost: it may ask somebody else, and a place is held.  Only where the desk
	 * tells so anew: an old yes that is read again stands until she is told of again, and then is said again.
	 */
	if (!goes_on && lg_is_done(status) && work->is_ours && message->accepts && message->anew)
		anew_of_asking(work->referral, work->organisation_id, message->round, &work->anew);
	if (!goes_on || is_over(work, message->anew, message->round))
		return status;

	struct surroundings s = surroundings_of(item);

	enum referral_state before = work->referral->state;

	referral_answered(work->referral, work->organisation_id, message->round, message->accepts,
		message->reason, &s, &work->effects);
	note_news(work, message->anew, before);
	return lg_done();
}

void store_heard(struct lg_batch *batch, struct lg_item *item)
{
	store_at_home(batch, item);
	tell_words_anew(batch, item, item->event->site, false);
}

struct lg_status decide_destroyed(struct lg_item *item)
{
	struct referral_work *work = item->work;
	bool goes_on;
	struct lg_status status = check(item, &goes_on);

	if (goes_on) {
		struct surroundings s = surroundings_of(item);
		enum referral_state before = work->referral->state;

		referral_destroyed(work->referral, work->organisation_id, &s, &work->effects);
		note_news(work, true, before); /* it is told again as long as it is kept */
	}
	return status;
}

struct lg_status decide_referral_due(struct lg_item *item)
{
	struct referral_work *work = item->work;
	struct surroundings s = surroundings_of(item);

	if (!work->is_ours || work->referral->state == REFERRAL_NEW)
		return lg_done();

	/* one that came early, because the database's clock is ahead of ours, is set again */
	work->is_news = work->referral->deadline != 0;
	referral_overdue(work->referral, &s, &work->effects);
	return lg_done();
}

/* --- people of the home ------------------------------------------------------------------ */

struct lg_status decide_withdraw(struct lg_item *item)
{
	struct referral_work *work = item->work;
	struct lg_status status = check_is_here(item);

	if (!lg_is_done(status))
		return status;

	struct surroundings s = surroundings_of(item);

	return referral_withdraw(work->referral, &s, &work->effects);
}

void load_place(struct lg_batch *batch, struct lg_item *item)
{
	load_at_home(batch, item);
}

struct lg_status decide_place(struct lg_item *item)
{
	struct referral_work *work = item->work;
	struct lg_status status = check_is_here(item);

	if (!lg_is_done(status))
		return status;

	struct surroundings s = surroundings_of(item);
	struct organisation *chosen = directory_find(work->directory, work->organisation_id);

	if (chosen == NULL) {
		item->refusal_status = 422;
		return lg_refuse("no such organisation in the directory");
	}
	return referral_place(work->referral, chosen, &s, &work->effects);
}

struct lg_status decide_end(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__EndReferral *message =
		(const Lifeguard__Referral__EndReferral *)item->message;
	struct lg_status status = check_is_here(item);
	struct surroundings s;

	if (!lg_is_done(status))
		return status;
	s = surroundings_of(item);
	if (message->reason == LIFEGUARD__REFERRAL__END_REASON__SAID_NO)
		return referral_end(work->referral, END_SAID_NO, &s, &work->effects);
	if (message->reason == LIFEGUARD__REFERRAL__END_REASON__HELPED_OTHERWISE)
		return referral_end(work->referral, END_HELPED_OTHERWISE, &s, &work->effects);
	item->refusal_status = 422;
	return lg_refuse("a search ends because she said_no, or is helped_otherwise");
}

struct lg_status decide_link(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__LinkDestination *message =
		(const Lifeguard__Referral__LinkDestination *)item->message;
	struct lg_status status = check_is_here(item);

	if (!lg_is_done(status))
		return status;
	item->refusal_status = 422;
	if (message->call_back_ms != 0 && message->call_back_ms <= item->now)
		return lg_refuse("the day to call back is over");

	const char *network = "";

	status = words_from_wire(item->arena, &message->network, 1, 1, &network);
	if (!lg_is_done(status))
		return status;
	item->refusal_status = 409;
	return referral_link(work->referral, message->call_back_ms);
}

void store_link(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	const Lifeguard__Referral__LinkDestination *asked =
		(const Lifeguard__Referral__LinkDestination *)item->message;
	Lifeguard__Referral__DestinationLinked message =
		LIFEGUARD__REFERRAL__DESTINATION_LINKED__INIT;
	const struct telling t = {
		.batch = batch,
		.item = item,
		.referral_id = work->referral_id,
		.case_id = work->referral->case_id,
		.by = BY_HOME,
		.detail = asked->network,
	};

	message.referral_id = id_to_wire(&work->referral_id);
	message.network = asked->network;
	message.call_back_ms = asked->call_back_ms;
	tell(&t, DESTINATION_LINKED, &message.base);
	store_and_answer(batch, item);
}
