#include "services/matching/engine/linkage/glance.h"

#include <assert.h>
#include <math.h>

#define RARITY_STEPS 8.0f
#define SEEN_OFTEN   20.0 /* a shape seen less by chance is as likely as its rarest atom */
#define START_SAME \
	0.5 /* before anything was seen: a shape is so much of the fields of one person */
#define START_APART    0.1
#define PSEUDO         0.5
#define SHARE_LEAST    1e-9
#define DRAWN_SHARE(x) ((double)((x) >> 11) * 0x1p-53)

_Static_assert(sizeof(struct glance_line) == 64, "one cache line");
_Static_assert(FIELDS_MAX <= 16, "a bit for each field");
_Static_assert(VALUE_ATOMS <= GLANCE_PART_ATOMS, "a field fits into a part");

static bool is_of_twins(const struct block_atom *atom)
{
	return atom->twin != atom->field;
}

/* Which atoms are let go first where there are too many: those with the highest number. */
static uint32_t rank_of(const struct roster *roster, const struct block_atom *atom)
{
	static const uint8_t ranks[KIND_COUNT][VALUE_ATOMS] = { [KIND_NAME] = { 0, 1, 2, 7 },
		[KIND_PLACE] = { 0, 2, 3, 9 },
		[KIND_WORDS] = { 0, 3, 2, 9 },
		[KIND_DATE] = { 0, 1, 2, 3 },
		[KIND_NUMBER] = { 0, 10, 4, 5 },
		[KIND_PHONE] = { 0, 10, 5, 4 },
		[KIND_AGE] = { 0 },
		[KIND_CODE] = { 1 } };
	static const uint8_t of_twins[VALUE_ATOMS] = { 1, 6, 8, 11 };

	return is_of_twins(atom) ? of_twins[atom->which]
				 : ranks[roster->list.fields[atom->field].kind][atom->which];
}

static void drop_least(struct blocking *blocking)
{
	uint32_t least = 0;

	for (uint32_t i = 0; i < blocking->atom_count; i++)
		if (rank_of(blocking->roster, &blocking->atoms[i]) >=
			rank_of(blocking->roster, &blocking->atoms[least]))
			least = i;
	for (uint32_t i = least; i + 1 < blocking->atom_count; i++)
		blocking->atoms[i] = blocking->atoms[i + 1];
	blocking->atom_count--;
}

/* Places of each field's atoms side by side in one part, the large fields first. */
static bool place_fields(struct glance *glance, uint8_t used[GLANCE_PARTS])
{
	for (uint32_t size = GLANCE_PART_ATOMS; size > 0; size--)
		for (uint32_t f = 0; f < glance->blocking->roster->list.count; f++) {
			uint32_t part = 0;

			if (glance->sizes[f] != size)
				continue;
			while (part < GLANCE_PARTS && used[part] + size > GLANCE_PART_ATOMS)
				part++;
			if (part == GLANCE_PARTS)
				return false;
			glance->firsts[f] = (uint8_t)(part * GLANCE_PART_ATOMS + used[part]);
			used[part] = (uint8_t)(used[part] + size);
		}
	return true;
}

static bool place_atoms(struct glance *glance)
{
	const struct blocking *blocking = glance->blocking;
	uint8_t used[GLANCE_PARTS] = { 0 }, next[FIELDS_MAX];
	uint32_t part = 0;

	memset(glance->sizes, 0, sizeof glance->sizes);
	for (uint32_t i = 0; i < blocking->atom_count; i++)
		if (!is_of_twins(&blocking->atoms[i]))
			glance->sizes[blocking->atoms[i].field]++;
	if (!place_fields(glance, used))
		return false;
	memcpy(next, glance->firsts, sizeof next);
	for (uint32_t i = 0; i < blocking->atom_count; i++) {
		if (!is_of_twins(&blocking->atoms[i])) {
			glance->slots[i] = next[blocking->atoms[i].field]++;
			continue;
		}
		while (part < GLANCE_PARTS && used[part] == GLANCE_PART_ATOMS)
			part++;
		if (part == GLANCE_PARTS)
			return false;
		glance->slots[i] = (uint8_t)(part * GLANCE_PART_ATOMS + used[part]++);
	}
	return true;
}

/* Names and places first: there a value says much by how rare it is. */
static void choose_rares(struct glance *glance)
{
	const struct field_list *list = &glance->blocking->roster->list;
	uint8_t next = 0;

	memset(glance->rares, GLANCE_RARE, sizeof glance->rares);
	for (uint32_t turn = 0; turn < 2; turn++)
		for (uint32_t f = 0; f < list->count && next < GLANCE_RARE; f++) {
			enum field_kind kind = list->fields[f].kind;
			bool is_word = kind == KIND_NAME || kind == KIND_PLACE;

			if (is_word == (turn == 0) && kind != KIND_CODE && kind != KIND_AGE)
				glance->rares[f] = next++;
		}
}

