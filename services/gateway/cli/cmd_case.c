/* `lifeguard case show`: one case with every step of its way. */
#include "services/gateway/cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/id.h"
#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"
#include "services/gateway/cli/watch/way.h"

enum { SHOW_IDENTITY, SHOW_FORMAT };

/* One step, from either service. */
struct step {
	int64_t at_ms, wait_us, work_us;
	const char *service, *what;
	size_t order; /* as it was told, where times are the same */
};

static int64_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static int compare_steps(const void *left, const void *right)
{
	const struct step *a = left, *b = right;

	if (a->at_ms != b->at_ms)
		return a->at_ms < b->at_ms ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static size_t gather(struct lg_arena *arena, const json_t *list, const char *service,
	const char *time_name, struct step *steps, size_t count)
{
	const json_t *one;
	size_t index;

	json_array_foreach(list, index, one)
	{
		if (client_cell(arena, one, "trace_id")[0] != '\0')
			continue; /* stands in the way of what set it off (watch/way) */
		steps[count] = (struct step){
			.at_ms = number_of(one, time_name),
			.wait_us = number_of(one, "wait_us"),
			.work_us = number_of(one, "work_us"),
			.service = service,
			.what = client_cell(arena, one, "what"),
			.order = count,
		};
		count++;
	}
	return count;
}

static const char *duration(struct lg_arena *arena, int64_t us)
{
	return lg_format(arena, "%" PRId64 ".%03d ms", us / 1000, (int)(us % 1000));
}

static void print_timeline(struct lg_arena *arena, const json_t *shown, const json_t *trace)
{
	static const struct table_column columns[] = {
		{ "time", TABLE_LEFT },
		{ "service", TABLE_LEFT },
		{ "step", TABLE_LEFT },
		{ "waited", TABLE_RIGHT },
		{ "worked", TABLE_RIGHT },
		{ NULL, TABLE_LEFT },
	};
	const json_t *own = json_object_get(shown, "steps"), *hops = json_object_get(trace, "hops");
	struct table *table = table_new(arena, columns);
	struct step *steps = lg_alloc_array(
		arena, json_array_size(own) + json_array_size(hops) + 1, sizeof *steps);
	size_t count = gather(arena, own, "intake", "recorded_ms", steps, 0);

	count = gather(arena, hops, "reporting", "applied_ms", steps, count);
	qsort(steps, count, sizeof *steps, compare_steps);
	for (size_t i = 0; i < count; i++) {
		char time[LG_TIME_TEXT];

		lg_time_print(steps[i].at_ms, time);
		table_add(table, (const char *[]){ time, steps[i].service, steps[i].what,
					 duration(arena, steps[i].wait_us),
					 duration(arena, steps[i].work_us) });
	}
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

static void print_line(const char *label, const char *text)
{
	struct lg_arena *arena = lg_arena_new();
	char *copy = lg_copy_text(arena, text);

	table_make_safe(copy);
	printf("%-12s %s\n", label, copy);
	lg_arena_free(arena);
}

static const char *add_names(struct lg_arena *arena, const char *text, const json_t *identity)
{
	const json_t *name;
	size_t index;

	json_array_foreach(json_object_get(identity, "names"), index, name) text =
		lg_format(arena, "%s%s%s", text, text[0] == '\0' ? "" : "; ",
			json_is_string(name) ? json_string_value(name) : "");
	return text;
}

/* All names that were given, the first ones first, parted by ';'. */
static const char *names_of(struct lg_arena *arena, const json_t *person)
{
	const char *text = add_names(arena, "", json_object_get(person, "identity"));
	const json_t *alias;
	size_t index;

	json_array_foreach(json_object_get(person, "aliases"), index, alias) text =
		add_names(arena, text, alias);
	return text;
}

/* What was said, or "" while nothing was. */
static const char *said(struct lg_arena *arena, const json_t *object, const char *name)
{
	const char *text = client_cell(arena, object, name);
	size_t size = strlen(text);

	return size > 11 && strcmp(text + size - 11, "unspecified") == 0 ? "" : text;
}

/* Her word, by purpose and recipient. */
static void print_consents(struct lg_arena *arena, const json_t *shown)
{
	const json_t *person, *consent;
	size_t index, at;

	json_array_foreach(json_object_get(shown, "persons"), index, person)
	{
		json_array_foreach(json_object_get(person, "consents"), at, consent)
		{
			const char *to = client_cell(arena, consent, "recipient");

			print_line(at == 0 && index == 0 ? "consent" : "",
				lg_format(arena, "%s%s%s: %s",
					client_cell(arena, consent, "purpose"),
					to[0] == '\0' ? "" : " to ", to,
					client_cell(arena, consent, "state")));
		}
	}
}

static void print_persons(struct lg_arena *arena, const json_t *shown)
{
	static const struct table_column columns[] = {
		{ "person", TABLE_LEFT },
		{ "kind", TABLE_LEFT },
		{ "sex", TABLE_LEFT },
		{ "age", TABLE_RIGHT },
		{ "district", TABLE_LEFT },
		{ "relation", TABLE_LEFT },
		{ "status", TABLE_LEFT },
		{ "route", TABLE_LEFT },
		{ "chosen by", TABLE_LEFT },
		{ "names", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *person;
	size_t index;

	json_array_foreach(json_object_get(shown, "persons"), index, person) table_add(
		table, (const char *[]){ client_cell(arena, person, "person_id"),
			       said(arena, person, "kind"), client_cell(arena, person, "sex"),
			       client_cell(arena, person, "age_years"),
			       client_cell(arena, person, "district"),
			       client_cell(arena, person, "relation"),
			       said(arena, person, "status"), said(arena, person, "route"),
			       said(arena, person, "route_by"), names_of(arena, person) });
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

static void print_case(
	struct lg_arena *arena, const json_t *shown, const json_t *trace, uint64_t version)
{
	const char *own = client_cell(arena, shown, "reported_points");
	const char *points = client_cell(arena, shown, "points");
	const char *other = client_cell(arena, shown, "points_without_history");

	print_line("case", client_cell(arena, shown, "case_id"));
	print_line("state", client_cell(arena, shown, "state"));
	print_line("version", lg_format(arena, "%" PRIu64, version));
	print_line("station", client_cell(arena, shown, "station"));
	print_line("intercepted", client_time_cell(arena, shown, "intercepted_ms"));
	print_line("points", points);
	if (other[0] != '\0' && strcmp(other, points) != 0)
		print_line("of which",
			lg_format(arena, "%s without caste, ethnicity and dress", other));
	print_line("on the form", own[0] == '\0' ? "left empty" : own);
	putchar('\n');
	print_persons(arena, shown);
	putchar('\n');
	print_consents(arena, shown);
	print_timeline(arena, shown, trace);
	way_print(arena, json_object_get(trace, "hops"), stdout);
}

static void print_json(const json_t *shown, const json_t *trace)
{
	json_t *both = json_object();

	json_object_set(both, "case", (json_t *)(uintptr_t)shown);
	if (trace != NULL)
		json_object_set(both, "trace", (json_t *)(uintptr_t)trace);
	json_dumpf(both, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(both);
}

static enum command_exit show(struct client *client, const struct command_line *line, bool is_json)
{
	struct lg_arena *arena = lg_arena_new(); /* wiped: it may hold names */
	json_t *shown = NULL, *trace = NULL;
	const char *id = line->operands[0];
	enum command_exit result = client_ask(client, "GET",
		lg_format(arena, "/api/v1/cases/%s%s", id,
			line->values[SHOW_IDENTITY] != NULL ? "?identity=1" : ""),
		NULL, &shown);

	if (result == COMMAND_DONE) {
		uint64_t version = client_version(client);

		long status = 0;

		if (client_try(client, "GET", lg_format(arena, "/api/v1/cases/%s/trace", id), NULL,
			    &trace, &status) != COMMAND_DONE)
			command_complain("the steps in reporting are not shown: %s",
				status == 403 ? "your role may not see them"
					      : "it does not answer now");
		if (is_json)
			print_json(shown, trace);
		else
			print_case(arena, shown, trace, version);
	}
	json_decref(shown);
	json_decref(trace);
	lg_arena_free(arena);
	return result;
}

static enum command_exit case_show(const struct command_line *line)
{
	const char *format =
		line->values[SHOW_FORMAT] == NULL ? "table" : line->values[SHOW_FORMAT];

	if (strcmp(format, "table") != 0 && strcmp(format, "json") != 0) {
		command_complain("--format is table or json");
		return COMMAND_WRONG_USE;
	}
	struct client *client = client_new(line);
	enum command_exit result = show(client, line, strcmp(format, "json") == 0);
	client_free(client);
	return result;
}

const struct command command_case_show = {
	.words = "case show",
	.operands = "ID",
	.least = 1,
	.most = 1,
	.summary = "one case and the time each step waited and worked",
	.help = "Persons without names, unless --identity asks for them: that needs a role that may\n"
		"read them, and every look is recorded.\n\n"
		"  lifeguard case show 00010145eb2d4c20a1b2c3d4e5f60718 --format json",
	.options = {
		[SHOW_IDENTITY] = { "identity", NULL, "open names; recorded in the audit" },
		[SHOW_FORMAT] = { "format", "NAME", "table or json" },
	},
	.run = case_show,
};
