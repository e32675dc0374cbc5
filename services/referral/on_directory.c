/*
 * The directory: who is in it, who works there.  An organisation is changed at its own site, by an
 * operator or one of its own workers; the sites linked with it are told.
 */
#include "proto/codes.pb-c.h"
#include "services/referral/tell.h"
#include "services/referral/wire/wire.h"

void load_directory(struct lg_batch *batch, struct lg_item *item)
{
	struct directory_work *work = item->work;

	work->site = lg_batch_site(batch);
	work->directory = read_directory(batch);
	work->works_for = read_staff(batch, item->actor.user);
	work->organisation_id = lg_new_id(batch);
}

/* The number that the directory shows of each is what If-Match names. */
uint64_t version_of_organisation(const struct lg_item *item)
{
	const struct directory_work *work = item->work;
	const struct organisation *organisation = directory_find(work->directory, item->key);

	return organisation == NULL ? 0 : organisation->version;
}

struct lg_status decide_add(struct lg_item *item)
{
	struct directory_work *work = item->work;
	const Lifeguard__Directory__AddOrganisation *message =
		(const Lifeguard__Directory__AddOrganisation *)item->message;
	struct lg_status status =
		organisation_from_wire(item->arena, message->organisation, &work->said);

	if (!lg_is_done(status))
		return status;
	work->said.organisation_id = work->organisation_id;
	item->refusal_status = 409;
	status = directory_add(work->directory, &work->said);
	if (lg_is_done(status))
		work->kept = &work->directory->at[work->directory->count - 1];
	return status;
}

struct lg_status decide_update(struct lg_item *item)
{
	struct directory_work *work = item->work;
	const Lifeguard__Directory__UpdateOrganisation *message =
		(const Lifeguard__Directory__UpdateOrganisation *)item->message;
	bool is_worker = item->actor.role == LIFEGUARD__CODES__ROLE__NGO_WORKER;
	struct lg_status status =
		organisation_from_wire(item->arena, message->organisation, &work->said);

	if (!lg_is_done(status))
		return status;
	work->kept = directory_find(work->directory, item->key);
	item->refusal_status = 404;
	if (work->kept == NULL)
		return lg_refuse("no such organisation in the directory");
	item->refusal_status = 403;
	if (lg_id_site(item->key) != work->site)
		return lg_refuse("an organisation is changed at its own site");
	if (is_worker && !lg_id_equal(*work->works_for, item->key))
		return lg_refuse("you do not work for this organisation");
	item->refusal_status = 409;
	return organisation_update(work->kept, &work->said);
}

void store_kept(struct lg_batch *batch, struct lg_item *item)
{
	struct directory_work *work = item->work;
	Lifeguard__Directory__OrganisationKept answer =
		LIFEGUARD__DIRECTORY__ORGANISATION_KEPT__INIT;

	work->kept->is_changed = work->kept->is_news = true;
	keep_directory(batch, item, work->directory);
	answer.organisation_id = id_to_wire(&work->kept->organisation_id);
	answer.version = work->kept->version;
	lg_answer(batch, item, &answer.base);
}

/* --- another site tells of its own ------------------------------------------------------------ */

struct lg_status decide_listed(struct lg_item *item)
{
	struct directory_work *work = item->work;
	const Lifeguard__Directory__OrganisationListed *message =
		(const Lifeguard__Directory__OrganisationListed *)item->message;
	struct lg_status status =
		organisation_from_wire(item->arena, message->organisation, &work->said);

	if (!lg_is_done(status))
		return status;
	if (!lg_id_equal(work->said.organisation_id, item->key))
		return lg_refuse("the organisation is not the event's key");
	if (lg_id_site(item->key) != item->event->site)
		return lg_refuse("a site tells of its own organisations only");
	if (lg_id_site(item->key) == work->site)
		return lg_done(); /* of this site: it is here already */
	return directory_learn(work->directory, &work->said);
}

