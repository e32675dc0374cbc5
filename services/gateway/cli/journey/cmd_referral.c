/*
 * `lifeguard referral`: who takes her in.  An NGO worker sees the desk of her organisation, everybody
 * else the referrals of the site; names are opened one referral at a time.
 */
#include "services/gateway/cli/journey/wish.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "services/gateway/cli/table.h"

enum { LIST_ENDED };
enum { SHOW_IDENTITY };
enum { DECLINE_REASON };
enum { END_REASON };
enum { LINK_NETWORK, LINK_CALL_BACK };

#define WATCH_SECONDS 2
#define CLEAR_SCREEN  "\033[H\033[J"

/* "girl 15 kapilvastu": what is known in the clear. */
static const char *facts(struct lg_arena *arena, const json_t *need)
{
	const char *age = client_cell(arena, need, "age_years");

	return lg_format(arena, "%s %s %s", client_cell(arena, need, "sex"),
		age[0] == '\0' ? "?" : age, client_cell(arena, need, "home_district"));
}

static void print_rows(struct lg_arena *arena, const json_t *rows)
{
	static const struct table_column columns[] = {
		{ "referral", TABLE_LEFT },
		{ "state", TABLE_LEFT },
		{ "urgency", TABLE_LEFT },
		{ "route", TABLE_LEFT },
		{ "person", TABLE_LEFT },
		{ "needs", TABLE_LEFT },
		{ "due", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *row;
	size_t index;

	json_array_foreach(rows, index, row)
	{
		const json_t *need = json_object_get(row, "need");

		table_add(table, (const char *[]){ client_cell(arena, row, "referral_id"),
					 client_cell(arena, row, "state"),
					 client_cell(arena, need, "urgency"),
					 client_cell(arena, need, "route"), facts(arena, need),
					 client_list_cell(arena, need, "services"),
					 client_time_cell(arena, row, "due_ms") });
	}
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

/* Every page of the inbox. */
static enum command_exit print_all(const struct command_line *line, bool with_ended)
{
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result = COMMAND_DONE;
	const char *after = "";
	json_t *rows = json_array();

	do {
		json_t *answer = NULL;
		const char *body = lg_format(arena, "{\"after\":\"%s\",\"with_ended\":%s}", after,
			with_ended ? "true" : "false");

		result = client_ask(client, "POST", "/api/v1/referrals/search", body, &answer);
		after = "";
		if (result == COMMAND_DONE) {
			json_array_extend(rows, json_object_get(answer, "rows"));
			after = lg_copy_text(arena, client_cell(arena, answer, "next"));
		}
		json_decref(answer);
	} while (result == COMMAND_DONE && after[0] != '\0');
	if (result == COMMAND_DONE)
		print_rows(arena, rows);
	json_decref(rows);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static enum command_exit list(const struct command_line *line)
{
	return print_all(line, line->values[LIST_ENDED] != NULL);
}

static enum command_exit watch(const struct command_line *line)
{
	enum command_exit result;

	do {
		if (table_is_terminal(stdout))
			fputs(CLEAR_SCREEN, stdout);
		result = print_all(line, false);
		fflush(stdout);
		nanosleep(&(struct timespec){ .tv_sec = WATCH_SECONDS }, NULL);
	} while (result == COMMAND_DONE || result == COMMAND_NOT_REACHABLE);
	return result;
}

static void print_steps(struct lg_arena *arena, const json_t *steps)
{
	static const struct table_column columns[] = {
		{ "when", TABLE_LEFT },
		{ "what", TABLE_LEFT },
		{ "by", TABLE_LEFT },
		{ "detail", TABLE_LEFT },
		{ "organisation", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *step;
	size_t index;

	json_array_foreach(steps, index, step) table_add(
		table, (const char *[]){ client_time_cell(arena, step, "at_ms"),
			       client_cell(arena, step, "what"), client_cell(arena, step, "by"),
			       client_cell(arena, step, "detail"),
			       client_cell(arena, step, "organisation_id") });
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

static void print_names(const json_t *identity)
{
	const json_t *name;
	size_t index;

	json_array_foreach(json_object_get(identity, "names"), index, name)
		table_print_line(stdout, "name: ", json_string_value(name));
}

static enum command_exit show(const struct command_line *line)
{
	json_t *answer = NULL, *rows = json_array();
	struct lg_arena *arena = lg_arena_new(); /* wiped: it may hold names */
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "GET",
		lg_format(arena, "/api/v1/referrals/%s%s", line->operands[0],
			line->values[SHOW_IDENTITY] != NULL ? "?identity=1" : ""),
		NULL, &answer);

	if (result == COMMAND_DONE) {
		json_array_append(rows, json_object_get(answer, "row"));
		print_rows(arena, rows);
		print_names(json_object_get(answer, "identity"));
		if (json_is_true(json_object_get(answer, "family_searches")))
			puts("her family searches for her: a match was confirmed");
		if (json_is_true(json_object_get(answer, "seen_before")))
			puts("she was met before: a match was confirmed");
		putchar('\n');
		print_steps(arena, json_object_get(answer, "steps"));
		printf("\nversion %" PRIu64 "\n", client_version(client));
	}
	json_decref(rows);
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

/* --- answers and decisions ----------------------------------------------------------------- */

static enum command_exit simply(const struct command_line *line, const char *verb)
{
	json_t *answer = NULL;
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "POST",
		lg_format(arena, "/api/v1/referrals/%s/%s", line->operands[0], verb), NULL,
		&answer);

	if (result == COMMAND_DONE)
		printf("%s  %s\n", client_cell(arena, answer, "referral_id"),
			client_cell(arena, answer, "state"));
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static enum command_exit accept_referral(const struct command_line *line)
{
	return simply(line, "accept");
}

static enum command_exit withdraw(const struct command_line *line)
{
	return simply(line, "withdraw");
}

const struct command command_referral_list = {
	.words = "referral list",
	.operands = "",
	.summary = "the inbox: what somebody must look at",
	.help = "An NGO worker sees the desk of her organisation, others the referrals of the site.\n"
		"Nobody is named.\n\n  lifeguard referral list --ended",
	.options = { [LIST_ENDED] = { "ended", NULL, "also what needs nobody any more" } },
	.run = list,
};

const struct command command_referral_watch = {
	.words = "referral watch",
	.operands = "",
	.summary = "the inbox, shown again every two seconds, until Ctrl-C",
	.help = "  lifeguard referral watch",
	.run = watch,
};

const struct command command_referral_show = {
	.words = "referral show",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "one referral: its state and every step",
	.help = "An organisation sees no name before the home has confirmed that it takes her.\n\n"
		"  lifeguard referral show 0001… --identity",
	.options = { [SHOW_IDENTITY] = { "identity", NULL,
			     "open her name; recorded in the audit" } },
	.run = show,
};

const struct command command_referral_accept = {
	.words = "referral accept",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "take her in (NGO worker): holds one of the free places",
	.help = "It counts when the home has confirmed it: ACCEPTED.\n\n  lifeguard referral accept 0001…",
	.run = accept_referral,
};

const struct command command_referral_decline = {
	.words = "referral decline",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "say no (NGO worker): the next is asked",
	.help = "  lifeguard referral decline 0001… --reason no_place",
	.options = { [DECLINE_REASON] = { "reason", "WHY",
			     "no_place, no_such_service, not_our_district, not_safe_here, other_reason" } },
	.form =
		&(const struct wish_form){
			"POST",
			"/api/v1/referrals/{referral_id}/decline",
			NULL,
			{
				{ WISH_OPERAND(0), "referral_id", WISH_PATH },
				{ DECLINE_REASON, "reason", WISH_TEXT },
				{ 0, NULL, WISH_TEXT },
			},
			NULL,
		},
	.run = wish_run,
};

const struct command command_referral_withdraw = {
	.words = "referral withdraw",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "stop it everywhere, at once: holders destroy what they have of her",
	.help = "  lifeguard referral withdraw 0001…",
	.run = withdraw,
};

const struct command command_referral_offer = {
	.words = "referral offer",
	.operands = "REFERRAL ORGANISATION",
	.least = 2,
	.most = 2,
	.summary = "ask an organisation that a human has found (centre lead)",
	.help = "When nobody was left to ask, or an offer could not be delivered.\n\n"
		"  lifeguard referral offer 0001… 0002…",
	.form =
		&(const struct wish_form){
			"POST",
			"/api/v1/referrals/{referral_id}/offer",
			NULL,
			{
				{ WISH_OPERAND(0), "referral_id", WISH_PATH },
				{ WISH_OPERAND(1), "organisation_id", WISH_ID },
				{ 0, NULL, WISH_TEXT },
			},
			NULL,
		},
	.run = wish_run,
};

const struct command command_referral_end = {
	.words = "referral end",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "end the search (centre lead): she is helped otherwise",
	.help = "  lifeguard referral end 0001… --reason helped_otherwise",
	.options = { [END_REASON] = { "reason", "WHY", "said_no or helped_otherwise" } },
	.form =
		&(const struct wish_form){
			"POST",
			"/api/v1/referrals/{referral_id}/end",
			NULL,
			{
				{ WISH_OPERAND(0), "referral_id", WISH_PATH },
				{ END_REASON, "reason", WISH_TEXT },
				{ 0, NULL, WISH_TEXT },
			},
			NULL,
		},
	.run = wish_run,
};

const struct command command_referral_link = {
	.words = "referral link",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "link somebody who travels on with a network at the destination",
	.help = "  lifeguard referral link 0001… --network gulf-desk --call-back 2026-12-01T09:00:00Z",
	.options = {
		[LINK_NETWORK] = { "network", "CODE", "of the network" },
		[LINK_CALL_BACK] = { "call-back", "TIME", "when somebody calls her; none" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/referrals/{referral_id}/destination",
		.fields = {
			{ WISH_OPERAND(0), "referral_id", WISH_PATH },
			{ LINK_NETWORK, "network", WISH_TEXT },
			{ LINK_CALL_BACK, "call_back_ms", WISH_TIME },
		},
	},
	.run = wish_run,
};
