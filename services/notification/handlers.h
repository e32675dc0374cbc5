/* The table of contents of notification: which message is taken where, and what each gathers. */
#ifndef SERVICES_NOTIFICATION_HANDLERS_H
#define SERVICES_NOTIFICATION_HANDLERS_H

#include "services/notification/domain/render.h"
#include "services/notification/store.h"

/* Numbers of proto/registry.txt; a test compares them. */
enum {
	RESCUE_RECORDED = 104,
	MISSING_PERSON_REPORTED = 105,
	CONSENT_CHANGED = 106,
	STEP_DONE = 107,
	MATCH_PROPOSED = 201,
	MATCH_CONFIRMED = 202,
	MATCH_REJECTED = 203,
	WATCHLIST_HIT = 209,
	TRACE_HIT = 211,
	MATCH_UNDONE = 210,
	REFERRAL_OFFERED = 301,
	REFERRAL_RECEIVED = 302,
	REFERRAL_ACCEPTED = 304,
	REFERRAL_DECLINED = 305,
	REFERRAL_ESCALATED = 306,
	REFERRAL_WITHDRAWN = 307,
	DESTRUCTION_ACKNOWLEDGED = 309,
	DESTRUCTION_OVERDUE = 310,
	HANDOVER_CONFIRMED = 312,
	REUNIFICATION_RECORDED = 313,
	REHABILITATION_STARTED = 314,
	FOLLOW_UP_RECORDED = 315,
	LEGAL_MILESTONE_RECORDED = 316,
	DESTINATION_LINKED = 317,
	CASE_CLOSED = 318,
	FOLLOW_UP_DUE = 319,
	FEEDBACK_GIVEN = 320,
	HANDOVER_OVERDUE = 322,
	NOTIFICATION_SENT = 401,
	NOTIFICATION_FAILED = 402,
	SUBSCRIBE = 1701,
	UNSUBSCRIBE = 1702,
	LIST_SUBSCRIPTIONS = 1703,
	LIST_NOTICES = 1704,
	RETRY_NOTICE = 1705,
	STAFF_CONTACT = 2701,
	SEND_DUE = 3701,
	DELIVERY_DUE = 3702,
};

/* Ends with a row of type 0. */
extern const struct lg_handler notification_handlers[];

/* Any event that may be told (on_event.c). */
struct event_work {
	enum told_event event;
	struct lg_found *subscribers;
	struct notice *notices; /* one per subscriber who wants to be told */
	uint32_t count;
	bool has_more; /* more subscribers than are told */
};

void load_event(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_event(struct lg_item *item);
void store_event(struct lg_batch *batch, struct lg_item *item);

/* SendDue and DeliveryDue (on_due.c). */
enum due_step {
	DUE_NOTHING, /* settled before */
	DUE_OPEN,    /* open the address */
	DUE_PUT_OFF, /* not now, and no attempt was made */
	DUE_SETTLE,  /* write what became of it */
};

struct due_work {
	struct notice *notice;
	struct stored_subscription *subscription; /* SendDue */
	uint32_t away;                            /* SendDue: set of channels where nobody is */
	const char *address;                      /* DeliveryDue; NULL: not opened here */
	unsigned delivery;                        /* enum delivery; written by ponder */
	const char *reason;                       /* likewise */
	enum due_step step;
	lg_ms again_at;
};

void load_send(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_send(struct lg_item *item);
void store_send(struct lg_batch *batch, struct lg_item *item);
void load_delivery(struct lg_batch *batch, struct lg_item *item);
void ponder_delivery(struct lg_item *item);
struct lg_status decide_delivery(struct lg_item *item);
void store_delivery(struct lg_batch *batch, struct lg_item *item);

/* Subscribe, Unsubscribe, ListSubscriptions (on_subscription.c). */
struct subscribe_work {
	struct stored_subscription *stored;
	struct lg_found *others[TOLD_COUNT]; /* subscribers of each event that is named; or NULL */
	struct subscription wanted;
	bool is_repeated;
};

struct list_work {
	struct lg_found *found;
	uint32_t limit;
};

void load_subscribe(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_subscribe(struct lg_item *item);
void store_subscribe(struct lg_batch *batch, struct lg_item *item);
void load_unsubscribe(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_unsubscribe(struct lg_item *item);
void store_unsubscribe(struct lg_batch *batch, struct lg_item *item);
void load_subscriptions(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_subscriptions(struct lg_item *item);
void store_subscriptions(struct lg_batch *batch, struct lg_item *item);

/* ListNotices, RetryNotice (on_notice.c). */
struct retry_work {
	struct notice *notice;
};

void load_notices(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_notices(struct lg_item *item);
void store_notices(struct lg_batch *batch, struct lg_item *item);
void load_retry(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_retry(struct lg_item *item);
void store_retry(struct lg_batch *batch, struct lg_item *item);

/* Lets a notice be sent at its next_at (on_due.c). */
void set_send_due(struct lg_batch *batch, const struct lg_item *item, const struct notice *n);

#endif
