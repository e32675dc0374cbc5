/*
 * A notice is sent, in two steps.  SendDue opens the address: its audit record is committed with
 * the step.  DeliveryDue, which exists only when that commit does, sends in the thread pool and
 * writes what became of it.  A crash between the sending and the commit sends again.
 *
 * While letters are sent no other batch of this instance is decided: so a batch sends at most
 * POUCH_MAX letters and for at most BUDGET_MS, and a server that is silent is left alone for a
 * while (channels/channel.h: is_away).
 */
#include "services/notification/handlers.h"

#include <assert.h>

#include "proto/codes.pb-c.h"
#include "proto/content.pb-c.h"
#include "proto/notification.pb-c.h"
#include "services/notification/desk.h"
#include "services/notification/subscription_wire.h"

#define BUDGET_MS    (20 * LG_SECOND_MS) /* for all letters of a batch together */
#define LEAST_MS     LG_SECOND_MS        /* with less left a letter is not tried */
#define NO_ROOM_MS   LG_SECOND_MS
#define AWAY_MS      (30 * LG_SECOND_MS)
#define NOT_TRIED_MS (5 * LG_SECOND_MS)

static const struct channel *channel_of(const struct lg_item *item, const struct notice *n)
{
	const struct desk *desk = item->state;

	return &desk->channels[n->channel];
}

/* Set of channels where nobody is, as far as is known: bit (1 << channel_kind). */
static uint32_t away_channels(const struct desk *desk)
{
	uint32_t away = 0;

	for (unsigned i = 0; i < CHANNEL_KIND_COUNT; i++) {
		const struct channel *channel = &desk->channels[i];

		if (channel->state != NULL && channel->is_away(channel->state))
			away |= 1u << i;
	}
	return away;
}

static struct lg_id id_from_wire(ProtobufCBinaryData bytes)
{
	struct lg_id id = { .byte = { 0 } };
	struct lg_status status = lg_id_from_bytes(lg_bytes(bytes.data, bytes.len), &id);

	assert(lg_is_done(status)); /* we wrote it */
	return id;
}

/* --- when ---------------------------------------------------------------------------------- */

static void set_send_due_at(
	struct lg_batch *batch, const struct lg_item *item, const struct notice *n, lg_ms due_at)
{
	Lifeguard__Notification__SendDue message = LIFEGUARD__NOTIFICATION__SEND_DUE__INIT;

	message.notice_id = id_to_wire(&n->notice_id);
	message.subscription_id = id_to_wire(&n->subscription_id);
	lg_due_set(batch, item, n->notice_id, SEND_DUE, due_at, &message.base);
}

void set_send_due(struct lg_batch *batch, const struct lg_item *item, const struct notice *n)
{
	set_send_due_at(batch, item, n, n->next_at);
}

/* Another row than that of SendDue: the id with its last bit turned. */
static void set_delivery_due(
	struct lg_batch *batch, const struct lg_item *item, const struct notice *n)
{
	Lifeguard__Notification__DeliveryDue message = LIFEGUARD__NOTIFICATION__DELIVERY_DUE__INIT;
	struct lg_id due_id = n->notice_id;

	due_id.byte[LG_ID_SIZE - 1] ^= 1;
	message.notice_id = id_to_wire(&n->notice_id);
	message.subscription_id = id_to_wire(&n->subscription_id);
	lg_due_set(batch, item, due_id, DELIVERY_DUE, item->now, &message.base);
}

/* --- what became of it ------------------------------------------------------------------------ */

static void publish_sent(struct lg_batch *batch, const struct lg_item *item, const struct notice *n)
{
	Lifeguard__Notification__NotificationSent message =
		LIFEGUARD__NOTIFICATION__NOTIFICATION_SENT__INIT;

	message.notice_id = id_to_wire(&n->notice_id);
	message.what = lg_copy_text(item->arena, told_event_names[n->event]);
	message.channel = channel_to_wire((enum channel_kind)n->channel);
	message.attempts = n->attempts;
	lg_publish(batch, item,
		&(struct lg_event){
			.type = NOTIFICATION_SENT,
			.event_id = lg_new_id(batch),
			.occurred_at = n->settled_at,
			.message = &message.base,
		});
}

