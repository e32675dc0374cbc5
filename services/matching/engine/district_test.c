/* Districts as they are written. */
#include "services/matching/engine/district.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct district_table no_aliases = { .count = 0 };

static bool is_one(const struct district_table *table, const char *a, const char *b)
{
	struct name left = district_read(table, a), right = district_read(table, b);

	return district_equal(&left, &right);
}

/* Goal: spelling does not part a district.  Method: pairs as forms have them; neighbours. */
static void spelling_does_not_part_a_district(void **unused)
{
	(void)unused;
	assert_true(is_one(&no_aliases, "Kapilvastu", "Kapilbastu"));
	assert_true(is_one(&no_aliases, "Kapilvastu", "कपिलवस्तु"));
	assert_true(is_one(&no_aliases, "DHANUSHA", "Dhanusa"));
	assert_false(is_one(&no_aliases, "Dolpa", "Dolakha"));
	assert_false(is_one(&no_aliases, "Parsa", "Palpa"));
	assert_false(is_one(&no_aliases, "Dang", "Dhading"));
	assert_false(is_one(&no_aliases, "", ""));
}

/* Goal: an alias leads to its district.  Method: one row; another name beside it. */
static void an_alias_leads_to_its_district(void **unused)
{
	struct district_alias row;
	struct district_table table = { .count = 1, .rows = &row };

	(void)unused;
	name_read("Taulihawa", &row.alias);
	name_read("Kapilvastu", &row.district);
	assert_true(is_one(&table, "taulihawa", "Kapilvastu"));
	assert_false(is_one(&table, "Banke", "Kapilvastu"));
}

#define DISTRICTS_MAX 1024

struct listed {
	char code[64];
	struct name heard, in_nepali;
};

/* The list that both countries share: code, en, hi, ne, since. */
static uint32_t read_districts(struct listed *ret_list)
{
	FILE *file = fopen("proto/codes/district.csv", "re");
	char line[1024], nepali[256];
	uint32_t count = 0;

	assert_non_null(file); /* tests run from the root of the tree */
	while (fgets(line, sizeof line, file) != NULL && count < DISTRICTS_MAX) {
		struct listed *next = &ret_list[count];

		if (sscanf(line, "%63[^,],%*[^,],%*[^,],%255[^,]", next->code, nepali) != 2 ||
			strcmp(next->code, "code") == 0)
			continue;
		next->heard = district_read(&no_aliases, next->code);
		next->in_nepali = district_read(&no_aliases, nepali);
		count++;
	}
	fclose(file);
	return count;
}

/*
 * Goal: no two districts are taken for one, and most are known in both scripts (events carry
 * codes; this is for what was written by hand).  Method: every pair of the shared list.
 */
static void districts_of_the_shared_list_stay_apart(void **unused)
{
	struct listed *list = calloc(DISTRICTS_MAX, sizeof *list);
	uint32_t best = 0, same = 0, count;

	(void)unused;
	assert_non_null(list);
	count = read_districts(list);
	for (uint32_t i = 0; i < count; i++) {
		same += district_equal(&list[i].heard, &list[i].in_nepali);
		for (uint32_t k = 0; k < i; k++) {
			uint32_t alike = name_alike(&list[i].heard, &list[k].heard);

			if (alike > best)
				best = alike;
			if (district_equal(&list[i].heard, &list[k].heard))
				print_error("%s and %s: %u\n", list[i].code, list[k].code, alike);
		}
	}
	free(list);
	print_message("districts: %u; most alike %u of 1000; same in both scripts %u\n", count,
		best, same);
	assert_true(count >= 77);
	assert_true(best < 870);
	assert_true(1000 * same / count >= 700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spelling_does_not_part_a_district),
		cmocka_unit_test(an_alias_leads_to_its_district),
		cmocka_unit_test(districts_of_the_shared_list_stay_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
