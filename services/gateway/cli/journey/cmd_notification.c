/* `lifeguard notification`: who is told of what happened, and what became of each notice. */
#include "services/gateway/cli/command.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/id.h"
#include "common/base/text.h"
#include "services/gateway/cli/client.h"
#include "services/gateway/cli/session.h"
#include "services/gateway/cli/table.h"

enum { AS, EVENTS, CHANNEL, LANGUAGE, ADDRESS_FILE, STATION, ORGANISATION };
enum { STATE, LIMIT };

/* What one verb works with. */
struct visit {
	struct lg_arena *arena;
	struct client *client;
};

static struct visit visit_begin(const struct command_line *line)
{
	return (struct visit){ .arena = lg_arena_new(), .client = client_new(line) };
}

static enum command_exit visit_end(struct visit *visit, enum command_exit result)
{
	client_free(visit->client);
	lg_arena_free(visit->arena);
	return result;
}

/* Sends object, which is freed, and wipes what was sent: it may hold an address. */
static enum command_exit ask(const struct visit *visit, const char *method, const char *path,
	json_t *object, json_t **ret_answer)
{
	char *body = json_dumps(object, JSON_COMPACT);
	enum command_exit result = COMMAND_FAILED;

	json_decref(object);
	if (body == NULL) {
		command_complain("what is not UTF-8 cannot be sent");
		return COMMAND_FAILED;
	}
	result = client_ask(visit->client, method, path, body, ret_answer);
	explicit_bzero(body, strlen(body));
	free(body);
	return result;
}

/* --- subscribe ------------------------------------------------------------------------------- */

/* Of no site: the service that keeps it decides nothing by it. */
static const char *fresh_id(char ret_text[LG_ID_TEXT])
{
	struct timespec now;
	uint64_t random;

	clock_gettime(CLOCK_REALTIME, &now);
	randombytes_buf(&random, sizeof random);
	lg_id_print(lg_id_make(0, (lg_ms)now.tv_sec * LG_SECOND_MS, random), ret_text);
	return ret_text;
}

/* "" for files; else from the file, or asked for: an address is never an argument. */
static bool read_address(const struct command_line *line, const char *channel,
	char ret_address[SESSION_SECRET_MAX + 1])
{
	_Static_assert(SESSION_TYPED_MAX == SESSION_SECRET_MAX, "an address is of either");

	ret_address[0] = '\0';
	if (strcmp(channel, "smtp") != 0)
		return true;
	if (line->values[ADDRESS_FILE] != NULL)
		return lg_is_done(session_read_secret(
			"address", line->values[ADDRESS_FILE], false, ret_address));
	return lg_is_done(session_ask("mail address", ret_address));
}

static json_t *subscription_of(struct lg_arena *arena, const struct command_line *line,
	const char *id, const char *channel, const char *address)
{
	const char *language = line->values[LANGUAGE] == NULL ? "en" : line->values[LANGUAGE];
	json_t *object = json_object();

	json_object_set_new(object, "subscription_id", json_string(id));
	json_object_set_new(object, "role", json_string(line->values[AS]));
	json_object_set_new(object, "events", client_list(arena, line->values[EVENTS]));
	json_object_set_new(object, "channel", json_string(channel));
	json_object_set_new(object, "language", json_string(language));
	json_object_set_new(object, "address", json_string(address));
	if (line->values[STATION] != NULL)
		json_object_set_new(object, "station", json_string(line->values[STATION]));
	if (line->values[ORGANISATION] != NULL)
		json_object_set_new(
			object, "organisation", json_string(line->values[ORGANISATION]));
	return object;
}

static enum command_exit subscribe(const struct command_line *line)
{
	const char *channel = line->values[CHANNEL] == NULL ? "smtp" : line->values[CHANNEL];
	char address[SESSION_SECRET_MAX + 1], id[LG_ID_TEXT];
	json_t *answer = NULL;

	if (line->values[AS] == NULL || line->values[EVENTS] == NULL) {
		command_complain("--as ROLE and --events NAME,NAME are required");
		return COMMAND_WRONG_USE;
	}
	if (!read_address(line, channel, address))
		return COMMAND_WRONG_USE;

