/* A few addresses in locked memory (pouch.h). */
#include "services/notification/pouch.h"

#include <assert.h>

#include "common/protect/locked.h"

struct place {
	struct lg_id notice_id; /* zero: free */
	lg_ms put_at;
	char address[SUBSCRIPTION_ADDRESS_MAX + 1];
};

struct pouch {
	struct place places[POUCH_MAX];
};

struct pouch *pouch_new(void)
{
	return lg_locked_new(sizeof(struct pouch));
}

void pouch_free(struct pouch *pouch)
{
	sodium_free(pouch);
}

static bool is_free(const struct place *place, lg_ms now)
{
	return lg_id_is_zero(place->notice_id) || now - place->put_at > POUCH_AGE_MS;
}

static struct place *find(struct pouch *pouch, struct lg_id notice_id)
{
	for (uint32_t i = 0; i < POUCH_MAX; i++) {
		if (lg_id_equal(pouch->places[i].notice_id, notice_id))
			return &pouch->places[i];
	}
	return NULL;
}

bool pouch_has_room(const struct pouch *pouch, lg_ms now)
{
	for (uint32_t i = 0; i < POUCH_MAX; i++) {
		if (is_free(&pouch->places[i], now))
			return true;
	}
	return false;
}

void pouch_put(struct pouch *pouch, struct lg_id notice_id, const char *address, lg_ms now)
{
	struct place *place = find(pouch, notice_id);
	size_t size = strlen(address);

	assert(size <= SUBSCRIPTION_ADDRESS_MAX);
	assert(!lg_id_is_zero(notice_id));
	for (uint32_t i = 0; place == NULL && i < POUCH_MAX; i++) {
		if (is_free(&pouch->places[i], now))
			place = &pouch->places[i];
	}
	assert(place != NULL); /* who puts has asked for room */
	sodium_memzero(place, sizeof *place);
	place->notice_id = notice_id;
	place->put_at = now;
	memcpy(place->address, address, size);
}

const char *pouch_take(struct pouch *pouch, struct lg_arena *arena, struct lg_id notice_id)
{
	struct place *place = find(pouch, notice_id);
	const char *address;

	if (place == NULL || lg_id_is_zero(notice_id))
		return NULL;
	address = lg_copy_text(arena, place->address);
	sodium_memzero(place, sizeof *place);
	return address;
}
