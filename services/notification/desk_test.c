/* The desk from its configuration. */
#include "services/notification/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct lg_arena *arena;
static char *folder, *texts;

static void write_settings(const char *rest)
{
	FILE *file = fopen(lg_format(arena, "%s/channels.ini", folder), "wb");

	assert_non_null(file);
	fprintf(file, "[channels]\ntexts = %s\n%s", texts, rest);
	fclose(file);
}

static void is_refused(const char *rest, const char *problem)
{
	void *desk = NULL;
	const char *said = "";

	write_settings(rest);
	assert_int_equal(desk_open(arena, folder, &desk, &said).outcome, LG_REFUSED);
	if (strstr(said, problem) == NULL)
		fail_msg("said: %s", said);
}

/* Goal: what is shipped starts, with no channel set up.  Method: the shipped folder. */
static void the_shipped_folder_starts(void **unused)
{
	void *made = NULL;
	const char *problem = "";

	(void)unused;
	if (!lg_is_done(desk_open(arena, "services/notification/data", &made, &problem)))
		fail_msg("%s", problem);
	const struct desk *desk = made;

	assert_null(desk->channels[CHANNEL_FILE].state);
	assert_null(desk->channels[CHANNEL_SMTP].state);
	assert_string_equal(desk->link, "");
	assert_non_null(desk->catalogue.texts[LANGUAGE_NE][TOLD_FEEDBACK_GIVEN]);
}

/* Goal: channels are set up as told, names are those of the folder.  Method: both channels. */
static void channels_are_set_up_as_told(void **unused)
{
	void *made = NULL;
	const char *problem = "";

	(void)unused;
	write_settings("folder = out\nlink = https://site.example/cases/\nsmtp-server = 127.0.0.1\n"
		       "smtp-starttls = no\nsmtp-from = notice@site.example\n");
	if (!lg_is_done(desk_open(arena, folder, &made, &problem)))
		fail_msg("%s", problem);
	const struct desk *desk = made;

	assert_non_null(desk->channels[CHANNEL_FILE].state);
	assert_non_null(desk->channels[CHANNEL_SMTP].state);
	assert_string_equal(desk->link, "https://site.example/cases/");
	assert_int_equal(access(lg_format(arena, "%s/out", folder), W_OK), 0);
	assert_int_equal(rmdir(lg_format(arena, "%s/out", folder)), 0);
}

/* Goal: what cannot work stops the start, with its reason.  Method: each setting wrong. */
static void what_cannot_work_is_told_at_the_start(void **unused)
{
	(void)unused;
	is_refused("link = http://site.example/\n", "link is");
	is_refused("link = https://site.example/ x\n", "link is");
	is_refused("link = https://{case}\n", "link is");
	is_refused("folder = no/such\n", "the folder of notices cannot be made");
	is_refused("smtp-server = mail.example\nsmtp-from = a@b.example\nsmtp-starttls = no\n",
		"without STARTTLS");
	is_refused("smtp-server = mail.example\n", "smtp-from is no mail address");
	is_refused("smtp-server = mail.example\nsmtp-from = a@b.example\nsmtp-credentials = none\n",
		"credentials cannot be read");
	is_refused("pigeon = yes\n", "pigeon");
	texts = lg_format(arena, "%s/none", folder);
	is_refused("", "RescueRecorded.txt: the file cannot be read");
}

static int set_up(void **unused)
{
	const char *base = getenv("TMPDIR");
	char here[512];

	(void)unused;
	arena = lg_arena_new();
	assert_non_null(getcwd(here, sizeof here));
	texts = lg_format(arena, "%s/services/notification/texts", here);
	folder = lg_format(arena, "%s/lg-desk.XXXXXX", base == NULL ? P_tmpdir : base);
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int tear_down(void **unused)
{
	(void)unused;
	unlink(lg_format(arena, "%s/channels.ini", folder));
	assert_int_equal(rmdir(folder), 0);
	lg_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_folder_starts),
		cmocka_unit_test(channels_are_set_up_as_told),
		cmocka_unit_test(what_cannot_work_is_told_at_the_start),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
