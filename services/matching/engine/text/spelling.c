/* Letters to sounds, then vowels by their place (spelling.h). */
#include "services/matching/engine/text/spelling.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "services/matching/engine/text/sound.h"
#include "services/matching/engine/text/sounds.inc"

#define VIRAMA          0x094d
#define FIRST_VOWEL     0x0904
#define FIRST_CONSONANT 0x0915
#define LAST_CONSONANT  0x0939
#define FIRST_SIGN      0x093e
#define FIRST_DOTTED    0x0958

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Letters of Latin that are heard together; the first that fits is taken, longest first. */
static const struct {
	const char *letters;
	uint8_t sounds[2];
} together[] = {
	{ "kshh", { SOUND_KS } },
	{ "cchh", { SOUND_C, SOUND_CH } },
	{ "ksh", { SOUND_KS } },
	{ "jny", { SOUND_GY } },
	{ "gny", { SOUND_GY } },
	{ "dny", { SOUND_GY } },
	{ "chh", { SOUND_CH } },
	{ "cch", { SOUND_C, SOUND_C } },
	{ "tch", { SOUND_C } },
	{ "khh", { SOUND_KH } },
	{ "thh", { SOUND_TH } },
	{ "dhh", { SOUND_DH } },
	{ "bhh", { SOUND_BH } },
	{ "sch", { SOUND_SH, SOUND_C } },
	{ "shh", { SOUND_SH } },
	{ "aai", { SOUND_AA, SOUND_I } },
	{ "aau", { SOUND_AA, SOUND_U } },
	{ "aae", { SOUND_AA, SOUND_E } },
	{ "aee", { SOUND_A, SOUND_II } },
	{ "ch", { SOUND_C } },
	{ "ck", { SOUND_K } },
	{ "sh", { SOUND_SH } },
	{ "kh", { SOUND_KH } },
	{ "gh", { SOUND_GH } },
	{ "jh", { SOUND_JH } },
	{ "th", { SOUND_TH } },
	{ "dh", { SOUND_DH } },
	{ "ph", { SOUND_PH } },
	{ "bh", { SOUND_BH } },
	{ "rh", { SOUND_RRH } },
	{ "zh", { SOUND_Z } },
	{ "wh", { SOUND_W } },
	{ "aa", { SOUND_AA } },
	{ "ee", { SOUND_II } },
	{ "ii", { SOUND_II } },
	{ "ie", { SOUND_II } },
	{ "oo", { SOUND_UU } },
	{ "uu", { SOUND_UU } },
	{ "ai", { SOUND_AI } },
	{ "ei", { SOUND_AI } },
	{ "ae", { SOUND_AI } },
	{ "au", { SOUND_AU } },
	{ "ou", { SOUND_AU } },
};

/* One letter, from a. */
static const uint8_t alone[] = {
	SOUND_A,
	SOUND_B,
	SOUND_K,
	SOUND_D,
	SOUND_E,
	SOUND_F,
	SOUND_G,
	SOUND_H,
	SOUND_I,
	SOUND_J,
	SOUND_K,
	SOUND_L,
	SOUND_M,
	SOUND_N,
	SOUND_O,
	SOUND_P,
	SOUND_Q,
	SOUND_R,
	SOUND_S,
	SOUND_T,
	SOUND_U,
	SOUND_V,
	SOUND_W,
	SOUND_KS,
	SOUND_Y,
	SOUND_Z,
};

/* From U+0904: vowels that stand alone. */
static const uint8_t vowels[] = { SOUND_DEV_A, SOUND_DEV_A, SOUND_AA, SOUND_I, SOUND_II, SOUND_U,
	SOUND_UU, SOUND_RI, SOUND_L, SOUND_E, SOUND_E, SOUND_E, SOUND_AI, SOUND_O, SOUND_O, SOUND_O,
	SOUND_AU };

