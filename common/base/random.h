/* Seeded pseudo-randomness for jitter, simulation and tests.  Never for keys, ids or sessions. */
#ifndef LG_BASE_RANDOM_H
#define LG_BASE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct lg_random {
	uint64_t state[4]; /* xoshiro256**, Blackman and Vigna 2018 */
};

/* Every seed, zero too, gives a full state (by splitmix64). */
void lg_random_seed(struct lg_random *random, uint64_t seed);

/* Evenly from all 64 bits. */
uint64_t lg_random_next(struct lg_random *random);

/* Evenly from 0 to below - 1; below is not 0. */
uint64_t lg_random_below(struct lg_random *random, uint64_t below);

/* True in one_in of cases; one_in 0 is never. */
bool lg_random_one_in(struct lg_random *random, uint64_t one_in);

#endif
