#include "services/bus/exchange.h"

#include <stdlib.h>

#include "services/bus/claim_wire.h"
#include "services/bus/domain/policy.h"
#include "services/bus/domain/presence.h"
#include "services/bus/domain/route_table.h"

/* Why a frame went nowhere. */
enum drop {
	DROP_POLICY,        /* that service may not send this there */
	DROP_MALFORMED,     /* a claim that is none */
	DROP_STALE,         /* a claim of which another owns everything */
	DROP_NO_OWNER,      /* nobody claims the partition */
	DROP_OTHER_SERVICE, /* the connection is not of the service that the frame is for */
	DROP_GONE,          /* the connection was lost */
	DROP_FULL,          /* the receiver does not keep up */
	DROP_NO_LINK,       /* there is no link to that site */
	DROP_LINK_DOWN,
	DROP_LINK_FULL,
	DROP_LINK_POLICY, /* another site may not send that */
	DROP_COUNT,
};

static const char *const drop_names[DROP_COUNT] = {
	[DROP_POLICY] = "policy",
	[DROP_MALFORMED] = "malformed_claim",
	[DROP_STALE] = "stale_claim",
	[DROP_NO_OWNER] = "no_owner",
	[DROP_OTHER_SERVICE] = "other_service",
	[DROP_GONE] = "gone",
	[DROP_FULL] = "full",
	[DROP_NO_LINK] = "no_link",
	[DROP_LINK_DOWN] = "link_down",
	[DROP_LINK_FULL] = "link_full",
	[DROP_LINK_POLICY] = "link_policy",
};

static const char *const kind_names[LG_ROUTE_KIND_COUNT] = {
	[LG_ROUTE_CLAIM] = "claim",
	[LG_ROUTE_SUBSCRIBE] = "subscribe",
	[LG_ROUTE_DELIVER] = "deliver",
	[LG_ROUTE_ACKNOWLEDGE] = "acknowledge",
	[LG_ROUTE_GO_BACK] = "go_back",
	[LG_ROUTE_GONE] = "gone",
	[LG_ROUTE_COMMAND] = "command",
	[LG_ROUTE_ANSWER] = "answer",
	[LG_ROUTE_UNDELIVERED] = "undelivered",
	[LG_ROUTE_NEWS] = "news",
};

struct exchange {
	uv_loop_t *loop;
	struct lg_arena *arena; /* of one claim */
	struct lg_exchange_socket *socket;
	struct links *links;
	struct policy policy;
	struct presence presence;
	struct route_table table;
	struct lg_metric *received[LG_ROUTE_KIND_COUNT];
	struct lg_metric *dropped[DROP_COUNT];
	struct lg_metric *forwarded, *undelivered, *refused_frames, *refused_peers, *connections;
	struct lg_metric *owned[LG_SERVICE_COUNT];
};

static lg_ms now(const struct exchange *exchange)
{
	return (lg_ms)uv_now(exchange->loop);
}

static void drop(struct exchange *exchange, enum drop reason)
{
	lg_metric_add(exchange->dropped[reason], 1);
}

/* Sends to a connection that was told to us; a lost one is forgotten. */
static bool send_to(struct exchange *exchange, uint64_t connection, const struct lg_route *route,
	struct lg_bytes body)
{
	struct lg_status status = lg_exchange_socket_send(exchange->socket, connection, route, body,
		presence_form(&exchange->presence, connection));

	switch (status.outcome) {
	case LG_DONE:
		lg_metric_add(exchange->forwarded, 1);
		return true;
	case LG_REFUSED:
		presence_drop(&exchange->presence, connection);
		route_table_drop(&exchange->table, connection);
		drop(exchange, DROP_GONE);
		return false;
	case LG_RETRY:
		drop(exchange, DROP_FULL);
		return false;
	}
	abort();
}

/* To every other connected service, so that readers and writers know of new owners at once. */
static void pass_on(struct exchange *exchange, uint64_t claimer, const struct lg_route *claim,
	struct lg_bytes body)
{
	/* from the last: a lost connection leaves its place to the last one */
	for (uint32_t i = exchange->presence.count; i > 0; i--) {
		struct present to = exchange->presence.at[i - 1];
		struct lg_route route = *claim;

		if (to.connection == claimer)
			continue;
		route.to_site = exchange->policy.site;
		route.to_service = (uint8_t)to.service;
		route.to_partition = LG_TO_ANY_OWNER;
		route.to = to.connection;
		(void)send_to(exchange, to.connection, &route, body);
	}
}

