/* A new account is made. */
#include "services/access/handlers.h"

#include <sodium.h>

#include "proto/access.pb-c.h"
#include "services/access/role_wire.h"

static const Lifeguard__Access__CreateAccount *told(const struct lg_item *item)
{
	return (const Lifeguard__Access__CreateAccount *)item->message;
}

void load_account(struct lg_batch *batch, struct lg_item *item)
{
	struct account_work *work = item->work;

	work->account = read_account(batch, told(item)->user_name);
}

/* Hashes only what decide will not refuse for its shape; "" when there is no memory to do it. */
void ponder_account(struct lg_item *item)
{
	struct account_work *work = item->work;
	const char *password = told(item)->password;

	if (work->account->is_known || !lg_is_done(account_check_name(told(item)->user_name)) ||
		!lg_is_done(account_check_password(strlen(password))))
		return;
	if (crypto_pwhash_str(work->password_hash, password, strlen(password),
		    crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		work->password_hash[0] = '\0';
}

struct lg_status decide_account(struct lg_item *item)
{
	const struct account_work *work = item->work;
	enum account_role creator, made;
	struct lg_status status = account_check_name(told(item)->user_name);

	if (lg_is_done(status))
		status = account_check_password(strlen(told(item)->password));
	if (lg_is_done(status))
		status = role_from_wire((uint32_t)told(item)->role, &made);
	if (!lg_is_done(status))
		return status;

	item->refusal_status = 403; /* who asks may not */
	status = role_from_wire(item->actor.role, &creator);
	if (lg_is_done(status))
		status = account_may_create(creator, made);
	if (!lg_is_done(status))
		return status;

	item->refusal_status = 409; /* the name is taken */
	if (!work->account->is_known && work->password_hash[0] == '\0')
		return lg_retry("not enough memory to hash a password");
	return account_create(work->account, told(item)->user_name, work->password_hash, made);
}

void store_new_account(struct lg_batch *batch, struct lg_item *item)
{
	const struct account_work *work = item->work;
	Lifeguard__Access__AccountCreated answer = LIFEGUARD__ACCESS__ACCOUNT_CREATED__INIT;

	work->account->user = lg_new_id(batch);
	write_account(batch, item, work->account);
	answer.user.data = work->account->user.byte;
	answer.user.len = LG_ID_SIZE;
	lg_answer(batch, item, &answer.base);
}
