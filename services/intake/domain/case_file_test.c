/* The states of a case, and what recording a form makes of it. */
#include "services/intake/domain/case_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t digest[CASE_DIGEST_SIZE] = { 7 };
static const uint8_t other_digest[CASE_DIGEST_SIZE] = { 8 };
static const struct screening nothing = { .version = 1 };

static const struct form_person three[3] = {
	{ .kind = PERSON_POTENTIAL_VICTIM, .district = "", .relation = "" },
	{ .kind = PERSON_POTENTIAL_VICTIM, .district = "", .relation = "" },
	{ .kind = PERSON_SUSPECT, .district = "", .relation = "" },
};

static struct form a_form(void)
{
	return (struct form){
		.case_id = { .byte = { 1 } },
		.station = "ABCDEFGH",
		.engaged_at = 1400000000000,
		.stated_suspects = -1,
		.reported_points = POINTS_ABSENT,
	};
}

static struct case_effects record(struct case_file *file, const struct form *form)
{
	struct case_effects effects;

	assert_int_equal(case_file_record(file, form, &nothing, digest, &effects).outcome, LG_DONE);
	return effects;
}

/* Goal: the table has no dead, missing or doubled rows.  Method: its own check. */
static void the_states_are_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&case_life).outcome, LG_DONE);
}

/* Goal: the least that a form says is that somebody was stopped.  Method: an empty form. */
static void an_empty_form_engages(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };
	struct case_effects effects = record(&file, &form);

	assert_int_equal(file.state, CASE_ENGAGED);
	assert_int_equal(effects.count, 1);
	assert_int_equal(effects.at[0].kind, EFFECT_ENGAGED);
	assert_int_equal(file.steps, 1);
	assert_string_equal(file.station, "ABCDEFGH");
}

/* Goal: a screening without persons ends screened.  Method: an impression alone. */
static void an_impression_screens(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };

	form.certainty = 3;

	struct case_effects effects = record(&file, &form);

	assert_int_equal(file.state, CASE_SCREENED);
	assert_int_equal(effects.count, 2);
	assert_int_equal(effects.at[1].kind, EFFECT_SCREENED);
}

/* Goal: persons are identified without a screening too, one effect each.  Method: three. */
static void persons_are_identified_one_by_one(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };

	form.persons = three;
	form.person_count = 3;

	struct case_effects effects = record(&file, &form);

	assert_int_equal(file.state, CASE_IDENTIFIED);
	assert_int_equal(effects.count, 4);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(effects.at[i + 1].kind, EFFECT_IDENTIFIED);
		assert_int_equal(effects.at[i + 1].person, i);
	}
	assert_int_equal(file.victims, 2);
	assert_int_equal(file.suspects, 1);
	assert_int_equal(file.steps, 4);
}

/* Goal: the largest form fits the list of effects.  Method: 64 persons and a screening. */
static void the_largest_form_fits(void **unused)
{
	(void)unused;
	struct form_person many[FORM_PERSONS_MAX];
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };

	for (uint32_t i = 0; i < FORM_PERSONS_MAX; i++)
		many[i] = three[0];
	form.persons = many;
	form.person_count = FORM_PERSONS_MAX;
	form.indicator_count = 1;
	assert_int_equal(record(&file, &form).count, CASE_EFFECTS_MAX);
}

/* Goal: told twice is done, and nothing happens.  Method: the same digest again. */
static void the_same_form_again_changes_nothing(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };

	form.persons = three;
	form.person_count = 3;
	assert_false(record(&file, &form).is_repeated);

	struct case_file before = file;
	struct case_effects effects = record(&file, &form);

	assert_true(effects.is_repeated);
	assert_int_equal(effects.count, 0);
	assert_memory_equal(&file, &before, sizeof file);
}

