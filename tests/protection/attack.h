/*
 * A bus in the attacker's hands: what it knows.  It has lg-bus's keys and place, sees every frame
 * and may send anything to anybody; it has no other service's keys, but for reporting's own, which
 * it stole as well.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include <uv.h>

#include "common/base/random.h"
#include "common/link/curve.h"
#include "common/protect/keyring.h"
#include "common/stream/envelope.h"
#include "common/stream/partition.h"

#define CONNECTIONS_MAX 64
#define HELD_MAX        16  /* frames that wait to be sent in another order */
#define KEPT_MAX        128 /* frames that may be sent again */
#define KEPT_COMMANDS   64

enum mode {
	MODE_PLAIN,   /* as lg-bus would */
	MODE_FLIP,    /* one bit of every n-th frame */
	MODE_ROUTE,   /* one field of the route of every n-th frame */
	MODE_REORDER, /* within some frames and 20 ms */
	MODE_REPLAY,  /* behind every n-th frame an older one again */
	MODE_DROP,    /* every n-th frame */
	MODE_DOUBLE,  /* every frame */
	MODE_FORGE,   /* beside honest frames: events and ways back that nobody sent */
	MODE_COMMAND, /* beside honest frames: commands and answers that nobody sent */
	MODE_COUNT,
};

/* What was done, to be read by the test. */
enum count {
	COUNT_FRAMES,
	COUNT_FLIPPED,
	COUNT_MISROUTED,
	COUNT_REORDERED,
	COUNT_REPLAYED,
	COUNT_DROPPED,
	COUNT_DOUBLED,
	COUNT_FORGED_BATCHES,
	COUNT_FORGED_BACKS,
	COUNT_FORGED_SUBSCRIPTIONS,
	COUNT_FORGED_COMMANDS,
	COUNT_REPLAYED_COMMANDS,
	COUNT_ANSWERS_TO_REPLAYS,
	COUNT_FORGED_ANSWERS,
	COUNT_COUNT,
};

struct frame {
	struct lg_route route;
	uint64_t to; /* connection */
	uint8_t *data;
	size_t size;
};

struct owner {
	uint64_t connection, takeover;
	uint64_t claimed_ms;
	struct lg_id instance;
};

/* What was seen of one stream from intake to reporting. */
struct seen {
	bool is_subscribed;
	struct lg_id session;   /* the reader's, as its last SUBSCRIBE says */
	struct frame subscribe; /* that SUBSCRIBE */
	struct frame batch;     /* the last DELIVER; data NULL: none yet */
};

struct attack {
	uv_loop_t loop;
	uv_timer_t tick;
	uv_signal_t terminate;
	struct lg_arena *arena; /* of one frame */
	struct lg_random random;
	struct lg_exchange_socket *socket;
	struct lg_keyring keyring;
	struct lg_own_keys *own, *stolen; /* bus's; reporting's */
	struct lg_own_keys *invented;     /* of nobody */
	FILE *record;
	const char *control, *status;
	char said[64]; /* as it stands in the control file */
	enum mode mode;
	uint64_t n, passed, ticks;
	struct {
		uint64_t connection;
		uint8_t service;
	} present[CONNECTIONS_MAX];
	size_t present_count;
	struct owner owners[LG_SERVICE_COUNT][LG_PARTITIONS];
	struct seen seen[LG_PARTITIONS];
	struct frame held[HELD_MAX], kept[KEPT_MAX], commands[KEPT_COMMANDS];
	size_t held_count, kept_count, command_count;
	struct frame answer; /* the last one to the gateway */
	uint64_t counts[COUNT_COUNT];
};

static inline struct lg_bytes frame_body(const struct frame *frame)
{
	return lg_bytes(frame->data, frame->size);
}

#endif
