/* `lifeguard rescue`: the route, its reason, and who chose it. */
#include "services/gateway/cli/journey/wish.h"

#include <string.h>

enum {
	RESCUE_ROUTE,
	RESCUE_BY,
	RESCUE_REASON,
	RESCUE_URGENCY,
	RESCUE_NEEDS,
	RESCUE_DISTRICT,
	RESCUE_COUNTRY,
	RESCUE_CALLBACK,
	RESCUE_AT
};

/* R1 as the API names it. */
static const char *route_of(const char *text)
{
	static const char *const routes[][2] = {
		{ "R0", "r0_advise" },
		{ "R1", "r1_hand_back" },
		{ "R2", "r2_indian_proceedings" },
		{ "R3", "r3_stopped_in_nepal" },
		{ "R4", "r4_indian_citizen" },
	};

	for (size_t i = 0; text != NULL && i < sizeof routes / sizeof routes[0]; i++) {
		if (strcmp(routes[i][0], text) == 0)
			return routes[i][1];
	}
	return NULL;
}

static bool set_route(struct wish *wish, const struct command_line *line)
{
	const char *route = route_of(line->values[RESCUE_ROUTE]);

	if (route == NULL) {
		command_complain("--route is R0, R1, R2, R3 or R4");
		return false;
	}
	wish_set_text(wish, "route", route);
	wish_set_text(wish, "urgency", "routine"); /* unless another is given */
	return true;
}

const struct command command_rescue_record = {
	.words = "rescue record",
	.operands = "CASE PERSON",
	.least = 2,
	.most = 2,
	.summary = "choose a person's route: taken out of danger, or travels on",
	.help = "R0 advised, travels on; R1 handed back at the line; R2 Indian proceedings; R3 stopped\n"
		"in Nepal; R4 Indian citizen.  An adult is stopped by her own wish, or by police, border\n"
		"force or a court; a child does not decide alone.\n\n"
		"  lifeguard rescue record $CASE $PERSON --route R1 --by border_force \\\n"
		"    --reason both_nepali_same_day --urgency urgent --needs shelter,family_tracing",
	.options = {
		[RESCUE_ROUTE] = { "route", "ROUTE", "R0 to R4; required" },
		[RESCUE_BY] = { "by", "WHO", "herself, centre, police, border_force, child_welfare, court, ngo" },
		[RESCUE_REASON] = { "reason", "CODE", "of proto/codes/reason.csv, one of the route's" },
		[RESCUE_URGENCY] = { "urgency", "WORD", "routine, urgent or emergency; routine" },
		[RESCUE_NEEDS] = { "needs", "LIST", "codes of proto/codes/service.csv" },
		[RESCUE_DISTRICT] = { "district", "CODE", "of home; as registered" },
		[RESCUE_COUNTRY] = { "country", "CODE", "of home; as registered" },
		[RESCUE_CALLBACK] = { "callback", "TIME", "an agreed call (R0)" },
		[RESCUE_AT] = { "at", "TIME", "when; now" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/cases/{case_id}/rescues",
		.fields = {
			{ WISH_OPERAND(0), "case_id", WISH_ID },
			{ WISH_OPERAND(1), "person_id", WISH_ID },
			{ RESCUE_BY, "decided_by", WISH_TEXT },
			{ RESCUE_REASON, "reason", WISH_TEXT },
			{ RESCUE_URGENCY, "urgency", WISH_TEXT },
			{ RESCUE_NEEDS, "needs", WISH_LIST },
			{ RESCUE_DISTRICT, "home_district", WISH_TEXT },
			{ RESCUE_COUNTRY, "home_country", WISH_TEXT },
			{ RESCUE_CALLBACK, "callback_ms", WISH_TIME },
			{ RESCUE_AT, "rescued_ms", WISH_TIME_NOW },
		},
		.prepare = set_route,
	},
	.run = wish_run,
};
