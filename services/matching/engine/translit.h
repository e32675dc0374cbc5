/*
 * Names in Latin and Devanagari letters become one alphabet: a to z, parted by single spaces.
 *
 * Thin: NFC is taken for granted but for marks behind a Latin letter, which are dropped; letters of
 * other scripts part words.  Sounds that people spell in many ways are name.h's business.
 */
#ifndef SERVICES_MATCHING_ENGINE_TRANSLIT_H
#define SERVICES_MATCHING_ENGINE_TRANSLIT_H

#include "common/base/bytes.h"

#define TRANSLIT_MAX 512 /* bytes of what is written, NUL included; the rest is cut */

/*
 * Reads UTF-8; what is not well-formed ends it.  A vowel sign's length stays visible ("aa", "ii").
 *   returns  bytes written, NUL not counted
 */
size_t translit_read(const char *text, char ret_latin[TRANSLIT_MAX]);

/* One code point from NUL-terminated UTF-8, or 0 at the end and where it is not well-formed. */
uint32_t translit_next(const char **text);

#endif
