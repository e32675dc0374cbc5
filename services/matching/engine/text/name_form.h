/*
 * A name made comparable: one cache line of sounds, whatever script and spelling it was written in.
 *
 * The form is canonical: equal bytes, equal sounds; so it may be hashed, interned and stored.  How
 * alike two are is graded and the same whichever stands first: the least sum of what every
 * difference costs by sounds.txt, over the whole name (words written apart or together) and over
 * its words in any order (family name first, a word left out, an initial).
 */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_NAME_FORM_H
#define SERVICES_MATCHING_ENGINE_TEXT_NAME_FORM_H

#include "common/base/bytes.h"

#define NAME_FORM_SOUNDS_MAX 52
#define NAME_FORM_WORDS_MAX  6
#define NAME_FORM_EQUAL      1000
#define NAME_GRAMS_MAX       64

struct name_form {
	uint8_t size;                      /* sounds; 0: nothing that could be compared */
	uint8_t word_count;                /* 1..NAME_FORM_WORDS_MAX; 0 with size */
	uint8_t fillers;                   /* a bit per word: Kumari, Devi, Bahadur: says little */
	uint8_t initials;                  /* a bit per word: one letter that stands for a word */
	uint8_t ends[NAME_FORM_WORDS_MAX]; /* behind the last sound of each word */
	uint16_t weight;                   /* what all its sounds cost when they are missing */
	uint8_t sounds[NAME_FORM_SOUNDS_MAX]; /* enum sound */
};

_Static_assert(sizeof(struct name_form) == 64, "one cache line");

/*
 * Reads a name in Latin or Devanagari letters, any bytes at all.  Titles (Shri, Miss) go unless
 * nothing else is there; abbreviations (Bdr, Md) become what they stand for; what goes beyond the
 * sounds and words that fit is cut.
 */
void name_form_read(struct lg_bytes text, struct name_form *ret_form);

/*
 * What the differences of two names cost, in fiftieths of a nat (engine/text/sound.h).
 *   limit    a cost that is enough to know; nothing dearer is worth counting
 *   returns  0 for the same sounds; limit when it costs that or more, or when one is empty
 */
uint32_t name_form_cost(const struct name_form *a, const struct name_form *b, uint32_t limit);

/*
 * How alike two names are, by their cost against their length.
 *   returns  0..1000; 0 where nothing follows from it any more, or one is empty
 */
uint32_t name_form_compare(const struct name_form *a, const struct name_form *b);

/*
 * Keys for an index: pairs of neighbouring consonants, classes of confusable ones taken as one, the
 * ends of words too.  Two names that are alike share most; order and doubles do not matter.
 *   returns  how many; each below NAME_GRAM_COUNT, none twice
 */
uint32_t name_form_grams(const struct name_form *form, uint16_t ret_grams[NAME_GRAMS_MAX]);

#define NAME_GRAM_CLASSES 28
#define NAME_GRAM_COUNT   (NAME_GRAM_CLASSES * NAME_GRAM_CLASSES)

#endif
