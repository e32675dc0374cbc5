/*
 * The inbox and one referral.  A worker of an organisation sees her organisation's desk, everybody
 * else the referrals of the site; an identity only when asked for, with an audit record.
 */
#include "proto/codes.pb-c.h"
#include "services/referral/tell.h"
#include "services/referral/wire/wire.h"

static bool is_worker(const struct lg_item *item)
{
	return item->actor.role == LIFEGUARD__CODES__ROLE__NGO_WORKER;
}

void load_list(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__ListReferrals *message =
		(const Lifeguard__Referral__ListReferrals *)item->message;
	struct lg_id after = wire_id(item->message, "after");

	if (is_worker(item))
		work->found = list_offers(batch, item->actor.user, after, message->with_ended);
	else
		work->found = list_referrals(batch, after, message->with_ended);
}

struct lg_status decide_list(struct lg_item *item)
{
	const Lifeguard__Referral__ListReferrals *message =
		(const Lifeguard__Referral__ListReferrals *)item->message;

	if (message->after.len != 0 && message->after.len != LG_ID_SIZE)
		return lg_refuse("after is the referral_id of the last row seen, or empty");
	return lg_done();
}

static Lifeguard__Referral__ReferralRow *row_to_wire(
	struct lg_arena *arena, const struct listed *listed)
{
	Lifeguard__Referral__ReferralRow *row = lg_alloc(arena, sizeof *row);

	lifeguard__referral__referral_row__init(row);
	row->referral_id = id_to_wire(&listed->referral_id);
	row->case_id = id_to_wire(&listed->case_id);
	row->state = lg_copy_text(arena, listed->state);
	row->need = need_to_wire(arena, &listed->need);
	row->organisation_id = id_to_wire(&listed->organisation);
	row->due_ms = listed->due_at;
	row->changed_ms = listed->changed_at;
	row->version = listed->version;
	return row;
}

void store_list(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	size_t count = (size_t)work->found->count;
	struct listed *listed = lg_alloc_array(item->arena, count, sizeof *listed);
	Lifeguard__Referral__ReferralsListed answer = LIFEGUARD__REFERRAL__REFERRALS_LISTED__INIT;

	answer.rows = lg_alloc_array(item->arena, count, sizeof *answer.rows);
	answer.n_rows = count;
	for (size_t i = 0; i < count; i++) {
		listed[i] = listed_from_row(item->arena, work->found, (int)i);
		answer.rows[i] = row_to_wire(item->arena, &listed[i]);
	}
	if (count == LIST_ROWS_MAX)
		answer.next = id_to_wire(&listed[count - 1].referral_id);
	lg_audit_list(batch, item, LIFEGUARD__CODES__PURPOSE__REFERRAL);
	lg_answer(batch, item, &answer.base);
}

/* --- one referral -------------------------------------------------------------------------- */

static bool wants_identity(const struct lg_item *item)
{
	return ((const Lifeguard__Referral__ShowReferral *)item->message)->with_identity;
}

void load_show(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;

	if (is_worker(item))
		load_at_desk(batch, item);
	else
		load_at_home(batch, item);
	work->steps = read_steps(batch, work->referral_id, is_worker(item));
	if (!wants_identity(item))
		return;
	if (is_worker(item))
		lg_read_keys(batch, work->referral_id);
	else
		read_referral_keys(batch, work->referral_id);
}

/* Who she is to the one who asks: an offer names nobody before the home has confirmed. */
static enum lg_relation relation_of(const struct lg_item *item)
{
	const struct referral_work *work = item->work;

	if (!is_worker(item))
		return LG_RELATION_OWNER;
	if (work->offer->state >= REFERRAL_ACCEPTED && work->offer->state <= REFERRAL_REUNIFIED)
		return LG_RELATION_ACCEPTED;
	return work->offer->state == REFERRAL_CLOSED ? LG_RELATION_PAST : LG_RELATION_OFFERED;
}

struct lg_status decide_show(struct lg_item *item)
{
	const struct referral_work *work = item->work;
	struct lg_status status = is_worker(item) ? check_is_on_desk(item) : check_is_here(item);

	if (!lg_is_done(status))
		return status;
	item->refusal_status = 403;
	if (wants_identity(item) &&
		!lg_may_read(item->actor.role, relation_of(item), LG_CLASS_IDENTITY,
			is_worker(item) ? 0 : item->now - work->referral->began_at))
		return lg_refuse("your role may not read her name in this referral now");
	return lg_done();
}

