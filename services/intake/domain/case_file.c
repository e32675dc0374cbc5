/* The states of a case, and what recording a form makes of it. */
#include "services/intake/domain/case_file.h"

#include <assert.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum case_event { ENGAGE, SCREEN, IDENTIFY };
enum case_side { CENTRE };

static const char *const states[] = {
	[CASE_NEW] = "NEW",
	[CASE_ENGAGED] = "ENGAGED",
	[CASE_SCREENED] = "SCREENED",
	[CASE_IDENTIFIED] = "IDENTIFIED",
};

static const char *const events[] = {
	[ENGAGE] = "MigrantEngaged",
	[SCREEN] = "ScreeningCompleted",
	[IDENTIFY] = "PersonIdentified",
};

static const char *const sides[] = { [CENTRE] = "centre" };

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from             on        by      to                why */
	{ CASE_NEW,         ENGAGE,   CENTRE, CASE_ENGAGED,     "somebody was stopped and talked to" },
	{ CASE_ENGAGED,     SCREEN,   CENTRE, CASE_SCREENED,    "the indicators were gone through" },
	{ CASE_ENGAGED,     IDENTIFY, CENTRE, CASE_IDENTIFIED,  "listed without a screening" },
	{ CASE_SCREENED,    IDENTIFY, CENTRE, CASE_IDENTIFIED,  "the first person is listed" },
	{ CASE_IDENTIFIED,  IDENTIFY, CENTRE, CASE_IDENTIFIED,  "one more person is listed" },
};
/* clang-format on */

const struct lg_lifecycle case_life = {
	.name = "case",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = CASE_NEW,
};

/* A form tells its steps in the order of the table, so a missing row is our own fault. */
static void move(struct case_file *file, enum case_event on, enum case_effect_kind kind,
	uint32_t person, struct case_effects *effects)
{
	const struct lg_transition *row = lg_lifecycle_row(&case_life, file->state, on, CENTRE);

	assert(row != NULL);
	assert(effects->count < CASE_EFFECTS_MAX);
	file->state = (enum case_state)row->to;
	file->steps++;
	effects->at[effects->count++] = (struct case_effect){ .kind = kind, .person = person };
}

static void keep(struct case_file *file, const struct form *form, const struct screening *screening,
	const uint8_t *digest)
{
	memcpy(file->station, form->station, strlen(form->station) + 1);
	file->engaged_at = form->engaged_at;
	file->reported_points = form->reported_points;
	file->screening = *screening;
	file->victims = form_count(form, PERSON_POTENTIAL_VICTIM);
	file->suspects = form_count(form, PERSON_SUSPECT);
	memcpy(file->digest, digest, CASE_DIGEST_SIZE);
}

struct lg_status case_file_record(struct case_file *file, const struct form *form,
	const struct screening *screening, const uint8_t *digest, struct case_effects *ret_effects)
{
	struct case_effects effects = { .is_repeated = false };

	assert(form->person_count <= FORM_PERSONS_MAX);
	assert(strlen(form->station) <= FORM_STATION_MAX);

	if (file->state != CASE_NEW) {
		if (memcmp(file->digest, digest, CASE_DIGEST_SIZE) != 0)
			return lg_refuse("recorded before with other content");
		effects.is_repeated = true;
		*ret_effects = effects;
		return lg_done();
	}

	move(file, ENGAGE, EFFECT_ENGAGED, 0, &effects);
	if (form_has_screening(form))
		move(file, SCREEN, EFFECT_SCREENED, 0, &effects);
	for (uint32_t i = 0; i < form->person_count; i++)
		move(file, IDENTIFY, EFFECT_IDENTIFIED, i, &effects);
	keep(file, form, screening, digest);
	*ret_effects = effects;
	return lg_done();
}
