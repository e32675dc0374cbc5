#include "services/gateway/cli/form.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>

struct lg_id form_case_id(const struct form *form, uint16_t site)
{
	crypto_generichash_state state;
	uint64_t digest;
	/* the NUL behind each part keeps "R1"+"2A" and "R12"+"A" apart */
	static const char what[] = "interception";

	crypto_generichash_init(&state, NULL, 0, 16);
	uint8_t bytes[16];
	crypto_generichash_update(&state, (const uint8_t *)what, sizeof what);
	crypto_generichash_update(&state, (const uint8_t *)form->record, strlen(form->record) + 1);
	crypto_generichash_update(
		&state, (const uint8_t *)form->station, strlen(form->station) + 1);
	crypto_generichash_final(&state, bytes, sizeof bytes);
	memcpy(&digest, bytes, sizeof digest);
	return lg_id_make(site, form->intercepted_at, __builtin_bswap64(digest));
}

struct lg_id form_command_id(const char *json, const struct lg_id *run)
{
	crypto_generichash_state state;
	struct lg_id id;
	static const char what[] = "import";

	crypto_generichash_init(&state, NULL, 0, sizeof id.byte);
	crypto_generichash_update(&state, (const uint8_t *)what, sizeof what);
	crypto_generichash_update(&state, run->byte, sizeof run->byte);
	crypto_generichash_update(&state, (const uint8_t *)json, strlen(json));
	crypto_generichash_final(&state, id.byte, sizeof id.byte);
	return id;
}

static void set(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) != 0)
		abort(); /* out of memory; texts were checked when they were read */
}

static json_t *person_json(const struct form_person *person)
{
	json_t *object = json_object();

	set(object, "kind", json_string(person->kind));
	set(object, "sex", json_string(person->sex));
	if (person->age != FORM_ABSENT)
		set(object, "age_years", json_integer(person->age));
	set(object, "district", json_string(person->district));
	set(object, "relation", json_string(person->relation));
	if (person->name_count > 0) {
		json_t *identity = json_object(), *names = json_array();

		for (uint32_t i = 0; i < person->name_count; i++)
			json_array_append_new(names, json_string(person->names[i]));
		set(identity, "names", names);
		set(object, "identity", identity);
	}
	return object;
}

char *form_json(struct lg_arena *arena, const struct form *form, struct lg_id case_id)
{
	json_t *object = json_object(), *indicators = json_array(), *persons = json_array();
	char id[LG_ID_TEXT];

	lg_id_print(case_id, id);
	set(object, "case_id", json_string(id));
	set(object, "station", json_string(form->station));
	set(object, "intercepted_ms", json_integer(form->intercepted_at));
	set(object, "stated_victims", json_integer(form->victims));
	if (form->suspects != FORM_ABSENT)
		set(object, "stated_suspects", json_integer(form->suspects));
	if (form->points != FORM_POINTS_ABSENT)
		set(object, "reported_points", json_integer(form->points));
	set(object, "certainty", json_integer(form->certainty));
	for (uint32_t i = 0; i < form->indicator_count; i++)
		json_array_append_new(indicators, json_string(form->indicators[i]));
	set(object, "indicators", indicators);
	for (const struct form_person *p = form->persons; p != NULL; p = p->next)
		json_array_append_new(persons, person_json(p));
	set(object, "persons", persons);

	char *text = json_dumps(object, JSON_COMPACT); /* in the order of insertion */
	if (text == NULL)
		abort();
	char *copy = lg_copy_text(arena, text);
	sodium_memzero(text, strlen(text)); /* names */
	free(text);
	json_decref(object);
	return copy;
}
