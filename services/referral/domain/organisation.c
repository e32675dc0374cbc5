/* Who is in the directory, who may change it, and whose places are free. */
#include "services/referral/domain/organisation.h"

#include <assert.h>
#include <string.h>

#include "services/referral/domain/words.h"

struct organisation *directory_find(struct directory *directory, struct lg_id organisation_id)
{
	for (uint32_t i = 0; i < directory->count; i++)
		if (lg_id_equal(directory->at[i].organisation_id, organisation_id))
			return &directory->at[i];
	return NULL;
}

static bool is_code_taken(const struct directory *directory, const struct organisation *said)
{
	for (uint32_t i = 0; i < directory->count; i++)
		if (strcmp(directory->at[i].code, said->code) == 0 &&
			!lg_id_equal(directory->at[i].organisation_id, said->organisation_id))
			return true;
	return false;
}

static bool are_codes(const char *list)
{
	char word[WORD_MAX + 1];

	while (words_next(&list, word))
		if (!word_is_code(word))
			return false;
	return true;
}

struct lg_status organisation_check(const struct organisation *o)
{
	if (!word_is_code(o->code) || strlen(o->code) > ORGANISATION_CODE_MAX)
		return lg_refuse("a code is 1 to 16 of a-z, 0-9, _ and -");
	if (o->name[0] == '\0' || strlen(o->name) > ORGANISATION_NAME_MAX)
		return lg_refuse("a name has 1 to 100 bytes");
	if (strcmp(o->country, "NP") != 0 && strcmp(o->country, "IN") != 0)
		return lg_refuse("a country is NP or IN");
	if (words_count(o->districts) > ORGANISATION_DISTRICTS_MAX || !are_codes(o->districts))
		return lg_refuse("districts are at most 80 codes of a-z, 0-9, _ and -");
	if (words_count(o->services) == 0 || words_count(o->services) > ORGANISATION_SERVICES_MAX ||
		!are_codes(o->services))
		return lg_refuse("services are 1 to 16 codes of a-z, 0-9, _ and -");
	if (!o->takes_women && !o->takes_girls && !o->takes_men && !o->takes_boys)
		return lg_refuse("an organisation takes women, girls, men or boys");
	if (o->free_places > ORGANISATION_FREE_PLACES_MAX)
		return lg_refuse("more than 1000 free places");
	return lg_done();
}

struct lg_status directory_add(struct directory *directory, const struct organisation *said)
{
	assert(!lg_id_is_zero(said->organisation_id));

	if (directory->count == DIRECTORY_MAX)
		return lg_refuse("the directory holds no more than 512 organisations");
	if (is_code_taken(directory, said))
		return lg_refuse("another organisation has this code");

	struct organisation *added = &directory->at[directory->count++];

	*added = *said;
	added->version = 1;
	added->accepted = added->declined = added->silent = 0;
	return lg_done();
}

/* All that its site says of it; how it answered this site stays. */
static void keep(struct organisation *organisation, const struct organisation *said)
{
	struct organisation kept = *said;

	kept.organisation_id = organisation->organisation_id;
	kept.accepted = organisation->accepted;
	kept.declined = organisation->declined;
	kept.silent = organisation->silent;
	*organisation = kept;
}

struct lg_status organisation_update(
	struct organisation *organisation, const struct organisation *said)
{
	uint32_t version = organisation->version;

	if (said->version != version)
		return lg_refuse("it was changed meanwhile: read it again");
	if (strcmp(said->code, organisation->code) != 0)
		return lg_refuse("a code is never changed");
	keep(organisation, said);
	organisation->version = version + 1;
	return lg_done();
}

struct lg_status directory_learn(struct directory *directory, const struct organisation *said)
{
	struct organisation *known = directory_find(directory, said->organisation_id);

	if (known != NULL) {
		if (said->version >= known->version)
			keep(known, said);
		return lg_done();
	}
	struct lg_status status = directory_add(directory, said);

	if (lg_is_done(status))
		directory->at[directory->count - 1].version = said->version;
	return status;
}

struct lg_status organisation_take_place(struct organisation *organisation)
{
	if (organisation->free_places == 0)
		return lg_refuse("no place is free: free one first, or decline");
	organisation->free_places--;
	organisation->version++;
	return lg_done();
}

void organisation_give_place(struct organisation *organisation)
{
	if (organisation->free_places < ORGANISATION_FREE_PLACES_MAX)
		organisation->free_places++;
	organisation->version++;
}

bool organisation_takes(const struct organisation *o, const struct need *need)
{
	bool takes_female = need_is_child(need) ? o->takes_girls : o->takes_women;
	bool takes_male = need_is_child(need) ? o->takes_boys : o->takes_men;

	switch (need->sex) {
	case NEED_FEMALE:
		return takes_female;
	case NEED_MALE:
		return takes_male;
	case NEED_OTHER:
		return takes_female || takes_male;
	case NEED_NOT_RECORDED: /* whoever she is, they can take her */
		return takes_female && takes_male;
	}
	assert(false);
	return false;
}
