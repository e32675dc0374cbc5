#include "services/referral/domain/offer.h"

#include <assert.h>

/* A step that was looked up before: a missing row is our own fault. */
static void must_move(struct offer *o, enum referral_event on, enum referral_side by)
{
	struct lg_status status = referral_move(&o->state, on, by);

	assert(lg_is_done(status));
}

static void give_place(struct offer *o, struct organisation *organisation)
{
	if (o->has_place && organisation != NULL) {
		organisation_give_place(organisation);
		organisation->is_changed = organisation->is_news = true;
	}
	o->has_place = false;
}

struct lg_status offer_receive(struct offer *o, struct lg_id organisation, uint32_t round,
	lg_ms patience, lg_ms now, bool *ret_is_news)
{
	*ret_is_news = false;
	bool has_ended = o->state == REFERRAL_DECLINED || o->state == REFERRAL_PASSED;

	/* one that had ended is asked anew, whatever the home's count: it may have lost it */
	if (o->state != REFERRAL_NEW && round <= o->round && !has_ended)
		return lg_done();

	if (o->state == REFERRAL_ANSWERED || o->state == REFERRAL_ACCEPTED)
		return lg_refuse("it was answered here, and nobody has taken that back");

	struct lg_status status = referral_move(&o->state, ON_OFFERED, BY_HOME);

	if (!lg_is_done(status))
		return status;
	must_move(o, ON_RECEIVED, BY_ORGANISATION);
	o->organisation = organisation;
	o->round = round;
	o->received_at = now;
	o->answer_by = now + patience;
	*ret_is_news = true;
	return lg_done();
}

bool offer_asked_again(struct offer *o, struct lg_id organisation, uint32_t round)
{
	bool is_promised = o->state == REFERRAL_ACCEPTED || o->state == REFERRAL_GAVE;
	bool is_open = o->state == REFERRAL_DELIVERED || o->state == REFERRAL_ANSWERED;

	if (!lg_id_equal(o->organisation, organisation) ||
		!(is_promised || (is_open && round <= o->round)))
		return false;
	if (o->state != REFERRAL_DELIVERED)
		must_move(o, ON_OFFERED, BY_HOME);
	o->handover.gave_at = 0; /* what the home has lost it has not said */
	o->round = round;
	return true;
}

static struct lg_status take_place(struct offer *o, struct organisation *organisation)
{
	struct lg_status status = organisation_take_place(organisation);

	if (!lg_is_done(status))
		return status;
	organisation->is_changed = organisation->is_news = true;
	o->has_place = true;
	return lg_done();
}

bool offer_has_said_yes(const struct offer *o)
{
	return o->state == REFERRAL_ANSWERED || o->state == REFERRAL_ACCEPTED;
}

struct lg_status offer_answer(struct offer *o, bool accepts, struct organisation *organisation)
{
	enum referral_event on = accepts ? ON_YES : ON_NO;

	if (!referral_may(o->state, on, BY_ORGANISATION))
		return lg_refuse("answered before, or somebody else was asked");
	if (accepts) {
		struct lg_status status = take_place(o, organisation);

		if (!lg_is_done(status))
			return status;
	}
	must_move(o, on, BY_ORGANISATION);
	return lg_done();
}

bool offer_accepted(struct offer *o, uint32_t round, struct organisation *organisation)
{
	if (o->round != round || !referral_may(o->state, ON_ACCEPTED, BY_HOME))
		return false;
	if (!o->has_place && organisation != NULL && !lg_is_done(take_place(o, organisation)))
		o->has_place = false; /* one too many: the organisation has said yes all the same */
	must_move(o, ON_ACCEPTED, BY_HOME);
	return true;
}

bool offer_is_accepted(const struct offer *o, struct lg_id organisation, uint32_t round)
{
	return (o->state == REFERRAL_ACCEPTED || o->state == REFERRAL_GAVE) && o->round == round &&
	       lg_id_equal(o->organisation, organisation);
}

bool offer_passed(struct offer *o, uint32_t round, struct organisation *organisation)
{
	if (o->round != round || !referral_may(o->state, ON_PASSED, BY_HOME))
		return false;
	must_move(o, ON_PASSED, BY_HOME);
	give_place(o, organisation);
	return true;
}

bool offer_withdrawn(struct offer *o, struct organisation *organisation)
{
	if (!referral_may(o->state, ON_WITHDRAWN, BY_HOME))
		return false;
	must_move(o, ON_WITHDRAWN, BY_HOME);
	must_move(o, ON_DESTROYED, BY_ORGANISATION);
	give_place(o, organisation);
	o->sealed = lg_bytes(NULL, 0);
	o->handover.has_code = false;
	return true;
}

struct lg_status offer_handed_over(
	struct offer *o, enum referral_side by, lg_ms at, bool *ret_is_news, bool *ret_is_confirmed)
{
	lg_ms *said_at = by == BY_HOME ? &o->handover.gave_at : &o->handover.took_at;

	assert(at > 0);
	*ret_is_news = *ret_is_confirmed = false;
	if (*said_at != 0)
		return lg_done();

	struct lg_status status = referral_move(&o->state, ON_HANDOVER, by);

	if (!lg_is_done(status))
		return by == BY_ORGANISATION ? status : lg_done();
	*said_at = at;
	*ret_is_news = true;
	*ret_is_confirmed = handover_is_confirmed(&o->handover);
	return lg_done();
}

struct lg_status offer_follow(
	struct offer *o, enum referral_event on, lg_ms at, struct organisation *organisation)
{
	struct lg_status status = referral_move(&o->state, on, BY_ORGANISATION);

	if (!lg_is_done(status))
		return status;
	if (on == ON_REUNIFIED || on == ON_REHABILITATION)
		aftercare_begin(&o->aftercare, at);
	if (on == ON_REUNIFIED || on == ON_REHABILITATION || on == ON_CLOSED)
		o->since = at;
	if (on == ON_REUNIFIED || on == ON_CLOSED)
		give_place(o, organisation);
	return lg_done();
}

lg_ms offer_next_due(const struct offer *o, lg_ms month)
{
	if (!referral_may(o->state, ON_FOLLOW_UP_DUE, BY_CLOCK))
		return 0;
	return aftercare_next_due(&o->aftercare, month);
}

uint32_t offer_overdue(struct offer *o, lg_ms month, lg_ms now)
{
	if (offer_next_due(o, month) == 0)
		return 0;
	return aftercare_tell(&o->aftercare, month, now);
}
