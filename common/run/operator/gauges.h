/*
 * What an instance shows of itself: its streams as traffic, for those who ask, and all that it counts,
 * at /metrics.  What only the database knows is asked for every 15 s (common/db/survey).
 */
#ifndef LG_RUN_OPERATOR_GAUGES_H
#define LG_RUN_OPERATOR_GAUGES_H

#include "common/run/instance.h"

/* One stream and one reader of it, over all partitions that are ours. */
struct lg_traffic {
	uint64_t applied, lag; /* events: took effect at the reader; stored and not yet applied */
	uint64_t credit_bytes; /* that may still be sent, in the partition that has least */
	lg_ms age;             /* of the oldest event that is not applied */
	bool is_there, is_live;
};

/*
 * A stream of ours as one reader of it stands.
 *   site    index of the destination (lg_site_index)
 *   reader  service
 */
struct lg_traffic lg_traffic_out(
	const struct lg_instance *instance, uint32_t site, uint32_t lane, uint32_t reader);

/* A stream of a service of another site, as we stand in it. */
struct lg_traffic lg_traffic_in(
	const struct lg_instance *instance, uint32_t site, uint32_t service, uint32_t lane);

/* What the instance counts and shows at /metrics; its neighbours are known. */
void lg_gauges_declare(struct lg_instance *instance);

/* Before each look at /metrics: what the process knows by itself. */
void lg_gauges_refresh(void *instance);

/* Once a second while the database is there: every 15th time it is asked, too. */
void lg_gauges_tick(struct lg_instance *instance);

#endif
