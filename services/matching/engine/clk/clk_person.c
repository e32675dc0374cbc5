#include "services/matching/engine/clk/clk_person.h"

#include "services/matching/engine/text/sound.h"

/* Each word by itself: their order is not known. */
static uint32_t add_form(
	struct clk_maker *maker, enum clk_field field, const struct name_form *form)
{
	uint32_t added = 0;
	uint8_t first = 0;

	for (uint32_t word = 0; word < form->word_count; word++) {
		uint8_t text[NAME_FORM_SOUNDS_MAX];
		size_t size = 0;

		for (uint8_t i = first; i < form->ends[word]; i++)
			if (sound_table.classes[form->sounds[i]] != 0)
				text[size++] = sound_table.classes[form->sounds[i]];
		first = form->ends[word];
		if (size == 0 || (form->fillers >> word & 1) != 0)
			continue;
		clk_add_text(maker, field, lg_bytes(text, size));
		added++;
	}
	return added;
}

uint32_t clk_person(const uint8_t *key, const struct person *person, struct clk *ret_clks)
{
	uint32_t skipped = person->name_count > CLK_ALIASES ? person->name_count - CLK_ALIASES : 0;
	uint32_t count = 0;

	for (uint32_t i = skipped; i < person->name_count; i++) {
		struct clk_maker maker;
		uint32_t words;

		clk_begin(&maker, key);
		words = add_form(&maker, CLK_NAME, &person->names[i].form);
		add_form(&maker, CLK_PLACE, &person->district.form);

		struct clk clk = clk_finish(&maker, CLK_HARDENED);

		if (words > 0)
			ret_clks[count++] = clk;
	}
	return count;
}

uint32_t clk_best(const struct clk *a, uint32_t a_count, const struct clk *b, uint32_t b_count)
{
	uint32_t best = 0;

	for (uint32_t i = 0; i < a_count; i++)
		for (uint32_t j = 0; j < b_count; j++) {
			uint32_t alike = clk_alike(&a[i], &b[j]);

			best = alike > best ? alike : best;
		}
	return best;
}
