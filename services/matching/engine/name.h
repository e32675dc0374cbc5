/*
 * A person's name as it sounds: words in one alphabet, without titles, spelt one way.
 *
 * Spellings that are one name in the field become one: Laxmi and Lakshmi, Bikram and Vikram,
 * Shrestha and Srestha, Puja and Pooja.
 */
#ifndef SERVICES_MATCHING_ENGINE_NAME_H
#define SERVICES_MATCHING_ENGINE_NAME_H

#include "common/base/bytes.h"

#define NAME_WORDS_MAX 8
#define NAME_WORD_MAX  24 /* letters kept of one word */

struct name_word {
	uint32_t size;
	char text[NAME_WORD_MAX];
};

struct name {
	uint32_t count; /* 0: nothing that could be compared */
	struct name_word words[NAME_WORDS_MAX];
};

/* Reads a name in Latin or Devanagari letters; titles and fillers go, unless nothing else is there. */
void name_read(const char *text, struct name *ret_name);

/*
 * How alike two names are: words are paired whatever their order, the first ones count double.
 *   returns  0..1000; at most 900 where one of them is a single word and the other is not
 */
uint32_t name_alike(const struct name *a, const struct name *b);

/* The first word of a name as it was written, behind titles: what a masked card shows. */
struct lg_bytes name_given(const char *text);

#endif
