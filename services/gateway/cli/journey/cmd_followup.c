/* `lifeguard followup`: what an organisation does for her after she arrived. */
#include "services/gateway/cli/journey/wish.h"

enum { WHAT, WHEN };

const struct command command_followup_record = {
	.words = "followup record",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "somebody looked how she is",
	.help = "Visits are due 1, 3, 6 and 12 months after she arrived.\n\n"
		"  lifeguard followup record 0001… --result well",
	.options = {
		[WHAT] = { "result", "HOW", "well, needs_help, left_again, trafficked_again, not_found" },
		[WHEN] = { "at", "TIME", "when; now" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/referrals/{referral_id}/followups",
		.fields = {
			{ WISH_OPERAND(0), "referral_id", WISH_PATH },
			{ WHAT, "result", WISH_TEXT },
			{ WHEN, "visited_ms", WISH_TIME_NOW },
		},
	},
	.run = wish_run,
};

const struct command command_followup_reunified = {
	.words = "followup reunified",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "she is with her family",
	.help = "  lifeguard followup reunified 0001… --district kapilvastu",
	.options = {
		[WHAT] = { "district", "CODE", "where" },
		[WHEN] = { "at", "TIME", "when; now" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/referrals/{referral_id}/reunification",
		.fields = {
			{ WISH_OPERAND(0), "referral_id", WISH_PATH },
			{ WHAT, "district", WISH_TEXT },
			{ WHEN, "reunified_ms", WISH_TIME_NOW },
		},
	},
	.run = wish_run,
};

const struct command command_followup_rehabilitation = {
	.words = "followup rehabilitation",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "she stays at a rehabilitation centre",
	.help = "  lifeguard followup rehabilitation 0001… --services counselling,legal_aid",
	.options = {
		[WHAT] = { "services", "CODES", "what she is given there" },
		[WHEN] = { "at", "TIME", "when; now" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/referrals/{referral_id}/rehabilitation",
		.fields = {
			{ WISH_OPERAND(0), "referral_id", WISH_PATH },
			{ WHAT, "services", WISH_LIST },
			{ WHEN, "started_ms", WISH_TIME_NOW },
		},
	},
	.run = wish_run,
};

const struct command command_followup_legal = {
	.words = "followup legal",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "a step of the law was reached",
	.help = "  lifeguard followup legal 0001… --step first_report",
	.options = {
		[WHAT] = { "step", "STEP",
			"first_report, charge_sheet, hearing, verdict, compensation_ordered, "
			"compensation_paid" },
		[WHEN] = { "at", "TIME", "when; now" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/referrals/{referral_id}/legal",
		.fields = {
			{ WISH_OPERAND(0), "referral_id", WISH_PATH },
			{ WHAT, "step", WISH_TEXT },
			{ WHEN, "reached_ms", WISH_TIME_NOW },
		},
	},
	.run = wish_run,
};

const struct command command_followup_close = {
	.words = "followup close",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "nothing is left to do",
	.help = "  lifeguard followup close 0001… --outcome with_family",
	.options = {
		[WHAT] = { "outcome", "HOW", "with_family, other_care, went_on, left_on_her_own" },
		[WHEN] = { "at", "TIME", "when; now" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/referrals/{referral_id}/close",
		.fields = {
			{ WISH_OPERAND(0), "referral_id", WISH_PATH },
			{ WHAT, "outcome", WISH_TEXT },
			{ WHEN, "closed_ms", WISH_TIME_NOW },
		},
	},
	.run = wish_run,
};
