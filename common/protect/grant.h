/*
 * A data key handed from holder to holder: made when a frame is sent, never stored.
 * crypto_box with the precomputed pair key: authenticated by the sender, 0.7 us.
 */
#ifndef LG_PROTECT_GRANT_H
#define LG_PROTECT_GRANT_H

#include "common/protect/seal.h"

#define LG_GRANT_MS (24 * LG_HOUR_MS) /* made at sending, so it has to outlive the way only */

/* Services that may hold data keys. */
#define LG_HOLDERS \
	((1u << LG_SERVICE_INTAKE) | (1u << LG_SERVICE_MATCHING) | (1u << LG_SERVICE_REFERRAL))

/* Who grants keys, and to whom. */
struct lg_granting {
	struct lg_key_cache *cache;       /* of opened keys */
	const struct lg_own_keys *keys;   /* the granting service's */
	const struct lg_keyring *to_site; /* the holder's site; */
	uint32_t to_service;              /* the holder there */
	lg_ms now;
};

/*
 * Makes a grant of a cached key for one holder, in the arena.
 *   refused  the receiver is no holder; the key is not in the cache
 */
LG_MUST_CHECK struct lg_status lg_grant_make(struct lg_arena *arena,
	const struct lg_granting *granting, struct lg_id subject, enum lg_class class,
	struct lg_id key_id, Lifeguard__Envelope__Grant **ret_grant);

/*
 * Opens a grant, checks that the key is the one its id names, wraps it under the own current
 * key-encryption key and caches it.
 *   refused  not for us, not from that service, expired, another key than its id says
 */
LG_MUST_CHECK struct lg_status lg_grant_take(struct lg_key_cache *cache,
	const struct lg_own_keys *keys, const struct lg_keyring *from_site, uint32_t from_service,
	const Lifeguard__Envelope__Grant *grant, lg_ms now, struct lg_wrapped_key *ret_wrapped);

#define LG_PAIR_SECRET_SIZE 32

/*
 * A secret that one service of two sites shares in one period: derived, never sent, never stored.
 *
 * Both sides come to it by X25519 from their box keys and the peer's keyring, which two people compared
 * by voice.  Chosen over a random secret that one side sends: there is nothing to wait for while
 * the line is down, nothing that a backup keeps, nothing an operator could type wrong; and whoever
 * steals a box key can read the grants that a sent secret would travel in anyway.  What it costs: past
 * periods can be derived until the box key is destroyed (quarterly, then 120 days).
 *
 * BLAKE2b-256 under the X25519 secret of both box keys, over the numbers of both sites (the lower
 * first), the service and the period: the same from either side.
 *   own_site  our number
 *   peer      the other site's keyring
 *   period    any number that both sides count alike
 *   refused   the peer has no such service
 */
LG_MUST_CHECK struct lg_status lg_pair_secret(const struct lg_own_keys *keys, uint16_t own_site,
	const struct lg_keyring *peer, uint32_t period, uint8_t ret_secret[LG_PAIR_SECRET_SIZE]);

#endif
