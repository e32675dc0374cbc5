#include "services/matching/engine/linkage/field.h"

#include <assert.h>
#include <stddef.h>

const char *const field_kind_names[KIND_COUNT] = {
	[KIND_NAME] = "name",
	[KIND_PLACE] = "place",
	[KIND_WORDS] = "words",
	[KIND_DATE] = "date",
	[KIND_NUMBER] = "number",
	[KIND_PHONE] = "phone",
	[KIND_AGE] = "age",
	[KIND_CODE] = "code",
};

static const char *const of_words[GRADE_COUNT] = {
	[GRADE_MISSING] = "not compared",
	[GRADE_DIFFERENT] = "different",
	[GRADE_REMOTE] = "remotely alike",
	[GRADE_NEAR] = "alike",
	[GRADE_CLOSE] = "nearly equal",
	[GRADE_SOUND] = "sound equal",
	[GRADE_EQUAL] = "equal",
	[GRADE_CROSSED_CLOSE] = "alike, in the other's place",
	[GRADE_CROSSED_EQUAL] = "equal, in the other's place",
};

static const char *const of_dates[GRADE_COUNT] = {
	[GRADE_MISSING] = "not compared",
	[GRADE_DIFFERENT] = "different",
	[GRADE_REMOTE] = "the year agrees, or nearly",
	[GRADE_NEAR] = "two parts agree",
	[GRADE_CLOSE] = "one digit differs",
	[GRADE_SOUND] = "day and month, or two digits, stand crosswise",
	[GRADE_EQUAL] = "equal",
	[GRADE_CROSSED_CLOSE] = "one is a year alone: within two years",
	[GRADE_CROSSED_EQUAL] = "one is a year alone: the same year",
};

static const char *const of_numbers[GRADE_COUNT] = {
	[GRADE_MISSING] = "not compared",
	[GRADE_DIFFERENT] = "different",
	[GRADE_REMOTE] = "remotely alike",
	[GRADE_NEAR] = "two digits differ",
	[GRADE_CLOSE] = "one digit differs",
	[GRADE_SOUND] = "two digits stand crosswise",
	[GRADE_EQUAL] = "equal",
	[GRADE_CROSSED_CLOSE] = "alike, in the other's place",
	[GRADE_CROSSED_EQUAL] = "equal, in the other's place",
};

static const char *const of_ages[GRADE_COUNT] = {
	[GRADE_MISSING] = "not compared",
	[GRADE_DIFFERENT] = "different",
	[GRADE_REMOTE] = "within eight years",
	[GRADE_NEAR] = "within four years",
	[GRADE_CLOSE] = "within two years",
	[GRADE_SOUND] = "one year apart",
	[GRADE_EQUAL] = "equal",
	[GRADE_CROSSED_CLOSE] = "alike, in the other's place",
	[GRADE_CROSSED_EQUAL] = "equal, in the other's place",
};

const char *field_grade_says(enum field_kind kind, enum grade grade)
{
	static const char *const *const words[KIND_COUNT] = {
		[KIND_NAME] = of_words,
		[KIND_PLACE] = of_words,
		[KIND_WORDS] = of_words,
		[KIND_DATE] = of_dates,
		[KIND_NUMBER] = of_numbers,
		[KIND_PHONE] = of_numbers,
		[KIND_AGE] = of_ages,
		[KIND_CODE] = of_words,
	};

	assert(kind < KIND_COUNT && grade < GRADE_COUNT);
	return words[kind][grade];
}
