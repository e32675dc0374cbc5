/*
 * A pact: the secret that one gateway process and one service share for some minutes.
 *
 * The gateway makes an X25519 pair, agrees with the service's box key (crypto_kx, the gateway as
 * its client) and destroys the pair's secret half at once.  Its public half goes, signed by the
 * gateway with site, service and end, beside every command: the offer.  Who takes an offer for
 * the first time checks it and agrees as well (about 80 us); then both only look it up.  Two keys
 * come of it, one for each direction, and are destroyed at the pact's end.
 *
 * So a gateway that is broken into opens what passed in the minutes of the pacts it holds, no more.
 */
#ifndef LG_PROTECT_PACT_H
#define LG_PROTECT_PACT_H

#include "common/protect/keyring.h"

#define LG_PACT_MS       (5 * LG_MINUTE_MS)  /* so long a gateway closes commands under one */
#define LG_PACT_GRACE_MS LG_MINUTE_MS        /* so long after that they may still be opened */
#define LG_PACT_SKEW_MS  (10 * LG_SECOND_MS) /* clocks of a site's machines may differ so much */
#define LG_PACTS_MAX     32                  /* of one process: gateways times two, or services */
#define LG_OFFER_MAX     192 /* bytes of an encoded bus.Offer; one takes about 120 */
#define LG_PACT_KEY      32  /* bytes */

struct lg_pact {
	lg_ms expires_at;
	uint8_t to_service[LG_PACT_KEY], to_gateway[LG_PACT_KEY];
	uint32_t offer_size;
	uint8_t offer[LG_OFFER_MAX]; /* encoded bus.Offer, as it goes beside every command */
	/* the gateway's: with whom, and until when commands are closed under it */
	uint32_t service;
	lg_ms made_at;
	uint8_t service_box[32];
};

/* The pacts of one process, in locked memory. */
struct lg_pacts;

/*
 * None yet.
 *   own, keyring  kept, not owned: they outlive the pacts
 */
struct lg_pacts *lg_pacts_new(const struct lg_own_keys *own, const struct lg_keyring *keyring);

/* Wipes and frees.  NULL is fine. */
void lg_pacts_free(struct lg_pacts *pacts);

/*
 * The gateway's pact with a service now; made when there is none or it is older than LG_PACT_MS.
 *   returns  valid until the next call with these pacts
 *   NULL     the service's box key in the keyring is none: nobody could agree with it
 */
const struct lg_pact *lg_pact_with(struct lg_pacts *pacts, uint32_t service, lg_ms now);

/*
 * The service's half: the pact that an offer is of.
 *   offer     encoded bus.Offer, as it came beside a command
 *   ret_pact  valid until the next call with these pacts
 *   refused   malformed, not signed by this site's gateway, for another site or service, expired,
 *             valid for longer than pacts are
 */
LG_MUST_CHECK struct lg_status lg_pact_take(
	struct lg_pacts *pacts, struct lg_bytes offer, lg_ms now, const struct lg_pact **ret_pact);

/* Fresh random bytes (common/protect/locked.h): nonces of what is closed under pacts, and what goes with it. */
void lg_pacts_random(struct lg_pacts *pacts, void *ret_bytes, size_t size_bytes);

/* Whether this process is that service of that site: an offer is taken by no other. */
bool lg_pacts_are_of(const struct lg_pacts *pacts, uint16_t site, uint8_t service);

/* Destroys what has expired.  To be called every second or so. */
void lg_pacts_expire(struct lg_pacts *pacts, lg_ms now);

#endif
