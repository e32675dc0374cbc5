#include "common/protect/granting.h"

#include "common/protect/site_for_tests.h"
#include "proto/content.pb-c.h"
#include "proto/intake.pb-c.h"

enum { RESCUE_RECORDED = 104, PERSON_IDENTIFIED = 103, PERSON_IDENTITY = 2001 };

/* Intake has sealed one person's identity and narrative into an event of the given type. */
struct publishing {
	struct lg_arena *arena;
	struct test_site site;
	struct lg_key_cache *cache;
	struct lg_bytes row;
};

static Lifeguard__Envelope__Sealed *seal(struct publishing *p, enum lg_class class, bool keep_key)
{
	Lifeguard__Content__PersonIdentity identity = LIFEGUARD__CONTENT__PERSON_IDENTITY__INIT;
	Lifeguard__Envelope__Sealed *sealed = NULL;
	struct lg_seal_place place = { .subject = test_id(1),
		.case_id = test_id(2),
		.context = test_id(3),
		.class = class,
		.content = PERSON_IDENTITY };
	struct lg_wrapped_key key = lg_data_key_new(
		&p->site.keys[LG_SERVICE_INTAKE], p->cache, test_id(1), class, NOON);

	assert_done(lg_seal(p->arena, p->cache, &place, key.key_id, &identity.base, &sealed));
	if (!keep_key)
		lg_key_cache_drop(p->cache, test_id(1));
	return sealed;
}

static void publish(struct publishing *p, uint32_t type, const ProtobufCMessage *message,
	Lifeguard__Envelope__Sealed **sealed, uint32_t count)
{
	struct lg_envelope envelope = { .event_id = test_id(3),
		.case_id = test_id(2),
		.cause_id = test_id(4),
		.type = lg_message_type(type),
		.type_number = type,
		.site = 1,
		.service = LG_SERVICE_INTAKE,
		.occurred_at = NOON,
		.recorded_at = NOON,
		.actor = { .role = 8, .assurance = 1 },
		.purpose = 1,
		.message = message,
		.sealed_count = count,
		.sealed = sealed };

	assert_done(lg_envelope_wrap(p->arena, &envelope, &p->row));
}

static int set_up(void **state)
{
	struct publishing *p = calloc(1, sizeof *p);

	assert_non_null(p);
	p->arena = lg_arena_new();
	p->cache = lg_key_cache_new();
	test_site_init(&p->site, 1);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct publishing *p = *state;

	lg_key_cache_free(p->cache);
	lg_arena_free(p->arena);
	free(p);
	return 0;
}

static uint32_t granted(struct publishing *p, uint32_t service)
{
	uint32_t count = 99;

	(void)lg_granting_make(p->arena,
		&(struct lg_granting){ .cache = p->cache,
			.keys = &p->site.keys[LG_SERVICE_INTAKE],
			.to_site = &p->site.keyring,
			.to_service = service,
			.now = NOON },
		&p->row, 1, &count);
	return count;
}

static void rescue(struct publishing *p)
{
	Lifeguard__Intake__RescueRecorded message = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;
	Lifeguard__Envelope__Sealed *sealed[] = { seal(p, LG_CLASS_IDENTITY, true),
		seal(p, LG_CLASS_NARRATIVE, true), seal(p, LG_CLASS_SOURCE, true) };

	publish(p, RESCUE_RECORDED, &message.base, sealed, 3);
}

/*
 * Goal: each reader is granted what it may hold and no more; a reader that holds no keys none.
 * Method: one rescue with an identity, a narrative and a source, for every service.
 */
static void each_reader_gets_only_the_classes_that_it_may_hold(void **state)
{
	struct publishing *p = *state;

	rescue(p);
	assert_int_equal(granted(p, LG_SERVICE_MATCHING), 1);
	assert_int_equal(granted(p, LG_SERVICE_REFERRAL), 2);
	assert_int_equal(granted(p, LG_SERVICE_NOTIFICATION), 0);
	assert_int_equal(granted(p, LG_SERVICE_REPORTING), 0);
	assert_int_equal(granted(p, LG_SERVICE_GATEWAY), 0);
}

/*
 * Goal: nobody is granted a key with an event that is not addressed to him.  Method: matching
 * reads the lane in which PersonIdentified goes to reporting.
 */