static void publish_failed(
	struct lg_batch *batch, const struct lg_item *item, const struct notice *n)
{
	Lifeguard__Notification__NotificationFailed message =
		LIFEGUARD__NOTIFICATION__NOTIFICATION_FAILED__INIT;

	message.notice_id = id_to_wire(&n->notice_id);
	message.what = lg_copy_text(item->arena, told_event_names[n->event]);
	message.channel = channel_to_wire((enum channel_kind)n->channel);
	message.attempts = n->attempts;
	message.reason = lg_copy_text(item->arena, n->reason);
	lg_publish(batch, item,
		&(struct lg_event){
			.type = NOTIFICATION_FAILED,
			.event_id = lg_new_id(batch),
			.occurred_at = n->settled_at,
			.message = &message.base,
		});
}

static void store_settled(
	struct lg_batch *batch, const struct lg_item *item, const struct notice *n)
{
	write_notice(batch, n);
	switch (n->state) {
	case NOTICE_INTENDED:
		set_send_due(batch, item, n);
		return;
	case NOTICE_SENT:
		publish_sent(batch, item, n);
		return;
	case NOTICE_FAILED:
		publish_failed(batch, item, n);
		return;
	case NOTICE_NEW:
		break;
	}
	assert(n->state != NOTICE_NEW);
}

/* --- SendDue ------------------------------------------------------------------------------- */

void load_send(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Notification__SendDue *message =
		(const Lifeguard__Notification__SendDue *)item->message;
	struct due_work *work = item->work;
	struct lg_id subscription_id = id_from_wire(message->subscription_id);

	work->notice = read_notice(batch, id_from_wire(message->notice_id));
	work->subscription = read_subscription(batch, subscription_id);
	lg_read_keys(batch, subscription_id);
	work->away = away_channels(item->state);
}

struct lg_status decide_send(struct lg_item *item)
{
	struct due_work *work = item->work;
	const struct desk *desk = item->state;
	struct notice *n = work->notice;

	if (n->state != NOTICE_INTENDED) /* of an event that was read twice, or settled */
		return lg_done();
	work->step = DUE_SETTLE;
	if (work->subscription->subscription.state != SUBSCRIPTION_ACTIVE)
		return notice_unwanted(n, "unsubscribed meanwhile", item->now);
	if (channel_of(item, n)->state == NULL)
		return notice_missed(n, "this channel is not set up at this site", item->now);

	work->step = DUE_PUT_OFF;
	work->again_at = item->now + NO_ROOM_MS;
	if ((work->away >> n->channel & 1u) != 0)
		work->again_at = item->now + AWAY_MS;
	else if (pouch_has_room(desk->pouch, item->now))
		work->step = DUE_OPEN;
	return lg_done();
}

/* NULL: its key is erased, or it was moved.  Makes the audit record, too. */
static const char *open_address(struct lg_batch *batch, struct lg_item *item)
{
	const struct due_work *work = item->work;
	const struct stored_subscription *stored = work->subscription;
	const struct lg_seal_place place = {
		.subject = stored->subscription.subscription_id,
		.case_id = stored->subscription.subscription_id,
		.context = stored->context,
		.class = LG_CLASS_STAFF,
		.content = STAFF_CONTACT,
	};
	struct lg_audit_entry entry = lg_audit_entry_of(
		item, LG_AUDIT_MACHINE, LIFEGUARD__CODES__PURPOSE__HELP_AND_SHELTER);
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;
	ProtobufCMessage *sealed = NULL;
	const ProtobufCMessage *contact;

	if (stored->sealed.size == 0) /* a channel without addresses */
		return work->notice->channel == CHANNEL_FILE ? "" : NULL;
	entry.case_id = place.case_id;
	entry.subject = place.subject;
	entry.class = LG_CLASS_STAFF;
	if (!lg_is_done(lg_reader_machine(
		    &trail, &entry, LG_SERVICE_NOTIFICATION, LG_MACHINE_NOTIFY, &reader)))
		return NULL;
	if (!lg_is_done(lg_decode(item->arena, &lifeguard__envelope__sealed__descriptor,
		    stored->sealed, &sealed)))
		return NULL;
	contact =
		lg_batch_open(batch, &reader, &place, (const Lifeguard__Envelope__Sealed *)sealed);
	return contact == NULL ? NULL
			       : ((const Lifeguard__Content__StaffContact *)contact)->address;
}

