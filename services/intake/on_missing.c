/* A family misses somebody; and matching tells that two records are one person. */
#include "services/intake/handlers.h"

#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "proto/matching.pb-c.h"
#include "services/intake/wire/case_wire.h"
#include "services/intake/wire/form_wire.h"
#include "services/intake/wire/names.h"

static const Lifeguard__Intake__ReportMissingPerson *reported(const struct lg_item *item)
{
	return (const Lifeguard__Intake__ReportMissingPerson *)item->message;
}

void load_missing(struct lg_batch *batch, struct lg_item *item)
{
	struct missing_work *work = item->work;

	work->missing = read_missing(batch, item->key);
}

struct lg_status decide_missing(struct lg_item *item)
{
	struct missing_work *work = item->work;
	const Lifeguard__Intake__ReportMissingPerson *told = reported(item);
	struct missing missing;
	struct lg_status status = check_key(item, told->report_id.data, told->report_id.len);

	if (lg_is_done(status))
		status = missing_from_wire(told, &missing);
	if (!lg_is_done(status))
		return status;
	if (work->missing->state != MISSING_NEW)
		item->refusal_status = 409;
	return missing_report(work->missing, &missing, item->now, &work->is_told);
}

static void publish_reported(struct lg_batch *batch, struct lg_item *item)
{
	const struct missing_work *work = item->work;
	struct missing *missing = work->missing;
	Lifeguard__Envelope__Sealed *sealed;
	Lifeguard__Intake__MissingPersonReported message =
		LIFEGUARD__INTAKE__MISSING_PERSON_REPORTED__INIT;

	missing->event_id = lg_new_id(batch);
	sealed = names_seal(
		batch, item, missing->report_id, missing->event_id, reported(item)->identity);
	missing->sealed = names_store(item->arena, sealed);
	message.report_id = id_to_wire(&missing->report_id);
	message.missing_since_ms = missing->since;
	message.sex = person_sex_to_wire(missing->sex);
	if (missing->age_years >= 0) {
		message.age_case = LIFEGUARD__INTAKE__MISSING_PERSON_REPORTED__AGE_AGE_YEARS;
		message.age_years = (uint32_t)missing->age_years;
	}
	message.home_district = lg_copy_text(item->arena, missing->district);
	message.home_country = lg_copy_text(item->arena, missing->country);
	message.search_abroad = reported(item)->search_abroad;
	lg_publish(batch, item,
		&(struct lg_event){
			.type = MISSING_PERSON_REPORTED,
			.event_id = missing->event_id,
			.occurred_at = item->now,
			.message = &message.base,
			.sealed_count = sealed == NULL ? 0 : 1,
			.sealed = &sealed,
		});
}

void store_reported(struct lg_batch *batch, struct lg_item *item)
{
	const struct missing_work *work = item->work;
	Lifeguard__Intake__MissingPersonRecorded answer =
		LIFEGUARD__INTAKE__MISSING_PERSON_RECORDED__INIT;

	if (!work->is_told) {
		publish_reported(batch, item);
		write_missing(batch, item, work->missing);
	}
	answer.report_id = id_to_wire(&work->missing->report_id);
	answer.state = lg_copy_text(item->arena, missing_life.states[work->missing->state]);
	answer.told_before = work->is_told;
	lg_answer(batch, item, &answer.base);
}

/* --- MatchConfirmed ----------------------------------------------------------------------- */

void load_match(struct lg_batch *batch, struct lg_item *item)
{
	load_missing(batch, item);
}

/*
 * Which match it is, with whom, and whether ours is the report of it.
 *   is_with_report  a rescued person and a report: the report stands on the right
 */
static struct lg_status read_pair(struct lg_item *item, ProtobufCBinaryData match_id,
	ProtobufCBinaryData left_case, ProtobufCBinaryData right_case, bool is_with_report)
{
	struct missing_work *work = item->work;
	struct lg_id left, right;
	struct lg_status status = id_from_wire(match_id, &work->match.match_id);

	if (lg_is_done(status))
		status = id_from_wire(left_case, &left);
	if (lg_is_done(status))
		status = id_from_wire(right_case, &right);
	if (!lg_is_done(status))
		return status;
	if (!lg_id_equal(left, item->key) && !lg_id_equal(right, item->key))
		return lg_refuse("a match of two other cases");
	work->is_report = is_with_report && lg_id_equal(right, item->key);
	work->match.other_case = lg_id_equal(left, item->key) ? right : left;
	return lg_done();
}

/*
 * Told twice, or before what it is about is known here, it ends in the same: the match is kept under
 * its key, and a report that is here is found.
 */
struct lg_status decide_match(struct lg_item *item)
{
	struct missing_work *work = item->work;
	const Lifeguard__Matching__MatchConfirmed *told =
		(const Lifeguard__Matching__MatchConfirmed *)item->message;
	struct lg_status status = read_pair(item, told->match_id, told->left_case, told->right_case,
		told->kind == LIFEGUARD__MATCHING__MATCH_KIND__RESCUED_AND_MISSING);

	if (!lg_is_done(status))
		return status;
	work->match.is_report = !work->is_report &&
				told->kind == LIFEGUARD__MATCHING__MATCH_KIND__RESCUED_AND_MISSING;
	if (work->is_report)
		work->is_told = !missing_find(work->missing);
	return lg_done();
}

void store_match(struct lg_batch *batch, struct lg_item *item)
{
	const struct missing_work *work = item->work;

	write_match(batch, item->key, &work->match);
	if (work->is_report && !work->is_told)
		write_missing(batch, item, work->missing);
}

/* --- MatchUndone --------------------------------------------------------------------------- */

/* It comes behind its MatchConfirmed, by one stream and one key. */
struct lg_status decide_undone(struct lg_item *item)
{
	struct missing_work *work = item->work;
	const Lifeguard__Matching__MatchUndone *told =
		(const Lifeguard__Matching__MatchUndone *)item->message;
	struct lg_status status = read_pair(item, told->match_id, told->left_case, told->right_case,
		told->kind == LIFEGUARD__MATCHING__MATCH_KIND__RESCUED_AND_MISSING);

	if (!lg_is_done(status))
		return status;
	if (work->is_report)
		work->is_told = !missing_lose(work->missing);
	return lg_done();
}

void store_undone(struct lg_batch *batch, struct lg_item *item)
{
	const struct missing_work *work = item->work;

	forget_match(batch, item->key, work->match.match_id);
	if (work->is_report && !work->is_told)
		write_missing(batch, item, work->missing);
}
