#include "services/intake/domain/person.h"

#include <assert.h>
#include <string.h>

#include "services/intake/domain/code_list.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum person_event { ON_REGISTER, ON_SUSPECT, ON_POSSIBLE, ON_ACTUAL, ON_NOT_A_VICTIM };
enum person_side { BY_CENTRE, BY_AUTHORITY };

const char *const age_basis_names[AGE_BASIS_COUNT] = { "NONE", "PAPER", "STATED", "GUESSED" };
const char *const decider_names[DECIDER_COUNT] = { "NONE", "HERSELF", "CENTRE", "POLICE",
	"BORDER_FORCE", "CHILD_WELFARE", "COURT", "NGO" };
const char *const route_names[ROUTE_COUNT] = { "NONE", "R0", "R1", "R2", "R3", "R4" };

static const char *const states[] = {
	[PERSON_NEW] = "NEW",
	[PERSON_REGISTERED] = "REGISTERED",
	[PERSON_LISTED_SUSPECT] = "SUSPECT",
	[PERSON_POSSIBLE] = "POSSIBLE",
	[PERSON_ACTUAL] = "ACTUAL",
	[PERSON_NOT_A_VICTIM] = "NOT_A_VICTIM",
};

static const char *const events[] = {
	[ON_REGISTER] = "RegisterTraveller",
	[ON_SUSPECT] = "IdentifyPerson: suspect",
	[ON_POSSIBLE] = "IdentifyPerson: possible victim",
	[ON_ACTUAL] = "IdentifyPerson: actual victim",
	[ON_NOT_A_VICTIM] = "IdentifyPerson: not a victim",
};

static const char *const sides[] = { [BY_CENTRE] = "centre", [BY_AUTHORITY] = "authority" };

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from                on               by            to                     why */
	{ PERSON_NEW,          ON_REGISTER,     BY_CENTRE,    PERSON_REGISTERED,     "she wishes it, or is listed without a name" },
	{ PERSON_NEW,          ON_SUSPECT,      BY_CENTRE,    PERSON_LISTED_SUSPECT, "listed at the crossing" },
	{ PERSON_NEW,          ON_SUSPECT,      BY_AUTHORITY, PERSON_LISTED_SUSPECT, "listed at the crossing" },
	{ PERSON_NEW,          ON_POSSIBLE,     BY_CENTRE,    PERSON_POSSIBLE,       "signs were seen" },
	{ PERSON_NEW,          ON_POSSIBLE,     BY_AUTHORITY, PERSON_POSSIBLE,       "signs were seen" },
	{ PERSON_NEW,          ON_ACTUAL,       BY_AUTHORITY, PERSON_ACTUAL,         "not for the centre to say" },
	{ PERSON_NEW,          ON_NOT_A_VICTIM, BY_CENTRE,    PERSON_NOT_A_VICTIM,   "nothing was found" },
	{ PERSON_NEW,          ON_NOT_A_VICTIM, BY_AUTHORITY, PERSON_NOT_A_VICTIM,   "nothing was found" },
	{ PERSON_REGISTERED,   ON_SUSPECT,      BY_CENTRE,    PERSON_LISTED_SUSPECT, "the talk showed it" },
	{ PERSON_REGISTERED,   ON_SUSPECT,      BY_AUTHORITY, PERSON_LISTED_SUSPECT, "the talk showed it" },
	{ PERSON_REGISTERED,   ON_POSSIBLE,     BY_CENTRE,    PERSON_POSSIBLE,       "signs were seen" },
	{ PERSON_REGISTERED,   ON_POSSIBLE,     BY_AUTHORITY, PERSON_POSSIBLE,       "signs were seen" },
	{ PERSON_REGISTERED,   ON_ACTUAL,       BY_AUTHORITY, PERSON_ACTUAL,         "not for the centre to say" },
	{ PERSON_REGISTERED,   ON_NOT_A_VICTIM, BY_CENTRE,    PERSON_NOT_A_VICTIM,   "nothing was found" },
	{ PERSON_REGISTERED,   ON_NOT_A_VICTIM, BY_AUTHORITY, PERSON_NOT_A_VICTIM,   "nothing was found" },
	{ PERSON_POSSIBLE,     ON_ACTUAL,       BY_AUTHORITY, PERSON_ACTUAL,         "decided by those who may" },
	{ PERSON_POSSIBLE,     ON_NOT_A_VICTIM, BY_CENTRE,    PERSON_NOT_A_VICTIM,   "the signs had another cause" },
	{ PERSON_POSSIBLE,     ON_NOT_A_VICTIM, BY_AUTHORITY, PERSON_NOT_A_VICTIM,   "the signs had another cause" },
	{ PERSON_NOT_A_VICTIM, ON_POSSIBLE,     BY_CENTRE,    PERSON_POSSIBLE,       "more was learned" },
	{ PERSON_NOT_A_VICTIM, ON_POSSIBLE,     BY_AUTHORITY, PERSON_POSSIBLE,       "more was learned" },
	{ PERSON_NOT_A_VICTIM, ON_ACTUAL,       BY_AUTHORITY, PERSON_ACTUAL,         "more was learned" },
	{ PERSON_ACTUAL,       ON_NOT_A_VICTIM, BY_AUTHORITY, PERSON_NOT_A_VICTIM,   "decided anew by those who may" },
};
/* clang-format on */

