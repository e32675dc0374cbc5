/*
 * Which services the bus knows an owner of: what was heard of them in the last seconds.
 *
 * Every service claims its partitions once a second and the bus passes claims on; so the
 * gateway can tell who is there without asking anybody.
 */
#ifndef GATEWAY_PRESENCE_H
#define GATEWAY_PRESENCE_H

#include "common/base/id.h"
#include "common/stream/registry.h"

#define PRESENCE_INSTANCES_MAX 16    /* of one service: as many as there are partitions */
#define PRESENCE_FORGET_MS     10000 /* as the bus forgets an owner */

struct presence_instance {
	struct lg_id instance;
	uint16_t partitions; /* set: bit (1 << partition) */
	uint64_t heard_ms;
	bool is_used;
};

struct presence {
	struct presence_instance at[LG_SERVICE_COUNT][PRESENCE_INSTANCES_MAX];
};

/*
 * A claim was heard.  When all places of the service are taken, the one not heard for longest
 * gives way.
 *   now_ms  steady milliseconds, as in every call
 */
void presence_hear(struct presence *presence, uint32_t service, struct lg_id instance,
	uint16_t partitions, uint64_t now_ms);

/* Instances of the service heard of lately, those that own nothing included. */
uint32_t presence_instances(const struct presence *presence, uint32_t service, uint64_t now_ms);

/* Set of the partitions that somebody owns. */
uint16_t presence_partitions(const struct presence *presence, uint32_t service, uint64_t now_ms);

/* Whether anything was heard of any service lately: then the bus is there. */
bool presence_any(const struct presence *presence, uint64_t now_ms);

#endif
