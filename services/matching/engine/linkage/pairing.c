#include "services/matching/engine/linkage/pairing.h"

#include <assert.h>

#include "services/matching/engine/linkage/grade.h"

/* A remembered grade: two ids, the pool and the grade in one word. */
#define ID_BITS   28
#define POOL_BITS 4
_Static_assert(VOCABULARY_MAX <= 1u << ID_BITS, "an id fits");
_Static_assert(FIELDS_MAX <= 1u << POOL_BITS, "a pool fits");
_Static_assert(2 * ID_BITS + POOL_BITS + GRADE_BITS == 64, "all fit");

#define CROSSED_GAIN 4 /* what crosswise must explain more, in steps of grades */

void pairing_init_sized(struct pairing *pairing, const struct roster *roster, uint32_t memory_bits,
	struct lg_arena *arena)
{
	assert(memory_bits > 0 && memory_bits < 32);
	*pairing = (struct pairing){
		.roster = roster,
		.memory = lg_alloc_array(arena, (size_t)1 << memory_bits, sizeof(uint64_t)),
		.shift = 64 - memory_bits,
	};
}

void pairing_init(struct pairing *pairing, const struct roster *roster, struct lg_arena *arena)
{
	pairing_init_sized(pairing, roster, PAIRING_MEMORY_BITS, arena);
}

/* The same whichever value stands first. */
static uint64_t key_of(uint32_t pool, uint32_t a, uint32_t b)
{
	uint32_t low = a < b ? a : b, high = a < b ? b : a;

	return ((uint64_t)low << ID_BITS | high) << POOL_BITS | pool;
}

static uint64_t *place_of(const struct pairing *pairing, uint64_t key)
{
	return &pairing->memory[key * 0x9e3779b97f4a7c15u >> pairing->shift];
}

void pairing_expect(const struct pairing *pairing, uint32_t field, uint32_t a, uint32_t b)
{
	if (a != b && a != 0 && b != 0)
		__builtin_prefetch(
			place_of(pairing, key_of(pairing->roster->list.fields[field].pool, a, b)));
}

enum grade pairing_grade(struct pairing *pairing, uint32_t field, uint32_t a, uint32_t b)
{
	const struct field *what = &pairing->roster->list.fields[field];
	const struct vocabulary *vocabulary = pairing->roster->vocabularies[field];

	if (a == 0 || b == 0)
		return GRADE_MISSING;
	if (a == b && what->kind != KIND_DATE)
		return GRADE_EQUAL;

	const uint64_t *sketches = pairing->roster->sketches[what->pool];

	if (sketches != NULL && grade_is_apart(sketches[a], sketches[b]))
		return GRADE_DIFFERENT;

	uint64_t key = key_of(what->pool, a, b), *place = place_of(pairing, key);
	enum grade grade;

	if (*place >> GRADE_BITS == key)
		return (enum grade)(*place & ((1u << GRADE_BITS) - 1));
	grade = grade_values(
		what->kind, vocabulary_value(vocabulary, a), vocabulary_value(vocabulary, b));
	*place = key << GRADE_BITS | grade;
	return grade;
}

/* What a grade explains, in steps; missing lies below the least likeness. */
static int32_t steps(enum grade grade)
{
	static const int32_t of[GRADE_COUNT] = { [GRADE_MISSING] = 1,
		[GRADE_DIFFERENT] = 0,
		[GRADE_REMOTE] = 1,
		[GRADE_NEAR] = 3,
		[GRADE_CLOSE] = 4,
		[GRADE_SOUND] = 5,
		[GRADE_EQUAL] = 6 };

	return of[grade];
}

static enum grade crossed(enum grade grade)
{
	if (grade == GRADE_EQUAL)
		return GRADE_CROSSED_EQUAL;
	if (grade >= GRADE_NEAR)
		return GRADE_CROSSED_CLOSE;
	return grade;
}

static uint64_t with_grade(uint32_t field, enum grade grade)
{
	return (uint64_t)grade << (field * GRADE_BITS);
}

/* f and its twin t > f. */
static uint64_t twins(
	struct pairing *pairing, uint32_t f, uint32_t t, const uint32_t *a, const uint32_t *b)
{
	enum grade first = pairing_grade(pairing, f, a[f], b[f]);
	enum grade second = pairing_grade(pairing, t, a[t], b[t]);

	if (first != GRADE_EQUAL && second != GRADE_EQUAL) {
		enum grade down = pairing_grade(pairing, f, a[f], b[t]);
		enum grade up = pairing_grade(pairing, f, a[t], b[f]);

		if (steps(down) + steps(up) >= steps(first) + steps(second) + CROSSED_GAIN) {
			/* the better one first: the same whichever record stands first */
			enum grade better = down > up ? down : up;
			enum grade other = down > up ? up : down;

			return with_grade(f, crossed(better)) | with_grade(t, crossed(other));
		}
	}
	return with_grade(f, first) | with_grade(t, second);
}

uint64_t pairing_field(struct pairing *pairing, uint32_t f, const uint32_t *a, const uint32_t *b)
{
	uint32_t twin = pairing->roster->list.fields[f].twin;

	assert(twin >= f);
	return twin == f ? with_grade(f, pairing_grade(pairing, f, a[f], b[f]))
			 : twins(pairing, f, twin, a, b);
}

uint64_t pairing_pattern(struct pairing *pairing, const uint32_t *a, const uint32_t *b)
{
	const struct field_list *list = &pairing->roster->list;
	uint64_t pattern = 0;

	for (uint32_t f = 0; f < list->count; f++)
		if (list->fields[f].twin >= f)
			pattern |= pairing_field(pairing, f, a, b);
	return pattern;
}
