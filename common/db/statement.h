/*
 * Named, typed SQL.  Parameters and results are binary; many rows travel as one array per
 * column into INSERT ... SELECT unnest(...), so that a batch is one execution.
 */
#ifndef LG_DB_STATEMENT_H
#define LG_DB_STATEMENT_H

#include <libpq-fe.h>

#include "common/base/arena.h"
#include "common/base/id.h"

#define LG_PARAMS_MAX 24

enum lg_sql_type {
	LG_SQL_INT2 = 1,
	LG_SQL_INT4,
	LG_SQL_INT8,
	LG_SQL_BOOL,
	LG_SQL_BYTEA,
	LG_SQL_TEXT,
	/* one value per row of a batch */
	LG_SQL_INT2S,
	LG_SQL_INT4S,
	LG_SQL_INT8S,
	LG_SQL_BOOLS,
	LG_SQL_BYTEAS,
	LG_SQL_TEXTS,
};

struct lg_statement {
	const char *name; /* as prepared; unique in the program */
	const char *sql;
	uint32_t param_count;
	enum lg_sql_type params[LG_PARAMS_MAX];
	/* Of a statement for rows, where that is worth it: the same for a single one, with a scalar for
	 * each array.  Small batches are most of a day's, and 9 columns cost the server 12 us less. */
	const struct lg_statement *one;
};

/* One parameter's value.  Integers are checked against their column's width (assert). */
struct lg_value {
	union {
		int64_t integer;       /* ints and bools */
		struct lg_bytes bytes; /* bytea and text; read when the parameters are made */
	};
	bool is_null;
	bool is_kept; /* bytes live as long as the rows' arena: not copied */
};

static inline struct lg_value lg_v_int(int64_t integer)
{
	return (struct lg_value){ .integer = integer };
}

static inline struct lg_value lg_v_bytes(struct lg_bytes bytes)
{
	return (struct lg_value){ .bytes = bytes };
}

/* Bytes that lie in the arena of the rows that they are added to. */
static inline struct lg_value lg_v_kept(struct lg_bytes bytes)
{
	return (struct lg_value){ .bytes = bytes, .is_kept = true };
}

/* The id must live until the parameters are made. */
static inline struct lg_value lg_v_id(const struct lg_id *id)
{
	return (struct lg_value){ .bytes = lg_id_bytes(id) };
}

static inline struct lg_value lg_v_text(const char *text)
{
	return (struct lg_value){ .bytes = lg_bytes(text, strlen(text)) };
}

static inline struct lg_value lg_v_null(void)
{
	return (struct lg_value){ .is_null = true };
}

/* The server's object id of a type. */
Oid lg_sql_oid(enum lg_sql_type type);

/* Encoded parameters, ready for libpq; in an arena. */
struct lg_params {
	int count;
	const char *values[LG_PARAMS_MAX];
	int lengths[LG_PARAMS_MAX];
	int formats[LG_PARAMS_MAX];
	Oid types[LG_PARAMS_MAX];
};

/* Scalars: as many values as the statement has parameters; copied into the arena. */
struct lg_params *lg_params_make(struct lg_arena *arena, const struct lg_statement *statement,
	const struct lg_value *values);

/*
 * Rows that are gathered during a batch and sent as arrays, one element per row.
 * With a key (key_size_bytes first bytes of what lg_rows_put is given) the last write wins.
 */
struct lg_rows;

/* None yet; in the arena, as long as it. */
struct lg_rows *lg_rows_new(struct lg_arena *arena, const struct lg_statement *statement);

/* Adds a row; bytes are copied into the arena, unless they are kept there anyway. */
void lg_rows_add(struct lg_rows *rows, const struct lg_value *values);

/* Adds a row, or replaces the one that was put under the same key. */
void lg_rows_put(struct lg_rows *rows, struct lg_bytes key, const struct lg_value *values);

/*
 * Adds a row, or adds its numbers to the row that has the same key: what the server would sum, in fewer
 * rows to send it.
 *   key_count  the first so many columns are the key, in at most LG_SUM_KEY_BYTES; the others are integers
 */
void lg_rows_sum(struct lg_rows *rows, uint32_t key_count, const struct lg_value *values);
#define LG_SUM_KEY_BYTES 256

/* How many rows there are: one per key where they were put. */
uint32_t lg_rows_count(const struct lg_rows *rows);

/* The statement that they are for. */
const struct lg_statement *lg_rows_statement(const struct lg_rows *rows);

/* The arrays.  All parameters of the statement are of the plural types. */
struct lg_params *lg_rows_params(struct lg_rows *rows);

/* The scalars of the only row, for the statement's `one`. */
struct lg_params *lg_rows_one_params(struct lg_rows *rows);

/* Fields of a binary result.  Asserts the column's type width; 0 or empty when NULL. */
bool lg_field_is_null(const PGresult *result, int row, int column);
int64_t lg_field_int(const PGresult *result, int row, int column); /* int2, int4, int8, bool */
struct lg_bytes lg_field_bytes(const PGresult *result, int row, int column); /* in the result */
const char *lg_field_text(const PGresult *result, int row, int column); /* likewise; NUL behind */
struct lg_id lg_field_id(const PGresult *result, int row, int column);  /* zero unless 16 bytes */

#endif
