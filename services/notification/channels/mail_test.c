/* A letter as a mail. */
#include "services/notification/channels/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static struct lg_arena *arena;

static const char *written(const char *text)
{
	const struct letter letter = {
		.notice_id = { .byte = { 0xab } },
		.address = "desk@partner.example",
		.text = text,
		.written_at = 1400000000000,
	};

	return (const char *)mail_write(arena, &letter, "notice@site.example").data;
}

/* What base64 lines say, with CR LF left out; NULL when they are none. */
static const char *decoded(const char *lines)
{
	size_t room = strlen(lines) + 1, size = 0;
	char *text = lg_alloc(arena, room);

	if (sodium_base642bin((uint8_t *)text, room, lines, strlen(lines), "\r\n", &size, NULL,
		    sodium_base64_VARIANT_ORIGINAL) != 0)
		return NULL;
	return text;
}

/* Goal: the header is what servers and readers expect.  Method: line by line. */
static void the_header_is_whole(void **unused)
{
	const char *mail = written("Rescue\nCase 00ff\n");

	(void)unused;
	assert_memory_equal(mail, "From: Lifeguard <notice@site.example>\r\n", 39);
	assert_non_null(strstr(mail, "\r\nTo: <desk@partner.example>\r\n"));
	assert_non_null(strstr(mail, "\r\nSubject: =?UTF-8?B?UmVzY3Vl?=\r\n"));
	assert_non_null(strstr(mail, "\r\nDate: Tue, 13 May 2014 16:53:20 +0000\r\n"));
	assert_non_null(strstr(
		mail, "\r\nMessage-ID: <ab000000000000000000000000000000@site.example>\r\n"));
	assert_non_null(strstr(mail, "\r\nContent-Type: text/plain; charset=utf-8\r\n"));
}

/* Goal: the body is the text, whatever it holds.  Method: a line that would end a mail. */
static void the_body_is_the_text(void **unused)
{
	static const char text[] =
		"उद्धार\n.\r\nQUIT\nFrom me\n"
		"a line that is longer than one line of base64 may be, much longer\n";
	const char *mail = written(text), *body = strstr(mail, "\r\n\r\n");

	(void)unused;
	assert_non_null(body);
	assert_string_equal(decoded(body + 4), text);
	assert_null(strstr(mail, "QUIT"));
}

/* Goal: no line is longer than a server must take, no letter is cut.  Method: a long subject. */
static void a_long_subject_is_folded_between_letters(void **unused)
{
	char subject[400] = "", *joined = lg_alloc(arena, 800);
	const char *mail, *word;

	(void)unused;
	for (int i = 0; i < 100; i++)
		memcpy(subject + 3 * i, "ब", 3);
	mail = written(subject);
	for (const char *line = mail; *line != '\0'; line = strstr(line, "\r\n") + 2)
		assert_true(strcspn(line, "\r\n") <= 84);

	word = strstr(mail, "Subject: ");
	for (size_t used = 0; (word = strstr(word, "=?UTF-8?B?")) != NULL;) {
		size_t size = strcspn(word + 10, "?");
		const char *text = decoded(lg_format(arena, "%.*s", (int)size, word + 10));

		assert_non_null(text);
		assert_int_equal(strlen(text) % 3, 0);
		memcpy(joined + used, text, strlen(text));
		used += strlen(text);
		word += 10;
	}
	assert_string_equal(joined, subject);
}

/* Goal: the part behind the last @, or nothing.  Method: with and without. */
static void a_domain_is_behind_the_at(void **unused)
{
	(void)unused;
	assert_string_equal(mail_domain("a@b.example"), "b.example");
	assert_string_equal(mail_domain("none"), "");
}

static int set_up(void **unused)
{
	(void)unused;
	arena = lg_arena_new();
	return sodium_init() < 0 ? -1 : 0;
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
		cmocka_unit_test(the_header_is_whole),
		cmocka_unit_test(the_body_is_the_text),
		cmocka_unit_test(a_long_subject_is_folded_between_letters),
		cmocka_unit_test(a_domain_is_behind_the_at),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
