/*
 * A lean service in intake's place, for the test of matching (halves.sh): a form is one person.
 * Station RES tells of a rescue, MISS of a family's report, NO and YES of a word on family
 * tracing.  The person and the report bear the id of the case, so that a script knows them.
 */
#include "common/run/service.h"
#include "proto/codes.pb-c.h"
#include "proto/intake.pb-c.h"

enum {
	RESCUE_RECORDED = 104,
	MISSING_PERSON_REPORTED = 105,
	CONSENT_CHANGED = 106,
	RECORD_INTERCEPTION = 1101,
	PERSON_IDENTITY = 2001
};

static const Lifeguard__Intake__RecordInterception *told(const struct lg_item *item)
{
	return (const Lifeguard__Intake__RecordInterception *)item->message;
}

static bool is_station(const struct lg_item *item, const char *name)
{
	return strcmp(told(item)->station, name) == 0;
}

static struct lg_status decide(struct lg_item *item)
{
	if (is_station(item, "NO") || is_station(item, "YES"))
		return lg_done();
	if (!is_station(item, "RES") && !is_station(item, "MISS"))
		return lg_refuse("station is RES, MISS, NO or YES");
	if (told(item)->n_persons != 1 || told(item)->persons[0]->identity == NULL)
		return lg_refuse("one person with an identity");
	return lg_done();
}

static ProtobufCBinaryData key_of(struct lg_item *item)
{
	return (ProtobufCBinaryData){ .len = LG_ID_SIZE, .data = item->key.byte };
}

static void publish(struct lg_batch *batch, struct lg_item *item, uint32_t type,
	const ProtobufCMessage *message)
{
	struct lg_event event = { .type = type,
		.event_id = lg_new_id(batch),
		.occurred_at = item->now,
		.message = message };
	const struct lg_seal_place place = { .subject = item->key,
		.case_id = item->key,
		.context = event.event_id,
		.class = LG_CLASS_IDENTITY,
		.content = PERSON_IDENTITY };
	Lifeguard__Envelope__Sealed *sealed;

	if (type != CONSENT_CHANGED) {
		sealed = lg_batch_seal(batch, &place, &told(item)->persons[0]->identity->base);
		event.sealed_count = 1;
		event.sealed = &sealed;
	}
	lg_publish(batch, item, &event);
}

static void tell_rescue(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Intake__InterceptedPerson *person = told(item)->persons[0];
	Lifeguard__Intake__RescueRecorded message = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;

	message.person_id = key_of(item);
	message.station = told(item)->station;
	message.rescued_ms = told(item)->intercepted_ms;
	message.route = LIFEGUARD__CODES__ROUTE__R1_HAND_BACK;
	message.decided_by = LIFEGUARD__CODES__DECIDER__CENTRE;
	message.urgency = LIFEGUARD__CODES__URGENCY__ROUTINE;
	message.sex = person->sex;
	message.age_case = LIFEGUARD__INTAKE__RESCUE_RECORDED__AGE_AGE_YEARS;
	message.age_years = person->age_years;
	message.age_basis = LIFEGUARD__CODES__AGE_BASIS__STATED;
	message.home_district = person->district;
	publish(batch, item, RESCUE_RECORDED, &message.base);
}

static void tell_missing(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Intake__InterceptedPerson *person = told(item)->persons[0];
	Lifeguard__Intake__MissingPersonReported message =
		LIFEGUARD__INTAKE__MISSING_PERSON_REPORTED__INIT;

	message.report_id = key_of(item);
	message.missing_since_ms = told(item)->intercepted_ms;
	message.sex = person->sex;
	message.age_case = LIFEGUARD__INTAKE__MISSING_PERSON_REPORTED__AGE_AGE_YEARS;
	message.age_years = person->age_years;
	message.home_district = person->district;
	publish(batch, item, MISSING_PERSON_REPORTED, &message.base);
}

static void tell_consent(
	struct lg_batch *batch, struct lg_item *item, Lifeguard__Codes__ConsentState state)
{
	Lifeguard__Intake__ConsentChanged message = LIFEGUARD__INTAKE__CONSENT_CHANGED__INIT;
	Lifeguard__Codes__Consent consent = LIFEGUARD__CODES__CONSENT__INIT;

	consent.purpose = LIFEGUARD__CODES__CONSENT_PURPOSE__CONSENT_FAMILY_TRACING;
	consent.state = state;
	message.person_id = key_of(item);
	message.consent = &consent;
	publish(batch, item, CONSENT_CHANGED, &message.base);
}

static void store(struct lg_batch *batch, struct lg_item *item)
{
	Lifeguard__Intake__InterceptionRecorded answer =
		LIFEGUARD__INTAKE__INTERCEPTION_RECORDED__INIT;

	if (is_station(item, "RES"))
		tell_rescue(batch, item);
	else if (is_station(item, "MISS"))
		tell_missing(batch, item);
	else
		tell_consent(batch, item,
			is_station(item, "NO") ? LIFEGUARD__CODES__CONSENT_STATE__WITHDRAWN
					       : LIFEGUARD__CODES__CONSENT_STATE__GIVEN);
	answer.case_id = key_of(item);
	lg_answer(batch, item, &answer.base);
}

static const struct lg_handler handlers[] = {
	{
		.type = RECORD_INTERCEPTION,
		.roles = LG_ROLE(LIFEGUARD__CODES__ROLE__OPERATOR),
		.decide = decide,
		.store = store,
	},
	{ .type = 0 },
};

static const struct lg_service halves = {
	.number = LG_SERVICE_INTAKE,
	.name = "intake",
	.description = "a test's publisher, in the place of intake",
	.handlers = handlers,
};

int main(int argc, char **argv)
{
	return lg_run(argc, argv, &halves);
}
