/*
 * Somebody wants to be told, or no more, or looks who is told.  The address is sealed (class 4)
 * in the transaction that stores it; nobody's role opens it again, only the sending does.
 */
#include "services/notification/handlers.h"

#include <assert.h>

#include "proto/codes.pb-c.h"
#include "proto/content.pb-c.h"
#include "services/notification/page.h"
#include "services/notification/subscription_wire.h"

static struct subscriber subscriber_of(const struct lg_item *item)
{
	return (struct subscriber){ .user = item->actor.user,
		.organisation = item->actor.organisation,
		.role = item->actor.role };
}

/* --- Subscribe ------------------------------------------------------------------------------- */

static const Lifeguard__Notification__Subscribe *asked(const struct lg_item *item)
{
	return (const Lifeguard__Notification__Subscribe *)item->message;
}

/*
 * A form told twice is known again by a digest, keyed with a secret that is not in the database,
 * because an address can be guessed.
 */
static void digest_form(struct lg_batch *batch, const struct lg_item *item, uint8_t *ret_digest)
{
	lg_own_digest(lg_batch_keys(batch), "lifeguard-subscription-1",
		lg_encode(item->arena, item->message), ret_digest, SUBSCRIPTION_DIGEST_SIZE);
}

void load_subscribe(struct lg_batch *batch, struct lg_item *item)
{
	struct subscribe_work *work = item->work;
	const Lifeguard__Notification__Subscribe *wire = asked(item);

	work->stored = read_subscription(batch, item->key);
	for (size_t i = 0; i < wire->n_events && i < TOLD_COUNT; i++) {
		enum told_event event = TOLD_COUNT;

		if (lg_is_done(told_event_named(wire->events[i], &event)) &&
			work->others[event] == NULL)
			work->others[event] = read_subscribers(batch, event);
	}
	digest_form(batch, item, work->wanted.digest);
}

/* So that nobody is left out silently when there are more than can be told. */
static struct lg_status check_room(const struct subscribe_work *work)
{
	for (unsigned i = 0; i < TOLD_COUNT; i++) {
		if (work->others[i] != NULL && work->others[i]->count >= STORE_SUBSCRIBERS_MAX)
			return lg_refuse("an event has as many subscribers as can be told");
	}
	return lg_done();
}

struct lg_status decide_subscribe(struct lg_item *item)
{
	struct subscribe_work *work = item->work;
	struct subscriber by = subscriber_of(item);
	struct subscription wanted = { .role = 0 };
	struct lg_status status = subscription_from_wire(asked(item), &wanted);

	if (lg_is_done(status) && !lg_id_equal(wanted.subscription_id, item->key))
		status = lg_refuse("the subscription id is not the command's key");
	if (!lg_is_done(status))
		return status;
	memcpy(wanted.digest, work->wanted.digest, sizeof wanted.digest);
	work->wanted = wanted;
	status = subscription_check(&wanted, asked(item)->address, &by);
	if (!lg_is_done(status))
		return status;
	item->refusal_status = 409;
	if (work->stored->subscription.state == SUBSCRIPTION_NEW)
		status = check_room(work);
	if (!lg_is_done(status))
		return status;
	return subscription_make(
		&work->stored->subscription, &wanted, &by, item->now, &work->is_repeated);
}

static struct lg_bytes seal_address(
	struct lg_batch *batch, const struct lg_item *item, struct lg_id context)
{
	const struct lg_seal_place place = {
		.subject = item->key,
		.case_id = item->key,
		.context = context,
		.class = LG_CLASS_STAFF,
		.content = STAFF_CONTACT,
	};
	Lifeguard__Content__StaffContact contact = LIFEGUARD__CONTENT__STAFF_CONTACT__INIT;
	Lifeguard__Envelope__Sealed *sealed;

	contact.address = asked(item)->address;
	sealed = lg_batch_seal(batch, &place, &contact.base);
	return sealed == NULL ? lg_bytes("", 0) : lg_encode(item->arena, &sealed->base);
}

void store_subscribe(struct lg_batch *batch, struct lg_item *item)
{
	const struct subscribe_work *work = item->work;
	struct stored_subscription *stored = work->stored;
	Lifeguard__Notification__Subscribed answer = LIFEGUARD__NOTIFICATION__SUBSCRIBED__INIT;

	if (!work->is_repeated) {
		stored->context = lg_new_id(batch);
		if (asked(item)->address[0] != '\0')
			stored->sealed = seal_address(batch, item, stored->context);
		write_subscription(batch, stored);
	}
	answer.subscription_id = id_to_wire(&item->key);
	answer.repeated_form = work->is_repeated;
	lg_answer(batch, item, &answer.base);
}

