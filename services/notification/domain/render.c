/* Placeholders are found by one walk, for the check and for the writing (render.h). */
#include "services/notification/domain/render.h"

#include <assert.h>
#include <string.h>

#include "common/base/text.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz_"

/* A run of plain text, or a placeholder's name. */
struct piece {
	struct lg_bytes bytes;
	bool is_name;
};

/* The next piece of a text; its rest is moved behind it.  The text is not at its end. */
static struct lg_status next_piece(const char **text, struct piece *ret_piece)
{
	size_t plain = strcspn(*text, "{}");

	if (plain > 0) {
		*ret_piece = (struct piece){ .bytes = lg_bytes(*text, plain) };
		*text += plain;
		return lg_done();
	}
	if (**text == '}')
		return lg_refuse("a closing brace without an opening one");

	size_t size = strspn(*text + 1, NAME_LETTERS);

	if (size == 0 || (*text)[1 + size] != '}')
		return lg_refuse("an opening brace without a name and a closing one");
	*ret_piece = (struct piece){ .bytes = lg_bytes(*text + 1, size), .is_name = true };
	*text += size + 2;
	return lg_done();
}

static bool is_named(struct lg_bytes name, const char *other)
{
	return lg_bytes_equal(name, lg_bytes(other, strlen(other)));
}

/* What does not depend on facts. */
static struct lg_status check_shape(const char *text)
{
	size_t size = strnlen(text, RENDER_TEMPLATE_MAX + 1);
	size_t subject = strcspn(text, "\n");

	if (size > RENDER_TEMPLATE_MAX)
		return lg_refuse("the text is too long");
	if (!lg_text_is_valid(lg_bytes(text, size)))
		return lg_refuse("the text is not UTF-8");
	if (subject == 0 || subject > RENDER_SUBJECT_MAX)
		return lg_refuse("the first line, its subject, is missing or too long");
	for (size_t i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)text[i];

		if ((byte < 0x20 && byte != '\n') || byte == 0x7f)
			return lg_refuse("the text has a control character");
	}
	return lg_done();
}

struct lg_status render_check(const char *text, const char *const *names)
{
	struct lg_status status = check_shape(text);
	uint32_t uses = 0;

	while (lg_is_done(status) && *text != '\0') {
		struct piece piece = { .is_name = false };

		status = next_piece(&text, &piece);
		if (!lg_is_done(status) || !piece.is_name)
			continue;
		if (++uses > RENDER_USES_MAX)
			return lg_refuse("the text has too many placeholders");

		const char *const *name = names;

		while (*name != NULL && !is_named(piece.bytes, *name))
			name++;
		if (*name == NULL)
			return lg_refuse("a placeholder is no fact of this event");
	}
	return status;
}

static const char *value_of(const struct facts *facts, struct lg_bytes name)
{
	for (uint32_t i = 0; i < facts->count; i++) {
		if (is_named(name, facts->at[i].name))
			return facts->at[i].value;
	}
	return NULL;
}

struct lg_status render(
	struct lg_arena *arena, const char *text, const struct facts *facts, const char **ret_text)
{
	struct lg_status status = check_shape(text);
	char *written, *end;

	if (!lg_is_done(status))
		return status;
	written = end = lg_alloc(
		arena, RENDER_TEMPLATE_MAX + RENDER_USES_MAX * (size_t)RENDER_VALUE_MAX + 1);
	for (uint32_t uses = 0; *text != '\0';) {
		struct piece piece = { .is_name = false };
		struct lg_bytes value;

		status = next_piece(&text, &piece);
		if (!lg_is_done(status))
			return status;
		value = piece.bytes;
		if (piece.is_name) {
			const char *known = value_of(facts, piece.bytes);

			if (known == NULL || ++uses > RENDER_USES_MAX)
				return lg_refuse("a placeholder is no fact of this event");
			value = lg_bytes(known, strlen(known));
			if (value.size > RENDER_VALUE_MAX)
				return lg_refuse("a fact is too long to be told");
		}
		memcpy(end, value.data, value.size);
		end += value.size;
	}
	*ret_text = written;
	return lg_done();
}
