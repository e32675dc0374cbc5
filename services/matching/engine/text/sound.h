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

/* What kind of sound a code is. */
enum sound_kind sound_kind(uint8_t sound);

/* What it costs when only one of two names has it. */
uint32_t sound_drop(uint8_t sound);

/* The row of costs when another stands for it, by the other's code. */
const uint8_t *sound_changes(uint8_t sound);

/* The sound that two in a row may be heard as; 0: none. */
uint8_t sound_join(uint8_t first, uint8_t second);

#endif
