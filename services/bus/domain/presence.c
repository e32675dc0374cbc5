#include "services/bus/domain/presence.h"

#include <assert.h>

#include "common/stream/registry.h"

/* The place of a connection; count when it has none. */
static uint32_t find(const struct presence *presence, uint64_t connection)
{
	uint32_t i = 0;

	while (i < presence->count && presence->at[i].connection != connection)
		i++;
	return i;
}

static uint32_t longest_silent(const struct presence *presence)
{
	uint32_t oldest = 0;

	for (uint32_t i = 1; i < presence->count; i++)
		if (presence->at[i].heard < presence->at[oldest].heard)
			oldest = i;
	return oldest;
}

void presence_hear(struct presence *presence, uint64_t connection, uint32_t service)
{
	uint32_t i = find(presence, connection);

	assert(connection != 0);
	if (i == presence->count) {
		if (presence->count == PRESENCE_MAX)
			i = longest_silent(presence);
		else
			presence->count++;
		presence->at[i] = (struct present){ .connection = connection };
		presence->came++;
	}
	presence->at[i].heard = ++presence->heard;
	presence->at[i].service = service;
}

bool presence_tells(struct presence *presence, uint64_t connection, bool is_news, lg_ms now)
{
	uint32_t i = find(presence, connection);
	struct present *claimer;

	if (i == presence->count)
		return true;
	claimer = &presence->at[i];
	if (!is_news && claimer->told_to == presence->came &&
		now - claimer->told_at < PRESENCE_TOLD_MS)
		return false;
	claimer->told_to = presence->came;
	claimer->told_at = now;
	return true;
}

uint32_t presence_service(const struct presence *presence, uint64_t connection)
{
	uint32_t i = find(presence, connection);

	return i < presence->count ? presence->at[i].service : LG_SERVICE_NONE;
}

void presence_reads(struct presence *presence, uint64_t connection, enum lg_form form)
{
	uint32_t i = find(presence, connection);

	if (i < presence->count)
		presence->at[i].form = form;
}

enum lg_form presence_form(const struct presence *presence, uint64_t connection)
{
	uint32_t i = find(presence, connection);

	return i < presence->count ? presence->at[i].form : LG_FORM_PARTS;
}

void presence_drop(struct presence *presence, uint64_t connection)
{
	uint32_t i = find(presence, connection);

	if (i < presence->count)
		presence->at[i] = presence->at[--presence->count];
}
