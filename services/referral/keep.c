/* What a decision leaves behind: the row, its clock, the directory, the answer. */
#include "services/referral/tell.h"
#include "services/referral/wire/wire.h"

enum { CLOCK_OF_HOME = 1, CLOCK_OF_DESK = 2 };

/* One clock per referral and side: at a site that is both they must not be one. */
static struct lg_id clock_of(struct lg_id referral_id, uint8_t side)
{
	referral_id.byte[LG_ID_SIZE - 1] ^= side;
	return referral_id;
}

/*
 * A clock is only ever set, never taken back: one that comes when nothing is due changes nothing,
 * and two writes of one batch cannot undo each other.
 */
static void set_referral_clock(
	struct lg_batch *batch, struct lg_item *item, struct lg_id referral_id, lg_ms due_at)
{
	Lifeguard__Referral__ReferralDue message = LIFEGUARD__REFERRAL__REFERRAL_DUE__INIT;

	message.referral_id = id_to_wire(&referral_id);
	lg_due_set(batch, item, clock_of(referral_id, CLOCK_OF_HOME), REFERRAL_DUE, due_at,
		&message.base);
}

/* What was heard is a step too: of intake and matching by the home, of a peer by the organisation. */
static void keep_heard(struct telling *t)
{
	const struct lg_item *item = t->item;
	const struct referral_work *work = item->work;

	if (item->event == NULL)
		return;
	if (item->event->service == LG_SERVICE_REFERRAL) {
		t->by = BY_ORGANISATION;
		t->organisation = work->organisation_id;
	}
	keep_step(t, item->type->name);
	t->by = BY_HOME;
}

void keep_referral(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;
	struct referral *r = work->referral;
	lg_ms deadline = r->deadline;
	struct telling t = {
		.batch = batch,
		.item = item,
		.referral_id = work->referral_id,
		.case_id = r->case_id,
		.by = item->type->kind == LG_MESSAGE_DUE ? BY_CLOCK : BY_HOME,
		.detail = "",
	};

	keep_heard(&t);
	if (item->type->number == CONFIRM_HANDOVER)
		t.detail = ((const Lifeguard__Referral__ConfirmHandover *)item->message)->station;
	for (uint32_t i = 0; i < work->effects.count; i++)
		tell_effect(&t, &work->effects.at[i]);
	if (r->state == REFERRAL_WITHDRAWN && work->effects.count > 0 &&
		work->effects.at[0].kind == EFFECT_WITHDRAWN) {
		r->sealed = r->code_sealed = lg_bytes(NULL, 0);
		r->handover.has_code = false;
		lg_erase_keys(batch, work->referral_id);
		lg_erase_keys(batch, r->person_id);
	}
	r->changed_at = item->now;
	r->version++;
	write_referral(batch, work->referral_id, r);
	if (deadline != 0)
		set_referral_clock(batch, item, work->referral_id, deadline);
	keep_directory(batch, item, work->directory);
}

void keep_offer(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;
	struct offer *o = work->offer;
	const struct ladders *ladders = item->state;
	lg_ms due_at = offer_next_due(o, ladders->month);
	Lifeguard__Referral__OfferDue message = LIFEGUARD__REFERRAL__OFFER_DUE__INIT;

	if (o->state == REFERRAL_DESTROYED)
		lg_erase_keys(batch, work->referral_id);
	o->changed_at = item->now;
	o->version++;
	write_offer(batch, work->referral_id, o);
	if (due_at != 0) {
		message.referral_id = id_to_wire(&work->referral_id);
		lg_due_set(batch, item, clock_of(work->referral_id, CLOCK_OF_DESK), OFFER_DUE,
			due_at, &message.base);
	}
	keep_directory(batch, item, work->directory);
}

void tell_listed(struct lg_batch *batch, struct lg_item *item,
	const struct organisation *organisation, uint16_t site)
{
	Lifeguard__Directory__OrganisationListed message =
		LIFEGUARD__DIRECTORY__ORGANISATION_LISTED__INIT;

	message.organisation = organisation_to_wire(item->arena, organisation);
	lg_publish(batch, item,
		&(struct lg_event){
			.type = ORGANISATION_LISTED,
			.event_id = lg_new_id(batch),
			.occurred_at = item->now,
			.message = &message.base,
			.key = organisation->organisation_id,
			.destination = site,
		});
}

void keep_directory(struct lg_batch *batch, struct lg_item *item, struct directory *directory)
{
	write_directory(batch, directory);
	for (uint32_t i = 0; i < directory->count; i++) {
		if (!directory->at[i].is_news)
			continue;
		for (const uint16_t *peer = lg_batch_peers(batch); *peer != 0; peer++)
			tell_listed(batch, item, &directory->at[i], *peer);
		directory->at[i].is_news = false;
	}
}

void answer_changed(struct lg_batch *batch, struct lg_item *item, enum referral_state state)
{
	const struct referral_work *work = item->work;
	Lifeguard__Referral__ReferralChanged answer = LIFEGUARD__REFERRAL__REFERRAL_CHANGED__INIT;

	answer.referral_id = id_to_wire(&work->referral_id);
	answer.state = lg_copy_text(item->arena, referral_life.states[state]);
	lg_answer(batch, item, &answer.base);
}

struct telling desk_telling(struct lg_batch *batch, struct lg_item *item, const char *detail)
{
	const struct referral_work *work = item->work;

	return (struct telling){
		.batch = batch,
		.item = item,
		.referral_id = work->referral_id,
		.case_id = work->offer->case_id,
		.other_site = lg_id_site(work->referral_id),
		.is_desk = true,
		.by = item->type->kind == LG_MESSAGE_DUE ? BY_CLOCK
		      : item->event != NULL              ? BY_HOME
							 : BY_ORGANISATION,
		.organisation = work->offer->organisation,
		.detail = detail,
	};
}