/* --- Unsubscribe ----------------------------------------------------------------------------- */

void load_unsubscribe(struct lg_batch *batch, struct lg_item *item)
{
	struct subscribe_work *work = item->work;

	work->stored = read_subscription(batch, item->key);
}

struct lg_status decide_unsubscribe(struct lg_item *item)
{
	struct subscribe_work *work = item->work;
	struct subscription *s = &work->stored->subscription;
	struct subscriber by = subscriber_of(item);

	item->refusal_status = s->state == SUBSCRIPTION_NEW ? 404 : 403;
	work->is_repeated = s->state == SUBSCRIPTION_ENDED;
	return subscription_end(s, &by);
}

void store_unsubscribe(struct lg_batch *batch, struct lg_item *item)
{
	const struct subscribe_work *work = item->work;
	Lifeguard__Notification__Unsubscribed answer = LIFEGUARD__NOTIFICATION__UNSUBSCRIBED__INIT;

	if (!work->is_repeated) {
		end_subscription(batch, &work->stored->subscription);
		lg_audit(batch, item, LG_AUDIT_ERASE, LIFEGUARD__CODES__PURPOSE__HELP_AND_SHELTER);
	}
	answer.subscription_id = id_to_wire(&item->key);
	lg_answer(batch, item, &answer.base);
}

/* --- ListSubscriptions ----------------------------------------------------------------------- */

void load_subscriptions(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Notification__ListSubscriptions *message =
		(const Lifeguard__Notification__ListSubscriptions *)item->message;
	struct list_work *work = item->work;

	work->limit = page_limit(message->limit);
	work->found = read_subscriptions(batch, page_before(message->before), work->limit + 1);
}

struct lg_status decide_subscriptions(struct lg_item *item)
{
	const Lifeguard__Notification__ListSubscriptions *message =
		(const Lifeguard__Notification__ListSubscriptions *)item->message;

	return page_check(message->limit, message->before);
}

static Lifeguard__Notification__SubscriptionRow *row_to_wire(
	struct lg_arena *arena, const struct subscription *s)
{
	Lifeguard__Notification__SubscriptionRow *wire = lg_alloc(arena, sizeof *wire);

	lifeguard__notification__subscription_row__init(wire);
	wire->subscription_id = id_to_wire(&s->subscription_id);
	wire->state = lg_copy_text(arena, subscription_life.states[s->state]);
	wire->role = (Lifeguard__Codes__Role)s->role;
	wire->events = lg_alloc_array(arena, TOLD_COUNT, sizeof *wire->events);
	for (unsigned i = 0; i < TOLD_COUNT; i++) {
		if ((s->events >> i & 1u) != 0)
			wire->events[wire->n_events++] = lg_copy_text(arena, told_event_names[i]);
	}
	wire->channel = channel_to_wire(s->channel);
	wire->language = language_to_wire(s->language);
	wire->station = lg_copy_text(arena, s->station);
	if (!lg_id_is_zero(s->organisation))
		wire->organisation = id_to_wire(&s->organisation);
	wire->made_by = id_to_wire(&s->made_by);
	wire->made_ms = s->made_at;
	return wire;
}

void store_subscriptions(struct lg_batch *batch, struct lg_item *item)
{
	const struct list_work *work = item->work;
	Lifeguard__Notification__SubscriptionsListed answer =
		LIFEGUARD__NOTIFICATION__SUBSCRIPTIONS_LISTED__INIT;
	uint32_t count = (uint32_t)work->found->count;
	bool has_more = count > work->limit;
	struct subscription *rows;

	if (has_more)
		count = work->limit;
	rows = lg_alloc_array(item->arena, count, sizeof *rows);
	answer.subscriptions = lg_alloc_array(item->arena, count, sizeof *answer.subscriptions);
	for (uint32_t i = 0; i < count; i++) {
		rows[i] = subscription_from_found(work->found, (int)i);
		answer.subscriptions[answer.n_subscriptions++] = row_to_wire(item->arena, &rows[i]);
	}
	if (has_more)
		answer.next = id_to_wire(&rows[count - 1].subscription_id);
	lg_answer(batch, item, &answer.base);
}
