/* The table account. */
#include "services/access/store.h"

#include <assert.h>
#include <sodium.h>

#define INSERT_SQL \
	"INSERT INTO account (user_id, name_key, user_name, password_hash, role, created_by," \
	"       created_ms)" \
	" SELECT r.user_id, r.name_key, r.user_name, r.password_hash, r.role, r.created_by," \
	"       r.created_ms" \
	"  FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::text[]," \
	"       $6::bytea[], $7::bigint[])" \
	"    AS r (user_id, name_key, user_name, password_hash, role, created_by, created_ms)"

#define INSERT_TYPES \
	{ \
		LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS, \
			LG_SQL_BYTEAS, LG_SQL_INT8S \
	}

const struct lg_statement store_account[] = {
	[SELECT_ACCOUNT] = {
		.name = "select_account",
		.sql = "SELECT user_id, user_name, password_hash, role, failures, first_failure_ms,"
		       "       locked_until_ms"
		       "  FROM account"
		       " WHERE name_key = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[INSERT_ACCOUNT] = {
		.name = "insert_account",
		.sql = INSERT_SQL,
		.param_count = ACCOUNT_VALUES,
		.params = INSERT_TYPES,
	},
	[INSERT_MISSING_ACCOUNT] = {
		.name = "insert_missing_account",
		.sql = INSERT_SQL
		       " ON CONFLICT (name_key) DO NOTHING",
		.param_count = ACCOUNT_VALUES,
		.params = INSERT_TYPES,
	},
	[UPDATE_ATTEMPTS] = {
		.name = "update_account_attempts",
		.sql = "UPDATE account AS a"
		       "   SET failures = r.failures,"
		       "       first_failure_ms = r.first_failure_ms,"
		       "       locked_until_ms = r.locked_until_ms"
		       "  FROM unnest($1::bytea[], $2::int[], $3::bigint[], $4::bigint[])"
		       "    AS r (user_id, failures, first_failure_ms, locked_until_ms)"
		       " WHERE a.user_id = r.user_id",
		.param_count = 4,
		.params = { LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT8S, LG_SQL_INT8S },
	},
	{ .name = NULL },
};

struct lg_id name_key_of(const char *user_name)
{
	struct lg_id key;

	crypto_generichash(
		key.byte, sizeof key.byte, (const uint8_t *)user_name, strlen(user_name), NULL, 0);
	return key;
}

/* A row that is not as we wrote it stops us: nobody logs in by what somebody else wrote. */
static void account_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct account *account = ret_aggregate;
	struct lg_bytes user_name = lg_field_bytes(result, row, 1);
	struct lg_bytes hash = lg_field_bytes(result, row, 2);
	struct lg_status status = account_role_named(lg_field_text(result, row, 3), &account->role);

	(void)arena;
	assert(lg_is_done(status));
	assert(user_name.size <= USER_NAME_MAX);
	assert(hash.size < PASSWORD_HASH_SIZE);

	account->is_known = true;
	account->user = lg_field_id(result, row, 0);
	memcpy(account->user_name, user_name.data, user_name.size);
	memcpy(account->password_hash, hash.data, hash.size);
	account->failures = (uint32_t)lg_field_int(result, row, 4);
	account->first_failure_at = lg_field_int(result, row, 5);
	account->locked_until = lg_field_int(result, row, 6);
}

struct account *read_account(struct lg_batch *batch, const char *user_name)
{
	return lg_read_by_id(batch, &store_account[SELECT_ACCOUNT], name_key_of(user_name),
		sizeof(struct account), account_from_row);
}

void account_values(const struct account *account, const struct lg_id *name_key,
	const struct lg_id *creator, lg_ms now, struct lg_value values[ACCOUNT_VALUES])
{
	values[0] = lg_v_id(&account->user);
	values[1] = lg_v_id(name_key);
	values[2] = lg_v_text(account->user_name);
	values[3] = lg_v_text(account->password_hash);
	values[4] = lg_v_text(account_role_names[account->role]);
	values[5] = lg_v_id(creator);
	values[6] = lg_v_int(now);
}

void write_account(
	struct lg_batch *batch, const struct lg_item *item, const struct account *account)
{
	struct lg_id name_key = name_key_of(account->user_name);
	struct lg_value values[ACCOUNT_VALUES];

	account_values(account, &name_key, &item->actor.user, item->now, values);
	lg_insert(batch, &store_account[INSERT_ACCOUNT], values);
}

void write_account_attempts(struct lg_batch *batch, const struct account *account)
{
	const struct lg_value values[] = {
		lg_v_id(&account->user),
		lg_v_int(account->failures),
		lg_v_int(account->first_failure_at),
		lg_v_int(account->locked_until),
	};

	lg_write(batch, &store_account[UPDATE_ATTEMPTS], account->user, values);
}
