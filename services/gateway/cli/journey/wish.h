/*
 * A wish of somebody at a crossing: options become the fields of one document, names come from a
 * prompt or a file, and the answer says what became of it.
 *
 * Names are never arguments: whoever lists the processes of a machine would read them.
 */
#ifndef CLI_JOURNEY_WISH_H
#define CLI_JOURNEY_WISH_H

#include "common/base/id.h"
#include "services/gateway/cli/client.h"

struct wish;

/* How an argument becomes a field. */
enum wish_kind {
	WISH_TEXT,        /* as it is; enums are their names in small letters */
	WISH_NUMBER,      /* a whole number */
	WISH_TIME,        /* ISO 8601 UTC; left out when not given */
	WISH_TIME_NOW,    /* the same; now when not given */
	WISH_LIST,        /* words parted by commas */
	WISH_FLAG,        /* true when given */
	WISH_TRUE,        /* always true; nothing is read */
	WISH_ID,          /* 32 hexadecimal digits; a fresh one when not given */
	WISH_PATH,        /* in the path alone, as it is */
	WISH_NAMES,       /* a file of names (wish_set_identity); none when not given */
	WISH_NAMES_ASKED, /* the same; the terminal is asked when not given */
};

#define WISH_OPERAND(n) \
	(COMMAND_OPTIONS_MAX + (n)) /* what is no option: the n-th operand, from 0 */
#define WISH_FIELDS_MAX 12

struct wish_field {
	uint32_t option;  /* place in the verb's table, or WISH_OPERAND(n) */
	const char *name; /* of the field; "traveller.sex" lies in an object */
	enum wish_kind kind;
};

/* All that a verb does which sends one document: its arguments as fields, and where it goes. */
struct wish_form {
	const char *method;
	const char *path; /* "/api/v1/cases/{case_id}/arrival": a field's value in the braces */
	const char
		*prints; /* an id's field, printed when done so that a script can take it; NULL */
	struct wish_field fields[WISH_FIELDS_MAX + 1]; /* in the order of reading; ends with NULL */
	/* sets what is no field of its own; false when it cannot, which was said.  NULL: nothing */
	bool (*prepare)(struct wish *wish, const struct command_line *line);
};

/* Begins one; NULL when the gateway does not say which site it serves, which was said. */
struct wish *wish_new(const struct command_line *line);
void wish_free(struct wish *wish);

/* The arena of everything about it; wiped when it is freed. */
struct lg_arena *wish_arena(struct wish *wish);

/*
 * Sets an id as a field.
 *   text     32 hexadecimal digits, or NULL: a fresh one is made
 *   ret_id   printed
 *   returns  false when it is no id, which was said
 */
bool wish_set_id(struct wish *wish, const char *name, const char *text, char ret_id[LG_ID_TEXT]);

/* Sets a text, or a number, as a field. */
void wish_set_text(struct wish *wish, const char *name, const char *text);
void wish_set_number(struct wish *wish, const char *name, int64_t number);

/* Sets a list of documents as a field; takes it over. */
void wish_set_json(struct wish *wish, const char *name, json_t *value);

/*
 * Sets every field whose argument was given.
 *   fields   ends with a NULL name
 *   returns  false when one cannot be read, which was said
 */
bool wish_set_options(
	struct wish *wish, const struct command_line *line, const struct wish_field *fields);

/*
 * Sets an identity as a field.
 *   path     as of identity_read(); NULL when not is_needed: there is none
 *   returns  false when it cannot be read, or is needed and missing, which was said
 */
bool wish_set_identity(struct wish *wish, const char *name, const char *path, bool is_needed);

/* Sends it.  ret_answer is the answer when done; free with json_decref(). */
enum command_exit wish_send(
	struct wish *wish, const char *method, const char *path, json_t **ret_answer);

/*
 * Sends it and prints what changed: the id that it made on the first line of standard output, alone,
 * so that a script can take it; the state on standard error.
 *   id  what to print; NULL: nothing
 */
enum command_exit wish_tell(
	struct wish *wish, const char *method, const char *path, const char *id);

/* Does what the form of the line's verb says: a verb that is only a table runs this. */
enum command_exit wish_run(const struct command_line *line);

#endif
