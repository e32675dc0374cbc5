/* What access keeps in PostgreSQL, and how it is asked for and written. */
#ifndef SERVICES_ACCESS_STORE_H
#define SERVICES_ACCESS_STORE_H

#include "common/run/handler.h"
#include "services/access/domain/account.h"

/* Tables of statements; each ends with a row whose name is NULL. */
extern const struct lg_statement store_account[];
extern const struct lg_statement store_session[];
extern const struct lg_statement *const store_tables[];
#define STORE_TABLE_COUNT 2

/* Statements of store_account; store_roster.c sends two of them outside of a batch. */
enum { SELECT_ACCOUNT, INSERT_ACCOUNT, INSERT_MISSING_ACCOUNT, UPDATE_ATTEMPTS };

#define ACCOUNT_VALUES 7 /* of a new row */

/*
 * The account of a name; filled when ponder and decide run; one never seen is not known.
 * Shared by the batch's items.  A name of any shape may be asked for.
 */
struct account *read_account(struct lg_batch *batch, const char *user_name);

/* The values of a new row; they point to account, name_key and creator. */
void account_values(const struct account *account, const struct lg_id *name_key,
	const struct lg_id *creator, lg_ms now, struct lg_value values[ACCOUNT_VALUES]);

/* By this an account is looked up: 16 bytes, as batches look things up. */
struct lg_id name_key_of(const char *user_name);

/* A new account, made by an actor. */
void write_account(
	struct lg_batch *batch, const struct lg_item *item, const struct account *account);

/* What wrong and right passwords changed. */
void write_account_attempts(struct lg_batch *batch, const struct account *account);

/* That a session was given to a user. */
void write_session(struct lg_batch *batch, struct lg_id session, struct lg_id user, lg_ms issued_at,
	lg_ms expires_at);

#endif
