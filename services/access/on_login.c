/*
 * A user proves who he is and gets a token for 15 minutes.
 *
 * Wrong passwords are counted and written down like right ones, and an unknown user name takes
 * as long as a known one: a dummy hash is compared.
 */
#include "services/access/handlers.h"

#include <sodium.h>

#include "common/protect/token.h"
#include "proto/access.pb-c.h"
#include "services/access/role_wire.h"

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "a hash as libsodium prints it");

static const Lifeguard__Access__Login *told(const struct lg_item *item)
{
	return (const Lifeguard__Access__Login *)item->message;
}

struct lg_status access_state_make(struct lg_arena *arena, struct access_state **ret_state)
{
	struct access_state *state = lg_alloc(arena, sizeof *state);
	char password[16];

	randombytes_buf(password, sizeof password);
	if (crypto_pwhash_str(state->dummy_hash, password, sizeof password,
		    crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return lg_refuse("not enough memory for one password hash (64 MiB)");
	*ret_state = state;
	return lg_done();
}

void load_login(struct lg_batch *batch, struct lg_item *item)
{
	struct login_work *work = item->work;

	work->account = read_account(batch, told(item)->user_name);
}

/* 65 ms and 64 MiB each, off the loop. */
void ponder_login(struct lg_item *item)
{
	struct login_work *work = item->work;
	const struct access_state *state = item->state;
	const char *password = told(item)->password;
	const char *hash =
		work->account->is_known ? work->account->password_hash : state->dummy_hash;

	if (account_is_locked(work->account, item->now)) /* guessing costs us nothing then */
		return;
	if (strlen(password) > PASSWORD_MAX)
		return;
	work->is_right = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
	work->was_compared = work->account->is_known;
}

struct lg_status decide_login(struct lg_item *item)
{
	struct login_work *work = item->work;

	item->refusal_status = account_is_locked(work->account, item->now) ? 429 : 401;
	if (!work->was_compared && !account_is_locked(work->account, item->now))
		return lg_refuse("user name or password is wrong");
	return account_log_in(work->account, work->is_right, item->now);
}

/* Who tried, as far as it is known: a login has no token, so the item has no actor. */
static void audit_login(
	struct lg_batch *batch, struct lg_item *item, struct lg_id session, bool is_refused)
{
	const struct login_work *work = item->work;
	struct lg_audit_entry entry =
		lg_audit_entry_of(item, LG_AUDIT_LOGIN, LIFEGUARD__CODES__PURPOSE__OPERATION);
	struct lg_audit_trail trail = lg_trail(batch, item);

	if (work->account->is_known) {
		entry.actor.user = work->account->user;
		entry.actor.role = role_to_wire(work->account->role);
	}
	entry.actor.session = session;
	entry.is_refused = is_refused;
	trail.append(trail.user, &entry);
}

void store_login(struct lg_batch *batch, struct lg_item *item)
{
	const struct login_work *work = item->work;
	const struct lg_actor actor = {
		.user = work->account->user,
		.session = lg_new_id(batch),
		.role = role_to_wire(work->account->role),
		.assurance = 3,
	};
	lg_ms expires_at = item->now + LG_TOKEN_MS;
	struct lg_bytes token = lg_token_sign(item->arena, lg_batch_keys(batch), &actor, item->now);
	Lifeguard__Access__LoggedIn answer = LIFEGUARD__ACCESS__LOGGED_IN__INIT;

	write_account_attempts(batch, work->account);
	write_session(batch, actor.session, actor.user, item->now, expires_at);
	audit_login(batch, item, actor.session, false);
	answer.token.data = (uint8_t *)token.data;
	answer.token.len = token.size;
	answer.expires_ms = expires_at;
	answer.role = role_to_wire(work->account->role);
	answer.user.data = work->account->user.byte;
	answer.user.len = LG_ID_SIZE;
	lg_answer(batch, item, &answer.base);
}

void refused_login(struct lg_batch *batch, struct lg_item *item)
{
	const struct login_work *work = item->work;

	if (work->was_compared)
		write_account_attempts(batch, work->account);
	audit_login(batch, item, (struct lg_id){ .byte = { 0 } }, true);
}
