/*
 * What names are made of when they are heard, and what a difference costs: the tables of sounds.txt.
 *
 * Costs are in fiftieths of a nat: 50 says that a pair of spellings is e times rarer than none of
 * the kind.  They add up along a name, as the probabilities of independent slips multiply.
 */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_SOUND_H
#define SERVICES_MATCHING_ENGINE_TEXT_SOUND_H

#include <stdbool.h>
#include <stdint.h>

enum sound_kind {
	SOUND_IS_NONE,
	SOUND_IS_VOWEL,
	SOUND_IS_CONSONANT,
	SOUND_IS_OTHER,
	SOUND_IS_JOINED
};

#define SOUND_FAR 255 /* never the one for the other */
#define SOUND_MAX 128 /* codes; a power of two, so that a row is found by a shift */

/* By the code of a sound, or of two; beyond the last sound nothing is ever asked. */
struct sound_table {
	uint8_t kinds[SOUND_MAX];   /* enum sound_kind */
	uint8_t drops[SOUND_MAX];   /* when only one of two names has it */
	uint8_t classes[SOUND_MAX]; /* 1..26: of sounds that stand for one another; 0: none */
	uint8_t changes[SOUND_MAX][SOUND_MAX]; /* when the one stands for the other, both ways */
	uint8_t joins[SOUND_MAX][SOUND_MAX];   /* what two in a row may be heard as; 0: nothing */
};

extern const struct sound_table sound_table;

#endif
