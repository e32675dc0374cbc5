/* A secret that two sites share without sending it. */
#include "common/protect/pair_secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>

struct side {
	struct lg_own_keys keys;
	struct lg_keyring keyring;
};

static struct side a_side(uint16_t site, enum lg_service_number service)
{
	struct side side = { .keys = { .service = service }, .keyring = { .site = site } };

	crypto_box_keypair(side.keyring.services[service].box, side.keys.box);
	return side;
}

static void secret_of(
	const struct side *own, const struct side *peer, uint32_t period, uint8_t *ret_secret)
{
	assert_int_equal(
		lg_pair_secret(&own->keys, own->keyring.site, &peer->keyring, period, ret_secret)
			.outcome,
		LG_DONE);
}

/* Goal: both come to one secret, nobody else does, and each period has its own.  Method: three sites. */
static void both_sides_and_nobody_else_share_it(void **unused)
{
	const struct side one = a_side(1, LG_SERVICE_MATCHING),
			  two = a_side(2, LG_SERVICE_MATCHING);
	const struct side three = a_side(3, LG_SERVICE_MATCHING);
	uint8_t here[LG_PAIR_SECRET_SIZE], there[LG_PAIR_SECRET_SIZE], other[LG_PAIR_SECRET_SIZE];

	(void)unused;
	secret_of(&one, &two, 700, here);
	secret_of(&two, &one, 700, there);
	assert_memory_equal(here, there, sizeof here);
	secret_of(&two, &one, 701, other);
	assert_memory_not_equal(here, other, sizeof here);
	secret_of(&three, &one, 700, other);
	assert_memory_not_equal(here, other, sizeof here);
	secret_of(&three, &two, 700, other);
	assert_memory_not_equal(here, other, sizeof here);
}

/* Goal: a site without the service is refused.  Method: a keyring that has no such key. */
static void a_site_without_the_service_is_refused(void **unused)
{
	const struct side one = a_side(1, LG_SERVICE_MATCHING), two = a_side(2, LG_SERVICE_INTAKE);
	uint8_t secret[LG_PAIR_SECRET_SIZE];

	(void)unused;
	assert_int_equal(lg_pair_secret(&one.keys, 1, &two.keyring, 1, secret).outcome, LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_and_nobody_else_share_it),
		cmocka_unit_test(a_site_without_the_service_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
