/*
 * The publisher of the bench: a lean service in intake's place.  A RecordInterception becomes as
 * many events as it states victims, each about a person of its own with an identity sealed under a
 * key of its own, and nothing else: what is measured is the way of an event, not what intake
 * makes of a form.  The form names one person, whose identity is sealed anew for every event, so that
 * reading JSON costs next to nothing, too.  A person without an identity makes events of the same
 * size in which nothing is sealed.  A form that states suspects burns as many microseconds of processor
 * time when it is decided: so a service is bound by its processor.
 */
#include <time.h>

#include "common/run/service.h"
#include "proto/codes.pb-c.h"
#include "proto/intake.pb-c.h"

#define RECORD_INTERCEPTION 1101
#define PERSON_IDENTIFIED   103
#define PERSON_IDENTITY     2001
#define EVENTS_MAX          1000

static const Lifeguard__Intake__RecordInterception *told(const struct lg_item *item)
{
	return (const Lifeguard__Intake__RecordInterception *)item->message;
}

static int64_t processor_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void burn(uint32_t us)
{
	int64_t until = processor_us() + us;

	while (processor_us() < until)
		;
}

static struct lg_status decide(struct lg_item *item)
{
	const Lifeguard__Intake__RecordInterception *form = told(item);

	if (form->stated_victims == 0 || form->stated_victims > EVENTS_MAX)
		return lg_refuse("1 to 1000 victims");
	if (form->n_persons != 1)
		return lg_refuse("one person");
	if (form->suspects_case == LIFEGUARD__INTAKE__RECORD_INTERCEPTION__SUSPECTS_STATED_SUSPECTS)
		burn(form->stated_suspects);
	return lg_done();
}

/* As long as what is sealed of an identity. */
static const char padding[] =
	"------------------------------------------------------------------------------------------"
	"------------------------------------------------------------------------------------------"
	"------------------------------------------------------------------------------------------"
	"------------------------------------------------------------------------------------------";

static void publish(struct lg_batch *batch, const struct lg_item *item,
	const Lifeguard__Intake__InterceptedPerson *person)
{
	struct lg_id person_id = lg_new_id(batch), event_id = lg_new_id(batch);
	const struct lg_seal_place place = {
		.subject = person_id,
		.case_id = item->key,
		.context = event_id,
		.class = LG_CLASS_IDENTITY,
		.content = PERSON_IDENTITY,
	};
	Lifeguard__Envelope__Sealed *sealed =
		person->identity == NULL ? NULL
					 : lg_batch_seal(batch, &place, &person->identity->base);
	Lifeguard__Intake__PersonIdentified message = LIFEGUARD__INTAKE__PERSON_IDENTIFIED__INIT;

	if (sealed == NULL)
		message.district = (char *)(uintptr_t)padding;
	message.person_id.data = person_id.byte;
	message.person_id.len = LG_ID_SIZE;
	message.station = told(item)->station;
	message.engaged_ms = told(item)->intercepted_ms;
	message.kind = person->kind;
	message.sex = person->sex;
	lg_publish(batch, item,
		&(struct lg_event){
			.type = PERSON_IDENTIFIED,
			.event_id = event_id,
			.occurred_at = told(item)->intercepted_ms,
			.message = &message.base,
			.sealed_count = sealed == NULL ? 0 : 1,
			.sealed = &sealed,
		});
}

static void store(struct lg_batch *batch, struct lg_item *item)
{
	Lifeguard__Intake__InterceptionRecorded answer =
		LIFEGUARD__INTAKE__INTERCEPTION_RECORDED__INIT;

	for (uint32_t n = 0; n < told(item)->stated_victims; n++)
		publish(batch, item, told(item)->persons[0]);
	answer.case_id.data = item->key.byte;
	answer.case_id.len = LG_ID_SIZE;
	answer.victims = told(item)->stated_victims;
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

static const struct lg_service source = {
	.number = LG_SERVICE_INTAKE,
	.name = "intake",
	.description = "the bench's publisher, in the place of intake",
	.handlers = handlers,
};

int main(int argc, char **argv)
{
	return lg_run(argc, argv, &source);
}
