/* Levels of agreement per field (compare.h). */
#include "services/matching/engine/compare.h"

#include <assert.h>

#include "services/matching/engine/translit.h"

#define NAME_EQUAL      890 /* of 1000, name_alike() */
#define NAME_CLOSE      780
#define AGE_EQUAL_YEARS 1
#define YEAR_MS         (LG_DAY_MS * 36525 / 100)
#define PHONE_SIZE_MIN  7 /* digits; below it is a short number of a service */

/* How far an age may be off, in years. */
static const int32_t tolerance[AGE_BASIS_COUNT] = {
	[AGE_PAPER] = 1,
	[AGE_STATED] = 2,
	[AGE_GUESSED] = 5,
};

void person_begin(
	struct person *person, const struct person_facts *facts, const struct district_table *table)
{
	enum place_kind kind;

	*person = (struct person){ .facts = *facts };
	person->district = district_read(table, facts->district);
	person->home.district =
		place_bare(lg_bytes(facts->district, strlen(facts->district)), &kind);
}

void person_add_place(struct person *person, const struct place_table *table, const char *text)
{
	struct name_form recorded = person->home.district;

	if (text[0] != '\0')
		person->home = place_read(table, lg_bytes(text, strlen(text)), &recorded);
}

void person_add_name(struct person *person, const char *text)
{
	if (person->name_count == PERSON_NAMES_MAX)
		return;
	name_read(text, &person->names[person->name_count]);
	if (person->names[person->name_count].count > 0)
		person->name_count++;
}

/* The last digits, so that country and trunk prefixes do not count; Devanagari digits too. */
void person_add_phone(struct person *person, const char *text)
{
	struct phone phone = { .size = 0 };
	uint32_t code;

	if (person->phone_count == PERSON_PHONES_MAX)
		return;
	while ((code = translit_next(&text)) != 0) {
		if (code >= 0x0966 && code <= 0x096f)
			code = code - 0x0966 + '0';
		if (code < '0' || code > '9')
			continue;
		if (phone.size == PHONE_DIGITS_MAX)
			memmove(phone.digits, phone.digits + 1, --phone.size);
		phone.digits[phone.size++] = (char)code;
	}
	if (phone.size >= PHONE_SIZE_MIN)
		person->phones[person->phone_count++] = phone;
}

/* The best pair of all names that both were given: one false name does not hide a true one. */
static enum match_level compare_names(const struct person *a, const struct person *b)
{
	uint32_t best = 0;

	if (a->name_count == 0 || b->name_count == 0)
		return LEVEL_MISSING;
	for (uint32_t i = 0; i < a->name_count; i++) {
		for (uint32_t k = 0; k < b->name_count; k++) {
			uint32_t alike = name_alike(&a->names[i], &b->names[k]);

			if (alike > best)
				best = alike;
		}
	}
	if (best >= NAME_EQUAL)
		return LEVEL_EQUAL;
	return best >= NAME_CLOSE ? LEVEL_CLOSE : LEVEL_DIFFERENT;
}

static enum match_level compare_phones(const struct person *a, const struct person *b)
{
	if (a->phone_count == 0 || b->phone_count == 0)
		return LEVEL_MISSING;
	for (uint32_t i = 0; i < a->phone_count; i++)
		for (uint32_t k = 0; k < b->phone_count; k++)
			if (a->phones[i].size == b->phones[k].size &&
				memcmp(a->phones[i].digits, b->phones[k].digits,
					a->phones[i].size) == 0)
				return LEVEL_EQUAL;
	return LEVEL_DIFFERENT;
}

/* The earlier record's age is carried to the later one's time before they are compared. */
static enum match_level compare_ages(const struct person_facts *a, const struct person_facts *b)
{
	const struct person_facts *early = a->at <= b->at ? a : b;
	const struct person_facts *late = early == a ? b : a;
	int64_t apart;

	if (a->age_years < 0 || b->age_years < 0)
		return LEVEL_MISSING;
	assert(a->age_basis < AGE_BASIS_COUNT);
	assert(b->age_basis < AGE_BASIS_COUNT);
	apart = late->age_years - early->age_years - (late->at - early->at) / YEAR_MS;
	if (apart < 0)
		apart = -apart;
	if (apart <= AGE_EQUAL_YEARS)
		return LEVEL_EQUAL;
	return apart <= tolerance[a->age_basis] + tolerance[b->age_basis] ? LEVEL_CLOSE
									  : LEVEL_DIFFERENT;
}

/* What is recorded as a district counts, and has aliases of its own; else what the place says. */
static enum match_level compare_places(const struct person *a, const struct person *b)
{
	static const enum match_level levels[] = {
		[PLACE_GRADE_UNKNOWN] = LEVEL_MISSING,
		[PLACE_GRADE_OTHER] = LEVEL_DIFFERENT,
		[PLACE_GRADE_DISTRICT] = LEVEL_CLOSE,
		[PLACE_GRADE_LOCAL] = LEVEL_EQUAL,
	};
	struct place_alike alike = place_compare(&a->home, &b->home);

	if (a->district.count > 0 && b->district.count > 0)
		alike.district = district_equal(&a->district, &b->district) ? PLACE_EQUAL : 0;
	return levels[place_grade(&alike)];
}

/* The most that two places can come to when they are told whole: facts know districts alone. */
static enum match_level best_places(const struct person *a, const struct person *b)
{
	return a->district.count > 0 && b->district.count > 0 &&
			       !district_equal(&a->district, &b->district)
		       ? LEVEL_DIFFERENT
		       : LEVEL_EQUAL;
}

static bool says_sex(const struct person *person)
{
	return person->facts.sex == SEX_FEMALE || person->facts.sex == SEX_MALE;
}

static enum match_level compare_sexes(const struct person *a, const struct person *b)
{
	if (!says_sex(a) || !says_sex(b))
		return LEVEL_MISSING;
	return a->facts.sex == b->facts.sex ? LEVEL_EQUAL : LEVEL_DIFFERENT;
}

static struct comparison add_up(const struct weights *weights, const enum match_level *levels)
{
	struct comparison c = { .total_millibits = weights->prior_millibits };

	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		int32_t weight = weights->millibits[field][levels[field]];

		c.total_millibits += weight;
		c.reasons[field] = (struct match_reason){ .field = (enum match_field)field,
			.level = levels[field],
			.weight_millibits = weight };
	}
	c.probability_ppm = weigh_probability(c.total_millibits);
	return c;
}

struct comparison compare(
	const struct weights *weights, const struct person *a, const struct person *b)
{
	const enum match_level levels[FIELD_COUNT] = {
		[FIELD_NAME] = compare_names(a, b),
		[FIELD_PHONE] = compare_phones(a, b),
		[FIELD_AGE] = compare_ages(&a->facts, &b->facts),
		[FIELD_PLACE] = compare_places(a, b),
		[FIELD_SEX] = compare_sexes(a, b),
	};

	return add_up(weights, levels);
}

bool compare_is_possible(
	const struct weights *weights, const struct person *a, const struct person *b)
{
	const enum match_level levels[FIELD_COUNT] = {
		[FIELD_NAME] = LEVEL_EQUAL,
		[FIELD_PHONE] = LEVEL_EQUAL,
		[FIELD_AGE] = compare_ages(&a->facts, &b->facts),
		[FIELD_PLACE] = best_places(a, b),
		[FIELD_SEX] = compare_sexes(a, b),
	};

	return add_up(weights, levels).probability_ppm >= weights->propose_ppm;
}
