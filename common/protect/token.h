/* Who acts: session tokens signed by lg-access, checked and cached by every service. */
#ifndef LG_PROTECT_TOKEN_H
#define LG_PROTECT_TOKEN_H

#include "common/protect/keyring.h"
#include "common/stream/envelope.h"

#define LG_TOKEN_MS        (15 * LG_MINUTE_MS)
#define LG_TOKEN_SKEW_MS   (10 * LG_SECOND_MS) /* clocks of a site's machines may differ so much */
#define LG_TOKEN_CACHE_MAX 1024

/*
 * The encoded SignedToken, in the arena.  Only lg-access has the key.
 *   actor  a person: user and session named, assurance 3 or 4
 */
struct lg_bytes lg_token_sign(struct lg_arena *arena, const struct lg_own_keys *keys,
	const struct lg_actor *actor, lg_ms now);

/* Tokens that were found good, by their digest: 48 us the first time, 0.3 us after. */
struct lg_token_cache;

/* Empty; free with lg_token_cache_free().  NULL is fine there. */
struct lg_token_cache *lg_token_cache_new(void);
void lg_token_cache_free(struct lg_token_cache *cache);

/*
 * refused  malformed, not signed by this site's access, not yet or no longer valid, valid for
 *          longer than LG_TOKEN_MS, no person's
 */
LG_MUST_CHECK struct lg_status lg_token_check(struct lg_token_cache *cache, struct lg_arena *arena,
	const struct lg_keyring *keyring, struct lg_bytes token, lg_ms now,
	struct lg_actor *ret_actor);

#endif
