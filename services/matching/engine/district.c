#include "services/matching/engine/district.h"

/* Of 1000, name_alike(): the two most alike of the shared list are 861, in Latin. */
#define DISTRICT_EQUAL 870
#define ALIAS_EQUAL    930

bool district_equal(const struct name *a, const struct name *b)
{
	return name_alike(a, b) >= DISTRICT_EQUAL;
}

struct name district_read(const struct district_table *table, const char *text)
{
	struct name heard;

	name_read(text, &heard);
	for (uint32_t i = 0; i < table->count && heard.count > 0; i++)
		if (name_alike(&heard, &table->rows[i].alias) >= ALIAS_EQUAL)
			return table->rows[i].district;
	return heard;
}
