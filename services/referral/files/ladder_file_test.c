/* The ladders of the data folder, and files that are none. */
#include "services/referral/files/ladder_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SECTION \
	"answer = 10\ndelivery = 20\nreminder = 30\nhandover = 35\ndestruction = 40\nfirst = centre_lead\n" \
	"second = operator\nthird = protection_officer\n"
#define PLAN "[aftercare]\nmonth = 5\n"

static struct lg_status read_text(const char *text, struct ladders *ret_ladders)
{
	char folder[] = "ladders.XXXXXX", path[64];
	struct lg_arena *arena = lg_arena_new();
	const char *problem = NULL;
	struct lg_status status;
	FILE *file;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/ladders.ini", folder);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	status = ladder_file_read(arena, folder, ret_ladders, &problem);
	if (!lg_is_done(status))
		assert_non_null(problem);
	unlink(path);
	rmdir(folder);
	lg_arena_free(arena);
	return status;
}

/* Goal: what ships can be read.  Method: the service's own data folder. */
static void what_ships_can_be_read(void **unused)
{
	(void)unused;
	struct lg_arena *arena = lg_arena_new();
	struct ladders ladders;
	const char *problem = NULL;

	assert_true(
		lg_is_done(ladder_file_read(arena, "services/referral/data", &ladders, &problem)));
	assert_int_equal(ladders.at[URGENCY_EMERGENCY].answer, LG_HOUR_MS);
	assert_int_equal(ladders.at[URGENCY_ROUTINE].destruction, 7 * LG_DAY_MS);
	assert_int_equal(ladders.month, 30 * LG_DAY_MS);
	assert_int_equal(ladder_human(&ladders.at[URGENCY_EMERGENCY], 1), HUMAN_PROTECTION_OFFICER);
	lg_arena_free(arena);
}

/* Goal: a bad file stops the start.  Method: good; nobody's name; a missing section; a zero. */
static void a_bad_file_is_refused(void **unused)
{
	(void)unused;
	struct ladders ladders;

	assert_true(lg_is_done(
		read_text("[routine]\n" SECTION "[urgent]\n" SECTION "[emergency]\n" SECTION PLAN,
			&ladders)));
	assert_int_equal(ladders.at[URGENCY_URGENT].delivery, 20 * LG_SECOND_MS);
	assert_false(
		lg_is_done(read_text("[routine]\n" SECTION "[urgent]\n" SECTION PLAN, &ladders)));
	assert_false(lg_is_done(read_text("[routine]\nanswer = 0\n", &ladders)));
	assert_false(lg_is_done(
		read_text("[routine]\n" SECTION "[urgent]\n" SECTION
			  "[emergency]\nanswer = 10\ndelivery = 20\n"
			  "reminder = 30\nhandover = 35\ndestruction = 40\nfirst = nobody\n"
			  "second = operator\nthird = operator\n" PLAN,
			&ladders)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ships_can_be_read),
		cmocka_unit_test(a_bad_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
