/*
 * What the service has besides its database: texts, channels, the pouch.  Made once at the start
 * from the data folder: channels.ini there names the rest.
 */
#ifndef NOTIFICATION_DESK_H
#define NOTIFICATION_DESK_H

#include "services/notification/catalogue.h"
#include "services/notification/channels/channel.h"
#include "services/notification/pouch.h"

struct desk {
	struct catalogue catalogue;
	const char *link;                            /* "https://…/cases/"; "": none */
	struct channel channels[CHANNEL_KIND_COUNT]; /* state NULL: not set up */
	struct pouch *pouch;
};

/*
 * Reads channels.ini and the texts, and opens the channels.
 *   refused  with the reason in ret_problem: what, where
 */
LG_MUST_CHECK struct lg_status desk_open(
	struct lg_arena *arena, const char *data_folder, void **ret_desk, const char **ret_problem);

#endif
