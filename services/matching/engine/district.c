#include "services/matching/engine/district.h"

#define DISTRICT_EQUAL \
	950 /* of 1000, name_alike(): the two most alike of the shared list are 944 */

bool district_equal(const struct name *a, const struct name *b)
{
	return name_alike(a, b) >= DISTRICT_EQUAL;
}

/* Letter by letter: aliases are many, and are asked for at every comparison. */
static bool is_alias(const struct name *heard, const struct name *alias)
{
	if (heard->count != alias->count)
		return false;
	for (uint32_t i = 0; i < heard->count; i++)
		if (heard->words[i].size != alias->words[i].size ||
			memcmp(heard->words[i].text, alias->words[i].text, alias->words[i].size) !=
				0)
			return false;
	return true;
}

struct name district_read(const struct district_table *table, const char *text)
{
	struct name heard;

	name_read(text, &heard);
	for (uint32_t i = 0; i < table->count && heard.count > 0; i++)
		if (is_alias(&heard, &table->rows[i].alias))
			return table->rows[i].district;
	return heard;
}
