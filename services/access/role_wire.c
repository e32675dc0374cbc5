/* Roles as they stand on the wire, one row each. */
#include "services/access/role_wire.h"

static const Lifeguard__Codes__Role wire_roles[ROLE_COUNT] = {
	[ROLE_VOLUNTEER] = LIFEGUARD__CODES__ROLE__VOLUNTEER,
	[ROLE_CENTRE_LEAD] = LIFEGUARD__CODES__ROLE__CENTRE_LEAD,
	[ROLE_NGO_WORKER] = LIFEGUARD__CODES__ROLE__NGO_WORKER,
	[ROLE_PROTECTION_OFFICER] = LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER,
	[ROLE_MANAGER] = LIFEGUARD__CODES__ROLE__MANAGER,
	[ROLE_OPERATOR] = LIFEGUARD__CODES__ROLE__OPERATOR,
	[ROLE_AUDITOR] = LIFEGUARD__CODES__ROLE__AUDITOR,
};

struct lg_status role_from_wire(uint32_t wire, enum account_role *ret_role)
{
	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		if ((uint32_t)wire_roles[role] == wire) {
			*ret_role = (enum account_role)role;
			return lg_done();
		}
	}
	return lg_refuse("an account has a role, and never the system's");
}

Lifeguard__Codes__Role role_to_wire(enum account_role role)
{
	return wire_roles[role];
}