void store_listed(struct lg_batch *batch, struct lg_item *item)
{
	const struct directory_work *work = item->work;

	keep_directory(batch, item, work->directory);
}

/* --- a site was linked later ------------------------------------------------------------------- */

#define LOOK_MS (20 * LG_SECOND_MS) /* between two looks; a site is linked by a restart */

void load_directory_due(struct lg_batch *batch, struct lg_item *item)
{
	struct directory_work *work = item->work;

	work->site = lg_batch_site(batch);
	work->directory = read_directory(batch);
	work->told = read_told(batch);
}

struct lg_status decide_directory_due(struct lg_item *item)
{
	(void)item;
	return lg_done();
}

static bool is_told(const struct directory_work *work, uint16_t site)
{
	for (int row = 0; row < work->told->count; row++)
		if (told_from_row(work->told, row) == site)
			return true;
	return false;
}

static void tell_all(struct lg_batch *batch, struct lg_item *item, uint16_t site)
{
	const struct directory_work *work = item->work;

	for (uint32_t i = 0; i < work->directory->count; i++) {
		const struct organisation *own = &work->directory->at[i];

		if (lg_id_site(own->organisation_id) == work->site)
			tell_listed(batch, item, own, site);
	}
	write_told(batch, site);
}

void store_directory_due(struct lg_batch *batch, struct lg_item *item)
{
	const struct directory_work *work = item->work;
	const struct lg_id clock = {
		.byte = { [14] = DIRECTORY_DUE >> 8, [15] = (uint8_t)DIRECTORY_DUE }
	};
	const Lifeguard__Directory__DirectoryDue message =
		LIFEGUARD__DIRECTORY__DIRECTORY_DUE__INIT;

	for (const uint16_t *peer = lg_batch_peers(batch); *peer != 0; peer++)
		if (!is_told(work, *peer))
			tell_all(batch, item, *peer);
	lg_due_set(batch, item, clock, DIRECTORY_DUE, item->now + LOOK_MS, &message.base);
}

/* --- looking, and who works where -------------------------------------------------------------- */

struct lg_status decide_organisations(struct lg_item *item)
{
	(void)item;
	return lg_done();
}

void store_organisations(struct lg_batch *batch, struct lg_item *item)
{
	const struct directory_work *work = item->work;
	Lifeguard__Directory__OrganisationsListed answer =
		LIFEGUARD__DIRECTORY__ORGANISATIONS_LISTED__INIT;

	answer.n_organisations = work->directory->count;
	answer.organisations =
		lg_alloc_array(item->arena, work->directory->count, sizeof *answer.organisations);
	for (uint32_t i = 0; i < work->directory->count; i++)
		answer.organisations[i] =
			organisation_to_wire(item->arena, &work->directory->at[i]);
	lg_answer(batch, item, &answer.base);
}

struct lg_status decide_assign(struct lg_item *item)
{
	struct directory_work *work = item->work;
	const Lifeguard__Directory__AssignMember *message =
		(const Lifeguard__Directory__AssignMember *)item->message;
	struct lg_id organisation = wire_id(item->message, "organisation_id");

	if (message->organisation_id.len != 0 && lg_id_is_zero(organisation))
		return lg_refuse("organisation_id is an id, or empty for none");
	if (!lg_id_is_zero(organisation) &&
		(directory_find(work->directory, organisation) == NULL ||
			lg_id_site(organisation) != work->site))
		return lg_refuse("no such organisation of this site");
	work->organisation_id = organisation;
	return lg_done();
}

void store_assign(struct lg_batch *batch, struct lg_item *item)
{
	const struct directory_work *work = item->work;
	Lifeguard__Directory__MemberAssigned answer = LIFEGUARD__DIRECTORY__MEMBER_ASSIGNED__INIT;

	write_staff(batch, item->key, work->organisation_id);
	answer.user = id_to_wire(&item->key);
	answer.organisation_id = id_to_wire(&work->organisation_id);
	lg_answer(batch, item, &answer.base);
}
