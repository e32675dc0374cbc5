/* Reading a name: words, titles, initials (name_form.h); name_cost.c compares. */
#include "services/matching/engine/text/name_form.h"

#include <assert.h>

#include "services/matching/engine/text/letters.h"
#include "services/matching/engine/text/name_word.h"
#include "services/matching/engine/text/sound.h"
#include "services/matching/engine/text/spelling.h"

struct word {
	uint32_t count;
	uint32_t letters[SPELLING_LETTERS_MAX];
	char text[SPELLING_LETTERS_MAX * 3 + 1]; /* the same as UTF-8 */
};

/* The next word; false: none is left. */
static bool next_word(struct letters *letters, struct word *ret_word)
{
	uint32_t letter;
	size_t size = 0;

	ret_word->count = 0;
	while ((letter = letters_next(letters)) == LETTER_GAP)
		;
	for (; letter != 0 && letter != LETTER_GAP; letter = letters_next(letters)) {
		if (ret_word->count == SPELLING_LETTERS_MAX)
			continue;
		ret_word->letters[ret_word->count++] = letter;
		size += letters_put(letter, ret_word->text + size);
	}
	ret_word->text[size] = '\0';
	return ret_word->count > 0;
}

static void add_word(struct name_form *form, const struct word *word, enum name_word kind)
{
	uint8_t sounds[SPELLING_SOUNDS_MAX];
	size_t count = spelling_sounds(word->letters, word->count, sounds);

	if (count > (size_t)NAME_FORM_SOUNDS_MAX - form->size)
		count = (size_t)NAME_FORM_SOUNDS_MAX - form->size;
	if (count == 0 || form->word_count == NAME_FORM_WORDS_MAX)
		return;
	memcpy(form->sounds + form->size, sounds, count);
	form->size = (uint8_t)(form->size + count);
	for (size_t i = 0; i < count; i++)
		form->weight = (uint16_t)(form->weight + sound_table.drops[sounds[i]]);
	if (kind == NAME_WORD_FILLER)
		form->fillers |= (uint8_t)(1u << form->word_count);
	if (word->count == 1 && word->letters[0] < 0x80)
		form->initials |= (uint8_t)(1u << form->word_count);
	form->ends[form->word_count++] = form->size;
}

/* Writes the word out that an abbreviation stands for. */
static void write_out(const char *whole, struct word *ret_word)
{
	struct letters letters;

	letters_open(&letters, lg_bytes(whole, strlen(whole)));
	(void)next_word(&letters, ret_word);
}

static void take_word(struct word *word, bool with_titles, struct name_form *form)
{
	const char *whole;
	enum name_word kind = name_word_kind(word->text, &whole);

	if (kind == NAME_WORD_TITLE && !with_titles)
		return;
	if (whole != NULL)
		write_out(whole, word);
	add_word(form, word, kind);
}

static void read_words(struct lg_bytes text, bool with_titles, struct name_form *form)
{
	struct letters letters;
	struct word words[2]; /* the last one waits for the next: B.K. */
	uint32_t waits = 0;

	*form = (struct name_form){ .size = 0 };
	letters_open(&letters, text);
	if (!next_word(&letters, &words[waits]))
		return;
	while (next_word(&letters, &words[1 - waits])) {
		const char *whole = name_word_pair(words[waits].text, words[1 - waits].text);

		if (whole != NULL) {
			write_out(whole, &words[waits]);
			continue;
		}
		take_word(&words[waits], with_titles, form);
		waits = 1 - waits;
	}
	take_word(&words[waits], with_titles, form);
}

void name_form_read(struct lg_bytes text, struct name_form *ret_form)
{
	read_words(text, false, ret_form);
	if (ret_form->size == 0)
		read_words(text, true, ret_form);
	if (ret_form->fillers == (1u << ret_form->word_count) - 1)
		ret_form->fillers = 0; /* nothing else is there: it says all */
}
