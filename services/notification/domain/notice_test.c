/* The states of a notice, and what an attempt makes of it. */
#include "services/notification/domain/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/notification/domain/retry.h"

#define NOON ((lg_ms)1400000000000)

static struct notice an_intent(void)
{
	struct notice n = { .notice_id = { .byte = { [15] = 7 } } };

	assert_int_equal(notice_intend(&n, NOON).outcome, LG_DONE);
	return n;
}

/* Goal: the table has no dead, missing or doubled rows.  Method: its own check. */
static void the_states_are_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&notice_life).outcome, LG_DONE);
}

/* Goal: an intent is due at once, and once.  Method: intend twice. */
static void an_intent_is_due_at_once(void **unused)
{
	(void)unused;
	struct notice n = an_intent();

	assert_int_equal(n.state, NOTICE_INTENDED);
	assert_int_equal(n.next_at, NOON);
	assert_int_equal(n.attempts, 0);
	assert_string_equal(n.reason, "");
	assert_int_equal(notice_intend(&n, NOON).outcome, LG_REFUSED);
}

/* Goal: what was sent is settled and is not sent again.  Method: every step once more. */
static void sent_is_the_end(void **unused)
{
	(void)unused;
	struct notice n = an_intent();

	assert_int_equal(notice_sent(&n, NOON + 5).outcome, LG_DONE);
	assert_int_equal(n.state, NOTICE_SENT);
	assert_int_equal(n.attempts, 1);
	assert_int_equal(n.settled_at, NOON + 5);
	assert_int_equal(n.next_at, 0);

	struct notice before = n;

	assert_int_equal(notice_sent(&n, NOON + 6).outcome, LG_REFUSED);
	assert_int_equal(notice_missed(&n, "x", NOON + 6).outcome, LG_REFUSED);
	assert_int_equal(notice_refused(&n, "x", NOON + 6).outcome, LG_REFUSED);
	assert_int_equal(notice_unwanted(&n, "x", NOON + 6).outcome, LG_REFUSED);
	assert_int_equal(notice_retry(&n, NOON + 6).outcome, LG_REFUSED);
	assert_memory_equal(&n, &before, sizeof n);
}

/*
 * Goal: a server that is away is asked again and again, ever later, and given up after the last
 * attempt; never is a notice left without a next time or an end.
 * Method: fail every attempt; then one more.
 */
static void a_notice_is_tried_until_it_is_given_up(void **unused)
{
	struct notice n = an_intent();
	lg_ms now = NOON;

	(void)unused;
	for (uint32_t attempt = 1; attempt < RETRY_ATTEMPTS_MAX; attempt++) {
		assert_int_equal(notice_missed(&n, "away", now).outcome, LG_DONE);
		assert_int_equal(n.state, NOTICE_INTENDED);
		assert_int_equal(n.attempts, attempt);
		assert_true(n.next_at >= now + RETRY_FIRST_MS * 3 / 4);
		assert_string_equal(n.reason, "away");
		now = n.next_at;
	}
	assert_int_equal(notice_missed(&n, "away", now).outcome, LG_DONE);
	assert_int_equal(n.state, NOTICE_FAILED);
	assert_int_equal(n.attempts, RETRY_ATTEMPTS_MAX);
	assert_int_equal(n.settled_at, now);
	assert_int_equal(n.next_at, 0);
	assert_int_equal(notice_missed(&n, "away", now).outcome, LG_REFUSED);
}

/* Goal: a refusal ends it at once, an end of the subscription without an attempt.  Method: both. */
static void refused_or_unwanted_is_given_up_at_once(void **unused)
{
	(void)unused;
	struct notice refused = an_intent(), unwanted = an_intent();

	assert_int_equal(notice_refused(&refused, "no such address", NOON + 1).outcome, LG_DONE);
	assert_int_equal(refused.state, NOTICE_FAILED);
	assert_int_equal(refused.attempts, 1);
	assert_string_equal(refused.reason, "no such address");

	assert_int_equal(notice_unwanted(&unwanted, "unsubscribed", NOON + 1).outcome, LG_DONE);
	assert_int_equal(unwanted.state, NOTICE_FAILED);
	assert_int_equal(unwanted.attempts, 0);
	assert_int_equal(unwanted.settled_at, NOON + 1);
}

/* Goal: what was given up can be tried anew, with all attempts.  Method: give up, retry, send. */
static void a_failed_notice_can_be_tried_anew(void **unused)
{
	(void)unused;
	struct notice n = an_intent();

	assert_int_equal(notice_retry(&n, NOON).outcome, LG_REFUSED);
	assert_int_equal(notice_refused(&n, "no such address", NOON).outcome, LG_DONE);
	assert_int_equal(notice_retry(&n, NOON + 9).outcome, LG_DONE);
	assert_int_equal(n.state, NOTICE_INTENDED);
	assert_int_equal(n.attempts, 0);
	assert_int_equal(n.next_at, NOON + 9);
	assert_int_equal(n.settled_at, 0);
	assert_int_equal(notice_sent(&n, NOON + 10).outcome, LG_DONE);
	assert_string_equal(n.reason, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_states_are_sound),
		cmocka_unit_test(an_intent_is_due_at_once),
		cmocka_unit_test(sent_is_the_end),
		cmocka_unit_test(a_notice_is_tried_until_it_is_given_up),
		cmocka_unit_test(refused_or_unwanted_is_given_up_at_once),
		cmocka_unit_test(a_failed_notice_can_be_tried_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
