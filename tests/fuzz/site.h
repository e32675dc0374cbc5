/* A site whose keys are always the same, so that a corpus can hold what they signed and closed. */
#ifndef LG_TESTS_FUZZ_SITE_H
#define LG_TESTS_FUZZ_SITE_H

#include <sodium.h>
#include <stdlib.h>

#include "common/protect/keyring.h"

#define FUZZ_SITE 7
#define FUZZ_NOW  ((lg_ms)1400000000000)

struct fuzz_site {
	struct lg_keyring keyring;
	struct lg_own_keys keys[LG_SERVICE_COUNT];
};

/* Made at the first call and kept: making keys takes longer than what is tried with them. */
static inline const struct fuzz_site *fuzz_site(void)
{
	static struct fuzz_site *site;

	if (site != NULL)
		return site;
	site = calloc(1, sizeof *site);
	if (site == NULL || sodium_init() < 0)
		abort();
	site->keyring.site = FUZZ_SITE;
	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++) {
		struct lg_service_keys *known = &site->keyring.services[service];
		struct lg_own_keys *own = &site->keys[service];
		uint8_t seed[32] = { (uint8_t)service };

		own->service = service;
		own->kek_count = 1; /* the zero key wraps as well as any */
		crypto_sign_seed_keypair(known->sign, own->sign, seed);
		crypto_sign_seed_keypair(known->token, own->token, seed);
		crypto_box_seed_keypair(known->box, own->box, seed);
	}
	return site;
}

#endif
