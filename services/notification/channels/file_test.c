/* Notices as files. */
#include "services/notification/channels/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct letter letter = {
	.notice_id = { .byte = { 0xab, 0xcd } },
	.address = "",
	.text = "उद्धार SNL\nCase 00ff\n",
};

#define NAME "abcd0000000000000000000000000000.txt"

struct room {
	char path[64], folder[80];
	struct lg_arena *arena;
	struct channel channel;
};

static int set_up(void **state)
{
	struct room *room = calloc(1, sizeof *room);
	const char *base = getenv("TMPDIR");

	snprintf(room->path, sizeof room->path, "%.40s/lg-file.XXXXXX",
		base == NULL ? P_tmpdir : base);
	assert_non_null(mkdtemp(room->path));
	snprintf(room->folder, sizeof room->folder, "%s/out", room->path);
	room->arena = lg_arena_new();
	assert_int_equal(
		file_channel_open(room->arena, room->folder, &room->channel).outcome, LG_DONE);
	*state = room;
	return 0;
}

static uint32_t empty(const char *folder)
{
	DIR *all = opendir(folder);
	uint32_t count = 0;

	for (struct dirent *entry; all != NULL && (entry = readdir(all)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		count++;
		assert_int_equal(unlinkat(dirfd(all), entry->d_name, 0), 0);
	}
	if (all != NULL)
		closedir(all);
	return count;
}

static int tear_down(void **state)
{
	struct room *room = *state;

	empty(room->folder);
	rmdir(room->folder);
	assert_int_equal(rmdir(room->path), 0);
	lg_arena_free(room->arena);
	free(room);
	return 0;
}

static void holds(const struct room *room, const char *text)
{
	char path[160], found[200] = "";
	FILE *file;

	snprintf(path, sizeof path, "%s/" NAME, room->folder);
	file = fopen(path, "rb");
	assert_non_null(file);
	assert_true(fread(found, 1, sizeof found - 1, file) > 0);
	fclose(file);
	assert_string_equal(found, text);
}

/*
 * Goal: a notice is one whole file under its id; sent twice it is still one.
 * Method: send, read, send another text, count.
 */
static void a_notice_is_one_file(void **state)
{
	struct room *room = *state;
	struct letter again = letter;
	const char *reason = NULL;

	assert_false(room->channel.is_away(room->channel.state));
	assert_int_equal(
		room->channel.send(room->channel.state, &letter, 1000, &reason), DELIVERY_DONE);
	holds(room, letter.text);
	again.text = "second\n";
	assert_int_equal(
		room->channel.send(room->channel.state, &again, 1000, &reason), DELIVERY_DONE);
	holds(room, "second\n");
	assert_int_equal(empty(room->folder), 1);
}

/*
 * Goal: when the disk says no the notice waits, and half a file is never seen.
 * Method: something else stands in the way, first under the name beside, then under its name.
 */
static void what_cannot_be_written_is_tried_later(void **state)
{
	struct room *room = *state;
	const char *reason = NULL;
	char path[160];

	snprintf(path, sizeof path, "%s/abcd0000000000000000000000000000.new", room->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(
		room->channel.send(room->channel.state, &letter, 1000, &reason), DELIVERY_LATER);
	assert_string_equal(reason, "the folder of notices cannot be written to");
	assert_int_equal(rmdir(path), 0);

	snprintf(path, sizeof path, "%s/" NAME, room->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(
		room->channel.send(room->channel.state, &letter, 1000, &reason), DELIVERY_LATER);
	assert_string_equal(reason, "the file of a notice cannot be written");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(empty(room->folder), 0);
}

/* Goal: a folder that cannot be is told at the start.  Method: below what is not there; a file. */
static void a_folder_that_cannot_be_is_refused(void **state)
{
	struct room *room = *state;
	struct channel channel;
	char path[160];
	FILE *file;

	snprintf(path, sizeof path, "%s/no/such", room->path);
	assert_int_equal(file_channel_open(room->arena, path, &channel).outcome, LG_REFUSED);
	snprintf(path, sizeof path, "%s/file", room->folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(file_channel_open(room->arena, path, &channel).outcome, LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_notice_is_one_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_cannot_be_written_is_tried_later, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_folder_that_cannot_be_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
