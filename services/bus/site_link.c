#include "services/bus/site_link.h"

#include <stdlib.h>

#include "common/base/calendar.h"
#include "common/base/log.h"
#include "common/stream/registry.h"
#include "services/bus/domain/pace.h"
#include "services/bus/domain/piece.h"
#include "services/bus/lane_queue.h"

#define KNOCK_MS      500   /* between two claims while nobody has answered */
#define RENEW_MS      15000 /* between two attempts with a new socket while nobody has answered */
#define WARN_MS       LG_MINUTE_MS
#define MESSAGE_MAX   (PIECE_HEADER_SIZE + PIECE_BYTES)
#define COUNT_BYTES   8 /* what a claim between sites says: bytes that have come, little endian */
#define COUNT_DAYS_MS ((uint64_t)1 << 40) /* 34 years */
#define COUNT_STEP    ((uint64_t)1 << 20) /* bytes */
#define SAY_BYTES     PIECE_BYTES         /* and says at once when so many more have come */
#define HANDLES       2

/* What moves streams on goes before all that they carry. */
enum queue { QUEUE_CONTROL, QUEUE_CARE, QUEUE_BULK, QUEUE_COUNT };

struct site_link {
	uv_loop_t *loop;
	uint16_t own_site, site;
	const char *address; /* this and the keys, to connect anew: alive as long as the link */
	const uint8_t *own_public, *own_secret, *peer_public;
	void (*frame)(void *user, const struct lg_route *route, struct lg_bytes body);
	void (*up)(void *user, uint16_t site);
	void *user;

	/* one of the two */
	struct lg_link *line;                 /* we connect */
	struct lg_exchange_socket *listening; /* we are connected to */
	uint64_t connection;                  /* over it; 0: nobody has come */

	bool is_up;
	lg_ms heard_at, told_at, warned_at, renewed_at;
	uint32_t number; /* of the last frame */
	uint64_t come,
		said; /* bytes of pieces from the other end, above some start; and what it was told */
	struct pace pace;
	struct lane_queue queues[QUEUE_COUNT];
	struct join joins[QUEUE_COUNT];
	struct site_link_counts counts;
	uv_timer_t timer;
	uv_prepare_t prepare; /* room in the socket is news to the loop: look for it each turn */
	uint32_t open_handles;
};

static lg_ms now(const struct site_link *link)
{
	return (lg_ms)uv_now(link->loop);
}

/* --- out --------------------------------------------------------------------------------- */

static struct lg_status put(
	struct site_link *link, const struct lg_route *route, struct lg_bytes message)
{
	if (link->line != NULL)
		return lg_link_send(link->line, route, message);
	if (link->connection == 0)
		return lg_retry("nobody has come");
	return lg_exchange_socket_send(
		link->listening, link->connection, route, message, LG_FORM_PARTS);
}

static void go_down(struct site_link *link)
{
	for (uint32_t i = 0; i < QUEUE_COUNT; i++) {
		link->counts.dropped += lane_queue_clear(&link->queues[i]);
		link->joins[i].count = 0;
	}
	link->connection = 0;
	link->pace = (struct pace){ .is_counted = false };
	if (!link->is_up)
		return;
	link->is_up = false;
	lg_warn("the line to a site is down", lg_f_int("site", link->site));
}

/* That we are there, and what has come; said again soon, if it could not be said now. */
static void tell(struct site_link *link)
{
	const struct lg_route claim = {
		.version = 1,
		.kind = LG_ROUTE_CLAIM,
		.to_site = link->site,
		.to_service = LG_SERVICE_BUS,
		.to_partition = LG_TO_ANY_OWNER,
		.from_site = link->own_site,
		.from_service = LG_SERVICE_BUS,
	};
	uint8_t count[COUNT_BYTES];

	lg_number_write(count, link->come, COUNT_BYTES);
	link->told_at = now(link);
	switch (put(link, &claim, lg_bytes(count, sizeof count)).outcome) {
	case LG_DONE:
		link->said = link->come;
		break;
	case LG_RETRY:
		break;
	case LG_REFUSED:
		go_down(link);
		break;
	}
}

/* False when the line takes no more now, or has as much under way as it should. */
static bool send_piece(struct site_link *link, enum queue which)
{
	struct lane_queue *queue = &link->queues[which];
	struct waiting *frame = lane_queue_first(queue);
	struct lg_bytes part = piece_cut(lg_bytes(frame->bytes, frame->size), &frame->piece);
	uint8_t message[MESSAGE_MAX];

	if (which != QUEUE_CONTROL && !pace_may_send(&link->pace, which == QUEUE_CARE, now(link)))
		return false;
	piece_write(&frame->piece, message);
	if (part.size > 0)
		memcpy(message + PIECE_HEADER_SIZE, part.data, part.size);
	switch (put(link, &frame->route, lg_bytes(message, PIECE_HEADER_SIZE + part.size))
			.outcome) {
	case LG_DONE:
		pace_sent(&link->pace, PIECE_HEADER_SIZE + part.size, now(link));
		break;
	case LG_RETRY:
		return false;
	case LG_REFUSED:
		go_down(link);
		return false;
	}
	if (++frame->piece.index == frame->piece.count) {
		link->counts.sent++;
		link->counts.sent_bytes += LG_ROUTE_SIZE + frame->size;
		lane_queue_drop_first(queue);
	}
	return true;
}

