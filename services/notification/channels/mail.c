/* Header and body of a mail (mail.h). */
#include "services/notification/channels/mail.h"

#include <sodium.h>
#include <string.h>

#define WORD_BYTES 45 /* 60 letters of base64: an encoded word may have 75 (RFC 2047, 2) */
#define LINE_BYTES 57 /* 76 letters of base64: a line of a body (RFC 2045, 6.8) */

const char *mail_domain(const char *address)
{
	const char *at = strrchr(address, '@');

	return at == NULL ? "" : at + 1;
}

static const char *base64(struct lg_arena *arena, const char *text, size_t size)
{
	size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
	char *encoded = lg_alloc(arena, room);

	return sodium_bin2base64(
		encoded, room, (const uint8_t *)text, size, sodium_base64_VARIANT_ORIGINAL);
}

/* At most WORD_BYTES, and no letter cut in two. */
static size_t word_size(const char *text, size_t left)
{
	size_t size = left < WORD_BYTES ? left : WORD_BYTES;

	while (size < left && size > 1 && ((uint8_t)text[size] & 0xc0u) == 0x80u)
		size--;
	return size;
}

static const char *subject_of(struct lg_arena *arena, const char *text)
{
	size_t left = strcspn(text, "\n");
	const char *subject = "";

	while (left > 0) {
		size_t size = word_size(text, left);

		subject = lg_format(arena, "%s%s=?UTF-8?B?%s?=", subject,
			subject[0] == '\0' ? "" : "\r\n ", base64(arena, text, size));
		text += size;
		left -= size;
	}
	return subject;
}

/* "Tue, 13 May 2014 16:53:20 +0000" */
static const char *date_of(struct lg_arena *arena, lg_ms time)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	struct lg_date date = lg_date_of(time);
	lg_ms day = lg_date_start(date), within = (time - day) / LG_SECOND_MS;

	return lg_format(arena, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[day / LG_DAY_MS % 7],
		date.day, months[date.month - 1], date.year, (int)(within / 3600),
		(int)(within / 60 % 60), (int)(within % 60));
}

static const char *body_of(struct lg_arena *arena, const char *text)
{
	size_t left = strlen(text), lines = left / LINE_BYTES + 1;
	char *body = lg_alloc(arena, lines * (76 + 2) + 8), *end = body;

	while (left > 0) {
		size_t size = left < LINE_BYTES ? left : LINE_BYTES;
		const char *line = base64(arena, text, size);
		size_t length = strlen(line);

		memcpy(end, line, length);
		memcpy(end + length, "\r\n", 2);
		end += length + 2;
		text += size;
		left -= size;
	}
	return body;
}

struct lg_bytes mail_write(struct lg_arena *arena, const struct letter *letter, const char *from)
{
	char id[LG_ID_TEXT];
	const char *mail;

	lg_id_print(letter->notice_id, id);
	mail = lg_format(arena,
		"From: Lifeguard <%s>\r\n"
		"To: <%s>\r\n"
		"Subject: %s\r\n"
		"Date: %s\r\n"
		"Message-ID: <%s@%s>\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: base64\r\n"
		"\r\n"
		"%s",
		from, letter->address, subject_of(arena, letter->text),
		date_of(arena, letter->written_at), id, mail_domain(from),
		body_of(arena, letter->text));
	return lg_bytes(mail, strlen(mail));
}
