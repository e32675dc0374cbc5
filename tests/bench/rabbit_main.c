/*
 * Another broker beside which the bench stands: RabbitMQ, one quorum queue on one node, publisher
 * confirms, consumer acknowledgements, through its own C client.
 *
 *   rabbit_main HOST PORT MESSAGES
 *
 * The account is guest.  A message counts when it was confirmed to its publisher, delivered and
 * acknowledged.  Publisher and reader are processes of their own; at most PENDING messages are
 * unconfirmed; the reader's window is PREFETCH and it acknowledges every ACK_EVERY at once.  Prints
 * messages per second.
 */
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/text.h"

#define QUEUE      "bench"
#define SIZE_BYTES 512
#define PENDING    2048
#define PREFETCH   2048
#define ACK_EVERY  256
#define COUNT_MAX  10000000
#define FRAME_MAX  131072

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "rabbit: %s\n", what);
	exit(1);
}

static amqp_connection_state_t connect_to(const char *host, int port)
{
	amqp_connection_state_t connection = amqp_new_connection();
	amqp_socket_t *socket = amqp_tcp_socket_new(connection);

	must(socket != NULL && amqp_socket_open(socket, host, port) == AMQP_STATUS_OK,
		"no connection");
	must(amqp_login(connection, "/", 1, FRAME_MAX, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest")
				.reply_type == AMQP_RESPONSE_NORMAL,
		"not let in");
	must(amqp_channel_open(connection, 1) != NULL, "no channel");
	return connection;
}

static void declare_queue(amqp_connection_state_t connection)
{
	amqp_table_entry_t entry = { .key = amqp_cstring_bytes("x-queue-type"),
		.value = { .kind = AMQP_FIELD_KIND_UTF8,
			.value.bytes = amqp_cstring_bytes("quorum") } };
	amqp_table_t arguments = { .num_entries = 1, .entries = &entry };

	must(amqp_queue_declare(connection, 1, amqp_cstring_bytes(QUEUE), 0, 1, 0, 0, arguments) !=
			NULL,
		"no quorum queue");
}

/* The number up to which all is confirmed, behind the next frame that says so. */
static uint64_t wait_confirmed(amqp_connection_state_t connection, uint64_t confirmed)
{
	amqp_frame_t frame;

	must(amqp_simple_wait_frame(connection, &frame) == AMQP_STATUS_OK &&
			frame.frame_type == AMQP_FRAME_METHOD &&
			frame.payload.method.id == AMQP_BASIC_ACK_METHOD,
		"a message was not confirmed");
	const amqp_basic_ack_t *ack = frame.payload.method.decoded;

	amqp_maybe_release_buffers(connection);
	/* single confirms may pass each other: counted, not compared */
	return ack->multiple ? ack->delivery_tag : confirmed + 1;
}

static void write_all(const char *host, int port, int64_t count)
{
	static char body[SIZE_BYTES];
	amqp_connection_state_t connection = connect_to(host, port);
	amqp_basic_properties_t properties = { ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG,
		.delivery_mode = 2 };
	amqp_bytes_t bytes = { .len = SIZE_BYTES, .bytes = body };
	uint64_t confirmed = 0;

	must(amqp_confirm_select(connection, 1) != NULL, "no confirms");
	for (int64_t n = 1; n <= count; n++) {
		must(amqp_basic_publish(connection, 1, amqp_empty_bytes, amqp_cstring_bytes(QUEUE),
			     0, 0, &properties, bytes) == AMQP_STATUS_OK,
			"publishing failed");
		while ((uint64_t)n - confirmed >= PENDING)
			confirmed = wait_confirmed(connection, confirmed);
	}
	while (confirmed < (uint64_t)count)
		confirmed = wait_confirmed(connection, confirmed);
}

static void read_all(const char *host, int port, int64_t count)
{
	amqp_connection_state_t connection = connect_to(host, port);

	must(amqp_basic_qos(connection, 1, 0, PREFETCH, 0) != NULL, "no window");
	must(amqp_basic_consume(connection, 1, amqp_cstring_bytes(QUEUE), amqp_empty_bytes, 0, 0, 0,
		     amqp_empty_table) != NULL,
		"no consumer");
	for (int64_t n = 1; n <= count; n++) {
		amqp_envelope_t envelope;

		amqp_maybe_release_buffers(connection);
		must(amqp_consume_message(connection, &envelope, NULL, 0).reply_type ==
				AMQP_RESPONSE_NORMAL,
			"nothing was delivered");
		if (n % ACK_EVERY == 0 || n == count)
			must(amqp_basic_ack(connection, 1, envelope.delivery_tag, 1) ==
					AMQP_STATUS_OK,
				"acknowledging failed");
		amqp_destroy_envelope(&envelope);
	}
}

int main(int argc, char **argv)
{
	int64_t port = 0, count = 0;
	int ended = 0;

	if (argc != 4 || !lg_is_done(lg_int_parse(argv[2], &port)) || port < 1 || port > 65535 ||
		!lg_is_done(lg_int_parse(argv[3], &count)) || count < 1 || count > COUNT_MAX)
		return 2;
	declare_queue(connect_to(argv[1], (int)port));
	double started = now_seconds();
	pid_t writer = fork();

	if (writer == 0) {
		write_all(argv[1], (int)port, count);
		_exit(0);
	}
	read_all(argv[1], (int)port, count);
	must(waitpid(writer, &ended, 0) == writer && ended == 0, "the publisher failed");
	printf("%.0f\n", (double)count / (now_seconds() - started));
	return 0;
}
