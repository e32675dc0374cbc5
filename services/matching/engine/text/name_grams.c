/* Keys of an index (name_form.h): what survives when a name is spelt anew. */
#include <assert.h>

#include "services/matching/engine/text/name_form.h"
#include "services/matching/engine/text/sound.h"
#include "services/matching/engine/text/sounds.inc"

/* Sounds that stand for one another are one class; those that come and go have none. */
enum class {
	CLASS_NONE,
	CLASS_EDGE, /* of a word */
	CLASS_K,
	CLASS_G,
	CLASS_C,
	CLASS_J,
	CLASS_T,
	CLASS_D,
	CLASS_N,
	CLASS_P,
	CLASS_B,
	CLASS_M,
	CLASS_R,
	CLASS_L,
	CLASS_S,
	CLASS_H,
	CLASS_Y,
	CLASS_A,
	CLASS_FRONT, /* i, e */
	CLASS_BACK,  /* u, o */
	CLASS_COUNT
};

_Static_assert(CLASS_COUNT <= NAME_GRAM_CLASSES, "a gram is two classes");

/* clang-format off */
static const uint8_t classes[SOUND_COUNT] = {
	[SOUND_K] = CLASS_K, [SOUND_KH] = CLASS_K, [SOUND_Q] = CLASS_K, [SOUND_KS] = CLASS_K,
	[SOUND_G] = CLASS_G, [SOUND_GH] = CLASS_G, [SOUND_GY] = CLASS_G,
	[SOUND_C] = CLASS_C, [SOUND_CH] = CLASS_C,
	[SOUND_J] = CLASS_J, [SOUND_JH] = CLASS_J, [SOUND_Z] = CLASS_J,
	[SOUND_T] = CLASS_T, [SOUND_TH] = CLASS_T, [SOUND_TT] = CLASS_T, [SOUND_TTH] = CLASS_T,
	[SOUND_D] = CLASS_D, [SOUND_DH] = CLASS_D, [SOUND_DD] = CLASS_D, [SOUND_DDH] = CLASS_D,
	[SOUND_N] = CLASS_N, [SOUND_NN] = CLASS_N, [SOUND_NG] = CLASS_N, [SOUND_NY] = CLASS_N,
	[SOUND_DOT_N] = CLASS_N, [SOUND_MOON] = CLASS_N,
	[SOUND_P] = CLASS_P, [SOUND_PH] = CLASS_P, [SOUND_F] = CLASS_P,
	[SOUND_B] = CLASS_B, [SOUND_BH] = CLASS_B, [SOUND_V] = CLASS_B, [SOUND_W] = CLASS_B,
	[SOUND_M] = CLASS_M, [SOUND_DOT_M] = CLASS_M,
	[SOUND_R] = CLASS_R, [SOUND_RR] = CLASS_R, [SOUND_RRH] = CLASS_R, [SOUND_RI] = CLASS_R,
	[SOUND_L] = CLASS_L,
	[SOUND_S] = CLASS_S, [SOUND_SH] = CLASS_S, [SOUND_SS] = CLASS_S,
	[SOUND_H] = CLASS_H,
	[SOUND_Y] = CLASS_Y,
	[SOUND_A] = CLASS_A, [SOUND_A_FIRST] = CLASS_A, [SOUND_AA] = CLASS_A, [SOUND_DEV_A] = CLASS_A,
	[SOUND_DEV_A_FIRST] = CLASS_A,
	[SOUND_I] = CLASS_FRONT, [SOUND_II] = CLASS_FRONT, [SOUND_E] = CLASS_FRONT,
	[SOUND_AI] = CLASS_FRONT,
	[SOUND_U] = CLASS_BACK, [SOUND_UU] = CLASS_BACK, [SOUND_O] = CLASS_BACK, [SOUND_AU] = CLASS_BACK,
};
/* clang-format on */

struct grams {
	uint16_t *grams;
	uint32_t count;
	uint64_t seen[(NAME_GRAM_COUNT + 63) / 64];
};

static void add(struct grams *g, uint8_t first, uint8_t second)
{
	uint32_t gram = (uint32_t)first * NAME_GRAM_CLASSES + second;

	if (g->count == NAME_GRAMS_MAX || (g->seen[gram / 64] >> gram % 64 & 1) != 0)
		return;
	g->seen[gram / 64] |= (uint64_t)1 << gram % 64;
	g->grams[g->count++] = (uint16_t)gram;
}

static bool is_vowel_class(uint8_t class)
{
	return class >= CLASS_A;
}

/*
 * One word: each consonant with the one before and the one before that, so that one slip leaves
 * some; and with the vowel behind it, unless that is an a, which nobody spells alike.
 */
static void add_word(struct grams *g, const uint8_t *sounds, uint32_t count)
{
	uint8_t before = CLASS_EDGE, before_that = CLASS_NONE, last = CLASS_EDGE;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t class = classes[sounds[i]];

		if (class == CLASS_NONE || class == CLASS_Y || class == CLASS_H)
			continue;
		if (is_vowel_class(class)) {
			if (class != CLASS_A || last == CLASS_EDGE)
				add(g, last, class);
		} else {
			add(g, before, class);
			if (before_that != CLASS_NONE)
				add(g, before_that, class);
			before_that = before;
			before = class;
		}
		last = class;
	}
	add(g, before, CLASS_EDGE);
}

uint32_t name_form_grams(const struct name_form *form, uint16_t ret_grams[NAME_GRAMS_MAX])
{
	struct grams g = { .grams = ret_grams };

	for (uint32_t word = 0; word < form->word_count; word++) {
		uint32_t begin = word == 0 ? 0 : form->ends[word - 1];

		add_word(&g, form->sounds + begin, form->ends[word] - begin);
	}
	return g.count;
}
