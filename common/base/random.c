/*
 * xoshiro256** (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", 2018),
 * seeded by splitmix64 as its authors ask, so that a seed of few bits does not show.
 */
#include "common/base/random.h"

#include <assert.h>

static uint64_t rotate_left(uint64_t value, unsigned bits)
{
	return value << bits | value >> (64 - bits);
}

static uint64_t splitmix64(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void lg_random_seed(struct lg_random *random, uint64_t seed)
{
	for (unsigned i = 0; i < 4; i++)
		random->state[i] = splitmix64(&seed);
}

uint64_t lg_random_next(struct lg_random *random)
{
	uint64_t *s = random->state;
	uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate_left(s[3], 45);
	return result;
}

/* Drops the first 2^64 mod below numbers: the rest divides evenly. */
uint64_t lg_random_below(struct lg_random *random, uint64_t below)
{
	uint64_t uneven, next;

	assert(below != 0);
	uneven = (0 - below) % below;
	do {
		next = lg_random_next(random);
	} while (next < uneven);
	return next % below;
}

bool lg_random_one_in(struct lg_random *random, uint64_t one_in)
{
	return one_in != 0 && lg_random_below(random, one_in) == 0;
}