void glance_lay_out(struct glance *glance, struct blocking *blocking)
{
	const struct field_list *list = &blocking->roster->list;

	*glance = (struct glance){ .blocking = blocking };
	while (blocking->atom_count > GLANCE_ATOMS || !place_atoms(glance))
		drop_least(blocking);
	choose_rares(glance);
	for (uint32_t f = 0; f < list->count; f++) {
		if (glance->sizes[f] == 0)
			continue;
		glance->whole |= 1u << glance->firsts[f];
		glance->fields[glance->firsts[f]] = (uint8_t)f;
	}
	memset(glance->twin_places, GLANCE_ATOMS, sizeof glance->twin_places);
	for (uint32_t i = 0; i < blocking->atom_count; i++) {
		const struct block_atom *atom = &blocking->atoms[i];

		if (is_of_twins(atom)) {
			glance->together |= 1u << glance->slots[i];
			glance->twin_places[atom->which] = glance->slots[i];
		} else if (list->fields[atom->field].twin != atom->field) {
			glance->straight |= 1u << glance->slots[i];
		}
	}
}

void glance_fill(const struct glance *glance, const uint32_t *atoms, const uint32_t *ids,
	struct glance_line *ret_line)
{
	const struct blocking *blocking = glance->blocking;

	*ret_line = (struct glance_line){ .has = 0 };
	for (uint32_t i = 0; i < blocking->atom_count; i++) {
		uint16_t folded = (uint16_t)(atoms[i] >> 16 ^ atoms[i]);

		ret_line->atoms[glance->slots[i]] = atoms[i] != 0 && folded == 0 ? 1 : folded;
	}
	for (uint32_t f = 0; f < blocking->roster->list.count; f++)
		ret_line->has |= (uint16_t)((ids[f] != 0) << f);
}

static uint32_t shape_of(const struct glance *glance, uint32_t shared, uint32_t f)
{
	return shared >> glance->firsts[f] & ((1u << glance->sizes[f]) - 1);
}

void glance_count(const struct glance *glance, struct glance_counts *counts, uint32_t shared,
	uint32_t has, double weight)
{
	counts->pairs += weight;
	if (glance_is_crossed(glance, shared))
		counts->crossed += weight;
	for (uint32_t f = 0; f < glance->blocking->roster->list.count; f++) {
		if ((has >> f & 1) == 0)
			continue;
		counts->both[f] += weight;
		counts->shapes[f][shape_of(glance, shared, f)] += weight;
	}
}

static double share_of(const struct glance_counts *counts, uint32_t f, uint32_t shape)
{
	return (counts->shapes[f][shape] + PSEUDO / GLANCE_MASKS) / (counts->both[f] + PSEUDO);
}

/* That two records by chance share the rarest atom of a shape, where both have the field. */
static double chance_of(const struct glance *glance, uint32_t f, uint32_t shape)
{
	const struct blocking *blocking = glance->blocking;
	double chance = 1, both = share_of(&glance->other, f, 0) > 0 && glance->other.pairs > 0
					  ? glance->other.both[f] / glance->other.pairs
					  : 1;

	for (uint32_t i = 0; i < blocking->atom_count; i++) {
		const struct block_atom *atom = &blocking->atoms[i];

		if (is_of_twins(atom) || atom->field != f ||
			(shape >> (glance->slots[i] - glance->firsts[f]) & 1) == 0)
			continue;
		if (atom->chance / both < chance)
			chance = atom->chance / both;
	}
	return chance > SHARE_LEAST ? chance : SHARE_LEAST;
}

static double other_share(const struct glance *glance, uint32_t f, uint32_t shape)
{
	return glance->other.shapes[f][shape] >= SEEN_OFTEN
		       ? glance->other.shapes[f][shape] / glance->other.both[f]
		       : chance_of(glance, f, shape);
}

void glance_begin(struct glance *glance)
{
	struct glance_counts *same = &glance->same;

	*same = (struct glance_counts){ .pairs = 1, .crossed = START_APART / 4 };
	for (uint32_t f = 0; f < glance->blocking->roster->list.count; f++) {
		same->both[f] = 1;
		for (uint32_t s = 0; s < 1u << glance->sizes[f]; s++)
			same->shapes[f][s] = s == 0 ? START_APART : START_SAME;
	}
}

static double crossed_chance(const struct glance *glance)
{
	double chance = (glance->other.crossed + PSEUDO) / (glance->other.pairs + PSEUDO);
	double least = 1;

	for (uint32_t i = 0; i < glance->blocking->atom_count; i++)
		if (is_of_twins(&glance->blocking->atoms[i]))
			least = fmin(least, glance->blocking->atoms[i].chance);
	return glance->other.crossed >= SEEN_OFTEN ? chance : least;
}

