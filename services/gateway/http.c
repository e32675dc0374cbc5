#include "services/gateway/http.h"

#include <assert.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/text.h"
#include "common/json/json.h"
#include "services/gateway/address.h"

/* A body above the limit is read on and thrown away for so long, to be able to say 413. */
#define DISCARD_MAX (4u * HTTP_BODY_MAX)

struct http {
	struct MHD_Daemon *daemon;
	uv_poll_t poll;   /* MHD's epoll descriptor: readable when it has something to do */
	uv_timer_t timer; /* MHD's time-outs, and answers given outside its callbacks */
	struct http_options options;
	struct http_counts counts;
	uint16_t port;
	bool is_stopping;
	uint32_t open_handles;
};

/* A body that is wiped when it is freed: size first, so that MHD's callback can tell. */
struct wiped {
	size_t size;
	uint8_t data[];
};

struct http_exchange {
	struct http_request request;
	struct http *http;
	struct MHD_Connection *connection;
	struct wiped
		*upload; /* room for upload->size bytes; request.body tells how many are used */
	size_t discarded;
	bool is_handed, is_suspended, is_answered;
	struct MHD_Response *response;
	uint32_t status;
};

static struct wiped *wiped_new(size_t size)
{
	struct wiped *wiped = malloc(sizeof *wiped + size);

	if (wiped == NULL)
		abort();
	wiped->size = size;
	return wiped;
}

static void wiped_free(struct wiped *wiped)
{
	if (wiped == NULL)
		return;
	explicit_bzero(wiped->data, wiped->size);
	free(wiped);
}

static void free_response_body(void *wiped)
{
	wiped_free(wiped);
}

/* --- the loop ------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer);

/* Sleep as long as MHD allows. */
static void arm(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms = 0;

	if (MHD_get_timeout(http->daemon, &timeout_ms) == MHD_YES)
		uv_timer_start(&http->timer, on_timer, timeout_ms, 0);
	else
		uv_timer_stop(&http->timer);
}

static void turn(struct http *http)
{
	MHD_run(http->daemon);
	arm(http);
}

static void on_timer(uv_timer_t *timer)
{
	turn(timer->data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	(void)status, (void)events;
	turn(poll->data);
}

/* --- answers -------------------------------------------------------------------------- */

static void add_common(const struct http *http, struct MHD_Response *response)
{
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (http->is_stopping)
		MHD_add_response_header(response, "Connection", "close");
}

static struct MHD_Response *response_of(
	const struct http *http, const struct http_answer *answer, const char *tag)
{
	struct wiped *body = wiped_new(answer->body.size);
	char seconds[16];

	if (answer->body.size > 0)
		memcpy(body->data, answer->body.data, answer->body.size);
	struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
		answer->body.size, body->data, free_response_body, body);
	if (response == NULL)
		abort();

	add_common(http, response);
	if (answer->body.size > 0)
		MHD_add_response_header(response, "Content-Type",
			answer->status >= 400 ? "application/problem+json" : "application/json");
	if (answer->status == 401)
		MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
	if (answer->allow != NULL)
		MHD_add_response_header(response, "Allow", answer->allow);
	if (answer->command_id != NULL)
		MHD_add_response_header(response, "Idempotency-Key", answer->command_id);
	if (tag != NULL)
		MHD_add_response_header(response, "ETag", tag);
	if (answer->retry_after_s > 0) {
		snprintf(seconds, sizeof seconds, "%u", answer->retry_after_s);
		MHD_add_response_header(response, "Retry-After", seconds);
	}
	return response;
}

static void count_answer(struct http *http, uint32_t status)
{
	if (status >= 500)
		http->counts.answered_5xx++;
	else if (status >= 400)
		http->counts.answered_4xx++;
	else
		http->counts.answered_2xx++;
}

static void send_response(
	struct http_exchange *exchange, uint32_t status, struct MHD_Response *response)
{
	struct http *http = exchange->http;

	assert(!exchange->is_answered);
	exchange->is_answered = true;
	exchange->response = response;
	exchange->status = status;
	count_answer(http, status);
	if (!exchange->is_suspended)
		return; /* take() answered at once: on_call sends it */
	exchange->is_suspended = false;
	MHD_resume_connection(exchange->connection);
	uv_timer_start(&http->timer, on_timer, 0, 0);
}

static void add_trace(const struct http_request *request, struct MHD_Response *response)
{
	char text[LG_TRACEPARENT];

	if (!lg_trace_is_set(&request->trace))
		return;
	lg_trace_print(&request->trace, text);
	MHD_add_response_header(response, "traceparent", text);
}

