/*
 * One JSON line per event on standard error: time, level, service, event, typed fields.
 *
 * The event is a literal and fields carry ids, numbers and literals only: there is no field
 * for text, so no name of a person can be logged.  Not for pure code, and never per message.
 */
#ifndef LG_BASE_LOG_H
#define LG_BASE_LOG_H

#include <stdint.h>

#include "common/base/id.h"

enum lg_field_kind { LG_FIELD_INT, LG_FIELD_ID, LG_FIELD_LITERAL };

struct lg_field {
	enum lg_field_kind kind;
	const char *name;
	int64_t integer;
	struct lg_id id;
	const char *literal;
};

static inline struct lg_field lg_f_int(const char *name, int64_t value)
{
	return (struct lg_field){ .kind = LG_FIELD_INT, .name = name, .integer = value };
}

static inline struct lg_field lg_f_id(const char *name, struct lg_id id)
{
	return (struct lg_field){ .kind = LG_FIELD_ID, .name = name, .id = id };
}

/* For constants of the program: a state's name, a status reason, an SQLSTATE. */
static inline struct lg_field lg_f_literal(const char *name, const char *literal)
{
	return (struct lg_field){ .kind = LG_FIELD_LITERAL, .name = name, .literal = literal };
}

/* Said once, first in main: what stands as "service" on every line.  Not copied. */
void lg_log_open(const char *service);

/* Writes one line; count fields follow.  Use the macros. */
void lg_log_write(
	const char *level, const char *event, const struct lg_field *fields, uint32_t count);

#define LG_LOG_FIELDS(...) ((const struct lg_field[]){ { .name = NULL }, ##__VA_ARGS__ })
#define LG_LOG(level, event, ...) \
	lg_log_write(level, "" event, LG_LOG_FIELDS(__VA_ARGS__) + 1, \
		(uint32_t)(sizeof LG_LOG_FIELDS(__VA_ARGS__) / sizeof(struct lg_field) - 1))

#define lg_info(event, ...)  LG_LOG("info", event, ##__VA_ARGS__)
#define lg_warn(event, ...)  LG_LOG("warn", event, ##__VA_ARGS__)
#define lg_error(event, ...) LG_LOG("error", event, ##__VA_ARGS__)

#endif
