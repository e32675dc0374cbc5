/*
 * Trusting another site: its keyring, looked at and kept beside our own.
 *
 * Who trusts compares the fingerprint of the root by voice first (`lifeguard site trust`); what is
 * kept is read by everything else with lg_keyring_peers().
 */
#ifndef LG_PROTECT_TRUST_H
#define LG_PROTECT_TRUST_H

#include "common/protect/keyring.h"

/* What a partner's document is to us. */
struct lg_trust {
	struct lg_keyring own, peer;
	bool is_known, is_same;  /* trusted before; the very same document */
	struct lg_keyring known; /* what was trusted before, also when it has expired */
};

/*
 * Looks at a partner's document and changes nothing.
 *   folder       of our own keys
 *   document     the bytes of the partner's file `keyring`
 *   ret_problem  one line for a person, static
 *   refused      our own keys cannot be read; it does not verify; lg_keyring_may_trust() says no; its
 *                serial is lower than that of the one that we trust, or the same with another content
 */
LG_MUST_CHECK struct lg_status lg_trust_look(const char *folder, struct lg_bytes document,
	lg_ms now, struct lg_trust *ret_trust, const char **ret_problem);

/*
 * Keeps the document that was looked at as folder/peers/<site>.keyring, in one step.
 *   refused  it cannot be written
 */
LG_MUST_CHECK struct lg_status lg_trust_keep(const char *folder, const struct lg_trust *trust,
	struct lg_bytes document, const char **ret_problem);

#endif
