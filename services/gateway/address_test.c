#include "services/gateway/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool is_loopback(const char *text, struct lg_id *ret_address)
{
	struct addrinfo *address = address_read(text);
	bool is_here;

	assert_non_null(address);
	address_note(address->ai_addr, ret_address, &is_here);
	freeaddrinfo(address);
	return is_here;
}

/* Goal: this machine is told from others.  Method: both versions, near misses, and mapped ones. */
static void this_machine_is_told_from_others(void **unused)
{
	struct lg_id address, mapped;

	(void)unused;
	assert_true(is_loopback("127.0.0.1:1", &address));
	assert_true(is_loopback("127.255.255.254:1", &address));
	assert_true(is_loopback("[::1]:1", &address));
	assert_true(is_loopback("[::ffff:127.0.0.1]:1", &address));
	assert_false(is_loopback("128.0.0.1:1", &address));
	assert_false(is_loopback("0.0.0.1:1", &address));
	assert_false(is_loopback("[::2]:1", &address));
	assert_false(is_loopback("[2001:db8::1]:1", &address));
	assert_false(is_loopback("192.0.2.7:1", &address));
	assert_false(is_loopback("[::ffff:192.0.2.7]:1", &mapped));
	assert_true(lg_id_equal(address, mapped)); /* one client, however it comes */
}

/* Goal: only numbers are an address.  Method: what is none, and brackets without an inside. */
static void what_is_no_address_is_refused(void **unused)
{
	static const char *const bad[] = { "", "7717", ":7717", "localhost:1", "127.0.0.1:x",
		"300.0.0.1:1", "[:1", "[]:1", "::1" };

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_null(address_read(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_machine_is_told_from_others),
		cmocka_unit_test(what_is_no_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
