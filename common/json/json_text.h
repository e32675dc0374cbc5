/*
 * JSON as text: measured and parsed within bounds, and written piece by piece into an arena.
 *
 * What the parser keeps on the heap is wiped when it is freed, because documents hold names of
 * persons.  Writing goes into the arena, which wipes as well.
 */
#ifndef LG_JSON_JSON_TEXT_H
#define LG_JSON_JSON_TEXT_H

#include <jansson.h>

#include "common/base/arena.h"

/*
 * The tree of a document within the limits of json.h, whose owner is the caller (json_decref).
 *   returns  NULL when there is none; ret_fault is then a literal for the sender
 */
json_t *lg_json_parse(struct lg_bytes json, const char **ret_fault);

/* A document being written; starts with only the arena set. */
struct lg_json_text {
	struct lg_arena *arena;
	char *data; /* in the arena */
	size_t size, capacity;
};

/* Adds text as it is: brackets, commas, numbers. */
void lg_json_add(struct lg_json_text *out, const char *text);

/* Adds a JSON string; bytes that are not UTF-8 become U+FFFD. */
void lg_json_add_string(struct lg_json_text *out, const char *text);

/* Adds a JSON string of lower-case hexadecimal digits. */
void lg_json_add_hex(struct lg_json_text *out, struct lg_bytes bytes);

/* Adds "name": with a comma in front unless it is the first of its object. */
void lg_json_add_name(struct lg_json_text *out, const char *name);

/* What was written so far; a NUL follows. */
struct lg_bytes lg_json_bytes(struct lg_json_text *out);

#endif