void http_reply(struct http_request *request, const struct http_answer *answer)
{
	struct http *http = request->exchange->http;
	struct http_answer sent = *answer;
	char tag[TAG_TEXT];
	bool is_tagged = request->is_tagged && answer->status == 200;

	if (is_tagged)
		tag_make(http->options.tag_key, answer->version, answer->body, tag);
	if (is_tagged && tag_is_named(tag, request->if_none_match)) {
		sent.status = 304;
		sent.body = lg_bytes(NULL, 0);
	}
	struct MHD_Response *response = response_of(http, &sent, is_tagged ? tag : NULL);
	add_trace(request, response);
	send_response(request->exchange, sent.status, response);
}

static void wake(void *user)
{
	struct http *http = user;

	uv_timer_start(&http->timer, on_timer, 0, 0);
}

struct sse *http_stream(struct http_request *request, void (*closed)(void *owner), void *owner)
{
	struct http_exchange *exchange = request->exchange;
	struct MHD_Response *response;
	struct sse *sse = sse_new(
		&(struct sse_options){
			.connection = exchange->connection,
			.wake = wake,
			.user = exchange->http,
			.closed = closed,
			.owner = owner,
		},
		&response);

	add_common(exchange->http, response);
	send_response(exchange, 200, response);
	return sse;
}

static enum MHD_Result send_answer(struct http_exchange *exchange)
{
	enum MHD_Result sent =
		MHD_queue_response(exchange->connection, exchange->status, exchange->response);

	MHD_destroy_response(exchange->response);
	exchange->response = NULL;
	return sent;
}

/* What is wrong with the body's size is said before anybody looks at the request. */
static enum MHD_Result refuse_large(struct http_exchange *exchange)
{
	const struct problem *problem = problem_of(PROBLEM_TOO_LARGE);
	struct lg_arena *arena = lg_arena_new();
	struct http_answer answer = {
		.status = problem->status,
		.body = lg_json_problem(
			arena, problem->status, problem->title, problem->detail, NULL),
	};

	exchange->is_handed = true;
	http_reply(&exchange->request, &answer);
	lg_arena_free(arena);
	return send_answer(exchange);
}

/* --- requests ------------------------------------------------------------------------- */

static enum MHD_Result note_argument(
	void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct http_request *request = user;

	(void)kind;
	if (request->argument_count++ == 0) {
		request->argument_name = name;
		request->argument_value = value == NULL ? "" : value;
	}
	return MHD_YES;
}

static enum MHD_Result count_if_match(
	void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct http_request *request = user;

	(void)kind, (void)value;
	if (strcasecmp(name, "If-Match") == 0)
		request->if_match_count++;
	return MHD_YES;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* The first call for a request: headers are there, the body is not. */
static enum MHD_Result begin(struct http *http, struct MHD_Connection *connection, const char *path,
	const char *method, void **ret_state)
{
	struct http_exchange *exchange = calloc(1, sizeof *exchange);
	int64_t length = 0;

	if (exchange == NULL)
		abort();
	*ret_state = exchange;
	http->counts.requests++;
	exchange->http = http;
	exchange->connection = connection;

	struct http_request *request = &exchange->request;
	request->exchange = exchange;
	request->method = method;
	request->path = strdup(path);
	if (request->path == NULL)
		abort();
	request->authorization = header(connection, "Authorization");
	request->idempotency_key = header(connection, "Idempotency-Key");
	request->content_type = header(connection, "Content-Type");
	request->last_event_id = header(connection, "Last-Event-ID");
	request->if_none_match = header(connection, "If-None-Match");
	request->traceparent = header(connection, "traceparent");
	request->if_match = header(connection, "If-Match");
	MHD_get_connection_values(connection, MHD_HEADER_KIND, count_if_match, request);
	address_note(MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
			     ->client_addr,
		&request->address, &request->is_loopback);
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, note_argument, request);

	const char *length_text = header(connection, "Content-Length");
	if (length_text != NULL && lg_is_done(lg_int_parse(length_text, &length)) &&
		length > HTTP_BODY_MAX)
		return refuse_large(exchange);
	return MHD_YES;
}

/* Adds a piece of the body; above the limit it is only counted. */
static enum MHD_Result take_piece(struct http_exchange *exchange, const char *data, size_t *size)
{
	struct lg_bytes *body = &exchange->request.body;
	size_t wanted = body->size + *size;