/* Goal: a case is not overwritten.  Method: another digest; nothing is changed. */
static void another_form_of_the_same_case_is_refused(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };
	struct case_effects effects;

	(void)record(&file, &form);

	struct case_file before = file;

	form.station = "KKR";
	assert_int_equal(case_file_record(&file, &form, &nothing, other_digest, &effects).outcome,
		LG_REFUSED);
	assert_memory_equal(&file, &before, sizeof file);
}

/* --- told one by one ------------------------------------------------------------------------ */

#define NOW ((lg_ms)1800000000000)

static struct case_file engaged(void)
{
	struct case_file file = { .state = CASE_NEW };
	bool is_told = true;

	assert_true(lg_is_done(case_file_engage(&file, "SNL", NOW, "ne", NOW, &is_told)));
	assert_false(is_told);
	return file;
}

/* Goal: a talk begins once.  Method: the same again, otherwise, and over a form's case. */
static void a_talk_begins_once(void **unused)
{
	struct case_file file = engaged(), of_form = { .state = CASE_NEW };
	struct form form = a_form();
	bool is_told = false;

	(void)unused;
	assert_true(lg_is_done(case_file_engage(&file, "SNL", NOW, "ne", NOW, &is_told)));
	assert_true(is_told);
	assert_false(lg_is_done(case_file_engage(&file, "RXL", NOW, "ne", NOW, &is_told)));
	assert_false(lg_is_done(case_file_engage(&file, "SNL", NOW - 1, "ne", NOW, &is_told)));
	assert_false(lg_is_done(case_file_engage(&file, "SNL", NOW, "hi", NOW, &is_told)));
	record(&of_form, &form);
	assert_false(lg_is_done(
		case_file_engage(&of_form, form.station, form.engaged_at, "", NOW, &is_told)));
	assert_int_equal(file.steps, 1);
}

/* Goal: what cannot be a talk is refused.  Method: both sides of each limit. */
static void talks_that_cannot_be_true_are_refused(void **unused)
{
	const lg_ms margin = 5 * 60 * 1000;
	struct case_file file = { .state = CASE_NEW };
	bool is_told = false;

	(void)unused;
	assert_false(lg_is_done(case_file_engage(&file, "", NOW, "", NOW, &is_told)));
	assert_false(lg_is_done(case_file_engage(&file, "ABCDEFGHI", NOW, "", NOW, &is_told)));
	assert_false(lg_is_done(case_file_engage(&file, "sNL", NOW, "", NOW, &is_told)));
	assert_false(lg_is_done(case_file_engage(&file, "SNL", NOW, "n", NOW, &is_told)));
	assert_false(lg_is_done(case_file_engage(&file, "SNL", NOW, "nepa", NOW, &is_told)));
	assert_false(
		lg_is_done(case_file_engage(&file, "SNL", NOW + margin + 1, "", NOW, &is_told)));
	assert_false(case_time_is_possible(946684799999, NOW));
	assert_true(case_time_is_possible(946684800000, NOW));
	assert_int_equal(file.state, CASE_NEW);
	assert_true(lg_is_done(case_file_engage(&file, "SNL", NOW + margin, "", NOW, &is_told)));
}

/* Goal: points never come before the impression.  Method: both orders, and a changed mind. */
static void the_impression_comes_before_the_points(void **unused)
{
	const struct screening points = { .version = 1, .points = 40 };
	struct case_file file = engaged(), form_file = { .state = CASE_NEW };
	struct form form = a_form();
	bool is_told = true;

	(void)unused;
	assert_false(lg_is_done(case_file_screen(&file, &points, "a", "", &is_told)));
	assert_int_equal(file.screening.points, 0);
	assert_false(lg_is_done(case_file_impress(&file, 0, &is_told)));
	assert_false(lg_is_done(case_file_impress(&file, 6, &is_told)));
	assert_true(lg_is_done(case_file_impress(&file, 4, &is_told)));
	assert_false(is_told);
	assert_true(lg_is_done(case_file_impress(&file, 4, &is_told)));
	assert_true(is_told);
	assert_false(lg_is_done(case_file_impress(&file, 2, &is_told)));
	assert_true(lg_is_done(case_file_screen(&file, &points, "a", "", &is_told)));
	assert_false(is_told);
	assert_int_equal(file.state, CASE_SCREENED);
	assert_true(lg_is_done(case_file_screen(&file, &points, "a", "", &is_told)));
	assert_true(is_told);
	assert_false(lg_is_done(case_file_screen(&file, &points, "a b", "", &is_told)));
	form.reported_points = 12; /* a form with points and without an impression */
	record(&form_file, &form);
	assert_false(lg_is_done(case_file_impress(&form_file, 3, &is_told)));
}

