#include "services/gateway/inbox.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/log.h"
#include "services/gateway/domain/listing.h"

#define TOKEN_MAX 2048 /* bytes: as reception takes them */

_Static_assert(sizeof(struct listing_item) == LG_ID_SIZE + LISTING_DIGEST_SIZE,
	"a list is digested as it lies in memory");

/* What is asked, and how its answer is laid out. */
struct kind {
	const char *message;
	const char *
		first; /* document that asks for the first page; a later one is asked by its after */
	struct listing_shape shape;
};

/* clang-format off */
static const struct kind kinds[] = {
	{ "ListReferrals", "{}",              { "rows",    "referral_id", "next" } },
	{ "ListMatches",   "{\"limit\":200}", { "matches", "match_id",    NULL } },
};
/* clang-format on */

struct inbox_client {
	struct inbox *inbox;
	struct http_request question; /* what the relay holds while the service is asked */
	struct http_request *waiting; /* the client's own, until the first answer; then NULL */
	struct sse *stream;           /* NULL: not yet, or the client is gone */
	const struct kind *kind;
	struct route_target target;
	struct lg_id user, address;
	uint8_t token[TOKEN_MAX];
	size_t token_size;
	char cursor[TAG_TEXT]; /* what the client has, by its own word or ours */
	char after[LG_ID_TEXT];
	uint64_t ask_at_ms, beat_at_ms;
	uint64_t turn_at_ms;         /* when the turn that runs began */
	bool is_asking, is_told;     /* told: once what the inbox holds */
	bool has_news;               /* since the turn that runs began */
	struct listing held, coming; /* told; heard in the turn that runs */
	struct lg_arena *turn;       /* rows of this turn that are not held as they are */
	uint32_t changed_count;
	struct lg_bytes changed[LISTING_ROWS_MAX];
};

struct inbox {
	struct inbox_options options;
	struct inbox_client *client[INBOX_CLIENTS_MAX];
	struct lg_arena *arena; /* of one call */
	struct listing_page page;
	bool is_stopping;
};

struct inbox *inbox_new(const struct inbox_options *options)
{
	struct inbox *inbox = calloc(1, sizeof *inbox);

	if (inbox == NULL)
		abort();
	inbox->options = *options;
	inbox->arena = lg_arena_new();
	return inbox;
}

uint32_t inbox_clients(const struct inbox *inbox)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < INBOX_CLIENTS_MAX; i++)
		count += inbox->client[i] != NULL;
	return count;
}

/* --- one client's life ----------------------------------------------------------------- */

static void forget(struct inbox_client *client)
{
	struct inbox *inbox = client->inbox;

	assert(!client->is_asking && client->waiting == NULL);
	for (uint32_t i = 0; i < INBOX_CLIENTS_MAX; i++)
		if (inbox->client[i] == client)
			inbox->client[i] = NULL;
	explicit_bzero(client->token, sizeof client->token);
	lg_arena_free(client->turn);
	free(client);
}

/* Its stream is over; while the service is asked for it, it waits for that answer. */
static void leave(struct inbox_client *client)
{
	client->stream = NULL;
	if (!client->is_asking)
		forget(client);
}

static void on_closed(void *owner)
{
	leave(owner);
}

static void end(struct inbox_client *client, const char *event)
{
	const struct inbox_door *door = &client->inbox->options.door;

	if (event != NULL)
		door->event(client->stream, event, NULL, lg_bytes("{}", 2));
	door->end(client->stream);
	leave(client);
}

static void refuse(struct inbox *inbox, struct http_request *request, enum problem_kind kind)
{
	relay_refuse(inbox->options.relay, request, kind, NULL, NULL);
}

/* --- asking ---------------------------------------------------------------------------- */

static void start_turn(struct inbox_client *client)
{
	client->after[0] = '\0';
	client->coming = (struct listing){ 0 };
	client->changed_count = 0;
	lg_arena_reset(client->turn);
}

