/*
 * What a reader names of its list when it asks a publisher, and what an answer is worth.
 *
 * A question has room for few points; a list may hold many, and a publisher that came back from an
 * old backup knows only the oldest of them.  What it says is the newest point that was named and
 * that it knows.  Where the list has points between that one and the next that was named, the
 * answer is not yet the last that both know, and going back to it would list and read again more
 * than was lost.  So the reader asks again, between the two, before it goes.
 *
 * What a publisher knows of a list is its beginning (histories part once).  Then an answer whose
 * point and whose list's next point were both named is exact, by itself: questions before it are not
 * needed, whoever answered them.  The reader's last point is always named, at the end, so a
 * publisher that knows it says nothing and goes on from there.
 */
#ifndef LG_STREAM_QUESTION_H
#define LG_STREAM_QUESTION_H

#include "common/stream/stream.h"

/*
 * A publisher that stays the same is asked twice at most, whatever the list.  One that answers now
 * so, now otherwise, is believed at last: the way back is then longer than it need be, as it is if
 * the publisher has forgotten all but some points between two that were named (490 takeovers while
 * this reader did not ask).
 */
#define LG_QUESTIONS_MAX 8

#define LG_POINTS_SENT_MIN 4 /* less cannot be narrowed down */

/* Of one reader, about its list as it stands. */
struct lg_question {
	uint32_t most;     /* points that one question names: LG_POINTS_SENT_MAX, less in tests */
	uint32_t asked;    /* answers that were not exact; 0: the list is asked about as a whole */
	uint32_t from, to; /* places of the list, asked about next when asked is not 0 */
};

/*
 * The points to name, oldest first, at most question->most.  All of a list that has no more.  Of a
 * longer one the newest, singly, and others spread over the rest from the oldest on.
 */
void lg_question_name(const struct lg_question *question, const struct lg_points *points,
	struct lg_points *ret_named);

enum lg_answer {
	LG_ANSWER_STRANGE, /* not of this question: nobody goes anywhere */
	LG_ANSWER_AGAIN,   /* to be asked again: the question is now about what lies between */
	LG_ANSWER_FOUND,   /* common is where to go back to */
};

/*
 * Weighs the publisher's answer to what lg_question_name() gives now.
 *   common  a named point, or its epoch with a smaller number that this list has in it; zero: none
 */
enum lg_answer lg_question_weigh(
	struct lg_question *question, const struct lg_points *points, struct lg_point common);

#endif
