/*
 * The first accounts of a site, as a file lists them: "user_name password ROLE", one a line.
 *
 * Somebody has to make the first account before anybody can log in; after that accounts are
 * made by those who may.
 */
#ifndef SERVICES_ACCESS_DOMAIN_ROSTER_H
#define SERVICES_ACCESS_DOMAIN_ROSTER_H

#include "common/base/arena.h"
#include "services/access/domain/account.h"

#define ROSTER_MAX      64            /* accounts */
#define ROSTER_SIZE_MAX (32u * 1024u) /* bytes of the file */

struct roster_line {
	const char *user_name, *password;
	enum account_role role;
};

struct roster {
	uint32_t count;
	struct roster_line at[ROSTER_MAX];
};

/*
 * Reads the lines.  Blank ones and those that begin with # are passed over; the role, the last
 * word, may be in lower case; the password is what stands between, spaces in it included.
 *
 *   ret_roster  texts in the arena
 *   ret_line    when refused: the line at fault, from 1
 *   refused     a part is missing, a name, role or password against its rule, too many lines, bad
 *               UTF-8
 */
LG_MUST_CHECK struct lg_status roster_parse(struct lg_arena *arena, struct lg_bytes text,
	struct roster *ret_roster, uint32_t *ret_line);

#endif
