/* The table subscription: who wants to be told; where, sealed. */
#include "services/notification/store.h"

#include <assert.h>

enum {
	SELECT_SUBSCRIPTION,
	SELECT_SUBSCRIBERS,
	LIST_SUBSCRIPTIONS,
	INSERT_SUBSCRIPTION,
	END_SUBSCRIPTION
};

/* The first ten columns are those of every list. */
#define COLUMNS \
	"subscription_id, state, role, array_to_string(events, ' '), channel, language, station," \
	"       organisation, made_by, made_ms"

const struct lg_statement store_subscription[] = {
	[SELECT_SUBSCRIPTION] = {
		.name = "select_subscription",
		.sql = "SELECT " COLUMNS ", digest, context, sealed"
		       "  FROM subscription"
		       " WHERE subscription_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_SUBSCRIBERS] = {
		.name = "select_subscribers",
		.sql = "SELECT " COLUMNS
		       "  FROM subscription"
		       " WHERE state = 'ACTIVE'"
		       "   AND events @> ARRAY[$1::text]"
		       " ORDER BY subscription_id"
		       " LIMIT 257",
		.param_count = 1,
		.params = { LG_SQL_TEXT },
	},
	[LIST_SUBSCRIPTIONS] = {
		.name = "list_subscriptions",
		.sql = "SELECT " COLUMNS
		       "  FROM subscription"
		       " WHERE subscription_id < $1"
		       " ORDER BY subscription_id DESC"
		       " LIMIT $2",
		.param_count = 2,
		.params = { LG_SQL_BYTEA, LG_SQL_INT8 },
	},
	[INSERT_SUBSCRIPTION] = {
		.name = "insert_subscription",
		.sql = "INSERT INTO subscription (subscription_id, state, role, events, channel,"
		       "       language, station, organisation, made_by, made_ms, digest, context,"
		       "       sealed)"
		       " SELECT r.subscription_id, r.state, r.role, string_to_array(r.events, ' '),"
		       "       r.channel, r.language, r.station, r.organisation, r.made_by, r.made_ms,"
		       "       r.digest, r.context, r.sealed"
		       "  FROM unnest($1::bytea[], $2::text[], $3::smallint[], $4::text[], $5::text[],"
		       "       $6::text[], $7::text[], $8::bytea[], $9::bytea[], $10::bigint[],"
		       "       $11::bytea[], $12::bytea[], $13::bytea[])"
		       "    AS r (subscription_id, state, role, events, channel, language, station,"
		       "       organisation, made_by, made_ms, digest, context, sealed)",
		.param_count = 13,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_TEXTS,
			LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT8S,
			LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS },
	},
	[END_SUBSCRIPTION] = {
		.name = "end_subscription",
		.sql = "UPDATE subscription AS s"
		       "   SET state = r.state, sealed = NULL"
		       "  FROM unnest($1::bytea[], $2::text[]) AS r (subscription_id, state)"
		       " WHERE s.subscription_id = r.subscription_id",
		.param_count = 2,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS },
	},
	{ .name = NULL },
};

static_assert(STORE_SUBSCRIBERS_MAX == 256, "one more is asked for than is told");

/* --- rows ---------------------------------------------------------------------------------- */

/* The number of a name that the table's CHECK lets in. */
static unsigned number_of(const char *const *names, unsigned count, const char *name)
{
	unsigned number = 0;

	while (number < count && strcmp(names[number], name) != 0)
		number++;
	assert(number < count);
	return number;
}

/* Names that this version does not know (an event of a later one) are passed over. */
static uint32_t set_of(const char *events)
{
	uint32_t set = 0;

	while (*events != '\0') {
		size_t size = strcspn(events, " ");

		for (unsigned i = 0; i < TOLD_COUNT; i++) {
			if (strlen(told_event_names[i]) == size &&
				memcmp(told_event_names[i], events, size) == 0)
				set |= 1u << i;
		}
		events += size + (events[size] == ' ');
	}
	return set;
}

