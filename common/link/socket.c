#include "common/link/socket.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HANDSHAKE_MS         5000
#define HEARTBEAT_MS         2000
#define HEARTBEAT_TIMEOUT_MS 6000

#define FAR_QUEUE            8     /* messages */
#define FAR_BUFFER_BYTES     65536 /* in the kernel, which doubles it */
#define FAR_RECONNECT_MS     200   /* libzmq adds up to as much again by chance */
#define FAR_RECONNECT_MAX_MS 5000

#define HANDLES 3

#define MADE_PARTS_MAX 8 /* as an answer of ZAP has */

/* A message that was made and not sent. */
struct held {
	uint32_t count;
	zmq_msg_t part[MADE_PARTS_MAX];
};

struct lg_socket {
	void *zmq;
	void (*take)(void *user, struct lg_parts *parts);
	void *user;
	uv_poll_t poll;       /* wakes the loop */
	uv_prepare_t prepare; /* looks before the loop sleeps */
	uv_idle_t idle;       /* keeps the loop awake while something waits */
	uint32_t open_handles;
	struct held *held; /* a ring of LG_SOCKET_HELD_MAX; NULL: what is sent is sent at once */
	uint32_t held_first, held_count;
};

static void release(struct lg_parts *parts)
{
	for (uint32_t i = 0; i < parts->count && i < LG_PARTS_MAX; i++)
		zmq_msg_close(&parts->at[i]);
}

/* False when nothing waits.  A message comes whole or not at all. */
static bool receive(struct lg_socket *socket, struct lg_parts *ret_parts)
{
	bool more = true;

	ret_parts->count = 0;
	while (more) {
		zmq_msg_t part;

		zmq_msg_init(&part);
		if (zmq_msg_recv(&part, socket->zmq, ZMQ_DONTWAIT) < 0) {
			int problem = errno;

			zmq_msg_close(&part);
			if (problem == EINTR)
				continue;
			assert(problem == EAGAIN);
			assert(ret_parts->count == 0);
			return false;
		}
		more = zmq_msg_more(&part) != 0;
		if (ret_parts->count < LG_PARTS_MAX) {
			zmq_msg_init(&ret_parts->at[ret_parts->count]);
			zmq_msg_move(&ret_parts->at[ret_parts->count], &part);
		}
		zmq_msg_close(&part);
		ret_parts->count++;
	}
	return true;
}

/* Returns whether anything was taken; if not, libzmq has looked and nothing is left. */
static bool take_turn(struct lg_socket *socket)
{
	struct lg_parts parts;
	uint32_t taken = 0;

	for (; taken < LG_SOCKET_TURN_MAX && receive(socket, &parts); taken++) {
		socket->take(socket->user, &parts);
		release(&parts);
	}
	return taken > 0;
}

void lg_socket_turn(struct lg_socket *socket)
{
	(void)take_turn(socket);
}

static void on_idle(uv_idle_t *idle)
{
	(void)idle; /* that it is active keeps the loop awake; on_prepare does the work */
}

static int send_part(struct lg_socket *socket, zmq_msg_t *part, bool is_last)
{
	int flags = ZMQ_DONTWAIT | (is_last ? 0 : ZMQ_SNDMORE);
	int rc;

	do {
		rc = zmq_msg_send(part, socket->zmq, flags);
	} while (rc < 0 && errno == EINTR);
	return rc < 0 ? errno : 0;
}

static void close_made(struct held *made)
{
	for (uint32_t i = 0; i < made->count; i++)
		zmq_msg_close(&made->part[i]);
}

/* Only the first part can find the queue full; a later failure ends the message. */
static int send_made(struct lg_socket *socket, struct held *made)
{
	int problem = 0;

	for (uint32_t i = 0; i < made->count && problem == 0; i++) {
		problem = send_part(socket, &made->part[i], i + 1 == made->count);
		if (problem == EAGAIN && i == 0)
			return EAGAIN;
		if (problem != 0)
			for (uint32_t left = i; left < made->count; left++)
				zmq_msg_close(&made->part[left]);
	}
	return problem;
}

/* What is held leaves, as far as the queue has room; when it has room again, the loop wakes. */
static void send_held(struct lg_socket *socket)
{
	while (socket->held_count > 0 &&
		send_made(socket, &socket->held[socket->held_first]) != EAGAIN) {
		socket->held_first = (socket->held_first + 1) % LG_SOCKET_HELD_MAX;
		socket->held_count--;
	}
}

