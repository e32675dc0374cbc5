/* The first accounts go in by the same statements as all others, one round trip each. */
#include "services/access/store_roster.h"

/* PostgreSQL's texts quote values: they are never asked for. */
static void be_silent(void *unused, const char *message)
{
	(void)unused;
	(void)message;
}

PGconn *roster_open(const char *conninfo)
{
	PGconn *connection = PQconnectdb(conninfo);
	PGresult *result;
	bool is_set;

	PQsetErrorVerbosity(connection, PQERRORS_SQLSTATE);
	PQsetNoticeProcessor(connection, be_silent, NULL);
	if (PQstatus(connection) != CONNECTION_OK) {
		PQfinish(connection);
		return NULL;
	}
	result = PQexec(connection, "SET search_path TO access");
	is_set = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	if (is_set)
		return connection;
	PQfinish(connection);
	return NULL;
}

void roster_close(PGconn *connection)
{
	PQfinish(connection);
}

static PGresult *ask(
	PGconn *connection, const struct lg_statement *statement, const struct lg_params *params)
{
	return PQexecParams(connection, statement->sql, params->count, params->types,
		params->values, params->lengths, params->formats, 1);
}

bool roster_has(PGconn *connection, struct lg_arena *arena, const char *user_name)
{
	const struct lg_statement *select = &store_account[SELECT_ACCOUNT];
	struct lg_id name_key = name_key_of(user_name);
	const struct lg_value key = lg_v_id(&name_key);
	PGresult *result = ask(connection, select, lg_params_make(arena, select, &key));
	bool is_there = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;

	PQclear(result);
	return is_there;
}

struct lg_status roster_add(PGconn *connection, struct lg_arena *arena,
	const struct account *account, lg_ms now, const char **ret_sqlstate)
{
	const struct lg_statement *insert = &store_account[INSERT_MISSING_ACCOUNT];
	const struct lg_id nobody = { .byte = { 0 } };
	struct lg_id name_key = name_key_of(account->user_name);
	struct lg_value values[ACCOUNT_VALUES];
	struct lg_rows *rows = lg_rows_new(arena, insert);

	account_values(account, &name_key, &nobody, now, values);
	lg_rows_add(rows, values);

	PGresult *result = ask(connection, insert, lg_rows_params(rows));
	bool is_stored = PQresultStatus(result) == PGRES_COMMAND_OK;
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (!is_stored)
		*ret_sqlstate = lg_copy_text(arena, sqlstate == NULL ? "" : sqlstate);
	PQclear(result);
	return is_stored ? lg_done() : lg_retry("the database did not store it");
}