static void an_event_for_others_grants_nothing(void **state)
{
	struct publishing *p = *state;
	Lifeguard__Intake__PersonIdentified message = LIFEGUARD__INTAKE__PERSON_IDENTIFIED__INIT;
	Lifeguard__Envelope__Sealed *sealed[] = { seal(p, LG_CLASS_IDENTITY, true) };
	struct lg_id missing[LG_GRANTED_ROWS_MAX * LG_SEALED_MAX];

	publish(p, PERSON_IDENTIFIED, &message.base, sealed, 1);
	assert_int_equal(granted(p, LG_SERVICE_MATCHING), 0);
	assert_int_equal(
		lg_granting_missing(p->cache, LG_SERVICE_MATCHING, &p->row, 1, missing), 0);
}

/*
 * Goal: a key that is not in the cache is asked for, and after an erasure there is nothing to
 * grant: resent events stay closed.  Method: forget the subject's keys after sealing.
 */
static void what_was_erased_is_named_missing_and_not_granted(void **state)
{
	struct publishing *p = *state;
	Lifeguard__Intake__RescueRecorded message = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;
	Lifeguard__Envelope__Sealed *sealed[] = { seal(p, LG_CLASS_IDENTITY, false) };
	struct lg_id missing[LG_GRANTED_ROWS_MAX * LG_SEALED_MAX];

	publish(p, RESCUE_RECORDED, &message.base, sealed, 1);
	assert_int_equal(
		lg_granting_missing(p->cache, LG_SERVICE_MATCHING, &p->row, 1, missing), 1);
	assert_true(lg_id_equal(missing[0], test_id(1)));
	assert_int_equal(granted(p, LG_SERVICE_MATCHING), 0);
	assert_int_equal(
		lg_granting_missing(p->cache, LG_SERVICE_REPORTING, &p->row, 1, missing), 0);
}

/*
 * Goal: a batch has as many rows with keys as its grants are bounded by, and any number of others.
 * Method: both sides of the bound, for a holder and for a reader that is granted nothing.
 */
static void only_rows_with_keys_are_bounded(void **state)
{
	struct publishing *p = *state;
	Lifeguard__Intake__RescueRecorded message = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;
	Lifeguard__Envelope__Sealed *sealed[] = { seal(p, LG_CLASS_IDENTITY, true) };
	struct lg_bytes rows[4 * LG_GRANTED_ROWS_MAX];
	uint32_t granted;

	publish(p, RESCUE_RECORDED, &message.base, NULL, 0);
	for (uint32_t i = 0; i < 4 * LG_GRANTED_ROWS_MAX; i++)
		rows[i] = p->row;
	assert_int_equal(
		lg_granting_fit(LG_SERVICE_MATCHING, rows, 4 * LG_GRANTED_ROWS_MAX, &granted),
		4 * LG_GRANTED_ROWS_MAX);
	assert_int_equal(granted, 0);

	publish(p, RESCUE_RECORDED, &message.base, sealed, 1);
	for (uint32_t i = 0; i < LG_GRANTED_ROWS_MAX; i++)
		rows[2 * i] = p->row;
	assert_int_equal(
		lg_granting_fit(LG_SERVICE_MATCHING, rows, 4 * LG_GRANTED_ROWS_MAX, &granted),
		4 * LG_GRANTED_ROWS_MAX);
	assert_int_equal(granted, LG_GRANTED_ROWS_MAX);

	rows[3 * LG_GRANTED_ROWS_MAX] = p->row; /* one too many: the batch ends before it */
	assert_int_equal(
		lg_granting_fit(LG_SERVICE_MATCHING, rows, 4 * LG_GRANTED_ROWS_MAX, &granted),
		3 * LG_GRANTED_ROWS_MAX);
	assert_int_equal(granted, LG_GRANTED_ROWS_MAX);
	assert_int_equal(
		lg_granting_fit(LG_SERVICE_REPORTING, rows, 4 * LG_GRANTED_ROWS_MAX, &granted),
		4 * LG_GRANTED_ROWS_MAX);
	assert_int_equal(granted, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_rows_with_keys_are_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			each_reader_gets_only_the_classes_that_it_may_hold, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_event_for_others_grants_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_was_erased_is_named_missing_and_not_granted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
