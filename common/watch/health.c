#include "common/watch/health.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/link/socket.h"

#define TIMEOUT_S    10
#define MEMORY_BYTES ((size_t)16 * 1024) /* of one connection: the head of a request fits */
#define HOST_TEXT    48
#define BACKLOG      16
#define HANDLES      2

struct lg_health {
	struct lg_health_options options;
	struct MHD_Daemon *daemon;
	int listener;
	uint16_t port;
	char *path; /* of the unix socket; NULL: none */
	uv_poll_t poll;
	uv_timer_t timer;
	uint32_t open_handles;
};

static enum MHD_Result say(struct MHD_Connection *connection, unsigned status, const char *type,
	const char *text, size_t size)
{
	/* copied: the arena of a scrape is gone when it is sent */
	struct MHD_Response *response =
		MHD_create_response_from_buffer(size, (void *)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result say_line(
	struct MHD_Connection *connection, unsigned status, const char *line)
{
	return say(connection, status, "text/plain; charset=utf-8", line, strlen(line));
}

static enum MHD_Result say_metrics(struct lg_health *health, struct MHD_Connection *connection)
{
	struct lg_arena *arena = lg_arena_new();
	enum MHD_Result result;
	size_t size = 0;
	const char *text;

	if (health->options.refresh != NULL)
		health->options.refresh(health->options.user);
	text = lg_metrics_print(health->options.metrics, arena, &size);
	result = say(
		connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text, size);
	lg_arena_free(arena);
	return result;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **context)
{
	struct lg_health *health = user;

	(void)version;
	(void)upload;
	(void)context;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 || *upload_size != 0)
		return say_line(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET\n");
	if (strcmp(url, "/healthz") == 0)
		return say_line(connection, MHD_HTTP_OK, "ok\n");
	if (strcmp(url, "/readyz") == 0)
		return health->options.is_ready(health->options.user)
			       ? say_line(connection, MHD_HTTP_OK, "ready\n")
			       : say_line(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "not ready\n");
	if (strcmp(url, "/metrics") == 0)
		return say_metrics(health, connection);
	return say_line(connection, MHD_HTTP_NOT_FOUND, "/healthz, /readyz, /metrics\n");
}

/* libmicrohttpd says when it must run again even if nothing comes (its timeouts). */
static void on_timer(uv_timer_t *timer);

static void run(struct lg_health *health)
{
	MHD_UNSIGNED_LONG_LONG pause_ms = 0;

	MHD_run(health->daemon);
	if (MHD_get_timeout(health->daemon, &pause_ms) == MHD_YES)
		uv_timer_start(&health->timer, on_timer, pause_ms, 0);
	else
		uv_timer_stop(&health->timer);
}

static void on_timer(uv_timer_t *timer)
{
	run(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	run(poll->data);
}

static int listen_on(const struct sockaddr *address, socklen_t size)
{
	const int on = 1;
	int listener = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (listener < 0)
		return -1;
	if (address->sa_family != AF_UNIX)
		setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, address, size) != 0 || listen(listener, BACKLOG) != 0) {
		close(listener);
		return -1;
	}
	return listener;
}

static struct lg_status listen_on_path(struct lg_health *health, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat found;

	if (strlen(path) >= sizeof address.sun_path)
		return lg_refuse("the path of the health socket is too long");
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (lstat(path, &found) == 0) {
		if (!S_ISSOCK(found.st_mode) || lg_socket_is_taken(path))
			return lg_refuse("the health address is taken");
		unlink(path);
	}
	health->listener = listen_on((const struct sockaddr *)&address, sizeof address);
	if (health->listener < 0)
		return lg_refuse("the health address cannot be bound");
	health->path = strdup(path);
	if (health->path == NULL)
		abort();
	return lg_done();
}

static bool read_port(const char *text, uint16_t *ret_port)
{
	char *end;
	unsigned long port;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	port = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || port > UINT16_MAX)
		return false;
	*ret_port = (uint16_t)port;
	return true;
}

static struct lg_status listen_on_loopback(struct lg_health *health, const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	const char *colon = strrchr(text, ':');
	char host[HOST_TEXT];
	uint16_t port;

	if (colon == NULL || (size_t)(colon - text) >= sizeof host || !read_port(colon + 1, &port))
		return lg_refuse("a health address is 127.0.0.1:PORT, [::1]:PORT or a path");
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	in.sin_port = in6.sin6_port = htons(port);
	if (strcmp(host, "[::1]") == 0) {
		in6.sin6_addr = in6addr_loopback;
		health->listener = listen_on((const struct sockaddr *)&in6, sizeof in6);
	} else if (inet_pton(AF_INET, host, &in.sin_addr) == 1 &&
		   ntohl(in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET) {
		health->listener = listen_on((const struct sockaddr *)&in, sizeof in);
	} else {
		return lg_refuse("the health address is not a loopback address");
	}
	return health->listener < 0 ? lg_refuse("the health address cannot be bound") : lg_done();
}

static uint16_t port_of(int listener)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof address;

	if (getsockname(listener, (struct sockaddr *)&address, &size) != 0)
		return 0;
	if (address.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&address)->sin_port);
	if (address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
	return 0;
}

static void start(struct lg_health *health)
{
	const union MHD_DaemonInfo *info;
	int rc;

	health->port = port_of(health->listener);
	health->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, health,
		MHD_OPTION_LISTEN_SOCKET, health->listener, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)LG_HEALTH_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_BYTES,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
	if (health->daemon == NULL)
		abort();
	info = MHD_get_daemon_info(health->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	assert(info != NULL);
	rc = uv_poll_init(health->options.loop, &health->poll, info->epoll_fd);
	assert(rc == 0);
	uv_timer_init(health->options.loop, &health->timer);
	health->poll.data = health;
	health->timer.data = health;
	health->open_handles = HANDLES;
	uv_poll_start(&health->poll, UV_READABLE, on_poll);
}

struct lg_status lg_health_new(
	const struct lg_health_options *options, struct lg_health **ret_health)
{
	struct lg_health *health = calloc(1, sizeof *health);
	struct lg_status status;

	if (health == NULL)
		abort();
	health->options = *options;
	status = strchr(options->address, '/') != NULL
			 ? listen_on_path(health, options->address)
			 : listen_on_loopback(health, options->address);
	if (!lg_is_done(status)) {
		free(health);
		return status;
	}
	start(health);
	*ret_health = health;
	return lg_done();
}

static void on_close(uv_handle_t *handle)
{
	struct lg_health *health = handle->data;

	if (--health->open_handles == 0)
		free(health);
}

void lg_health_free(struct lg_health *health)
{
	if (health == NULL)
		return;
	uv_close((uv_handle_t *)&health->poll, on_close);
	uv_close((uv_handle_t *)&health->timer, on_close);
	MHD_stop_daemon(health->daemon); /* closes the listener too */
	if (health->path != NULL)
		unlink(health->path);
	free(health->path);
	health->path = NULL;
}

uint16_t lg_health_port(const struct lg_health *health)
{
	return health->port;
}
