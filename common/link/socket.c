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

struct lg_socket {
	void *zmq;
	void (*take)(void *user, struct lg_parts *parts);
	void *user;
	uv_poll_t poll;       /* wakes the loop */
	uv_prepare_t prepare; /* looks before the loop sleeps */
	uv_idle_t idle;       /* keeps the loop awake while something waits */
	uint32_t open_handles;
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

/*
 * The loop may sleep only when libzmq itself has said that nothing is left, which a receive that finds
 * nothing does (it looks into its mailbox first, as the option ZMQ_EVENTS does), and not in a turn that
 * took something: who runs the loop once must get it back when there is news.
 */
static void turn(struct lg_socket *socket)
{
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

void lg_socket_free(struct lg_socket *socket)
{
	if (socket == NULL)
		return;
	uv_close((uv_handle_t *)&socket->poll, on_close);
	uv_close((uv_handle_t *)&socket->prepare, on_close);
	uv_close((uv_handle_t *)&socket->idle, on_close);
	zmq_close(socket->zmq);
	socket->zmq = NULL;
}

void *lg_socket_zmq(struct lg_socket *socket)
{
	return socket->zmq;
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

int lg_socket_send(
	struct lg_socket *socket, const struct lg_bytes *parts, uint32_t count, zmq_msg_t *last)
{
	uint32_t total = count + (last != NULL ? 1 : 0);
	int problem = 0;

	assert(total > 0);
	for (uint32_t i = 0; i < total && problem == 0; i++) {
		zmq_msg_t part;

		if (i < count) {
			if (zmq_msg_init_size(&part, parts[i].size) != 0)
				abort();
			if (parts[i].size > 0)
				memcpy(zmq_msg_data(&part), parts[i].data, parts[i].size);
		} else {
			zmq_msg_init(&part);
			zmq_msg_copy(&part, last);
		}
		/* only the first part can find the queue full; a later failure ends the message */
		problem = send_part(socket, &part, i + 1 == total);
		if (problem != 0)
			zmq_msg_close(&part);
	}
	uv_idle_start(&socket->idle, on_idle); /* this send may have swallowed an edge */
	return problem;
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
