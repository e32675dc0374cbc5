/*
 * Which side takes a message, and who may tell it: a referral's home is the site in its id, an
 * organisation's site the one in the organisation's.  Nobody else may speak for them.
 */
#include "services/referral/handlers.h"

#include "services/referral/wire/wire.h"

static void load_ids(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;

	work->site = lg_batch_site(batch);
	work->referral_id = wire_id(item->message, "referral_id");
	work->organisation_id = wire_id(item->message, "organisation_id");
	if (item->event == NULL && lg_id_is_zero(work->referral_id))
		work->referral_id = item->key; /* commands go to the referral itself */
}

void load_at_home(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;

	load_ids(batch, item);
	work->is_ours = lg_id_site(work->referral_id) == work->site;
	if (!work->is_ours)
		return;
	work->referral = read_referral(batch, work->referral_id);
	work->directory = read_directory(batch);
}

void load_at_desk(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;

	load_ids(batch, item);
	work->is_ours = item->event == NULL || lg_id_site(work->organisation_id) == work->site;
	if (!work->is_ours)
		return;
	work->offer = read_offer(batch, work->referral_id);
	work->directory = read_directory(batch);
	if (item->event == NULL)
		work->works_for = read_staff(batch, item->actor.user);
}

struct lg_status check_told_by_home(const struct lg_item *item)
{
	const struct referral_work *work = item->work;

	if (lg_id_is_zero(work->referral_id))
		return lg_refuse("it names no referral");
	if (item->event->site != lg_id_site(work->referral_id))
		return lg_refuse("only the home of a referral may tell this");
	return lg_done();
}

struct lg_status check_told_by_desk(const struct lg_item *item, bool *ret_is_heard)
{
	const struct referral_work *work = item->work;

	*ret_is_heard = false;
	if (!work->is_ours)
		return lg_done();
	if (lg_id_is_zero(work->organisation_id))
		return lg_refuse("it names no organisation");
	if (item->event->site != lg_id_site(work->organisation_id))
		return lg_refuse("only the site of an organisation may speak for it");
	if (work->referral->state == REFERRAL_NEW)
		return lg_done();
	if (!lg_id_equal(item->key, work->referral->case_id))
		return lg_refuse("it belongs to another case");
	*ret_is_heard = true;
	return lg_done();
}

struct lg_status check_is_here(struct lg_item *item)
{
	const struct referral_work *work = item->work;

	item->refusal_status = 404;
	if (!work->is_ours || work->referral->state == REFERRAL_NEW)
		return lg_refuse("no such referral of this site");
	item->refusal_status = 409;
	return lg_done();
}

struct organisation *employer_of(const struct lg_item *item)
{
	const struct referral_work *work = item->work;
	struct lg_id works_for = item->actor.organisation;

	if (lg_id_is_zero(works_for))
		works_for = *work->works_for;
	return directory_find(work->directory, works_for);
}

struct lg_status check_is_on_desk(struct lg_item *item)
{
	const struct referral_work *work = item->work;
	const struct organisation *employer = employer_of(item);

	item->refusal_status = 403;
	if (employer == NULL)
		return lg_refuse("you work for no organisation here: an operator assigns you");
	item->refusal_status = 404;
	if (work->offer->state == REFERRAL_NEW ||
		!lg_id_equal(work->offer->organisation, employer->organisation_id))
		return lg_refuse("no such referral on the desk of your organisation");
	item->refusal_status = 409;
	return lg_done();
}

struct surroundings surroundings_of(const struct lg_item *item)
{
	const struct referral_work *work = item->work;

	return (struct surroundings){
		.directory = work->directory, .ladders = item->state, .now = item->now
	};
}
