/* Keys of an index (name_form.h): what survives when a name is spelt anew. */
#include <assert.h>

#include "services/matching/engine/text/name_form.h"
#include "services/matching/engine/text/sound.h"

#define CLASS_NONE 0
#define CLASS_EDGE 27 /* of a word; behind the letters of sounds.txt */

_Static_assert(CLASS_EDGE < NAME_GRAM_CLASSES, "a gram is two classes");

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

/*
 * One word: each consonant with the one before and the one before that, so that one slip leaves
 * some; and with the vowel behind it, unless that is an a, which nobody spells alike.
 */
static void add_word(struct grams *g, const uint8_t *sounds, uint32_t count)
{
	uint8_t before = CLASS_EDGE, before_that = CLASS_NONE, last = CLASS_EDGE;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t class = sound_table.classes[sounds[i]];
		bool is_a = class == 1;
		uint8_t next = i + 1 < count ? sounds[i + 1] : 0;
		uint8_t joined = sound_table.classes[sound_table.joins[sounds[i]][next]];

		if (joined != CLASS_NONE) /* jn may be gy: it is found under both */
			add(g, before, joined);
		if (class == CLASS_NONE)
			continue;
		if (sound_table.kinds[sounds[i]] == SOUND_IS_VOWEL) {
			if (!is_a || last == CLASS_EDGE)
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