/* The relay may answer at once, and then the client may be gone: nothing follows the call. */
static void ask(struct inbox_client *client, lg_ms wall, uint64_t steady_ms)
{
	struct inbox *inbox = client->inbox;
	const struct inbox_options *options = &inbox->options;
	const struct kind *kind = client->kind;
	const char *body = client->after[0] == '\0'
				   ? kind->first
				   : lg_format(inbox->arena, "{\"after\":\"%s\"}", client->after);
	struct relay_wish wish = {
		.command_id = lg_id_make(options->keyring->site, wall, options->random()),
		.type = lg_message_type_named(kind->message)->number,
		.service = client->target.service,
		.body = lg_bytes(body, strlen(body)),
		.token = lg_bytes(client->token, client->token_size),
		.request = &client->question,
	};
	uint16_t owned = presence_partitions(options->presence, client->target.service, steady_ms);
	const uint64_t random[2] = { options->random(), options->random() };
	struct lg_status chosen =
		routes_choose_key(&client->target, NULL, owned, random, &wish.key);

	assert(lg_is_done(chosen)); /* a key for any partition needs no argument */
	client->is_asking = true;
	client->ask_at_ms = steady_ms + INBOX_ASK_MS;
	if (client->after[0] == '\0') {
		client->turn_at_ms = steady_ms;
		client->has_news = false;
	}
	relay_take(options->relay, &wish, wall, steady_ms);
}

static bool is_session_valid(const struct inbox_client *client, lg_ms wall)
{
	const struct inbox_options *options = &client->inbox->options;
	struct lg_actor actor;

	return lg_is_done(lg_token_check(options->tokens, client->inbox->arena, options->keyring,
		lg_bytes(client->token, client->token_size), wall, &actor));
}

/* Ends the stream of whoever has hung up; true: the client is not here any more. */
static bool has_gone(struct inbox_client *client)
{
	if (client->stream == NULL || !client->inbox->options.door.is_gone(client->stream))
		return false;
	end(client, NULL);
	return true;
}

/* A turn begins when there is news, but not at once after the last one; else every two seconds. */
static bool is_time(const struct inbox_client *client, uint64_t steady_ms)
{
	if (steady_ms >= client->ask_at_ms)
		return true;
	return client->has_news && steady_ms >= client->turn_at_ms + INBOX_NEWS_MS;
}

static void tick(struct inbox_client *client, lg_ms wall, uint64_t steady_ms)
{
	if (client->stream != NULL && steady_ms >= client->beat_at_ms) {
		client->beat_at_ms = steady_ms + INBOX_HEARTBEAT_MS;
		client->inbox->options.door.heartbeat(client->stream);
	}
	if (client->is_asking || !is_time(client, steady_ms))
		return;
	if (has_gone(client))
		return;
	if (is_session_valid(client, wall))
		ask(client, wall, steady_ms);
	else
		end(client, "session-over");
}

void inbox_tick(struct inbox *inbox, lg_ms wall, uint64_t steady_ms)
{
	for (uint32_t i = 0; i < INBOX_CLIENTS_MAX; i++)
		if (inbox->client[i] != NULL)
			tick(inbox->client[i], wall, steady_ms);
	lg_arena_reset(inbox->arena);
}

void inbox_news(struct inbox *inbox, uint32_t service, lg_ms wall, uint64_t steady_ms)
{
	bool is_heard = false;

	for (uint32_t i = 0; i < INBOX_CLIENTS_MAX; i++) {
		struct inbox_client *client = inbox->client[i];

		if (client == NULL || client->target.service != service)
			continue;
		client->has_news = is_heard = true;
	}
	if (is_heard)
		inbox_tick(inbox, wall, steady_ms);
}

/* --- a client comes -------------------------------------------------------------------- */

static const struct kind *kind_of(const struct route *route)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].message, route->message) == 0)
			return &kinds[i];
	abort(); /* a route without a row in the table above */
}

