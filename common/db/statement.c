/*
 * Values to PostgreSQL's binary formats and back.
 *
 * Parameters travel typed and binary, so no value is ever quoted into SQL; the rows of a batch
 * travel as one array per column, so that a batch is one execution.  Keyed rows keep their
 * last write: two updates of one row in one statement would be refused by the server.
 */
#include "common/db/statement.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>

/* Object ids of the types, from pg_type.dat: part of the server's contract. */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_BOOLS = 1000,
	OID_BYTEAS = 1001,
	OID_INT2S = 1005,
	OID_INT4S = 1007,
	OID_TEXTS = 1009,
	OID_INT8S = 1016,
};

#define ARRAY_HEADER_BYTES 20 /* dimensions, flags, element type, length, lower bound */
#define PARAM_BYTES_MAX    ((size_t)512 * 1024 * 1024) /* the server takes 1 GiB in all */
#define FIRST_ROWS         16 /* rows in the first piece of memory; each next one doubles */
#define FIRST_SLOTS        64
#define ROWS_MAX           ((uint32_t)1 << 20)

struct type {
	Oid oid, element; /* element 0: a scalar */
	size_t width;     /* of an integer or bool; 0: bytes */
};

static const struct type types[] = {
	[LG_SQL_INT2] = { OID_INT2, 0, 2 },
	[LG_SQL_INT4] = { OID_INT4, 0, 4 },
	[LG_SQL_INT8] = { OID_INT8, 0, 8 },
	[LG_SQL_BOOL] = { OID_BOOL, 0, 1 },
	[LG_SQL_BYTEA] = { OID_BYTEA, 0, 0 },
	[LG_SQL_TEXT] = { OID_TEXT, 0, 0 },
	[LG_SQL_INT2S] = { OID_INT2S, OID_INT2, 2 },
	[LG_SQL_INT4S] = { OID_INT4S, OID_INT4, 4 },
	[LG_SQL_INT8S] = { OID_INT8S, OID_INT8, 8 },
	[LG_SQL_BOOLS] = { OID_BOOLS, OID_BOOL, 1 },
	[LG_SQL_BYTEAS] = { OID_BYTEAS, OID_BYTEA, 0 },
	[LG_SQL_TEXTS] = { OID_TEXTS, OID_TEXT, 0 },
};

static const struct type *type_of(const struct lg_statement *statement, uint32_t param)
{
	enum lg_sql_type type = statement->params[param];

	assert(type >= LG_SQL_INT2 && type <= LG_SQL_TEXTS);
	return &types[type];
}

Oid lg_sql_oid(enum lg_sql_type type)
{
	assert(type >= LG_SQL_INT2 && type <= LG_SQL_TEXTS);
	return types[type].oid;
}

/* Big endian; returns the byte behind. */
static uint8_t *put_int(uint8_t *at, int64_t value, size_t width)
{
	uint64_t bits = htobe64((uint64_t)value << (64 - 8 * width));

	memcpy(at, &bits, width);
	return at + width;
}

static void check_width(int64_t value, size_t width)
{
	if (width == 1)
		assert(value == 0 || value == 1);
	if (width == 2)
		assert(value >= INT16_MIN && value <= INT16_MAX);
	if (width == 4)
		assert(value >= INT32_MIN && value <= INT32_MAX);
}

static size_t size_of(const struct type *type, const struct lg_value *value)
{
	if (value->is_null)
		return 0;
	return type->width != 0 ? type->width : value->bytes.size;
}

static uint8_t *put_value(uint8_t *at, const struct type *type, const struct lg_value *value)
{
	if (type->width != 0) {
		check_width(value->integer, type->width);
		return put_int(at, value->integer, type->width);
	}
	if (value->bytes.size != 0)
		memcpy(at, value->bytes.data, value->bytes.size);
	return at + value->bytes.size;
}

