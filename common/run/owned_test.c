/*
 * Goal: a partition has the streams that the registry says and no other, and what was asked for under
 * another ownership finds nothing.  Method: instances in memory; every site, service and lane.
 */
#include "common/run/owned.h"

#include "common/run/instance_for_tests.h"

#define EACH_PLACE(site, service, lane) \
	for (uint32_t site = 0; site <= 2; site++) \
		for (uint32_t service = 0; service < LG_SERVICE_COUNT; service++) \
			for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)

/* Whether the registry lets this service send that one anything in this lane. */
static bool is_sent(uint32_t from, uint32_t to, uint32_t lane)
{
	uint32_t count;
	const struct lg_message_type *types = lg_message_types(&count);
	bool is = false;

	for (uint32_t i = 0; i < count; i++)
		is |= types[i].kind == LG_MESSAGE_EVENT && types[i].lane == lane &&
		      lg_service_in(types[i].from, from) && lg_service_in(types[i].to, to);
	return is;
}

static void at_home_whoever_publishes_for_us_is_read(void **unused)
{
	struct test_instance t;
	const struct lg_owned *owned;
	int count = 0;

	(void)unused;
	test_instance_init(&t);
	owned = test_owned(&t.instance, 5);
	EACH_PLACE(site, service, lane)
	{
		const struct lg_incoming *in = owned->in[site][service][lane];

		if (site > 0)
			continue;
		assert_int_equal(in != NULL, is_sent(service, LG_SERVICE_INTAKE, lane));
		if (in == NULL)
			continue;
		count++;
		assert_int_equal(in->stream.site, 1);
		assert_int_equal(in->stream.destination, 0);
		assert_int_equal(in->stream.partition, 5);
	}
	assert_true(count > 0);
	test_instance_release(&t);
}

static void of_another_site_only_our_like_is_read(void **unused)
{
	static const struct lg_service referral = {
		.number = LG_SERVICE_REFERRAL, .name = "referral", .handlers = test_handlers
	};
	struct test_instance t;
	const struct lg_owned *owned;

	(void)unused;
	test_instance_init(&t);
	t.instance.service = &referral;
	owned = test_owned(&t.instance, 0);
	EACH_PLACE(site, service, lane)
	{
		const struct lg_incoming *in = owned->in[site][service][lane];

		if (site == 0)
			continue;
		assert_int_equal(in != NULL, service == LG_SERVICE_REFERRAL &&
						     is_sent(service, LG_SERVICE_REFERRAL, lane));
		if (in != NULL) {
			assert_int_equal(in->stream.site, site + 1);
			assert_int_equal(in->stream.destination, 1);
		}
	}
	assert_non_null(owned->in[1][LG_SERVICE_REFERRAL][LG_LANE_CARE]);
	test_instance_release(&t);
}

static void there_is_a_stream_to_each_site(void **unused)
{
	struct test_instance t;
	const struct lg_owned *owned;

	(void)unused;
	test_instance_init(&t);
	owned = test_owned(&t.instance, 15);
	for (uint32_t site = 0; site <= 2; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++) {
			const struct lg_stream *stream = &owned->out[site][lane]->stream;

			assert_int_equal(stream->site, 1);
			assert_int_equal(stream->service, LG_SERVICE_INTAKE);
			assert_int_equal(stream->lane, lane);
			assert_int_equal(stream->destination, site == 0 ? 0 : site + 1);
			assert_int_equal(stream->partition, 15);
		}
	test_instance_release(&t);
}

static void who_asked_before_it_was_lost_finds_nothing(void **unused)
{
	struct test_instance t;
	struct lg_owned *owned;
	uint64_t before;

	(void)unused;
	test_instance_init(&t);
	owned = test_owned(&t.instance, 3);
	before = owned->generation;
	assert_ptr_equal(lg_owned_still(&t.instance, 3, before), owned);

	t.instance.owned[3] = NULL;
	lg_owned_free(owned);
	assert_null(lg_owned_still(&t.instance, 3, before));

	owned = test_owned(&t.instance, 3); /* taken again: it is another one */
	assert_null(lg_owned_still(&t.instance, 3, before));
	assert_ptr_equal(lg_owned_still(&t.instance, 3, owned->generation), owned);
	test_instance_release(&t);
}

static void what_is_not_open_takes_no_messages(void **unused)
{
	struct test_instance t;
	struct lg_owned *owned;

	(void)unused;
	test_instance_init(&t);
	assert_null(lg_owned_open(&t.instance, 3));
	owned = test_owned(&t.instance, 3);
	owned->is_open = false;
	assert_null(lg_owned_open(&t.instance, 3));
	owned->is_open = true;
	assert_ptr_equal(lg_owned_open(&t.instance, 3), owned);
	test_instance_release(&t);
}

static void a_key_is_parked_once_and_alone(void **unused)
{
	struct test_instance t;
	struct lg_owned *owned;

	(void)unused;
	test_instance_init(&t);
	owned = test_owned(&t.instance, 3);
	for (uint8_t i = 1; i <= 100; i++)
		lg_owned_park(owned, test_id(i));
	lg_owned_park(owned, test_id(7)); /* told twice */
	lg_owned_unpark(owned, test_id(7));
	lg_owned_unpark(owned, test_id(101)); /* is not there */
	for (uint8_t i = 1; i <= 101; i++)
		assert_int_equal(lg_owned_is_parked(owned, test_id(i)), i != 7 && i != 101);
	test_instance_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_home_whoever_publishes_for_us_is_read),
		cmocka_unit_test(of_another_site_only_our_like_is_read),
		cmocka_unit_test(there_is_a_stream_to_each_site),
		cmocka_unit_test(who_asked_before_it_was_lost_finds_nothing),
		cmocka_unit_test(what_is_not_open_takes_no_messages),
		cmocka_unit_test(a_key_is_parked_once_and_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