void glance_settle(struct glance *glance, double prior)
{
	const uint32_t fields = glance->blocking->roster->list.count;
	float none[FIELDS_MAX];

	memset(glance->gains, 0, sizeof glance->gains);
	for (uint32_t f = 0; f < fields; f++) {
		uint32_t byte = glance->firsts[f] / 8u, shift = glance->firsts[f] % 8u;

		none[f] = (float)log2(share_of(&glance->same, f, 0) / other_share(glance, f, 0));
		for (uint32_t m = 0; m < 256; m++) {
			uint32_t shape = m >> shift & ((1u << glance->sizes[f]) - 1);

			if (shape != 0)
				glance->gains[byte][m] +=
					(float)log2(share_of(&glance->same, f, shape) /
						    other_share(glance, f, shape)) -
					none[f];
		}
	}
	for (uint32_t has = 0; has < 1u << fields; has++) {
		float bits = (float)log2(prior / (1 - prior));

		for (uint32_t f = 0; f < fields; f++)
			if (has >> f & 1)
				bits += none[f];
		glance->apart[has] = bits;
	}
	glance->crossed_gain = (float)log2((glance->same.crossed + PSEUDO / 100) /
					   (glance->same.pairs + PSEUDO) / crossed_chance(glance));
	for (uint32_t f = 0; f < fields; f++) /* crosswise says nothing of straight */
		if (glance->blocking->roster->list.fields[f].twin != f)
			glance->crossed_gain -= none[f];
}

float glance_rest_most(const struct glance_line *line)
{
	int32_t eighths = 0;

	for (uint32_t i = 0; i < GLANCE_RARE; i++)
		eighths += line->rarity[i] > 0 ? line->rarity[i] : 0;
	return (float)eighths / RARITY_STEPS;
}

float glance_rest(const struct glance *glance, const struct glance_line *line, uint32_t shared)
{
	float eighths = 0, bits = 0;

	for (uint32_t left = shared & glance->whole; left != 0; left &= left - 1) {
		uint32_t f = glance->fields[__builtin_ctz(left)];

		if (glance->rares[f] < GLANCE_RARE)
			eighths += (float)line->rarity[glance->rares[f]];
		if (glance->lean_bits[f] > 0 &&
			(shared >> glance->firsts[glance->leans_on[f]] & 1) != 0)
			bits -= glance->lean_bits[f];
	}
	if (glance_is_crossed(glance, shared))
		bits += glance->crossed_gain;
	return bits + eighths / RARITY_STEPS;
}

static uint32_t draw_shape(const struct glance *glance, struct lg_random *random, uint32_t f)
{
	double at = DRAWN_SHARE(lg_random_next(random)) * glance->same.both[f];
	uint32_t shape = 0;

	for (; shape + 1 < 1u << glance->sizes[f]; shape++) {
		at -= glance->same.shapes[f][shape];
		if (at < 0)
			break;
	}
	return shape;
}

static bool happens(struct lg_random *random, double share, double of)
{
	return DRAWN_SHARE(lg_random_next(random)) * of < share;
}

uint32_t glance_draw(const struct glance *glance, struct lg_random *random, uint32_t *ret_has)
{
	const struct field_list *list = &glance->blocking->roster->list;
	uint32_t shared = 0, has = 0, both = (1u << VALUE_ATOMS) - 1;

	for (uint32_t f = 0; f < list->count; f++) {
		uint32_t shape = 0;

		if (happens(random, glance->other.both[f], glance->other.pairs)) {
			has |= 1u << f;
			shape = draw_shape(glance, random, f);
		}
		shared |= shape << glance->firsts[f];
		if (list->fields[f].twin != f)
			both &= shape; /* atoms of twins stand in one order */
	}
	if (happens(random, glance->same.crossed, glance->same.pairs)) {
		shared &= ~glance->straight;
		both = (1u << VALUE_ATOMS) - 1;
	}
	for (uint32_t which = 0; which < VALUE_ATOMS; which++)
		if ((both >> which & 1) != 0 && glance->twin_places[which] < GLANCE_ATOMS)
			shared |= 1u << glance->twin_places[which];
	*ret_has = has;
	return shared;
}

uint64_t glance_atoms(const struct glance *glance, uint32_t shared)
{
	uint64_t atoms = 0;

	for (uint32_t i = 0; i < glance->blocking->atom_count; i++)
		atoms |= (uint64_t)(shared >> glance->slots[i] & 1) << i;
	return atoms;
}

uint32_t glance_places(const struct glance *glance, const struct block_key *key)
{
	uint32_t places = 0;

	for (uint32_t i = 0; i < key->count; i++)
		places |= 1u << glance->slots[key->atoms[i]];
	return places;
}
