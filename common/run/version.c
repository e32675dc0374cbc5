#include "common/run/version.h"

#include <stdlib.h>

#include "common/db/version.h"
#include "common/run/door.h"

/* A key that this batch has moved already. */
struct lg_moved {
	struct lg_id key;
	UT_hash_handle hh;
};

/* --- the header ------------------------------------------------------------------------- */

static bool is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

/* An etagc of RFC 9110: printable but the quote, or beyond ASCII. */
static bool is_tag_byte(uint8_t byte)
{
	return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

/* The number that our tags begin with; 0 for a tag that is not ours. */
static uint64_t number_of(const uint8_t *tag, size_t size)
{
	uint64_t number = 0;
	size_t at = 0;

	for (; at < size && tag[at] >= '0' && tag[at] <= '9'; at++) {
		if (number > (UINT64_MAX - 9) / 10)
			return 0;
		number = 10 * number + (uint64_t)(tag[at] - '0');
	}
	return at == size || tag[at] == '.' ? number : 0;
}

enum lg_match lg_match_compare(struct lg_bytes if_match, uint64_t version)
{
	const uint8_t *at = if_match.data, *end = at + if_match.size;
	bool is_named = false, is_any = false, needs_comma = false;
	uint32_t count = 0;

	for (; at < end; count++) {
		bool is_weak = false;

		for (; at < end && (is_space(*at) || *at == ','); at++)
			needs_comma = needs_comma && *at != ',';
		if (at == end)
			break;
		if (needs_comma || is_any)
			return LG_MATCH_MALFORMED;
		needs_comma = true;
		if (*at == '*' && count == 0) {
			is_any = true;
			at++;
			continue;
		}
		if (end - at >= 2 && at[0] == 'W' && at[1] == '/') {
			is_weak = true;
			at += 2;
		}
		if (at == end || *at != '"')
			return LG_MATCH_MALFORMED;

		const uint8_t *tag = ++at;

		while (at < end && is_tag_byte(*at))
			at++;
		if (at == end || *at != '"')
			return LG_MATCH_MALFORMED;
		is_named |=
			!is_weak && version != 0 && number_of(tag, (size_t)(at - tag)) == version;
		at++;
	}
	if (count == 0)
		return LG_MATCH_MALFORMED;
	return is_named || (is_any && version != 0) ? LG_MATCH_NAMED : LG_MATCH_OTHER;
}

/* --- in a batch ------------------------------------------------------------------------- */

static void version_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	(void)arena;
	*(uint64_t *)ret_aggregate = (uint64_t)lg_field_int(result, row, 0);
}

void lg_version_load(struct lg_batch *batch, struct lg_batch_item *it)
{
	const struct lg_delivery *delivery = it->item.delivery;

	if (!batch->instance->service->has_versions || delivery->kind != LG_DELIVERY_COMMAND ||
		it->handler->version != NULL)
		return;
	if (delivery->type->kind == LG_MESSAGE_QUERY || delivery->command.if_match.size > 0)
		it->version = lg_read_by_id(batch, &lg_version_statements[LG_VERSION_READ],
			it->item.key, sizeof *it->version, version_from_row);
}

uint64_t lg_version_of(const struct lg_batch *batch, const struct lg_batch_item *it)
{
	const struct lg_moved *moved;

	if (it->handler->version != NULL)
		return it->handler->version(&it->item);
	if (it->version == NULL)
		return 0;
	HASH_FIND(hh, batch->moved, &it->item.key, sizeof it->item.key, moved);
	return *it->version + (moved != NULL);
}

bool lg_version_holds(const struct lg_batch *batch, const struct lg_batch_item *it)
{
	struct lg_delivery *delivery = it->item.delivery;
	const struct lg_bytes if_match = delivery->command.if_match;

	if (if_match.size == 0)
		return true;
	switch (lg_match_compare(if_match, lg_version_of(batch, it))) {
	case LG_MATCH_NAMED:
		return true;
	case LG_MATCH_OTHER:
		lg_door_problem(delivery, 412,
			"it is not as If-Match says: it was changed meanwhile, or it is not there; "
			"reload it, look again, and try with its new ETag");
		return false;
	case LG_MATCH_MALFORMED:
		lg_door_problem(delivery, 400,
			"If-Match is \"*\", or ETags as GET gives them, in their quotes");
		return false;
	}
	abort();
}

void lg_changed(struct lg_batch *batch, struct lg_id key)
{
	struct lg_moved *moved;

	if (!batch->instance->service->has_versions)
		return;
	HASH_FIND(hh, batch->moved, &key, sizeof key, moved);
	if (moved != NULL)
		return;
	moved = lg_alloc(batch->arena, sizeof *moved);
	moved->key = key;
	HASH_ADD(hh, batch->moved, key, sizeof moved->key, moved);
	lg_insert(batch, &lg_version_statements[LG_VERSION_MOVE],
		(struct lg_value[]){ lg_v_id(&moved->key) });
}

void lg_version_release(struct lg_batch *batch)
{
	HASH_CLEAR(hh, batch->moved); /* the keys lie in its arena */
}