/* From U+0915. */
static const uint8_t consonants[] = { SOUND_K, SOUND_KH, SOUND_G, SOUND_GH, SOUND_NG, SOUND_C,
	SOUND_CH, SOUND_J, SOUND_JH, SOUND_NY, SOUND_TT, SOUND_TTH, SOUND_DD, SOUND_DDH, SOUND_NN,
	SOUND_T, SOUND_TH, SOUND_D, SOUND_DH, SOUND_N, SOUND_N, SOUND_P, SOUND_PH, SOUND_B,
	SOUND_BH, SOUND_M, SOUND_Y, SOUND_R, SOUND_R, SOUND_L, SOUND_L, SOUND_L, SOUND_V, SOUND_SH,
	SOUND_SS, SOUND_S, SOUND_H };

/* From U+093E: vowel signs. */
static const uint8_t signs[] = { SOUND_AA, SOUND_I, SOUND_II, SOUND_U, SOUND_UU, SOUND_RI, SOUND_RI,
	SOUND_E, SOUND_E, SOUND_E, SOUND_AI, SOUND_O, SOUND_O, SOUND_O, SOUND_AU };

/* From U+0958: consonants with a dot below. */
static const uint8_t dotted[] = { SOUND_Q, SOUND_KH, SOUND_G, SOUND_Z, SOUND_RR, SOUND_RRH, SOUND_F,
	SOUND_Y };

static const struct {
	uint8_t breathed, plain;
} breaths[] = {
	{ SOUND_KH, SOUND_K },
	{ SOUND_GH, SOUND_G },
	{ SOUND_CH, SOUND_C },
	{ SOUND_JH, SOUND_J },
	{ SOUND_TTH, SOUND_TT },
	{ SOUND_DDH, SOUND_DD },
	{ SOUND_TH, SOUND_T },
	{ SOUND_DH, SOUND_D },
	{ SOUND_PH, SOUND_P },
	{ SOUND_BH, SOUND_B },
};

/* How open a consonant is: hisses 2, nasals 3, liquids 4, half vowels 5; the rest are stops. */
static const uint8_t openness[SOUND_COUNT] = {
	[SOUND_S] = 2,
	[SOUND_SH] = 2,
	[SOUND_SS] = 2,
	[SOUND_H] = 2,
	[SOUND_F] = 2,
	[SOUND_Z] = 2,
	[SOUND_N] = 3,
	[SOUND_NN] = 3,
	[SOUND_NY] = 3,
	[SOUND_NG] = 3,
	[SOUND_M] = 3,
	[SOUND_DOT_N] = 3,
	[SOUND_DOT_M] = 3,
	[SOUND_MOON] = 3,
	[SOUND_R] = 4,
	[SOUND_RR] = 4,
	[SOUND_RRH] = 4,
	[SOUND_L] = 4,
	[SOUND_Y] = 5,
	[SOUND_V] = 5,
	[SOUND_W] = 5,
};

struct speller {
	uint8_t *sounds;
	size_t count;
	bool is_open;   /* the last letter was a consonant of Devanagari, its vowel not yet known */
	bool is_joined; /* a virama stands before what comes */
};

static bool is_vowel(uint8_t sound)
{
	return sound_table.kinds[sound] == SOUND_IS_VOWEL;
}

static bool is_consonant(uint8_t sound)
{
	return sound_table.kinds[sound] == SOUND_IS_CONSONANT;
}

/* Whether b repeats a, with or without breath: tt, tth. */
static bool is_twice(uint8_t a, uint8_t b)
{
	for (size_t i = 0; i < COUNT_OF(breaths); i++)
		if (breaths[i].breathed == b && breaths[i].plain == a)
			return true;
	return a == b && is_consonant(a);
}

static void put(struct speller *s, uint8_t sound)
{
	if (s->count > 0 && is_twice(s->sounds[s->count - 1], sound))
		s->sounds[s->count - 1] = SOUND_TWICE;
	if (s->count < SPELLING_SOUNDS_MAX)
		s->sounds[s->count++] = sound;
}

