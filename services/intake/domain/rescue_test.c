/* Which route, by whom, and why: both sides of each rule. */
#include "services/intake/domain/rescue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW ((lg_ms)1800000000000)

static struct procedure_book book;

static int make_book(void **unused)
{
	static const struct procedure_reason reasons[] = {
		{ ROUTE_R0, "chose_to_travel" },
		{ ROUTE_R0, "with_own_family" },
		{ ROUTE_R1, "wishes_to_return" },
		{ ROUTE_R2, "exploited_in_india" },
		{ ROUTE_R3, "stopped_in_nepal" },
		{ ROUTE_R4, "indian_child_found" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		assert_int_equal(procedure_add_reason(&book, &reasons[i]).outcome, LG_DONE);
	return 0;
}

static struct person a_person(int32_t age)
{
	return (struct person){
		.person_id = { .byte = { 1 } },
		.state = PERSON_POSSIBLE,
		.age_years = age,
		.basis = BASIS_PAPER,
		.district = "",
		.country = "NP",
		.relation = "",
		.reason = "",
	};
}

static struct rescue hand_back(void)
{
	return (struct rescue){
		.route = ROUTE_R1,
		.by = DECIDER_BORDER_FORCE,
		.reason = "wishes_to_return",
		.rescued_at = NOW,
		.home_district = "palpa",
		.home_country = "NP",
	};
}

static struct rescue travel_on(void)
{
	return (struct rescue){
		.route = ROUTE_R0,
		.by = DECIDER_HERSELF,
		.reason = "chose_to_travel",
		.rescued_at = NOW,
		.home_district = "",
		.home_country = "",
	};
}

static enum lg_outcome record(struct person *person, struct rescue rescue)
{
	bool is_told = false;

	return rescue_record(person, &rescue, &book, &is_told).outcome;
}

static enum lg_outcome try(int32_t age, struct rescue rescue)
{
	struct person person = a_person(age);

	return record(&person, rescue);
}

/* Goal: nobody stops an adult by the centre's word alone.  Method: every decider, both ages. */
static void an_adult_is_not_stopped_by_the_centre_alone(void **unused)
{
	(void)unused;
	for (unsigned by = 0; by < DECIDER_COUNT; by++) {
		struct rescue rescue = hand_back();
		bool for_adult = by == DECIDER_HERSELF || by == DECIDER_POLICE ||
				 by == DECIDER_BORDER_FORCE || by == DECIDER_COURT;
		bool for_child = by != DECIDER_NONE && by != DECIDER_HERSELF;

		rescue.by = (enum decider)by;
		assert_int_equal(try(18, rescue), for_adult ? LG_DONE : LG_REFUSED);
		assert_int_equal(try(17, rescue), for_child ? LG_DONE : LG_REFUSED);
	}
}

/* Goal: a woman may travel on, a child only with own family.  Method: both reasons, both ages. */
static void a_child_travels_on_only_with_own_family(void **unused)
{
	struct rescue rescue = travel_on();

	(void)unused;
	assert_int_equal(try(27, rescue), LG_DONE);
	rescue.by = DECIDER_CENTRE;
	assert_int_equal(try(15, rescue), LG_REFUSED);
	rescue.reason = "with_own_family";
	assert_int_equal(try(15, rescue), LG_DONE);
}

/* Goal: a route home needs somebody who says that she is a victim.  Method: all states. */
static void a_route_needs_a_possible_victim(void **unused)
{
	static const struct {
		enum person_state state;
		enum lg_outcome r0, r1;
	} cases[] = {
		{ PERSON_NEW, LG_REFUSED, LG_REFUSED },
		{ PERSON_REGISTERED, LG_DONE, LG_REFUSED },
		{ PERSON_LISTED_SUSPECT, LG_REFUSED, LG_REFUSED },
		{ PERSON_POSSIBLE, LG_DONE, LG_DONE },
		{ PERSON_ACTUAL, LG_DONE, LG_DONE },
		{ PERSON_NOT_A_VICTIM, LG_DONE, LG_REFUSED },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct person person = a_person(30);

		person.state = cases[i].state;
		assert_int_equal(record(&person, travel_on()), cases[i].r0);
		person = a_person(30);
		person.state = cases[i].state;
		assert_int_equal(record(&person, hand_back()), cases[i].r1);
		assert_int_equal(person.route, cases[i].r1 == LG_DONE ? ROUTE_R1 : ROUTE_NONE);
	}
}

/* Goal: R4 is for Indian citizens.  Method: each home country on R1 and R4. */
static void r4_is_the_route_of_indian_citizens(void **unused)
{
	struct rescue r1 = hand_back(), r4 = hand_back();

	(void)unused;
	r4.route = ROUTE_R4;
	r4.reason = "indian_child_found";
	assert_int_equal(try(15, r4), LG_REFUSED);
	r4.home_country = "";
	assert_int_equal(try(15, r4), LG_REFUSED);
	r4.home_country = "IN";
	assert_int_equal(try(15, r4), LG_DONE);
	r1.home_country = "IN";
	assert_int_equal(try(15, r1), LG_REFUSED);
	r1.home_country = "";
	assert_int_equal(try(15, r1), LG_DONE);
}

/* Goal: the same again is done, another route is not.  Method: told twice, then otherwise. */
static void a_route_is_chosen_once(void **unused)
{
	struct person person = a_person(16);
	struct rescue rescue = hand_back();
	bool is_told = true;

	(void)unused;
	assert_int_equal(rescue_record(&person, &rescue, &book, &is_told).outcome, LG_DONE);
	assert_false(is_told);
	assert_int_equal(rescue_record(&person, &rescue, &book, &is_told).outcome, LG_DONE);
	assert_true(is_told);
	rescue.route = ROUTE_R2;
	rescue.reason = "exploited_in_india";
	assert_int_equal(rescue_record(&person, &rescue, &book, &is_told).outcome, LG_REFUSED);
	assert_int_equal(person.route, ROUTE_R1);
	assert_string_equal(person.district, "palpa");
}

/* Goal: reasons, places and needs are codes.  Method: one unknown at a time. */
static void unknown_codes_are_refused(void **unused)
{
	static const char *const needs[] = { "shelter", "palace" };
	struct rescue rescue = hand_back();

	(void)unused;
	rescue.reason = "exploited_in_india"; /* of another route */
	assert_int_equal(try(16, rescue), LG_REFUSED);
	rescue = hand_back();
	rescue.route = ROUTE_NONE;
	assert_int_equal(try(16, rescue), LG_REFUSED);
	rescue = hand_back();
	rescue.home_district = "atlantis";
	assert_int_equal(try(16, rescue), LG_REFUSED);
	rescue = hand_back();
	rescue.home_country = "XX";
	assert_int_equal(try(16, rescue), LG_REFUSED);
	rescue = hand_back();
	rescue.needs = needs;
	rescue.need_count = 1;
	assert_int_equal(try(16, rescue), LG_DONE);
	rescue.need_count = 2;
	assert_int_equal(try(16, rescue), LG_REFUSED);
	rescue.need_count = RESCUE_NEEDS_MAX + 1;
	assert_int_equal(try(16, rescue), LG_REFUSED);
}

/* Goal: a call is agreed with who travels on, within a year.  Method: both sides of the limits. */
static void a_call_is_agreed_within_a_year(void **unused)
{
	struct rescue rescue = travel_on();

	(void)unused;
	rescue.callback_at = NOW;
	assert_int_equal(try(27, rescue), LG_REFUSED);
	rescue.callback_at = NOW + 1;
	assert_int_equal(try(27, rescue), LG_DONE);
	rescue.callback_at = NOW + CALLBACK_MAX_MS;
	assert_int_equal(try(27, rescue), LG_DONE);
	rescue.callback_at = NOW + CALLBACK_MAX_MS + 1;
	assert_int_equal(try(27, rescue), LG_REFUSED);
	rescue = hand_back();
	rescue.callback_at = NOW + 1;
	assert_int_equal(try(27, rescue), LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_adult_is_not_stopped_by_the_centre_alone),
		cmocka_unit_test(a_child_travels_on_only_with_own_family),
		cmocka_unit_test(a_route_needs_a_possible_victim),
		cmocka_unit_test(r4_is_the_route_of_indian_citizens),
		cmocka_unit_test(a_route_is_chosen_once),
		cmocka_unit_test(unknown_codes_are_refused),
		cmocka_unit_test(a_call_is_agreed_within_a_year),
	};

	return cmocka_run_group_tests(tests, make_book, NULL);
}
