/*
 * Which data keys a reader is to be granted with a batch, and the grants themselves: made when the
 * batch is sent, from the cache of opened keys, never stored.
 *
 * A reader is granted a key only for an event that is addressed to it, of a class that it may hold:
 * identities for matching; identities and narratives for intake and referral.
 */
#ifndef LG_PROTECT_GRANTING_H
#define LG_PROTECT_GRANTING_H

#include "common/protect/grant.h"

#define LG_GRANTED_ROWS_MAX 32 /* rows of one batch with keys to be granted: bounds its grants */

/*
 * How many of the rows, from the first on, may go to a reader in one batch.
 *   ret_granted  how many of those have keys to be granted; at most LG_GRANTED_ROWS_MAX
 */
uint32_t lg_granting_fit(
	uint32_t service, const struct lg_bytes *rows, uint32_t count, uint32_t *ret_granted);

/*
 * The subjects whose keys are not in the cache; of rows that fit.
 *   ret_subjects  room for LG_GRANTED_ROWS_MAX * LG_SEALED_MAX
 *   returns       how many
 */
uint32_t lg_granting_missing(struct lg_key_cache *cache, uint32_t service,
	const struct lg_bytes *rows, uint32_t count, struct lg_id *ret_subjects);

/*
 * The grants for a batch, in the arena; keys that are gone (erased) are left out.
 *   granting   to the reader
 *   ret_count  how many
 */
Lifeguard__Envelope__Grant **lg_granting_make(struct lg_arena *arena,
	const struct lg_granting *granting, const struct lg_bytes *rows, uint32_t count,
	uint32_t *ret_count);

#endif