static void flush(struct site_link *link)
{
	for (uint32_t i = 0; i < QUEUE_COUNT; i++)
		while (lane_queue_first(&link->queues[i]) != NULL)
			if (!send_piece(link, (enum queue)i))
				return;
}

static enum queue queue_of(const struct lg_route *route)
{
	if (route->kind != LG_ROUTE_DELIVER)
		return QUEUE_CONTROL;
	return route->lane == LG_LANE_CARE ? QUEUE_CARE : QUEUE_BULK;
}

struct lg_status site_link_send(
	struct site_link *link, const struct lg_route *route, struct lg_bytes body)
{
	struct lg_route over = *route;
	struct lg_status status;

	if (!link->is_up) {
		link->counts.dropped++;
		return lg_refuse("the line to that site is down");
	}
	over.to = 0;
	over.from = 0;
	status = lane_queue_add(&link->queues[queue_of(&over)], ++link->number, &over, body);
	if (lg_is_done(status))
		flush(link);
	else
		link->counts.dropped++;
	return status;
}

/* --- in ---------------------------------------------------------------------------------- */

static void hear(struct site_link *link)
{
	link->heard_at = now(link);
	if (link->is_up)
		return;
	link->is_up = true;
	lg_info("the line to a site is up", lg_f_int("site", link->site));
	tell(link);
	if (link->up != NULL)
		link->up(link->user, link->site);
}

/*
 * A reader that begins anew takes nothing of what was sent to it before: on a slow line it would be
 * all that crosses.
 */
static void forget_stale(struct site_link *link, const struct lg_route *route)
{
	struct lane_queue *queue =
		&link->queues[route->lane == LG_LANE_CARE ? QUEUE_CARE : QUEUE_BULK];

	if (route->kind == LG_ROUTE_SUBSCRIBE && route->to_service < LG_SERVICE_COUNT &&
		route->to_partition < LG_PARTITIONS)
		link->counts.dropped +=
			lane_queue_forget(queue, route->to_service, route->to_partition);
}

/* The other end has another connection, or is another process: what was under way went with the old one. */
static void begin_anew(struct site_link *link)
{
	lg_info("the line to a site has begun anew", lg_f_int("site", link->site));
	if (link->up != NULL)
		link->up(link->user, link->site);
}

static void take_count(struct site_link *link, struct lg_bytes message)
{
	if (message.size == COUNT_BYTES && /* else one that does not count */
		pace_heard(&link->pace, lg_number_read(message.data, COUNT_BYTES), now(link)))
		begin_anew(link);
}

static void take(struct site_link *link, const struct lg_route *sent, struct lg_bytes message)
{
	struct lg_route route = *sent;
	struct piece piece;
	struct lg_bytes part, body;

	hear(link);
	if (route.kind == LG_ROUTE_CLAIM) {
		take_count(link, message);
		return;
	}
	link->come += message.size;
	if (!lg_is_done(piece_read(message, &piece, &part))) {
		link->counts.refused++;
		return;
	}
	if (!join_take(&link->joins[queue_of(&route)], &piece, part, &body))
		return;
	link->counts.received++;
	link->counts.received_bytes += LG_ROUTE_SIZE + body.size;
	route.from_site = link->site;
	route.from_service = route.to_service;
	route.from = 0;
	forget_stale(link, &route);
	link->frame(link->user, &route, body);
}

static void on_line(void *user, const struct lg_route *route, struct lg_bytes message)
{
	take(user, route, message);
}

/*
 * Another connection with the same key: the site has come again, unless the one that we have still
 * lives.  Then it is a second site of that name (a clone, a restored disk), and the first stays.
 */
static bool may_replace(struct site_link *link)
{
	if (link->connection == 0 || now(link) - link->heard_at >= SITE_LINK_SILENCE_MS)
		return true;
	tell(link); /* a lost connection is known by a send */
	if (link->connection == 0)
		return true;
	link->counts.second++;
	if (link->warned_at == 0 || now(link) - link->warned_at >= WARN_MS) {
		lg_error("a second line of a site is refused", lg_f_int("site", link->site));
		link->warned_at = now(link);
	}
	return false;
}

/*
 * Below all that was said over an earlier connection, also if nothing had come over it yet: so the other
 * end learns that this is another one.  No line carries STEP bytes in a millisecond, so what was counted
 * since an earlier start is less than what the start has sunk.  A clock that began anew makes it leap
 * instead, which is learned as well (domain/pace).
 */
static uint64_t count_start(const struct site_link *link)
{
	return (COUNT_DAYS_MS - (uint64_t)now(link) % COUNT_DAYS_MS) * COUNT_STEP;
}

