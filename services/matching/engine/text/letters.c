/* Code points to letters, by tables of what Unicode calls canonical (letters.h). */
#include "services/matching/engine/text/letters.h"

#include <assert.h>

#define BAD_CODE   0xfffd
#define NUKTA      0x093c
#define MARK_FIRST 0x0300
#define MARK_LAST  0x036f

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum mark {
	GRAVE = 0x300,
	ACUTE,
	HAT,
	TILDE,
	MACRON,
	BREVE = 0x306,
	DOT,
	UMLAUT,
	RING = 0x30a,
	CARON = 0x30c,
	DOT_BELOW = 0x323,
	CEDILLA = 0x327,
	OGONEK
};

/* Letters of one code point, taken apart as Unicode takes them apart; small ones only. */
static const struct {
	uint16_t code;
	char base;
	uint16_t mark;
} composed[] = {
	{ 0xe0, 'a', GRAVE },
	{ 0xe1, 'a', ACUTE },
	{ 0xe2, 'a', HAT },
	{ 0xe3, 'a', TILDE },
	{ 0xe4, 'a', UMLAUT },
	{ 0xe5, 'a', RING },
	{ 0xe7, 'c', CEDILLA },
	{ 0xe8, 'e', GRAVE },
	{ 0xe9, 'e', ACUTE },
	{ 0xea, 'e', HAT },
	{ 0xeb, 'e', UMLAUT },
	{ 0xec, 'i', GRAVE },
	{ 0xed, 'i', ACUTE },
	{ 0xee, 'i', HAT },
	{ 0xef, 'i', UMLAUT },
	{ 0xf1, 'n', TILDE },
	{ 0xf2, 'o', GRAVE },
	{ 0xf3, 'o', ACUTE },
	{ 0xf4, 'o', HAT },
	{ 0xf5, 'o', TILDE },
	{ 0xf6, 'o', UMLAUT },
	{ 0xf9, 'u', GRAVE },
	{ 0xfa, 'u', ACUTE },
	{ 0xfb, 'u', HAT },
	{ 0xfc, 'u', UMLAUT },
	{ 0xfd, 'y', ACUTE },
	{ 0xff, 'y', UMLAUT },
	{ 0x101, 'a', MACRON },
	{ 0x103, 'a', BREVE },
	{ 0x105, 'a', OGONEK },
	{ 0x107, 'c', ACUTE },
	{ 0x10d, 'c', CARON },
	{ 0x113, 'e', MACRON },
	{ 0x11b, 'e', CARON },
	{ 0x129, 'i', TILDE },
	{ 0x12b, 'i', MACRON },
	{ 0x144, 'n', ACUTE },
	{ 0x14d, 'o', MACRON },
	{ 0x15b, 's', ACUTE },
	{ 0x161, 's', CARON },
	{ 0x169, 'u', TILDE },
	{ 0x16b, 'u', MACRON },
	{ 0x17e, 'z', CARON },
	{ 0x1e0d, 'd', DOT_BELOW },
	{ 0x1e25, 'h', DOT_BELOW },
	{ 0x1e37, 'l', DOT_BELOW },
	{ 0x1e41, 'm', DOT },
	{ 0x1e43, 'm', DOT_BELOW },
	{ 0x1e45, 'n', DOT },
	{ 0x1e47, 'n', DOT_BELOW },
	{ 0x1e5b, 'r', DOT_BELOW },
	{ 0x1e63, 's', DOT_BELOW },
	{ 0x1e6d, 't', DOT_BELOW },
};

/* What a mark makes of a letter in the spelling of scholars (IAST, ISO 15919); others change nothing. */
static const struct {
	char base;
	uint16_t mark;
	const char *letters;
} marked[] = {
	{ 'a', MACRON, "aa" },
	{ 'i', MACRON, "ii" },
	{ 'u', MACRON, "uu" },
	{ 'r', DOT_BELOW, "ri" },
	{ 's', ACUTE, "sh" },
	{ 's', DOT_BELOW, "sh" },
	{ 's', CARON, "sh" },
	{ 'c', CARON, "ch" },
	{ 'n', DOT, "ng" },
	{ 'h', DOT_BELOW, "" },
};

/* A consonant and the dot below it, and the code point that both are. */
static const struct {
	uint16_t base, joined;
} dotted[] = {
	{ 0x0915, 0x0958 },
	{ 0x0916, 0x0959 },
	{ 0x0917, 0x095a },
	{ 0x091c, 0x095b },
	{ 0x0921, 0x095c },
	{ 0x0922, 0x095d },
	{ 0x092b, 0x095e },
	{ 0x092f, 0x095f },
	{ 0x0928, 0x0929 },
	{ 0x0930, 0x0931 },
	{ 0x0933, 0x0934 },
};

/* Two vowel signs typed for one, as old keyboards leave them; they look alike. */
static const struct {
	uint16_t first, second, whole;
} typed[] = {
	{ 0x0905, 0x093e, 0x0906 },
	{ 0x0905, 0x094b, 0x0913 },
	{ 0x0905, 0x094c, 0x0914 },
	{ 0x0906, 0x0947, 0x0913 },
	{ 0x0906, 0x0948, 0x0914 },
	{ 0x090f, 0x0947, 0x0910 },
	{ 0x093e, 0x0947, 0x094b },
	{ 0x093e, 0x0948, 0x094c },
};

void letters_open(struct letters *letters, struct lg_bytes text)
{
	*letters = (struct letters){ .at = text.data, .end = text.data + text.size, .more = "" };
}

