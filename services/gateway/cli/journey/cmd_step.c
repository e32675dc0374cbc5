/* `lifeguard step`: the procedure of a person's route, as a checklist. */
#include "services/gateway/cli/journey/wish.h"

#include <stdio.h>

#include "services/gateway/cli/table.h"

enum { DONE_PROOF, DONE_AT };
enum { SKIP_BECAUSE, SKIP_AT };

/* Why it does not apply, what proves that it was done, or what would. */
static const char *proof_cell(struct lg_arena *arena, const json_t *step)
{
	const char *because = client_cell(arena, step, "because");
	const char *proof = client_cell(arena, step, "proof");

	if (because[0] != '\0')
		return because;
	return proof[0] != '\0' ? proof : client_cell(arena, step, "proof_wanted");
}

static const char *deadline_cell(struct lg_arena *arena, const json_t *step)
{
	const char *deadline = client_time_cell(arena, step, "deadline_ms");
	bool is_law = json_is_true(json_object_get(step, "is_law"));

	return is_law && deadline[0] != '\0' ? lg_format(arena, "%s law", deadline) : deadline;
}

static void add_step(struct lg_arena *arena, struct table *table, const json_t *step)
{
	bool is_late = json_is_true(json_object_get(step, "is_overdue"));

	table_add(
		table, (const char *[]){ client_cell(arena, step, "step"),
			       is_late ? "OVERDUE" : client_cell(arena, step, "state"),
			       deadline_cell(arena, step), client_cell(arena, step, "responsible"),
			       client_cell(arena, step, "what"), proof_cell(arena, step),
			       client_cell(arena, step, "inform"),
			       client_cell(arena, step, "person_id") });
}

static void print_steps(struct lg_arena *arena, const json_t *shown)
{
	static const struct table_column columns[] = {
		{ "step", TABLE_LEFT },
		{ "state", TABLE_LEFT },
		{ "deadline", TABLE_LEFT },
		{ "responsible", TABLE_LEFT },
		{ "what", TABLE_LEFT },
		{ "proof", TABLE_LEFT },
		{ "inform", TABLE_LEFT },
		{ "person", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *step;
	size_t index;

	json_array_foreach(json_object_get(shown, "steps"), index, step)
		add_step(arena, table, step);
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

static enum command_exit list(const struct command_line *line)
{
	struct lg_arena *arena = lg_arena_new();
	json_t *answer = NULL;
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "GET",
		lg_format(arena, "/api/v1/cases/%s/checklist", line->operands[0]), NULL, &answer);

	if (result == COMMAND_DONE)
		print_steps(arena, answer);
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

const struct command command_step_list = {
	.words = "step list",
	.operands = "CASE",
	.least = 1,
	.most = 1,
	.summary = "the procedures of a case's persons, step by step",
	.help = "What, who is responsible, by when, what proves it, whom to inform.\n\n"
		"  lifeguard step list $CASE",
	.run = list,
};

const struct command command_step_done = {
	.words = "step done",
	.operands = "CASE PERSON STEP",
	.least = 3,
	.most = 3,
	.summary = "tell that a step was done",
	.help = "--proof is the number of a letter or entry; a name is none.\n\n"
		"  lifeguard step done $CASE $PERSON a12 --proof EoN/2026/118",
	.options = {
		[DONE_PROOF] = { "proof", "NUMBER", "at most 64 of A-Z a-z 0-9 / . _ -" },
		[DONE_AT] = { "at", "TIME", "when; now" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/cases/{case_id}/steps",
		.fields = {
			{ WISH_OPERAND(0), "case_id", WISH_ID },
			{ WISH_OPERAND(1), "person_id", WISH_ID },
			{ WISH_OPERAND(2), "step", WISH_TEXT },
			{ DONE_PROOF, "proof", WISH_TEXT },
			{ DONE_AT, "done_ms", WISH_TIME_NOW },
		},
	},
	.run = wish_run,
};

const struct command command_step_skip = {
	.words = "step skip",
	.operands = "CASE PERSON STEP",
	.least = 3,
	.most = 3,
	.summary = "tell that a step does not apply, and why",
	.help = "  lifeguard step skip $CASE $PERSON a9 --because na_no_offence",
	.options = {
		[SKIP_BECAUSE] = { "because", "CODE", "an na_ code of proto/codes/reason.csv" },
		[SKIP_AT] = { "at", "TIME", "when; now" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/cases/{case_id}/steps",
		.fields = {
			{ WISH_OPERAND(0), "case_id", WISH_ID },
			{ WISH_OPERAND(1), "person_id", WISH_ID },
			{ WISH_OPERAND(2), "step", WISH_TEXT },
			{ WISH_OPERAND(2), "not_applicable", WISH_TRUE },
			{ SKIP_BECAUSE, "because", WISH_TEXT },
			{ SKIP_AT, "done_ms", WISH_TIME_NOW },
		},
	},
	.run = wish_run,
};
