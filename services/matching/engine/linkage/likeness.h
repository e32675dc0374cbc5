/*
 * How many slips of a pen lie between two short texts.
 *
 * Optimal string alignment: a letter put in, left out, changed, or two neighbours crossed.
 * Counted for a whole column of the table at once, in the bits of one word (H. Hyyro, "A
 * Bit-Vector Algorithm for Computing Levenshtein and Damerau Edit Distances", 2003).
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_LIKENESS_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_LIKENESS_H

#include <stdint.h>

#define LIKENESS_MAX 64 /* bytes of one text */

/* Slips between texts of a to z, 0 to 9 and space; other bytes count as one letter. */
uint32_t likeness_slips(const char *a, uint32_t a_size, const char *b, uint32_t b_size);

#endif
