#include "services/gateway/sse.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct sse {
	struct sse_options options;
	uint8_t *text; /* written and not yet taken by MHD: from..used of size */
	size_t size, from, used;
	bool is_asleep, is_ended, is_overfull;
};

/* MHD takes what there is; with nothing to take the connection sleeps. */
static ssize_t on_read(void *user, uint64_t position, char *buffer, size_t room)
{
	struct sse *sse = user;
	size_t size = sse->used - sse->from;

	(void)position;
	if (sse->is_overfull)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (size == 0 && sse->is_ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (size == 0) {
		sse->is_asleep = true;
		MHD_suspend_connection(sse->options.connection);
		return 0;
	}
	if (size > room)
		size = room;
	memcpy(buffer, sse->text + sse->from, size);
	explicit_bzero(sse->text + sse->from, size);
	sse->from += size;
	if (sse->from == sse->used)
		sse->from = sse->used = 0;
	return (ssize_t)size;
}

static void on_gone(void *user)
{
	struct sse *sse = user;

	if (!sse->is_ended)
		sse->options.closed(sse->options.owner);
	if (sse->text != NULL)
		explicit_bzero(sse->text, sse->size);
	free(sse->text);
	free(sse);
}

struct sse *sse_new(const struct sse_options *options, struct MHD_Response **ret_response)
{
	struct sse *sse = calloc(1, sizeof *sse);

	if (sse == NULL)
		abort();
	sse->options = *options;
	*ret_response =
		MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, on_read, sse, on_gone);
	if (*ret_response == NULL)
		abort();
	MHD_add_response_header(*ret_response, "Content-Type", "text/event-stream");
	return sse;
}

static void wake(struct sse *sse)
{
	if (!sse->is_asleep)
		return;
	sse->is_asleep = false;
	MHD_resume_connection(sse->options.connection);
	sse->options.wake(sse->options.user);
}

/* Room for so many bytes more; false: the client takes too little. */
static bool make_room(struct sse *sse, size_t size)
{
	size_t unsent = sse->used - sse->from;

	if (sse->is_overfull || unsent + size > SSE_UNSENT_MAX) {
		sse->is_overfull = true;
		return false;
	}
	if (sse->used + size <= sse->size)
		return true;
	size_t larger = 2 * (unsent + size);
	uint8_t *text = malloc(larger);
	if (text == NULL)
		abort();
	if (unsent > 0)
		memcpy(text, sse->text + sse->from, unsent);
	if (sse->text != NULL)
		explicit_bzero(sse->text, sse->size);
	free(sse->text);
	sse->text = text;
	sse->size = larger;
	sse->from = 0;
	sse->used = unsent;
	return true;
}

static void add(struct sse *sse, const void *data, size_t size)
{
	if (size == 0 || !make_room(sse, size))
		return;
	memcpy(sse->text + sse->used, data, size);
	sse->used += size;
}

static void add_text(struct sse *sse, const char *text)
{
	add(sse, text, strlen(text));
}

static bool is_break(uint8_t c)
{
	return c == '\n' || c == '\r';
}

void sse_event(struct sse *sse, const char *event, const char *id, struct lg_bytes data)
{
	size_t at = 0;

	if (id != NULL) {
		add_text(sse, "id: ");
		add_text(sse, id);
		add_text(sse, "\n");
	}
	add_text(sse, "event: ");
	add_text(sse, event);
	do {
		size_t start = at;

		while (at < data.size && !is_break(data.data[at]))
			at++;
		add_text(sse, "\ndata: ");
		if (at > start)
			add(sse, data.data + start, at - start);
	} while (at++ < data.size);
	add_text(sse, "\n\n");
	wake(sse);
}

void sse_heartbeat(struct sse *sse)
{
	add_text(sse, ":\n\n");
	wake(sse);
}

bool sse_is_gone(const struct sse *sse)
{
	struct pollfd line = {
		.fd = MHD_get_connection_info(
			sse->options.connection, MHD_CONNECTION_INFO_CONNECTION_FD)
			      ->connect_fd,
		.events = POLLRDHUP,
	};

	return poll(&line, 1, 0) > 0;
}

void sse_end(struct sse *sse)
{
	sse->is_ended = true;
	wake(sse);
}
