/*
 * An interception form as this service thinks of it: arrival, screening and persons at once.
 *
 * It was read from a message at the door (form_wire.h); what it says is a claim until
 * form_check() has looked at it.
 */
#ifndef SERVICES_INTAKE_DOMAIN_FORM_H
#define SERVICES_INTAKE_DOMAIN_FORM_H

#include "common/base/id.h"

#define FORM_PERSONS_MAX  64
#define FORM_STATION_MAX  8     /* capital letters */
#define FORM_TEXT_MAX     64    /* bytes of a district, of a relation */
#define FORM_HEADS_MAX    1000  /* persons by the form's header */
#define FORM_POINTS_MAX   10000 /* the station's own total, either sign */
#define FORM_POINTS_EMPTY INT32_MIN
#define FORM_AGE_MAX      120
#define POINTS_ABSENT     INT32_MIN /* the total was left empty */

enum person_kind { PERSON_POTENTIAL_VICTIM, PERSON_SUSPECT };

enum person_sex { SEX_FEMALE, SEX_MALE, SEX_OTHER, SEX_NOT_RECORDED };

struct form_person {
	enum person_kind kind;
	enum person_sex sex;
	int32_t age_years; /* -1: nobody could tell */
	const char *district, *relation;
};

struct form {
	struct lg_id case_id;
	const char *station;
	lg_ms engaged_at;
	uint32_t stated_victims;
	int32_t stated_suspects; /* -1: left empty */
	int32_t reported_points; /* as the station wrote it, below zero too; or POINTS_ABSENT */
	uint32_t certainty;      /* 1..5; 0: not recorded */
	uint32_t indicator_count;
	const char *const *indicators;
	uint32_t person_count;
	const struct form_person *persons;
};

/* The names that stand in the database. */
extern const char *const person_kind_names[];
extern const char *const person_sex_names[];
#define PERSON_KIND_COUNT 2
#define PERSON_SEX_COUNT  4

/*
 * Whether the form can be true.
 *   now      forms from before 2000 or more than a day ahead are refused
 *   refused  no case id; a station that is not 1..8 capital letters; a number, text or list above
 *            its limit
 */
LG_MUST_CHECK struct lg_status form_check(const struct form *form, lg_ms now);

/* Whether the staff went through the indicators: any sign, own impression or total. */
bool form_has_screening(const struct form *form);

/* How many persons of a kind the form lists. */
uint32_t form_count(const struct form *form, enum person_kind kind);

/* Whether the station's own total is given and is another than the computed one. */
bool form_points_differ(const struct form *form, uint32_t points);

#endif
