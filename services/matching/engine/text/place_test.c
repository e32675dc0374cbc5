/* Places as forms and families write them. */
#include "services/matching/engine/text/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct place_table no_aliases = { .count = 0 };

static struct place read(const struct place_table *table, const char *text)
{
	return place_read(table, lg_bytes(text, strlen(text)), NULL);
}

static struct place recorded(const char *text, const char *district)
{
	enum place_kind kind;
	struct name_form form = place_bare(lg_bytes(district, strlen(district)), &kind);

	return place_read(&no_aliases, lg_bytes(text, strlen(text)), &form);
}

/* Goal: one place, many ways to write it.  Method: two scripts, words for kinds, wards, joined. */
static void ways_to_write_one_place(void **unused)
{
	static const char *const ways[] = { "Badhaiyatal Rural Municipality, Bardiya",
		"Badhaiyatal Gaunpalika-5, Bardiya", "BADHAIYATAL GAUNPALIKA, Bardia District",
		"बढैयाताल गाउँपालिका, बर्दिया", "बढैयातालगाउँपालिका वडा नं ५, जिल्ला बर्दिया",
		"Badhaiyatal, Bardiya", "Badaiyatal R.M., Bardiya",
		"Ward No. 5, Badhaiyatal, Bardiya", "वडा नं ५, बढैयाताल, जिल्ला बर्दिया" };
	struct place first = read(&no_aliases, ways[0]);

	(void)unused;
	for (size_t i = 1; i < sizeof ways / sizeof ways[0]; i++) {
		struct place other = read(&no_aliases, ways[i]);
		struct place_alike alike = place_compare(&first, &other);

		if (alike.local < PLACE_EQUAL || alike.district < PLACE_EQUAL)
			fail_msg("%s: %d, district %d", ways[i], alike.local, alike.district);
	}
}

/* Goal: the kind is what the words say.  Method: each kind in both languages; none. */
static void words_say_the_kind(void **unused)
{
	static const struct {
		const char *text;
		enum place_kind kind;
	} said[] = {
		{ "Sainamaina Municipality", PLACE_TOWN }, { "सैनामैना नगरपालिका", PLACE_TOWN },
		{ "Rohini Rural Municipality", PLACE_RURAL }, { "Rohini Gaunpalika", PLACE_RURAL },
		{ "Butwal Sub-Metropolitan City", PLACE_SUB_METROPOLIS },
		{ "बुटवल उप-महानगरपालिका", PLACE_SUB_METROPOLIS },
		{ "Butwal Upamahanagarpalika", PLACE_SUB_METROPOLIS },
		{ "Lalitpur Metropolitan City", PLACE_METROPOLIS },
		{ "ललितपुर महानगरपालिका", PLACE_METROPOLIS }, { "Bhalwari V.D.C.", PLACE_VILLAGE },
		{ "Bhalwari VDC", PLACE_VILLAGE }, { "भलवारी गाविस", PLACE_VILLAGE },
		{ "Rupandehi District", PLACE_DISTRICT }, { "Rupandehi", PLACE_UNSAID },
		{ "Municipality", PLACE_UNSAID }, /* nothing else is left to be a name */
	};

	(void)unused;
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		enum place_kind kind;
		struct name_form bare =
			place_bare(lg_bytes(said[i].text, strlen(said[i].text)), &kind);

		assert_true(bare.size > 0);
		if (kind != said[i].kind)
			fail_msg("%s: kind %d", said[i].text, (int)kind);
	}
}

/* Goal: neighbours stay apart, and nothing is made up.  Method: other places, empty parts. */
static void other_places_are_others(void **unused)
{
	struct place a = read(&no_aliases, "Rohini Gaunpalika, Rupandehi");
	struct place b = read(&no_aliases, "Siyari Gaunpalika, Rupandehi");
	struct place c = read(&no_aliases, "Rohini Gaunpalika");
	struct place none = read(&no_aliases, " , ;");

	(void)unused;
	assert_true(place_compare(&a, &b).local < PLACE_EQUAL);
	assert_int_equal(place_compare(&a, &b).district, 1000);
	assert_int_equal(place_compare(&a, &c).local, 1000);
	assert_int_equal(place_compare(&a, &c).district, -1);
	assert_int_equal(place_compare(&a, &none).local, -1);
	assert_int_equal(none.local.size, 0);
}

/* Goal: an old name leads to the new place, in its district alone.  Method: one row. */
static void an_alias_leads_to_its_place(void **unused)
{
	struct place_alias row;
	struct place_table table = { .count = 1, .rows = &row };
	struct place today = read(&no_aliases, "Siddharthanagar, Rupandehi");
	struct place old, elsewhere;

	(void)unused;
	name_form_read(lg_bytes("Bhairahawa", 10), &row.alias);
	row.local = today.local;
	row.district = today.district;
	old = read(&table, "भैरहवा नगरपालिका");
	assert_int_equal(place_compare(&old, &today).local, 1000);
	assert_int_equal(place_compare(&old, &today).district, 1000);
	elsewhere = read(&table, "Bhairahawa, Jhapa");
	assert_true(place_compare(&elsewhere, &today).local < PLACE_EQUAL);
}

/*
 * Goal: how much two places agree is one of three, whatever each of them leaves out.  Method: pairs, both
 * ways round; a district recorded apart, and a local level that bears its district's name.
 */
static void places_have_grades(void **unused)
{
	static const struct {
		const char *a, *recorded_a, *b, *recorded_b;
		enum place_grade grade;
	} pairs[] = {
		{ "Badhaiyatal-5", "bardiya", "बढैयाताल गाउँपालिका, बर्दिया", "", PLACE_GRADE_LOCAL },
		{ "Bardiya", "bardiya", "Badhaiyatal", "bardiya", PLACE_GRADE_DISTRICT },
		{ "बर्दिया", "", "Badhaiyatal, Bardiya", "", PLACE_GRADE_DISTRICT },
		{ "Gulariya", "bardiya", "Badhaiyatal", "bardiya", PLACE_GRADE_DISTRICT },
		{ "Badhaiyatal", "", "Badhaiyatal", "bardiya", PLACE_GRADE_LOCAL },
		{ "Badhaiyatal", "banke", "Badhaiyatal", "bardiya", PLACE_GRADE_OTHER },
		{ "Badhaiyatal, Banke", "bardiya", "Badhaiyatal", "bardiya", PLACE_GRADE_LOCAL },
		{ "", "banke", "Badhaiyatal", "bardiya", PLACE_GRADE_OTHER },
		{ "", "bardiya", "", "bardiya", PLACE_GRADE_DISTRICT },
		{ "Kapilvastu Municipality", "kapilvastu", "Kapilvastu", "", PLACE_GRADE_LOCAL },
		{ "Gulariya", "", "Badhaiyatal", "", PLACE_GRADE_UNKNOWN },
		{ "", "", "Badhaiyatal", "bardiya", PLACE_GRADE_UNKNOWN },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct place a = recorded(pairs[i].a, pairs[i].recorded_a);
		struct place b = recorded(pairs[i].b, pairs[i].recorded_b);
		struct place_alike forth = place_compare(&a, &b), back = place_compare(&b, &a);

		if (place_grade(&forth) != pairs[i].grade || place_grade(&back) != pairs[i].grade)
			fail_msg("%s and %s: grade %d", pairs[i].a, pairs[i].b,
				(int)place_grade(&forth));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ways_to_write_one_place),
		cmocka_unit_test(words_say_the_kind),
		cmocka_unit_test(other_places_are_others),
		cmocka_unit_test(an_alias_leads_to_its_place),
		cmocka_unit_test(places_have_grades),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
