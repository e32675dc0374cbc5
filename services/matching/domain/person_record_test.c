/* Whether a record may be looked for. */
#include "services/matching/domain/person_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct person_record told = { .kind = RECORD_RESCUED, .facts = { .age_years = 15 } };

/* Goal: the table is sound.  Method: the common check. */
static void its_table_is_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&record_life).outcome, LG_DONE);
	assert_int_equal(lg_lifecycle_check(&sought_life).outcome, LG_DONE);
}

/* Goal: a no counts whenever it is said.  Method: before, with and behind the record. */
static void a_no_counts_whenever_it_is_said(void **unused)
{
	struct person_record before = { .state = RECORD_NEW }, with = before, behind = before;

	(void)unused;
	assert_true(record_consent(&before, TRACING_NO));
	assert_false(record_is_indexed(&before));
	record_take(&before, &told, TRACING_UNSAID);
	record_take(&with, &told, TRACING_NO);
	record_take(&behind, &told, TRACING_YES);
	assert_true(record_is_traceable(&behind));
	assert_true(record_consent(&behind, TRACING_NO));

	assert_int_equal(before.state, RECORD_WITHHELD);
	assert_int_equal(with.state, RECORD_WITHHELD);
	assert_int_equal(behind.state, RECORD_WITHHELD);
	assert_true(record_is_indexed(&behind)); /* seen before is still asked */
	assert_false(record_is_traceable(&behind));
	assert_int_equal(behind.facts.age_years, 15);
}

/* Goal: her last word counts, told twice changes nothing.  Method: every state, yes and no, twice. */
static void her_last_word_counts(void **unused)
{
	(void)unused;
	for (unsigned state = 0; state < record_life.state_count; state++) {
		struct person_record record = { .state = (enum record_state)state };

		assert_false(record_consent(&record, TRACING_UNSAID));
		assert_int_equal(record.state, state);
		(void)record_consent(&record, TRACING_NO);
		assert_false(record_is_traceable(&record));
		assert_false(record_consent(&record, TRACING_NO));
		record_take(&record, &told, TRACING_UNSAID); /* recorded anew: a no stays a no */
		assert_int_equal(record.state, RECORD_WITHHELD);
		assert_true(record_consent(&record, TRACING_YES));
		assert_false(record_consent(&record, TRACING_YES));
		assert_true(record_is_traceable(&record));
	}
}

/*
 * Goal: who is with her family is found by nobody, who left may still be; both are known when they
 * are met again, until they are forgotten.  Method: both ways to close, before and behind the
 * record, with a no and without.
 */
static void a_closed_case_leaves_the_searches_and_stays_known(void **unused)
{
	(void)unused;
	for (unsigned left = 0; left < 2; left++) {
		for (unsigned said_no = 0; said_no < 2; said_no++) {
			enum tracing word = said_no ? TRACING_NO : TRACING_UNSAID;
			struct person_record before = { .state = RECORD_NEW }, behind = before;

			assert_true(record_close(&before, left, 7));
			assert_false(record_is_indexed(&before));
			record_take(&before, &told, word);
			record_take(&behind, &told, word);
			assert_true(record_close(&behind, left, 7));
			assert_false(record_close(&behind, left, 9)); /* told twice */

			assert_int_equal(before.state, behind.state);
			assert_int_equal(before.sought, behind.sought);
			assert_int_equal(before.closed_at, 7);
			assert_int_equal(behind.closed_at, 7);
			assert_true(record_is_indexed(&behind));
			assert_int_equal(record_is_traceable(&behind), left && !said_no);
		}
	}
}

/* Goal: forgotten is forgotten.  Method: what is sealed goes, and a correction does not bring it back. */
static void who_is_forgotten_is_not_compared_again(void **unused)
{
	struct person_record record = { .state = RECORD_NEW }, again = told;

	(void)unused;
	again.sealed = lg_bytes("sealed", 6);
	record_take(&record, &again, TRACING_YES);
	assert_false(record_forget(&record)); /* her case is open */
	assert_true(record_close(&record, false, 7));
	assert_true(record_forget(&record));
	assert_false(record_forget(&record));
	assert_int_equal(record.sealed.size, 0);
	assert_false(record_is_indexed(&record));
	record_take(&record, &again, TRACING_YES);
	assert_int_equal(record.sealed.size, 0);
	assert_false(record_is_indexed(&record));
	assert_true(record_has_facts(&record));
}

/* Goal: an undone match lets a family search again.  Method: its report; a rescued person is not. */
static void only_a_report_is_searched_for_again(void **unused)
{
	struct person_record report = { .state = RECORD_INDEXED, .kind = RECORD_MISSING };
	struct person_record girl = { .state = RECORD_INDEXED, .kind = RECORD_RESCUED };

	(void)unused;
	assert_false(record_reopen(&report)); /* nothing was closed */
	assert_true(record_close(&report, false, 7));
	assert_true(record_close(&girl, false, 7));
	assert_true(record_reopen(&report));
	assert_false(record_reopen(&girl));
	assert_true(record_is_traceable(&report));
	assert_false(record_is_traceable(&girl));
	assert_int_equal(report.closed_at, 0);
}

/*
 * Goal: nothing crosses the border without a word for it, and any no ends it.  Method: each word; a no
 * to her family; a closed case; her word before the record and over what a correction repeats.
 */
static void nothing_crosses_without_a_word_for_it(void **unused)
{
	struct person_record early = { .state = RECORD_NEW }, again = told;

	(void)unused;
	for (unsigned word = 0; word < ABROAD_COUNT; word++) {
		struct person_record record = { .state = RECORD_INDEXED };
		bool is_yes = word != ABROAD_UNSAID && word != ABROAD_REFUSED;

		assert_int_equal(record_speak_of_abroad(&record, (enum record_abroad)word),
			word != ABROAD_UNSAID);
		assert_false(record_speak_of_abroad(&record, (enum record_abroad)word));
		assert_int_equal(record_may_cross(&record), is_yes);
		assert_int_equal(record_may_be_asked_for(&record), word != ABROAD_REFUSED);
		(void)record_consent(&record, TRACING_NO);
		assert_false(record_may_be_asked_for(&record));
		(void)record_consent(&record, TRACING_YES);
		assert_int_equal(record_may_cross(&record), is_yes);
		(void)record_close(&record, false, 7);
		assert_false(record_may_cross(&record));
		assert_false(record_may_be_asked_for(&record));
	}
	assert_true(record_speak_of_abroad(&early, ABROAD_REFUSED));
	assert_int_equal(early.state, RECORD_EXPECTED);
	again.abroad = ABROAD_GIVEN;
	record_take(&early, &again, TRACING_UNSAID);
	assert_int_equal(early.abroad, ABROAD_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_table_is_sound),
		cmocka_unit_test(a_no_counts_whenever_it_is_said),
		cmocka_unit_test(her_last_word_counts),
		cmocka_unit_test(a_closed_case_leaves_the_searches_and_stays_known),
		cmocka_unit_test(who_is_forgotten_is_not_compared_again),
		cmocka_unit_test(only_a_report_is_searched_for_again),
		cmocka_unit_test(nothing_crosses_without_a_word_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
