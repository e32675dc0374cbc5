#include "services/matching/engine/name.h"

#include "services/matching/engine/text/letters.h"
#include "services/matching/engine/text/name_word.h"

void name_read(const char *text, struct name *ret_name)
{
	*ret_name = (struct name){ .count = 0 };
	name_form_read(lg_bytes(text, strlen(text)), &ret_name->form);
	ret_name->count = ret_name->form.word_count;
}

uint32_t name_alike(const struct name *a, const struct name *b)
{
	return name_form_compare(&a->form, &b->form);
}

/* A title, or a second name that stands before the given one: neither tells who it is. */
static bool is_passed_over(struct lg_bytes written)
{
	char word[LETTERS_MAX];
	const char *whole;

	letters_normal(written, word);
	return name_word_kind(word, &whole) != NAME_WORD_OWN;
}

struct lg_bytes name_given(const char *text)
{
	struct lg_bytes first = lg_bytes(text, 0);

	for (;;) {
		text += strspn(text, " .,\t");
		size_t size = strcspn(text, " .,\t");

		if (size == 0)
			return first;
		if (first.size == 0)
			first = lg_bytes(text, size);
		if (!is_passed_over(lg_bytes(text, size)))
			return lg_bytes(text, size);
		text += size;
	}
}

void name_parts(const char *text, struct lg_bytes *ret_given, struct lg_bytes *ret_family)
{
	struct lg_bytes own[2] = { lg_bytes(text, 0), lg_bytes(text, 0) };
	uint32_t own_count = 0;

	for (;;) {
		text += strspn(text, " .,\t");
		size_t size = strcspn(text, " .,\t");

		if (size == 0)
			break;
		if (!is_passed_over(lg_bytes(text, size))) {
			own[own_count == 0 ? 0 : 1] = lg_bytes(text, size);
			own_count++;
		}
		text += size;
	}
	if (own_count == 0)
		own[0] = name_given(own[0].data == NULL ? "" : (const char *)own[0].data);
	*ret_given = own[0];
	*ret_family = own[1];
}
