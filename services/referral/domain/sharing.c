#include "services/referral/domain/sharing.h"

#include <assert.h>
#include <string.h>

#include "services/referral/domain/words.h"

_Static_assert(SHARING_TEXT_MAX > (SHARING_MAX + 1) * (SHARING_CODE_MAX + 2), "a text holds all");

static const char signs[] = {
	[SHARING_NOT_ASKED] = '?',
	[SHARING_GIVEN] = '+',
	[SHARING_REFUSED] = '-',
	[SHARING_WITHDRAWN] = '~',
};

struct lg_status sharing_set(struct sharing *sharing, const char *recipient, enum sharing_word word)
{
	uint32_t place = 0;

	if (recipient[0] == '\0') {
		sharing->general = word;
		return lg_done();
	}
	if (!word_is_code(recipient) || strlen(recipient) > SHARING_CODE_MAX)
		return lg_refuse("a recipient is the code of an organisation, or empty for all");
	while (place < sharing->count && strcmp(sharing->at[place].code, recipient) != 0)
		place++;
	if (place == SHARING_MAX)
		return lg_refuse("more than 16 organisations are named in a consent");
	if (place == sharing->count) {
		memcpy(sharing->at[place].code, recipient, strlen(recipient) + 1);
		sharing->count++;
	}
	sharing->at[place].word = word;
	return lg_done();
}

bool sharing_may_tell(const struct sharing *sharing, const char *code)
{
	for (uint32_t i = 0; i < sharing->count; i++)
		if (strcmp(sharing->at[i].code, code) == 0)
			return sharing->at[i].word == SHARING_GIVEN;
	return sharing->general == SHARING_GIVEN;
}

bool sharing_may_tell_any(const struct sharing *sharing)
{
	if (sharing->general == SHARING_GIVEN)
		return true;
	for (uint32_t i = 0; i < sharing->count; i++)
		if (sharing->at[i].word == SHARING_GIVEN)
			return true;
	return false;
}

/* Appends a text and its sign; returns the new end. */
static char *append(char *end, const char *text, enum sharing_word word)
{
	size_t size = strlen(text);

	memcpy(end, text, size);
	end[size] = signs[word];
	return end + size + 1;
}

void sharing_print(const struct sharing *sharing, char ret_text[SHARING_TEXT_MAX])
{
	char *end = append(ret_text, "", sharing->general);

	for (uint32_t i = 0; i < sharing->count; i++) {
		*end++ = ' ';
		end = append(end, sharing->at[i].code, sharing->at[i].word);
	}
	*end = '\0';
	assert(end < ret_text + SHARING_TEXT_MAX);
}

static bool word_of(char sign, enum sharing_word *ret_word)
{
	const char *at = memchr(signs, sign, sizeof signs);

	if (at == NULL)
		return false;
	*ret_word = (enum sharing_word)(at - signs);
	return true;
}

struct lg_status sharing_parse(const char *text, struct sharing *ret_sharing)
{
	struct sharing sharing = { .count = 0 };
	char word[WORD_MAX + 1];

	while (words_next(&text, word)) {
		size_t size = strlen(word);
		enum sharing_word said = SHARING_NOT_ASKED;

		if (!word_of(word[size - 1], &said))
			return lg_refuse("a consent ends with a sign");
		word[size - 1] = '\0';

		struct lg_status status = sharing_set(&sharing, word, said);

		if (!lg_is_done(status))
			return status;
	}
	*ret_sharing = sharing;
	return lg_done();
}
