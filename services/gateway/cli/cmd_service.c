/* `lifeguard status`, `states`, `rebuild` and `audit verify`: the services of a site. */
#include "services/gateway/cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/stream/partition.h"
#include "common/stream/registry.h"
#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"

/* Exit codes of `audit verify`. */
enum { AUDIT_WHOLE = 0, AUDIT_BROKEN = 1, AUDIT_CANNOT_TELL = 2 };

/* What one verb works with. */
struct visit {
	struct lg_arena *arena;
	struct client *client;
	json_t *services; /* answer of /api/v1/services */
};

static enum command_exit visit_begin(struct visit *visit, const struct command_line *line)
{
	*visit = (struct visit){
		.arena = lg_arena_new(),
		.client = client_new(line),
	};
	return client_ask(visit->client, "GET", "/api/v1/services", NULL, &visit->services);
}

static void visit_end(struct visit *visit)
{
	json_decref(visit->services);
	client_free(visit->client);
	lg_arena_free(visit->arena);
}

static const json_t *list_of(const struct visit *visit)
{
	return json_object_get(visit->services, "services");
}

/* A service's name goes into a path: only known ones are asked for. */
static bool is_service(const char *name)
{
	if (lg_service_by_name(name) != LG_SERVICE_NONE)
		return true;
	command_complain("no service is called that; `lifeguard status` lists them");
	return false;
}

/* --- status ------------------------------------------------------------------------------- */

static const char *lag_of(struct lg_arena *arena, const json_t *status)
{
	const json_t *read;
	json_int_t lag = 0;
	size_t index;

	json_array_foreach(json_object_get(status, "reads"), index, read) lag +=
		json_integer_value(json_object_get(read, "lag"));
	return lg_format(arena, "%" PRId64, (int64_t)lag);
}

/* Adds its row; returns whether it answered as it should. */
static bool add_status(struct visit *visit, struct table *table, const json_t *service)
{
	struct lg_arena *arena = visit->arena;
	const char *name = client_cell(arena, service, "name");
	const char *partitions = client_cell(arena, service, "partitions");
	json_t *status = NULL;
	long http = 0;

	if (json_integer_value(json_object_get(service, "partitions")) == 0 ||
		client_try(visit->client, "GET", lg_format(arena, "/api/v1/services/%s", name),
			NULL, &status, &http) != COMMAND_DONE) {
		table_add(
			table, (const char *[]){ name, client_cell(arena, service, "instances"),
				       partitions, "-", "-", "-", "-", "-",
				       http == 403 ? "your role may not ask" : "does not answer" });
		return http == 403;
	}
	table_add(table, (const char *[]){
				 name,
				 client_cell(arena, status, "instances"),
				 partitions,
				 lag_of(arena, status),
				 client_cell(arena, status, "outbox_depth"),
				 client_cell(arena, status, "dead_letters"),
				 client_cell(arena, status, "parked"),
				 lg_format(arena, "%" PRId64 " MiB",
					 (int64_t)json_integer_value(
						 json_object_get(status, "resident_kib")) /
						 1024),
				 client_cell(arena, status, "last_error"),
			 });
	json_decref(status);
	return json_integer_value(json_object_get(service, "partitions")) == LG_PARTITIONS;
}