static void close_vowel(struct speller *s)
{
	if (s->is_open)
		put(s, SOUND_DEV_A);
	s->is_open = false;
}

static void put_consonant(struct speller *s, uint8_t sound)
{
	uint8_t *last = s->count > 0 ? &s->sounds[s->count - 1] : NULL;

	close_vowel(s);
	s->is_open = true;
	if (s->is_joined && last != NULL && *last == SOUND_K && sound == SOUND_SS)
		*last = SOUND_KS;
	else if (s->is_joined && last != NULL && *last == SOUND_J && sound == SOUND_NY)
		*last = SOUND_GY;
	else
		put(s, sound);
}

static void take_devanagari(struct speller *s, uint32_t code)
{
	bool was_open = s->is_open;

	if (code >= FIRST_CONSONANT && code <= LAST_CONSONANT) {
		put_consonant(s, consonants[code - FIRST_CONSONANT]);
	} else if (code >= FIRST_DOTTED && code - FIRST_DOTTED < COUNT_OF(dotted)) {
		put_consonant(s, dotted[code - FIRST_DOTTED]);
	} else if (code >= FIRST_SIGN && code - FIRST_SIGN < COUNT_OF(signs)) {
		s->is_open = false;
		put(s, signs[code - FIRST_SIGN]);
	} else if (code == VIRAMA) {
		s->is_open = false;
	} else {
		close_vowel(s);
		if (code >= FIRST_VOWEL && code - FIRST_VOWEL < COUNT_OF(vowels)) {
			put(s, vowels[code - FIRST_VOWEL]);
		} else if (code == 0x0950) {
			put(s, SOUND_O);
			put(s, SOUND_M);
		} else {
			put(s, code == 0x0901    ? SOUND_MOON
				: code == 0x0903 ? SOUND_BREATH
						 : SOUND_DOT_N);
		}
	}
	s->is_joined = code == VIRAMA && was_open;
}

static bool fits(const uint32_t *letters, size_t count, const char *group)
{
	size_t i = 0;

	for (; group[i] != '\0'; i++)
		if (i >= count || letters[i] != (uint32_t)(uint8_t)group[i])
			return false;
	return true;
}

static bool is_vowel_letter(uint32_t letter)
{
	return letter < 0x80 && letter != 0 && strchr("aeiou", (int)letter) != NULL;
}

/* Takes one sound's letters of Latin from the front.  returns  how many */
static size_t take_latin(struct speller *s, const uint32_t *letters, size_t count)
{
	bool is_last = count == 1;
	bool is_behind_vowel = s->count > 0 && is_vowel(s->sounds[s->count - 1]);

	for (size_t i = 0; i < COUNT_OF(together); i++) {
		if (!fits(letters, count, together[i].letters))
			continue;
		put(s, together[i].sounds[0]);
		if (together[i].sounds[1] != SOUND_NONE)
			put(s, together[i].sounds[1]);
		return strlen(together[i].letters);
	}
	if (letters[0] == 'y' && !is_behind_vowel && s->count > 0 &&
		(is_last || !is_vowel_letter(letters[1])))
		put(s, is_last ? SOUND_II : SOUND_I);
	else if (letters[0] == 'c' && is_last && s->count == 0)
		put(s, SOUND_C); /* an initial: Chandra's more often than Kamala's */
	else if (letters[0] == 'c' && !is_last && (letters[1] == 'e' || letters[1] == 'i'))
		put(s, SOUND_S);
	else if (letters[0] == 'e' && is_last && s->count > 1 && !is_behind_vowel)
		put(s, SOUND_E_END);
	else
		put(s, alone[letters[0] - 'a']);
	return 1;
}

/* --- by their place ------------------------------------------------------------------------- */