static void take_claim(struct exchange *exchange, uint64_t connection, const struct lg_route *route,
	struct lg_bytes body)
{
	struct claim claim;
	struct claim_result result;
	struct lg_status status = claim_from_wire(exchange->arena, body, &claim);

	lg_arena_reset(exchange->arena);
	if (!lg_is_done(status)) {
		drop(exchange, DROP_MALFORMED);
		return;
	}
	presence_reads(&exchange->presence, connection,
		claim.reads_joined ? LG_FORM_JOINED : LG_FORM_PARTS);
	result = route_table_claim(
		&exchange->table, route->from_service, connection, &claim, now(exchange));
	if (result.taken == 0 && result.stale > 0) {
		drop(exchange, DROP_STALE);
		return;
	}
	if (presence_tells(&exchange->presence, connection, result.moved > 0, now(exchange)))
		pass_on(exchange, connection, route, body);
}

/* The connection that a frame goes to; 0: it is dropped, for ret_reason. */
static uint64_t target_of(
	const struct exchange *exchange, const struct lg_route *route, enum drop *ret_reason)
{
	uint64_t owner;

	if (route->to != 0) {
		uint32_t service = presence_service(&exchange->presence, route->to);

		if (service == route->to_service)
			return route->to;
		*ret_reason = service == LG_SERVICE_NONE ? DROP_GONE : DROP_OTHER_SERVICE;
		return 0;
	}
	owner = route_table_owner(
		&exchange->table, route->to_service, route->to_partition, now(exchange));
	*ret_reason = DROP_NO_OWNER;
	return owner;
}

/* The gateway asks again when it hears that its command has not arrived. */
static void give_back(struct exchange *exchange, const struct lg_route *route, struct lg_bytes body)
{
	struct lg_route back = {
		.version = route->version,
		.kind = LG_ROUTE_UNDELIVERED,
		.to_site = route->from_site,
		.to_service = route->from_service,
		.to_partition = LG_TO_ANY_OWNER,
		.from_site = exchange->policy.site,
		.from_service = LG_SERVICE_BUS,
		.lane = route->lane,
		.to = route->from,
	};

	if (send_to(exchange, route->from, &back, body))
		lg_metric_add(exchange->undelivered, 1);
}

/* To the bus of another site. */
static void send_far(struct exchange *exchange, const struct lg_route *route, struct lg_bytes body)
{
	struct site_link *link = links_find(exchange->links, route->to_site);

	if (link == NULL) {
		drop(exchange, DROP_NO_LINK);
		return;
	}
	switch (site_link_send(link, route, body).outcome) {
	case LG_DONE:
		lg_metric_add(exchange->forwarded, 1);
		return;
	case LG_REFUSED:
		drop(exchange, DROP_LINK_DOWN);
		return;
	case LG_RETRY:
		drop(exchange, DROP_LINK_FULL);
		return;
	}
	abort();
}

/* From the bus of another site: to the owner of the partition, and never back over a line. */
static void take_far(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct exchange *exchange = user;
	enum drop reason = DROP_NO_OWNER;
	uint64_t target;

	if (!lg_is_done(policy_check_far(&exchange->policy, route))) {
		drop(exchange, DROP_LINK_POLICY);
		return;
	}
	target = target_of(exchange, route, &reason);
	if (target != 0)
		(void)send_to(exchange, target, route, body);
	else
		drop(exchange, reason);
}

/*
 * A reader whose frames went into a dead line would wait out its silence: everybody is told that
 * the line is up, by a claim of the other site that claims nothing.
 */
static void line_up(void *user, uint16_t site)
{
	const struct lg_route claim = {
		.version = 1,
		.kind = LG_ROUTE_CLAIM,
		.from_site = site,
		.from_service = LG_SERVICE_BUS,
	};

	pass_on(user, 0, &claim, lg_bytes("", 0));
}

static void take_frame(void *user, uint64_t connection, const struct lg_peer *peer,
	const struct lg_route *route, struct lg_bytes body)
{
	struct exchange *exchange = user;
	enum drop reason = DROP_NO_OWNER;
	uint64_t target;
	bool is_sent = false;

	lg_metric_add(exchange->received[route->kind], 1);
	presence_hear(&exchange->presence, connection, peer->service);
	if (!lg_is_done(policy_check(&exchange->policy, route))) {
		drop(exchange, DROP_POLICY);
		return;
	}
	if (route->kind == LG_ROUTE_CLAIM) {
		take_claim(exchange, connection, route, body);
		return;
	}
	if (route->to_site != exchange->policy.site) {
		send_far(exchange, route, body);
		return;
	}
	target = target_of(exchange, route, &reason);
	if (target != 0)
		is_sent = send_to(exchange, target, route, body);
	else
		drop(exchange, reason);
	if (!is_sent && route->kind == LG_ROUTE_COMMAND)
		give_back(exchange, route, body);
}

