#include "services/matching/engine/district.h"

bool district_equal(const struct name *a, const struct name *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (a->words[i].size != b->words[i].size ||
			memcmp(a->words[i].text, b->words[i].text, a->words[i].size) != 0)
			return false;
	return true;
}

struct name district_read(const struct district_table *table, const char *text)
{
	struct name heard;

	name_read(text, &heard);
	for (uint32_t i = 0; i < table->count && heard.count > 0; i++)
		if (district_equal(&heard, &table->rows[i].alias))
			return table->rows[i].district;
	return heard;
}