static void store_opened(struct lg_batch *batch, struct lg_item *item)
{
	const struct due_work *work = item->work;
	const struct desk *desk = item->state;
	struct notice *n = work->notice;
	const char *address = open_address(batch, item);

	if (address != NULL && strlen(address) <= SUBSCRIPTION_ADDRESS_MAX) {
		pouch_put(desk->pouch, n->notice_id, address, item->now);
		set_delivery_due(batch, item, n);
		return;
	}

	struct lg_status status =
		notice_unwanted(n, "the address cannot be opened any more", item->now);

	assert(lg_is_done(status));
	store_settled(batch, item, n);
}

void store_send(struct lg_batch *batch, struct lg_item *item)
{
	const struct due_work *work = item->work;

	switch (work->step) {
	case DUE_NOTHING:
		return;
	case DUE_OPEN:
		store_opened(batch, item);
		return;
	case DUE_PUT_OFF:
		set_send_due_at(batch, item, work->notice, work->again_at);
		return;
	case DUE_SETTLE:
		store_settled(batch, item, work->notice);
		return;
	}
}

/* --- DeliveryDue ----------------------------------------------------------------------------- */

void load_delivery(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Notification__DeliveryDue *message =
		(const Lifeguard__Notification__DeliveryDue *)item->message;
	struct due_work *work = item->work;
	const struct desk *desk = item->state;
	struct lg_id notice_id = id_from_wire(message->notice_id);

	work->notice = read_notice(batch, notice_id);
	work->address = pouch_take(desk->pouch, item->arena, notice_id);
}

void ponder_delivery(struct lg_item *item)
{
	struct due_work *work = item->work;
	const struct notice *n = work->notice;
	const struct channel *channel;
	int64_t left_ms = BUDGET_MS - (int64_t)(lg_batch_work_us(item->batch) / 1000);

	work->delivery = DELIVERY_NOT_TRIED;
	if (work->address == NULL || n->state != NOTICE_INTENDED || left_ms < LEAST_MS)
		return;
	channel = channel_of(item, n);
	if (channel->state == NULL || channel->is_away(channel->state))
		return;
	work->delivery = channel->send(channel->state,
		&(struct letter){
			.notice_id = n->notice_id,
			.address = work->address,
			.text = n->text,
			.written_at = n->intended_at,
		},
		left_ms, &work->reason);
}

struct lg_status decide_delivery(struct lg_item *item)
{
	struct due_work *work = item->work;
	struct notice *n = work->notice;

	if (n->state != NOTICE_INTENDED)
		return lg_done();
	work->step = DUE_SETTLE;
	switch ((enum delivery)work->delivery) {
	case DELIVERY_DONE:
		return notice_sent(n, item->now);
	case DELIVERY_REFUSED:
		return notice_refused(n, work->reason, item->now);
	case DELIVERY_LATER:
		return notice_missed(n, work->reason, item->now);
	case DELIVERY_NOT_TRIED:
		break;
	}
	work->step = DUE_PUT_OFF;
	work->again_at = item->now + (work->address == NULL ? NO_ROOM_MS : NOT_TRIED_MS);
	return lg_done();
}

void store_delivery(struct lg_batch *batch, struct lg_item *item)
{
	const struct due_work *work = item->work;

	if (work->step == DUE_SETTLE)
		store_settled(batch, item, work->notice);
	else if (work->step == DUE_PUT_OFF)
		set_send_due_at(batch, item, work->notice, work->again_at);
}
