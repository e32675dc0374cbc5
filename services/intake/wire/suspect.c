#include "services/intake/wire/suspect.h"

#include "proto/intake.pb-c.h"
#include "services/intake/handlers.h"
#include "services/intake/wire/case_wire.h"
#include "services/intake/wire/form_wire.h"
#include "services/intake/wire/names.h"

/* Sealed once more: a sealed value is bound to the event that carries it. */
void publish_suspect(struct lg_batch *batch, struct lg_item *item, const struct person *person,
	const char *station, lg_ms seen_at, const Lifeguard__Content__PersonIdentity *identity)
{
	struct lg_id event_id = lg_new_id(batch);
	Lifeguard__Envelope__Sealed *sealed =
		names_seal(batch, item, person->person_id, event_id, identity);
	Lifeguard__Intake__SuspectRecorded message = LIFEGUARD__INTAKE__SUSPECT_RECORDED__INIT;

	message.person_id = id_to_wire(&person->person_id);
	message.station = lg_copy_text(item->arena, station);
	message.seen_ms = seen_at;
	message.sex = person_sex_to_wire(person->sex);
	if (person->age_years >= 0) {
		message.age_case = LIFEGUARD__INTAKE__SUSPECT_RECORDED__AGE_AGE_YEARS;
		message.age_years = (uint32_t)person->age_years;
	}
	message.district = lg_copy_text(item->arena, person->district);
	message.country = lg_copy_text(item->arena, person->country);
	lg_publish(batch, item,
		&(struct lg_event){
			.type = SUSPECT_RECORDED,
			.event_id = event_id,
			.occurred_at = seen_at,
			.message = &message.base,
			.sealed_count = sealed == NULL ? 0 : 1,
			.sealed = &sealed,
		});
}
