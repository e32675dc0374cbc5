/* Letters to letters, from tables; the inherent vowel of Devanagari by rule (translit.h). */
#include "services/matching/engine/translit.h"

#include <assert.h>

#define VIRAMA 0x094d
#define NUKTA  0x093c

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* From U+0905: independent vowels, consonants; NULL: none of ours. */
static const char *const letters[] = {
	"a", "aa", "i", "ii", "u", "uu", "ri", "li", "e", "e", "e", "ai", "o", "o", "o",
	"au", /* 0914 */
	"k", "kh", "g", "gh", "ng", "ch", "chh", "j", "jh", "n", "t", "th", "d", "dh", "n", "t",
	"th", "d", "dh", "n", "n", "p", "ph", "b", "bh", "m", "y", "r", "r", "l", "l", "l", "v",
	"sh", "sh", "s", "h", /* 0939 */
};

#define FIRST_LETTER    0x0905
#define FIRST_CONSONANT 0x0915

/* From U+093E: vowel signs. */
static const char *const signs[] = { "aa", "i", "ii", "u", "uu", "ri", "ri", "e", "e", "e", "ai",
	"o", "o", "o", "au" };

#define FIRST_SIGN 0x093e

/* From U+0958: consonants with a dot below, as one code point. */
static const char *const dotted[] = { "k", "kh", "g", "j", "r", "rh", "f", "y" };

#define FIRST_DOTTED 0x0958

/* Latin letters with marks, as Indian names are written in print. */
static const struct {
	uint32_t code;
	const char *plain;
} marked[] = {
	{ 0xe0, "a" },
	{ 0xe1, "a" },
	{ 0xe2, "a" },
	{ 0xe7, "ch" },
	{ 0xe8, "e" },
	{ 0xe9, "e" },
	{ 0xed, "i" },
	{ 0xf1, "n" },
	{ 0xf3, "o" },
	{ 0xfa, "u" },
	{ 0x101, "aa" },
	{ 0x113, "e" },
	{ 0x12b, "ii" },
	{ 0x14d, "o" },
	{ 0x15b, "sh" },
	{ 0x16b, "uu" },
	{ 0x1e0d, "d" },
	{ 0x1e25, "" },
	{ 0x1e37, "l" },
	{ 0x1e41, "m" },
	{ 0x1e43, "n" },
	{ 0x1e45, "ng" },
	{ 0x1e47, "n" },
	{ 0x1e5b, "ri" },
	{ 0x1e63, "sh" },
	{ 0x1e6d, "t" },
};

uint32_t translit_next(const char **text)
{
	const uint8_t *at = (const uint8_t *)*text;
	uint32_t code = at[0];
	uint32_t more = 0;

	if (code == 0)
		return 0;
	if (code >= 0xf0 && code < 0xf8) {
		more = 3;
		code &= 0x07;
	} else if (code >= 0xe0 && code < 0xf0) {
		more = 2;
		code &= 0x0f;
	} else if (code >= 0xc0 && code < 0xe0) {
		more = 1;
		code &= 0x1f;
	} else if (code >= 0x80) {
		return 0;
	}
	for (uint32_t i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3fu);
	}
	*text += 1 + more;
	return code;
}

/* What is written so far, and what the inherent vowel needs to know of it. */
struct writer {
	char *text;
	size_t size;
	bool is_open;    /* the last letter was a consonant that has no vowel yet */
	bool is_joined;  /* it was joined to the one before by a virama */
	uint32_t vowels; /* of this word, silent ones not counted */
	uint32_t last;   /* the last consonant's code */
};

static void put(struct writer *w, const char *text)
{
	for (; *text != '\0' && w->size + 1 < TRANSLIT_MAX; text++)
		w->text[w->size++] = *text;
}

/*
 * The vowel that a consonant has without a sign.  Behind joined consonants it is heard even at
 * the end (krishna, chandra); elsewhere the end drops it (ram, ganesh).  Inside a word it stays:
 * dropping it by the rule of spoken Hindi (kamla) made fewer of 4,326 name pairs equal, 862 in
 * 1000 instead of 869, because names are written as they are spelt.
 */
