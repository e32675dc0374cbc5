#include "services/matching/domain/trace.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum trace_event {
	ASK,
	STAND,
	TURN_AWAY,
	FIND,
	HEAR_HIT,
	HEAR_NOTHING,
	APPROVE,
	HEAR_APPROVED,
	DECLINE,
	HEAR_DECLINED,
	TAKE_NAMES
};
enum trace_side { OURS, THEIRS, ENGINE };

static const char *const states[] = {
	[TRACE_NEW] = "NEW",
	[TRACE_ASKED] = "ASKED",
	[TRACE_NO_HIT] = "NO_HIT",
	[TRACE_OPEN] = "OPEN",
	[TRACE_ALIKE] = "ALIKE",
	[TRACE_WE_AGREE] = "WE_AGREE",
	[TRACE_THEY_AGREE] = "THEY_AGREE",
	[TRACE_AGREED] = "AGREED",
	[TRACE_DECLINED] = "DECLINED",
};

static const char *const events[] = {
	[ASK] = "AskTrace",
	[STAND] = "TraceAsked",
	[TURN_AWAY] = "TraceAsked: too often, or out of step",
	[FIND] = "somebody is alike",
	[HEAR_HIT] = "TraceAnswered: hit",
	[HEAR_NOTHING] = "TraceAnswered: no hit",
	[APPROVE] = "ApproveTrace",
	[HEAR_APPROVED] = "TraceApproved",
	[DECLINE] = "DeclineTrace",
	[HEAR_DECLINED] = "TraceDeclined",
	[TAKE_NAMES] = "NamesReleased",
};

static const char *const sides[] = {
	[OURS] = "ours",
	[THEIRS] = "theirs",
	[ENGINE] = "engine",
};

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from              on             by      to                why */
	{ TRACE_NEW,         ASK,           OURS,   TRACE_ASKED,      "her family may be across the border" },
	{ TRACE_NEW,         STAND,         THEIRS, TRACE_OPEN,       "it stands until its period is over" },
	{ TRACE_NEW,         TURN_AWAY,     THEIRS, TRACE_NO_HIT,     "asked too often, or under another secret" },
	{ TRACE_OPEN,        FIND,          ENGINE, TRACE_ALIKE,      "the other site hears of it, without a name" },
	{ TRACE_OPEN,        HEAR_DECLINED, THEIRS, TRACE_DECLINED,   "she took it back: what was asked is forgotten" },
	{ TRACE_ASKED,       HEAR_HIT,      THEIRS, TRACE_ALIKE,      "a contact officer is named, by account or role" },
	{ TRACE_ASKED,       HEAR_NOTHING,  THEIRS, TRACE_NO_HIT,     "nobody there yet" },
	{ TRACE_NO_HIT,      HEAR_HIT,      THEIRS, TRACE_ALIKE,      "somebody came there meanwhile" },
	{ TRACE_ASKED,       DECLINE,       OURS,   TRACE_DECLINED,   "she took it back" },
	{ TRACE_NO_HIT,      DECLINE,       OURS,   TRACE_DECLINED,   "she took it back" },
	{ TRACE_NO_HIT,      HEAR_DECLINED, THEIRS, TRACE_DECLINED,   "she took it back" },
	{ TRACE_ALIKE,       APPROVE,       OURS,   TRACE_WE_AGREE,   "after the two have talked" },
	{ TRACE_ALIKE,       HEAR_APPROVED, THEIRS, TRACE_THEY_AGREE, "they wait for us" },
	{ TRACE_WE_AGREE,    HEAR_APPROVED, THEIRS, TRACE_AGREED,     "both: names go" },
	{ TRACE_THEY_AGREE,  APPROVE,       OURS,   TRACE_AGREED,     "both: names go" },
	{ TRACE_AGREED,      TAKE_NAMES,    THEIRS, TRACE_AGREED,     "sealed, for whoever may read them" },
	{ TRACE_ALIKE,       DECLINE,       OURS,   TRACE_DECLINED,   "it is somebody else, or not safe" },
	{ TRACE_WE_AGREE,    DECLINE,       OURS,   TRACE_DECLINED,   "thought better of it" },
	{ TRACE_THEY_AGREE,  DECLINE,       OURS,   TRACE_DECLINED,   "it is somebody else, or not safe" },
	{ TRACE_AGREED,      DECLINE,       OURS,   TRACE_DECLINED,   "she said no meanwhile" },
	{ TRACE_ALIKE,       HEAR_DECLINED, THEIRS, TRACE_DECLINED,   "they do not agree" },
	{ TRACE_WE_AGREE,    HEAR_DECLINED, THEIRS, TRACE_DECLINED,   "they do not agree" },
	{ TRACE_THEY_AGREE,  HEAR_DECLINED, THEIRS, TRACE_DECLINED,   "they thought better of it" },
	{ TRACE_AGREED,      HEAR_DECLINED, THEIRS, TRACE_DECLINED,   "she said no while it was under way" },
};
/* clang-format on */

