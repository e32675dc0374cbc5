/*
 * How alike two words are, by Jaro and Winkler.
 *
 * M. Jaro, JASA 84 (1989); W. Winkler, "String Comparator Metrics and Enhanced Decision Rules in
 * the Fellegi-Sunter Model" (1990): prefix of at most 4 letters, scale 0.1, from 0.7 on.
 */
#ifndef SERVICES_MATCHING_ENGINE_ALIKE_H
#define SERVICES_MATCHING_ENGINE_ALIKE_H

#include <stddef.h>
#include <stdint.h>

#define ALIKE_MAX 64 /* letters of a word; longer ones are cut */

/*
 *   returns  0..1000: 1000 for the same letters, 0 for nothing in common; 850 for an initial
 *            and a word that begins with it
 */
uint32_t alike_words(const char *a, size_t a_size, const char *b, size_t b_size);

#endif
