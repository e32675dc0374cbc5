/*
 * Who owns which partition of which service, as its owners claim it.
 *
 * The bus stores nothing: claims come every second, and what is not claimed again is forgotten.
 * Between two instances the higher takeover count wins, so that an owner that was frozen while
 * another took over (a zombie) does not get its routes back.
 */
#ifndef BUS_ROUTE_TABLE_H
#define BUS_ROUTE_TABLE_H

#include "common/base/calendar.h"
#include "common/base/id.h"
#include "common/stream/partition.h"
#include "common/stream/registry.h"

#define BUS_CLAIM_LIFE_MS (10 * LG_SECOND_MS)

/* What one instance says of itself (bus.Claim, checked). */
struct claim {
	struct lg_id instance;
	uint32_t count;
	uint8_t partitions[LG_PARTITIONS]; /* each once */
	uint64_t takeovers[LG_PARTITIONS];
	bool reads_joined; /* frames of one part, too */
};

/* The last claim of one partition that held. */
struct route_owner {
	uint64_t connection; /* 0: given back, or its connection is gone; takeover still counts */
	uint64_t takeover;
	struct lg_id instance;
	lg_ms claimed_at; /* of the bus's own clock, which only rises */
};

struct route_table {
	struct route_owner owners[LG_SERVICE_COUNT][LG_PARTITIONS];
};

/* What a claim came to. */
struct claim_result {
	uint32_t taken; /* partitions that are now the claimer's */
	uint32_t stale; /* partitions that another owns by a later takeover */
	uint32_t moved; /* partitions whose owner is another than before, or nobody any more */
};

/*
 * Takes a claim of service over connection.  Partitions that this instance owned and claims no
 * longer are given back.
 */
struct claim_result route_table_claim(struct route_table *table, uint32_t service,
	uint64_t connection, const struct claim *claim, lg_ms now);

/* The connection of the owner; 0: none is known.  A service or partition out of range has none. */
uint64_t route_table_owner(
	const struct route_table *table, uint32_t service, uint32_t partition, lg_ms now);

/* A connection is gone: nothing is routed to it. */
void route_table_drop(struct route_table *table, uint64_t connection);

/* Partitions of a service that have an owner. */
uint32_t route_table_owned(const struct route_table *table, uint32_t service, lg_ms now);

#endif
