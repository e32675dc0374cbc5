/* The indicator set, kept by code so that a look-up is a search by halves. */
#include "services/intake/domain/screening.h"

#include <assert.h>
#include <string.h>

/* The place of code in the set, or where it would stand. */
static uint32_t place_of(const struct indicator_set *set, const char *code)
{
	uint32_t low = 0;
	uint32_t high = set->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (strcmp(set->at[middle].code, code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_code(const char *text)
{
	size_t size = strlen(text);

	return size > 0 && size <= INDICATOR_CODE_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

struct lg_status indicator_set_add(
	struct indicator_set *set, uint32_t version, const struct indicator *indicator)
{
	if (version == 0 || version < set->version)
		return lg_refuse("versions must begin at 1 and ascend");
	if (!is_code(indicator->code))
		return lg_refuse("a code is 1 to 64 of a-z, 0-9 and _");
	if (indicator->points > INDICATOR_POINTS_MAX)
		return lg_refuse("more points than one indicator may have");
	if (version > set->version) {
		set->version = version;
		set->count = 0;
	}
	if (indicator_find(set, indicator->code) != NULL)
		return lg_refuse("the code is there twice");
	if (set->count == INDICATORS_MAX)
		return lg_refuse("more indicators than a set may have");

	uint32_t place = place_of(set, indicator->code);

	memmove(&set->at[place + 1], &set->at[place],
		(set->count - place) * sizeof(struct indicator));
	set->at[place] = *indicator;
	set->count++;
	return lg_done();
}

const struct indicator *indicator_find(const struct indicator_set *set, const char *code)
{
	uint32_t place = place_of(set, code);

	if (place == set->count || strcmp(set->at[place].code, code) != 0)
		return NULL;
	return &set->at[place];
}

struct lg_status screening_add_up(const struct indicator_set *set, const char *const *codes,
	uint32_t count, struct screening *ret_screening)
{
	struct screening screening = { .version = set->version };
	bool is_set[INDICATORS_MAX] = { false };

	if (count > SCREENING_INDICATORS_MAX)
		return lg_refuse("more than 128 indicators");
	for (uint32_t i = 0; i < count; i++) {
		const struct indicator *indicator = indicator_find(set, codes[i]);

		if (indicator == NULL)
			return lg_refuse("an indicator is not in the set");

		size_t place = (size_t)(indicator - set->at);

		if (is_set[place])
			return lg_refuse("an indicator is there twice");
		is_set[place] = true;
		screening.points += indicator->points;
		if (!indicator->is_history_only)
			screening.points_without_history += indicator->points;
	}
	assert(screening.points_without_history <= screening.points);
	*ret_screening = screening;
	return lg_done();
}