/* A free place for it; NULL: there is none, or it has its share. */
static struct inbox_client **place_for(struct inbox *inbox, const struct inbox_wish *wish)
{
	uint32_t of_user = 0, of_address = 0;
	struct inbox_client **place = NULL;

	for (uint32_t i = 0; i < INBOX_CLIENTS_MAX; i++) {
		const struct inbox_client *client = inbox->client[i];

		if (client == NULL) {
			place = &inbox->client[i];
			continue;
		}
		of_user += lg_id_equal(client->user, wish->user);
		of_address += lg_id_equal(client->address, wish->request->address);
	}
	if (of_user >= INBOX_OF_ONE_MAX)
		return NULL;
	if (of_address >= INBOX_OF_ONE_MAX && !wish->request->is_loopback)
		return NULL;
	return place;
}

void inbox_take(struct inbox *inbox, const struct inbox_wish *wish, lg_ms wall, uint64_t steady_ms)
{
	const char *last = wish->request->last_event_id;

	for (uint32_t i = 0; i < INBOX_CLIENTS_MAX;
		i++) /* a page that is loaded again comes twice */
		if (inbox->client[i] != NULL)
			has_gone(inbox->client[i]);
	struct inbox_client **place = place_for(inbox, wish);

	if (inbox->is_stopping || place == NULL) {
		refuse(inbox, wish->request,
			inbox->is_stopping ? PROBLEM_STOPPING : PROBLEM_TOO_MANY_STREAMS);
		return;
	}
	struct inbox_client *client = calloc(1, sizeof *client);
	if (client == NULL)
		abort();
	assert(wish->token.size <= sizeof client->token);
	*place = client;
	client->inbox = inbox;
	client->question.asker = client;
	client->waiting = wish->request;
	client->kind = kind_of(wish->target.route);
	client->target = wish->target;
	client->user = wish->user;
	client->address = wish->request->address;
	memcpy(client->token, wish->token.data, wish->token.size);
	client->token_size = wish->token.size;
	client->beat_at_ms = steady_ms + INBOX_HEARTBEAT_MS;
	client->turn = lg_arena_new();
	if (last != NULL && strlen(last) < sizeof client->cursor)
		memcpy(client->cursor, last, strlen(last));
	ask(client, wall, steady_ms);
	lg_arena_reset(inbox->arena);
}

/* --- the service answers ---------------------------------------------------------------- */

/* Digest of all that the turn has heard, under the key: it stands in headers. */
static void make_cursor(const struct inbox_client *client, char ret_cursor[TAG_TEXT])
{
	char tag[TAG_TEXT];

	tag_make(client->inbox->options.tag_key, 0,
		lg_bytes(client->coming.item, client->coming.count * sizeof client->coming.item[0]),
		tag);
	snprintf(ret_cursor, TAG_TEXT, "%.*s", (int)strlen(tag) - 2, tag + 1);
}

static struct lg_bytes write_listed(struct lg_arena *arena, const struct listing *listing)
{
	size_t room = (size_t)listing->count * (LG_ID_TEXT + 2) + 64, used = 0;
	char *text = lg_alloc(arena, room);

	used += (size_t)snprintf(text, room, "{\"ids\":[");
	for (uint32_t i = 0; i < listing->count; i++) {
		char id[LG_ID_TEXT];

		lg_id_print(listing->item[i].id, id);
		used += (size_t)snprintf(
			text + used, room - used, "%s\"%s\"", i == 0 ? "" : ",", id);
	}
	used += (size_t)snprintf(
		text + used, room - used, "],\"more\":%s}", listing->has_more ? "true" : "false");
	assert(used < room);
	return lg_bytes(text, used);
}

