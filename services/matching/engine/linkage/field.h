/*
 * The fields of two records that are compared, and how well two values may agree.
 *
 * Every kind of field speaks the same grades, so that weights, explanations and files need no
 * word of any one kind.  Grades DIFFERENT to EQUAL rise; what CROSSED means is the kind's own:
 * of names and addresses, that the value stands in the twin's place; of dates, that one of the
 * two is only a year.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_FIELD_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#define FIELDS_MAX     12
#define FIELD_NAME_MAX 32

enum field_kind {
	KIND_NAME,   /* one part of a person's name, either script */
	KIND_PLACE,  /* suburb, district, local level */
	KIND_WORDS,  /* address lines */
	KIND_DATE,   /* year, month and day, or a year alone, in either calendar */
	KIND_NUMBER, /* house, postcode, identity: digits and letters */
	KIND_PHONE,  /* the last ten digits */
	KIND_AGE,    /* whole years */
	KIND_CODE,   /* equal or not: sex, state */
	KIND_COUNT,
};

enum grade {
	GRADE_MISSING,
	GRADE_DIFFERENT,
	GRADE_REMOTE,
	GRADE_NEAR,
	GRADE_CLOSE,
	GRADE_SOUND,
	GRADE_EQUAL,
	GRADE_CROSSED_CLOSE,
	GRADE_CROSSED_EQUAL,
	GRADE_COUNT,
};

#define GRADE_BITS 4 /* of a pattern, per field */

struct field {
	char name[FIELD_NAME_MAX];
	enum field_kind kind;
	uint32_t twin;   /* the field that it is confused with; its own number when there is none */
	uint32_t pool;   /* whose vocabulary it speaks: the lower of itself and its twin */
	int32_t bs_from; /* of dates: written_date_read() */
};

struct field_list {
	uint32_t count;
	struct field fields[FIELDS_MAX];
};

/* Words for schema files and reasons. */
extern const char *const field_kind_names[KIND_COUNT];

/* What a grade says of a kind: "one digit differs"; a literal. */
const char *field_grade_says(enum field_kind kind, enum grade grade);

/* The grade that one field has in a pattern of a pair (pairing.h). */
static inline enum grade pattern_grade(uint64_t pattern, uint32_t field)
{
	return (enum grade)(pattern >> (field * GRADE_BITS) & ((1u << GRADE_BITS) - 1));
}

#endif
