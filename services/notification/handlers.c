/* The messages that notification takes, in the order of the journey. */
#include "services/notification/handlers.h"

#include "proto/codes.pb-c.h"

#define MAY(role)   LG_ROLE(LIFEGUARD__CODES__ROLE__##role)
#define HEARERS     (MAY(VOLUNTEER) | MAY(CENTRE_LEAD) | MAY(NGO_WORKER) | MAY(PROTECTION_OFFICER))
#define SUBSCRIBERS (HEARERS | MAY(OPERATOR))
#define WATCHERS    (MAY(CENTRE_LEAD) | MAY(PROTECTION_OFFICER) | MAY(OPERATOR))

/* Whatever may be told is told in the same way. */
#define TOLD(number) \
	{ \
		.type = number, .work_size = sizeof(struct event_work), .load = load_event, \
		.decide = decide_event, .store = store_event, \
	}

const struct lg_handler notification_handlers[] = {
	TOLD(RESCUE_RECORDED),
	TOLD(MISSING_PERSON_REPORTED),
	TOLD(CONSENT_CHANGED),
	TOLD(STEP_DONE),
	TOLD(MATCH_PROPOSED),
	TOLD(MATCH_CONFIRMED),
	TOLD(MATCH_REJECTED),
	TOLD(MATCH_UNDONE),
	TOLD(WATCHLIST_HIT),
	TOLD(TRACE_HIT),
	TOLD(REFERRAL_OFFERED),
	TOLD(REFERRAL_RECEIVED),
	TOLD(REFERRAL_ACCEPTED),
	TOLD(REFERRAL_DECLINED),
	TOLD(REFERRAL_ESCALATED),
	TOLD(REFERRAL_WITHDRAWN),
	TOLD(DESTRUCTION_ACKNOWLEDGED),
	TOLD(DESTRUCTION_OVERDUE),
	TOLD(HANDOVER_CONFIRMED),
	TOLD(HANDOVER_OVERDUE),
	TOLD(REUNIFICATION_RECORDED),
	TOLD(REHABILITATION_STARTED),
	TOLD(FOLLOW_UP_RECORDED),
	TOLD(LEGAL_MILESTONE_RECORDED),
	TOLD(DESTINATION_LINKED),
	TOLD(CASE_CLOSED),
	TOLD(FOLLOW_UP_DUE),
	TOLD(FEEDBACK_GIVEN),
	{
		.type = SEND_DUE,
		.work_size = sizeof(struct due_work),
		.load = load_send,
		.decide = decide_send,
		.store = store_send,
	},
	{
		.type = DELIVERY_DUE,
		.work_size = sizeof(struct due_work),
		.load = load_delivery,
		.ponder = ponder_delivery,
		.decide = decide_delivery,
		.store = store_delivery,
	},
	{
		.type = SUBSCRIBE,
		.roles = SUBSCRIBERS,
		.work_size = sizeof(struct subscribe_work),
		.load = load_subscribe,
		.decide = decide_subscribe,
		.store = store_subscribe,
	},
	{
		.type = UNSUBSCRIBE,
		.roles = SUBSCRIBERS,
		.work_size = sizeof(struct subscribe_work),
		.load = load_unsubscribe,
		.decide = decide_unsubscribe,
		.store = store_unsubscribe,
	},
	{
		.type = LIST_SUBSCRIPTIONS,
		.roles = WATCHERS,
		.work_size = sizeof(struct list_work),
		.load = load_subscriptions,
		.decide = decide_subscriptions,
		.store = store_subscriptions,
	},
	{
		.type = LIST_NOTICES,
		.roles = WATCHERS,
		.work_size = sizeof(struct list_work),
		.load = load_notices,
		.decide = decide_notices,
		.store = store_notices,
	},
	{
		.type = RETRY_NOTICE,
		.roles = MAY(CENTRE_LEAD) | MAY(OPERATOR),
		.work_size = sizeof(struct retry_work),
		.load = load_retry,
		.decide = decide_retry,
		.store = store_retry,
	},
	{ .type = 0 },
};