	struct visit visit = visit_begin(line);
	const char *path = lg_format(visit.arena, "/api/v1/subscriptions/%s", fresh_id(id));
	enum command_exit result = ask(&visit, "PUT", path,
		subscription_of(visit.arena, line, id, channel, address), &answer);

	explicit_bzero(address, sizeof address);
	if (result == COMMAND_DONE) {
		puts(id); /* alone, so that a script can take it */
		fputs("subscribed\n", stderr);
	}
	json_decref(answer);
	return visit_end(&visit, result);
}

static enum command_exit unsubscribe(const struct command_line *line)
{
	json_t *answer = NULL;
	struct visit visit = visit_begin(line);
	const char *path =
		lg_format(visit.arena, "/api/v1/subscriptions/%s/end", line->operands[0]);
	enum command_exit result = client_ask(visit.client, "POST", path, NULL, &answer);

	if (result == COMMAND_DONE)
		puts("ended: the address is erased");
	json_decref(answer);
	return visit_end(&visit, result);
}

/* --- lists ------------------------------------------------------------------------------------ */

static void add_subscription(struct lg_arena *arena, struct table *table, const json_t *row)
{
	table_add(table,
		(const char *[]){ client_cell(arena, row, "subscription_id"),
			client_cell(arena, row, "state"), client_cell(arena, row, "role"),
			client_cell(arena, row, "channel"), client_cell(arena, row, "language"),
			client_cell(arena, row, "station"),
			client_list_cell(arena, row, "events") });
}

static void add_notice(struct lg_arena *arena, struct table *table, const json_t *row)
{
	table_add(table,
		(const char *[]){ client_cell(arena, row, "notice_id"),
			client_time_cell(arena, row, "intended_ms"),
			client_cell(arena, row, "what"), client_cell(arena, row, "state"),
			client_cell(arena, row, "channel"), client_cell(arena, row, "attempts"),
			client_time_cell(arena, row, "next_ms"), client_cell(arena, row, "case_id"),
			client_cell(arena, row, "reason") });
}

/* Asks page by page until there are no more, or enough. */
static enum command_exit list(const struct visit *visit, const char *path, const char *rows_name,
	json_t *query, int64_t limit,
	void (*add)(struct lg_arena *, struct table *, const json_t *), struct table *table)
{
	enum command_exit result = COMMAND_DONE;
	bool has_more = true;

	while (result == COMMAND_DONE && has_more && limit > 0) {
		json_t *answer = NULL;
		const json_t *row, *next;
		size_t index;

		json_object_set_new(query, "limit", json_integer(limit < 500 ? limit : 500));
		result = ask(visit, "POST", path, json_deep_copy(query), &answer);
		json_array_foreach(json_object_get(answer, rows_name), index, row)
			add(visit->arena, table, row);
		limit -= (int64_t)json_array_size(json_object_get(answer, rows_name));
		next = json_object_get(answer, "next");
		has_more = json_is_string(next) && json_string_length(next) > 0;
		if (has_more)
			json_object_set_new(query, "before", json_string(json_string_value(next)));
		json_decref(answer);
	}
	json_decref(query);
	return result;
}

