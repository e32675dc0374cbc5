/*
 * Clients of a gateway for the benches: keep-alive HTTP/1.1 over libuv, one question at a time on
 * each connection, so that what is measured is the gateway and not a program started per request.
 */
#ifndef LG_TESTS_BENCH_HTTP_CLIENT_H
#define LG_TESTS_BENCH_HTTP_CLIENT_H

#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#include "common/base/text.h"

#define CLIENT_ANSWER_MAX  (256 * 1024)
#define CLIENT_REQUEST_MAX 8192
#define CLIENT_TOKEN_MAX   4096

struct client;

/* body lies in the client until the next question. */
typedef void client_answered(struct client *client, int status, struct lg_bytes body);

/* A gateway and who asks there. */
struct client_site {
	struct sockaddr_in address;
	char token[CLIENT_TOKEN_MAX];
};

struct client {
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_write_t write;
	const struct client_site *site;
	client_answered *answered;
	client_answered
		*heard; /* NULL, or of a stream: what came, with the end of what came before */
	void *user;
	bool is_open, is_asking, is_gone; /* gone: idle for so long that the gateway closed it */
	size_t number;                    /* of the user: which of its clients this is */
	uint64_t asked_ns;                /* uv_hrtime() when the question left */
	size_t request_size;              /* waits for the connection when it is not open yet */
	size_t used;                      /* of answer */
	char request[CLIENT_REQUEST_MAX];
	char answer[CLIENT_ANSWER_MAX];
};

static inline void client_fail(const char *problem)
{
	fprintf(stderr, "client: %s\n", problem);
	exit(1);
}

/* "http://HOST:PORT" of a loopback address, and a file with a token. */
static inline void client_site_read(
	struct client_site *site, const char *url, const char *token_file)
{
	const char *host = strstr(url, "//"), *colon = strrchr(url, ':');
	char name[64] = "";
	int64_t port = 0;
	FILE *file = fopen(token_file, "re");

	if (host == NULL || colon == NULL || colon <= host + 2 ||
		(size_t)(colon - host) >= sizeof name)
		client_fail("a gateway is http://ADDRESS:PORT");
	memcpy(name, host + 2, (size_t)(colon - host) - 2);
	if (!lg_is_done(lg_int_parse(colon + 1, &port)) || port < 1 || port > 65535 ||
		uv_ip4_addr(name, (int)port, &site->address) != 0)
		client_fail("a gateway is http://ADDRESS:PORT");
	if (file == NULL || fgets(site->token, sizeof site->token, file) == NULL)
		client_fail("a token file cannot be read");
	(void)fclose(file);
	site->token[strcspn(site->token, " \r\n")] = '\0';
}

static inline void client_alloc(uv_handle_t *handle, size_t size, uv_buf_t *ret_buffer)
{
	struct client *client = handle->data;

	(void)size;
	*ret_buffer = uv_buf_init(
		client->answer + client->used, (unsigned)(CLIENT_ANSWER_MAX - 1 - client->used));
}

/* Value of a header, or NULL; the head ends with an empty line. */
static inline const char *client_header(const char *head, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, length) == 0 && line[length] == ':')
			return line + length + 1;
		if (line[0] == '\r')
			return NULL;
	}
	return NULL;
}

static inline void client_look(struct client *client)
{
	client->answer[client->used] = '\0';

	char *end = strstr(client->answer, "\r\n\r\n");
	const char *length = end == NULL ? NULL : client_header(client->answer, "Content-Length");

	if (end == NULL)
		return;
	if (length == NULL)
		client_fail("an answer does not say how long it is");

	size_t size = strtoul(length, NULL, 10), head = (size_t)(end + 4 - client->answer);

	if (client->used < head + size)
		return;
	client->is_asking = false;
	client->answered(client, (int)strtol(client->answer + strlen("HTTP/1.1 "), NULL, 10),
		lg_bytes(client->answer + head, size));
}

#define CLIENT_KEPT 64 /* of a stream: bytes of the piece before, so that no id is cut */

static inline void client_hear(struct client *client)
{
	size_t kept = client->used < CLIENT_KEPT ? client->used : CLIENT_KEPT;

	client->heard(client, 200, lg_bytes(client->answer, client->used));
	memmove(client->answer, client->answer + client->used - kept, kept);
	client->used = kept;
}

static inline void client_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct client *client = stream->data;

	(void)buffer;
	if (size < 0 && client->is_asking)
		client_fail("a gateway closed a connection");
	if (size < 0) {
		client->is_gone = true;
		uv_close((uv_handle_t *)stream, NULL);
		return;
	}
	client->used += (size_t)size;
	if (client->used >= CLIENT_ANSWER_MAX - 1)
		client_fail("an answer is too long");
	if (client->heard != NULL)
		client_hear(client);
	else if (client->is_asking)
		client_look(client);
}

static inline void client_written(uv_write_t *write, int status)
{
	(void)write;
	if (status != 0)
		client_fail("a question could not be sent");
}

static inline void client_send(struct client *client)
{
	uv_buf_t buffer = uv_buf_init(client->request, (unsigned)client->request_size);

	client->asked_ns = uv_hrtime();
	if (uv_write(&client->write, (uv_stream_t *)&client->tcp, &buffer, 1, client_written) != 0)
		client_fail("a question could not be sent");
}

static inline void client_connected(uv_connect_t *connect, int status)
{
	struct client *client = connect->data;

	if (status != 0)
		client_fail("a gateway does not listen");
	uv_tcp_nodelay(&client->tcp, 1);
	uv_read_start((uv_stream_t *)&client->tcp, client_alloc, client_read);
	client->is_open = true;
	if (client->is_asking)
		client_send(client);
}

static inline struct client *client_new(
	uv_loop_t *loop, const struct client_site *site, client_answered *answered, void *user)
{
	struct client *client = calloc(1, sizeof *client);

	if (client == NULL)
		abort();
	client->site = site;
	client->answered = answered;
	client->user = user;
	uv_tcp_init(loop, &client->tcp);
	client->tcp.data = client->connect.data = client;
	if (uv_tcp_connect(&client->connect, &client->tcp, (const struct sockaddr *)&site->address,
		    client_connected) != 0)
		client_fail("a gateway does not listen");
	return client;
}

/* Asks; the client must be idle. */
static inline void client_ask(
	struct client *client, const char *method, const char *path, const char *body)
{
	int size = snprintf(client->request, sizeof client->request,
		"%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		method, path, client->site->token, strlen(body), body);

	if (client->is_asking || client->is_gone || size < 0 ||
		(size_t)size >= sizeof client->request)
		client_fail("a question is too long, or one is under way");
	client->is_asking = true;
	client->request_size = (size_t)size;
	client->used = 0;
	if (client->is_open)
		client_send(client);
}

#endif