struct lg_params *lg_params_make(
	struct lg_arena *arena, const struct lg_statement *statement, const struct lg_value *values)
{
	struct lg_params *params = lg_alloc(arena, sizeof(*params));

	assert(statement->param_count <= LG_PARAMS_MAX);
	params->count = (int)statement->param_count;
	for (uint32_t n = 0; n < statement->param_count; n++) {
		const struct type *type = type_of(statement, n);
		size_t size = size_of(type, &values[n]);

		assert(type->element == 0);
		assert(size <= PARAM_BYTES_MAX);
		params->types[n] = type->oid;
		params->formats[n] = 1;
		params->lengths[n] = (int)size;
		if (values[n].is_null)
			continue;
		/* one byte more: an empty value must not be a NULL pointer */
		uint8_t *at = lg_alloc(arena, size + 1);
		put_value(at, type, &values[n]);
		params->values[n] = (const char *)at;
	}
	return params;
}

/* --- rows ------------------------------------------------------------------------------ */

/* A piece of memory for rows; values of a row stand side by side. */
struct piece {
	struct piece *next;
	uint32_t capacity, count;
	struct lg_value values[];
};

/* A row under a key. */
struct slot {
	struct lg_bytes key; /* data NULL: the slot is free */
	struct lg_value *row;
};

struct lg_rows {
	struct lg_arena *arena;
	const struct lg_statement *statement;
	struct piece *first, *last;
	uint32_t count;
	struct slot *slots; /* open addressing, a power of two, at most half full */
	uint32_t slot_count, keyed_count;
	struct column {
		size_t size_bytes; /* of its values */
		uint32_t null_count;
	} columns[LG_PARAMS_MAX];
};

struct lg_rows *lg_rows_new(struct lg_arena *arena, const struct lg_statement *statement)
{
	struct lg_rows *rows = lg_alloc(arena, sizeof(*rows));

	assert(statement->param_count > 0 && statement->param_count <= LG_PARAMS_MAX);
	for (uint32_t n = 0; n < statement->param_count; n++)
		assert(type_of(statement, n)->element != 0);
	rows->arena = arena;
	rows->statement = statement;
	return rows;
}

static struct lg_value *new_row(struct lg_rows *rows)
{
	uint32_t width = rows->statement->param_count;
	struct piece *last = rows->last;

	assert(rows->count < ROWS_MAX);
	if (last == NULL || last->count == last->capacity) {
		uint32_t capacity = last == NULL ? FIRST_ROWS : last->capacity * 2;
		struct piece *piece = lg_alloc(rows->arena,
			sizeof(*piece) + (size_t)capacity * width * sizeof(struct lg_value));

		piece->capacity = capacity;
		if (last == NULL)
			rows->first = piece;
		else
			last->next = piece;
		rows->last = last = piece;
	}
	rows->count++;
	return &last->values[(size_t)last->count++ * width];
}

static void fill_row(struct lg_rows *rows, struct lg_value *row, const struct lg_value *values)
{
	for (uint32_t n = 0; n < rows->statement->param_count; n++) {
		const struct type *type = type_of(rows->statement, n);

		row[n] = values[n];
		if (!values[n].is_null && !values[n].is_kept && type->width == 0)
			row[n].bytes = lg_copy(rows->arena, values[n].bytes);
		rows->columns[n].size_bytes += size_of(type, &row[n]);
		rows->columns[n].null_count += row[n].is_null;
	}
}

/* A row that is written anew. */
static void empty_row(struct lg_rows *rows, const struct lg_value *row)
{
	for (uint32_t n = 0; n < rows->statement->param_count; n++) {
		rows->columns[n].size_bytes -= size_of(type_of(rows->statement, n), &row[n]);
		rows->columns[n].null_count -= row[n].is_null;
	}
}

void lg_rows_add(struct lg_rows *rows, const struct lg_value *values)
{
	fill_row(rows, new_row(rows), values);
}