uint32_t letters_code(const uint8_t **at, const uint8_t *end)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = *at;
	uint32_t code = *p, more = 0;

	*at = p + 1;
	if (code < 0x80)
		return code;
	if (code >= 0xf0 && code < 0xf5)
		more = 3;
	else if (code >= 0xe0 && code < 0xf0)
		more = 2;
	else if (code >= 0xc2 && code < 0xe0)
		more = 1;
	if (more == 0 || (size_t)(end - p) <= more)
		return BAD_CODE;
	code &= 0x3fu >> more;
	for (uint32_t i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return BAD_CODE;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (code < least[more] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
		return BAD_CODE;
	*at = p + 1 + more;
	return code;
}

size_t letters_put(uint32_t code, char ret_bytes[3])
{
	assert(code < 0x10000);
	if (code < 0x80) {
		ret_bytes[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		ret_bytes[0] = (char)(0xc0 | code >> 6);
		ret_bytes[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	ret_bytes[0] = (char)(0xe0 | code >> 12);
	ret_bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
	ret_bytes[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

/* Letters in two sizes are one; no locale is asked. */
static uint32_t small(uint32_t code)
{
	bool is_even_big = (code >= 0x100 && code < 0x138) || (code >= 0x14a && code < 0x178) ||
			   (code >= 0x1e00 && code < 0x1e96);
	bool is_odd_big = (code >= 0x139 && code < 0x149) || (code >= 0x179 && code < 0x17f);

	if ((code >= 'A' && code <= 'Z') || (code >= 0xc0 && code <= 0xde && code != 0xd7))
		return code + 0x20;
	if ((is_even_big && code % 2 == 0) || (is_odd_big && code % 2 == 1))
		return code + 1;
	return code;
}

static bool is_mark(uint32_t code)
{
	return code >= MARK_FIRST && code <= MARK_LAST;
}

/* Neither a letter nor the end of a word: joiners, apostrophes, a soft hyphen, avagraha. */
static bool is_silent(uint32_t code)
{
	return is_mark(code) || code == 0x200b || code == 0x200c || code == 0x200d ||
	       code == '\'' || code == '`' || code == 0x2018 || code == 0x2019 || code == 0xad ||
	       code == NUKTA || code == 0x093d || code == 0xfeff;
}

static uint32_t peek(const struct letters *letters)
{
	const uint8_t *at = letters->at;

	return at < letters->end ? letters_code(&at, letters->end) : 0;
}

/* A Latin letter, with the first mark that follows it or is part of it. */
static uint32_t latin(struct letters *letters, char base, uint32_t mark)
{
	if (mark == 0 && is_mark(peek(letters)))
		mark = letters_code(&letters->at, letters->end);
	for (size_t i = 0; i < COUNT_OF(marked); i++) {
		if (marked[i].base != base || marked[i].mark != mark)
			continue;
		letters->more = marked[i].letters;
		return *letters->more == '\0' ? 0 : (uint32_t)(uint8_t)*letters->more++;
	}
	return (uint32_t)(uint8_t)base;
}

/* What two code points are when they are one letter; 0: they are two. */
static uint32_t joined(uint32_t first, uint32_t second)
{
	for (size_t i = 0; i < COUNT_OF(typed); i++)
		if (typed[i].first == first && typed[i].second == second)
			return typed[i].whole;
	for (size_t i = 0; second == NUKTA && i < COUNT_OF(dotted); i++)
		if (dotted[i].base == first)
			return dotted[i].joined;
	return 0;
}

/* Takes what follows as long as it belongs to the letter, over what is not heard in between. */
static uint32_t devanagari(struct letters *letters, uint32_t code)
{
	const uint8_t *at = letters->at;

	while (at < letters->end) {
		uint32_t next = letters_code(&at, letters->end);
		uint32_t whole = joined(code, next);

		if (whole == 0 && !is_silent(next))
			break;
		if (whole == 0)
			continue;
		code = whole;
		letters->at = at;
	}
	return code;
}

/* What one code point becomes; 0: nothing that is heard. */
static uint32_t become(struct letters *letters, uint32_t code)
{
	code = small(code);
	if (is_silent(code))
		return 0;
	if (code >= 'a' && code <= 'z')
		return latin(letters, (char)code, 0);
	if (code >= 0x0900 && code <= 0x097f && (code < 0x0964 || code > 0x0970))
		return devanagari(letters, code);
	for (size_t i = 0; i < COUNT_OF(composed) && code >= composed[0].code; i++)
		if (composed[i].code == code)
			return latin(letters, composed[i].base, composed[i].mark);
	return LETTER_GAP;
}

uint32_t letters_next(struct letters *letters)
{
	if (*letters->more != '\0')
		return (uint32_t)(uint8_t)*letters->more++;
	while (letters->at < letters->end && *letters->at != 0) {
		uint32_t letter = become(letters, letters_code(&letters->at, letters->end));

		if (letter != 0)
			return letter;
	}
	return 0;
}

size_t letters_normal(struct lg_bytes text, char ret_text[LETTERS_MAX])
{
	struct letters letters;
	size_t size = 0;
	uint32_t letter;
	bool is_gap = false;

	letters_open(&letters, text);
	while ((letter = letters_next(&letters)) != 0) {
		if (letter == LETTER_GAP) {
			is_gap = size > 0;
			continue;
		}
		if (size + 1 + 3 + 1 > LETTERS_MAX)
			break;
		if (is_gap)
			ret_text[size++] = ' ';
		is_gap = false;
		size += letters_put(letter, ret_text + size);
	}
	ret_text[size] = '\0';
	return size;
}
