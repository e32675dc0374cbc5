/* The rules of accounts: names, passwords, roles, and the lock against guessing. */
#include "services/access/domain/account.h"

#include <assert.h>
#include <string.h>

const char *const account_role_names[ROLE_COUNT] = {
	[ROLE_VOLUNTEER] = "VOLUNTEER",
	[ROLE_CENTRE_LEAD] = "CENTRE_LEAD",
	[ROLE_NGO_WORKER] = "NGO_WORKER",
	[ROLE_PROTECTION_OFFICER] = "PROTECTION_OFFICER",
	[ROLE_MANAGER] = "MANAGER",
	[ROLE_OPERATOR] = "OPERATOR",
	[ROLE_AUDITOR] = "AUDITOR",
};

struct lg_status account_role_named(const char *name, enum account_role *ret_role)
{
	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		if (strcmp(account_role_names[role], name) == 0) {
			*ret_role = (enum account_role)role;
			return lg_done();
		}
	}
	return lg_refuse("there is no such role");
}

struct lg_status account_check_name(const char *user_name)
{
	size_t size = strlen(user_name);

	if (size == 0 || size > USER_NAME_MAX ||
		strspn(user_name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != size)
		return lg_refuse("a user name is 1 to 64 of a-z, 0-9, dot, underscore and hyphen");
	return lg_done();
}

struct lg_status account_check_password(size_t size_bytes)
{
	if (size_bytes < PASSWORD_MIN || size_bytes > PASSWORD_MAX)
		return lg_refuse("a password is 8 to 256 bytes long");
	return lg_done();
}

struct lg_status account_may_create(enum account_role creator, enum account_role made)
{
	if (creator == ROLE_OPERATOR)
		return lg_done();
	if (creator == ROLE_CENTRE_LEAD && (made == ROLE_VOLUNTEER || made == ROLE_NGO_WORKER))
		return lg_done();
	return lg_refuse("this role may not make an account of that role");
}

struct lg_status account_create(struct account *account, const char *user_name,
	const char *password_hash, enum account_role role)
{
	assert(lg_is_done(account_check_name(user_name)));
	assert(strlen(password_hash) < PASSWORD_HASH_SIZE);

	if (account->is_known)
		return lg_refuse("the user name is taken");
	*account = (struct account){ .is_known = true, .role = role };
	memcpy(account->user_name, user_name, strlen(user_name) + 1);
	memcpy(account->password_hash, password_hash, strlen(password_hash) + 1);
	return lg_done();
}

bool account_is_locked(const struct account *account, lg_ms now)
{
	return account->is_known && now < account->locked_until;
}

/* Counts a wrong password; the window begins anew when the first one is long ago. */
static void count_failure(struct account *account, lg_ms now)
{
	if (account->failures == 0 || now - account->first_failure_at > FAILURES_MS) {
		account->failures = 0;
		account->first_failure_at = now;
	}
	account->failures++;
	if (account->failures >= FAILURES_MAX) {
		account->failures = 0;
		account->locked_until = now + LOCKED_MS;
	}
}

struct lg_status account_log_in(struct account *account, bool is_right, lg_ms now)
{
	if (!account->is_known)
		return lg_refuse("user name or password is wrong");
	if (account_is_locked(account, now))
		return lg_refuse("too many wrong passwords: try again in 15 minutes");
	if (!is_right) {
		count_failure(account, now);
		return lg_refuse("user name or password is wrong");
	}
	account->failures = 0;
	return lg_done();
}