static enum command_exit list_subscriptions(const struct command_line *line)
{
	static const struct table_column columns[] = {
		{ "subscription", TABLE_LEFT },
		{ "state", TABLE_LEFT },
		{ "as", TABLE_LEFT },
		{ "by", TABLE_LEFT },
		{ "in", TABLE_LEFT },
		{ "station", TABLE_LEFT },
		{ "events", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct visit visit = visit_begin(line);
	struct table *table = table_new(visit.arena, columns);
	enum command_exit result = list(&visit, "/api/v1/subscriptions/search", "subscriptions",
		json_object(), INT64_MAX, add_subscription, table);

	if (result == COMMAND_DONE)
		table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
	return visit_end(&visit, result);
}

static enum command_exit list_notices(const struct command_line *line)
{
	static const struct table_column columns[] = {
		{ "notice", TABLE_LEFT },
		{ "intended", TABLE_LEFT },
		{ "of", TABLE_LEFT },
		{ "state", TABLE_LEFT },
		{ "by", TABLE_LEFT },
		{ "attempts", TABLE_RIGHT },
		{ "next", TABLE_LEFT },
		{ "case", TABLE_LEFT },
		{ "why", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	int64_t limit = 100;
	json_t *query = json_object();

	if (line->values[LIMIT] != NULL &&
		(!lg_is_done(lg_int_parse(line->values[LIMIT], &limit)) || limit < 1)) {
		command_complain("--limit is a whole number above 0");
		json_decref(query);
		return COMMAND_WRONG_USE;
	}
	if (line->values[STATE] != NULL)
		json_object_set_new(query, "state", json_string(line->values[STATE]));

	struct visit visit = visit_begin(line);
	struct table *table = table_new(visit.arena, columns);
	enum command_exit result =
		list(&visit, "/api/v1/notices/search", "notices", query, limit, add_notice, table);

	if (result == COMMAND_DONE)
		table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
	return visit_end(&visit, result);
}

/* --- retry ------------------------------------------------------------------------------------ */

static enum command_exit retry(const struct command_line *line)
{
	json_t *answer = NULL, *body;

	struct visit visit = visit_begin(line);
	const char *path =
		lg_format(visit.arena, "/api/v1/cases/%s/notices/retry", line->operands[0]);
	body = json_object();
	json_object_set_new(body, "notice_id", json_string(line->operands[1]));

	enum command_exit result = ask(&visit, "POST", path, body, &answer);

	if (result == COMMAND_DONE)
		printf("notice %s: %s\n", line->operands[1],
			client_cell(visit.arena, answer, "state"));
	json_decref(answer);
	return visit_end(&visit, result);
}

const struct command command_notification_subscribe = {
	.words = "notification subscribe",
	.operands = "",
	.summary = "be told of events, by mail or as files",
	.help = "Prints the subscription's id, alone.  The role decides which events may be heard; notices\n"
		"hold ids, codes and a link, never a name.  A mail address is asked for, or is the\n"
		"first line of a file that only its owner may read.\n\n"
		"  lifeguard notification subscribe --as centre_lead --events RescueRecorded,MatchProposed\n"
		"  lifeguard notification subscribe --as ngo_worker --events ReferralReceived \\\n"
		"    --organisation 0001… --language ne --address-file desk.address",
	.options = {
		[AS] = { "as", "ROLE", "as whom: volunteer, centre_lead, ngo_worker, protection_officer" },
		[EVENTS] = { "events", "NAME,NAME", "of what" },
		[CHANNEL] = { "channel", "NAME", "smtp (standard) or file" },
		[LANGUAGE] = { "language", "CODE", "en (standard), hi or ne" },
		[ADDRESS_FILE] = { "address-file", "FILE", "its first line; \"-\": standard input" },
		[STATION] = { "station", "CODE", "of this station alone" },
		[ORGANISATION] = { "organisation", "ID", "of this organisation alone" },
	},
	.run = subscribe,
};

const struct command command_notification_unsubscribe = {
	.words = "notification unsubscribe",
	.operands = "SUBSCRIPTION",
	.least = 1,
	.most = 1,
	.summary = "be told no more; the address is erased",
	.help = "Notices that are under way are given up.\n\n"
		"  lifeguard notification unsubscribe 0000018f…",
	.run = unsubscribe,
};

const struct command command_notification_subscriptions = {
	.words = "notification subscriptions",
	.operands = "",
	.summary = "who is told of what, never where",
	.help = "Newest first, ended ones too.",
	.run = list_subscriptions,
};

const struct command command_notification_list = {
	.words = "notification list",
	.operands = "",
	.summary = "what was sent, waits or was given up",
	.help = "Newest first.\n\n  lifeguard notification list --state FAILED",
	.options = {
		[STATE] = { "state", "NAME", "INTENDED, SENT or FAILED" },
		[LIMIT] = { "limit", "N", "so many; 100 when not given" },
	},
	.run = list_notices,
};

const struct command command_notification_retry = {
	.words = "notification retry",
	.operands = "CASE NOTICE",
	.least = 2,
	.most = 2,
	.summary = "try a notice anew that was given up",
	.help = "CASE and NOTICE as `notification list` shows them.",
	.run = retry,
};