static bool is_lip(uint8_t sound)
{
	return sound == SOUND_P || sound == SOUND_PH || sound == SOUND_F || sound == SOUND_B ||
	       sound == SOUND_BH || sound == SOUND_M;
}

static bool is_short_a(uint8_t sound)
{
	return sound == SOUND_A || sound == SOUND_DEV_A;
}

/* A vowel that is heard, for the neighbours' sake. */
static bool is_heard(uint8_t sound)
{
	return is_vowel(sound) && sound != SOUND_DEV_A_END;
}

/*
 * The unwritten vowel behind the last consonant: silent behind one (ram), heard behind a group
 * that opens (chandra, krishna), in between behind one that closes (anand, parth).
 */
static uint8_t last_unwritten(const uint8_t *sounds, size_t at)
{
	if (at < 2)
		return SOUND_DEV_A;
	if (sounds[at - 1] == SOUND_Y && (sounds[at - 2] == SOUND_I || sounds[at - 2] == SOUND_II))
		return SOUND_DEV_A_RISING;
	if (sounds[at - 1] == SOUND_GY)
		return SOUND_DEV_A_RISING; /* one letter, but two consonants */
	if (sounds[at - 1] == SOUND_KS)
		return SOUND_DEV_A_CLUSTER;
	if (is_vowel(sounds[at - 2]))
		return SOUND_DEV_A_END;
	return openness[sounds[at - 1]] > openness[sounds[at - 2]] && sounds[at - 2] != SOUND_TWICE
		       ? SOUND_DEV_A_RISING
		       : SOUND_DEV_A_CLUSTER;
}

static uint8_t place_a(const uint8_t *sounds, size_t count, size_t at, size_t first)
{
	bool is_latin = sounds[at] == SOUND_A;

	if (at == first && count > 1)
		return is_latin ? SOUND_A_FIRST : SOUND_DEV_A_FIRST;
	if (at + 1 == count)
		return is_latin ? SOUND_A_END : last_unwritten(sounds, at);
	if (at >= 2 && at + 2 < count && is_consonant(sounds[at - 1]) && is_vowel(sounds[at - 2]) &&
		is_consonant(sounds[at + 1]) && is_heard(sounds[at + 2]))
		return is_latin ? SOUND_A_WEAK : SOUND_DEV_A_WEAK;
	return sounds[at];
}

/* From the end, because a vowel that falls silent closes the syllable before it. */
static void place(uint8_t *sounds, size_t count)
{
	size_t first = 0;

	while (first < count && !is_vowel(sounds[first]))
		first++;
	for (size_t at = count; at-- > 0;) {
		bool is_last = at + 1 == count;
		uint8_t next = is_last ? SOUND_NONE : sounds[at + 1];

		if (is_short_a(sounds[at]))
			sounds[at] = place_a(sounds, count, at, first);
		else if (sounds[at] == SOUND_AA && is_last && at != first)
			sounds[at] = SOUND_AA_END;
		else if (sounds[at] == SOUND_DOT_N && is_lip(next))
			sounds[at] = SOUND_DOT_M;
		else if (sounds[at] == SOUND_H && at > 0 && is_vowel(sounds[at - 1]) &&
			 !is_heard(next))
			sounds[at] = SOUND_H_END;
	}
}

size_t spelling_sounds(
	const uint32_t *letters, size_t count, uint8_t ret_sounds[SPELLING_SOUNDS_MAX])
{
	struct speller s = { .sounds = ret_sounds };

	assert(count <= SPELLING_LETTERS_MAX);
	for (size_t at = 0; at < count;) {
		if (letters[at] >= 0x0900) {
			take_devanagari(&s, letters[at++]);
			continue;
		}
		assert(letters[at] >= 'a' && letters[at] <= 'z');
		close_vowel(&s);
		s.is_joined = false;
		at += take_latin(&s, letters + at, count - at);
	}
	close_vowel(&s);
	place(ret_sounds, s.count);
	return s.count;
}
