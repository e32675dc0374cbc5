/*
 * The procedures of the routes, as data, and one person's checklist.
 *
 * Which step, who is responsible, by when, what proves it and whom to inform stands in
 * data/procedures.csv; which reasons a route may have in data/reasons.csv.  Every step ends done
 * or "not applicable because".
 */
#ifndef SERVICES_INTAKE_DOMAIN_PROCEDURE_H
#define SERVICES_INTAKE_DOMAIN_PROCEDURE_H

#include "services/intake/domain/person.h"

#define PROCEDURE_STEPS_MAX   256 /* of all routes */
#define PROCEDURE_REASONS_MAX 128
#define PROCEDURE_HOURS_MAX   (24 * 366)
#define STEP_CODE_MAX         16 /* bytes */
#define STEP_PROOF_MAX        64
#define CHECKLIST_MAX         512 /* steps told of in one case */

enum procedure_for { FOR_ANYBODY, FOR_CHILD, FOR_ADULT };

struct procedure_step {
	enum route route;
	enum procedure_for who;
	const char *code, *responsible, *proof, *inform,
		*what;          /* of the file they were read from */
	int32_t deadline_hours; /* behind the stop at the crossing; -1: none */
	bool is_law;            /* the deadline; else the programme's default */
};

/* A reason of a route; ROUTE_NONE: why a step does not apply. */
struct procedure_reason {
	enum route route;
	const char *code;
};

struct procedure_book {
	uint32_t step_count, reason_count;
	struct procedure_step steps[PROCEDURE_STEPS_MAX]; /* in the order of the file */
	struct procedure_reason reasons[PROCEDURE_REASONS_MAX];
};

/*
 * Adds a step at the end.
 *   refused  a code that is not 1..16 of a-z 0-9 _, or is there for this route and age; a deadline
 *            beyond a year; a full book
 */
LG_MUST_CHECK struct lg_status procedure_add_step(
	struct procedure_book *book, const struct procedure_step *step);

/* Adds a reason.  refused: not in proto/codes/reason.csv, there already, a full book */
LG_MUST_CHECK struct lg_status procedure_add_reason(
	struct procedure_book *book, const struct procedure_reason *reason);

/* Whether a route may be chosen for this reason. */
bool procedure_has_reason(const struct procedure_book *book, enum route route, const char *code);

/* Whether the step belongs to this person's route and age. */
bool procedure_applies(const struct procedure_step *step, const struct person *person);

/* The person's step of this code, or NULL. */
const struct procedure_step *procedure_find(
	const struct procedure_book *book, const struct person *person, const char *code);

/* --- one step of one person ------------------------------------------------------------ */

enum step_state { STEP_OPEN, STEP_DONE, STEP_NOT_APPLICABLE };

extern const struct lg_lifecycle step_life;

struct step {
	struct lg_id person_id;
	const char *code;
	enum step_state state;
	lg_ms done_at;
	const char *because, *proof;
};

/* Steps of a case that something was told of. */
struct checklist {
	uint32_t count;
	struct step at[CHECKLIST_MAX];
};

/* The step of this person, or NULL while it is open. */
struct step *checklist_find(struct checklist *list, struct lg_id person_id, const char *code);

/*
 * A step is done or does not apply.  The same again is done.
 *   told         its state is what it becomes; texts are kept, not copied
 *   ret_step     as it is now, in the list
 *   ret_is_told  the same was told before
 *   refused      not a step of this person's procedure; a reason that is none; a proof that is no
 *                number; done and now said not to apply, or done otherwise before
 */
LG_MUST_CHECK struct lg_status checklist_tell(struct checklist *list,
	const struct procedure_book *book, const struct person *person, const struct step *told,
	struct step **ret_step, bool *ret_is_told);

/* When the step must be done; 0: no deadline. */
lg_ms step_deadline(
	const struct procedure_step *step, const struct person *person, lg_ms engaged_at);

#endif
