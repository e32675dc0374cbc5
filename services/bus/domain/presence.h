/*
 * Which connection is whose: told by the key of each frame, forgotten when a send finds the
 * connection gone.
 *
 * Not by silence: a gateway that waits for one answer says nothing meanwhile.
 */
#ifndef BUS_PRESENCE_H
#define BUS_PRESENCE_H

#include <stdint.h>

#define PRESENCE_MAX 256 /* connections; above, the one that was silent longest is forgotten */

struct present {
	uint64_t connection;
	uint64_t heard; /* the count of frames when it last spoke */
	uint32_t service;
};

struct presence {
	uint64_t heard; /* frames so far */
	uint32_t count;
	struct present at[PRESENCE_MAX];
};

/* A frame came over connection (not 0), from service. */
void presence_hear(struct presence *presence, uint64_t connection, uint32_t service);

/* The service at a connection; LG_SERVICE_NONE: nobody. */
uint32_t presence_service(const struct presence *presence, uint64_t connection);

/* A connection is gone. */
void presence_drop(struct presence *presence, uint64_t connection);

#endif
