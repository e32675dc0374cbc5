#include "services/matching/engine/linkage/abreast.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define SLACK        0.01f /* bits: sums in another order differ by less */
#define RARITY_STEPS 8.0f

uint32_t abreast_look_portable(struct abreast *abreast, const struct glance_line *line,
	uint32_t places, const struct abreast_tile *tile, uint32_t from)
{
	const struct glance *glance = abreast->glance;
	float least = glance->floor - glance_rest_most(line);
	uint32_t count = 0;

	for (uint32_t i = from; i < tile->size; i++) {
		uint32_t shared = glance_shared(line, &tile->lines[i]);

		abreast->at[count] = (uint16_t)i;
		count += (shared & places) == places &&
			 (glance_bits(glance, shared, line->has & tile->has[i]) >= least ||
				 glance_is_crossed(glance, shared));
	}
	return count;
}

#if defined(__x86_64__)

#define TARGET __attribute__((target("avx512f,avx512bw")))

/* How rare one record's values are, added to the bits of what shares them. */
TARGET static inline __attribute__((always_inline)) void weigh(
	struct abreast *abreast, const struct glance_line *line)
{
	for (uint32_t p = 0; p < GLANCE_PARTS; p++)
		_mm512_store_ps(abreast->weights[p], _mm512_load_ps(abreast->parts[p]));
	for (uint32_t r = 0; r < GLANCE_RARE; r++) {
		float *part = abreast->weights[abreast->rare_parts[r]];
		__m512 bits = _mm512_load_ps(part);
		__m512 rare = _mm512_set1_ps((float)line->rarity[r] / RARITY_STEPS);

		_mm512_store_ps(part, _mm512_mask_add_ps(bits, abreast->rare_masks[r], bits, rare));
	}
}

/* Places that each record of the tile shares with one. */
TARGET static inline __attribute__((always_inline)) void share(const struct glance_line *line,
	const struct abreast_tile *tile, uint32_t from, uint32_t *ret_shared)
{
	__m512i own = _mm512_load_si512(line);
	__mmask32 known = _mm512_test_epi16_mask(own, own) & ((1u << GLANCE_ATOMS) - 1);

	for (uint32_t i = from; i < tile->size; i++)
		ret_shared[i] = _mm512_mask_cmpeq_epi16_mask(
			known, own, _mm512_load_si512(&tile->lines[i]));
}

TARGET static inline __attribute__((always_inline)) __m512 weight_of_part(
	const struct abreast *abreast, __m512i shared, uint32_t p)
{
	return _mm512_permutexvar_ps(_mm512_srli_epi32(shared, p * GLANCE_PART_ATOMS),
		_mm512_load_ps(abreast->weights[p]));
}

/* Written out, since no sum should wait for the one before. */
TARGET static inline __attribute__((always_inline)) __m512 weight_of_places(
	const struct abreast *abreast, __m512i shared)
{
	__m512 first = _mm512_add_ps(
		weight_of_part(abreast, shared, 0), weight_of_part(abreast, shared, 1));
	__m512 second = _mm512_add_ps(
		weight_of_part(abreast, shared, 2), weight_of_part(abreast, shared, 3));
	__m512 third = _mm512_add_ps(
		weight_of_part(abreast, shared, 4), weight_of_part(abreast, shared, 5));

	return _mm512_add_ps(_mm512_add_ps(first, second),
		_mm512_add_ps(third, weight_of_part(abreast, shared, 6)));
}
_Static_assert(GLANCE_PARTS == 7, "all parts are in the sum");

TARGET static uint32_t look_512(struct abreast *abreast, const struct glance_line *line,
	uint32_t places, const struct abreast_tile *tile, uint32_t from)
{
	const struct glance *glance = abreast->glance;
	const __m512i key = _mm512_set1_epi32((int)places), own = _mm512_set1_epi32(line->has);
	const __m512i together = _mm512_set1_epi32((int)glance->together);
	const __m512i straight = _mm512_set1_epi32((int)glance->straight);
	const __m512 least = _mm512_set1_ps(glance->floor - SLACK);
	uint32_t count = 0;

	weigh(abreast, line);
	share(line, tile, from, abreast->shared);
	for (uint32_t i = from; i < tile->size; i += ABREAST_LANES) {
		uint32_t lanes = tile->size - i < ABREAST_LANES ? tile->size - i : ABREAST_LANES;
		__m512i at = _mm512_loadu_si512(abreast->shared + i);
		__m512i both = _mm512_and_si512(own, _mm512_loadu_si512(tile->has + i));
		__m512 bits = weight_of_places(abreast, at);
		uint32_t likely, crossed, of_key;

		for (uint32_t p = 0; p < abreast->has_parts; p++) {
			bits = _mm512_add_ps(
				bits, _mm512_permutexvar_ps(both, _mm512_load_ps(abreast->has[p])));
			both = _mm512_srli_epi32(both, GLANCE_PART_ATOMS);
		}
		likely = _mm512_cmp_ps_mask(bits, least, _CMP_GE_OQ);
		crossed = _mm512_test_epi32_mask(at, together) &
			  _mm512_testn_epi32_mask(at, straight);
		of_key = _mm512_cmpeq_epi32_mask(_mm512_and_si512(at, key), key);
		for (uint32_t left = (likely | crossed) & of_key & ((1u << lanes) - 1); left != 0;
			left &= left - 1)
			abreast->at[count++] = (uint16_t)(i + (uint32_t)__builtin_ctz(left));
	}
	return count;
}

abreast_look *abreast_vector_look(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") ? look_512
										       : NULL;
}

#else

abreast_look *abreast_vector_look(void)
{
	return NULL;
}

#endif

void abreast_init(struct abreast *abreast, const struct glance *glance)
{
	const uint32_t fields = glance->blocking->roster->list.count;

	*abreast = (struct abreast){
		.glance = glance,
		.look = abreast_vector_look(),
		.has_parts = (fields + GLANCE_PART_ATOMS - 1) / GLANCE_PART_ATOMS,
	};
	if (abreast->look == NULL)
		abreast->look = abreast_look_portable;
	for (uint32_t p = 0; p < GLANCE_PARTS; p++)
		for (uint32_t m = 0; m < GLANCE_MASKS; m++)
			abreast->parts[p][m] = glance->gains[p / 2][m << p % 2 * GLANCE_PART_ATOMS];
	for (uint32_t p = 0; p < abreast->has_parts; p++)
		for (uint32_t m = 0; m < GLANCE_MASKS; m++) {
			uint32_t has = m << p * GLANCE_PART_ATOMS & ((1u << fields) - 1);

			abreast->has[p][m] = glance->apart[has] - (p > 0 ? glance->apart[0] : 0);
		}
	for (uint32_t left = glance->whole; left != 0; left &= left - 1) {
		uint32_t place = (uint32_t)__builtin_ctz(left);
		uint32_t rare = glance->rares[glance->fields[place]];

		if (rare == GLANCE_RARE)
			continue;
		abreast->rare_parts[rare] = (uint8_t)(place / GLANCE_PART_ATOMS);
		for (uint32_t m = 0; m < GLANCE_MASKS; m++)
			abreast->rare_masks[rare] |=
				(uint16_t)((m >> place % GLANCE_PART_ATOMS & 1) << m);
	}
}