const struct lg_lifecycle trace_life = {
	.name = "trace",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = TRACE_NEW,
};

static struct lg_status move(struct trace *trace, enum trace_event on, enum trace_side by)
{
	const struct lg_transition *row = lg_lifecycle_row(&trace_life, trace->state, on, by);

	if (row == NULL)
		return lg_refuse("not possible in this state of the trace");
	trace->state = (enum trace_state)row->to;
	if (trace->state != TRACE_OPEN)
		trace->encodings = (struct lg_bytes){ .size = 0 };
	if (trace->state == TRACE_DECLINED)
		trace->names = (struct lg_bytes){ .size = 0 };
	if (trace->state == TRACE_AGREED)
		trace->expires_at = trace->asked_at + TRACE_AGREED_MS;
	return lg_done();
}

uint32_t trace_period(lg_ms at)
{
	return (uint32_t)(at / TRACE_PERIOD_MS);
}

bool trace_is_in_time(uint32_t period, lg_ms now)
{
	uint32_t this_period = trace_period(now);

	return period == this_period || period + 1 == this_period;
}

/* A new one takes over what was told; its state is moved. */
static void begin(struct trace *trace, const struct trace *told, uint32_t period)
{
	*trace = *told;
	trace->state = TRACE_NEW;
	trace->expires_at = ((lg_ms)period + 2) * TRACE_PERIOD_MS;
}

struct lg_status trace_ask(struct trace *trace, const struct trace *asked, bool *ret_is_repeated)
{
	*ret_is_repeated = trace->state != TRACE_NEW;
	if (*ret_is_repeated && (!trace->is_asked_here || trace->other_site != asked->other_site ||
					!lg_id_equal(trace->record_id, asked->record_id)))
		return lg_refuse("this id asks for somebody else");
	if (*ret_is_repeated)
		return lg_done();
	begin(trace, asked, asked->period);
	return move(trace, ASK, OURS);
}

enum trace_outcome trace_may_answer(uint32_t of_person, uint32_t of_site)
{
	return of_person >= TRACES_OF_PERSON_MAX || of_site >= TRACES_OF_SITE_MAX ? TRACE_REFUSED
										  : TRACE_NOTHING;
}

struct lg_status trace_be_asked(
	struct trace *trace, const struct trace *asked, enum trace_outcome outcome)
{
	if (trace->state != TRACE_NEW)
		return lg_refuse("this trace was asked before");
	/* out of step: its period is what another clock says */
	begin(trace, asked,
		outcome == TRACE_OUT_OF_STEP ? trace_period(asked->asked_at) : asked->period);
	trace->record_id = (struct lg_id){ 0 };
	return move(trace, outcome == TRACE_NOTHING ? STAND : TURN_AWAY, THEIRS);
}

struct lg_status trace_find(struct trace *trace, struct lg_id record_id)
{
	struct lg_status status = move(trace, FIND, ENGINE);

	if (lg_is_done(status))
		trace->record_id = record_id;
	return status;
}

bool trace_has_expired(struct lg_id trace_id, lg_ms now)
{
	return lg_id_made_at(trace_id) + TRACE_PERIOD_MS < now;
}

struct lg_status trace_hear(struct trace *trace, enum trace_outcome outcome)
{
	if (trace->state == TRACE_DECLINED) /* crossed our own no */
		return lg_done();
	if (trace->state >= TRACE_ALIKE && outcome == TRACE_HIT) /* somebody else came there, too */
		return lg_done();
	return move(trace, outcome == TRACE_HIT ? HEAR_HIT : HEAR_NOTHING, THEIRS);
}

struct lg_status trace_approve(struct trace *trace, lg_ms now, bool *ret_is_repeated)
{
	*ret_is_repeated = trace->state == TRACE_WE_AGREE || trace->state == TRACE_AGREED;
	if (*ret_is_repeated)
		return lg_done();
	if (!trace_is_in_time(trace->period, now))
		return lg_refuse("the period of this trace is over: ask again");
	return move(trace, APPROVE, OURS);
}

struct lg_status trace_decline(struct trace *trace, bool *ret_is_repeated)
{
	*ret_is_repeated = trace->state == TRACE_DECLINED;
	return *ret_is_repeated ? lg_done() : move(trace, DECLINE, OURS);
}

/* What crosses our own no is late, not wrong. */
struct lg_status trace_hear_approved(struct trace *trace)
{
	if (trace->state == TRACE_DECLINED)
		return lg_done();
	return move(trace, HEAR_APPROVED, THEIRS);
}

struct lg_status trace_hear_declined(struct trace *trace)
{
	if (trace->state == TRACE_DECLINED)
		return lg_done();
	return move(trace, HEAR_DECLINED, THEIRS);
}

struct lg_status trace_take_names(
	struct trace *trace, struct lg_id event_id, struct lg_bytes sealed)
{
	struct lg_status status = move(trace, TAKE_NAMES, THEIRS);

	if (lg_is_done(status)) {
		trace->names_in = event_id;
		trace->names = sealed;
	}
	return status;
}
