/*
 * A secret that one service of two sites shares in one period: derived, never sent, never stored.
 *
 * Both sides come to it by X25519 from their box keys and the peer's keyring, which two people compared
 * by voice.  Chosen over a random secret that one side sends: there is nothing to wait for while
 * the line is down, nothing that a backup keeps, nothing an operator could type wrong; and whoever
 * steals a box key can read the grants that a sent secret would travel in anyway.  What it costs: past
 * periods can be derived until the box key is destroyed (quarterly, then 120 days).
 */
#ifndef LG_PROTECT_PAIR_SECRET_H
#define LG_PROTECT_PAIR_SECRET_H

#include "common/protect/keyring.h"

#define LG_PAIR_SECRET_SIZE 32

/*
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
