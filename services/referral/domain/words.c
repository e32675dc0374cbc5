#include "services/referral/domain/words.h"

#include <string.h>

bool word_is_code(const char *text)
{
	size_t size = strlen(text);

	return size > 0 && size <= WORD_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == size;
}

bool words_next(const char **list, char ret_word[WORD_MAX + 1])
{
	const char *start = *list + strspn(*list, " ");
	size_t size = strcspn(start, " ");
	size_t kept = size > WORD_MAX ? WORD_MAX : size;

	memcpy(ret_word, start, kept);
	ret_word[kept] = '\0';
	*list = start + size;
	return size > 0;
}

bool words_have(const char *list, const char *word)
{
	char at[WORD_MAX + 1];

	while (words_next(&list, at))
		if (strcmp(at, word) == 0)
			return true;
	return false;
}

bool words_have_all(const char *list, const char *wanted)
{
	char at[WORD_MAX + 1];

	while (words_next(&wanted, at))
		if (!words_have(list, at))
			return false;
	return true;
}

size_t words_count(const char *list)
{
	char at[WORD_MAX + 1];
	size_t count = 0;

	while (words_next(&list, at))
		count++;
	return count;
}
