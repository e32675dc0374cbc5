/*
 * 16-byte ids: site (u16) | time (48 bits, ms since 1970 UTC) | 64 random bits, big endian.
 *
 * "Only the site in the id may create it" then needs no look-up, and ids of one site sort by
 * time.  Randomness comes in as an argument: this file is pure.
 */
#ifndef LG_BASE_ID_H
#define LG_BASE_ID_H

#include "common/base/bytes.h"
#include "common/base/calendar.h"
#include "common/base/status.h"

#define LG_ID_SIZE 16
#define LG_ID_TEXT 33 /* 32 hexadecimal digits and a NUL */

struct lg_id {
	uint8_t byte[LG_ID_SIZE];
};

/* An id of this site, made at this time. */
struct lg_id lg_id_make(uint16_t site, lg_ms made_at, uint64_t random);

/* The site that may create what the id names. */
uint16_t lg_id_site(struct lg_id id);

/* When the id was made. */
lg_ms lg_id_made_at(struct lg_id id);

/* Whether two ids name the same thing; whether an id names nothing. */
bool lg_id_equal(struct lg_id a, struct lg_id b);
bool lg_id_is_zero(struct lg_id id);

/* Writes 32 lower-case digits and a NUL into ret_text. */
void lg_id_print(struct lg_id id, char ret_text[LG_ID_TEXT]);

/* refused  not exactly 32 hexadecimal digits */
LG_MUST_CHECK struct lg_status lg_id_parse(const char *text, struct lg_id *ret_id);

/* refused  not exactly 16 bytes */
LG_MUST_CHECK struct lg_status lg_id_from_bytes(struct lg_bytes bytes, struct lg_id *ret_id);

static inline struct lg_bytes lg_id_bytes(const struct lg_id *id)
{
	return lg_bytes(id->byte, LG_ID_SIZE);
}

#endif
