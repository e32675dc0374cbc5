/*
 * When rows of a stream may go: marks that age only from word to word, lowered with a reader
 * that falls back.
 */
#include "common/stream/retention.h"

#include <assert.h>

#define SPACING(keep_ms) ((keep_ms) / (LG_MARKS_MAX - 2))

static bool is_ripe(const struct lg_reader_marks *marks, uint32_t place, lg_ms keep_ms)
{
	return marks->noted_at - marks->at[place].since >= keep_ms;
}

/* Of the time since the last word only a step counts; of a clock that was set back nothing. */
static void age(struct lg_reader_marks *marks, lg_ms now, lg_ms keep_ms)
{
	lg_ms passed = now - marks->noted_at;
	lg_ms counted = passed < 0 ? 0 : passed;

	if (counted > LG_RETENTION_STEP(keep_ms))
		counted = LG_RETENTION_STEP(keep_ms);
	for (uint32_t i = 0; i < marks->count; i++)
		marks->at[i].since += passed - counted;
	marks->noted_at = now;
}

/* A restored reader has still had the lower number all the time: of equal marks the oldest. */
static void lower(struct lg_reader_marks *marks, uint64_t applied)
{
	for (uint32_t i = 0; i < marks->count; i++) {
		if (marks->at[i].number >= applied) {
			marks->at[i].number = applied;
			marks->count = i + 1;
		}
	}
}

/* Of the ripe ones only the newest is of use. */
static void forget_ripe(struct lg_reader_marks *marks, lg_ms keep_ms)
{
	uint32_t first = 0;

	while (first + 1 < marks->count && is_ripe(marks, first + 1, keep_ms))
		first++;
	marks->count -= first;
	for (uint32_t i = 0; i < marks->count; i++)
		marks->at[i] = marks->at[first + i];
}

void lg_reader_marks_note(struct lg_reader_marks *marks, uint64_t applied, lg_ms now, lg_ms keep_ms)
{
	const struct lg_mark *newest;

	assert(marks->count <= LG_MARKS_MAX);

	age(marks, now, keep_ms);
	marks->applied = applied;
	lower(marks, applied);
	forget_ripe(marks, keep_ms);
	if (applied == 0)
		return;
	newest = marks->count == 0 ? NULL : &marks->at[marks->count - 1];
	if (newest != NULL && (newest->number == applied || now - newest->since < SPACING(keep_ms)))
		return;
	assert(marks->count < LG_MARKS_MAX);
	marks->at[marks->count++] = (struct lg_mark){ .number = applied, .since = now };
}

uint64_t lg_reader_marks_floor(const struct lg_reader_marks *marks, lg_ms keep_ms)
{
	uint64_t floor = 0;

	for (uint32_t i = 0; i < marks->count; i++) {
		if (is_ripe(marks, i, keep_ms))
			floor = marks->at[i].number;
	}
	return floor < marks->applied ? floor : marks->applied;
}

static bool may_go(const struct lg_reader_marks *const *readers, uint32_t reader_count,
	const struct lg_range *range, lg_ms now, lg_ms keep_ms)
{
	if (now - range->written_at < keep_ms)
		return false;
	for (uint32_t i = 0; i < reader_count; i++) {
		if (lg_reader_marks_floor(readers[i], keep_ms) < range->last)
			return false;
	}
	return true;
}

uint32_t lg_retention_count(const struct lg_reader_marks *const *readers, uint32_t reader_count,
	const struct lg_range *ranges, uint32_t range_count, lg_ms now, lg_ms keep_ms)
{
	uint32_t count = 0;

	while (count + 1 < range_count &&
		may_go(readers, reader_count, &ranges[count], now, keep_ms))
		count++;
	return count;
}
