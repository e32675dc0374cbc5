/* The states of a notice, and what an attempt makes of it. */
#include "services/notification/domain/notice.h"

#include <string.h>

#include "services/notification/domain/retry.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum notice_event { INTEND, SENT, MISSED, REFUSED, EXHAUSTED, UNWANTED, RETRY };
enum notice_side { NOTIFIER, CHANNEL, CLOCK, RECIPIENT, STAFF };

static const char *const states[] = {
	[NOTICE_NEW] = "NEW",
	[NOTICE_INTENDED] = "INTENDED",
	[NOTICE_SENT] = "SENT",
	[NOTICE_FAILED] = "FAILED",
};

static const char *const events[] = {
	[INTEND] = "intended",
	[SENT] = "NotificationSent",
	[MISSED] = "missed",
	[REFUSED] = "refused: NotificationFailed",
	[EXHAUSTED] = "exhausted: NotificationFailed",
	[UNWANTED] = "unwanted: NotificationFailed",
	[RETRY] = "RetryNotice",
};

static const char *const sides[] = {
	[NOTIFIER] = "notification",
	[CHANNEL] = "channel",
	[CLOCK] = "clock",
	[RECIPIENT] = "recipient",
	[STAFF] = "lead or operator",
};

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from              on         by         to                why */
	{ NOTICE_NEW,        INTEND,    NOTIFIER,  NOTICE_INTENDED,  "kept in the transaction of the event, before it is sent" },
	{ NOTICE_INTENDED,   SENT,      CHANNEL,   NOTICE_SENT,      "the server or the folder has it" },
	{ NOTICE_INTENDED,   MISSED,    CHANNEL,   NOTICE_INTENDED,  "not now: again after a pause" },
	{ NOTICE_INTENDED,   REFUSED,   CHANNEL,   NOTICE_FAILED,    "the server will never take it" },
	{ NOTICE_INTENDED,   EXHAUSTED, CLOCK,     NOTICE_FAILED,    "tried for days" },
	{ NOTICE_INTENDED,   UNWANTED,  RECIPIENT, NOTICE_FAILED,    "unsubscribed meanwhile: the address is gone" },
	{ NOTICE_FAILED,     RETRY,     STAFF,     NOTICE_INTENDED,  "what was wrong is mended" },
};
/* clang-format on */

const struct lg_lifecycle notice_life = {
	.name = "notice",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = NOTICE_NEW,
};

static struct lg_status move(struct notice *n, unsigned on, unsigned by)
{
	const struct lg_transition *row = lg_lifecycle_row(&notice_life, n->state, on, by);

	if (row == NULL)
		return lg_refuse("not possible in this state of the notice");
	n->state = (enum notice_state)row->to;
	return lg_done();
}

static void settle(struct notice *n, const char *reason, lg_ms now)
{
	n->next_at = 0;
	n->settled_at = now;
	n->reason = reason;
}

/* The random part of the id spreads the notices of one moment. */
static uint64_t seed_of(const struct notice *n)
{
	uint64_t seed;

	memcpy(&seed, n->notice_id.byte + LG_ID_SIZE - sizeof seed, sizeof seed);
	return seed;
}

struct lg_status notice_intend(struct notice *n, lg_ms now)
{
	struct lg_status status = move(n, INTEND, NOTIFIER);

	if (!lg_is_done(status))
		return status;
	n->intended_at = now;
	n->next_at = now;
	n->reason = "";
	return status;
}

struct lg_status notice_sent(struct notice *n, lg_ms now)
{
	struct lg_status status = move(n, SENT, CHANNEL);

	if (!lg_is_done(status))
		return status;
	n->attempts++;
	settle(n, "", now);
	return status;
}

struct lg_status notice_missed(struct notice *n, const char *reason, lg_ms now)
{
	bool is_last = n->attempts + 1 >= RETRY_ATTEMPTS_MAX;
	struct lg_status status = is_last ? move(n, EXHAUSTED, CLOCK) : move(n, MISSED, CHANNEL);

	if (!lg_is_done(status))
		return status;
	n->attempts++;
	n->reason = reason;
	if (is_last)
		settle(n, reason, now);
	else
		n->next_at = now + retry_after(n->attempts, seed_of(n));
	return status;
}

struct lg_status notice_refused(struct notice *n, const char *reason, lg_ms now)
{
	struct lg_status status = move(n, REFUSED, CHANNEL);

	if (!lg_is_done(status))
		return status;
	n->attempts++;
	settle(n, reason, now);
	return status;
}

struct lg_status notice_unwanted(struct notice *n, const char *reason, lg_ms now)
{
	struct lg_status status = move(n, UNWANTED, RECIPIENT);

	if (lg_is_done(status))
		settle(n, reason, now);
	return status;
}

struct lg_status notice_retry(struct notice *n, lg_ms now)
{
	struct lg_status status = move(n, RETRY, STAFF);

	if (!lg_is_done(status))
		return status;
	n->attempts = 0;
	n->settled_at = 0;
	n->next_at = now;
	return status;
}
