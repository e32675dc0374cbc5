/*
 * A written word as it sounds: letters to sounds, Latin and Devanagari alike.
 *
 * Nothing is decided here that a reader could not know: a Latin a stays an a that may be short or
 * long, t one that may be hard or soft; sounds.txt says what each may stand for.  What is decided
 * is where an unwritten or a short vowel is likely to be silent: by its place in the word.
 */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_SPELLING_H
#define SERVICES_MATCHING_ENGINE_TEXT_SPELLING_H

#include <stddef.h>
#include <stdint.h>

#define SPELLING_LETTERS_MAX 48 /* of one word; the rest is cut */
#define SPELLING_SOUNDS_MAX  96 /* that they may become */

/*
 *   letters  of one word, as letters_next() gives them; at most SPELLING_LETTERS_MAX
 *   returns  the number of sounds
 */
size_t spelling_sounds(
	const uint32_t *letters, size_t count, uint8_t ret_sounds[SPELLING_SOUNDS_MAX]);

#endif
