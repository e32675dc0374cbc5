/*
 * One file per notice in a folder: for a desk that looks there, for a program that carries it
 * on, and for the demo.  It is whole or not there: written beside, flushed, renamed.
 */
#ifndef NOTIFICATION_FILE_H
#define NOTIFICATION_FILE_H

#include "services/notification/channels/channel.h"

/*
 * Sets the channel up.
 *   folder   made when it is not there; kept
 *   refused  it cannot be made or is no folder
 */
LG_MUST_CHECK struct lg_status file_channel_open(
	struct lg_arena *arena, const char *folder, struct channel *ret_channel);

#endif
