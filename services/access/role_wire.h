/* The door for roles: codes.Role to ours and back. */
#ifndef SERVICES_ACCESS_ROLE_WIRE_H
#define SERVICES_ACCESS_ROLE_WIRE_H

#include "proto/codes.pb-c.h"
#include "services/access/domain/account.h"

/* refused  UNSPECIFIED, SYSTEM (no account may be the system), unknown */
LG_MUST_CHECK struct lg_status role_from_wire(uint32_t wire, enum account_role *ret_role);

/* Ours as it stands in tokens and answers. */
Lifeguard__Codes__Role role_to_wire(enum account_role role);

#endif
