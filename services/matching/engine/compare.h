/*
 * Two records, compared field by field and explained: the interface behind which the engine may
 * change (weights by frequency, an index, vector code) without a service noticing.
 *
 * Pure, and bounded: a person is one struct, nothing is allocated.
 */
#ifndef SERVICES_MATCHING_ENGINE_COMPARE_H
#define SERVICES_MATCHING_ENGINE_COMPARE_H

#include "common/base/calendar.h"
#include "services/matching/engine/district.h"
#include "services/matching/engine/text/place.h"
#include "services/matching/engine/weigh.h"

#define PERSON_NAMES_MAX  16
#define PERSON_PHONES_MAX 8
#define PHONE_DIGITS_MAX  10 /* the last ones are compared */

enum person_sex { SEX_FEMALE, SEX_MALE, SEX_OTHER, SEX_NOT_RECORDED, SEX_COUNT };
enum age_basis { AGE_PAPER, AGE_STATED, AGE_GUESSED, AGE_BASIS_COUNT };

/* What is known without opening anything. */
struct person_facts {
	enum person_sex sex;
	int32_t age_years; /* -1: not known */
	enum age_basis age_basis;
	lg_ms at; /* when she had this age */
	const char *district;
};

struct phone {
	uint32_t size; /* 0: too short to mean anybody */
	char digits[PHONE_DIGITS_MAX];
};

/* One person, made comparable. */
struct person {
	struct person_facts facts;
	struct name district; /* as recorded, behind its alias */
	struct place home;    /* district alone, until a place is added */
	uint32_t name_count, phone_count;
	struct name names[PERSON_NAMES_MAX]; /* every name that she was given: aliases */
	struct phone phones[PERSON_PHONES_MAX];
};

struct match_reason {
	enum match_field field;
	enum match_level level;
	int32_t weight_millibits;
};

struct comparison {
	uint32_t probability_ppm;
	int32_t total_millibits;                  /* prior included */
	struct match_reason reasons[FIELD_COUNT]; /* one per field, in their order */
};

/* A person from facts alone; names, phones and a place are added. */
void person_begin(struct person *person, const struct person_facts *facts,
	const struct district_table *table);

/* One more; those above the maximum are left out. */
void person_add_name(struct person *person, const char *text);
void person_add_phone(struct person *person, const char *text);

/* Where her home is, as it was said; "" adds nothing.  A district that is recorded apart counts. */
void person_add_place(struct person *person, const struct place_table *table, const char *text);

/* Compares; the same whichever stands first. */
struct comparison compare(
	const struct weights *weights, const struct person *a, const struct person *b);

/* Whether the facts leave room for a proposal, if name and phone were equal. */
bool compare_is_possible(
	const struct weights *weights, const struct person *a, const struct person *b);

#endif