static void add_metrics(struct exchange *exchange, struct lg_metrics *metrics)
{
	for (uint32_t kind = LG_ROUTE_CLAIM; kind < LG_ROUTE_KIND_COUNT; kind++)
		exchange->received[kind] = lg_metrics_counter(metrics, "bus_frames_received_total",
			"Frames of known services, by kind.", "kind", kind_names[kind]);
	exchange->forwarded = lg_metrics_counter(metrics, "bus_frames_forwarded_total",
		"Frames sent on; a claim once per receiver.", NULL, NULL);
	for (uint32_t reason = 0; reason < DROP_COUNT; reason++)
		exchange->dropped[reason] = lg_metrics_counter(metrics, "bus_frames_dropped_total",
			"Frames that went nowhere, by reason.", "reason", drop_names[reason]);
	exchange->undelivered = lg_metrics_counter(metrics, "bus_commands_undelivered_total",
		"Commands given back to the gateway.", NULL, NULL);
	exchange->refused_frames = lg_metrics_counter(metrics, "bus_frames_refused_total",
		"Frames without a readable route, or above the limit.", NULL, NULL);
	exchange->refused_peers = lg_metrics_counter(metrics, "bus_handshakes_refused_total",
		"Handshakes with a key that is not in the keyring.", NULL, NULL);
	exchange->connections = lg_metrics_gauge(
		metrics, "bus_connections", "Connections that have spoken.", NULL, NULL);
	for (uint32_t service = LG_SERVICE_ACCESS; service < LG_SERVICE_COUNT; service++)
		exchange->owned[service] = lg_metrics_gauge(metrics, "bus_partitions_owned",
			"Partitions of a service that have an owner.", "of",
			lg_service_name(service));
}

static struct lg_status open_socket(
	struct exchange *exchange, const struct exchange_options *options)
{
	return lg_exchange_socket_new(
		&(struct lg_exchange_options){
			.loop = options->loop,
			.address = options->address,
			.own_secret = options->own_secret,
			.peers = options->peers,
			.peer_count = options->peer_count,
			.frame = take_frame,
			.user = exchange,
		},
		&exchange->socket);
}

static struct lg_status open_links(
	struct exchange *exchange, const struct exchange_options *options)
{
	return links_new(
		&(struct links_options){
			.loop = options->loop,
			.site = options->site,
			.own_public = options->own_public,
			.own_secret = options->own_secret,
			.peers = options->links,
			.peer_count = options->link_count,
			.metrics = options->metrics,
			.frame = take_far,
			.up = line_up,
			.user = exchange,
		},
		&exchange->links);
}

struct lg_status exchange_new(
	const struct exchange_options *options, struct exchange **ret_exchange)
{
	struct exchange *exchange = calloc(1, sizeof *exchange);
	const struct lg_message_type *types;
	struct lg_status status;
	uint32_t count;

	if (exchange == NULL)
		abort();
	exchange->loop = options->loop;
	exchange->arena = lg_arena_new();
	types = lg_message_types(&count);
	policy_init(&exchange->policy, options->site, types, count);
	status = open_socket(exchange, options);
	if (lg_is_done(status))
		status = open_links(exchange, options);
	if (!lg_is_done(status)) {
		exchange_free(exchange);
		return status;
	}
	add_metrics(exchange, options->metrics);
	*ret_exchange = exchange;
	return lg_done();
}

void exchange_free(struct exchange *exchange)
{
	if (exchange == NULL)
		return;
	links_free(exchange->links);
	lg_exchange_socket_free(exchange->socket);
	lg_arena_free(exchange->arena);
	free(exchange);
}

void exchange_refresh(struct exchange *exchange)
{
	struct lg_exchange_counts counts = lg_exchange_socket_counts(exchange->socket);

	lg_metric_set(exchange->refused_frames, counts.refused_frames);
	lg_metric_set(exchange->refused_peers, counts.refused_peers);
	lg_metric_set(exchange->connections, exchange->presence.count);
	links_refresh(exchange->links);
	for (uint32_t service = LG_SERVICE_ACCESS; service < LG_SERVICE_COUNT; service++)
		lg_metric_set(exchange->owned[service],
			route_table_owned(&exchange->table, service, now(exchange)));
}

struct lg_exchange_counts exchange_counts(const struct exchange *exchange)
{
	return lg_exchange_socket_counts(exchange->socket);
}