static void on_listening(void *user, uint64_t connection, const struct lg_peer *peer,
	const struct lg_route *route, struct lg_bytes message)
{
	struct site_link *link = user;

	(void)peer; /* there is only one */
	if (connection != link->connection) {
		if (!may_replace(link))
			return;
		go_down(link);
		link->connection = connection;
		link->come = link->said = count_start(link);
	}
	take(link, route, message);
}

/* --- time --------------------------------------------------------------------------------- */

static void connect_anew(struct site_link *link)
{
	lg_link_free(link->line);
	link->renewed_at = now(link);
	link->line = lg_link_new(&(struct lg_link_options){
		.loop = link->loop,
		.address = link->address,
		.bus_public = link->peer_public,
		.own_public = link->own_public,
		.own_secret = link->own_secret,
		.reach = LG_REACH_FAR,
		.frame = on_line,
		.user = link,
	});
}

/*
 * A socket of libzmq that met a breach of its protocol (one bit turned on the way is enough) never
 * tries again, and says nothing of it: where all is silent a new one is made now and then.
 */
static void on_timer(uv_timer_t *timer)
{
	struct site_link *link = timer->data;

	if (link->is_up && now(link) - link->heard_at >= SITE_LINK_SILENCE_MS)
		go_down(link);
	if (link->line != NULL && !link->is_up && now(link) - link->heard_at >= RENEW_MS &&
		now(link) - link->renewed_at >= RENEW_MS)
		connect_anew(link);
	if (!link->is_up || now(link) - link->told_at >= SITE_LINK_CLAIM_MS)
		tell(link);
}

static void on_prepare(uv_prepare_t *prepare)
{
	struct site_link *link = prepare->data;
	uint64_t unsaid = link->come - link->said;

	if (unsaid >= SAY_BYTES)
		tell(link);
	flush(link);
}

static struct lg_status listen_at(struct site_link *link, const struct site_link_options *options)
{
	struct lg_peer peer = { .site = options->site, .service = LG_SERVICE_BUS };

	memcpy(peer.public_key, options->peer_public, sizeof peer.public_key);
	return lg_exchange_socket_new(
		&(struct lg_exchange_options){
			.loop = options->loop,
			.address = options->address,
			.own_secret = options->own_secret,
			.peers = &peer,
			.peer_count = 1,
			.reach = LG_REACH_FAR,
			.frame = on_listening,
			.user = link,
		},
		&link->listening);
}

static void watch(struct site_link *link)
{
	uv_timer_init(link->loop, &link->timer);
	uv_prepare_init(link->loop, &link->prepare);
	link->timer.data = link;
	link->prepare.data = link;
	link->open_handles = HANDLES;
	uv_timer_start(&link->timer, on_timer, 0, KNOCK_MS);
	uv_prepare_start(&link->prepare, on_prepare);
}

struct lg_status site_link_new(const struct site_link_options *options, struct site_link **ret_link)
{
	struct site_link *link = calloc(1, sizeof *link);
	struct lg_status status = lg_done();

	if (link == NULL)
		abort();
	link->loop = options->loop;
	link->own_site = options->own_site;
	link->site = options->site;
	link->frame = options->frame;
	link->up = options->up;
	link->user = options->user;
	link->address = options->address;
	link->own_public = options->own_public;
	link->own_secret = options->own_secret;
	link->peer_public = options->peer_public;
	for (uint32_t i = 0; i < QUEUE_COUNT; i++) {
		link->joins[i].bytes = malloc(LG_FRAME_MAX);
		if (link->joins[i].bytes == NULL)
			abort();
	}
	/* before the socket: what begins to prepare first does it last, so behind each look that the
	   socket takes, which may find room and say nothing of it */
	watch(link);
	if (options->listens)
		status = listen_at(link, options);
	else
		connect_anew(link);
	if (lg_is_done(status))
		*ret_link = link;
	else
		site_link_free(link);
	return status;
}

static void on_close(uv_handle_t *handle)
{
	struct site_link *link = handle->data;

	if (--link->open_handles == 0)
		free(link);
}

void site_link_free(struct site_link *link)
{
	if (link == NULL)
		return;
	lg_link_free(link->line);
	lg_exchange_socket_free(link->listening);
	for (uint32_t i = 0; i < QUEUE_COUNT; i++) {
		lane_queue_clear(&link->queues[i]);
		free(link->joins[i].bytes);
	}
	uv_close((uv_handle_t *)&link->timer, on_close);
	uv_close((uv_handle_t *)&link->prepare, on_close);
}

uint16_t site_link_site(const struct site_link *link)
{
	return link->site;
}

struct site_link_counts site_link_counts(const struct site_link *link)
{
	struct site_link_counts counts = link->counts;

	counts.is_up = link->is_up;
	counts.under_way_bytes = link->pace.under_way;
	counts.window_bytes = pace_window(&link->pace);
	for (uint32_t i = 0; i < QUEUE_COUNT; i++)
		counts.waiting_bytes += link->queues[i].bytes;
	if (link->line != NULL) {
		counts.refused += lg_link_counts(link->line).refused;
	} else {
		struct lg_exchange_counts of = lg_exchange_socket_counts(link->listening);

		counts.refused += of.refused_frames + of.refused_peers;
	}
	return counts;
}
