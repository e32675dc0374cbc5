/*
 * A line is built whole and written by one call, so that lines of several processes that share
 * standard error do not mix.  A field that does not fit is left out whole and "cut" says so.
 */
#include "common/base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048
#define LINE_END       ",\"cut\":true}\n" /* room for it is kept */

/* Set once, before there is anything else: the one variable of the program. */
static const char *service_name = "?";

struct line {
	char text[LINE_MAX_BYTES];
	size_t length;
	bool is_cut;
};

static void add(struct line *line, const char *text)
{
	size_t size = strlen(text);

	if (line->length + size > LINE_MAX_BYTES - sizeof LINE_END) {
		line->is_cut = true;
		return;
	}
	memcpy(line->text + line->length, text, size);
	line->length += size;
}

/* A JSON string; what is not plain ASCII has no business in a literal and becomes '?'. */
static void add_string(struct line *line, const char *text)
{
	add(line, "\"");
	for (; *text != '\0'; text++) {
		char plain[3] = { *text, '\0', '\0' };

		if (*text == '"' || *text == '\\') {
			plain[0] = '\\';
			plain[1] = *text;
		} else if (*text < ' ' || *text > '~') {
			plain[0] = '?';
		}
		add(line, plain);
	}
	add(line, "\"");
}

static void add_name(struct line *line, const char *name)
{
	add(line, line->length == 0 ? "{" : ",");
	add_string(line, name);
	add(line, ":");
}

static void add_value(struct line *line, const struct lg_field *field)
{
	char text[LG_ID_TEXT];

	switch (field->kind) {
	case LG_FIELD_INT:
		(void)snprintf(text, sizeof text, "%lld", (long long)field->integer);
		add(line, text);
		return;
	case LG_FIELD_ID:
		lg_id_print(field->id, text);
		add_string(line, text);
		return;
	case LG_FIELD_LITERAL:
		if (field->literal == NULL)
			add(line, "null");
		else
			add_string(line, field->literal);
		return;
	}
	abort();
}

static void add_field(struct line *line, const struct lg_field *field)
{
	size_t before = line->length;
	bool was_cut = line->is_cut;

	line->is_cut = false;
	add_name(line, field->name);
	add_value(line, field);
	if (line->is_cut)
		line->length = before;
	line->is_cut |= was_cut;
}

static void add_time(struct line *line)
{
	struct timespec now;
	char text[LG_TIME_TEXT];

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
	lg_time_print((lg_ms)now.tv_sec * LG_SECOND_MS + now.tv_nsec / 1000000, text);
	add_name(line, "time");
	add_string(line, text);
}

/* Nobody could be told that standard error is gone, so a failure is passed over. */
static void write_whole(const char *text, size_t size)
{
	while (size > 0) {
		ssize_t written = write(STDERR_FILENO, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		text += written;
		size -= (size_t)written;
	}
}

void lg_log_open(const char *service)
{
	service_name = service;
}

void lg_log_write(
	const char *level, const char *event, const struct lg_field *fields, uint32_t count)
{
	struct line line = { .length = 0 };
	const struct lg_field head[] = {
		lg_f_literal("level", level),
		lg_f_literal("service", service_name),
		lg_f_literal("event", event),
	};
	int kept = errno; /* who reports a failure still wants to know which */
	const char *end;

	add_time(&line);
	for (uint32_t i = 0; i < sizeof head / sizeof head[0]; i++)
		add_field(&line, &head[i]);
	for (uint32_t i = 0; i < count; i++)
		add_field(&line, &fields[i]);
	end = line.is_cut ? LINE_END : "}\n";
	memcpy(line.text + line.length, end, strlen(end));
	write_whole(line.text, line.length + strlen(end));
	errno = kept;
}
