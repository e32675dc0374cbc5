/*
 * Which connection is whose: told by the key of each frame, forgotten when a send finds the
 * connection gone.
 *
 * Not by silence: a gateway that waits for one answer says nothing meanwhile.
 */
#ifndef BUS_PRESENCE_H
#define BUS_PRESENCE_H

#include <stdbool.h>

#include "common/base/calendar.h"
#include "common/link/route.h"

#define PRESENCE_MAX     256  /* connections; above, the one that was silent longest is forgotten */
#define PRESENCE_TOLD_MS 2500 /* a claim that says nothing new is told every third second */

struct present {
	uint64_t connection;
	uint64_t heard; /* the count of frames when it last spoke */
	uint32_t service;
	enum lg_form form; /* what it reads, as its claims say */
	uint64_t told_to;  /* how many had come when its claim was last told to all; 0: never */
	lg_ms told_at;
};

struct presence {
	uint64_t heard; /* frames so far */
	uint64_t came;  /* connections so far */
	uint32_t count;
	struct present at[PRESENCE_MAX];
};

/* A frame came over connection (not 0), from service. */
void presence_hear(struct presence *presence, uint64_t connection, uint32_t service);

/*
 * Whether the claim that came over this connection is to be told to all others: it says something new,
 * somebody has come who did not hear it, or it was told long ago.  Then it counts as told now.
 */
bool presence_tells(struct presence *presence, uint64_t connection, bool is_news, lg_ms now);

/* The service at a connection; LG_SERVICE_NONE: nobody. */
uint32_t presence_service(const struct presence *presence, uint64_t connection);

/* What a connection reads, by its last claim; until then and for one that is not here: parts. */
void presence_reads(struct presence *presence, uint64_t connection, enum lg_form form);
enum lg_form presence_form(const struct presence *presence, uint64_t connection);

/* A connection is gone. */
void presence_drop(struct presence *presence, uint64_t connection);

#endif
