/* The messages that intake takes, in the order of the journey. */
#include "services/intake/handlers.h"

#include "proto/codes.pb-c.h"
#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "services/intake/wire/case_wire.h"

#define MAY(role)       LG_ROLE(LIFEGUARD__CODES__ROLE__##role)
#define AT_THE_CROSSING (MAY(VOLUNTEER) | MAY(CENTRE_LEAD))
#define THOSE_WHO_LOOK  (MAY(VOLUNTEER) | MAY(CENTRE_LEAD) | MAY(PROTECTION_OFFICER) | MAY(OPERATOR))

const struct lg_handler intake_handlers[] = {
	{
		.type = RECORD_INTERCEPTION,
		.roles = MAY(VOLUNTEER) | MAY(CENTRE_LEAD) | MAY(OPERATOR), /* operator: imports */
		.work_size = sizeof(struct interception_work),
		.load = load_interception,
		.decide = decide_interception,
		.store = store_interception,
	},
	{
		.type = COUNT_INFORMED,
		.roles = AT_THE_CROSSING,
		.is_of_no_thing = true,
		.decide = decide_informed,
		.store = store_informed,
	},
	{
		.type = ENGAGE_MIGRANT,
		.roles = AT_THE_CROSSING,
		.work_size = sizeof(struct telling_work),
		.load = load_engaged,
		.decide = decide_engaged,
		.store = store_engaged,
	},
	{
		.type = REGISTER_TRAVELLER,
		.roles = AT_THE_CROSSING,
		.work_size = sizeof(struct telling_work),
		.load = load_traveller,
		.decide = decide_traveller,
		.store = store_traveller,
	},
	{
		.type = ADD_ALIAS,
		.roles = AT_THE_CROSSING,
		.work_size = sizeof(struct telling_work),
		.load = load_alias,
		.decide = decide_alias,
		.store = store_alias,
	},
	{
		.type = RECORD_IMPRESSION,
		.roles = AT_THE_CROSSING,
		.work_size = sizeof(struct telling_work),
		.load = load_screening,
		.decide = decide_impression,
		.store = store_impression,
	},
	{
		.type = COMPLETE_SCREENING,
		.roles = AT_THE_CROSSING,
		.work_size = sizeof(struct telling_work),
		.load = load_screening,
		.decide = decide_screening,
		.store = store_screening,
	},
	{
		.type = IDENTIFY_PERSON,
		.roles = AT_THE_CROSSING,
		.work_size = sizeof(struct telling_work),
		.load = load_identification,
		.decide = decide_identification,
		.store = store_identification,
	},
	{
		.type = RECORD_CONSENT,
		.roles = AT_THE_CROSSING | MAY(PROTECTION_OFFICER),
		.work_size = sizeof(struct telling_work),
		.load = load_consent,
		.decide = decide_consent,
		.store = store_consented,
	},
	{
		.type = RECORD_RESCUE,
		.roles = AT_THE_CROSSING,
		.work_size = sizeof(struct telling_work),
		.load = load_rescue,
		.decide = decide_rescue,
		.store = store_rescue,
	},
	{
		.type = COMPLETE_STEP,
		.roles = AT_THE_CROSSING | MAY(PROTECTION_OFFICER),
		.work_size = sizeof(struct telling_work),
		.load = load_procedure,
		.decide = decide_step,
		.store = store_step,
	},
	{
		.type = REPORT_MISSING_PERSON,
		.roles = AT_THE_CROSSING | MAY(PROTECTION_OFFICER),
		.work_size = sizeof(struct missing_work),
		.load = load_missing,
		.decide = decide_missing,
		.store = store_reported,
	},
	{
		.type = MATCH_CONFIRMED,
		.work_size = sizeof(struct missing_work),
		.load = load_match,
		.decide = decide_match,
		.store = store_match,
	},
	{
		.type = MATCH_UNDONE,
		.work_size = sizeof(struct missing_work),
		.load = load_match,
		.decide = decide_undone,
		.store = store_undone,
	},
	{
		.type = FEEDBACK_GIVEN,
		.work_size = sizeof(struct feedback_work),
		.load = load_feedback,
		.decide = decide_feedback,
		.store = store_feedback,
	},
	{
		.type = SHOW_CASE,
		.roles = THOSE_WHO_LOOK,
		.work_size = sizeof(struct case_work),
		.load = load_case,
		.decide = decide_case,
		.store = store_case,
		.refused = refused_case,
	},
	{
		.type = SHOW_CHECKLIST,
		.roles = THOSE_WHO_LOOK,
		.work_size = sizeof(struct telling_work),
		.load = load_procedure,
		.decide = decide_checklist,
		.store = store_checklist,
	},
	{
		.type = LIST_CASES,
		.roles = THOSE_WHO_LOOK,
		.work_size = sizeof(struct case_work),
		.load = load_cases,
		.decide = decide_cases,
		.store = store_cases,
	},
	{ .type = 0 },
};

struct lg_status check_key(const struct lg_item *item, const uint8_t *data, size_t size)
{
	if (!lg_bytes_equal(lg_bytes(data, size), lg_id_bytes(&item->key)))
		return lg_refuse("the case id is not the key of the path");
	return lg_done();
}

void answer_moved(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;
	Lifeguard__Intake__CaseMoved answer = LIFEGUARD__INTAKE__CASE_MOVED__INIT;

	answer.case_id = id_to_wire(&item->key);
	answer.state = lg_copy_text(item->arena, case_life.states[work->file->state]);
	if (work->person != NULL)
		answer.person_id = id_to_wire(&work->person->person_id);
	answer.told_before = work->is_told;
	lg_answer(batch, item, &answer.base);
}

/*
 * A form that is recorded in this very batch lists persons that nobody has read; who would add one now
 * would give its place away twice.
 */
struct lg_status check_persons(const struct telling_work *work)
{
	uint32_t told = 0;

	for (uint32_t i = 0; i < work->persons->count; i++)
		told += work->persons->at[i].is_told;
	if (told != work->file->victims + work->file->suspects)
		return lg_retry("the case is changing");
	return lg_done();
}

struct lg_status find_person(struct lg_item *item, const uint8_t *data, size_t size)
{
	struct telling_work *work = item->work;
	struct lg_id person_id;
	struct lg_status status = lg_id_from_bytes(lg_bytes(data, size), &person_id);

	if (!lg_is_done(status))
		return status;
	if (work->file->state == CASE_NEW) {
		item->refusal_status = 404;
		return lg_refuse("no such case");
	}
	status = check_persons(work);
	if (!lg_is_done(status))
		return status;
	work->person = persons_find(work->persons, person_id);
	if (work->person == NULL) {
		item->refusal_status = 404;
		return lg_refuse("no such person in this case");
	}
	return lg_done();
}
