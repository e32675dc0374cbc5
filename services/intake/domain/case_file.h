/*
 * A case at a crossing: somebody was stopped and talked to, screened, listed by person.
 *
 * Its states stand in one table; recording a form is the one decision there is of it so far.
 */
#ifndef SERVICES_INTAKE_DOMAIN_CASE_FILE_H
#define SERVICES_INTAKE_DOMAIN_CASE_FILE_H

#include "common/base/lifecycle.h"
#include "services/intake/domain/form.h"
#include "services/intake/domain/screening.h"

#define CASE_DIGEST_SIZE 32
#define CASE_EFFECTS_MAX (FORM_PERSONS_MAX + 2)

enum case_state { CASE_NEW, CASE_ENGAGED, CASE_SCREENED, CASE_IDENTIFIED };

struct case_file {
	enum case_state state; /* CASE_NEW: never seen */
	char station[FORM_STATION_MAX + 1];
	lg_ms engaged_at;
	int32_t reported_points; /* of the station; or POINTS_ABSENT */
	struct screening screening;
	uint32_t victims, suspects;       /* persons listed */
	uint32_t steps;                   /* events of this case so far */
	uint8_t digest[CASE_DIGEST_SIZE]; /* of the form, to know it again */
};

extern const struct lg_lifecycle case_life;

enum case_effect_kind { EFFECT_ENGAGED, EFFECT_SCREENED, EFFECT_IDENTIFIED };

/* What happened: one event each. */
struct case_effect {
	enum case_effect_kind kind;
	uint32_t person; /* of the form's list; EFFECT_IDENTIFIED only */
};

struct case_effects {
	bool is_repeated; /* the same form was here before: nothing happened */
	uint32_t count;
	struct case_effect at[CASE_EFFECTS_MAX];
};

/*
 * Records a form.  Told twice with the same content it is done.
 *
 *   form       checked
 *   screening  what its indicators add up to
 *   digest     of the form's content: CASE_DIGEST_SIZE bytes
 *   refused    the case was recorded before with other content
 *   effects    MigrantEngaged always; ScreeningCompleted when the indicators were gone through;
 *              one PersonIdentified per person
 */
LG_MUST_CHECK struct lg_status case_file_record(struct case_file *file, const struct form *form,
	const struct screening *screening, const uint8_t *digest, struct case_effects *ret_effects);

#endif
