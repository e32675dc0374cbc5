/*
 * The chain of custody at the line: six digits that those who bring her know, and that those who
 * take her hear from them.  Kept as a keyed hash only; five wrong guesses lock it.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_HANDOVER_H
#define SERVICES_REFERRAL_DOMAIN_HANDOVER_H

#include "common/base/bytes.h"
#include "common/base/calendar.h"

#define HANDOVER_CODE_DIGITS 6
#define HANDOVER_CODE_COUNT  1000000u
#define HANDOVER_GUESSES_MAX 5
#define HANDOVER_HASH_SIZE   32

struct handover {
	bool has_code;
	uint8_t hash[HANDOVER_HASH_SIZE];
	uint32_t guesses;       /* wrong ones so far */
	lg_ms gave_at, took_at; /* as each side says; 0: not yet */
};

/* Whether text is six digits. */
bool handover_is_code(const char *text);

/* A code holds from here on; what was guessed of another one is over. */
void handover_set(struct handover *handover, const uint8_t hash[HANDOVER_HASH_SIZE]);

/*
 * Whether the code opens it.
 *   hash     of what was typed, under the same key
 *   refused  no code was made, wrong, or locked after five wrong ones
 */
LG_MUST_CHECK struct lg_status handover_check(
	const struct handover *handover, const uint8_t hash[HANDOVER_HASH_SIZE]);

/* Both sides have said so. */
bool handover_is_confirmed(const struct handover *handover);

/* When she changed hands: the earlier of both words; 0 when only one side spoke. */
lg_ms handover_confirmed_at(const struct handover *handover);

#endif
