/*
 * The texts that are told: texts/<en|hi|ne>/<event>.txt, one per event and language, first line
 * the subject.  They change without a build; a text that says what is no fact of its event stops
 * the start.
 */
#ifndef NOTIFICATION_CATALOGUE_H
#define NOTIFICATION_CATALOGUE_H

#include "services/notification/domain/render.h"
#include "services/notification/domain/subscription.h"

struct catalogue {
	const char *texts[LANGUAGE_COUNT][TOLD_COUNT];
};

/*
 * Reads all of them.
 *   ret_problem  when refused: which file and why, in the arena
 *   refused      one is missing, cannot be read, or render_check() refuses it
 */
LG_MUST_CHECK struct lg_status catalogue_read(struct lg_arena *arena, const char *folder,
	struct catalogue *ret_catalogue, const char **ret_problem);

#endif
