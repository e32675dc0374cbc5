#include "services/matching/tools/schema.h"

#include <ini.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/calendar.h"
#include "services/matching/tools/tool.h"

/* Where schemas stand, seen from the program: beside the sources, or installed. */
static const char *const places[] = {
	"../../services/matching/data/schemas",
	"../../../services/matching/data/schemas",
	"../share/lifeguard/matching/schemas",
	"../share/lifeguard/services/matching/data/schemas",
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool copy_name(char to[FIELD_NAME_MAX], const char *from)
{
	size_t size = strlen(from);

	if (size == 0 || size >= FIELD_NAME_MAX)
		return false;
	memcpy(to, from, size + 1);
	return true;
}

static uint32_t field_named(const struct schema *schema, const char *name)
{
	uint32_t f = 0;

	while (f < schema->count && strcmp(schema->fields[f].name, name) != 0)
		f++;
	return f;
}

static int take_field(struct schema *schema, const char *name, const char *kind)
{
	struct field *field;
	uint32_t k = 0;

	while (k < KIND_COUNT && strcmp(field_kind_names[k], kind) != 0)
		k++;
	if (k == KIND_COUNT || schema->count == FIELDS_MAX ||
		field_named(schema, name) != schema->count)
		return 0;
	field = &schema->fields[schema->count];
	if (!copy_name(field->name, name))
		return 0;
	field->kind = (enum field_kind)k;
	field->bs_from = schema->bs_from;
	schema->count++;
	return 1;
}

static int take_twin(struct schema *schema, const char *name, const char *other)
{
	uint32_t f = field_named(schema, name), t = field_named(schema, other);

	if (f == schema->count || t == schema->count || f == t ||
		schema->fields[f].kind != schema->fields[t].kind)
		return 0;
	if (schema->twins[f][0] != '\0' || schema->twins[t][0] != '\0')
		return 0;
	return copy_name(schema->twins[f], other) && copy_name(schema->twins[t], name);
}

/* libinih's: 0 ends the reading with this line. */
static int take_line(void *context, const char *section, const char *name, const char *value)
{
	struct schema *schema = context;

	if (strcmp(section, "rows") == 0)
		return strcmp(name, "id") == 0 && copy_name(schema->id, value);
	if (strcmp(section, "fields") == 0)
		return take_field(schema, name, value);
	if (strcmp(section, "twins") == 0)
		return take_twin(schema, name, value);
	return 0;
}

/* The schema's file: the name itself, or NAME.ini where schemas stand. */
static bool find_file(const char *name, char ret_path[SCHEMA_PATH_MAX])
{
	char program[SCHEMA_PATH_MAX / 2];
	ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);

	if (access(name, R_OK) == 0)
		return snprintf(ret_path, SCHEMA_PATH_MAX, "%s", name) < SCHEMA_PATH_MAX;
	if (size <= 0 || strchr(name, '/') != NULL)
		return false;
	program[size] = '\0';

	const char *folder = dirname(program);

	for (size_t i = 0; i < COUNT_OF(places); i++) {
		int length = snprintf(
			ret_path, SCHEMA_PATH_MAX, "%s/%s/%s.ini", folder, places[i], name);

		if (length > 0 && length < SCHEMA_PATH_MAX && access(ret_path, R_OK) == 0)
			return true;
	}
	return false;
}

bool schema_read(const char *name, struct schema *ret_schema)
{
	char path[SCHEMA_PATH_MAX];
	int line;

	*ret_schema = (struct schema){
		.bs_from = lg_date_of((lg_ms)time(NULL) * LG_SECOND_MS).year + 1,
	};
	if (!find_file(name, path)) {
		tool_complain("%s: no such schema: neither a file nor one that is shipped", name);
		return false;
	}
	line = ini_parse(path, take_line, ret_schema);
	if (line > 0) {
		tool_complain("%s, line %d: expected [rows] id = COLUMN, [fields] COLUMN = name, "
			      "place, words, date, number, phone, age or code (at most %d, each "
			      "once), or [twins] COLUMN = COLUMN of one kind",
			path, line, FIELDS_MAX);
		return false;
	}
	if (line < 0 || ret_schema->count == 0) {
		tool_complain(line < 0 ? "%s: cannot be read" : "%s: no [fields] in it", path);
		return false;
	}
	return true;
}

static bool is_listed(const char *columns, const char *name)
{
	size_t size = strlen(name);

	for (const char *at = columns; *at != '\0';) {
		size_t here = strcspn(at, ",");

		if (here == size && memcmp(at, name, size) == 0)
			return true;
		at += here + (at[here] == ',');
	}
	return false;
}

bool schema_keep(struct schema *schema, const char *columns)
{
	uint32_t asked = 1, kept = 0;

	for (const char *at = columns; *at != '\0'; at++)
		asked += *at == ',';
	for (uint32_t f = 0; f < schema->count; f++) {
		if (!is_listed(columns, schema->fields[f].name))
			continue;
		schema->fields[kept] = schema->fields[f];
		memmove(schema->twins[kept], schema->twins[f], FIELD_NAME_MAX);
		kept++;
	}
	schema->count = kept;
	if (kept == asked)
		return true;
	tool_complain("--columns %s: not all of them are in the schema", columns);
	return false;
}

static void set_twins(const struct schema *schema, struct field_list *list)
{
	for (uint32_t f = 0; f < list->count; f++) {
		struct field *field = &list->fields[f];
		const char *other = schema->twins[field_named(schema, field->name)];

		field->twin = field->pool = f;
		for (uint32_t t = 0; t < list->count; t++)
			if (strcmp(list->fields[t].name, other) == 0) {
				field->twin = t;
				field->pool = t < f ? t : f;
			}
	}
}

bool schema_fit(const struct schema *schema, const char *file, const char *const *header,
	uint32_t count, struct field_list *ret_list, uint32_t ret_columns[FIELDS_MAX])
{
	*ret_list = (struct field_list){ .count = 0 };
	for (uint32_t f = 0; f < schema->count; f++) {
		uint32_t column = 0;

		while (column < count && strcmp(header[column], schema->fields[f].name) != 0)
			column++;
		if (column == count) {
			tool_complain("%s: has no column %s, goes on without it", file,
				schema->fields[f].name);
			continue;
		}
		ret_columns[ret_list->count] = column;
		ret_list->fields[ret_list->count++] = schema->fields[f];
	}
	if (ret_list->count == 0) {
		tool_complain("%s, line 1: none of the schema's columns is there", file);
		return false;
	}
	set_twins(schema, ret_list);
	return true;
}
