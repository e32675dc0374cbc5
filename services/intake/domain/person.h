/*
 * A person of a case: what is known of her, what was decided about her, and by whom.
 *
 * "Victim" is said by somebody: the centre may say possible, only others may say actual.  Age is
 * kept with what it rests on, because the age decides the route; in doubt she counts as a child.
 */
#ifndef SERVICES_INTAKE_DOMAIN_PERSON_H
#define SERVICES_INTAKE_DOMAIN_PERSON_H

#include "common/base/lifecycle.h"
#include "services/intake/domain/form.h"

#define PERSONS_MAX     FORM_PERSONS_MAX /* of one case */
#define PERSON_CODE_MAX 32               /* bytes of a code of proto/codes */
#define ADULT_AGE       18               /* in both countries */
#define GUESS_MARGIN    3                /* years that a guess may be too high */

/* As codes.AgeBasis; NONE: no age, or a form that does not ask. */
enum age_basis { BASIS_NONE, BASIS_PAPER, BASIS_STATED, BASIS_GUESSED };
#define AGE_BASIS_COUNT 4

/* As codes.Decider; NONE: nobody has decided. */
enum decider {
	DECIDER_NONE,
	DECIDER_HERSELF,
	DECIDER_CENTRE,
	DECIDER_POLICE,
	DECIDER_BORDER_FORCE,
	DECIDER_CHILD_WELFARE,
	DECIDER_COURT,
	DECIDER_NGO
};
#define DECIDER_COUNT 8

/* As codes.Route; NONE: not chosen yet. */
enum route { ROUTE_NONE, ROUTE_R0, ROUTE_R1, ROUTE_R2, ROUTE_R3, ROUTE_R4 };
#define ROUTE_COUNT 6

enum person_state {
	PERSON_NEW,
	PERSON_REGISTERED, /* nothing was said of her */
	PERSON_LISTED_SUSPECT,
	PERSON_POSSIBLE,
	PERSON_ACTUAL,
	PERSON_NOT_A_VICTIM
};

/* What somebody says of a person. */
enum person_saying { SAY_SUSPECT, SAY_POSSIBLE, SAY_ACTUAL, SAY_NOT_A_VICTIM };

struct person {
	struct lg_id person_id;
	uint32_t ordinal; /* place in the case, from 0 */
	enum person_state state;
	enum decider state_by;
	bool is_told; /* PersonIdentified went out: she is counted */
	enum person_sex sex;
	int32_t age_years; /* -1: nobody could tell */
	enum age_basis basis;
	const char *district, *country, *relation; /* never NULL */
	enum route route;
	enum decider route_by;
	const char *reason; /* "" with the route */
	lg_ms rescued_at, callback_at;
	struct lg_id event_id;  /* the context of what is sealed */
	struct lg_bytes sealed; /* encoded Sealed; empty when no name was given */
};

/* The persons of a case, by ordinal. */
struct persons {
	uint32_t count;
	struct person at[PERSONS_MAX];
};

extern const struct lg_lifecycle person_life;

/* The names that stand in the database. */
extern const char *const age_basis_names[AGE_BASIS_COUNT];
extern const char *const decider_names[DECIDER_COUNT];
extern const char *const route_names[ROUTE_COUNT];

/* The person of this id, or NULL. */
struct person *persons_find(struct persons *persons, struct lg_id person_id);

/*
 * Adds a person that was not there.
 *   person   copied; its ordinal and state are set here
 *   refused  64 are there already
 */
LG_MUST_CHECK struct lg_status persons_add(
	struct persons *persons, const struct person *person, struct person **ret_person);

/*
 * Whether what is told of a person can be true.
 *   refused  an age above 120, an age without what it rests on, a district, country or relation
 *            that is none
 */
LG_MUST_CHECK struct lg_status person_check(const struct person *person);

/* Whether the clear facts of two tellings are the same. */
bool person_is_same(const struct person *a, const struct person *b);

/*
 * She is registered, or listed, and nothing is said of her yet.
 *   refused  something was said before
 */
LG_MUST_CHECK struct lg_status person_register(struct person *person);

/*
 * Somebody says what she is.  Said again it is done.
 *   refused  the centre says actual; a victim is called suspect or a suspect victim; she says it
 *            herself
 */
LG_MUST_CHECK struct lg_status person_identify(
	struct person *person, enum person_saying saying, enum decider by);

/*
 * Whether she counts as a child: under 18, an age that is not known, or a guess that may be three
 * years too high.  Source: "in doubt: child" of the triage; the margin is the programme's.
 */
bool person_is_child(const struct person *person);

#endif
