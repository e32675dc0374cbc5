#include "services/matching/engine/text/name_word.h"

#include <stddef.h>
#include <string.h>

/* In the order of use, Latin before Devanagari; few enough to be walked. */
static const struct {
	const char *word;
	enum name_word kind;
	const char *whole;
} words[] = {
	{ "shri", NAME_WORD_TITLE, NULL },
	{ "sri", NAME_WORD_TITLE, NULL },
	{ "shree", NAME_WORD_TITLE, NULL },
	{ "smt", NAME_WORD_TITLE, NULL },
	{ "shrimati", NAME_WORD_TITLE, NULL },
	{ "srimati", NAME_WORD_TITLE, NULL },
	{ "sushri", NAME_WORD_TITLE, NULL },
	{ "mr", NAME_WORD_TITLE, NULL },
	{ "mrs", NAME_WORD_TITLE, NULL },
	{ "ms", NAME_WORD_TITLE, NULL },
	{ "miss", NAME_WORD_TITLE, NULL },
	{ "dr", NAME_WORD_TITLE, NULL },
	{ "er", NAME_WORD_TITLE, NULL },
	{ "adv", NAME_WORD_TITLE, NULL },
	{ "late", NAME_WORD_TITLE, NULL },
	{ "ji", NAME_WORD_TITLE, NULL },
	{ "jee", NAME_WORD_TITLE, NULL },
	{ "श्री", NAME_WORD_TITLE, NULL },
	{ "श्रीमती", NAME_WORD_TITLE, NULL },
	{ "श्रीमति", NAME_WORD_TITLE, NULL },
	{ "सुश्री", NAME_WORD_TITLE, NULL },
	{ "मिस", NAME_WORD_TITLE, NULL },
	{ "डा", NAME_WORD_TITLE, NULL },
	{ "डॉ", NAME_WORD_TITLE, NULL },
	{ "स्व", NAME_WORD_TITLE, NULL },
	{ "जी", NAME_WORD_TITLE, NULL },
	{ "kumari", NAME_WORD_FILLER, NULL },
	{ "kumar", NAME_WORD_FILLER, NULL },
	{ "devi", NAME_WORD_FILLER, NULL },
	{ "bahadur", NAME_WORD_FILLER, NULL },
	{ "prasad", NAME_WORD_FILLER, NULL },
	{ "lal", NAME_WORD_FILLER, NULL },
	{ "mohammad", NAME_WORD_FILLER, NULL },
	{ "muhammad", NAME_WORD_FILLER, NULL },
	{ "kumaree", NAME_WORD_FILLER, NULL },
	{ "bdr", NAME_WORD_FILLER, "bahadur" },
	{ "bd", NAME_WORD_FILLER, "bahadur" },
	{ "kr", NAME_WORD_FILLER, "kumar" },
	{ "km", NAME_WORD_FILLER, "kumari" },
	{ "ku", NAME_WORD_FILLER, "kumari" },
	{ "pd", NAME_WORD_FILLER, "prasad" },
	{ "md", NAME_WORD_FILLER, "mohammad" },
	{ "mohd", NAME_WORD_FILLER, "mohammad" },
	{ "mohmad", NAME_WORD_FILLER, "mohammad" },
	{ "कुमारी", NAME_WORD_FILLER, NULL },
	{ "कुमार", NAME_WORD_FILLER, NULL },
	{ "कु", NAME_WORD_FILLER, "कुमारी" },
	{ "देवी", NAME_WORD_FILLER, NULL },
	{ "बहादुर", NAME_WORD_FILLER, NULL },
	{ "प्रसाद", NAME_WORD_FILLER, NULL },
	{ "लाल", NAME_WORD_FILLER, NULL },
	{ "मोहम्मद", NAME_WORD_FILLER, NULL },
	/* of places, which are looked up in the same way: the kinds of both scripts are one word */
	{ "municipality", NAME_WORD_FILLER, "nagarpalika" },
	{ "nagarpalika", NAME_WORD_FILLER, NULL },
	{ "gaunpalika", NAME_WORD_FILLER, NULL },
	{ "mahanagarpalika", NAME_WORD_FILLER, NULL },
	{ "upamahanagarpalika", NAME_WORD_FILLER, NULL },
	{ "नगरपालिका", NAME_WORD_FILLER, "nagarpalika" },
	{ "गाउँपालिका", NAME_WORD_FILLER, "gaunpalika" },
	{ "महानगरपालिका", NAME_WORD_FILLER, "mahanagarpalika" },
	{ "उपमहानगरपालिका", NAME_WORD_FILLER, "upamahanagarpalika" },
	{ "bk", NAME_WORD_OWN, "bishwakarma" },
	{ "kc", NAME_WORD_OWN, "kesi" },
};

enum name_word name_word_kind(const char *word, const char **ret_whole)
{
	*ret_whole = NULL;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (words[i].word[0] != word[0] || strcmp(words[i].word, word) != 0)
			continue;
		*ret_whole = words[i].whole;
		return words[i].kind;
	}
	return NAME_WORD_OWN;
}

/*
 * Cut names as they are read aloud, but for the first, which everybody writes out elsewhere; and
 * kinds of places of two words.
 */
static const struct {
	const char *first, *second, *whole;
} pairs[] = {
	{ "b", "k", "bishwakarma" },
	{ "वि", "क", "bishwakarma" },
	{ "बि", "क", "bishwakarma" },
	{ "बी", "के", "bishwakarma" },
	{ "k", "c", "kesi" },
	{ "के", "सी", "kesi" },
	{ "g", "c", "jisi" },
	{ "जी", "सी", "jisi" },
	{ "d", "c", "disi" },
	{ "डी", "सी", "disi" },
	{ "rural", "municipality", "gaunpalika" },
	{ "metropolitan", "city", "mahanagarpalika" },
	{ "sub", "metropolitan", "upamahanagarpalika" },
	{ "upamahanagarpalika", "city", "upamahanagarpalika" },
	{ "उप", "महानगरपालिका", "upamahanagarpalika" },
};

const char *name_word_pair(const char *first, const char *second)
{
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (strcmp(pairs[i].first, first) == 0 && strcmp(pairs[i].second, second) == 0)
			return pairs[i].whole;
	return NULL;
}