/* Goal: nothing happens to a case that never began.  Method: every telling. */
static void a_case_that_never_began_takes_nothing(void **unused)
{
	const struct screening points = { .version = 1 };
	struct case_file file = { .state = CASE_NEW };
	bool is_told = false;

	(void)unused;
	assert_false(lg_is_done(case_file_impress(&file, 3, &is_told)));
	assert_false(lg_is_done(case_file_screen(&file, &points, "", "", &is_told)));
	assert_false(lg_is_done(case_file_identify(&file, PERSON_SUSPECT)));
	assert_false(lg_is_done(case_file_route(&file, true)));
	assert_false(case_file_hear(&file, NEWS_CLOSED));
	assert_int_equal(file.state, CASE_NEW);
	assert_int_equal(file.steps, 0);
}

/* Goal: one who travels on and one who needs help end in help.  Method: both orders. */
static void a_rescue_outweighs_a_release(void **unused)
{
	for (int order = 0; order < 2; order++) {
		struct case_file file = engaged();

		(void)unused;
		assert_true(lg_is_done(case_file_identify(&file, PERSON_POTENTIAL_VICTIM)));
		assert_true(lg_is_done(case_file_identify(&file, PERSON_POTENTIAL_VICTIM)));
		assert_true(lg_is_done(case_file_route(&file, order == 0)));
		assert_true(lg_is_done(case_file_route(&file, order == 1)));
		assert_int_equal(file.state, CASE_RESCUED);
		assert_int_equal(file.victims, 2);
		assert_int_equal(file.steps, 5);
	}
}

/* Goal: news end in the same state in whatever order.  Method: all six orders of the three. */
static void news_end_in_the_same_in_any_order(void **unused)
{
	static const enum case_news orders[6][3] = {
		{ NEWS_HANDED_OVER, NEWS_REUNITED, NEWS_CLOSED },
		{ NEWS_HANDED_OVER, NEWS_CLOSED, NEWS_REUNITED },
		{ NEWS_REUNITED, NEWS_HANDED_OVER, NEWS_CLOSED },
		{ NEWS_REUNITED, NEWS_CLOSED, NEWS_HANDED_OVER },
		{ NEWS_CLOSED, NEWS_HANDED_OVER, NEWS_REUNITED },
		{ NEWS_CLOSED, NEWS_REUNITED, NEWS_HANDED_OVER },
	};

	(void)unused;
	for (int order = 0; order < 6; order++) {
		struct case_file file = { .state = CASE_RESCUED };

		for (int i = 0; i < 3; i++)
			(void)case_file_hear(&file, orders[order][i]);
		assert_int_equal(file.state, CASE_CLOSED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_states_are_sound),
		cmocka_unit_test(an_empty_form_engages),
		cmocka_unit_test(an_impression_screens),
		cmocka_unit_test(persons_are_identified_one_by_one),
		cmocka_unit_test(the_largest_form_fits),
		cmocka_unit_test(the_same_form_again_changes_nothing),
		cmocka_unit_test(another_form_of_the_same_case_is_refused),
		cmocka_unit_test(a_talk_begins_once),
		cmocka_unit_test(talks_that_cannot_be_true_are_refused),
		cmocka_unit_test(the_impression_comes_before_the_points),
		cmocka_unit_test(a_case_that_never_began_takes_nothing),
		cmocka_unit_test(a_rescue_outweighs_a_release),
		cmocka_unit_test(news_end_in_the_same_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
