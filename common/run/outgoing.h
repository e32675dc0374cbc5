/*
 * Streams going out: the host of common/stream/publisher.  Rows come from memory, or from the
 * outbox for a reader that is behind; a batch is signed when it is sent.
 */
#ifndef LG_RUN_OUTGOING_H
#define LG_RUN_OUTGOING_H

#include "common/db/recent.h"
#include "common/protect/origin.h"
#include "common/run/instance.h"
#include "common/stream/publisher.h"
#include "common/stream/retention.h"
#include "common/watch/age.h"

struct lg_reader_feed {
	struct lg_feed feed;
	uint64_t connection;          /* where the subscription came from */
	uint64_t stored;              /* acknowledged, as it stands in the table */
	struct lg_reader_marks marks; /* since when it has stood where */
	lg_ms stored_at;              /* its last word that stands there */
	uint32_t most_rows;           /* to read for the next batch; 0: as many as one may have */
	bool is_registered; /* it has a row there: it holds rows until it has applied them */
	uint8_t asked[LG_POINTS_DIGEST_SIZE]; /* digest of the points that it subscribed with */
};

struct lg_outgoing {
	struct lg_owned *owned;
	struct lg_stream stream;
	struct lg_publisher publisher;
	int site;           /* index of the destination: 0 this site */
	struct lg_age age;  /* of what was committed, or found at the takeover */
	bool has_news;      /* committed rows that no reader was told of */
	uint64_t committed; /* the last of them; publisher.head is what readers may hear of */
	uint64_t told_us;   /* when readers last heard of news */
	uint64_t assigned;  /* last number given, committed or not */
	struct lg_published *published; /* of the batch that is being decided; else NULL */
	struct lg_recent *recent;       /* NULL until the first row */
	struct lg_origin_signed last_signed;
	struct lg_reader_feed feeds[LG_SERVICE_COUNT];
};

/*
 * What the table held was read back: begins the stream in the partition's new epoch.
 *   epochs  (epoch, first number) of those before; head and dropped as in lg_publisher_start
 */
void lg_outgoing_start(
	struct lg_outgoing *out, const struct lg_points *epochs, uint64_t head, uint64_t dropped);

/*
 * Tells a reader at another site that its stream has a new owner: it lost what the one before had under
 * way, hears no claims of ours, and would find out by a silence of 20 s.  Behind the claim of the partition,
 * or the bus would not know yet whose answer it is.  Not for a stream of this site.
 */
void lg_outgoing_say_new_owner(struct lg_outgoing *out);

/* One step of a reader's feed, and what it asks for; rows are those of a FETCHED, else NULL. */
void lg_outgoing_step(struct lg_outgoing *out, uint32_t service, const struct lg_feed_event *event,
	const struct lg_bytes *rows);

/*
 * The commit of what a batch published in one stream is known: its rows may leave, if the stream is still
 * ours.  If it is not, whoever has taken it reads them back.
 *   is_at_once  or where many small batches come: LG_TELL_US after the last time.  A signature of ours,
 *               four readers' checks of it, and eight frames are then for the events of several batches
 *   returns     how many rows were committed
 */
uint32_t lg_outgoing_publish(
	struct lg_instance *instance, const struct lg_published *published, bool is_at_once);

/* Before the first commit; the loop closes what it opens. */
void lg_outgoing_open(struct lg_instance *instance);

/* SUBSCRIBE or ACKNOWLEDGE from the bus. */
void lg_outgoing_frame(
	struct lg_instance *instance, const struct lg_route *route, struct lg_bytes body);

/*
 * Once an hour: begins the next segment of the outbox when it is due, and drops the oldest when all
 * its readers have had it for long enough.  Called once a second.
 */
void lg_outgoing_keep(struct lg_instance *instance);

/* Rows that one reader has not applied, and how long the oldest of them has waited. */
uint64_t lg_outgoing_lag(const struct lg_outgoing *out, uint32_t service, lg_ms *ret_age);

/* Stores what readers have acknowledged since the last time. */
void lg_outgoing_store_acknowledged(struct lg_owned *owned);

#endif
