#include "services/intake/domain/procedure.h"

#include <assert.h>
#include <string.h>

#include "services/intake/domain/code_list.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum step_event { ON_DONE, ON_NOT_APPLICABLE };
enum step_side { BY_CENTRE };

static const char *const states[] = {
	[STEP_OPEN] = "OPEN",
	[STEP_DONE] = "DONE",
	[STEP_NOT_APPLICABLE] = "NOT_APPLICABLE",
};
static const char *const events[] = {
	[ON_DONE] = "StepDone",
	[ON_NOT_APPLICABLE] = "StepDone: not applicable",
};
static const char *const sides[] = { [BY_CENTRE] = "centre" };

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from                on                 by         to                   why */
	{ STEP_OPEN,           ON_DONE,           BY_CENTRE, STEP_DONE,           "it was done" },
	{ STEP_OPEN,           ON_NOT_APPLICABLE, BY_CENTRE, STEP_NOT_APPLICABLE, "it does not apply, and why" },
	{ STEP_NOT_APPLICABLE, ON_DONE,           BY_CENTRE, STEP_DONE,           "it was done after all" },
};
/* clang-format on */

const struct lg_lifecycle step_life = {
	.name = "step",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = STEP_OPEN,
};

static bool is_code(const char *text)
{
	size_t size = strlen(text);

	return size > 0 && size <= STEP_CODE_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

/* Numbers of letters and entries; a word of several parts could be a name. */
static bool is_proof(const char *text)
{
	size_t size = strlen(text);

	return size <= STEP_PROOF_MAX &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-") ==
		       size &&
	       (size == 0 || strcspn(text, "0123456789") < size);
}

struct lg_status procedure_add_step(struct procedure_book *book, const struct procedure_step *step)
{
	if (step->route == ROUTE_NONE || !is_code(step->code))
		return lg_refuse("a step needs a route and a code of 1 to 16 of a-z, 0-9 and _");
	if (step->deadline_hours < -1 || step->deadline_hours > PROCEDURE_HOURS_MAX)
		return lg_refuse("a deadline is within a year");
	for (uint32_t i = 0; i < book->step_count; i++) {
		const struct procedure_step *other = &book->steps[i];

		if (other->route == step->route && strcmp(other->code, step->code) == 0 &&
			(other->who == step->who || other->who == FOR_ANYBODY ||
				step->who == FOR_ANYBODY))
			return lg_refuse("the step is there twice");
	}
	if (book->step_count == PROCEDURE_STEPS_MAX)
		return lg_refuse("more steps than the book may have");
	book->steps[book->step_count++] = *step;
	return lg_done();
}

struct lg_status procedure_add_reason(
	struct procedure_book *book, const struct procedure_reason *reason)
{
	if (!code_is_known("reason", reason->code))
		return lg_refuse("the reason is not in proto/codes/reason.csv");
	if (procedure_has_reason(book, reason->route, reason->code))
		return lg_refuse("the reason is there twice");
	if (book->reason_count == PROCEDURE_REASONS_MAX)
		return lg_refuse("more reasons than the book may have");
	book->reasons[book->reason_count++] = *reason;
	return lg_done();
}

bool procedure_has_reason(const struct procedure_book *book, enum route route, const char *code)
{
	for (uint32_t i = 0; i < book->reason_count; i++) {
		if (book->reasons[i].route == route && strcmp(book->reasons[i].code, code) == 0)
			return true;
	}
	return false;
}

bool procedure_applies(const struct procedure_step *step, const struct person *person)
{
	if (step->route != person->route)
		return false;
	switch (step->who) {
	case FOR_ANYBODY:
		return true;
	case FOR_CHILD:
		return person_is_child(person);
	case FOR_ADULT:
		return !person_is_child(person);
	}
	return false;
}

const struct procedure_step *procedure_find(
	const struct procedure_book *book, const struct person *person, const char *code)
{
	for (uint32_t i = 0; i < book->step_count; i++) {
		if (strcmp(book->steps[i].code, code) == 0 &&
			procedure_applies(&book->steps[i], person))
			return &book->steps[i];
	}
	return NULL;
}

struct step *checklist_find(struct checklist *list, struct lg_id person_id, const char *code)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (lg_id_equal(list->at[i].person_id, person_id) &&
			strcmp(list->at[i].code, code) == 0)
			return &list->at[i];
	}
	return NULL;
}

static struct lg_status check_told(const struct procedure_book *book, const struct step *told)
{
	bool has_reason = told->because[0] != '\0';

	if (told->state == STEP_NOT_APPLICABLE &&
		!procedure_has_reason(book, ROUTE_NONE, told->because))
		return lg_refuse("not applicable needs a reason, one of the na_ codes");
	if (told->state == STEP_DONE && has_reason)
		return lg_refuse("a step that was done has no reason why not");
	if (!is_proof(told->proof))
		return lg_refuse("a proof is the number of a letter or entry, at most 64 of "
				 "A-Z a-z 0-9 / . _ -");
	return lg_done();
}

static bool is_same(const struct step *a, const struct step *b)
{
	return a->state == b->state && a->done_at == b->done_at &&
	       strcmp(a->because, b->because) == 0 && strcmp(a->proof, b->proof) == 0;
}

struct lg_status checklist_tell(struct checklist *list, const struct procedure_book *book,
	const struct person *person, const struct step *told, struct step **ret_step,
	bool *ret_is_told)
{
	struct step *step = checklist_find(list, person->person_id, told->code);
	enum step_event on = told->state == STEP_DONE ? ON_DONE : ON_NOT_APPLICABLE;
	struct lg_status status = check_told(book, told);

	assert(told->state != STEP_OPEN);
	if (!lg_is_done(status))
		return status;
	if (procedure_find(book, person, told->code) == NULL)
		return lg_refuse("not a step of this person's route");
	if (step != NULL && is_same(step, told)) {
		*ret_step = step;
		*ret_is_told = true;
		return lg_done();
	}
	if (step == NULL && list->count == CHECKLIST_MAX)
		return lg_refuse("more steps than a case may have");

	enum step_state from = step == NULL ? STEP_OPEN : step->state;
	const struct lg_transition *row = lg_lifecycle_row(&step_life, from, on, BY_CENTRE);

	if (row == NULL)
		return lg_refuse("the step was told otherwise before");
	if (step == NULL)
		step = &list->at[list->count++];
	*step = *told;
	step->state = (enum step_state)row->to;
	step->person_id = person->person_id;
	*ret_step = step;
	*ret_is_told = false;
	return lg_done();
}

lg_ms step_deadline(
	const struct procedure_step *step, const struct person *person, lg_ms engaged_at)
{
	if (strcmp(step->code, "callback") == 0 && person->callback_at != 0)
		return person->callback_at;
	return step->deadline_hours < 0 ? 0 : engaged_at + step->deadline_hours * LG_HOUR_MS;
}
