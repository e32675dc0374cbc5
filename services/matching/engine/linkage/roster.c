#include "services/matching/engine/linkage/roster.h"

#include <assert.h>
#include <math.h>

#include "services/matching/engine/linkage/grade.h"

void roster_init(struct roster *roster, const struct field_list *list, uint32_t count,
	uint32_t left_count, struct lg_arena *arena)
{
	assert(count <= ROSTER_MAX && left_count <= count);
	assert(list->count > 0 && list->count <= FIELDS_MAX);
	*roster = (struct roster){
		.list = *list,
		.count = count,
		.left_count = left_count,
		.ids = lg_alloc_array(arena, (size_t)count * list->count, sizeof(uint32_t)),
	};
	for (uint32_t f = 0; f < list->count; f++) {
		uint32_t pool = list->fields[f].pool;

		assert(pool <= f);
		if (pool == f) {
			roster->vocabularies[f] = lg_alloc(arena, sizeof(struct vocabulary));
			vocabulary_init(roster->vocabularies[f], &list->fields[f], arena);
		} else {
			roster->vocabularies[f] = roster->vocabularies[pool];
		}
	}
}

void roster_set(struct roster *roster, uint32_t record, uint32_t field, struct lg_bytes cell)
{
	assert(record < roster->count && field < roster->list.count);
	roster->ids[(size_t)record * roster->list.count + field] =
		vocabulary_take(roster->vocabularies[field], cell);
}

void roster_set_rows(
	struct roster *roster, uint32_t first, uint32_t count, const struct lg_bytes *cells)
{
	const uint32_t fields = roster->list.count;
	uint32_t *ids = roster->ids + (size_t)first * fields;
	uint64_t hashes[ROSTER_ROWS_MAX][FIELDS_MAX];

	assert(count <= ROSTER_ROWS_MAX && first <= roster->count - count);
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t f = 0; f < fields; f++)
			hashes[i][f] =
				vocabulary_expect(roster->vocabularies[f], cells[i * fields + f]);
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t f = 0; f < fields; f++)
			ids[i * fields + f] = vocabulary_take_hashed(
				roster->vocabularies[f], cells[i * fields + f], hashes[i][f]);
}

void roster_join(struct roster *left, const struct roster *right, struct roster *ret_roster,
	struct lg_arena *arena)
{
	const uint32_t fields = left->list.count;
	uint32_t *now[FIELDS_MAX] = { NULL };

	assert(fields == right->list.count && left->count <= ROSTER_MAX - right->count);
	*ret_roster = *left;
	ret_roster->count = left->count + right->count;
	ret_roster->left_count = left->count;
	ret_roster->ids =
		lg_alloc_array(arena, (size_t)ret_roster->count * fields, sizeof(uint32_t));
	memcpy(ret_roster->ids, left->ids, (size_t)left->count * fields * sizeof(uint32_t));
	for (uint32_t f = 0; f < fields; f++) {
		const struct vocabulary *from = right->vocabularies[f];

		if (left->list.fields[f].pool != f)
			continue;
		now[f] = lg_alloc_array(arena, (size_t)from->count + 1, sizeof(uint32_t));
		vocabulary_take_all(left->vocabularies[f], from, now[f]);
	}
	for (uint32_t r = 0; r < right->count; r++) {
		const uint32_t *ids = roster_ids(right, r);
		uint32_t *to = ret_roster->ids + (size_t)(left->count + r) * fields;

		for (uint32_t f = 0; f < fields; f++)
			to[f] = now[left->list.fields[f].pool][ids[f]];
	}
}

static void find_rarity(struct roster *roster, uint32_t pool, struct lg_arena *arena)
{
	uint32_t count = roster->vocabularies[pool]->count;
	double total = (double)roster->total[pool], twice = 0;

	roster->rarity[pool] = lg_alloc_array(arena, (size_t)count + 1, sizeof(float));
	for (uint32_t id = 1; id <= count; id++) {
		double share = roster->uses[pool][id] / total;

		roster->rarity[pool][id] = (float)-log2(share > 0 ? share : 1 / total);
		twice += share * share;
	}
	roster->mean_rarity[pool] = twice > 0 ? (float)-log2(twice) : 0;
}

static void sketch_values(struct roster *roster, uint32_t pool, struct lg_arena *arena)
{
	const struct vocabulary *vocabulary = roster->vocabularies[pool];
	enum field_kind kind = vocabulary->field.kind;

	if (kind != KIND_NAME && kind != KIND_PLACE)
		return;
	roster->sketches[pool] =
		lg_alloc_array(arena, (size_t)vocabulary->count + 1, sizeof(uint64_t));
	for (uint32_t id = 1; id <= vocabulary->count; id++)
		roster->sketches[pool][id] = grade_sketch(vocabulary_value(vocabulary, id));
}

static void gather_atoms(struct roster *roster, uint32_t pool, struct lg_arena *arena)
{
	const struct vocabulary *vocabulary = roster->vocabularies[pool];

	roster->atoms[pool] =
		lg_alloc_array(arena, (size_t)vocabulary->count + 1, sizeof(struct roster_atoms));
	for (uint32_t id = 1; id <= vocabulary->count; id++)
		memcpy(roster->atoms[pool][id].of, vocabulary_value(vocabulary, id)->atoms,
			sizeof(struct roster_atoms));
}

void roster_count_values(struct roster *roster, struct lg_arena *arena)
{
	for (uint32_t f = 0; f < roster->list.count; f++)
		if (roster->list.fields[f].pool == f)
			roster->uses[f] = lg_alloc_array(
				arena, roster->vocabularies[f]->count + 1, sizeof(uint32_t));
	for (uint32_t r = 0; r < roster->count; r++) {
		const uint32_t *ids = roster_ids(roster, r);

		for (uint32_t f = 0; f < roster->list.count; f++) {
			if (ids[f] == 0)
				continue;
			roster->uses[roster->list.fields[f].pool][ids[f]]++;
			roster->total[roster->list.fields[f].pool]++;
		}
	}
	for (uint32_t f = 0; f < roster->list.count; f++)
		if (roster->list.fields[f].pool == f && roster->total[f] > 0) {
			find_rarity(roster, f, arena);
			sketch_values(roster, f, arena);
			gather_atoms(roster, f, arena);
		}
}

void roster_draw(const struct roster *roster, uint32_t most, uint64_t seed,
	struct roster *ret_roster, struct lg_arena *arena)
{
	const uint32_t fields = roster->list.count;
	uint32_t count = 0, left = 0;

	*ret_roster = *roster;
	if (roster->count <= most)
		return;
	ret_roster->ids = lg_alloc_array(arena, (size_t)roster->count * fields, sizeof(uint32_t));
	for (uint32_t r = 0; r < roster->count; r++) {
		if (value_hash(&r, sizeof r, seed) % roster->count >= most)
			continue;
		memcpy(ret_roster->ids + (size_t)count * fields, roster_ids(roster, r),
			fields * sizeof(uint32_t));
		left += r < roster->left_count;
		count++;
	}
	ret_roster->count = count;
	ret_roster->left_count = left;
}

double roster_pairs(const struct roster *roster)
{
	double count = roster->count, left = roster->left_count;

	return left > 0 ? left * (count - left) : count * (count - 1) / 2;
}
