/* The shipped texts: whole, in three languages, saying nothing but facts. */
#include "services/notification/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "services/notification/event_wire.h"

#define SHIPPED "services/notification/texts"

static struct lg_arena *arena;

/*
 * Goal: every event has a text in every language, and each can be told.
 * Method: read what is shipped; render each with facts of its event.
 */
static void every_shipped_text_can_be_told(void **unused)
{
	struct catalogue catalogue;
	const char *problem = NULL;

	(void)unused;
	if (!lg_is_done(catalogue_read(arena, SHIPPED, &catalogue, &problem)))
		fail_msg("%s", problem);
	for (unsigned event = 0; event < TOLD_COUNT; event++) {
		const char *names[RENDER_FACTS_MAX + 1];
		struct facts facts = { .count = 0 };

		event_placeholders((enum told_event)event, names);
		for (uint32_t i = 0; names[i] != NULL; i++)
			facts.at[facts.count++] = (struct fact){ names[i], names[i] };
		for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
			const char *text = NULL;

			assert_int_equal(
				render(arena, catalogue.texts[language][event], &facts, &text)
					.outcome,
				LG_DONE);
			assert_null(strchr(text, '{'));
		}
	}
}

static uint32_t count_of(const char *text, const char *word)
{
	uint32_t count = 0;

	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		count++;
	return count;
}

/*
 * Goal: a reader of any language is told the same: the three texts of an event hold the same
 * facts, always the case and a link; Hindi and Nepali are written in Devanagari.
 * Method: count each placeholder; look for letters of U+0900..U+097F.
 */
static void the_languages_tell_the_same(void **unused)
{
	struct catalogue catalogue;
	const char *problem = NULL;

	(void)unused;
	assert_int_equal(catalogue_read(arena, SHIPPED, &catalogue, &problem).outcome, LG_DONE);
	for (unsigned event = 0; event < TOLD_COUNT; event++) {
		const char *names[RENDER_FACTS_MAX + 1];
		const char *english = catalogue.texts[LANGUAGE_EN][event];

		event_placeholders((enum told_event)event, names);
		assert_int_equal(count_of(english, "{case}"), 1);
		assert_int_equal(count_of(english, "{link}"), 1);
		for (unsigned language = LANGUAGE_HI; language < LANGUAGE_COUNT; language++) {
			const char *text = catalogue.texts[language][event];

			for (uint32_t i = 0; names[i] != NULL; i++) {
				const char *use = lg_format(arena, "{%s}", names[i]);

				assert_int_equal(count_of(text, use), count_of(english, use));
			}
			assert_true(count_of(text, "\xe0\xa4") > 10);
		}
	}
}

/*
 * Goal: a text that is missing or says what is no fact stops the start, and is named.
 * Method: a folder with one bad text; an empty folder.
 */
static void a_bad_text_is_named(void **unused)
{
	const char *base = getenv("TMPDIR");
	char *folder = lg_format(arena, "%s/lg-texts.XXXXXX", base == NULL ? P_tmpdir : base);
	struct catalogue catalogue;
	const char *problem = NULL;

	(void)unused;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(catalogue_read(arena, folder, &catalogue, &problem).outcome, LG_REFUSED);
	assert_non_null(strstr(problem, "en/RescueRecorded.txt: the file cannot be read"));

	char *language = lg_format(arena, "%s/en", folder);
	char *path = lg_format(arena, "%s/RescueRecorded.txt", language);

	assert_int_equal(mkdir(language, 0700), 0);
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	fputs("Rescue of {name}\n", file);
	fclose(file);
	assert_int_equal(catalogue_read(arena, folder, &catalogue, &problem).outcome, LG_REFUSED);
	assert_non_null(strstr(problem, "a placeholder is no fact of this event"));

	file = fopen(path, "wb");
	assert_non_null(file);
	fwrite("Rescue\0 of", 1, 10, file);
	fclose(file);
	assert_int_equal(catalogue_read(arena, folder, &catalogue, &problem).outcome, LG_REFUSED);
	assert_non_null(strstr(problem, "the text has a control character"));

	unlink(path);
	rmdir(language);
	assert_int_equal(rmdir(folder), 0);
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
		cmocka_unit_test(every_shipped_text_can_be_told),
		cmocka_unit_test(the_languages_tell_the_same),
		cmocka_unit_test(a_bad_text_is_named),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
