/* The messages that matching takes, in the order of the journey. */
#include "services/matching/handlers.h"

#include "proto/codes.pb-c.h"

#define MAY(role) LG_ROLE(LIFEGUARD__CODES__ROLE__##role)

#define ASKERS  (MAY(CENTRE_LEAD) | MAY(PROTECTION_OFFICER))
#define LOOKERS (MAY(VOLUNTEER) | MAY(CENTRE_LEAD) | MAY(PROTECTION_OFFICER))

#define JUDGES (MAY(CENTRE_LEAD) | MAY(PROTECTION_OFFICER))

const struct lg_handler matching_handlers[] = {
	{
		.type = RESCUE_RECORDED,
		.work_size = sizeof(struct person_work),
		.load = load_rescue,
		.decide = decide_rescue,
		.store = store_person,
	},
	{
		.type = MISSING_PERSON_REPORTED,
		.work_size = sizeof(struct person_work),
		.load = load_missing,
		.decide = decide_missing,
		.store = store_person,
	},
	{
		.type = SUSPECT_RECORDED,
		.work_size = sizeof(struct person_work),
		.load = load_suspect,
		.decide = decide_suspect,
		.store = store_person,
	},
	{
		.type = CONSENT_CHANGED,
		.work_size = sizeof(struct person_work),
		.load = load_consent,
		.decide = decide_consent,
		.store = store_person,
	},
	{
		.type = CASE_CLOSED,
		.is_alone = true, /* the reports that close with her are read before the batch */
		.work_size = sizeof(struct closed_work),
		.load = load_closed,
		.decide = decide_closed,
		.store = store_closed,
	},
	{
		.type = FORGET_DUE,
		.work_size = sizeof(struct closed_work),
		.load = load_forget,
		.decide = decide_forget,
		.store = store_forget,
	},
	{
		.type = SEARCH_DUE,
		.work_size = sizeof(struct search_work),
		.load = load_search,
		.decide = decide_search,
		.store = store_search,
	},
	{
		.type = WATCHLIST_HIT,
		.work_size = sizeof(struct watch_work),
		.load = load_watch,
		.decide = decide_watch,
		.store = store_watch_told,
	},
	{
		.type = LIST_MATCHES,
		.roles = LOOKERS,
		.work_size = sizeof(struct cards_work),
		.load = load_list,
		.decide = decide_list,
		.store = store_list,
	},
	{
		.type = SHOW_MATCH,
		.roles = LOOKERS,
		.work_size = sizeof(struct cards_work),
		.load = load_card,
		.decide = decide_card,
		.store = store_card,
	},
	{
		.type = CONFIRM_MATCH,
		.roles = JUDGES,
		.is_alone = true, /* a search of the same batch could take the match back unseen */
		.work_size = sizeof(struct verdict_work),
		.load = load_confirm,
		.decide = decide_confirm,
		.store = store_confirm,
	},
	{
		.type = REJECT_MATCH,
		.roles = JUDGES,
		.is_alone = true,
		.work_size = sizeof(struct verdict_work),
		.load = load_reject,
		.decide = decide_reject,
		.store = store_reject,
	},
	{
		.type = UNDO_MATCH,
		.roles = JUDGES,
		.is_alone = true,
		.work_size = sizeof(struct verdict_work),
		.load = load_undo,
		.decide = decide_undo,
		.store = store_undo,
	},
	{
		.type = LEARN_WEIGHTS,
		.roles = MAY(OPERATOR),
		.is_alone = true, /* the next version follows the last */
		.work_size = sizeof(struct learn_work),
		.load = load_learn,
		.ponder = ponder_learn,
		.decide = decide_learn,
		.store = store_learn,
	},
	{
		.type = ASK_TRACE,
		.roles = ASKERS,
		.is_alone = true, /* budgets and states are read before the batch */
		.work_size = sizeof(struct trace_work),
		.load = load_ask,
		.decide = decide_ask,
		.store = store_ask,
	},
	{
		.type = TRACE_ASKED_EVENT,
		.is_alone = true, /* budgets and states are read before the batch */
		.work_size = sizeof(struct trace_work),
		.load = load_asked,
		.decide = decide_asked,
		.store = store_asked,
	},
	{
		.type = TRACE_ANSWERED_EVENT,
		.work_size = sizeof(struct trace_work),
		.load = load_told,
		.decide = decide_answered,
		.store = store_answered,
	},
	{
		.type = TRACE_DUE,
		.is_alone = true,
		.work_size = sizeof(struct question_work),
		.load = load_question,
		.decide = decide_question,
		.store = store_question,
	},
	{
		.type = TRACE_EXPIRY_DUE,
		.work_size = sizeof(struct question_work),
		.load = load_expiry,
		.decide = decide_expiry,
		.store = store_expiry,
	},
	{
		.type = APPROVE_TRACE,
		.roles = ASKERS,
		.is_alone = true, /* budgets and states are read before the batch */
		.work_size = sizeof(struct trace_work),
		.load = load_trace_verdict,
		.decide = decide_trace_approve,
		.store = store_trace_approve,
	},
	{
		.type = DECLINE_TRACE,
		.roles = ASKERS,
		.is_alone = true, /* budgets and states are read before the batch */
		.work_size = sizeof(struct trace_work),
		.load = load_trace_verdict,
		.decide = decide_trace_decline,
		.store = store_trace_decline,
	},
	{
		.type = TRACE_APPROVED_EVENT,
		.is_alone = true, /* budgets and states are read before the batch */
		.work_size = sizeof(struct trace_work),
		.load = load_told,
		.decide = decide_they_approve,
		.store = store_they_approve,
	},
	{
		.type = TRACE_DECLINED_EVENT,
		.is_alone = true, /* budgets and states are read before the batch */
		.work_size = sizeof(struct trace_work),
		.load = load_told,
		.decide = decide_they_decline,
		.store = store_told,
	},
	{
		.type = NAMES_RELEASED,
		.is_alone = true, /* budgets and states are read before the batch */
		.work_size = sizeof(struct trace_work),
		.load = load_told,
		.decide = decide_names,
		.store = store_told,
	},
	{
		.type = LIST_TRACES,
		.roles = ASKERS,
		.work_size = sizeof(struct trace_work),
		.load = load_traces,
		.decide = decide_traces,
		.store = store_traces,
	},
	{
		.type = SHOW_TRACED_PERSON,
		.roles = ASKERS,
		.work_size = sizeof(struct trace_work),
		.load = load_trace_verdict,
		.decide = decide_traced,
		.store = store_traced,
	},
	{ .type = 0 },
};