const struct lg_lifecycle person_life = {
	.name = "person",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = PERSON_NEW,
};

struct person *persons_find(struct persons *persons, struct lg_id person_id)
{
	for (uint32_t i = 0; i < persons->count; i++) {
		if (lg_id_equal(persons->at[i].person_id, person_id))
			return &persons->at[i];
	}
	return NULL;
}

struct lg_status persons_add(
	struct persons *persons, const struct person *person, struct person **ret_person)
{
	assert(persons->count <= PERSONS_MAX);

	if (persons->count == PERSONS_MAX)
		return lg_refuse("a case has at most 64 persons");

	struct person *added = &persons->at[persons->count];

	*added = *person;
	added->ordinal = persons->count++;
	added->state = PERSON_NEW;
	*ret_person = added;
	return lg_done();
}

struct lg_status person_check(const struct person *person)
{
	if (lg_id_is_zero(person->person_id))
		return lg_refuse("the person id is missing");
	if (person->age_years < -1 || person->age_years > FORM_AGE_MAX)
		return lg_refuse("an age is above 120 years");
	if (person->age_years >= 0 && person->basis == BASIS_NONE)
		return lg_refuse("an age needs what it rests on: paper, stated or guessed");
	if (person->age_years < 0 && person->basis != BASIS_NONE)
		return lg_refuse("an age basis without an age");
	if (!code_is_known_or_empty("district", person->district))
		return lg_refuse("the district is not in proto/codes/district.csv");
	if (!code_is_known_or_empty("country", person->country))
		return lg_refuse("the country is not in proto/codes/country.csv");
	if (strlen(person->relation) > FORM_TEXT_MAX)
		return lg_refuse("a relation is longer than 64 bytes");
	return lg_done();
}

bool person_is_same(const struct person *a, const struct person *b)
{
	return a->sex == b->sex && a->age_years == b->age_years && a->basis == b->basis &&
	       strcmp(a->district, b->district) == 0 && strcmp(a->country, b->country) == 0 &&
	       strcmp(a->relation, b->relation) == 0;
}

static struct lg_status move(struct person *person, enum person_event on, enum person_side by)
{
	const struct lg_transition *row = lg_lifecycle_row(&person_life, person->state, on, by);

	if (row == NULL)
		return lg_refuse("this cannot be said of the person now, or not by them");
	person->state = (enum person_state)row->to;
	return lg_done();
}

struct lg_status person_register(struct person *person)
{
	return move(person, ON_REGISTER, BY_CENTRE);
}

static const struct {
	enum person_event on;
	enum person_state to;
} sayings[] = {
	[SAY_SUSPECT] = { ON_SUSPECT, PERSON_LISTED_SUSPECT },
	[SAY_POSSIBLE] = { ON_POSSIBLE, PERSON_POSSIBLE },
	[SAY_ACTUAL] = { ON_ACTUAL, PERSON_ACTUAL },
	[SAY_NOT_A_VICTIM] = { ON_NOT_A_VICTIM, PERSON_NOT_A_VICTIM },
};

struct lg_status person_identify(struct person *person, enum person_saying saying, enum decider by)
{
	if (by == DECIDER_NONE || by == DECIDER_HERSELF)
		return lg_refuse("say who decided: centre, police, border force, child welfare, "
				 "court or ngo");
	if (person->state == sayings[saying].to && person->state_by == by)
		return lg_done();

	struct lg_status status =
		move(person, sayings[saying].on, by == DECIDER_CENTRE ? BY_CENTRE : BY_AUTHORITY);

	if (lg_is_done(status))
		person->state_by = by;
	return status;
}

bool person_is_child(const struct person *person)
{
	if (person->age_years < 0)
		return true;
	if (person->basis == BASIS_GUESSED)
		return person->age_years < ADULT_AGE + GUESS_MARGIN;
	return person->age_years < ADULT_AGE;
}
