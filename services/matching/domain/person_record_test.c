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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_table_is_sound),
		cmocka_unit_test(a_no_counts_whenever_it_is_said),
		cmocka_unit_test(her_last_word_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
