/*
 * Text as a run of plain letters: what is canonically equal in Unicode gives the same letters.
 *
 * Latin becomes a to z (marks go, those of scholars become letters: s with an acute is sh),
 * Devanagari its own code points with the dot below joined to its consonant; everything else parts
 * words.  Composition is done here and not by ICU because the engine holds no library with data and
 * memory of its own, and names need these two blocks alone.
 */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_LETTERS_H
#define SERVICES_MATCHING_ENGINE_TEXT_LETTERS_H

#include "common/base/bytes.h"

#define LETTER_GAP  ((uint32_t)' ')
#define LETTERS_MAX 512 /* of one text, as letters_normal() writes it, NUL included */

struct letters {
	const uint8_t *at, *end;
	const char *more; /* letters that the last one became, still to come */
};

/* Starts at the first letter; the text is read, not kept beyond the last letters_next(). */
void letters_open(struct letters *letters, struct lg_bytes text);

/*
 * The next letter, or LETTER_GAP for a run of one character that is none (a byte that is not
 * well-formed UTF-8 too).
 *   returns  0 at the end, and at a NUL
 */
uint32_t letters_next(struct letters *letters);

/*
 * The text in its normal form, UTF-8: letters, single spaces between words; done twice it is the
 * same.  What goes beyond LETTERS_MAX is cut at a letter.
 *   returns  bytes written, NUL not counted
 */
size_t letters_normal(struct lg_bytes text, char ret_text[LETTERS_MAX]);

/* One code point of UTF-8 from *at, moved behind it; 0xfffd and one byte for what is not well-formed. */
uint32_t letters_code(const uint8_t **at, const uint8_t *end);

/* Writes one code point below 0x10000 as UTF-8.  returns  bytes, 1 to 3 */
size_t letters_put(uint32_t code, char ret_bytes[3]);

#endif