/* The slot that holds the key, or the free one where it belongs. */
static struct slot *slot_of(struct slot *slots, uint32_t slot_count, struct lg_bytes key)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a; keys are ids, not chosen by a stranger */

	for (size_t n = 0; n < key.size; n++)
		hash = (hash ^ key.data[n]) * 0x100000001b3u;
	uint32_t at = (uint32_t)(hash >> 32 ^ hash) & (slot_count - 1);
	while (slots[at].key.data != NULL && !lg_bytes_equal(slots[at].key, key))
		at = (at + 1) & (slot_count - 1);
	return &slots[at];
}

static void grow_slots(struct lg_rows *rows)
{
	uint32_t slot_count = rows->slot_count == 0 ? FIRST_SLOTS : rows->slot_count * 2;
	struct slot *slots = lg_alloc_array(rows->arena, slot_count, sizeof(*slots));

	for (uint32_t n = 0; n < rows->slot_count; n++) {
		if (rows->slots[n].key.data != NULL)
			*slot_of(slots, slot_count, rows->slots[n].key) = rows->slots[n];
	}
	rows->slots = slots;
	rows->slot_count = slot_count;
}

/* The slot of a key; its row is NULL while it is free. */
static struct slot *find_slot(struct lg_rows *rows, struct lg_bytes key)
{
	assert(key.size > 0);
	if ((rows->keyed_count + 1) * 2 > rows->slot_count)
		grow_slots(rows);
	return slot_of(rows->slots, rows->slot_count, key);
}

static void take_slot(struct lg_rows *rows, struct slot *slot, struct lg_bytes key)
{
	slot->key = lg_copy(rows->arena, key);
	slot->row = new_row(rows);
	rows->keyed_count++;
}

void lg_rows_put(struct lg_rows *rows, struct lg_bytes key, const struct lg_value *values)
{
	struct slot *slot = find_slot(rows, key);

	if (slot->row == NULL)
		take_slot(rows, slot, key);
	else
		empty_row(rows, slot->row);
	fill_row(rows, slot->row, values);
}

/* Of each column its length, or that it has none, and what it says. */
static struct lg_bytes key_of(const struct lg_rows *rows, uint32_t key_count,
	const struct lg_value *values, uint8_t ret_key[LG_SUM_KEY_BYTES])
{
	size_t size = 0;

	for (uint32_t n = 0; n < key_count; n++) {
		const struct type *type = type_of(rows->statement, n);
		size_t length = size_of(type, &values[n]);

		assert(!values[n].is_null);
		assert(size + 4 + length <= LG_SUM_KEY_BYTES);
		put_int(ret_key + size, (int64_t)length, 4);
		put_value(ret_key + size + 4, type, &values[n]);
		size += 4 + length;
	}
	return lg_bytes(ret_key, size);
}

void lg_rows_sum(struct lg_rows *rows, uint32_t key_count, const struct lg_value *values)
{
	uint8_t bytes[LG_SUM_KEY_BYTES];
	struct lg_bytes key = key_of(rows, key_count, values, bytes);
	struct slot *slot = find_slot(rows, key);

	if (slot->row == NULL) {
		take_slot(rows, slot, key);
		fill_row(rows, slot->row, values);
		return;
	}
	for (uint32_t n = key_count; n < rows->statement->param_count; n++)
		slot->row[n].integer += values[n].integer;
}

uint32_t lg_rows_count(const struct lg_rows *rows)
{
	return rows->count;
}

const struct lg_statement *lg_rows_statement(const struct lg_rows *rows)
{
	return rows->statement;
}

static uint8_t *put_column(uint8_t *at, const struct lg_rows *rows, uint32_t column)
{
	uint32_t width = rows->statement->param_count;
	const struct type *type = type_of(rows->statement, column);

	for (const struct piece *piece = rows->first; piece != NULL; piece = piece->next) {
		for (uint32_t n = 0; n < piece->count; n++) {
			const struct lg_value *value = &piece->values[(size_t)n * width + column];

			if (value->is_null) {
				at = put_int(at, -1, 4);
				continue;
			}
			at = put_int(at, (int64_t)size_of(type, value), 4);
			at = put_value(at, type, value);
		}
	}
	return at;
}

