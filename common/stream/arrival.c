/*
 * What becomes of an event that has come: the order of the questions is the rule.
 */
#include "common/stream/arrival.h"

#include <stdlib.h>

static enum lg_arrival_way of_stream(const struct lg_arrival *arrival)
{
	if (arrival->is_parked) /* first: whatever it is, it must not overtake */
		return LG_WAY_PARK;
	if (arrival->is_faulty)
		return LG_WAY_DEAD_LETTER;
	if (arrival->is_foreign)
		return LG_WAY_PASS;
	if (arrival->is_unknown)
		return LG_WAY_UNHANDLED;
	return LG_WAY_HANDLE;
}

/* Its key is parked by itself; what this version does not know stays as well. */
static enum lg_arrival_way of_letter(const struct lg_arrival *arrival)
{
	if (arrival->is_stopped)
		return LG_WAY_WAIT;
	if (arrival->is_faulty || (arrival->is_unknown && !arrival->is_foreign))
		return LG_WAY_DEAD_LETTER;
	if (arrival->is_foreign)
		return LG_WAY_PASS;
	return LG_WAY_HANDLE;
}

/*
 * It came when its key was not parked, so it stands before any letter of its key: it is applied at
 * once, and first of all when a version comes that knows it.
 */
static enum lg_arrival_way of_unhandled(const struct lg_arrival *arrival)
{
	if (arrival->is_unknown && !arrival->is_foreign)
		return LG_WAY_WAIT;
	if (arrival->is_faulty)
		return LG_WAY_DEAD_LETTER;
	return arrival->is_foreign ? LG_WAY_PASS : LG_WAY_HANDLE;
}

enum lg_arrival_way lg_arrival_way(const struct lg_arrival *arrival)
{
	switch (arrival->from) {
	case LG_FROM_STREAM:
		return of_stream(arrival);
	case LG_FROM_LETTER:
		return of_letter(arrival);
	case LG_FROM_UNHANDLED:
		return of_unhandled(arrival);
	}
	abort();
}

bool lg_trial_begin(const struct lg_trial *trial, struct lg_id event_id, struct lg_trial *ret_trial)
{
	bool is_same = lg_id_equal(trial->event_id, event_id);

	if (is_same && trial->deaths >= LG_DEATHS_MAX)
		return false;
	*ret_trial = (struct lg_trial){ .event_id = event_id,
		.deaths = is_same ? trial->deaths + 1 : 1 };
	return true;
}
