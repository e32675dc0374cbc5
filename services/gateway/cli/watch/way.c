#include "services/gateway/cli/watch/way.h"

#include <inttypes.h>

#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"

#define DEPTH_MAX 12 /* deeper hops stand in line with this one */

struct hop {
	const json_t *wire;
	const char *trace, *span, *parent;
	bool is_shown;
};

static int64_t number_of(const struct hop *hop, const char *name)
{
	return json_integer_value(json_object_get(hop->wire, name));
}

static const char *milliseconds(struct lg_arena *arena, int64_t us)
{
	return lg_format(arena, "%" PRId64 ".%01d ms", us / 1000, (int)(us % 1000 / 100));
}

/* From its cause's recording to its arrival; a command has no recording. */
static const char *told(struct lg_arena *arena, const struct hop *hop)
{
	if (!json_is_integer(json_object_get(hop->wire, "told_ms")))
		return "-";
	return lg_format(arena, "%" PRId64 " ms", number_of(hop, "told_ms"));
}

static void add_row(
	struct lg_arena *arena, struct table *table, const struct hop *hop, uint32_t depth)
{
	int64_t heard = number_of(hop, "applied_ms") - number_of(hop, "recorded_ms");

	table_add(table, (const char *[]){
				 depth == 0 ? hop->trace : "",
				 lg_format(arena, "%*s%s", (int)(2 * depth), "",
					 client_cell(arena, hop->wire, "what")),
				 lg_format(arena, "%s@%s", client_cell(arena, hop->wire, "service"),
					 client_cell(arena, hop->wire, "site")),
				 client_time_cell(arena, hop->wire, "recorded_ms"),
				 told(arena, hop),
				 milliseconds(arena, number_of(hop, "waited_us")),
				 milliseconds(arena, number_of(hop, "worked_us")),
				 lg_format(arena, "%" PRId64 " ms", heard > 0 ? heard : 0),
			 });
}

/* The hop, then those under it; each once, so that no ring of spans can hold us. */
static void add_tree(
	struct lg_arena *arena, struct table *table, struct hop *hops, size_t count, size_t first)
{
	size_t path[DEPTH_MAX];
	uint32_t depth = 0;

	path[0] = first;
	hops[first].is_shown = true;
	add_row(arena, table, &hops[first], 0);
	for (;;) {
		const struct hop *above = &hops[path[depth]];
		size_t next = 0;

		while (next < count &&
			(hops[next].is_shown || strcmp(hops[next].trace, above->trace) != 0 ||
				strcmp(hops[next].parent, above->span) != 0))
			next++;
		if (next == count) {
			if (depth == 0)
				return;
			depth--;
			continue;
		}
		hops[next].is_shown = true;
		add_row(arena, table, &hops[next], depth + 1);
		if (depth + 1 < DEPTH_MAX)
			path[++depth] = next;
	}
}

/* Whether the hop above it is among those that are shown. */
static bool has_above(const struct hop *hops, size_t count, const struct hop *hop)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(hops[i].trace, hop->trace) == 0 &&
			strcmp(hops[i].span, hop->parent) == 0)
			return true;
	return false;
}

static void add_trace(
	struct lg_arena *arena, struct table *table, struct hop *hops, size_t count, size_t first)
{
	for (size_t i = first; i < count; i++)
		if (!hops[i].is_shown && strcmp(hops[i].trace, hops[first].trace) == 0 &&
			!has_above(hops, count, &hops[i]))
			add_tree(arena, table, hops, count, i);
}

void way_print(struct lg_arena *arena, const json_t *hops, FILE *out)
{
	static const struct table_column columns[] = {
		{ "trace", TABLE_LEFT },
		{ "step", TABLE_LEFT },
		{ "service", TABLE_LEFT },
		{ "recorded", TABLE_LEFT },
		{ "told in", TABLE_RIGHT },
		{ "waited", TABLE_RIGHT },
		{ "worked", TABLE_RIGHT },
		{ "reported in", TABLE_RIGHT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	struct hop *known = lg_alloc_array(arena, WAY_HOPS_MAX, sizeof *known);
	const json_t *one;
	size_t index, count = 0;

	json_array_foreach(hops, index, one)
	{
		const char *trace = client_cell(arena, one, "trace_id");

		if (trace[0] == '\0' || count == WAY_HOPS_MAX)
			continue;
		known[count++] = (struct hop){
			.wire = one,
			.trace = trace,
			.span = client_cell(arena, one, "span"),
			.parent = client_cell(arena, one, "parent_span"),
		};
	}
	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (!known[i].is_shown)
			add_trace(arena, table, known, count, i);
	fputc('\n', out);
	table_print(table, out, TABLE_TEXT, table_may_be_bold(out));
}
