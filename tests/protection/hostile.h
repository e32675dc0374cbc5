/* What a site that has turned can do with its valid keys (hostile_main.c, hostile_event.c). */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <uv.h>

#include "common/link/link.h"
#include "common/protect/keyring.h"
#include "common/stream/envelope.h"
#include "common/stream/partition.h"
#include "common/stream/stream.h"

enum attack {
	/* envelopes in batches that are right in every other way */
	ATTACK_GARBAGE,
	ATTACK_DEEP,
	ATTACK_FIELDS,
	ATTACK_MEMORY,
	ATTACK_UTF8,
	ATTACK_ENUM,
	ATTACK_VERSION,
	ATTACK_SEALED,
	ATTACK_MANY_SEALED,
	ATTACK_ROLE,
	ATTACK_TYPE,
	ATTACK_ID,
	ATTACK_ORIGIN,
	ATTACK_PARTITION,
	ATTACK_SPEAKS_FOR_OTHERS,
	ATTACK_OTHERS_CASE,
	ATTACK_OTHERS_HOME,
	ATTACK_UNKNOWN_TYPE,
	ATTACK_EVENTS_END,
	/* batches */
	ATTACK_SIGNATURE = ATTACK_EVENTS_END,
	ATTACK_KEY,
	ATTACK_STREAM,
	ATTACK_SWAPPED,
	ATTACK_EPOCH,
	ATTACK_HOLE,
	ATTACK_MANY,
	ATTACK_REPLAY,
	ATTACK_STORIES,
	ATTACK_BATCHES_END,
	/* ways back */
	ATTACK_BACK_KEY = ATTACK_BATCHES_END,
	ATTACK_BACK_LIST,
	ATTACK_GONE_KEY,
	ATTACK_GONE_LIST,
	ATTACK_BACKS_END,
	/* frames */
	ATTACK_SERVICE = ATTACK_BACKS_END,
	ATTACK_NEIGHBOUR,
	ATTACK_THIRD_SITE,
	ATTACK_COMMAND,
	ATTACK_POINTS,
	ATTACK_PIECE,
	ATTACK_FRAME,
	ATTACK_COUNT,
};

/* A stream of ours that the other site reads. */
struct told_stream {
	bool is_asked;
	struct lg_id session;
	struct lg_point last, before; /* told last */
	struct lg_bytes told;         /* that batch */
};

struct hostile {
	uv_loop_t loop;
	uv_timer_t timer;
	struct lg_arena *arena, *arena_kept; /* of one tick; as long as the process */
	struct lg_keyring keyring, other;
	struct lg_own_keys *bus, *referral;
	uint16_t other_site;
	struct lg_link *link;
	struct lg_id epoch;
	struct told_stream streams[LG_PARTITIONS];
	uint32_t frames, ticks;
	const char *control, *status;
	char said[64];
};

#endif