static void speak_inherent(struct writer *w, bool is_end)
{
	if (!w->is_open)
		return;
	w->is_open = false;
	if (is_end && !w->is_joined && w->vowels > 0)
		return;
	put(w, "a");
	w->vowels++;
}

static void end_word(struct writer *w)
{
	speak_inherent(w, true);
	if (w->size > 0 && w->text[w->size - 1] != ' ')
		put(w, " ");
	w->vowels = 0;
	w->is_joined = false;
	w->last = 0;
}

static void put_consonant(struct writer *w, uint32_t code, const char *latin, bool was_joined)
{
	if (w->is_open)
		speak_inherent(w, false);
	put(w, latin);
	w->is_open = true;
	w->is_joined = was_joined;
	w->last = code;
}

/* A dot below as a mark of its own turns two letters into r. */
static void put_nukta(struct writer *w)
{
	if (w->is_open && w->last == 0x0921 && w->size > 0) /* d -> r */
		w->text[w->size - 1] = 'r';
	if (w->is_open && w->last == 0x0922 && w->size > 1) /* dh -> rh */
		w->text[w->size - 2] = 'r';
}

static void put_vowel(struct writer *w, const char *latin)
{
	put(w, latin);
	w->is_open = false;
	w->vowels++;
}

/* Returns whether the code point belongs to Devanagari. */
static bool take_devanagari(struct writer *w, uint32_t code, bool *is_virama)
{
	bool was_virama = *is_virama;

	*is_virama = false;
	if (code == VIRAMA) {
		*is_virama = w->is_open;
		w->is_open = false;
	} else if (code == NUKTA) {
		put_nukta(w);
	} else if (code >= FIRST_CONSONANT && code - FIRST_LETTER < COUNT_OF(letters)) {
		put_consonant(w, code, letters[code - FIRST_LETTER], was_virama);
	} else if (code >= FIRST_LETTER && code < FIRST_CONSONANT) {
		speak_inherent(w, false);
		put_vowel(w, letters[code - FIRST_LETTER]);
	} else if (code >= FIRST_SIGN && code - FIRST_SIGN < COUNT_OF(signs)) {
		put_vowel(w, signs[code - FIRST_SIGN]);
	} else if (code >= FIRST_DOTTED && code - FIRST_DOTTED < COUNT_OF(dotted)) {
		put_consonant(w, code, dotted[code - FIRST_DOTTED], was_virama);
	} else if (code == 0x0901 || code == 0x0902) { /* nasal signs */
		speak_inherent(w, false);
		put(w, "n");
	} else {
		return code == 0x0903; /* breath behind a vowel: silent here */
	}
	return true;
}

static bool take_latin(struct writer *w, uint32_t code)
{
	char letter[2] = { 0 };

	if (code >= 'A' && code <= 'Z')
		code += 'a' - 'A';
	if (code >= 0xc0 && code <= 0xde)
		code += 0x20;
	if ((code >= 0x100 && code < 0x180 && (code & 1) == 0) ||
		(code >= 0x1e00 && code < 0x1e80 && (code & 1) == 0))
		code += 1;
	if (code >= 'a' && code <= 'z') {
		letter[0] = (char)code;
		put(w, letter);
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(marked); i++) {
		if (marked[i].code == code) {
			put(w, marked[i].plain);
			return true;
		}
	}
	return false;
}

/* Marks behind a letter, joiners, apostrophes: neither letters nor ends of words. */
static bool is_silent(uint32_t code)
{
	return (code >= 0x300 && code < 0x370) || code == 0x200c || code == 0x200d ||
	       code == '\'' || code == 0x2019;
}

size_t translit_read(const char *text, char ret_latin[TRANSLIT_MAX])
{
	struct writer w = { .text = ret_latin };
	bool is_virama = false;
	uint32_t code;

	while ((code = translit_next(&text)) != 0) {
		if (is_silent(code) || take_devanagari(&w, code, &is_virama))
			continue;
		speak_inherent(&w, true);
		if (!take_latin(&w, code))
			end_word(&w);
	}
	end_word(&w);
	while (w.size > 0 && w.text[w.size - 1] == ' ')
		w.size--;
	assert(w.size < TRANSLIT_MAX);
	w.text[w.size] = '\0';
	return w.size;
}
