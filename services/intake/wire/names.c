#include "services/intake/wire/names.h"

#include <string.h>

#include "proto/codes.pb-c.h"
#include "services/intake/handlers.h"
#include "services/intake/wire/form_wire.h"

static struct lg_seal_place place_of(
	const struct lg_item *item, struct lg_id subject, struct lg_id event_id)
{
	return (struct lg_seal_place){
		.subject = subject,
		.case_id = item->key,
		.context = event_id,
		.class = LG_CLASS_IDENTITY,
		.content = PERSON_IDENTITY,
	};
}

Lifeguard__Envelope__Sealed *names_seal(struct lg_batch *batch, const struct lg_item *item,
	struct lg_id subject, struct lg_id event_id,
	const Lifeguard__Content__PersonIdentity *identity)
{
	const struct lg_seal_place place = place_of(item, subject, event_id);

	if (identity == NULL)
		return NULL;
	return lg_batch_seal(batch, &place, &identity->base);
}

struct lg_bytes names_store(struct lg_arena *arena, const Lifeguard__Envelope__Sealed *sealed)
{
	if (sealed == NULL)
		return (struct lg_bytes){ 0 };
	return lg_encode(arena, &sealed->base);
}

const Lifeguard__Content__PersonIdentity *names_open(struct lg_batch *batch,
	const struct lg_item *item, const struct lg_reader *reader, struct lg_id subject,
	struct lg_id event_id, struct lg_bytes stored)
{
	const struct lg_seal_place place = place_of(item, subject, event_id);
	ProtobufCMessage *sealed = NULL;

	if (!lg_is_done(lg_decode(
		    item->arena, &lifeguard__envelope__sealed__descriptor, stored, &sealed)))
		return NULL;
	return (const Lifeguard__Content__PersonIdentity *)lg_batch_open(
		batch, reader, &place, (const Lifeguard__Envelope__Sealed *)sealed);
}

static bool has_text(char *const *texts, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(texts[i], text) == 0)
			return true;
	}
	return false;
}

/* Adds what is new and fits; one that does not fit is left out. */
static void add_texts(Lifeguard__Content__PersonIdentity *all, char **texts, size_t *count,
	size_t count_max, char *const *more, size_t more_count)
{
	for (size_t i = 0; i < more_count && *count < count_max; i++) {
		if (has_text(texts, *count, more[i]))
			continue;
		texts[(*count)++] = more[i];
		if (lifeguard__content__person_identity__get_packed_size(all) > IDENTITY_SIZE_MAX)
			(*count)--;
	}
}

static void add_identity(
	Lifeguard__Content__PersonIdentity *all, const Lifeguard__Content__PersonIdentity *more)
{
	add_texts(all, all->names, &all->n_names, IDENTITY_NAMES_MAX, more->names, more->n_names);
	add_texts(all, all->phones, &all->n_phones, IDENTITY_PHONES_MAX, more->phones,
		more->n_phones);
	if (all->address[0] == '\0')
		all->address = more->address;
	if (lifeguard__content__person_identity__get_packed_size(all) > IDENTITY_SIZE_MAX)
		all->address = (char *)(uintptr_t)protobuf_c_empty_string;
}

const Lifeguard__Content__PersonIdentity *names_gather(struct lg_batch *batch,
	const struct lg_item *item, const struct person *person, const struct aliases *aliases)
{
	Lifeguard__Content__PersonIdentity *all = lg_alloc(item->arena, sizeof *all);
	struct lg_audit_entry entry = lg_audit_entry_of(
		item, LG_AUDIT_REGRANT, LIFEGUARD__CODES__PURPOSE__HELP_AND_SHELTER);
	struct lg_audit_trail trail = lg_trail(batch, item);
	const Lifeguard__Content__PersonIdentity *one = NULL;
	struct lg_reader reader;

	lifeguard__content__person_identity__init(all);
	all->names = lg_alloc_array(item->arena, IDENTITY_NAMES_MAX, sizeof *all->names);
	all->phones = lg_alloc_array(item->arena, IDENTITY_PHONES_MAX, sizeof *all->phones);
	entry.subject = person->person_id;
	entry.class = LG_CLASS_IDENTITY;
	if (!lg_is_done(lg_reader_machine(
		    &trail, &entry, LG_SERVICE_INTAKE, LG_MACHINE_REGRANT, &reader)))
		return NULL;

	if (person->sealed.size > 0)
		one = names_open(
			batch, item, &reader, person->person_id, person->event_id, person->sealed);
	if (one != NULL)
		add_identity(all, one);
	for (uint32_t i = 0; i < aliases->count; i++) {
		const struct alias *alias = &aliases->at[i];

		if (!lg_id_equal(alias->person_id, person->person_id))
			continue;
		one = names_open(
			batch, item, &reader, alias->person_id, alias->event_id, alias->sealed);
		if (one != NULL)
			add_identity(all, one);
	}
	return all->n_names + all->n_phones == 0 && all->address[0] == '\0' ? NULL : all;
}