static struct subscription from_row(const PGresult *result, int row)
{
	struct subscription s = {
		.subscription_id = lg_field_id(result, row, 0),
		.role = (uint32_t)lg_field_int(result, row, 2),
		.events = set_of(lg_field_text(result, row, 3)),
		.organisation = lg_field_id(result, row, 7),
		.made_by = lg_field_id(result, row, 8),
		.made_at = lg_field_int(result, row, 9),
	};
	struct lg_bytes station = lg_field_bytes(result, row, 6);
	unsigned state = SUBSCRIPTION_NEW;
	struct lg_status status =
		lg_lifecycle_state(&subscription_life, lg_field_text(result, row, 1), &state);

	assert(lg_is_done(status));
	assert(station.size <= SUBSCRIPTION_STATION_MAX);
	s.state = (enum subscription_state)state;
	memcpy(s.station, station.data, station.size);
	s.channel = (enum channel_kind)number_of(
		channel_names, CHANNEL_KIND_COUNT, lg_field_text(result, row, 4));
	s.language = (enum language)number_of(
		language_names, LANGUAGE_COUNT, lg_field_text(result, row, 5));
	return s;
}

static void stored_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct stored_subscription *stored = ret_aggregate;
	struct lg_bytes digest = lg_field_bytes(result, row, 10);

	assert(digest.size == SUBSCRIPTION_DIGEST_SIZE);
	stored->subscription = from_row(result, row);
	memcpy(stored->subscription.digest, digest.data, digest.size);
	stored->context = lg_field_id(result, row, 11);
	stored->sealed = lg_copy(arena, lg_field_bytes(result, row, 12));
}

struct subscription subscription_from_found(const struct lg_found *found, int row)
{
	return from_row(found->result, row);
}

/* --- reads and writes ------------------------------------------------------------------------ */

struct stored_subscription *read_subscription(struct lg_batch *batch, struct lg_id subscription_id)
{
	return lg_read_by_id(batch, &store_subscription[SELECT_SUBSCRIPTION], subscription_id,
		sizeof(struct stored_subscription), stored_from_row);
}

struct lg_found *read_subscribers(struct lg_batch *batch, enum told_event event)
{
	return lg_read(batch, &store_subscription[SELECT_SUBSCRIBERS],
		(const struct lg_value[]){ lg_v_text(told_event_names[event]) });
}

struct lg_found *read_subscriptions(struct lg_batch *batch, struct lg_id before, uint32_t limit)
{
	return lg_read(batch, &store_subscription[LIST_SUBSCRIPTIONS],
		(const struct lg_value[]){ lg_v_id(&before), lg_v_int(limit) });
}

/* Names hold no space, so one text carries a list through unnest, which flattens arrays of arrays. */
static const char *join(uint32_t events, char *ret_text)
{
	char *end = ret_text;

	for (unsigned i = 0; i < TOLD_COUNT; i++) {
		size_t size = strlen(told_event_names[i]);

		if ((events >> i & 1u) == 0)
			continue;
		if (end != ret_text)
			*end++ = ' ';
		memcpy(end, told_event_names[i], size);
		end += size;
	}
	*end = '\0';
	return ret_text;
}

void write_subscription(struct lg_batch *batch, const struct stored_subscription *stored)
{
	const struct subscription *s = &stored->subscription;
	char events[TOLD_COUNT * 32];
	const struct lg_value values[] = {
		lg_v_id(&s->subscription_id),
		lg_v_text(subscription_life.states[s->state]),
		lg_v_int(s->role),
		lg_v_text(join(s->events, events)),
		lg_v_text(channel_names[s->channel]),
		lg_v_text(language_names[s->language]),
		lg_v_text(s->station),
		lg_v_id(&s->organisation),
		lg_v_id(&s->made_by),
		lg_v_int(s->made_at),
		lg_v_bytes(lg_bytes(s->digest, sizeof s->digest)),
		lg_v_id(&stored->context),
		stored->sealed.size == 0 ? lg_v_null() : lg_v_bytes(stored->sealed),
	};

	lg_insert(batch, &store_subscription[INSERT_SUBSCRIPTION], values);
}

void end_subscription(struct lg_batch *batch, const struct subscription *s)
{
	lg_insert(batch, &store_subscription[END_SUBSCRIPTION],
		(const struct lg_value[]){ lg_v_id(&s->subscription_id),
			lg_v_text(subscription_life.states[s->state]) });
	lg_erase_keys(batch, s->subscription_id);
}
