/*
 * Somebody arrives: she is counted, talked to, registered if she wishes, and every name that is
 * heard of her is kept.  Nothing of a registered traveller is published: it stays at the centre.
 */
#include "services/intake/handlers.h"

#include <assert.h>

#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "services/intake/wire/case_wire.h"
#include "services/intake/wire/form_wire.h"
#include "services/intake/wire/names.h"

#define INFORMED_MAX 10000

/* --- CountInformed ---------------------------------------------------------------------- */

static const Lifeguard__Intake__CountInformed *counted(const struct lg_item *item)
{
	return (const Lifeguard__Intake__CountInformed *)item->message;
}

struct lg_status decide_informed(struct lg_item *item)
{
	const Lifeguard__Intake__CountInformed *told = counted(item);

	if (!case_station_is_one(told->station))
		return lg_refuse("a station is 1 to 8 capital letters");
	if (!case_time_is_possible(told->informed_ms, item->now))
		return lg_refuse("the time is before the year 2000, or to come");
	if (told->women > INFORMED_MAX || told->girls > INFORMED_MAX || told->men > INFORMED_MAX ||
		told->boys > INFORMED_MAX)
		return lg_refuse("a count is above 10000");
	if (told->women + told->girls + told->men + told->boys == 0)
		return lg_refuse("nobody was informed");
	return lg_done();
}

void store_informed(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Intake__CountInformed *told = counted(item);
	Lifeguard__Intake__MigrantsInformed message = LIFEGUARD__INTAKE__MIGRANTS_INFORMED__INIT;
	Lifeguard__Intake__InformedCounted answer = LIFEGUARD__INTAKE__INFORMED_COUNTED__INIT;

	message.station = told->station;
	message.informed_ms = told->informed_ms;
	message.women = told->women;
	message.girls = told->girls;
	message.men = told->men;
	message.boys = told->boys;
	lg_publish(batch, item,
		&(struct lg_event){
			.type = MIGRANTS_INFORMED,
			.event_id = lg_new_id(batch),
			.occurred_at = told->informed_ms,
			.message = &message.base,
		});
	answer.informed = told->women + told->girls + told->men + told->boys;
	lg_answer(batch, item, &answer.base);
}

/* --- EngageMigrant ---------------------------------------------------------------------- */

static const Lifeguard__Intake__EngageMigrant *engaged(const struct lg_item *item)
{
	return (const Lifeguard__Intake__EngageMigrant *)item->message;
}

void load_engaged(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	work->file = read_case_file(batch, item->key);
}

struct lg_status decide_engaged(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const Lifeguard__Intake__EngageMigrant *told = engaged(item);
	struct lg_status status = check_key(item, told->case_id.data, told->case_id.len);

	if (!lg_is_done(status))
		return status;
	if (work->file->state != CASE_NEW)
		item->refusal_status = 409;
	return case_file_engage(work->file, told->station, told->engaged_ms, told->language,
		item->now, &work->is_told);
}

void store_engaged(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;
	Lifeguard__Intake__MigrantEngaged message = LIFEGUARD__INTAKE__MIGRANT_ENGAGED__INIT;

	if (!work->is_told) {
		message.station = work->file->station;
		message.engaged_ms = work->file->engaged_at;
		write_case_file(batch, item, work->file);
		publish_step(batch, item, work->file->steps,
			&(struct lg_event){
				.type = MIGRANT_ENGAGED,
				.event_id = lg_new_id(batch),
				.occurred_at = work->file->engaged_at,
				.message = &message.base,
			});
	}
	answer_moved(batch, item);
}

/* --- RegisterTraveller ------------------------------------------------------------------- */

static const Lifeguard__Intake__RegisterTraveller *registered(const struct lg_item *item)
{
	return (const Lifeguard__Intake__RegisterTraveller *)item->message;
}

void load_traveller(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	work->file = read_case_file(batch, item->key);
	work->persons = read_persons(batch, item->key);
}

