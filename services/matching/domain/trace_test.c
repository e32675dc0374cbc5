/* The life of a trace, from both sides. */
#include "services/matching/domain/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW (700 * TRACE_PERIOD_MS + LG_DAY_MS)

static struct trace a_question(void)
{
	return (struct trace){
		.trace_id = { .byte = { 1 } },
		.is_asked_here = true,
		.other_site = 2,
		.record_id = { .byte = { 7 } },
		.period = trace_period(NOW),
		.asked_at = NOW,
	};
}

static struct trace in_state(enum trace_state state)
{
	struct trace trace = a_question();

	trace.state = state;
	return trace;
}

/* Goal: the table is sound.  Method: its own check. */
static void the_table_is_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&trace_life).outcome, LG_DONE);
}

/*
 * Goal: names go only when both have agreed.  Method: both sides of one trace, each order of the two
 * approvals; names are refused in every state but the last.
 */
static void names_follow_when_both_agreed(void **unused)
{
	const struct lg_bytes names = lg_bytes("sealed", 6);
	bool is_repeated;

	(void)unused;
	for (int state = TRACE_ASKED; state <= TRACE_DECLINED; state++) {
		struct trace trace = in_state((enum trace_state)state);
		struct lg_status status =
			trace_take_names(&trace, (struct lg_id){ .byte = { 3 } }, names);

		assert_int_equal(status.outcome, state == TRACE_AGREED ? LG_DONE : LG_REFUSED);
		assert_int_equal(trace.names.size, state == TRACE_AGREED ? 6 : 0);
	}
	for (int we_are_first = 0; we_are_first < 2; we_are_first++) {
		struct trace trace = in_state(TRACE_ALIKE);

		if (we_are_first)
			assert_int_equal(trace_approve(&trace, NOW, &is_repeated).outcome, LG_DONE);
		assert_int_equal(trace_hear_approved(&trace).outcome, LG_DONE);
		assert_int_equal(trace.state, we_are_first ? TRACE_AGREED : TRACE_THEY_AGREE);
		assert_int_equal(trace_approve(&trace, NOW, &is_repeated).outcome, LG_DONE);
		assert_int_equal(trace.state, TRACE_AGREED);
		assert_int_equal(is_repeated, we_are_first);
	}
}

/* Goal: a no ends it wherever it stands.  Method: both sides' no in each state behind a hit. */
static void a_no_ends_it(void **unused)
{
	bool is_repeated;

	(void)unused;
	for (int state = TRACE_ALIKE; state <= TRACE_AGREED; state++) {
		struct trace ours = in_state((enum trace_state)state), theirs = ours;

		assert_int_equal(trace_decline(&ours, &is_repeated).outcome, LG_DONE);
		assert_int_equal(trace_hear_declined(&theirs).outcome, LG_DONE);
		assert_int_equal(ours.state, TRACE_DECLINED);
		assert_int_equal(theirs.state, TRACE_DECLINED);
		assert_int_equal(trace_hear_approved(&ours).outcome, LG_DONE); /* crossed our no */
		assert_int_equal(ours.state, TRACE_DECLINED);
		assert_int_equal(trace_approve(&ours, NOW, &is_repeated).outcome, LG_REFUSED);
	}
}

/*
 * Goal: a question that stands may be answered later, and taken back at any time; then nothing of it is
 * left.  Method: both sides of one trace; a hit behind "nobody"; a no in each state before a hit.
 */
static void a_question_stands_until_it_is_taken_back(void **unused)
{
	static const enum trace_state early[] = { TRACE_ASKED, TRACE_NO_HIT };
	struct trace asking = in_state(TRACE_ASKED), there = { 0 }, asked = a_question();
	bool is_repeated;

	(void)unused;
	asked.encodings = lg_bytes("bits", 4);
	assert_int_equal(trace_be_asked(&there, &asked, TRACE_NOTHING).outcome, LG_DONE);
	assert_int_equal(trace_hear(&asking, TRACE_NOTHING).outcome, LG_DONE);
	assert_int_equal(trace_hear(&asking, TRACE_HIT).outcome, LG_DONE);
	assert_int_equal(asking.state, TRACE_ALIKE);
	assert_int_equal(trace_hear(&asking, TRACE_HIT).outcome, LG_DONE); /* another came */
	assert_int_equal(asking.state, TRACE_ALIKE);
	for (unsigned i = 0; i < 2; i++) {
		struct trace ours = in_state(early[i]);

		assert_int_equal(trace_decline(&ours, &is_repeated).outcome, LG_DONE);
		assert_int_equal(ours.state, TRACE_DECLINED);
		assert_int_equal(
			trace_hear(&ours, TRACE_HIT).outcome, LG_DONE); /* crossed our no */
		assert_int_equal(ours.state, TRACE_DECLINED);
	}
	assert_int_equal(trace_hear_declined(&there).outcome, LG_DONE);
	assert_int_equal(there.encodings.size, 0);
	assert_int_equal(trace_find(&there, asked.record_id).outcome, LG_REFUSED);
}

/*
 * Goal: everything of a trace ends.  Method: when a question, one under another clock and one to which
 * both agreed expire; what comes for a trace that is gone is late, for one that never was is not.
 */
