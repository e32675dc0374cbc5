/*
 * A case is closed: nobody is searched for any more, and with her the reports that found her.  Who
 * is met again is still known for as long as a second attempt counts as one; then what is
 * sealed of her goes, with its keys.
 *
 * Closed means that the organisation has nothing left to do: she is with her family or in other care,
 * or went on as she wished.  To be proposed to a report now could only lead somebody to her who was
 * not asked for.  Who left on her own is the exception: nobody knows where she is, and a family that
 * asks next week should hear that she was seen.
 */
#include "proto/codes.pb-c.h"
#include "proto/referral.pb-c.h"
#include "services/matching/handlers.h"
#include "services/matching/trace/trace_tell.h"
#include "services/matching/wire/person_wire.h"

static const Lifeguard__Referral__CaseClosed *closed_of(const struct lg_item *item)
{
	return (const Lifeguard__Referral__CaseClosed *)item->message;
}

/* A due of a record that is not its search: another id from the same. */
static struct lg_id forget_id(struct lg_id record_id)
{
	for (unsigned i = LG_ID_SIZE / 2; i < LG_ID_SIZE; i++)
		record_id.byte[i] ^= 0xff;
	return record_id;
}

static void forget_later(
	struct lg_batch *batch, struct lg_item *item, const struct lg_id *record_id)
{
	Lifeguard__Matching__ForgetDue message = LIFEGUARD__MATCHING__FORGET_DUE__INIT;

	message.record_id = id_to_wire(record_id);
	lg_due_set(batch, item, forget_id(*record_id), FORGET_DUE, item->now + RECORD_KNOWN_MS,
		&message.base);
}

/* The referral's id is the person's under the home's number: another home's person is not ours. */
void load_closed(struct lg_batch *batch, struct lg_item *item)
{
	struct closed_work *work = item->work;
	struct lg_id person_id;

	if (!lg_is_done(id_from_wire(&closed_of(item)->referral_id, &person_id)) ||
		lg_id_site(person_id) != lg_batch_site(batch))
		return;
	work->record = read_record(batch, person_id);
	work->reports = read_her_reports(batch, person_id);
	work->traces = read_live_traces(batch, person_id);
}

static void close_reports(struct lg_item *item)
{
	struct closed_work *work = item->work;

	work->closed = lg_alloc_array(
		item->arena, (size_t)work->reports->count, sizeof(struct person_record));
	for (int row = 0; row < work->reports->count; row++) {
		struct person_record *report = &work->closed[work->closed_count];

		*report = record_from_found(work->reports, row);
		if (record_close(report, false, work->record->closed_at))
			work->closed_count++;
	}
}

struct lg_status decide_closed(struct lg_item *item)
{
	struct closed_work *work = item->work;
	const Lifeguard__Referral__CaseClosed *closed = closed_of(item);
	bool she_left = closed->outcome == LIFEGUARD__REFERRAL__OUTCOME__LEFT_ON_HER_OWN;
	struct lg_id person_id;
	struct lg_status status = id_from_wire(&closed->referral_id, &person_id);

	if (!lg_is_done(status) || work->record == NULL)
		return status;
	work->is_changed = record_close(work->record, she_left,
		closed->closed_ms > 0 && closed->closed_ms < item->now ? closed->closed_ms
								       : item->now);
	if (lg_id_is_zero(work->record->home)) {
		work->record->record_id = person_id;
		work->record->home = item->key;
	}
	if (work->is_changed && !she_left)
		close_reports(item);
	return lg_done();
}

static void store_one(
	struct lg_batch *batch, struct lg_item *item, const struct person_record *record)
{
	write_record(batch, record);
	forget_later(batch, item, &record->record_id);
	if (record_is_indexed(record))
		search_later(batch, item, record->record_id); /* takes her open proposals back */
}

void store_closed(struct lg_batch *batch, struct lg_item *item)
{
	const struct closed_work *work = item->work;

	if (!work->is_changed)
		return;
	store_one(batch, item, work->record);
	if (!record_may_be_asked_for(work->record))
		traces_withdraw(batch, item, work->traces);
	for (uint32_t i = 0; i < work->closed_count; i++)
		store_one(batch, item, &work->closed[i]);
}

/* --- a match is undone behind it ------------------------------------------------------------- */

void reopen_report(struct lg_batch *batch, struct lg_item *item, const struct lg_found *found)
{
	struct person_record report;

	if (found->count == 0)
		return;
	report = record_from_found(found, 0);
	if (!record_reopen(&report))
		return;
	write_record(batch, &report);
	lg_due_clear(batch, item, forget_id(report.record_id));
	search_later(batch, item, report.record_id);
}

/* --- ForgetDue ------------------------------------------------------------------------------ */

void load_forget(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Matching__ForgetDue *due =
		(const Lifeguard__Matching__ForgetDue *)item->message;
	struct closed_work *work = item->work;
	struct lg_id record_id;

	if (lg_is_done(id_from_wire(&due->record_id, &record_id)))
		work->record = read_record(batch, record_id);
}

struct lg_status decide_forget(struct lg_item *item)
{
	struct closed_work *work = item->work;

	if (work->record == NULL)
		return lg_refuse("nobody is named who could be forgotten");
	work->is_changed = record_forget(work->record);
	return lg_done();
}

void store_forget(struct lg_batch *batch, struct lg_item *item)
{
	const struct closed_work *work = item->work;

	if (!work->is_changed)
		return;
	lg_audit(batch, item, LG_AUDIT_ERASE, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	write_record(batch, work->record);
	lg_erase_keys(batch, work->record->record_id);
}
