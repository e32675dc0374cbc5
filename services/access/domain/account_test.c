/* The rules of accounts, on both sides of each. */
#include "services/access/domain/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOW ((lg_ms)1400000000000)

static struct account an_account(void)
{
	struct account account = { .is_known = false };

	assert_int_equal(account_create(&account, "sita", "hash", ROLE_VOLUNTEER).outcome, LG_DONE);
	return account;
}

static enum lg_outcome wrong(struct account *account, lg_ms now)
{
	return account_log_in(account, false, now).outcome;
}

static enum lg_outcome right(struct account *account, lg_ms now)
{
	return account_log_in(account, true, now).outcome;
}

/* Goal: a user name is a code.  Method: shapes on both sides of the rule. */
static void a_user_name_is_1_to_64_plain_characters(void **unused)
{
	(void)unused;
	char name[USER_NAME_MAX + 2];

	memset(name, 'a', sizeof name);
	name[USER_NAME_MAX + 1] = '\0';
	assert_int_equal(account_check_name(name).outcome, LG_REFUSED);
	name[USER_NAME_MAX] = '\0';
	assert_int_equal(account_check_name(name).outcome, LG_DONE);
	assert_int_equal(account_check_name("a.b_c-9").outcome, LG_DONE);
	assert_int_equal(account_check_name("").outcome, LG_REFUSED);
	assert_int_equal(account_check_name("Sita").outcome, LG_REFUSED);
	assert_int_equal(account_check_name("si ta").outcome, LG_REFUSED);
}

/* Goal: a password has a length and no other rule.  Method: both ends. */
static void a_password_is_8_to_256_bytes(void **unused)
{
	(void)unused;
	assert_int_equal(account_check_password(PASSWORD_MIN - 1).outcome, LG_REFUSED);
	assert_int_equal(account_check_password(PASSWORD_MIN).outcome, LG_DONE);
	assert_int_equal(account_check_password(PASSWORD_MAX).outcome, LG_DONE);
	assert_int_equal(account_check_password(PASSWORD_MAX + 1).outcome, LG_REFUSED);
}

/* Goal: nobody raises himself.  Method: every creator against every role. */
static void only_operators_and_leads_make_accounts(void **unused)
{
	(void)unused;
	for (unsigned creator = 0; creator < ROLE_COUNT; creator++) {
		for (unsigned made = 0; made < ROLE_COUNT; made++) {
			bool is_worker = made == ROLE_VOLUNTEER || made == ROLE_NGO_WORKER;
			bool may = creator == ROLE_OPERATOR ||
				   (creator == ROLE_CENTRE_LEAD && is_worker);

			assert_int_equal(account_may_create((enum account_role)creator,
						 (enum account_role)made)
						 .outcome,
				may ? LG_DONE : LG_REFUSED);
		}
	}
}

/* Goal: a role is known by its name.  Method: all of them, and one that is none. */
static void roles_have_names(void **unused)
{
	(void)unused;
	enum account_role found;

	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		assert_int_equal(
			account_role_named(account_role_names[role], &found).outcome, LG_DONE);
		assert_int_equal(found, role);
	}
	assert_int_equal(account_role_named("SYSTEM", &found).outcome, LG_REFUSED);
}

/* Goal: an account is never overwritten.  Method: the same name again. */
static void a_taken_name_is_refused(void **unused)
{
	(void)unused;
	struct account account = an_account();

	assert_int_equal(
		account_create(&account, "sita", "other", ROLE_OPERATOR).outcome, LG_REFUSED);
	assert_int_equal(account.role, ROLE_VOLUNTEER);
	assert_string_equal(account.password_hash, "hash");
}

/* Goal: unknown and wrong cannot be told apart.  Method: compare the words. */
static void unknown_and_wrong_are_refused_in_the_same_words(void **unused)
{
	(void)unused;
	struct account known = an_account();
	struct account unknown = { .is_known = false };
	struct lg_status a = account_log_in(&known, false, NOW);
	struct lg_status b = account_log_in(&unknown, true, NOW);

	assert_int_equal(a.outcome, LG_REFUSED);
	assert_int_equal(b.outcome, LG_REFUSED);
	assert_string_equal(a.reason, b.reason);
	assert_int_equal(unknown.failures, 0);
}

/*
 * Goal: guessing is stopped, and the right password then does not help either.
 * Method: five wrong ones; then the right one at the ends of the lock.
 */
static void five_wrong_passwords_lock_for_15_minutes(void **unused)
{
	(void)unused;
	struct account account = an_account();

	for (int i = 0; i < FAILURES_MAX; i++) {
		assert_false(account_is_locked(&account, NOW));
		assert_int_equal(wrong(&account, NOW), LG_REFUSED);
	}
	assert_true(account_is_locked(&account, NOW));
	assert_int_equal(right(&account, NOW), LG_REFUSED);
	assert_int_equal(right(&account, NOW + LOCKED_MS - 1), LG_REFUSED);
	assert_int_equal(right(&account, NOW + LOCKED_MS), LG_DONE);
}

/* Goal: old mistakes are forgiven.  Method: four, then one after the window, then four more. */
static void wrong_passwords_count_within_15_minutes_only(void **unused)
{
	(void)unused;
	struct account account = an_account();

	for (int i = 0; i < FAILURES_MAX - 1; i++)
		(void)wrong(&account, NOW);
	(void)wrong(&account, NOW + FAILURES_MS + 1);
	assert_false(account_is_locked(&account, NOW + FAILURES_MS + 1));
	for (int i = 0; i < FAILURES_MAX - 2; i++)
		(void)wrong(&account, NOW + FAILURES_MS + 1);
	assert_false(account_is_locked(&account, NOW + FAILURES_MS + 1));
	(void)wrong(&account, NOW + 2 * FAILURES_MS + 1); /* the last moment that still counts */
	assert_true(account_is_locked(&account, NOW + 2 * FAILURES_MS + 1));
}

/* Goal: the right password clears the count.  Method: four wrong, right, four wrong. */
static void the_right_password_clears_the_count(void **unused)
{
	(void)unused;
	struct account account = an_account();

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < FAILURES_MAX - 1; i++)
			(void)wrong(&account, NOW);
		assert_int_equal(right(&account, NOW), LG_DONE);
	}
	assert_int_equal(account.failures, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_name_is_1_to_64_plain_characters),
		cmocka_unit_test(a_password_is_8_to_256_bytes),
		cmocka_unit_test(only_operators_and_leads_make_accounts),
		cmocka_unit_test(roles_have_names),
		cmocka_unit_test(a_taken_name_is_refused),
		cmocka_unit_test(unknown_and_wrong_are_refused_in_the_same_words),
		cmocka_unit_test(five_wrong_passwords_lock_for_15_minutes),
		cmocka_unit_test(wrong_passwords_count_within_15_minutes_only),
		cmocka_unit_test(the_right_password_clears_the_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