/*
 * The loop may sleep only when libzmq itself has said that nothing is left, which a receive that finds
 * nothing does (it looks into its mailbox first, as the option ZMQ_EVENTS does), and not in a turn that
 * took something: who runs the loop once must get it back when there is news.
 */
static void turn(struct lg_socket *socket)
{
	send_held(socket);
	if (take_turn(socket))
		uv_idle_start(&socket->idle, on_idle);
	else
		uv_idle_stop(&socket->idle);
}

static void on_prepare(uv_prepare_t *prepare)
{
	turn(prepare->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	turn(poll->data);
}

static void on_close(uv_handle_t *handle)
{
	struct lg_socket *socket = handle->data;

	if (--socket->open_handles == 0)
		free(socket);
}

void lg_socket_set(struct lg_socket *socket, int option, int value)
{
	int rc = zmq_setsockopt(socket->zmq, option, &value, sizeof value);

	assert(rc == 0);
}

void lg_socket_reach(struct lg_socket *socket, enum lg_reach reach)
{
	if (reach != LG_REACH_FAR)
		return;
	lg_socket_set(socket, ZMQ_SNDHWM, FAR_QUEUE);
	lg_socket_set(socket, ZMQ_SNDBUF, FAR_BUFFER_BYTES);
	lg_socket_set(socket, ZMQ_IMMEDIATE, 1);
	lg_socket_set(socket, ZMQ_RECONNECT_IVL, FAR_RECONNECT_MS);
	lg_socket_set(socket, ZMQ_RECONNECT_IVL_MAX, FAR_RECONNECT_MAX_MS);
}

struct lg_socket *lg_socket_new(uv_loop_t *loop, void *context, int type,
	void (*take)(void *user, struct lg_parts *parts), void *user)
{
	struct lg_socket *socket = calloc(1, sizeof *socket);
	int descriptor = -1;
	size_t size = sizeof descriptor;
	int rc;

	if (socket == NULL)
		abort();
	socket->take = take;
	socket->user = user;
	socket->zmq = zmq_socket(context, type);
	assert(socket->zmq != NULL);
	lg_socket_set(socket, ZMQ_LINGER, 0);
	lg_socket_set(socket, ZMQ_SNDHWM, LG_SOCKET_QUEUE_MAX);
	lg_socket_set(socket, ZMQ_RCVHWM, LG_SOCKET_QUEUE_MAX);
	lg_socket_set(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
	lg_socket_set(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS);
	lg_socket_set(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS);

	rc = zmq_getsockopt(socket->zmq, ZMQ_FD, &descriptor, &size);
	assert(rc == 0);
	rc = uv_poll_init(loop, &socket->poll, descriptor);
	assert(rc == 0);
	uv_prepare_init(loop, &socket->prepare);
	uv_idle_init(loop, &socket->idle);
	socket->poll.data = socket;
	socket->prepare.data = socket;
	socket->idle.data = socket;
	socket->open_handles = HANDLES;
	uv_poll_start(&socket->poll, UV_READABLE, on_poll);
	uv_prepare_start(&socket->prepare, on_prepare);
	return socket;
}

static void drop_held(struct lg_socket *socket)
{
	for (uint32_t i = 0; i < socket->held_count; i++)
		close_made(&socket->held[(socket->held_first + i) % LG_SOCKET_HELD_MAX]);
}

void lg_socket_gather(struct lg_socket *socket)
{
	socket->held = calloc(LG_SOCKET_HELD_MAX, sizeof *socket->held);
	if (socket->held == NULL)
		abort();
}

void lg_socket_free(struct lg_socket *socket)
{
	if (socket == NULL)
		return;
	uv_close((uv_handle_t *)&socket->poll, on_close);
	uv_close((uv_handle_t *)&socket->prepare, on_close);
	uv_close((uv_handle_t *)&socket->idle, on_close);
	send_held(socket);
	drop_held(socket);
	free(socket->held);
	zmq_close(socket->zmq);
	socket->zmq = NULL;
}

void *lg_socket_zmq(struct lg_socket *socket)
{
	return socket->zmq;
}

static void make_part(struct lg_bytes bytes, zmq_msg_t *ret_part)
{
	if (zmq_msg_init_size(ret_part, bytes.size) != 0)
		abort();
	if (bytes.size > 0)
		memcpy(zmq_msg_data(ret_part), bytes.data, bytes.size);
}

/* A part that shares the bytes of another message. */
static void share_part(zmq_msg_t *with, zmq_msg_t *ret_part)
{
	zmq_msg_init(ret_part);
	zmq_msg_copy(ret_part, with);
}

/* Where a message is made: among what is held, or at `ret_own`; NULL: there is no room. */
static struct held *begin(struct lg_socket *socket, struct held *ret_own)
{
	struct held *made = ret_own;

	uv_idle_start(
		&socket->idle, on_idle); /* a send may swallow an edge; what is held must leave */
	if (socket->held != NULL) {
		if (socket->held_count == LG_SOCKET_HELD_MAX)
			send_held(socket);
		if (socket->held_count == LG_SOCKET_HELD_MAX)
			return NULL;
		made = &socket->held[(socket->held_first + socket->held_count) %
				     LG_SOCKET_HELD_MAX];
	}
	made->count = 0;
	return made;
}

static int end(struct lg_socket *socket, struct held *made)
{
	int problem;

	if (socket->held != NULL) {
		socket->held_count++;
		return 0;
	}
	problem = send_made(socket, made);
	if (problem == EAGAIN)
		close_made(made);
	return problem;
}

int lg_socket_send(struct lg_socket *socket, const struct lg_bytes *parts, uint32_t count)
{
	struct held own, *made = begin(socket, &own);

	assert(count > 0 && count <= MADE_PARTS_MAX);
	if (made == NULL)
		return EAGAIN;
	for (uint32_t i = 0; i < count; i++)
		make_part(parts[i], &made->part[made->count++]);
	return end(socket, made);
}

/* The body is nearly all of it: shared where it lies in a message that comes as this one goes. */
static void make_frame(const struct lg_route *route, struct lg_bytes body, enum lg_form form,
	zmq_msg_t *passing, struct held *made)
{
	bool is_whole = passing != NULL && body.data == zmq_msg_data(passing);
	uint8_t bytes[LG_ROUTE_SIZE];

	lg_route_write(route, bytes);
	if (form == LG_FORM_PARTS) {
		make_part(lg_bytes(bytes, sizeof bytes), &made->part[made->count++]);
		if (is_whole)
			share_part(passing, &made->part[made->count++]);
		else
			make_part(body, &made->part[made->count++]);
		return;
	}
	if (passing != NULL && !is_whole) { /* it came joined */
		memcpy(zmq_msg_data(passing), bytes, sizeof bytes);
		share_part(passing, &made->part[made->count++]);
		return;
	}
	zmq_msg_t *part = &made->part[made->count++];

	if (zmq_msg_init_size(part, sizeof bytes + body.size) != 0)
		abort();
	memcpy(zmq_msg_data(part), bytes, sizeof bytes);
	if (body.size > 0)
		memcpy((uint8_t *)zmq_msg_data(part) + sizeof bytes, body.data, body.size);
}

int lg_socket_send_frame(struct lg_socket *socket, struct lg_bytes to, const struct lg_route *route,
	struct lg_bytes body, enum lg_form form, zmq_msg_t *passing)
{
	struct held own, *made = begin(socket, &own);

	if (made == NULL)
		return EAGAIN;
	if (to.size > 0)
		make_part(to, &made->part[made->count++]);
	make_frame(route, body, form, passing, made);
	return end(socket, made);
}

struct lg_status lg_parts_frame(struct lg_parts *parts, uint32_t first, struct lg_route *ret_route,
	struct lg_bytes *ret_body, enum lg_form *ret_form)
{
	enum lg_form form = parts->count == first + 1 ? LG_FORM_JOINED : LG_FORM_PARTS;
	struct lg_bytes route, body;

	if (parts->count != first + 1 && parts->count != first + 2)
		return lg_refuse("a frame of another shape");
	route = lg_part(parts, first);
	if (form == LG_FORM_PARTS) {
		body = lg_part(parts, first + 1);
	} else if (route.size < LG_ROUTE_SIZE) {
		return lg_refuse("a frame of another shape");
	} else {
		body = lg_bytes(route.data + LG_ROUTE_SIZE, route.size - LG_ROUTE_SIZE);
		route.size = LG_ROUTE_SIZE;
	}
	if (body.size > LG_FRAME_MAX)
		return lg_refuse("a frame is too large");
	*ret_body = body;
	*ret_form = form;
	return lg_route_read(route, ret_route);
}

bool lg_socket_is_taken(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	bool is_taken;
	int probe;

	if (strlen(path) >= sizeof address.sun_path)
		return false;
	memcpy(address.sun_path, path, strlen(path) + 1);
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return false;
	is_taken = connect(probe, (const struct sockaddr *)&address, sizeof address) == 0;
	close(probe);
	return is_taken;
}
