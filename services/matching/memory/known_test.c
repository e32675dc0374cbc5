/*
 * Goal: whom the memory names is whom the table would.  Method: invented people are taken in, found
 * in both scripts, replaced, dropped, and outgrow their room.
 */
#include "services/matching/memory/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct lg_id id_of(uint32_t number)
{
	struct lg_id id = { .byte = { 0, 1 } };

	memcpy(id.byte + 12, &number, sizeof number);
	return id;
}

static bool take(struct known *known, uint32_t number, int64_t place, char *name, int32_t age)
{
	const struct person_facts facts = { .sex = SEX_FEMALE,
		.age_years = age,
		.age_basis = AGE_STATED,
		.at = 1750000000000,
		.district = "Bardiya" };

	return known_take(known, &(struct known_person){ .record_id = id_of(number),
					 .place = place,
					 .facts = &facts,
					 .name_count = name == NULL ? 0 : 1,
					 .names = &name });
}

static bool finds(struct known *known, uint32_t number, uint32_t wanted)
{
	struct lg_id found[KNOWN_CANDIDATES_MAX];
	uint32_t count = known_search(known, id_of(number), found, NULL);

	for (uint32_t i = 0; i < count; i++)
		if (lg_id_equal(found[i], id_of(wanted)))
			return true;
	return false;
}

static void a_name_is_found_in_the_other_script_and_not_oneself(void **unused)
{
	struct known *known = known_new(16);

	(void)unused;
	assert_true(take(known, 1, 1, "सरस्वती चौधरी", 13));
	assert_true(take(known, 2, 2, "Pabitra Oli", 13));
	assert_true(take(known, 3, 3, "Sarswati Chaudhary", 14));
	assert_true(finds(known, 3, 1));
	assert_true(finds(known, 1, 3));
	assert_false(finds(known, 3, 3));
	assert_false(finds(known, 3, 2));
	known_free(known);
}

static void a_newer_record_replaces_the_older_one(void **unused)
{
	struct known *known = known_new(16);

	(void)unused;
	assert_true(take(known, 1, 1, "Sarswati Chaudhary", 13));
	assert_true(take(known, 2, 2, "Sarswati Chaudhary", 13));
	assert_true(finds(known, 1, 2));
	assert_true(take(known, 2, 3, "Pabitra Oli", 20));
	assert_false(finds(known, 1, 2));
	assert_int_equal(known_place(known, id_of(2)), 3);
	assert_int_equal(known_through(known), 3);
	assert_int_equal(known_count(known), 2);
	known_drop(known, id_of(1), 4);
	assert_false(finds(known, 2, 1));
	assert_int_equal(known_place(known, id_of(7)), 0);
	known_free(known);
}

static void a_search_names_whom_a_look_at_everybody_names_first(void **unused)
{
	struct known *known = known_new(16);
	struct lg_id searched[KNOWN_CANDIDATES_MAX], scanned[KNOWN_CANDIDATES_MAX];
	float bits = -1, best = -2;

	(void)unused;
	assert_true(take(known, 1, 1, "सरस्वती चौधरी", 13));
	assert_true(take(known, 2, 2, "Sarswati Oli", 30));
	assert_true(take(known, 3, 3, "Sarswati Chaudhary", 14));
	assert_true(known_search(known, id_of(3), searched, &best) > 0);
	assert_true(known_scan(known, id_of(3), scanned, &bits) > 0);
	assert_true(lg_id_equal(searched[0], scanned[0]));
	assert_true(lg_id_equal(scanned[0], id_of(1)));
	assert_true(bits > 0);
	assert_true(bits == best);
	assert_int_equal(known_scan(known, id_of(9), scanned, &bits), 0);
	assert_true(bits == 0);
	known_free(known);
}

static void telephones_that_only_begin_alike_say_nothing(void **unused)
{
	static char *const phones[] = { "9841000012", "9841000012", "9845718293" };
	float bits[3];

	(void)unused;
	for (uint32_t n = 0; n < 3; n++) {
		struct known *known = known_new(16);
		struct lg_id found[KNOWN_CANDIDATES_MAX];
		const struct person_facts facts = { .age_years = -1, .district = "" };
		char *name = "Sarswati Chaudhary";

		for (uint32_t side = 0; side < 2; side++)
			assert_true(known_take(
				known, &(struct known_person){ .record_id = id_of(side + 1),
					       .place = side + 1,
					       .facts = &facts,
					       .name_count = 1,
					       .names = &name,
					       .phone_count = n == 0 ? 0 : 1,
					       .phones = &phones[n * side] }));
		assert_int_equal(known_search(known, id_of(2), found, &bits[n]), 1);
		known_free(known);
	}
	assert_true(bits[1] > bits[0] + 10);
	assert_true(bits[2] < bits[0]);
}

static void without_room_it_begins_anew_with_twice_as_much(void **unused)
{
	struct known *known = known_new(2);

	(void)unused;
	assert_true(take(known, 1, 1, "Sarswati Chaudhary", 13));
	assert_true(take(known, 2, 2, NULL, 13));
	known_caught_up(known, true);
	assert_true(known_stands(known));
	assert_false(take(known, 3, 3, "Pabitra Oli", 13));
	assert_false(known_stands(known));
	assert_int_equal(known_through(known), 0);
	assert_int_equal(known_count(known), 0);
	for (uint32_t n = 1; n <= 4; n++)
		assert_true(take(known, n, n, "Pabitra Oli", 13));
	assert_true(finds(known, 1, 4));
	assert_false(take(known, 5, 5, "Pabitra Oli", 13));
	known_free(known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_found_in_the_other_script_and_not_oneself),
		cmocka_unit_test(a_newer_record_replaces_the_older_one),
		cmocka_unit_test(a_search_names_whom_a_look_at_everybody_names_first),
		cmocka_unit_test(telephones_that_only_begin_alike_say_nothing),
		cmocka_unit_test(without_room_it_begins_anew_with_twice_as_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