struct lg_status decide_traveller(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const Lifeguard__Intake__RegisterTraveller *told = registered(item);
	struct person person;
	struct lg_id person_id;
	struct lg_status status = check_key(item, told->case_id.data, told->case_id.len);

	if (lg_is_done(status))
		status = id_from_wire(told->person_id, &person_id);
	if (lg_is_done(status))
		status = traveller_from_wire(told->traveller, person_id, &person);
	if (lg_is_done(status))
		status = person_check(&person);
	if (lg_is_done(status) && told->traveller->identity != NULL && !told->she_wishes)
		status = lg_refuse("a name is registered only when she wishes it");
	if (lg_is_done(status) && work->file->state == CASE_NEW) {
		item->refusal_status = 404;
		status = lg_refuse("no such case");
	}
	if (lg_is_done(status))
		status = check_persons(work);
	if (!lg_is_done(status))
		return status;

	struct person *known = persons_find(work->persons, person_id);

	work->is_told = known != NULL;
	if (known != NULL && !person_is_same(known, &person)) {
		item->refusal_status = 409;
		return lg_refuse("this person was told of before otherwise");
	}
	work->person = known;
	if (known != NULL)
		return lg_done();
	status = persons_add(work->persons, &person, &work->person);
	if (lg_is_done(status))
		status = person_register(work->person);
	return status;
}

void store_traveller(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	if (!work->is_told) {
		struct person *person = work->person;

		person->event_id = lg_new_id(batch);
		person->sealed = names_store(
			item->arena, names_seal(batch, item, person->person_id, person->event_id,
					     registered(item)->traveller->identity));
		write_person(batch, item->key, person);
	}
	answer_moved(batch, item);
}

/* --- AddAlias ---------------------------------------------------------------------------- */

static const Lifeguard__Intake__AddAlias *heard(const struct lg_item *item)
{
	return (const Lifeguard__Intake__AddAlias *)item->message;
}

void load_alias(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	load_traveller(batch, item);
	work->aliases = read_aliases(batch, item->key);
}

static uint32_t count_aliases(const struct aliases *aliases, struct lg_id person_id)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < aliases->count; i++)
		count += lg_id_equal(aliases->at[i].person_id, person_id);
	return count;
}

static bool has_alias(const struct aliases *aliases, struct lg_id alias_id)
{
	for (uint32_t i = 0; i < aliases->count; i++) {
		if (lg_id_equal(aliases->at[i].alias_id, alias_id))
			return true;
	}
	return false;
}

struct lg_status decide_alias(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const Lifeguard__Intake__AddAlias *told = heard(item);
	struct lg_status status = check_key(item, told->case_id.data, told->case_id.len);

	if (lg_is_done(status))
		status = id_from_wire(told->alias_id, &work->alias.alias_id);
	if (lg_is_done(status) && (told->identity == NULL || told->identity->n_names == 0))
		status = lg_refuse("another name is missing");
	if (lg_is_done(status))
		status = identity_check(told->identity);
	if (lg_is_done(status))
		status = find_person(item, told->person_id.data, told->person_id.len);
	if (!lg_is_done(status))
		return status;
	work->is_told = has_alias(work->aliases, work->alias.alias_id);
	if (work->is_told)
		return lg_done();
	if (work->aliases->count == ALIASES_MAX ||
		count_aliases(work->aliases, work->person->person_id) >= PERSON_ALIASES_MAX)
		return lg_refuse("more than 16 other names of one person");
	return lg_done();
}

void store_alias(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	if (!work->is_told) {
		struct alias *alias = &work->alias;

		alias->person_id = work->person->person_id;
		alias->event_id = lg_new_id(batch);
		alias->sealed =
			names_store(item->arena, names_seal(batch, item, alias->person_id,
							 alias->event_id, heard(item)->identity));
		assert(work->aliases->count < ALIASES_MAX);
		work->aliases->at[work->aliases->count++] = *alias;
		write_alias(batch, item, alias);
	}
	answer_moved(batch, item);
}