static void a_trace_expires(void **unused)
{
	struct trace asked = a_question(), trace = { 0 }, astray = { 0 }, agreed;
	bool is_repeated;

	(void)unused;
	assert_int_equal(trace_be_asked(&trace, &asked, TRACE_NOTHING).outcome, LG_DONE);
	assert_int_equal(trace.expires_at, 702 * TRACE_PERIOD_MS);
	agreed = in_state(TRACE_THEY_AGREE);
	assert_int_equal(trace_approve(&agreed, NOW, &is_repeated).outcome, LG_DONE);
	assert_int_equal(agreed.expires_at, NOW + TRACE_AGREED_MS);
	asked.period = 4000000000;
	assert_int_equal(trace_be_asked(&astray, &asked, TRACE_OUT_OF_STEP).outcome, LG_DONE);
	assert_int_equal(astray.expires_at, 702 * TRACE_PERIOD_MS);
	assert_false(trace_has_expired(lg_id_make(2, NOW, 1), NOW + LG_DAY_MS));
	assert_true(trace_has_expired(lg_id_make(2, NOW, 1), NOW + TRACE_PERIOD_MS + 1));
}

/* Goal: encodings expire.  Method: both ends of a period and of the next. */
static void a_period_ends(void **unused)
{
	struct trace trace = in_state(TRACE_ALIKE);
	bool is_repeated;

	(void)unused;
	assert_true(trace_is_in_time(700, 701 * TRACE_PERIOD_MS - 1));
	assert_true(trace_is_in_time(700, 702 * TRACE_PERIOD_MS - 1));
	assert_false(trace_is_in_time(700, 702 * TRACE_PERIOD_MS));
	assert_false(trace_is_in_time(700, 700 * TRACE_PERIOD_MS - 1));
	assert_int_equal(
		trace_approve(&trace, 702 * TRACE_PERIOD_MS, &is_repeated).outcome, LG_REFUSED);
	assert_int_equal(
		trace_approve(&trace, 702 * TRACE_PERIOD_MS - 1, &is_repeated).outcome, LG_DONE);
}

/* Goal: a budget is kept, per person and per site.  Method: both sides of both limits. */
static void a_budget_ends(void **unused)
{
	(void)unused;
	assert_int_equal(
		trace_may_answer(TRACES_OF_PERSON_MAX - 1, TRACES_OF_SITE_MAX - 1), TRACE_NOTHING);
	assert_int_equal(trace_may_answer(TRACES_OF_PERSON_MAX, 3), TRACE_REFUSED);
	assert_int_equal(trace_may_answer(0, TRACES_OF_SITE_MAX), TRACE_REFUSED);
}

/* Goal: only a hit keeps who it was; told twice it is the same.  Method: each answer; asking again. */
static void only_a_hit_is_kept(void **unused)
{
	const struct lg_id best = { .byte = { 9 } };
	struct trace asked = a_question();
	struct trace again = { 0 }, other = a_question();
	bool is_repeated;

	(void)unused;
	asked.encodings = lg_bytes("bits", 4);
	for (int outcome = TRACE_NOTHING; outcome <= TRACE_OUT_OF_STEP; outcome++) {
		struct trace trace = { 0 }, asking = in_state(TRACE_ASKED);

		assert_int_equal(
			trace_be_asked(&trace, &asked, (enum trace_outcome)outcome).outcome,
			LG_DONE);
		assert_true(lg_id_is_zero(trace.record_id));
		assert_int_equal(trace.state, outcome == TRACE_NOTHING ? TRACE_OPEN : TRACE_NO_HIT);
		assert_int_equal(trace.encodings.size, outcome == TRACE_NOTHING ? 4 : 0);
		assert_int_equal(trace_hear(&asking, (enum trace_outcome)outcome).outcome, LG_DONE);
		assert_int_equal(asking.state, outcome == TRACE_HIT ? TRACE_ALIKE : TRACE_NO_HIT);
		assert_int_equal(trace_be_asked(&trace, &asked, TRACE_NOTHING).outcome, LG_REFUSED);
		assert_int_equal(trace_find(&trace, best).outcome,
			outcome == TRACE_NOTHING ? LG_DONE : LG_REFUSED);
		assert_int_equal(lg_id_equal(trace.record_id, best), outcome == TRACE_NOTHING);
		assert_int_equal(trace.encodings.size, 0);
	}
	assert_int_equal(trace_ask(&again, &asked, &is_repeated).outcome, LG_DONE);
	assert_false(is_repeated);
	assert_int_equal(trace_ask(&again, &asked, &is_repeated).outcome, LG_DONE);
	assert_true(is_repeated);
	other.other_site = 3;
	assert_int_equal(trace_ask(&again, &other, &is_repeated).outcome, LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(names_follow_when_both_agreed),
		cmocka_unit_test(a_no_ends_it),
		cmocka_unit_test(a_period_ends),
		cmocka_unit_test(a_budget_ends),
		cmocka_unit_test(only_a_hit_is_kept),
		cmocka_unit_test(a_question_stands_until_it_is_taken_back),
		cmocka_unit_test(a_trace_expires),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
