/* The directory: what may stand in it, and who may change it. */
#include "services/referral/domain/organisation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct organisation good(void)
{
	return (struct organisation){
		.organisation_id = lg_id_make(2, 1, 1),
		.code = "maiti",
		.name = "Invented",
		.country = "NP",
		.districts = "banke",
		.services = "shelter",
		.takes_girls = true,
		.free_places = 2,
		.version = 1,
	};
}

/* Goal: what cannot be is refused.  Method: one good, then each field wrong alone. */
static void what_cannot_be_is_refused(void **unused)
{
	(void)unused;
	struct organisation o = good();

	assert_true(lg_is_done(organisation_check(&o)));
	o.code = "seventeen_letters";
	assert_false(lg_is_done(organisation_check(&o)));
	o = good();
	o.name = "";
	assert_false(lg_is_done(organisation_check(&o)));
	o = good();
	o.country = "CN";
	assert_false(lg_is_done(organisation_check(&o)));
	o = good();
	o.districts = "Banke";
	assert_false(lg_is_done(organisation_check(&o)));
	o = good();
	o.services = "";
	assert_false(lg_is_done(organisation_check(&o)));
	o = good();
	o.takes_girls = false;
	assert_false(lg_is_done(organisation_check(&o)));
	o = good();
	o.free_places = ORGANISATION_FREE_PLACES_MAX;
	assert_true(lg_is_done(organisation_check(&o)));
	o.free_places++;
	assert_false(lg_is_done(organisation_check(&o)));
}

/* Goal: two who change one do not undo each other.  Method: the same version twice. */
static void a_stale_change_is_refused(void **unused)
{
	(void)unused;
	struct organisation o = good(), said = good();

	o.accepted = 7;
	said.free_places = 9;
	assert_true(lg_is_done(organisation_update(&o, &said)));
	assert_int_equal(o.free_places, 9);
	assert_int_equal(o.version, 2);
	assert_int_equal(o.accepted, 7); /* how it answered is not theirs to say */
	assert_false(lg_is_done(organisation_update(&o, &said)));
	said.version = 2;
	said.code = "other";
	assert_false(lg_is_done(organisation_update(&o, &said)));
}

/* Goal: another site's word counts, an older one does not.  Method: new, newer, older. */
static void an_older_word_is_passed_over(void **unused)
{
	(void)unused;
	static struct directory directory;
	struct organisation said = good();

	said.version = 5;
	assert_true(lg_is_done(directory_learn(&directory, &said)));
	assert_int_equal(directory.at[0].version, 5);
	said.version = 6;
	said.free_places = 0;
	assert_true(lg_is_done(directory_learn(&directory, &said)));
	said.version = 5;
	said.free_places = 3;
	assert_true(lg_is_done(directory_learn(&directory, &said)));
	assert_int_equal(directory.at[0].free_places, 0);
	said.organisation_id = lg_id_make(2, 1, 2);
	assert_false(lg_is_done(directory_learn(&directory, &said))); /* the same code */
	assert_null(directory_find(&directory, said.organisation_id));
}

/* Goal: a directory has a limit.  Method: one less, the last, one more. */
static void a_directory_has_a_limit(void **unused)
{
	(void)unused;
	static struct directory directory;
	static char codes[DIRECTORY_MAX + 1][8];
	struct organisation o = good();

	for (uint32_t i = 0; i <= DIRECTORY_MAX; i++) {
		snprintf(codes[i], sizeof codes[i], "o%u", (unsigned)i);
		o.code = codes[i];
		o.organisation_id = lg_id_make(2, 1, i + 1);
		assert_int_equal(lg_is_done(directory_add(&directory, &o)), i < DIRECTORY_MAX);
	}
}

/* Goal: places are counted, never below none.  Method: take both, take one more, give back. */
static void places_are_counted(void **unused)
{
	(void)unused;
	struct organisation o = good();

	assert_true(lg_is_done(organisation_take_place(&o)));
	assert_true(lg_is_done(organisation_take_place(&o)));
	assert_false(lg_is_done(organisation_take_place(&o)));
	organisation_give_place(&o);
	assert_int_equal(o.free_places, 1);
	assert_int_equal(o.version, 4);
	o.free_places = ORGANISATION_FREE_PLACES_MAX;
	organisation_give_place(&o);
	assert_int_equal(o.free_places, ORGANISATION_FREE_PLACES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(a_stale_change_is_refused),
		cmocka_unit_test(an_older_word_is_passed_over),
		cmocka_unit_test(a_directory_has_a_limit),
		cmocka_unit_test(places_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