static enum command_exit status(const struct command_line *line)
{
	static const struct table_column columns[] = {
		{ "service", TABLE_LEFT },
		{ "instances", TABLE_RIGHT },
		{ "partitions", TABLE_RIGHT },
		{ "lag", TABLE_RIGHT },
		{ "outbox", TABLE_RIGHT },
		{ "dead", TABLE_RIGHT },
		{ "parked", TABLE_RIGHT },
		{ "memory", TABLE_RIGHT },
		{ "last error", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct visit visit;
	enum command_exit result = visit_begin(&visit, line);
	const json_t *service;
	size_t index;

	if (result == COMMAND_DONE) {
		struct table *table = table_new(visit.arena, columns);

		json_array_foreach(list_of(&visit), index, service)
		{
			if (!add_status(&visit, table, service))
				result = COMMAND_FAILED;
		}
		table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
		if (result != COMMAND_DONE)
			command_complain(
				"a service does not answer, or owns too little: `lifeguard up` "
				"starts what does not run, its log says why it ended");
	}
	visit_end(&visit);
	return result;
}

/* --- states ------------------------------------------------------------------------------- */

/* Its tables, one for each life cycle, each behind an empty line as Markdown wants it. */
static void print_states(const char *name, const char *text)
{
	printf("## %s\n%s", name, text[0] == '\0' ? "\nno life cycle\n" : "");
	for (bool is_table = false; *text != '\0';) {
		size_t size = strcspn(text, "\n");
		bool is_titles = strncmp(text, "| from ", 7) == 0;

		printf("%s%.*s\n", !is_table || is_titles ? "\n" : "", (int)size, text);
		is_table = size > 0;
		text += size + (text[size] != '\0');
	}
	putchar('\n');
}

static enum command_exit show_states(struct visit *visit, const char *name)
{
	json_t *answer = NULL;
	enum command_exit result = client_ask(visit->client, "GET",
		lg_format(visit->arena, "/api/v1/services/%s/states", name), NULL, &answer);

	if (result == COMMAND_DONE)
		print_states(name, client_cell(visit->arena, answer, "table"));
	json_decref(answer);
	return result;
}

static enum command_exit states(const struct command_line *line)
{
	struct visit visit;
	const json_t *service;
	size_t index;

	if (line->operand_count == 1 && !is_service(line->operands[0]))
		return COMMAND_WRONG_USE;
	enum command_exit result = visit_begin(&visit, line);
	if (result == COMMAND_DONE && line->operand_count == 1)
		result = show_states(&visit, line->operands[0]);
	else if (result == COMMAND_DONE)
		json_array_foreach(list_of(&visit), index, service)
		{
			enum command_exit one =
				show_states(&visit, client_cell(visit.arena, service, "name"));

			if (one != COMMAND_DONE)
				result = one;
		}
	visit_end(&visit);
	return result;
}

/* --- rebuild ------------------------------------------------------------------------------ */

static enum command_exit rebuild(const struct command_line *line)
{
	struct visit visit;
	const char *name = line->operands[0];

	if (!is_service(name))
		return COMMAND_WRONG_USE;
	enum command_exit result = visit_begin(&visit, line);
	for (int i = 0; result == COMMAND_DONE && i < LG_PARTITIONS; i++) {
		json_t *answer = NULL;

		result = client_ask(visit.client, "POST",
			lg_format(visit.arena, "/api/v1/services/%s/rebuild/%d", name, i), NULL,
			&answer);
		json_decref(answer);
		if (result != COMMAND_DONE && i > 0)
			command_complain(
				"stopped at partition %d of %d: run it again", i, LG_PARTITIONS);
	}
	if (result == COMMAND_DONE)
		printf("%s builds its projection again, %d partitions; traffic goes on.\n"
		       "`lifeguard report interceptions` says while it is under way.\n",
			name, LG_PARTITIONS);
	visit_end(&visit);
	return result;
}

/* --- audit -------------------------------------------------------------------------------- */

static int verify_one(struct visit *visit, struct table *table, const char *name)
{
	struct lg_arena *arena = visit->arena;
	json_t *answer = NULL;
	int result = AUDIT_CANNOT_TELL;

	if (client_ask(visit->client, "GET", lg_format(arena, "/api/v1/services/%s/audit", name),
		    NULL, &answer) == COMMAND_DONE &&
		json_is_boolean(json_object_get(answer, "whole")))
		result =
			json_is_true(json_object_get(answer, "whole")) ? AUDIT_WHOLE : AUDIT_BROKEN;
	table_add(table,
		(const char *[]){
			name,
			result == AUDIT_WHOLE    ? "whole"
			: result == AUDIT_BROKEN ? "BROKEN"
						 : "cannot tell",
			result == AUDIT_CANNOT_TELL ? "" : client_cell(arena, answer, "records"),
			result != AUDIT_BROKEN
				? ""
				: lg_format(arena, "partition %s, record %s",
					  client_cell(arena, answer, "broken_partition"),
					  client_cell(arena, answer, "broken_sequence")),
		});
	json_decref(answer);
	return result;
}

static enum command_exit audit_verify(const struct command_line *line)
{
	static const struct table_column columns[] = {
		{ "service", TABLE_LEFT },
		{ "audit", TABLE_LEFT },
		{ "records", TABLE_RIGHT },
		{ "first that differs", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct visit visit;
	const json_t *service;
	size_t index;
	bool is_broken = false, is_unknown = false;

	if (line->operand_count == 1 && !is_service(line->operands[0]))
		return (enum command_exit)AUDIT_CANNOT_TELL;
	if (visit_begin(&visit, line) != COMMAND_DONE) {
		visit_end(&visit);
		return (enum command_exit)AUDIT_CANNOT_TELL;
	}
	struct table *table = table_new(visit.arena, columns);
	json_array_foreach(list_of(&visit), index, service)
	{
		const char *name = client_cell(visit.arena, service, "name");

		if (line->operand_count == 1 && strcmp(name, line->operands[0]) != 0)
			continue;
		int one = verify_one(&visit, table, name);
		is_broken |= one == AUDIT_BROKEN;
		is_unknown |= one == AUDIT_CANNOT_TELL;
	}
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
	visit_end(&visit);
	return (enum command_exit)(is_broken    ? AUDIT_BROKEN
				   : is_unknown ? AUDIT_CANNOT_TELL
						: AUDIT_WHOLE);
}

const struct command command_status = {
	.words = "status",
	.operands = "",
	.summary = "what runs, what waits, what went wrong",
	.help = "One line per service.  partitions: of 16, that some instance owns; lag: events\n"
		"stored elsewhere and not yet taken; outbox: events not yet taken by every reader;\n"
		"dead: letters that wait for a person, parked: what waits behind them.\n\n"
		"Exit codes: 0 every partition has an owner that answers, 1 one has none, 3 no gateway.",
	.run = status,
};

const struct command command_states = {
	.words = "states",
	.operands = "[SERVICE]",
	.most = 1,
	.summary = "print the life cycles, as the programs know them",
	.help = "Markdown tables of states.\n\n  lifeguard states intake",
	.run = states,
};

const struct command command_rebuild = {
	.words = "rebuild",
	.operands = "SERVICE",
	.least = 1,
	.most = 1,
	.summary = "drop a projection and build it again from the streams",
	.help = "Traffic goes on meanwhile; totals are not whole until it is done.\n\n"
		"  lifeguard rebuild reporting",
	.run = rebuild,
};

const struct command command_audit_verify = {
	.words = "audit verify",
	.operands = "[SERVICE]",
	.most = 1,
	.summary = "recompute the audit chains",
	.help = "Names the first record that differs.\n\n  lifeguard audit verify intake\n\n"
		"Exit codes: 0 whole, 1 broken, 2 cannot tell.",
	.run = audit_verify,
};
