/* Notices are looked at, and one that was given up is tried anew. */
#include "services/notification/handlers.h"

#include "proto/codes.pb-c.h"
#include "services/notification/page.h"
#include "services/notification/subscription_wire.h"

/* --- ListNotices ------------------------------------------------------------------------------ */

static const Lifeguard__Notification__ListNotices *asked(const struct lg_item *item)
{
	return (const Lifeguard__Notification__ListNotices *)item->message;
}

void load_notices(struct lg_batch *batch, struct lg_item *item)
{
	struct list_work *work = item->work;

	work->limit = page_limit(asked(item)->limit);
	work->found = read_notices(
		batch, page_before(asked(item)->before), asked(item)->state, work->limit + 1);
}

struct lg_status decide_notices(struct lg_item *item)
{
	unsigned state;

	if (asked(item)->state[0] != '\0' &&
		!lg_is_done(lg_lifecycle_state(&notice_life, asked(item)->state, &state)))
		return lg_refuse("state is INTENDED, SENT or FAILED, or nothing");
	return page_check(asked(item)->limit, asked(item)->before);
}

static Lifeguard__Notification__NoticeRow *row_to_wire(
	struct lg_arena *arena, const struct notice *n)
{
	Lifeguard__Notification__NoticeRow *wire = lg_alloc(arena, sizeof *wire);

	lifeguard__notification__notice_row__init(wire);
	wire->notice_id = id_to_wire(&n->notice_id);
	wire->case_id = id_to_wire(&n->case_id);
	wire->subscription_id = id_to_wire(&n->subscription_id);
	wire->what = lg_copy_text(arena, told_event_names[n->event]);
	wire->state = lg_copy_text(arena, notice_life.states[n->state]);
	wire->channel = channel_to_wire((enum channel_kind)n->channel);
	wire->language = language_to_wire((enum language)n->language);
	wire->attempts = n->attempts;
	wire->intended_ms = n->intended_at;
	wire->next_ms = n->next_at;
	wire->settled_ms = n->settled_at;
	wire->reason = lg_copy_text(arena, n->reason);
	wire->text = lg_copy_text(arena, n->text);
	return wire;
}

void store_notices(struct lg_batch *batch, struct lg_item *item)
{
	const struct list_work *work = item->work;
	Lifeguard__Notification__NoticesListed answer =
		LIFEGUARD__NOTIFICATION__NOTICES_LISTED__INIT;
	uint32_t count = (uint32_t)work->found->count;
	bool has_more = count > work->limit;
	struct notice *rows;

	if (has_more)
		count = work->limit;
	rows = lg_alloc_array(item->arena, count, sizeof *rows);
	answer.notices = lg_alloc_array(item->arena, count, sizeof *answer.notices);
	for (uint32_t i = 0; i < count; i++) {
		rows[i] = notice_from_found(work->found, (int)i);
		answer.notices[answer.n_notices++] = row_to_wire(item->arena, &rows[i]);
	}
	if (has_more)
		answer.next = id_to_wire(&rows[count - 1].notice_id);
	lg_answer(batch, item, &answer.base);
}

/* --- RetryNotice ------------------------------------------------------------------------------ */

void load_retry(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Notification__RetryNotice *message =
		(const Lifeguard__Notification__RetryNotice *)item->message;
	struct retry_work *work = item->work;
	struct lg_id notice_id = { .byte = { 0 } };

	if (lg_is_done(lg_id_from_bytes(
		    lg_bytes(message->notice_id.data, message->notice_id.len), &notice_id)))
		work->notice = read_notice(batch, notice_id);
}

struct lg_status decide_retry(struct lg_item *item)
{
	const struct retry_work *work = item->work;

	if (work->notice == NULL)
		return lg_refuse("notice_id is no id");
	item->refusal_status = 404;
	if (work->notice->state == NOTICE_NEW || !lg_id_equal(work->notice->case_id, item->key))
		return lg_refuse("no such notice of this case");
	item->refusal_status = 409;
	if (work->notice->state != NOTICE_FAILED)
		return lg_refuse("only a notice that was given up is tried anew");
	return notice_retry(work->notice, item->now);
}

void store_retry(struct lg_batch *batch, struct lg_item *item)
{
	const struct retry_work *work = item->work;
	Lifeguard__Notification__NoticeRetried answer =
		LIFEGUARD__NOTIFICATION__NOTICE_RETRIED__INIT;

	write_notice(batch, work->notice);
	set_send_due(batch, item, work->notice);
	answer.notice_id = id_to_wire(&work->notice->notice_id);
	answer.state = lg_copy_text(item->arena, notice_life.states[work->notice->state]);
	lg_answer(batch, item, &answer.base);
}
