/* Checklists: whose step it is, and how it ends. */
#include "services/intake/domain/procedure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define STOPPED ((lg_ms)1800000000000)

static struct procedure_book book;

static struct procedure_step a_step(enum route route, enum procedure_for who, const char *code)
{
	return (struct procedure_step){
		.route = route,
		.who = who,
		.code = code,
		.responsible = "worker",
		.proof = "",
		.inform = "",
		.what = "",
		.deadline_hours = 24,
	};
}

static int make_book(void **unused)
{
	const struct procedure_step steps[] = {
		a_step(ROUTE_R1, FOR_CHILD, "a1"),
		a_step(ROUTE_R1, FOR_ADULT, "b1"),
		a_step(ROUTE_R1, FOR_ANYBODY, "a17"),
		a_step(ROUTE_R2, FOR_CHILD, "a1"),
	};
	const struct procedure_reason reason = { ROUTE_NONE, "na_not_wished" };

	(void)unused;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		assert_int_equal(procedure_add_step(&book, &steps[i]).outcome, LG_DONE);
	assert_int_equal(procedure_add_reason(&book, &reason).outcome, LG_DONE);
	return 0;
}

static struct person a_child(void)
{
	return (struct person){
		.person_id = { .byte = { 1 } },
		.age_years = 15,
		.basis = BASIS_PAPER,
		.route = ROUTE_R1,
	};
}

static struct step told(const char *code, enum step_state state)
{
	return (struct step){
		.code = code,
		.state = state,
		.done_at = STOPPED,
		.because = state == STEP_NOT_APPLICABLE ? "na_not_wished" : "",
		.proof = "",
	};
}

static enum lg_outcome tell(struct checklist *list, struct step step, bool *ret_is_told)
{
	struct person child = a_child();
	struct step *now = NULL;

	return checklist_tell(list, &book, &child, &step, &now, ret_is_told).outcome;
}

/* Goal: the table has no dead, missing or doubled rows.  Method: its own check. */
static void the_states_are_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&step_life).outcome, LG_DONE);
}

/* Goal: a step belongs to route and age.  Method: child and adult on R1, child on R2. */
static void a_step_belongs_to_a_route_and_an_age(void **unused)
{
	struct person person = a_child();

	(void)unused;
	assert_non_null(procedure_find(&book, &person, "a1"));
	assert_non_null(procedure_find(&book, &person, "a17"));
	assert_null(procedure_find(&book, &person, "b1"));
	person.age_years = 18;
	assert_null(procedure_find(&book, &person, "a1"));
	assert_non_null(procedure_find(&book, &person, "b1"));
	person.route = ROUTE_R2;
	assert_null(procedure_find(&book, &person, "a17"));
	person.route = ROUTE_NONE;
	assert_null(procedure_find(&book, &person, "a1"));
}

/* Goal: a step ends done, or not applicable with a reason.  Method: both, again, and turned over. */
static void a_step_ends_once(void **unused)
{
	static struct checklist list;
	bool is_told = false;

	(void)unused;
	list.count = 0;
	assert_int_equal(tell(&list, told("a1", STEP_NOT_APPLICABLE), &is_told), LG_DONE);
	assert_false(is_told);
	assert_int_equal(tell(&list, told("a1", STEP_NOT_APPLICABLE), &is_told), LG_DONE);
	assert_true(is_told);
	assert_int_equal(tell(&list, told("a1", STEP_DONE), &is_told), LG_DONE);
	assert_false(is_told);
	assert_int_equal(tell(&list, told("a1", STEP_DONE), &is_told), LG_DONE);
	assert_true(is_told);
	assert_int_equal(tell(&list, told("a1", STEP_NOT_APPLICABLE), &is_told), LG_REFUSED);
	assert_int_equal(tell(&list, told("b1", STEP_DONE), &is_told), LG_REFUSED);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.at[0].state, STEP_DONE);
}