	if (exchange->discarded > 0 || wanted > HTTP_BODY_MAX) {
		exchange->discarded += *size;
		*size = 0;
		return exchange->discarded <= DISCARD_MAX ? MHD_YES : MHD_NO;
	}
	if (exchange->upload == NULL || wanted > exchange->upload->size) {
		struct wiped *larger = wiped_new(wanted < 2048 ? 4096 : 2 * wanted);

		if (body->size > 0)
			memcpy(larger->data, body->data, body->size);
		wiped_free(exchange->upload);
		exchange->upload = larger;
	}
	memcpy(exchange->upload->data + body->size, data, *size);
	*body = lg_bytes(exchange->upload->data, wanted);
	*size = 0;
	return MHD_YES;
}

static enum MHD_Result on_call(void *user, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *size, void **state)
{
	struct http *http = user;
	struct http_exchange *exchange = *state;

	(void)version;
	if (exchange == NULL)
		return begin(http, connection, url, method, state);
	if (*size > 0)
		return take_piece(exchange, data, size);
	if (exchange->discarded > 0 && !exchange->is_handed)
		return refuse_large(exchange);

	if (!exchange->is_handed) {
		exchange->is_handed = true;
		http->options.take(http->options.user, &exchange->request);
		if (!exchange->is_answered) {
			exchange->is_suspended = true;
			MHD_suspend_connection(connection);
			return MHD_YES;
		}
	}
	return exchange->response == NULL ? MHD_YES : send_answer(exchange);
}

static void on_completed(void *user, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode how)
{
	struct http_exchange *exchange = *state;

	(void)user, (void)connection, (void)how;
	if (exchange == NULL)
		return;
	assert(!exchange->is_suspended);
	if (exchange->response != NULL) /* the client went before it could be sent */
		MHD_destroy_response(exchange->response);
	wiped_free(exchange->upload);
	free(exchange->request.path);
	free(exchange);
	*state = NULL;
}

/* --- life ----------------------------------------------------------------------------- */

static struct MHD_Daemon *start_daemon(struct http *http, const struct addrinfo *address)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;

	if (address->ai_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	return MHD_start_daemon(flags, 0, NULL, NULL, on_call, http, MHD_OPTION_SOCK_ADDR,
		address->ai_addr, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS_MAX,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)HTTP_ADDRESS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_TIMEOUT_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEADERS_MAX,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

struct lg_status http_new(
	const struct http_options *options, struct http **ret_http, const char **ret_problem)
{
	struct addrinfo *address = address_read(options->listen);

	if (address == NULL) {
		*ret_problem = "--listen is not an address: give numbers, as 127.0.0.1:7717";
		return lg_refuse("not an address");
	}
	struct http *http = calloc(1, sizeof *http);
	if (http == NULL)
		abort();
	http->options = *options;
	http->daemon = start_daemon(http, address);
	freeaddrinfo(address);
	if (http->daemon == NULL) {
		free(http);
		*ret_problem = "--listen cannot be bound: is another program using this port?";
		return lg_refuse("address cannot be bound");
	}

	http->port = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	int epoll_fd = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	if (uv_poll_init(options->loop, &http->poll, epoll_fd) != 0 ||
		uv_timer_init(options->loop, &http->timer) != 0)
		abort(); /* a descriptor that MHD just made, a loop that runs */
	http->poll.data = http;
	http->timer.data = http;
	http->open_handles = 2;
	uv_poll_start(&http->poll, UV_READABLE, on_readable);
	arm(http);
	*ret_http = http;
	return lg_done();
}

uint16_t http_port(const struct http *http)
{
	return http->port;
}

void http_stop_accepting(struct http *http)
{
	if (http->is_stopping)
		return;
	http->is_stopping = true;
	int listener = MHD_quiesce_daemon(http->daemon);
	if (listener >= 0)
		close(listener);
}

static void on_closed(uv_handle_t *handle)
{
	struct http *http = handle->data;

	if (--http->open_handles == 0)
		free(http);
}

void http_free(struct http *http)
{
	if (http == NULL)
		return;
	uv_poll_stop(&http->poll);
	MHD_stop_daemon(http->daemon);
	uv_close((uv_handle_t *)&http->poll, on_closed);
	uv_close((uv_handle_t *)&http->timer, on_closed);
}

struct http_counts http_counts(const struct http *http)
{
	struct http_counts counts = http->counts;

	counts.connections = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
				     ->num_connections;
	return counts;
}
