#include "services/bus/links.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum number {
	NUMBER_UP,
	NUMBER_SENT,
	NUMBER_SENT_BYTES,
	NUMBER_RECEIVED,
	NUMBER_RECEIVED_BYTES,
	NUMBER_DROPPED,
	NUMBER_REFUSED,
	NUMBER_SECOND,
	NUMBER_WAITING,
	NUMBER_UNDER_WAY,
	NUMBER_WINDOW,
	NUMBER_COUNT,
};

/* clang-format off */
static const struct {
	const char *name, *help;
} numbers[NUMBER_COUNT] = {
	[NUMBER_UP] =             { "bus_link_up", "1: the other site was heard within 6 s." },
	[NUMBER_SENT] =           { "bus_link_frames_sent_total", "Frames that left for a site." },
	[NUMBER_SENT_BYTES] =     { "bus_link_bytes_sent_total", "Bytes of them, before encryption." },
	[NUMBER_RECEIVED] =       { "bus_link_frames_received_total", "Whole frames from a site." },
	[NUMBER_RECEIVED_BYTES] = { "bus_link_bytes_received_total", "Bytes of them." },
	[NUMBER_DROPPED] =        { "bus_link_frames_dropped_total", "Frames for which the line was down or full." },
	[NUMBER_REFUSED] =        { "bus_link_refused_total", "Malformed messages, and handshakes with a wrong key." },
	[NUMBER_SECOND] =         { "bus_link_second_total", "Messages over a second line of a site that has one." },
	[NUMBER_WAITING] =        { "bus_link_waiting_bytes", "Bytes that wait for their turn on the line." },
	[NUMBER_UNDER_WAY] =      { "bus_link_under_way_bytes", "Bytes on the line that the other end has not confirmed." },
	[NUMBER_WINDOW] =         { "bus_link_window_bytes", "So many may be under way; of care twice as many." },
};
/* clang-format on */

struct one {
	struct site_link *link;
	char label[8]; /* its site's number */
	struct lg_metric *metrics[NUMBER_COUNT];
};

struct links {
	uint32_t count;
	struct one at[LINKS_MAX];
};

static bool is_gauge(uint32_t number)
{
	return number == NUMBER_UP || number >= NUMBER_WAITING;
}

static void add_metrics(struct links *links, struct lg_metrics *metrics)
{
	for (uint32_t number = 0; number < NUMBER_COUNT; number++)
		for (uint32_t i = 0; i < links->count; i++)
			links->at[i].metrics[number] =
				(is_gauge(number) ? lg_metrics_gauge : lg_metrics_counter)(metrics,
					numbers[number].name, numbers[number].help, "site",
					links->at[i].label);
}

struct lg_status links_new(const struct links_options *options, struct links **ret_links)
{
	struct links *links = calloc(1, sizeof *links);

	if (links == NULL)
		abort();
	assert(options->peer_count <= LINKS_MAX);
	for (; links->count < options->peer_count; links->count++) {
		const struct link_peer *peer = &options->peers[links->count];
		struct one *one = &links->at[links->count];
		struct lg_status status = site_link_new(
			&(struct site_link_options){
				.loop = options->loop,
				.own_site = options->site,
				.site = peer->place->site,
				.address = peer->place->address,
				.listens = peer->place->listens,
				.own_public = options->own_public,
				.own_secret = options->own_secret,
				.peer_public = peer->public_key,
				.frame = options->frame,
				.up = options->up,
				.user = options->user,
			},
			&one->link);

		if (!lg_is_done(status)) {
			links_free(links);
			return status;
		}
		snprintf(one->label, sizeof one->label, "%u", (unsigned)peer->place->site);
	}
	add_metrics(links, options->metrics);
	*ret_links = links;
	return lg_done();
}

void links_free(struct links *links)
{
	if (links == NULL)
		return;
	for (uint32_t i = 0; i < links->count; i++)
		site_link_free(links->at[i].link);
	free(links);
}

struct site_link *links_find(const struct links *links, uint16_t site)
{
	for (uint32_t i = 0; i < links->count; i++)
		if (site_link_site(links->at[i].link) == site)
			return links->at[i].link;
	return NULL;
}

void links_refresh(struct links *links)
{
	for (uint32_t i = 0; i < links->count; i++) {
		struct site_link_counts counts = site_link_counts(links->at[i].link);
		const uint64_t values[NUMBER_COUNT] = {
			[NUMBER_UP] = counts.is_up,
			[NUMBER_SENT] = counts.sent,
			[NUMBER_SENT_BYTES] = counts.sent_bytes,
			[NUMBER_RECEIVED] = counts.received,
			[NUMBER_RECEIVED_BYTES] = counts.received_bytes,
			[NUMBER_DROPPED] = counts.dropped,
			[NUMBER_REFUSED] = counts.refused,
			[NUMBER_SECOND] = counts.second,
			[NUMBER_WAITING] = counts.waiting_bytes,
			[NUMBER_UNDER_WAY] = counts.under_way_bytes,
			[NUMBER_WINDOW] = counts.window_bytes,
		};

		for (uint32_t number = 0; number < NUMBER_COUNT; number++)
			lg_metric_set(links->at[i].metrics[number], values[number]);
	}
}
