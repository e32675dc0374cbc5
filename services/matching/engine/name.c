/* Sounds, titles, and the pairing of words (name.h). */
#include "services/matching/engine/name.h"

#include <assert.h>

#include "services/matching/engine/alike.h"
#include "services/matching/engine/translit.h"

#define GIVEN_WEIGHT   2  /* of a first word; another word weighs 1 */
#define EXTRA_LOSS     15 /* for a word that only one of two longer names has */
#define EXTRA_LOSS_MAX 60
#define ALONE_MAX      900 /* one word against several: the family name was not compared */

/* Groups of letters that are one sound; the first that fits is taken, longest first. */
static const struct {
	const char *from, *to;
} sounds[] = {
	{ "kshy", "ks" },
	{ "kchh", "ks" },
	{ "ksh", "ks" },
	{ "gny", "gy" },
	{ "dny", "gy" },
	{ "chh", "c" },
	{ "jn", "gy" },
	{ "ch", "c" },
	{ "ck", "k" },
	{ "sh", "s" },
	{ "kh", "k" },
	{ "gh", "g" },
	{ "jh", "j" },
	{ "th", "t" },
	{ "dh", "d" },
	{ "bh", "b" },
	{ "ph", "p" },
	{ "rh", "r" },
	{ "aa", "a" },
	{ "ee", "i" },
	{ "ii", "i" },
	{ "oo", "u" },
	{ "uu", "u" },
	{ "ou", "au" },
	{ "ae", "ai" },
	{ "c", "k" },
	{ "f", "p" },
	{ "q", "k" },
	{ "v", "b" },
	{ "w", "b" },
	{ "x", "ks" },
	{ "z", "j" },
};

/* Titles and fillers as they sound: they stand in many names, in one record and not in the other. */
static const char *const fillers[] = { "sri", "smt", "srimati", "mr", "mrs", "ms", "mis", "dr",
	"km", "kumari", "kumar", "ku", "debi", "bahadur", "bdr", "bd", "susri", "ji", "md" };

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool is_vowel(char letter)
{
	return strchr("aeiou", letter) != NULL;
}

/* A letter that stands there already is a matter of spelling; n before a lip sound is heard as m. */
static void add(struct name_word *word, char letter)
{
	if (word->size > 0 && word->text[word->size - 1] == letter)
		return;
	if (is_vowel(letter) && word->size > 1 && word->text[word->size - 1] == 'y' &&
		word->text[word->size - 2] == 'i')
		word->size--;
	if ((letter == 'b' || letter == 'p') && word->size > 0 && word->text[word->size - 1] == 'n')
		word->text[word->size - 1] = 'm';
	if (word->size < NAME_WORD_MAX)
		word->text[word->size++] = letter;
}

/* Letters up to a space, as they sound. */
static void hear(const char *text, size_t size, struct name_word *word)
{
	size_t at = 0;

	while (at < size) {
		size_t found = COUNT_OF(sounds);

		for (size_t i = 0; i < COUNT_OF(sounds) && found == COUNT_OF(sounds); i++) {
			if (sounds[i].from[0] != text[at])
				continue;

			size_t length = strlen(sounds[i].from);

			if (at + length <= size && memcmp(text + at, sounds[i].from, length) == 0)
				found = i;
		}
		if (found == COUNT_OF(sounds)) {
			add(word, text[at++]);
			continue;
		}
		for (const char *to = sounds[found].to; *to != '\0'; to++)
			add(word, *to);
		at += strlen(sounds[found].from);
	}
	for (uint32_t i = 1; i < word->size; i++)
		if (word->text[i] == 'y' && is_vowel(word->text[i - 1]) &&
			(i + 1 == word->size || !is_vowel(word->text[i + 1])))
			word->text[i] = 'i';
}

static bool is_filler(const struct name_word *word)
{
	for (size_t i = 0; i < COUNT_OF(fillers); i++)
		if (strlen(fillers[i]) == word->size &&
			memcmp(fillers[i], word->text, word->size) == 0)
			return true;
	return false;
}

static void read_words(const char *latin, bool with_fillers, struct name *name)
{
	while (*latin != '\0' && name->count < NAME_WORDS_MAX) {
		size_t size = strcspn(latin, " ");
		struct name_word *word = &name->words[name->count];

		*word = (struct name_word){ .size = 0 };
		hear(latin, size, word);
		if (word->size > 0 && (with_fillers || !is_filler(word)))
			name->count++;
		latin += size + (latin[size] == ' ');
	}
}

void name_read(const char *text, struct name *ret_name)
{
	char latin[TRANSLIT_MAX];

	*ret_name = (struct name){ .count = 0 };
	translit_read(text, latin);
	read_words(latin, false, ret_name);
	if (ret_name->count == 0)
		read_words(latin, true, ret_name);
}

/* The best free partner of a word; ret_alike how good it is. */
static uint32_t best_partner(const struct name_word *word, const struct name *other,
	const bool *is_taken, uint32_t *ret_alike)
{
	uint32_t best = other->count;

	*ret_alike = 0;
	for (uint32_t i = 0; i < other->count; i++) {
		uint32_t alike = alike_words(
			word->text, word->size, other->words[i].text, other->words[i].size);

		if (!is_taken[i] && (best == other->count || alike > *ret_alike)) {
			best = i;
			*ret_alike = alike;
		}
	}
	return best;
}

/* Each word of the shorter name takes the best partner that is left in the longer one. */
static uint32_t alike_from(const struct name *shorter, const struct name *longer)
{
	bool is_taken[NAME_WORDS_MAX] = { false };
	uint32_t sum = 0, weights = 0;

	for (uint32_t i = 0; i < shorter->count; i++) {
		uint32_t alike;
		uint32_t partner = best_partner(&shorter->words[i], longer, is_taken, &alike);
		uint32_t weight = i == 0 || partner == 0 ? GIVEN_WEIGHT : 1;

		assert(partner < longer->count);
		is_taken[partner] = true;
		sum += weight * alike;
		weights += weight;
	}
	return sum / weights;
}

uint32_t name_alike(const struct name *a, const struct name *b)
{
	const struct name *shorter = a->count <= b->count ? a : b;
	const struct name *longer = shorter == a ? b : a;
	uint32_t alike;

	if (shorter->count == 0)
		return 0;
	alike = alike_from(shorter, longer);
	if (shorter->count == longer->count) { /* who chooses first must not matter */
		uint32_t back = alike_from(longer, shorter);

		return back > alike ? back : alike;
	}
	if (shorter->count == 1)
		return alike < ALONE_MAX ? alike : ALONE_MAX;

	uint32_t loss = (longer->count - shorter->count) * EXTRA_LOSS;

	if (loss > EXTRA_LOSS_MAX)
		loss = EXTRA_LOSS_MAX;
	return alike > loss ? alike - loss : 0;
}

struct lg_bytes name_given(const char *text)
{
	struct lg_bytes first = lg_bytes(text, 0);

	for (;;) {
		text += strspn(text, " .,\t");
		size_t size = strcspn(text, " .,\t");
		char word[TRANSLIT_MAX], latin[TRANSLIT_MAX];
		struct name_word heard = { .size = 0 };

		if (size == 0)
			return first;
		if (first.size == 0)
			first = lg_bytes(text, size);
		if (size >= sizeof word)
			return first;
		memcpy(word, text, size);
		word[size] = '\0';
		hear(latin, translit_read(word, latin), &heard);
		if (!is_filler(&heard))
			return lg_bytes(text, size);
		text += size;
	}
}
