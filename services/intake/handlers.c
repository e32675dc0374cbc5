/* The messages that intake takes, in the order of the journey. */
#include "services/intake/handlers.h"

#include "proto/codes.pb-c.h"

#define MAY(role) LG_ROLE(LIFEGUARD__CODES__ROLE__##role)

const struct lg_handler intake_handlers[] = {
	{
		.type = RECORD_INTERCEPTION,
		.roles = MAY(VOLUNTEER) | MAY(CENTRE_LEAD) | MAY(OPERATOR), /* operator: imports */
		.work_size = sizeof(struct interception_work),
		.load = load_interception,
		.decide = decide_interception,
		.store = store_interception,
	},
	{
		.type = SHOW_CASE,
		.roles =
			MAY(VOLUNTEER) | MAY(CENTRE_LEAD) | MAY(PROTECTION_OFFICER) | MAY(OPERATOR),
		.work_size = sizeof(struct case_work),
		.load = load_case,
		.decide = decide_case,
		.store = store_case,
		.refused = refused_case,
	},
	{ .type = 0 },
};
