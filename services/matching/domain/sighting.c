#include "services/matching/domain/sighting.h"

const char *const sighting_kind_names[SIGHTING_KIND_COUNT] = {
	[SIGHTING_TWICE] = "SEEN_TWICE",
	[SIGHTING_SUSPECT] = "SUSPECT_SEEN",
};

const char *corridor_of(const struct corridor_table *table, const char *station)
{
	for (uint32_t i = 0; i < table->count; i++)
		if (strcmp(table->rows[i].station, station) == 0)
			return table->rows[i].corridor;
	return "";
}

bool sighting_see(const struct corridor_table *table, enum pairing pairing,
	const struct person_record *a, const struct person_record *b, uint32_t probability_ppm,
	struct sighting *ret_sighting)
{
	const struct person_record *now = a->facts.at >= b->facts.at ? a : b;

	if (pairing != PAIRING_SUSPECT && pairing != PAIRING_SEEN_BEFORE)
		return false;
	*ret_sighting = (struct sighting){
		.kind = pairing == PAIRING_SUSPECT ? SIGHTING_SUSPECT : SIGHTING_TWICE,
		.now = now,
		.before = now == a ? b : a,
		.corridor = corridor_of(table, now->station),
		.probability_ppm = probability_ppm,
	};
	return true;
}
