/* Files that list accounts. */
#include "services/access/domain/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static int fresh(void **arena)
{
	*arena = lg_arena_new();
	return 0;
}

static int done(void **arena)
{
	lg_arena_free(*arena);
	return 0;
}

static struct roster good(struct lg_arena *arena, const char *text)
{
	struct roster roster = { .count = 0 };
	uint32_t line = 0;

	assert_int_equal(
		roster_parse(arena, lg_bytes(text, strlen(text)), &roster, &line).outcome, LG_DONE);
	return roster;
}

static uint32_t bad(struct lg_arena *arena, const char *text)
{
	struct roster roster = { .count = 0 };
	uint32_t line = 0;

	assert_int_equal(roster_parse(arena, lg_bytes(text, strlen(text)), &roster, &line).outcome,
		LG_REFUSED);
	assert_int_equal(roster.count, 0);
	return line;
}

/* Goal: lines are read as people write them.  Method: comments, case, CRLF, spaces, no newline. */
static void lines_are_read_as_people_write_them(void **arena)
{
	struct roster roster = good(*arena, "# first accounts\r\n\r\n"
					    "  op\tcorrect horse battery  OPERATOR \r\n"
					    "lead 12345678 centre_lead");

	assert_int_equal(roster.count, 2);
	assert_string_equal(roster.at[0].user_name, "op");
	assert_int_equal(roster.at[0].role, ROLE_OPERATOR);
	assert_string_equal(roster.at[0].password, "correct horse battery");
	assert_string_equal(roster.at[1].user_name, "lead");
	assert_int_equal(roster.at[1].role, ROLE_CENTRE_LEAD);
	assert_string_equal(roster.at[1].password, "12345678");
	assert_int_equal(good(*arena, "").count, 0);
}

/* Goal: whoever wrote it is told where it is wrong.  Method: one fault of each kind. */
static void a_bad_line_is_named(void **arena)
{
	assert_int_equal(bad(*arena, "op 12345678 OPERATOR\nop2\n"), 2);
	assert_int_equal(bad(*arena, "op OPERATOR\n"), 1);
	assert_int_equal(bad(*arena, "\n\nop 12345678 BOSS\n"), 3);
	assert_int_equal(bad(*arena, "Op 12345678 OPERATOR\n"), 1);
	assert_int_equal(bad(*arena, "op 1234567 OPERATOR\n"), 1);
	assert_int_equal(bad(*arena, "op 1234567\xff OPERATOR\n"), 1);
}

/* Goal: the list has a limit.  Method: 64 lines, then 65. */
static void sixty_five_accounts_are_too_many(void **arena)
{
	char text[(ROSTER_MAX + 1) * 32];
	size_t size = 0;

	for (uint32_t i = 0; i <= ROSTER_MAX; i++) {
		if (i == ROSTER_MAX)
			assert_int_equal(good(*arena, text).count, ROSTER_MAX);
		size += (size_t)snprintf(
			text + size, sizeof text - size, "v%u password VOLUNTEER\n", i);
	}
	assert_int_equal(bad(*arena, text), ROSTER_MAX + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_read_as_people_write_them, fresh, done),
		cmocka_unit_test_setup_teardown(a_bad_line_is_named, fresh, done),
		cmocka_unit_test_setup_teardown(sixty_five_accounts_are_too_many, fresh, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
