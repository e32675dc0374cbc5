/*
 * An account: who may log in, as what, and what happens when somebody guesses.
 *
 * Passwords are not seen here: the caller has compared a hash and says whether it was right.
 */
#ifndef SERVICES_ACCESS_DOMAIN_ACCOUNT_H
#define SERVICES_ACCESS_DOMAIN_ACCOUNT_H

#include "common/base/id.h"

#define USER_NAME_MAX      64  /* bytes of a-z 0-9 . _ - */
#define PASSWORD_MIN       8   /* bytes */
#define PASSWORD_MAX       256 /* bytes */
#define PASSWORD_HASH_SIZE 128 /* as libsodium prints it, with a NUL */
#define FAILURES_MAX       5   /* wrong passwords within FAILURES_MS: the account is locked */
#define FAILURES_MS        (15 * LG_MINUTE_MS)
#define LOCKED_MS          (15 * LG_MINUTE_MS)

enum account_role {
	ROLE_VOLUNTEER,
	ROLE_CENTRE_LEAD,
	ROLE_NGO_WORKER,
	ROLE_PROTECTION_OFFICER,
	ROLE_MANAGER,
	ROLE_OPERATOR,
	ROLE_AUDITOR,
};
#define ROLE_COUNT 7

/* The names that stand in the database and in a bootstrap file. */
extern const char *const account_role_names[];

struct account {
	bool is_known; /* false: there is no such account */
	struct lg_id user;
	char user_name[USER_NAME_MAX + 1];
	char password_hash[PASSWORD_HASH_SIZE];
	enum account_role role;
	uint32_t failures; /* wrong passwords since first_failure_at */
	lg_ms first_failure_at;
	lg_ms locked_until; /* 0: never was */
};

/* A role by its name.  refused: unknown */
LG_MUST_CHECK struct lg_status account_role_named(const char *name, enum account_role *ret_role);

/* refused  not 1..64 of a-z 0-9 . _ - */
LG_MUST_CHECK struct lg_status account_check_name(const char *user_name);

/* refused  shorter than 8 or longer than 256 bytes; no other rule helps against guessing */
LG_MUST_CHECK struct lg_status account_check_password(size_t size_bytes);

/*
 * Whether somebody of one role may make an account of another.  A lead makes those who work
 * for the centre; an operator makes any, until two persons are asked for.
 *   refused  everybody else, every other role
 */
LG_MUST_CHECK struct lg_status account_may_create(
	enum account_role creator, enum account_role made);

/*
 * Begins an account; its id is given by the caller.
 *   account  not known yet
 *   refused  the name is taken
 */
LG_MUST_CHECK struct lg_status account_create(struct account *account, const char *user_name,
	const char *password_hash, enum account_role role);

/* Whether logging in is not even tried now. */
bool account_is_locked(const struct account *account, lg_ms now);

/*
 * Somebody tries to log in.  Five wrong passwords within 15 minutes lock it for 15.
 *   is_right  the password's hash was compared
 *   refused   unknown, locked, or wrong: the first and the last in the same words
 */
LG_MUST_CHECK struct lg_status account_log_in(struct account *account, bool is_right, lg_ms now);

#endif
