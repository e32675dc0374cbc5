/* `lifeguard followup`: what an organisation does for her after she arrived. */
#include "services/gateway/cli/journey/wish.h"

enum { WHAT, WHEN };

/* One fact and its time. */
static enum command_exit tell(const struct command_line *line, const char *verb, const char *field,
	enum wish_kind kind, const char *at)
{
	const struct wish_field fields[] = {
		{ WHAT, field, kind },
		{ WHEN, at, WISH_TIME_NOW },
		{ 0, NULL, WISH_TEXT },
	};

	return referral_tell(line, verb, fields);
}

static enum command_exit record(const struct command_line *line)
{
	return tell(line, "followups", "result", WISH_TEXT, "visited_ms");
}

static enum command_exit reunified(const struct command_line *line)
{
	return tell(line, "reunification", "district", WISH_TEXT, "reunified_ms");
}

static enum command_exit rehabilitation(const struct command_line *line)
{
	return tell(line, "rehabilitation", "services", WISH_LIST, "started_ms");
}

static enum command_exit legal(const struct command_line *line)
{
	return tell(line, "legal", "step", WISH_TEXT, "reached_ms");
}

static enum command_exit close_case(const struct command_line *line)
{
	return tell(line, "close", "outcome", WISH_TEXT, "closed_ms");
}

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
	.run = record,
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
	.run = reunified,
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
	.run = rehabilitation,
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
	.run = legal,
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
	.run = close_case,
};
