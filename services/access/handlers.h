/* The table of contents of access: which message is taken where, and what each gathers. */
#ifndef SERVICES_ACCESS_HANDLERS_H
#define SERVICES_ACCESS_HANDLERS_H

#include "services/access/store.h"

/* Numbers of proto/registry.txt; a test compares them. */
enum {
	LOGIN = 1301,
	CREATE_ACCOUNT = 1302,
};

/* Ends with a row of type 0. */
extern const struct lg_handler access_handlers[];

/* Given to every item: made at the start. */
struct access_state {
	char dummy_hash
		[PASSWORD_HASH_SIZE]; /* compared for unknown users, so that they take as long */
};

/* refused  not enough memory for one hash */
LG_MUST_CHECK struct lg_status access_state_make(
	struct lg_arena *arena, struct access_state **ret_state);

/* Login (on_login.c). */
struct login_work {
	struct account *account;
	bool was_compared; /* the account was known and not locked when the hash was compared */
	bool is_right;
};

void load_login(struct lg_batch *batch, struct lg_item *item);
void ponder_login(struct lg_item *item);
struct lg_status decide_login(struct lg_item *item);
void store_login(struct lg_batch *batch, struct lg_item *item);
void refused_login(struct lg_batch *batch, struct lg_item *item);

/* CreateAccount (on_account.c). */
struct account_work {
	struct account *account;
	char password_hash[PASSWORD_HASH_SIZE]; /* empty: not made */
};

void load_account(struct lg_batch *batch, struct lg_item *item);
void ponder_account(struct lg_item *item);
struct lg_status decide_account(struct lg_item *item);
void store_new_account(struct lg_batch *batch, struct lg_item *item);

#endif
