/* Ladders change without a build: data/ladders.ini becomes the ladders of deadline.h. */
#ifndef SERVICES_REFERRAL_LADDER_FILE_H
#define SERVICES_REFERRAL_LADDER_FILE_H

#include "common/base/arena.h"
#include "services/referral/domain/deadline.h"

/*
 * Reads folder/ladders.ini.
 *   ret_problem  one line for a person: file, name, what is wrong
 *   refused      it cannot be opened, a name is unknown or missing, a time is out of range
 */
LG_MUST_CHECK struct lg_status ladder_file_read(struct lg_arena *arena, const char *folder,
	struct ladders *ret_ladders, const char **ret_problem);

#endif
