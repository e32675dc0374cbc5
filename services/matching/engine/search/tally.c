#include "services/matching/engine/search/tally.h"

#include <math.h>

#include "services/matching/engine/linkage/grade.h"

#define FIRST_ROOM 1024u

void tally_init(struct tally *tally, struct roster *roster, struct lg_arena *arena)
{
	*tally = (struct tally){ .roster = roster, .arena = arena };
}

static void find_rarity(struct roster *roster, uint32_t pool, uint32_t id)
{
	uint32_t uses = roster->uses[pool][id] > 0 ? roster->uses[pool][id] : 1;
	double total = roster->total[pool] > 0 ? (double)roster->total[pool] : 1;

	roster->rarity[pool][id] = (float)log2(total / uses);
}

/* More room for the uses of values, and for what is known of names at a glance. */
static void make_room(struct tally *tally, uint32_t pool, uint32_t id)
{
	struct roster *roster = tally->roster;
	uint32_t before = tally->room[pool], room = before == 0 ? FIRST_ROOM : before;
	enum field_kind kind = roster->list.fields[pool].kind;

	if (id < before)
		return;
	while (room <= id)
		room += room / 2;
	roster->uses[pool] = lg_enlarge(tally->arena, roster->uses[pool], before, room, 4);
	roster->rarity[pool] = lg_enlarge(tally->arena, roster->rarity[pool], before, room, 4);
	if (kind == KIND_NAME || kind == KIND_PLACE)
		roster->sketches[pool] =
			lg_enlarge(tally->arena, roster->sketches[pool], before, room, 8);
	tally->room[pool] = room;
}

/* Rarities are of their last change, and all made anew each time that twice as many are held. */
static void count_use(struct tally *tally, uint32_t pool, uint32_t id, int32_t change)
{
	struct roster *roster = tally->roster;
	double before = roster->uses[pool][id], after = before + change;

	roster->uses[pool][id] = (uint32_t)after;
	roster->total[pool] = (uint64_t)((int64_t)roster->total[pool] + change);
	tally->twice[pool] += after * after - before * before;
	if (roster->total[pool] >= 2 * tally->fresh_at[pool]) {
		tally->fresh_at[pool] = roster->total[pool];
		for (uint32_t i = 1; i <= roster->vocabularies[pool]->count; i++)
			if (i < tally->room[pool])
				find_rarity(roster, pool, i);
	}
	find_rarity(roster, pool, id);

	double total = (double)roster->total[pool];

	roster->mean_rarity[pool] =
		tally->twice[pool] > 0 ? (float)-log2(tally->twice[pool] / (total * total)) : 0;
}

/* A value that nobody has, so far or any more. */
static void meet(struct tally *tally, uint32_t pool, uint32_t id)
{
	struct roster *roster = tally->roster;

	find_rarity(roster, pool, id);
	if (roster->sketches[pool] != NULL)
		roster->sketches[pool][id] =
			grade_sketch(vocabulary_value(roster->vocabularies[pool], id));
}

void tally_read_row(struct tally *tally, uint32_t row, const struct lg_bytes *cells)
{
	const struct field_list *list = &tally->roster->list;

	for (uint32_t f = 0; f < list->count; f++) {
		uint32_t pool = list->fields[f].pool, id;

		roster_set(tally->roster, row, f, cells[f]);
		id = roster_ids(tally->roster, row)[f];
		make_room(tally, pool, id);
		if (id != 0 && tally->roster->uses[pool][id] == 0)
			meet(tally, pool, id);
	}
}

void tally_count_row(struct tally *tally, uint32_t row, int32_t change)
{
	const struct field_list *list = &tally->roster->list;
	const uint32_t *ids = roster_ids(tally->roster, row);

	for (uint32_t f = 0; f < list->count; f++)
		if (ids[f] != 0)
			count_use(tally, list->fields[f].pool, ids[f], change);
}

uint64_t tally_bytes(const struct tally *tally)
{
	const struct roster *roster = tally->roster;
	uint64_t bytes = 0;

	for (uint32_t f = 0; f < roster->list.count; f++)
		if (roster->list.fields[f].pool == f)
			bytes +=
				vocabulary_bytes(roster->vocabularies[f]) +
				(uint64_t)tally->room[f] * (roster->sketches[f] != NULL ? 16u : 8u);
	return bytes;
}
