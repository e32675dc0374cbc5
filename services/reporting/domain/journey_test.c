/* What an event of the journey adds, and the names of what is counted. */
#include "services/reporting/domain/journey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MAY_2014 ((lg_ms)1398902400000) /* 2014-05-01T00:00:00Z */

static struct journey_share begun(void)
{
	struct journey_share share;

	assert_int_equal(journey_share_begin("SNL", MAY_2014, &share).outcome, LG_DONE);
	return share;
}

/* Goal: no number without a definition.  Method: every counter has both, and is found by its name. */
static void every_counter_has_a_name_and_a_definition(void **unused)
{
	(void)unused;
	for (uint32_t i = 0; i < JOURNEY_COUNTERS; i++) {
		enum journey_counter counter = JOURNEY_COUNTERS;
		const char *name = journey_counters[i].name;

		assert_non_null(name);
		assert_in_range(strlen(name), 1, 32);
		assert_int_equal(
			strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(name));
		assert_non_null(journey_counters[i].means);
		assert_true(journey_counters[i].means[0] != '\0');
		/* the first of two equal names would be found for the second, too */
		assert_int_equal(journey_counter_of(name, strlen(name), &counter).outcome, LG_DONE);
		assert_int_equal(counter, i);
	}
}

/* Goal: what another version stored is not counted as something else.  Method: near names. */
static void an_unknown_counter_is_refused(void **unused)
{
	(void)unused;
	enum journey_counter counter = OFFERS;

	assert_int_equal(journey_counter_of("offer", 5, &counter).outcome, LG_REFUSED);
	assert_int_equal(journey_counter_of("offerss", 7, &counter).outcome, LG_REFUSED);
	assert_int_equal(journey_counter_of("offerz", 6, &counter).outcome, LG_REFUSED);
	assert_int_equal(journey_counter_of("", 0, &counter).outcome, LG_REFUSED);
	assert_int_equal(counter, OFFERS);
}

/* Goal: what a publisher sends is looked at.  Method: stations and times, good and bad. */
static void a_share_has_a_station_or_none_and_a_month(void **unused)
{
	(void)unused;
	struct journey_share share = begun();

	assert_string_equal(share.station, "SNL");
	assert_string_equal(share.month, "2014-05");
	assert_int_equal(share.count, 0);
	assert_int_equal(journey_share_begin("", 0, &share).outcome, LG_DONE);
	assert_string_equal(share.station, "");
	assert_string_equal(share.month, "1970-01");
	assert_int_equal(journey_share_begin("snl", 0, &share).outcome, LG_REFUSED);
	assert_int_equal(journey_share_begin("ABCDEFGHI", 0, &share).outcome, LG_REFUSED);
	assert_int_equal(journey_share_begin("", -1, &share).outcome, LG_REFUSED);
	assert_int_equal(journey_share_begin("", 253402300800000, &share).outcome, LG_REFUSED);
}

/* Goal: nobody is no row.  Method: 0 and 1, up to the limit of a share. */
static void nothing_is_not_added(void **unused)
{
	(void)unused;
	struct journey_share share = begun();

	journey_share_add(&share, INFORMED_MEN, 0);
	assert_int_equal(share.count, 0);
	for (uint32_t i = 1; i <= JOURNEY_SHARE_MAX; i++)
		journey_share_add(&share, INFORMED_MEN, i);
	assert_int_equal(share.count, JOURNEY_SHARE_MAX);
	assert_int_equal(share.at[1].counter, INFORMED_MEN);
	assert_int_equal(share.at[1].amount, 2);
	journey_share_add(&share, INFORMED_MEN, 0);
	assert_int_equal(share.count, JOURNEY_SHARE_MAX);
}

/* The second counter of a rescue, or JOURNEY_COUNTERS when there is none. */
static enum journey_counter counted_as(struct journey_person person)
{
	struct journey_share share = begun();

	journey_share_rescued(&share, &person);
	assert_in_range(share.count, 1, 2);
	assert_int_equal(share.at[0].counter, ROUTE_R0 + person.route);
	assert_int_equal(share.at[0].amount, 1);
	assert_true(share.count == 1 || share.at[1].amount == 1);
	return share.count == 1 ? JOURNEY_COUNTERS : share.at[1].counter;
}

/*
 * Goal: stopped in transit and found exploited are two numbers, and nobody is in both.
 * Method: each route, with and without exploitation.
 */
static void at_risk_and_exploited_are_two_numbers(void **unused)
{
	(void)unused;
	static const bool is_stopped[] = { [VIA_R0] = false,
		[VIA_R1] = true,
		[VIA_R2] = true,
		[VIA_R3] = true,
		[VIA_R4] = false };

	for (uint32_t route = VIA_R0; route <= VIA_R4; route++) {
		struct journey_person person = {
			.route = (enum journey_route)route, .has_age = true, .age_years = 30
		};

		assert_int_equal(
			counted_as(person), is_stopped[route] ? AT_RISK_WOMEN : JOURNEY_COUNTERS);
		person.is_exploited = true;
		assert_int_equal(counted_as(person), EXPLOITED_WOMEN);
	}
}

/*
 * Goal: women, girls, men, boys and others apart; in doubt a child.  Method: each sex at 17, 18 and
 * of unknown age.
 */
static void whose_age_is_unknown_counts_as_a_child(void **unused)
{
	(void)unused;
	static const struct {
		enum journey_sex sex;
		enum journey_counter child, adult;
	} groups[] = {
		{ SEX_FEMALE, AT_RISK_GIRLS, AT_RISK_WOMEN },
		{ SEX_MALE, AT_RISK_BOYS, AT_RISK_MEN },
		{ SEX_OTHERS, AT_RISK_OTHERS, AT_RISK_OTHERS },
	};

	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		struct journey_person person = { .route = VIA_R1, .sex = groups[i].sex };

		person.age_years = 40; /* without has_age it is no number */
		assert_int_equal(counted_as(person), groups[i].child);
		person.has_age = true;
		person.age_years = 17;
		assert_int_equal(counted_as(person), groups[i].child);
		person.age_years = 18;
		assert_int_equal(counted_as(person), groups[i].adult);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_counter_has_a_name_and_a_definition),
		cmocka_unit_test(an_unknown_counter_is_refused),
		cmocka_unit_test(a_share_has_a_station_or_none_and_a_month),
		cmocka_unit_test(nothing_is_not_added),
		cmocka_unit_test(at_risk_and_exploited_are_two_numbers),
		cmocka_unit_test(whose_age_is_unknown_counts_as_a_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
