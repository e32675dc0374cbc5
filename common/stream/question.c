#include "common/stream/question.h"

#include <assert.h>

/* Places from..to, both named, as evenly as room allows.  Returns how many. */
static uint32_t spread(uint32_t from, uint32_t to, uint32_t room, uint32_t *ret_places)
{
	uint32_t distance = to - from, count = distance < room ? distance + 1 : room;

	assert(from < to);
	assert(room > 1);
	for (uint32_t i = 0; i < count; i++)
		ret_places[i] = from + i * distance / (count - 1);
	return count;
}

/* Which places of a list of so many are named, the last one always. */
static uint32_t places_of(const struct lg_question *question, uint32_t point_count,
	uint32_t ret_places[LG_POINTS_SENT_MAX])
{
	uint32_t newest = question->most / 4, count = 0, single = 0;

	assert(question->most >= LG_POINTS_SENT_MIN);
	assert(question->most <= LG_POINTS_SENT_MAX);

	if (question->asked > 0) {
		count = spread(question->from, question->to, question->most - 1, ret_places);
		single = question->to == point_count - 1 ? point_count : point_count - 1;
	} else if (point_count > question->most) {
		single = point_count - newest;
		count = spread(0, single - 1, question->most - newest, ret_places);
	}
	while (single < point_count)
		ret_places[count++] = single++;
	return count;
}

void lg_question_name(const struct lg_question *question, const struct lg_points *points,
	struct lg_points *ret_named)
{
	uint32_t places[LG_POINTS_SENT_MAX];

	ret_named->count = places_of(question, points->count, places);
	for (uint32_t i = 0; i < ret_named->count; i++)
		ret_named->at[i] = points->at[places[i]];
}

/* The place of a point that this list went through; the count when it did not. */
static uint32_t place_in(const struct lg_points *points, struct lg_point point)
{
	for (uint32_t i = points->count; i-- > 0;) {
		if (!lg_id_equal(points->at[i].epoch, point.epoch))
			continue;
		if (point.number > points->at[i].number)
			return points->count;
		return i == 0 || point.number > points->at[i - 1].number ? i : points->count;
	}
	return points->count;
}

enum lg_answer lg_question_weigh(
	struct lg_question *question, const struct lg_points *points, struct lg_point common)
{
	uint32_t places[LG_POINTS_SENT_MAX], count, known = 0;
	uint32_t from = 0, behind = 0; /* the place that is known, and the one behind it */

	if (common.number >= lg_points_last(points).number)
		return LG_ANSWER_STRANGE;
	count = places_of(question, points->count, places);
	if (common.number == 0) {
		if (!lg_id_is_zero(common.epoch))
			return LG_ANSWER_STRANGE;
	} else {
		from = place_in(points, common);
		while (known < count && places[known] != from)
			known++;
		if (known == count)
			return LG_ANSWER_STRANGE;
		if (common.number < points->at[from].number)
			return LG_ANSWER_FOUND; /* they part within this epoch */
		behind = from + 1;
		known++;
	}
	assert(known < count); /* the last is not it: its number would be */
	if (places[known] == behind || question->asked + 1 == LG_QUESTIONS_MAX)
		return LG_ANSWER_FOUND;
	question->asked++;
	question->from = from;
	question->to = places[known];
	return LG_ANSWER_AGAIN;
}
