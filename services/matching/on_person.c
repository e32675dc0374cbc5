/*
 * A person was rescued, a report was made, or she spoke about family tracing: the record is
 * written, and searched for in a later transaction, which sees what was committed meanwhile.
 */
#include "proto/codes.pb-c.h"
#include "services/matching/handlers.h"
#include "services/matching/trace/trace_tell.h"
#include "services/matching/wire/person_wire.h"

static const Lifeguard__Intake__RescueRecorded *rescue_of(const struct lg_item *item)
{
	return (const Lifeguard__Intake__RescueRecorded *)item->message;
}

static const Lifeguard__Intake__MissingPersonReported *report_of(const struct lg_item *item)
{
	return (const Lifeguard__Intake__MissingPersonReported *)item->message;
}

static const Lifeguard__Intake__ConsentChanged *consent_of(const struct lg_item *item)
{
	return (const Lifeguard__Intake__ConsentChanged *)item->message;
}

/* A malformed id reads nothing; decide refuses it. */
static void load(struct lg_batch *batch, struct lg_item *item, const ProtobufCBinaryData *wire)
{
	struct person_work *work = item->work;
	struct lg_id record_id;

	if (!lg_is_done(id_from_wire(wire, &record_id)))
		return;
	work->record = read_record(batch, record_id);
	work->traces = read_live_traces(batch, record_id);
}

void load_rescue(struct lg_batch *batch, struct lg_item *item)
{
	load(batch, item, &rescue_of(item)->person_id);
}

void load_missing(struct lg_batch *batch, struct lg_item *item)
{
	load(batch, item, &report_of(item)->report_id);
}

static const Lifeguard__Intake__SuspectRecorded *suspect_of(const struct lg_item *item)
{
	return (const Lifeguard__Intake__SuspectRecorded *)item->message;
}

void load_suspect(struct lg_batch *batch, struct lg_item *item)
{
	load(batch, item, &suspect_of(item)->person_id);
}

void load_consent(struct lg_batch *batch, struct lg_item *item)
{
	load(batch, item, &consent_of(item)->person_id);
}

/* What is sealed of this subject's identity, as it came; empty when nothing is. */
static struct lg_bytes sealed_identity(const struct lg_item *item, struct lg_id subject)
{
	for (uint32_t i = 0; i < item->event->sealed_count; i++) {
		const Lifeguard__Envelope__Sealed *sealed = item->event->sealed[i];

		if (sealed->class_ == LG_CLASS_IDENTITY && sealed->content == PERSON_IDENTITY &&
			lg_bytes_equal(lg_bytes(sealed->subject.data, sealed->subject.len),
				lg_id_bytes(&subject)))
			return lg_encode(item->arena, &sealed->base);
	}
	return lg_bytes("", 0);
}

/* Whom another site may ask for: leads and protection officers are, volunteers are not told of. */
static struct lg_id officer_of(const struct lg_item *item)
{
	bool is_one = item->event->actor.role == LIFEGUARD__CODES__ROLE__CENTRE_LEAD ||
		      item->event->actor.role == LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER;

	return is_one ? item->event->actor.user : (struct lg_id){ 0 };
}

static void take(struct lg_item *item, struct person_record *told, enum tracing tracing)
{
	struct person_work *work = item->work;

	told->home = item->key;
	told->event_id = item->event->event_id;
	told->officer = officer_of(item);
	told->recorded_at = item->event->occurred_at;
	told->sealed = sealed_identity(item, told->record_id);
	/* the aggregate lives as long as the batch, the message perhaps not */
	told->facts.district = lg_copy_text(item->arena, told->facts.district);
	told->country = lg_copy_text(item->arena, told->country);
	told->station = lg_copy_text(item->arena, told->station);
	record_take(work->record, told, tracing);
	work->is_changed = true;
}

struct lg_status decide_rescue(struct lg_item *item)
{
	struct person_record told;
	enum tracing tracing = TRACING_UNSAID;
	struct lg_status status = record_from_rescue(rescue_of(item), &told, &tracing);

	if (lg_is_done(status))
		take(item, &told, tracing);
	return status;
}

struct lg_status decide_missing(struct lg_item *item)
{
	struct person_record told;
	struct lg_status status = record_from_report(report_of(item), &told);

	if (lg_is_done(status) && !lg_id_equal(told.record_id, item->key))
		return lg_refuse("the report is not the event's key");
	if (lg_is_done(status))
		take(item, &told, TRACING_UNSAID);
	return status;
}

struct lg_status decide_suspect(struct lg_item *item)
{
	struct person_record told;
	struct lg_status status = record_from_suspect(suspect_of(item), &told);

	if (lg_is_done(status))
		take(item, &told, TRACING_UNSAID);
	return status;
}

struct lg_status decide_consent(struct lg_item *item)
{
	struct person_work *work = item->work;
	enum tracing tracing = TRACING_UNSAID;
	enum record_abroad abroad = ABROAD_UNSAID;
	struct lg_id person_id;
	struct lg_status status = id_from_wire(&consent_of(item)->person_id, &person_id);

	if (lg_is_done(status))
		status = tracing_from_consent(consent_of(item)->consent, &tracing);
	if (lg_is_done(status))
		status = abroad_from_consent(consent_of(item)->consent, &abroad);
	if (!lg_is_done(status))
		return status;

	work->is_changed = record_consent(work->record, tracing);
	if (record_speak_of_abroad(work->record, abroad))
		work->is_changed = true;
	if (lg_id_is_zero(work->record->home)) {
		work->record->record_id = person_id;
		work->record->home = item->key;
	}
	return lg_done();
}

void store_person(struct lg_batch *batch, struct lg_item *item)
{
	const struct person_work *work = item->work;

	if (!work->is_changed)
		return;
	write_record(batch, work->record);
	if (record_is_indexed(work->record))
		search_later(batch, item, work->record->record_id);
	if (!record_may_be_asked_for(work->record))
		traces_withdraw(batch, item, work->traces);
}