/* All pages are there.  A client that comes back to what it knows is told only that it does. */
static void end_turn(struct inbox_client *client)
{
	struct inbox *inbox = client->inbox;
	const struct inbox_door *door = &inbox->options.door;
	char cursor[TAG_TEXT];

	make_cursor(client, cursor);
	bool is_known = strcmp(cursor, client->cursor) == 0;
	if (!is_known)
		for (uint32_t i = 0; i < client->changed_count; i++)
			door->event(client->stream, "changed", NULL, client->changed[i]);
	if (!is_known || !client->is_told)
		door->event(client->stream, "listed", cursor,
			write_listed(inbox->arena, &client->coming));
	memcpy(client->cursor, cursor, sizeof cursor);
	client->held = client->coming;
	client->is_told = true;
	start_turn(client);
}

static void take_rows(struct inbox_client *client, const struct listing_page *page)
{
	for (uint32_t i = 0; i < page->count; i++) {
		const struct listing_row *row = &page->row[i];
		struct listing_item item = { .id = row->id };

		crypto_generichash(
			item.digest, sizeof item.digest, row->text.data, row->text.size, NULL, 0);
		listing_add(&client->coming, &item);
		if (!client->coming.has_more && !listing_holds(&client->held, &item))
			client->changed[client->changed_count++] = lg_copy(client->turn, row->text);
	}
	client->coming.has_more |= page->is_cut;
}

/* Whether another page is to be asked for; the id that it begins after is noted. */
static bool has_next(struct inbox_client *client, const struct listing_page *page)
{
	struct lg_id id;
	char after[LG_ID_TEXT] = { 0 };

	if (page->next.size != LG_ID_TEXT - 1 || client->coming.has_more)
		return false;
	memcpy(after, page->next.data, page->next.size);
	if (!lg_is_done(lg_id_parse(after, &id)))
		return false;
	memcpy(client->after, after, sizeof after);
	return true;
}

static void take_page(struct inbox_client *client, struct lg_bytes body)
{
	struct listing_page *page = &client->inbox->page;

	if (!lg_is_done(listing_cut(body, &client->kind->shape, page))) {
		lg_warn("list of a service not understood",
			lg_f_int("type", lg_message_type_named(client->kind->message)->number));
		end(client, NULL);
		return;
	}
	take_rows(client, page);
	if (has_next(client, page))
		client->ask_at_ms = 0; /* at the next tick */
	else
		end_turn(client);
}

/* The first answer decides whether there is a stream at all. */
static void begin(struct inbox_client *client, const struct http_answer *answer)
{
	struct inbox *inbox = client->inbox;
	struct http_request *request = client->waiting;

	client->waiting = NULL;
	if (answer->status == 200 && !inbox->is_stopping) {
		client->stream = inbox->options.door.open(request, on_closed, client);
		return;
	}
	if (answer->status == 200)
		refuse(inbox, request, PROBLEM_STOPPING);
	else
		inbox->options.door.reply(request, answer);
}

void inbox_heard(struct http_request *request, const struct http_answer *answer)
{
	struct inbox_client *client = request->asker;

	assert(client->is_asking);
	client->is_asking = false;
	if (client->waiting != NULL)
		begin(client, answer);
	if (client->stream == NULL)
		forget(client);
	else if (answer->status == 200)
		take_page(client, answer->body);
	else if (answer->status == 401 || answer->status == 403)
		end(client, "session-over");
	else
		start_turn(client); /* not now: what was heard of this turn is half a list */
}

/* --- the end ----------------------------------------------------------------------------- */

void inbox_stop(struct inbox *inbox)
{
	inbox->is_stopping = true;
	for (uint32_t i = 0; i < INBOX_CLIENTS_MAX; i++)
		if (inbox->client[i] != NULL && inbox->client[i]->stream != NULL)
			end(inbox->client[i], NULL);
}

void inbox_free(struct inbox *inbox)
{
	if (inbox == NULL)
		return;
	assert(inbox_clients(inbox) == 0);
	lg_arena_free(inbox->arena);
	free(inbox);
}
