/*
 * A place as people write it: a local level and its district, in either script.
 *
 * "Badhaiyatal Gaunpalika-5, Bardiya", "बढैयाताल गाउँपालिका" and "Badhaiyatal Rural Municipality" are
 * one: words for kinds of places go, wards go, spelling is heard as names are.  What changed its
 * name (old village committees, towns named otherwise by everybody) stands in a table of aliases that
 * is data.
 */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_PLACE_H
#define SERVICES_MATCHING_ENGINE_TEXT_PLACE_H

#include "services/matching/engine/text/name_form.h"

#define PLACE_ALIASES_MAX 4096
#define PLACE_EQUAL       870 /* of 1000: from here on two spellings are one place */

enum place_kind {
	PLACE_UNSAID,
	PLACE_VILLAGE, /* a village development committee, until 2017 */
	PLACE_RURAL,   /* Gaunpalika */
	PLACE_TOWN,    /* Nagarpalika */
	PLACE_SUB_METROPOLIS,
	PLACE_METROPOLIS,
	PLACE_DISTRICT,
	PLACE_KIND_COUNT
};

struct place {
	struct name_form local, district; /* size 0: not said */
	enum place_kind kind;             /* of the local level, as it was written */
};

struct place_alias {
	struct name_form alias, local, district;
};

struct place_table {
	uint32_t count;
	const struct place_alias *rows;
};

/* How alike two places are, 0..1000 each; -1 where one of them does not say. */
struct place_alike {
	int32_t local, district;
};

/* What is said of two places. */
enum place_grade {
	PLACE_GRADE_UNKNOWN,
	PLACE_GRADE_OTHER,    /* another district */
	PLACE_GRADE_DISTRICT, /* the same; of the local level another, or nothing */
	PLACE_GRADE_LOCAL,    /* the same local level */
};

/*
 * Reads a place: parts between commas, the local level first; a ward alone is no part.
 *   table     aliases; an alias stands for its place when the district agrees or was not said
 *   district  recorded apart from the text, and then it counts; a text that names it and nothing
 *             else says no local level; NULL or size 0: not recorded
 */
struct place place_read(
	const struct place_table *table, struct lg_bytes text, const struct name_form *district);

/* A name of one part without the words for its kind; ret_kind what they said. */
struct name_form place_bare(struct lg_bytes text, enum place_kind *ret_kind);

/*
 * The same whichever stands first.  A name alone that is the other's district is taken as one.
 */
struct place_alike place_compare(const struct place *a, const struct place *b);

/* The grade of two places that are so alike. */
enum place_grade place_grade(const struct place_alike *alike);

#endif
