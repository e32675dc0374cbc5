/* Texts and facts. */
#include "services/notification/domain/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = { "station", "case", NULL };

static const struct facts facts = {
	.count = 2,
	.at = { { "station", "SNL" }, { "case", "00ff" } },
};

static struct lg_arena *arena;

static const char *rendered(const char *text)
{
	const char *made = NULL;

	assert_int_equal(render_check(text, names).outcome, LG_DONE);
	assert_int_equal(render(arena, text, &facts, &made).outcome, LG_DONE);
	return made;
}

static void is_refused(const char *text, const char *reason)
{
	const char *made = "untouched";
	struct lg_status status = render_check(text, names);

	assert_int_equal(status.outcome, LG_REFUSED);
	assert_string_equal(status.reason, reason);
	assert_int_equal(render(arena, text, &facts, &made).outcome, LG_REFUSED);
	assert_string_equal(made, "untouched");
}

/* Goal: a placeholder becomes its fact, all else stays.  Method: at each place of a text. */
static void placeholders_become_facts(void **unused)
{
	(void)unused;
	assert_string_equal(rendered("plain"), "plain");
	assert_string_equal(rendered("{station}"), "SNL");
	assert_string_equal(rendered("a {station}{case} b"), "a SNL00ff b");
	assert_string_equal(rendered("केन्द्र {station}\nमुद्दा {case}\n"), "केन्द्र SNL\nमुद्दा 00ff\n");
}

/*
 * Goal: a text can say nothing but what it says and the facts of its event.
 * Method: each way to be wrong, in the check and in the writing.
 */
static void what_is_no_fact_is_refused(void **unused)
{
	(void)unused;
	is_refused("{name}", "a placeholder is no fact of this event");
	is_refused("{stat}", "a placeholder is no fact of this event");
	is_refused("{stations}", "a placeholder is no fact of this event");
	is_refused("a {", "an opening brace without a name and a closing one");
	is_refused("a {}", "an opening brace without a name and a closing one");
	is_refused("a {station", "an opening brace without a name and a closing one");
	is_refused("{Station}", "an opening brace without a name and a closing one");
	is_refused("{{station}}", "an opening brace without a name and a closing one");
	is_refused("a } b", "a closing brace without an opening one");
	is_refused("", "the first line, its subject, is missing or too long");
	is_refused("\nx", "the first line, its subject, is missing or too long");
	is_refused("a\r\nb", "the text has a control character");
	is_refused("a\x7f", "the text has a control character");
	is_refused("a\xff", "the text is not UTF-8");
}

static char *letters(size_t size)
{
	char *text = lg_alloc(arena, size + 1);

	memset(text, 'a', size);
	return text;
}

/* Goal: every limit has two sides.  Method: on it and one beyond. */
static void every_limit_is_kept(void **unused)
{
	struct facts wide = { .count = 1, .at = { { "case", NULL } } };
	const char *made = NULL;
	char *text = letters(RENDER_TEMPLATE_MAX + 1);

	(void)unused;
	text[RENDER_SUBJECT_MAX] = '\n';
	is_refused(text, "the text is too long");
	text[RENDER_TEMPLATE_MAX] = '\0';
	assert_string_equal(rendered(text), text);
	text[RENDER_SUBJECT_MAX] = 'a';
	is_refused(text, "the first line, its subject, is missing or too long");

	wide.at[0].value = letters(RENDER_VALUE_MAX);
	assert_int_equal(render(arena, "{case}", &wide, &made).outcome, LG_DONE);
	wide.at[0].value = letters(RENDER_VALUE_MAX + 1);
	assert_int_equal(render(arena, "{case}", &wide, &made).outcome, LG_REFUSED);

	text = letters(8 * (RENDER_USES_MAX + 1) + 1);
	text[1] = '\n';
	for (size_t i = 0; i <= RENDER_USES_MAX; i++)
		memcpy(text + 2 + i * 6, "{case}", 6);
	text[2 + 6 * (RENDER_USES_MAX + 1)] = '\0';
	assert_int_equal(render_check(text, names).outcome, LG_REFUSED);
	assert_int_equal(render(arena, text, &facts, &made).outcome, LG_REFUSED);
	text[2 + 6 * RENDER_USES_MAX] = '\0';
	assert_int_equal(strlen(rendered(text)), 2 + 4 * RENDER_USES_MAX);
}

static int set_up(void **unused)
{
	(void)unused;
	arena = lg_arena_new();
	return 0;
}

static int tear_down(void **unused)
{
	(void)unused;
	lg_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholders_become_facts),
		cmocka_unit_test(what_is_no_fact_is_refused),
		cmocka_unit_test(every_limit_is_kept),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