/* Goal: no name stands as a proof, no reason is made up.  Method: texts on both sides. */
static void proofs_are_numbers_and_reasons_codes(void **unused)
{
	static struct checklist list;
	struct step step = told("a1", STEP_DONE);
	bool is_told = false;

	(void)unused;
	list.count = 0;
	step.proof = "Sita Devi";
	assert_int_equal(tell(&list, step, &is_told), LG_REFUSED);
	step.proof = "Sita";
	assert_int_equal(tell(&list, step, &is_told), LG_REFUSED);
	step.proof = "012345678901234567890123456789012345678901234567890123456789012345";
	assert_int_equal(tell(&list, step, &is_told), LG_REFUSED);
	step = told("a1", STEP_DONE);
	step.because = "na_not_wished";
	assert_int_equal(tell(&list, step, &is_told), LG_REFUSED);
	step = told("a1", STEP_NOT_APPLICABLE);
	step.because = "";
	assert_int_equal(tell(&list, step, &is_told), LG_REFUSED);
	step.because = "nothing_found"; /* of a route */
	assert_int_equal(tell(&list, step, &is_told), LG_REFUSED);
	step = told("a1", STEP_DONE);
	step.proof = "EoN/2026-118_b.7";
	assert_int_equal(tell(&list, step, &is_told), LG_DONE);
}

/* Goal: deadlines run from the stop; the agreed call has its own.  Method: each kind. */
static void deadlines_run_from_the_stop(void **unused)
{
	struct procedure_step step = a_step(ROUTE_R0, FOR_ANYBODY, "callback");
	struct person person = a_child();

	(void)unused;
	assert_int_equal(step_deadline(&step, &person, STOPPED), STOPPED + 24 * LG_HOUR_MS);
	person.callback_at = STOPPED + 7;
	assert_int_equal(step_deadline(&step, &person, STOPPED), STOPPED + 7);
	step.code = "b1";
	step.deadline_hours = -1;
	assert_int_equal(step_deadline(&step, &person, STOPPED), 0);
}

/* Goal: a book holds each step once.  Method: doubles, codes that are none, deadlines. */
static void a_book_refuses_what_cannot_be_a_step(void **unused)
{
	struct procedure_step step = a_step(ROUTE_R1, FOR_ANYBODY, "a1"); /* also a child's */
	const struct procedure_reason reasons[] = { { ROUTE_NONE, "na_not_wished" },
		{ ROUTE_R1, "no_such_reason" } };

	(void)unused;
	assert_int_equal(procedure_add_step(&book, &step).outcome, LG_REFUSED);
	step.code = "A1";
	assert_int_equal(procedure_add_step(&book, &step).outcome, LG_REFUSED);
	step.code = "";
	assert_int_equal(procedure_add_step(&book, &step).outcome, LG_REFUSED);
	step = a_step(ROUTE_NONE, FOR_ANYBODY, "x1");
	assert_int_equal(procedure_add_step(&book, &step).outcome, LG_REFUSED);
	step = a_step(ROUTE_R3, FOR_ANYBODY, "x1");
	step.deadline_hours = PROCEDURE_HOURS_MAX + 1;
	assert_int_equal(procedure_add_step(&book, &step).outcome, LG_REFUSED);
	assert_int_equal(procedure_add_reason(&book, &reasons[0]).outcome, LG_REFUSED);
	assert_int_equal(procedure_add_reason(&book, &reasons[1]).outcome, LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_states_are_sound),
		cmocka_unit_test(a_step_belongs_to_a_route_and_an_age),
		cmocka_unit_test(a_step_ends_once),
		cmocka_unit_test(proofs_are_numbers_and_reasons_codes),
		cmocka_unit_test(deadlines_run_from_the_stop),
		cmocka_unit_test(a_book_refuses_what_cannot_be_a_step),
	};

	return cmocka_run_group_tests(tests, make_book, NULL);
}
