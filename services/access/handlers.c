/* The messages that access takes. */
#include "services/access/handlers.h"

#include "proto/codes.pb-c.h"

#define MAY(role) LG_ROLE(LIFEGUARD__CODES__ROLE__##role)

const struct lg_handler access_handlers[] = {
	{
		.type = LOGIN,
		.roles = 0, /* who logs in has no token yet */
		.work_size = sizeof(struct login_work),
		.load = load_login,
		.ponder = ponder_login,
		.decide = decide_login,
		.store = store_login,
		.refused = refused_login,
	},
	{
		.type = CREATE_ACCOUNT,
		.roles = MAY(OPERATOR) | MAY(CENTRE_LEAD),
		.work_size = sizeof(struct account_work),
		.load = load_account,
		.ponder = ponder_account,
		.decide = decide_account,
		.store = store_new_account,
	},
	{ .type = 0 },
};