static Lifeguard__Content__PersonIdentity *open_identity(struct lg_batch *batch,
	struct lg_item *item, const struct listed *listed, struct lg_bytes bytes,
	struct lg_id context)
{
	const struct referral_work *work = item->work;
	struct lg_id subject = is_worker(item) ? work->referral_id : work->referral->person_id;
	const struct lg_seal_place place = {
		.subject = subject,
		.case_id = listed->case_id,
		.context = context,
		.class = LG_CLASS_IDENTITY,
		.content = PERSON_IDENTITY,
	};
	struct lg_audit_entry entry =
		lg_audit_entry_of(item, LG_AUDIT_VIEW, LIFEGUARD__CODES__PURPOSE__REFERRAL);
	struct lg_audit_trail trail = lg_trail(batch, item);
	ProtobufCMessage *sealed = NULL;
	struct lg_reader reader;

	entry.case_id = listed->case_id;
	entry.subject = subject;
	entry.class = LG_CLASS_IDENTITY;
	if (!lg_is_done(lg_reader_person(&trail, &entry, relation_of(item), 0, &reader)) ||
		!lg_is_done(lg_decode(
			item->arena, &lifeguard__envelope__sealed__descriptor, bytes, &sealed)))
		return NULL;
	return (Lifeguard__Content__PersonIdentity *)(uintptr_t)lg_batch_open(
		batch, &reader, &place, (const Lifeguard__Envelope__Sealed *)sealed);
}

static Lifeguard__Referral__ReferralStep *step_to_wire(struct lg_item *item, int row)
{
	const struct referral_work *work = item->work;
	struct stored_step *stored = lg_alloc(item->arena, sizeof *stored);
	Lifeguard__Referral__ReferralStep *wire = lg_alloc(item->arena, sizeof *wire);

	*stored = step_from_row(work->steps, row);
	lifeguard__referral__referral_step__init(wire);
	wire->what = lg_copy_text(item->arena, stored->what);
	wire->by = lg_copy_text(item->arena, stored->by);
	wire->at_ms = stored->at;
	wire->organisation_id = id_to_wire(&stored->organisation);
	wire->detail = lg_copy_text(item->arena, stored->detail);
	return wire;
}

static struct listed listed_of(const struct lg_item *item)
{
	const struct referral_work *work = item->work;
	const struct offer *o = work->offer;
	const struct referral *r = work->referral;

	if (is_worker(item))
		return (struct listed){
			.referral_id = work->referral_id,
			.case_id = o->case_id,
			.organisation = o->organisation,
			.state = referral_life.states[o->state],
			.need = o->need,
			.due_at = o->state == REFERRAL_DELIVERED ? o->answer_by : 0,
			.changed_at = o->changed_at,
			.version = o->version,
		};
	return (struct listed){
		.referral_id = work->referral_id,
		.case_id = r->case_id,
		.organisation = r->organisation,
		.state = referral_life.states[r->state],
		.need = r->need,
		.due_at = r->deadline,
		.changed_at = r->changed_at,
		.version = r->version,
	};
}

void store_show(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	struct listed listed = listed_of(item);
	struct lg_bytes sealed = is_worker(item) ? work->offer->sealed : work->referral->sealed;
	struct lg_id context = is_worker(item) ? work->offer->sealed_in : work->referral->sealed_in;
	Lifeguard__Referral__ReferralShown answer = LIFEGUARD__REFERRAL__REFERRAL_SHOWN__INIT;

	answer.row = row_to_wire(item->arena, &listed);
	answer.has_identity = sealed.size > 0;
	if (answer.has_identity && wants_identity(item))
		answer.identity = open_identity(batch, item, &listed, sealed, context);
	if (!is_worker(item)) {
		answer.seen_before = work->referral->is_seen_before;
		answer.family_searches = work->referral->is_searched_for;
	}
	answer.n_steps = (size_t)work->steps->count;
	answer.steps = lg_alloc_array(item->arena, answer.n_steps, sizeof *answer.steps);
	for (int i = 0; i < work->steps->count; i++)
		answer.steps[i] = step_to_wire(item, i);
	lg_audit(batch, item, LG_AUDIT_VIEW, LIFEGUARD__CODES__PURPOSE__REFERRAL);
	lg_answer(batch, item, &answer.base);
}

void refused_show(struct lg_batch *batch, struct lg_item *item)
{
	struct lg_audit_entry entry =
		lg_audit_entry_of(item, LG_AUDIT_REFUSE, LIFEGUARD__CODES__PURPOSE__REFERRAL);
	struct lg_audit_trail trail = lg_trail(batch, item);

	entry.is_refused = true;
	trail.append(trail.user, &entry);
}
