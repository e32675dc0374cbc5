/*
 * What a pair is worth at a glance: by which atoms (block.h) its two records share, before any value
 * is read.
 *
 * A record is one cache line of atoms.  Two lines give a mask of shared atoms; a field's part of
 * the mask has a weight, as a grade has one (model.h), learned in the same way.  So many more pairs
 * can be looked at than compared, and only those that may be one person are compared.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_GLANCE_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_GLANCE_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "common/base/random.h"
#include "services/matching/engine/linkage/block.h"

#define GLANCE_ATOMS      28
#define GLANCE_PART_ATOMS 4 /* atoms of one field, or of few */
#define GLANCE_PARTS      (GLANCE_ATOMS / GLANCE_PART_ATOMS)
#define GLANCE_MASKS      (1u << GLANCE_PART_ATOMS)
#define GLANCE_RARE       6 /* fields of which it is known how rare a value is */

/* A record. */
struct glance_line {
	_Alignas(64) uint16_t atoms[GLANCE_ATOMS]; /* folded; 0: none */
	uint16_t has;                              /* a bit for each field that it has */
	int8_t rarity[GLANCE_RARE]; /* of how it sounds, beside a common one; eighths of a bit */
};

/* What was seen of pairs of one sort: how often each part of each field was shared. */
struct glance_counts {
	double pairs;
	double both[FIELDS_MAX];                 /* records had the field */
	double shapes[FIELDS_MAX][GLANCE_MASKS]; /* of these, by the atoms of it that were shared */
	double crossed; /* twins shared nothing straight, but both crosswise */
};

struct glance {
	const struct blocking *blocking;
	uint8_t slots[GLANCE_ATOMS];  /* per atom of blocking: its place in a line */
	uint8_t firsts[FIELDS_MAX];   /* per field: its first place */
	uint8_t sizes[FIELDS_MAX];    /* per field: its atoms, at most four; none is split */
	uint8_t rares[FIELDS_MAX];    /* per field: which rarity is its own; GLANCE_RARE: none */
	uint32_t whole;               /* first places of all fields */
	uint8_t fields[GLANCE_ATOMS]; /* per first place: its field */
	uint32_t straight, together;  /* places of twins, each by itself and both */
	uint8_t twin_places[VALUE_ATOMS]; /* of both: by which atom of each; GLANCE_ATOMS: none */

	struct glance_counts same, other; /* as shares after glance_settle() */
	float gains[4][256]; /* bits against nothing shared, by bytes of the places shared */
	float apart[1u << FIELDS_MAX]; /* bits where nothing is shared, by has; prior included */
	float crossed_gain;
	float lean_bits[FIELDS_MAX]; /* as in model.h */
	uint32_t leans_on[FIELDS_MAX];
	float floor;
};

/* Leaves the blocking at most GLANCE_ATOMS atoms and gives each a place. */
void glance_lay_out(struct glance *glance, struct blocking *blocking);

/* A record's line, but for rarity, from its atoms in blocking's order. */
void glance_fill(const struct glance *glance, const uint32_t *atoms, const uint32_t *ids,
	struct glance_line *ret_line);

#ifdef __SSE2__
static inline uint32_t glance_half(const __m128i *a, const __m128i *b)
{
	const __m128i none = _mm_setzero_si128();
	__m128i first = _mm_load_si128(a), second = _mm_load_si128(a + 1);
	__m128i low = _mm_andnot_si128(
		_mm_cmpeq_epi16(first, none), _mm_cmpeq_epi16(first, _mm_load_si128(b)));
	__m128i high = _mm_andnot_si128(
		_mm_cmpeq_epi16(second, none), _mm_cmpeq_epi16(second, _mm_load_si128(b + 1)));

	return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(low, high));
}
#endif

/* The places that two lines share. */
static inline uint32_t glance_shared(const struct glance_line *a, const struct glance_line *b)
{
	uint32_t shared = 0;
#ifdef __SSE2__
	const __m128i *of_a = (const __m128i *)(const void *)a;
	const __m128i *of_b = (const __m128i *)(const void *)b;

	shared = glance_half(of_a, of_b) | glance_half(of_a + 2, of_b + 2) << 16;
	shared &= (1u << GLANCE_ATOMS) - 1;
#else
	for (uint32_t i = 0; i < GLANCE_ATOMS; i++)
		shared |= (uint32_t)(a->atoms[i] != 0 && a->atoms[i] == b->atoms[i]) << i;
#endif
	return shared;
}

/* One more pair, or part of one. */
void glance_count(const struct glance *glance, struct glance_counts *counts, uint32_t shared,
	uint32_t has, double weight);

/* Weights before any likely pair was seen: by chance alone. */
void glance_begin(struct glance *glance);

/* Bits from what was counted (same, other), and the prior. */
void glance_settle(struct glance *glance, double prior);

/* Evidence in bits of a pair that shares these places, but for how rare its values are. */
static inline float glance_bits(const struct glance *glance, uint32_t shared, uint32_t has)
{
	return glance->apart[has] + glance->gains[0][shared & 255] +
	       glance->gains[1][shared >> 8 & 255] + glance->gains[2][shared >> 16 & 255] +
	       glance->gains[3][shared >> 24];
}

/* Whether twins share something crosswise, and nothing straight. */
static inline bool glance_is_crossed(const struct glance *glance, uint32_t shared)
{
	return (shared & glance->together) != 0 && (shared & glance->straight) == 0;
}

/* The most that glance_rest() can say of a record, but for twins crosswise. */
float glance_rest_most(const struct glance_line *line);

/* What remains: rarity of what is shared, twins crosswise, what is said twice. */
float glance_rest(const struct glance *glance, const struct glance_line *line, uint32_t shared);

/*
 * A pair of one person as the weights imagine it, field by field.
 *
 *   ret_has   fields that both have
 *   returns   the places that it shares
 */
uint32_t glance_draw(const struct glance *glance, struct lg_random *random, uint32_t *ret_has);

/* Places as a mask of blocking's atoms. */
uint64_t glance_atoms(const struct glance *glance, uint32_t shared);

/* The places of a key's atoms. */
uint32_t glance_places(const struct glance *glance, const struct block_key *key);

#endif
