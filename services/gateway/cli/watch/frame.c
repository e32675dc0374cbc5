#include "services/gateway/cli/watch/frame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/stream/partition.h"
#include "services/gateway/cli/table.h"

#define OWNER_DIGITS 8
#define SILENT_MAX   2
#define HEAD_LINES   4 /* sums (two where it is narrow), an empty one, titles */

static int64_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

static int64_t steady_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void add_flow(struct frame *frame, const char *service, const json_t *shown,
	const json_t *one, bool is_first)
{
	struct flow *flow = &frame->flows[frame->count++];
	int64_t site = number_of(one, "site"), destination = number_of(one, "destination");

	*flow = (struct flow){
		.applied = number_of(one, "applied"),
		.lag = number_of(one, "lag"),
		.lag_ms = number_of(one, "lag_ms"),
		.credit_bytes = number_of(one, "credit_bytes"),
		.is_live = json_is_true(json_object_get(one, "live")),
	};
	snprintf(flow->stream, sizeof flow->stream, "%" PRId64 "/%s/%s", site,
		text_of(one, "service"), text_of(one, "lane"));
	if (destination == 0)
		snprintf(flow->to, sizeof flow->to, "%s", text_of(one, "reader"));
	else
		snprintf(flow->to, sizeof flow->to, "%s@%" PRId64, text_of(one, "reader"),
			destination);
	snprintf(flow->owner, sizeof flow->owner, "%s:%.*s", service, OWNER_DIGITS,
		text_of(shown, "instance"));
	if (is_first) /* an instance's last error stands once */
		snprintf(flow->error, sizeof flow->error, "%s", text_of(shown, "last_error"));
}

/* Adds the streams that one instance tells of (StreamsShown as JSON). */
static void frame_add(struct frame *frame, const char *service, const json_t *shown)
{
	const json_t *one;
	size_t index;

	json_array_foreach(json_object_get(shown, "streams"), index, one)
	{
		if (frame->count < FRAME_FLOWS_MAX)
			add_flow(frame, service, shown, one, index == 0);
	}
}

static uint32_t covered_by(const json_t *shown)
{
	const json_t *one;
	uint32_t set = 0;
	size_t index;

	json_array_foreach(json_object_get(shown, "partitions"), index, one) set |=
		1u << (json_integer_value(one) & (LG_PARTITIONS - 1));
	return set;
}

/*
 * Each instance once: who answers for a partition says which others are his, too.  The gateway waits
 * 10 s for one that does not answer, so the second silence is taken for all that are left.
 */
static void ask_service(struct client *client, struct frame *frame, const char *service)
{
	uint32_t covered = 0, silent = 0;

	for (uint32_t p = 0; p < LG_PARTITIONS; p++) {
		char path[FRAME_TEXT * 2];
		json_t *shown = NULL;
		long status = 0;

		if ((covered >> p & 1u) != 0)
			continue;
		if (silent == SILENT_MAX) {
			frame->unowned++;
			continue;
		}
		snprintf(path, sizeof path, "/api/v1/services/%.40s/streams/%u", service, p);
		if (client_try(client, "GET", path, NULL, &shown, &status) != COMMAND_DONE) {
			frame->unowned++;
			silent++;
			continue;
		}
		covered |= covered_by(shown) | 1u << p;
		frame_add(frame, service, shown);
		json_decref(shown);
	}
}

enum command_exit frame_ask(struct client *client, struct frame *ret_frame)
{
	json_t *services = NULL;
	enum command_exit result = client_ask(client, "GET", "/api/v1/services", NULL, &services);
	const json_t *one;
	size_t index;

	memset(ret_frame, 0, sizeof *ret_frame);
	ret_frame->at_ms = steady_ms();
	if (result != COMMAND_DONE)
		return result;
	json_array_foreach(json_object_get(services, "services"), index, one)
	{
		if (number_of(one, "partitions") > 0)
			ask_service(client, ret_frame, text_of(one, "name"));
		else
			ret_frame->unowned += LG_PARTITIONS;
	}
	json_decref(services);
	return COMMAND_DONE;
}

/* --- print --------------------------------------------------------------------------------- */

