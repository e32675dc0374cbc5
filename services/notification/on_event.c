/*
 * Something happened: everybody who wants to be told of it gets a notice, kept in the
 * transaction of the event.  Each event stands alone, so their order does not matter.
 */
#include "services/notification/handlers.h"

#include <assert.h>

#include "common/base/log.h"
#include "services/notification/desk.h"
#include "services/notification/event_wire.h"

void load_event(struct lg_batch *batch, struct lg_item *item)
{
	struct event_work *work = item->work;
	struct lg_status status = told_event_named(item->type->name, &work->event);

	assert(lg_is_done(status)); /* handlers.c names no other */
	work->subscribers = read_subscribers(batch, work->event);
}

static struct lg_status write_text(
	const struct lg_item *item, const struct facts *facts, struct notice *n)
{
	const struct desk *desk = item->state;

	return render(item->arena, desk->catalogue.texts[n->language][n->event], facts, &n->text);
}

struct lg_status decide_event(struct lg_item *item)
{
	struct event_work *work = item->work;
	const struct desk *desk = item->state;
	const struct event_frame frame = {
		.case_id = item->key,
		.recorded_at = item->event->recorded_at,
		.link = desk->link,
	};
	struct told told = told_from_event(work->event, item->message);
	uint32_t rows = (uint32_t)work->subscribers->count;
	struct lg_status status = lg_done();
	struct facts facts;

	work->has_more = rows > STORE_SUBSCRIBERS_MAX;
	if (work->has_more)
		rows = STORE_SUBSCRIBERS_MAX;
	facts_from_event(item->arena, work->event, item->message, &frame, &facts);
	work->notices = lg_alloc_array(item->arena, rows, sizeof *work->notices);
	for (uint32_t row = 0; row < rows && lg_is_done(status); row++) {
		struct subscription s = subscription_from_found(work->subscribers, (int)row);
		struct notice *n = &work->notices[work->count];

		if (!subscription_wants(&s, &told))
			continue;
		*n = (struct notice){
			.case_id = item->key,
			.event_id = item->event->event_id,
			.subscription_id = s.subscription_id,
			.event = work->event,
			.channel = s.channel,
			.language = s.language,
		};
		status = notice_intend(n, item->now);
		if (lg_is_done(status))
			status = write_text(item, &facts, n);
		work->count++;
	}
	return status;
}

void store_event(struct lg_batch *batch, struct lg_item *item)
{
	struct event_work *work = item->work;

	for (uint32_t i = 0; i < work->count; i++) {
		struct notice *n = &work->notices[i];

		n->notice_id = lg_new_id(batch);
		write_intent(batch, n);
		set_send_due(batch, item, n);
	}
	if (work->has_more)
		lg_warn("an event has more subscribers than are told",
			lg_f_int("type", item->type->number));
}
