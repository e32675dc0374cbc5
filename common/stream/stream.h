/*
 * The vocabulary of the durable protocol.
 *
 * A stream is the events of one site, service, lane, destination and partition, numbered 1, 2,
 * 3 without holes.  Numbers are given in an epoch: a random id that is new at every takeover,
 * so that two histories of one database (restore, failover, clone) can be told apart.  Both
 * ends are pure state machines: an event goes in, actions come out; clock, sockets, SQL and
 * randomness stay with the caller.
 */
#ifndef LG_STREAM_STREAM_H
#define LG_STREAM_STREAM_H

#include "common/base/id.h"
#include "common/stream/partition.h"
#include "common/stream/registry.h"

#define LG_POINTS_MAX      512 /* epochs that a publisher remembers of a stream */
#define LG_POINTS_SENT_MAX 32  /* points that a reader names at once (question.h says which) */
#define LG_BATCH_MAX       512 /* events in one batch */
#define LG_BATCH_BYTES_MAX (512u * 1024u)

struct lg_stream {
	uint16_t site;
	uint8_t service;
	uint8_t lane;
	uint16_t destination; /* 0: this site */
	uint8_t partition;
};

/* A number in an epoch.  The zero epoch stands before the first number. */
struct lg_point {
	struct lg_id epoch;
	uint64_t number;
};

/* Oldest first.  A publisher keeps (epoch, first number), a reader (epoch, last number). */
struct lg_points {
	uint32_t count;
	struct lg_point at[LG_POINTS_MAX];
};

static inline struct lg_point lg_points_last(const struct lg_points *points)
{
	return points->count == 0 ? (struct lg_point){ .number = 0 }
				  : points->at[points->count - 1];
}

#endif
