/*
 * A person's encodings: one per name that she was given, each with her home district.
 *
 * Words are written as the classes of their consonants and vowels (engine/text/sound.h), so that
 * both scripts and the usual spellings come to the same letters before they are hashed.  Age and
 * sex are left out: they are guessed too often, and few values give a bit pattern away.
 */
#ifndef SERVICES_MATCHING_ENGINE_CLK_CLK_PERSON_H
#define SERVICES_MATCHING_ENGINE_CLK_CLK_PERSON_H

#include "services/matching/engine/clk/clk.h"
#include "services/matching/engine/compare.h"

#define CLK_ALIASES   4 /* encodings of one question, always: the last names when there are more */
#define CLK_LEAST_HIT 640 /* from here on two persons may be one: clk_person_test.c says why */

/*
 * Encodes up to CLK_ALIASES names; only the first are written.
 *   returns  how many; 0: no name that could be compared
 */
uint32_t clk_person(const uint8_t *key, const struct person *person, struct clk *ret_clks);

/* The best of all pairs, 0..1000. */
uint32_t clk_best(const struct clk *a, uint32_t a_count, const struct clk *b, uint32_t b_count);

#endif
