#include "services/bus/domain/pace.h"

uint64_t pace_window(const struct pace *pace)
{
	/* more than one turn, or the rate seen would never grow on a long line */
	lg_ms more_ms = pace->turn_ms < PACE_WAIT_MS ? pace->turn_ms : PACE_WAIT_MS;
	uint64_t window = pace->rate * (uint64_t)(PACE_WAIT_MS + pace->turn_ms + more_ms) / 1000;

	if (window < PACE_WINDOW_MIN)
		return PACE_WINDOW_MIN;
	return window > PACE_WINDOW_MAX ? PACE_WINDOW_MAX : window;
}

static void forget(struct pace *pace)
{
	pace->under_way = 0;
	pace->is_probing = false;
	pace->is_refusing = false;
}

static void begin_refusing(struct pace *pace, lg_ms now)
{
	pace->is_refusing = true;
	pace->refused_at = now;
	pace->refused = pace->under_way;
}

/*
 * Nothing is said any more; or what was lost with its connection stays under way, however much of
 * what was sent behind it is said: the sum of both never falls, as it would on a slow line.
 */
static void forget_lost(struct pace *pace, lg_ms now)
{
	if (pace->under_way > 0 && now - pace->moved_at >= PACE_LOST_MS)
		forget(pace);
	if (!pace->is_refusing || now - pace->refused_at < PACE_LOST_MS)
		return;
	if (pace->under_way >= pace->refused)
		forget(pace);
	else
		begin_refusing(pace, now);
}

bool pace_may_send(struct pace *pace, bool is_urgent, lg_ms now)
{
	uint64_t window = pace_window(pace);

	forget_lost(pace, now);
	if (!pace->is_counted || pace->under_way < (is_urgent ? 2 * window : window)) {
		pace->is_refusing = false;
		return true;
	}
	if (!pace->is_refusing)
		begin_refusing(pace, now);
	return false;
}

void pace_sent(struct pace *pace, uint64_t bytes, lg_ms now)
{
	if (pace->under_way == 0) {
		if (now - pace->moved_at >= PACE_REST_MS) { /* rest says nothing of the line */
			pace->sample_at = now;
			pace->sample_bytes = 0;
		}
		pace->moved_at = now;
	}
	pace->under_way += bytes;
	if (!pace->is_probing) {
		pace->is_probing = true;
		pace->probe = pace->under_way;
		pace->probed_at = now;
	}
}

static void note_rate(struct pace *pace, uint64_t bytes, lg_ms now)
{
	lg_ms passed = now - pace->sample_at;
	uint64_t rate;

	pace->sample_bytes += bytes;
	/* few pieces in a short time say how they were said, not how they came */
	if (passed < PACE_SAMPLE_MS ||
		(pace->sample_bytes < PACE_SAMPLE_BYTES && passed < PACE_SLOW_MS))
		return;
	rate = pace->sample_bytes * 1000 / (uint64_t)passed;
	if (rate >= pace->rate || now - pace->rate_at >= PACE_RATE_MS) {
		pace->rate = rate;
		pace->rate_at = now;
	}
	pace->sample_at = now;
	pace->sample_bytes = 0;
}

static void note_turn(struct pace *pace, uint64_t bytes, lg_ms now)
{
	lg_ms turn_ms = now - pace->probed_at;

	if (!pace->is_probing)
		return;
	if (pace->probe > bytes) {
		pace->probe -= bytes;
		return;
	}
	pace->is_probing = false;
	if (pace->turn_ms == 0 || turn_ms < pace->turn_ms)
		pace->turn_ms = turn_ms;
	if (turn_ms > pace->turn_ms + 2 * PACE_WAIT_MS) {
		pace->rate = pace->rate * 3 / 4;
		pace->rate_at = now;
	}
}

bool pace_heard(struct pace *pace, uint64_t total, lg_ms now)
{
	uint64_t bytes = total - pace->said; /* of less than before: far above any leap */
	bool is_first = !pace->is_counted, is_anew = !is_first && bytes > PACE_LEAP_BYTES;

	pace->is_counted = true;
	pace->said = total;
	if (is_first || is_anew) { /* of what was sent before, nobody will say how much has come */
		forget(pace);
		return is_anew;
	}
	if (bytes == 0)
		return false;
	note_rate(pace, bytes, now);
	note_turn(pace, bytes, now);
	pace->under_way -= bytes < pace->under_way ? bytes : pace->under_way;
	pace->moved_at = now;
	return false;
}
