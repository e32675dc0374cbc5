/*
 * A site in memory, for the tests of this room: its keyring and the secrets of its services,
 * fresh at each call.  What is written to files is proved in keyring_test.c.
 */
#ifndef LG_PROTECT_SITE_FOR_TESTS_H
#define LG_PROTECT_SITE_FOR_TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/id.h"
#include "common/protect/keyring.h"

#define NOON ((lg_ms)1400000000000) /* some day in May 2014 */

struct test_site {
	struct lg_keyring keyring;
	struct lg_own_keys keys[LG_SERVICE_COUNT];
};

static inline void test_site_init(struct test_site *site, uint16_t number)
{
	memset(site, 0, sizeof *site);
	assert_true(sodium_init() >= 0);
	site->keyring.site = number;
	site->keyring.is_demo = true;
	site->keyring.not_after = NOON + LG_DAY_MS;
	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++) {
		struct lg_own_keys *own = &site->keys[service];
		struct lg_service_keys *known = &site->keyring.services[service];

		own->service = service;
		crypto_box_keypair(known->curve, own->curve);
		crypto_sign_keypair(known->sign, own->sign);
		crypto_box_keypair(known->box, own->box);
		if (service == LG_SERVICE_ACCESS)
			crypto_sign_keypair(known->token, own->token);
		if (lg_service_has_kek(service)) {
			own->kek_count = 1;
			own->keks[0].epoch = 1;
			randombytes_buf(own->keks[0].key, sizeof own->keks[0].key);
		}
	}
}

/* An id that says which it is when it is printed. */
static inline struct lg_id test_id(uint8_t which)
{
	struct lg_id id;

	memset(id.byte, which, sizeof id.byte);
	return id;
}

/* Fails with the reason in sight. */
static inline void assert_refused(struct lg_status status, const char *reason)
{
	assert_int_equal(status.outcome, LG_REFUSED);
	assert_string_equal(status.reason, reason);
}

static inline void assert_done(struct lg_status status)
{
	if (!lg_is_done(status))
		fail_msg("refused: %s", status.reason);
}

#endif
