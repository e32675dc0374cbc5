/* JSON as text, in and out. */
#include "common/json/json_text.h"

#include <malloc.h>
#include <stdlib.h>

#include "common/base/text.h"
#include "common/json/json.h"

#define BRACKETS_MAX (2 * LG_JSON_DEPTH_MAX) /* an array of messages opens two */

/* --- in ------------------------------------------------------------------------------------- */

static void wipe_and_free(void *piece)
{
	if (piece != NULL)
		explicit_bzero(piece, malloc_usable_size(piece));
	free(piece);
}

/*
 * Counts brackets and commas outside of strings, so that a hostile document costs no more memory
 * than an honest one: 256 KiB of "[[],[],..." would take 20 MiB.  NULL, or what is too much.
 */
static const char *measure(struct lg_bytes json)
{
	unsigned depth = 0, values = 0;
	bool in_string = false;

	if (json.size > LG_JSON_MAX)
		return "the document is larger than 256 KiB";
	for (size_t i = 0; i < json.size; i++) {
		uint8_t byte = json.data[i];

		if (in_string) {
			if (byte == '\\')
				i++;
			in_string = byte != '"';
			continue;
		}
		in_string = byte == '"';
		if (byte == '{' || byte == '[')
			depth++;
		if ((byte == '}' || byte == ']') && depth > 0)
			depth--;
		if (depth > BRACKETS_MAX)
			return "nested too deeply";
		values += byte == '{' || byte == '[' || byte == ',';
		if (values > LG_JSON_VALUES_MAX)
			return "too many values";
	}
	return NULL;
}

json_t *lg_json_parse(struct lg_bytes json, const char **ret_fault)
{
	json_error_t error = { .text = "" };
	json_t *root;

	*ret_fault = measure(json);
	if (*ret_fault != NULL)
		return NULL;
	json_set_alloc_funcs(malloc, wipe_and_free); /* the same at every call */
	root = json_loadb(json.size > 0 ? (const char *)json.data : "", json.size,
		JSON_REJECT_DUPLICATES, &error);
	if (root != NULL)
		return root;
	*ret_fault = "not a JSON document";
	if (json_error_code(&error) == json_error_duplicate_key)
		*ret_fault = "a name stands twice";
	if (json_error_code(&error) == json_error_numeric_overflow)
		*ret_fault = "a number is out of range";
	return NULL;
}

/* --- out ------------------------------------------------------------------------------------ */

static void add_bytes(struct lg_json_text *out, const void *bytes, size_t size)
{
	if (out->capacity - out->size < size + 1) { /* a NUL has its place */
		size_t capacity = (out->capacity + size + 1) * 2;
		char *data = lg_alloc(out->arena, capacity);

		if (out->size > 0)
			memcpy(data, out->data, out->size);
		out->data = data;
		out->capacity = capacity;
	}
	memcpy(out->data + out->size, bytes, size);
	out->size += size;
}

void lg_json_add(struct lg_json_text *out, const char *text)
{
	add_bytes(out, text, strlen(text));
}

static void add_escaped(struct lg_json_text *out, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";
	char text[] = "\\u0000";

	if (byte == '"' || byte == '\\') {
		text[1] = (char)byte;
		text[2] = '\0';
	} else {
		text[4] = digits[byte >> 4];
		text[5] = digits[byte & 15];
	}
	lg_json_add(out, text);
}

/* Bytes from the start of text that stand in a string as they are; valid is how many are UTF-8. */
static size_t plain_size(struct lg_bytes text, size_t valid)
{
	size_t size = 0;

	while (size < valid && text.data[size] >= ' ' && text.data[size] != 0x7f &&
		text.data[size] != '"' && text.data[size] != '\\')
		size++;
	return size;
}

void lg_json_add_string(struct lg_json_text *out, const char *text)
{
	struct lg_bytes rest = lg_bytes(text, strlen(text));
	size_t valid = lg_text_first_bad(rest);

	lg_json_add(out, "\"");
	while (rest.size > 0) {
		size_t size = plain_size(rest, valid);

		add_bytes(out, rest.data, size);
		rest = lg_bytes(rest.data + size, rest.size - size);
		valid -= size;
		if (rest.size == 0)
			break;
		if (valid > 0)
			add_escaped(out, rest.data[0]);
		else
			lg_json_add(out, "\xef\xbf\xbd");
		rest = lg_bytes(rest.data + 1, rest.size - 1);
		valid = valid > 0 ? valid - 1 : lg_text_first_bad(rest);
	}
	lg_json_add(out, "\"");
}

void lg_json_add_hex(struct lg_json_text *out, struct lg_bytes bytes)
{
	static const char digits[] = "0123456789abcdef";

	lg_json_add(out, "\"");
	for (size_t i = 0; i < bytes.size; i++) {
		const char pair[2] = { digits[bytes.data[i] >> 4], digits[bytes.data[i] & 15] };

		add_bytes(out, pair, sizeof pair);
	}
	lg_json_add(out, "\"");
}

void lg_json_add_name(struct lg_json_text *out, const char *name)
{
	if (out->size > 0 && out->data[out->size - 1] != '{')
		lg_json_add(out, ",");
	lg_json_add_string(out, name);
	lg_json_add(out, ":");
}

struct lg_bytes lg_json_bytes(struct lg_json_text *out)
{
	add_bytes(out, "", 0);
	out->data[out->size] = '\0';
	return lg_bytes(out->data, out->size);
}
