#include "common/db/recent.h"

#include <assert.h>
#include <stdlib.h>

struct entry {
	uint32_t offset, size;
};

struct lg_recent {
	uint64_t first; /* number of the oldest row */
	uint32_t count;
	uint32_t oldest; /* its place in entries */
	uint32_t write;  /* where the next row's bytes go */
	struct entry entries[LG_RECENT_ROWS];
	uint8_t bytes[LG_RECENT_BYTES];
};

struct lg_recent *lg_recent_new(void)
{
	struct lg_recent *recent = calloc(1, sizeof *recent);

	if (recent == NULL)
		abort();
	return recent;
}

void lg_recent_free(struct lg_recent *recent)
{
	if (recent == NULL)
		return;
	explicit_bzero(recent, sizeof *recent);
	free(recent);
}

void lg_recent_clear(struct lg_recent *recent)
{
	recent->count = 0;
	recent->write = 0;
}

static void drop_oldest(struct lg_recent *recent)
{
	assert(recent->count > 0);
	recent->oldest = (recent->oldest + 1) % LG_RECENT_ROWS;
	recent->first++;
	recent->count--;
}

/* Rows lie in the ring in the order of their numbers: only the oldest can be in the way. */
static void make_room(struct lg_recent *recent, uint32_t from, uint32_t to)
{
	while (recent->count > 0) {
		const struct entry *oldest = &recent->entries[recent->oldest];

		if (oldest->offset >= to || oldest->offset + oldest->size <= from)
			return;
		drop_oldest(recent);
	}
}

void lg_recent_add(struct lg_recent *recent, uint64_t number, struct lg_bytes row)
{
	assert(recent->count == 0 || number == recent->first + recent->count);

	if (row.size >
		LG_RECENT_BYTES) { /* cannot be: envelopes are smaller; then rows before it are stale */
		lg_recent_clear(recent);
		return;
	}
	if (recent->count == LG_RECENT_ROWS)
		drop_oldest(recent);
	if (recent->write + row.size > LG_RECENT_BYTES) {
		make_room(recent, recent->write, LG_RECENT_BYTES);
		recent->write = 0;
	}
	make_room(recent, recent->write, recent->write + (uint32_t)row.size);
	if (recent->count == 0) {
		recent->oldest = 0;
		recent->first = number;
	}

	uint32_t place = (recent->oldest + recent->count) % LG_RECENT_ROWS;

	recent->entries[place] =
		(struct entry){ .offset = recent->write, .size = (uint32_t)row.size };
	if (row.size > 0)
		memcpy(recent->bytes + recent->write, row.data, row.size);
	recent->write += (uint32_t)row.size;
	recent->count++;
}

bool lg_recent_find(const struct lg_recent *recent, uint64_t number, struct lg_bytes *ret_row)
{
	if (recent->count == 0 || number < recent->first || number >= recent->first + recent->count)
		return false;

	uint32_t place = (recent->oldest + (uint32_t)(number - recent->first)) % LG_RECENT_ROWS;
	const struct entry *entry = &recent->entries[place];

	*ret_row = lg_bytes(recent->bytes + entry->offset, entry->size);
	return true;
}