struct lg_params *lg_rows_params(struct lg_rows *rows)
{
	struct lg_params *params = lg_alloc(rows->arena, sizeof(*params));

	params->count = (int)rows->statement->param_count;
	for (uint32_t n = 0; n < rows->statement->param_count; n++) {
		const struct type *type = type_of(rows->statement, n);
		const struct column *column = &rows->columns[n];
		size_t size = ARRAY_HEADER_BYTES + (size_t)rows->count * 4 + column->size_bytes;

		assert(size <= PARAM_BYTES_MAX);
		uint8_t *array = lg_alloc(rows->arena, size);
		uint8_t *at = put_int(array, 1, 4);
		at = put_int(at, column->null_count > 0 ? 1 : 0, 4);
		at = put_int(at, (int64_t)type->element, 4);
		at = put_int(at, (int64_t)rows->count, 4);
		at = put_int(at, 1, 4);
		at = put_column(at, rows, n);
		assert(at == array + size);
		params->types[n] = type->oid;
		params->formats[n] = 1;
		params->lengths[n] = (int)size;
		params->values[n] = (const char *)array;
	}
	return params;
}

struct lg_params *lg_rows_one_params(struct lg_rows *rows)
{
	const struct lg_statement *one = rows->statement->one;

	assert(rows->count == 1);
	assert(one->param_count == rows->statement->param_count);
	for (uint32_t n = 0; n < one->param_count; n++)
		assert(type_of(one, n)->oid == type_of(rows->statement, n)->element);
	return lg_params_make(rows->arena, one, rows->first->values);
}

/* --- fields ---------------------------------------------------------------------------- */

static void check_column(const PGresult *result, int row, int column)
{
	assert(row >= 0 && row < PQntuples(result));
	assert(column >= 0 && column < PQnfields(result));
	assert(PQfformat(result, column) == 1);
}

bool lg_field_is_null(const PGresult *result, int row, int column)
{
	check_column(result, row, column);
	return PQgetisnull(result, row, column) != 0;
}

static int width_of(Oid oid)
{
	switch (oid) {
	case OID_BOOL:
		return 1;
	case OID_INT2:
		return 2;
	case OID_INT4:
		return 4;
	case OID_INT8:
		return 8;
	}
	return 0;
}

int64_t lg_field_int(const PGresult *result, int row, int column)
{
	int width = width_of(PQftype(result, column));

	check_column(result, row, column);
	assert(width != 0);
	if (PQgetisnull(result, row, column) != 0)
		return 0;

	assert(PQgetlength(result, row, column) == width);
	const uint8_t *at = (const uint8_t *)PQgetvalue(result, row, column);
	uint64_t bits = (at[0] & 0x80) != 0 && width > 1 ? UINT64_MAX : 0;
	for (int n = 0; n < width; n++)
		bits = bits << 8 | at[n];
	return (int64_t)bits;
}

struct lg_bytes lg_field_bytes(const PGresult *result, int row, int column)
{
	check_column(result, row, column);
	assert(PQftype(result, column) == OID_BYTEA || PQftype(result, column) == OID_TEXT);
	return lg_bytes(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
}

const char *lg_field_text(const PGresult *result, int row, int column)
{
	check_column(result, row, column);
	assert(PQftype(result, column) == OID_TEXT);
	return PQgetvalue(result, row, column);
}

struct lg_id lg_field_id(const PGresult *result, int row, int column)
{
	struct lg_bytes bytes = lg_field_bytes(result, row, column);
	struct lg_id id = { .byte = { 0 } };

	if (bytes.size == LG_ID_SIZE)
		memcpy(id.byte, bytes.data, LG_ID_SIZE);
	return id;
}
