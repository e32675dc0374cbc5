#include "services/matching/engine/search/shortlist.h"

#include <assert.h>
#include <string.h>

#define ENOUGH_OF_NONE 112u /* rows; one less for each so many words, */
#define WORDS_FOR_ROW  64u
#define ENOUGH_LEAST   64u   /* but not below this; */
#define WORDS_OF_MANY  6000u /* behind these, all */

uint32_t shortlist_enough(uint32_t word_count)
{
	uint32_t less = word_count / WORDS_FOR_ROW;

	if (word_count > WORDS_OF_MANY)
		return SHORTLIST_ENOUGH;
	return less < ENOUGH_OF_NONE - ENOUGH_LEAST ? ENOUGH_OF_NONE - less : ENOUGH_LEAST;
}

void shortlist_begin(struct shortlist *list, int32_t least, uint32_t enough)
{
	assert(enough > 0 && enough <= SHORTLIST_ENOUGH);
	list->least = least;
	list->enough = enough;
	list->cut = list->from = list->above = list->count = 0;
	memset(list->at_level, 0, sizeof list->at_level);
}

/*
 * Leaves out what has fallen below the cut since it was picked, and of those on it, who are all alike,
 * the ones that are too many; then no more of their level are taken.
 */
static void tighten(struct shortlist *list)
{
	uint32_t better = list->above - list->at_level[list->cut], kept = 0, alike = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t level = (uint32_t)(list->picks[i] >> 32);

		if (level < list->cut || (level == list->cut && better + alike == list->enough))
			continue;
		alike += level == list->cut;
		list->picks[kept++] = list->picks[i];
	}
	list->count = kept;
	list->at_level[list->cut] = alike;
	list->above = better + alike;
	if (list->above == list->enough)
		list->from = list->cut + 1;
}

void shortlist_pick(struct shortlist *list, uint32_t level, uint32_t row)
{
	if (level >= SHORTLIST_LEVELS)
		level = SHORTLIST_LEVELS - 1;
	if (list->count == SHORTLIST_MAX)
		tighten(list);
	if (level < list->from)
		return;
	assert(list->count < SHORTLIST_MAX);
	list->picks[list->count++] = (uint64_t)level << 32 | row;
	list->at_level[level]++;
	list->above++;
	while (list->above - list->at_level[list->cut] >= list->enough)
		list->above -= list->at_level[list->cut++];
	if (list->from < list->cut)
		list->from = list->cut;
}

void shortlist_sort(struct shortlist *list)
{
	uint32_t places[SHORTLIST_LEVELS], sum = 0;

	tighten(list);
	for (uint32_t level = SHORTLIST_LEVELS; level-- > list->cut;) {
		places[level] = sum;
		sum += list->at_level[level];
	}
	assert(sum == list->count);
	for (uint32_t i = 0; i < list->count; i++)
		list->sorted[places[list->picks[i] >> 32]++] = list->picks[i];
}
