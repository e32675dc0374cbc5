/* Bounded UTF-8: nothing here allocates, and nothing reads past the size that it is given. */
#ifndef LG_BASE_TEXT_H
#define LG_BASE_TEXT_H

#include "common/base/bytes.h"
#include "common/base/status.h"

/* Well-formed UTF-8 (RFC 3629: shortest form, no surrogates) and no NUL. */
bool lg_text_is_valid(struct lg_bytes text);

/* The offset of the first byte that is not well-formed; text.size when all is. */
size_t lg_text_first_bad(struct lg_bytes text);

/* ASCII letters compared without case; others byte by byte. */
bool lg_text_equal_fold(const char *a, const char *b);

/*
 * A whole decimal number, no sign but '-', no space, no overflow.
 *   refused  anything else
 */
LG_MUST_CHECK struct lg_status lg_int_parse(const char *text, int64_t *ret_value);

#endif