static int by_lag(const void *left, const void *right)
{
	const struct flow *const *a = left, *const *b = right;

	if ((*a)->lag_ms != (*b)->lag_ms)
		return (*a)->lag_ms > (*b)->lag_ms ? -1 : 1;
	int order = strcmp((*a)->stream, (*b)->stream);

	return order != 0 ? order : strcmp((*a)->to, (*b)->to);
}

/* As told by one process: after a takeover there is no rate until the next look. */
static bool is_same(const struct flow *a, const struct flow *b)
{
	return strcmp(a->stream, b->stream) == 0 && strcmp(a->to, b->to) == 0 &&
	       strcmp(a->owner, b->owner) == 0;
}

static const char *rate_of(struct lg_arena *arena, const struct frame *frame,
	const struct frame *before, const struct flow *flow)
{
	int64_t passed = before == NULL ? 0 : frame->at_ms - before->at_ms;

	for (uint32_t i = 0; passed > 0 && i < before->count; i++)
		if (is_same(&before->flows[i], flow))
			return lg_format(arena, "%" PRId64,
				(flow->applied - before->flows[i].applied) * 1000 / passed);
	return "-";
}

static const char *seconds_of(struct lg_arena *arena, int64_t ms)
{
	return ms == 0 ? "-" : lg_format(arena, "%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000));
}

static struct table *wide_table(struct lg_arena *arena, const struct frame *frame,
	const struct frame *before, const struct flow *const *sorted, uint32_t count)
{
	static const struct table_column columns[] = {
		{ "stream", TABLE_LEFT },
		{ "to", TABLE_LEFT },
		{ "events/s", TABLE_RIGHT },
		{ "lag", TABLE_RIGHT },
		{ "seconds", TABLE_RIGHT },
		{ "credit", TABLE_RIGHT },
		{ "owner", TABLE_LEFT },
		{ "last error", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);

	for (uint32_t i = 0; i < count; i++) {
		const struct flow *flow = sorted[i];

		table_add(table, (const char *[]){
					 flow->stream,
					 flow->to,
					 rate_of(arena, frame, before, flow),
					 lg_format(arena, "%" PRId64, flow->lag),
					 seconds_of(arena, flow->lag_ms),
					 flow->is_live ? lg_format(arena, "%" PRId64 " KiB",
								 flow->credit_bytes / 1024)
						       : "away",
					 flow->owner,
					 flow->error,
				 });
	}
	return table;
}

static struct table *narrow_table(
	struct lg_arena *arena, const struct flow *const *sorted, uint32_t count)
{
	static const struct table_column columns[] = {
		{ "stream", TABLE_LEFT },
		{ "to", TABLE_LEFT },
		{ "lag", TABLE_RIGHT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);

	for (uint32_t i = 0; i < count; i++)
		table_add(table, (const char *[]){ sorted[i]->stream, sorted[i]->to,
					 lg_format(arena, "%" PRId64, sorted[i]->lag) });
	return table;
}

/* How many streams have room below the head, with a line for those that have not. */
static uint32_t rows_of(const struct frame *frame, struct table_screen screen)
{
	uint32_t room = screen.lines < HEAD_LINES + 3 ? 1 : screen.lines - HEAD_LINES - 2;

	return screen.lines == 0 || frame->count <= room ? frame->count : room;
}

void frame_print(const struct frame *frame, const struct frame *before, FILE *out,
	struct table_screen screen, bool is_bold)
{
	struct lg_arena *arena = lg_arena_new();
	const struct flow **sorted = lg_alloc_array(arena, frame->count + 1, sizeof *sorted);
	uint32_t rows = rows_of(frame, screen);
	int64_t lag = 0;

	for (uint32_t i = 0; i < frame->count; i++) {
		sorted[i] = &frame->flows[i];
		lag += frame->flows[i].lag;
	}
	qsort(sorted, frame->count, sizeof *sorted, by_lag);
	struct table *table = wide_table(arena, frame, before, sorted, rows);

	if (screen.columns > 0 && table_line(table) > screen.columns)
		table = narrow_table(arena, sorted, rows);
	fprintf(out, "%u streams, %" PRId64 " events behind, %u partitions without an answer\n\n",
		frame->count, lag, frame->unowned);
	table_print(table, out, TABLE_TEXT, is_bold);
	if (rows < frame->count)
		fprintf(out, "%u more, less behind\n", frame->count - rows);
	lg_arena_free(arena);
}
