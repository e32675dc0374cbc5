/*
 * lg-gateway: HTTP and JSON outside, sealed commands inside.
 *
 * It opens nothing, maps nothing and keeps nothing.  Reading order: routes.c (what there is),
 * reception.c (what becomes of a request), relay.c (how it gets to its service and back),
 * http.c (the outside).  Here they are joined on one loop.
 */
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/link/link.h"
#include "common/watch/harden.h"
#include "common/watch/health.h"
#include "proto/bus.pb-c.h"
#include "services/gateway/reception.h"

#define VERSION  "0.1.0"
#define TICK_MS  50
#define REST_MS  1000 /* between ticks while nobody waits for anything */
#define CLAIM_MS 1000
#define DRAIN_MS 5000 /* after SIGTERM what is pending may still be answered */
#define FLUSH_MS 300  /* and so long answers may take to leave */
#define METERS   14
#define GAUGES   3 /* the last of them */
#define BUS_TEXT "ipc://run/bus.sock"

struct settings {
	const char *keys, *bus, *listen, *health;
};

/* clang-format off */
static const struct lg_option options[] = {
	{ "keys",   LG_OPTION_TEXT, offsetof(struct settings, keys),   "keys",           0, 0, "folder of the site's keyring and of gateway's own keys" },
	{ "bus",    LG_OPTION_TEXT, offsetof(struct settings, bus),    BUS_TEXT,         0, 0, "address of lg-bus" },
	{ "listen", LG_OPTION_TEXT, offsetof(struct settings, listen), "127.0.0.1:7717", 0, 0, "address and port of the API; put TLS in front of any other" },
	{ "health", LG_OPTION_TEXT, offsetof(struct settings, health), "",               0, 0, "address of /healthz /readyz /metrics; \"\": none" },
	{ NULL, LG_OPTION_TEXT, 0, NULL, 0, 0, NULL },
};
/* clang-format on */

struct gateway {
	uv_loop_t loop;
	uv_timer_t tick, claim;
	uv_signal_t terminate, interrupt;
	struct lg_keyring keyring;
	struct lg_own_keys *keys;
	struct lg_link *link;
	struct lg_pacts *pacts;
	struct relay *relay;
	struct http *http;
	struct lg_health *health;
	struct lg_metrics *metrics;
	struct lg_metric *meter[METERS];
	struct reception reception;
	struct inbox *inbox;
	uint8_t tag_key[TAG_KEY_SIZE];
	struct lg_id instance;
	uint64_t stop_at_ms, flush_until_ms; /* steady; 0: not stopping */
};

static lg_ms wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * LG_SECOND_MS + now.tv_nsec / 1000000;
}

/* --- what the parts are joined by ------------------------------------------------------ */

static struct lg_status send_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct gateway *gateway = user;

	return lg_link_send(gateway->link, route, body);
}

static void on_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct gateway *gateway = user;
	uint64_t now_ms = uv_now(&gateway->loop);

	if (route->kind == LG_ROUTE_CLAIM)
		reception_claim(&gateway->reception, route, body, now_ms);
	else if (route->kind == LG_ROUTE_NEWS)
		inbox_news(gateway->inbox, route->from_service, wall_clock(), now_ms);
	else
		relay_frame(gateway->relay, route, body, now_ms);
}

/* An answer goes to whoever asked: a client outside, or the inbox for one of its own. */
static void on_answer(struct http_request *request, const struct http_answer *answer)
{
	if (request->asker != NULL)
		inbox_heard(request, answer);
	else
		http_reply(request, answer);
}

static uint64_t fresh_random(void)
{
	uint64_t number;

	randombytes_buf(&number, sizeof number);
	return number;
}

static void on_tick(uv_timer_t *timer);

/* Time is looked at often while somebody waits, and rarely at rest: most of a quiet gateway's time. */
static void keep_pace(struct gateway *gateway)
{
	bool is_waited = gateway->stop_at_ms != 0 || relay_counts(gateway->relay).pending > 0 ||
			 inbox_clients(gateway->inbox) > 0;
	uint64_t pace_ms = is_waited ? TICK_MS : REST_MS;

	if (uv_timer_get_repeat(&gateway->tick) != pace_ms)
		uv_timer_start(&gateway->tick, on_tick, pace_ms, pace_ms);
}

static void on_request(void *user, struct http_request *request)
{
	struct gateway *gateway = user;

	reception_take(&gateway->reception, request, wall_clock(), uv_now(&gateway->loop));
	keep_pace(gateway);
}

static bool is_ready(void *user)
{
	struct gateway *gateway = user;

	return gateway->stop_at_ms == 0 &&
	       presence_any(&gateway->reception.presence, uv_now(&gateway->loop));
}

/* clang-format off */
static const struct { const char *name, *help, *label, *value; } meters[] = {
	{ "http_requests_total",       "requests begun",                    NULL,     NULL },
	{ "http_answers_total",        "answers by kind of status",         "status", "2xx" },
	{ "http_answers_total",        "answers by kind of status",         "status", "4xx" },
	{ "http_answers_total",        "answers by kind of status",         "status", "5xx" },
	{ "commands_sent_total",       "commands sent to the bus",          NULL,     NULL },
	{ "commands_sent_again_total", "copies sent for want of an answer", NULL,     NULL },
	{ "commands_returned_total",   "copies that found no owner",        NULL,     NULL },
	{ "commands_settled_total",    "commands by what became of them",   "how",    "answered" },
	{ "commands_settled_total",    "commands by what became of them",   "how",    "not_delivered" },
	{ "commands_settled_total",    "commands by what became of them",   "how",    "unknown" },
	{ "answers_refused_total",     "answers that did not open",         NULL,     NULL },
	{ "http_connections",          "open connections",                  NULL,     NULL },
	{ "commands_pending",          "commands awaiting an answer",       NULL,     NULL },
	{ "inbox_clients",             "clients that listen to an inbox",   NULL,     NULL },
};
/* clang-format on */

static void make_meters(struct gateway *gateway)
{
	gateway->metrics = lg_metrics_new("gateway");
	for (size_t i = 0; i < METERS; i++) {
		bool is_gauge = i >= METERS - GAUGES;

		gateway->meter[i] =
			(is_gauge ? lg_metrics_gauge : lg_metrics_counter)(gateway->metrics,
				meters[i].name, meters[i].help, meters[i].label, meters[i].value);
	}
}

static void refresh_metrics(void *user)
{
	struct gateway *gateway = user;
	struct http_counts http = http_counts(gateway->http);
	struct relay_counts relay = relay_counts(gateway->relay);
	const uint64_t counts[] = { http.requests, http.answered_2xx, http.answered_4xx,
		http.answered_5xx, relay.sent, relay.resent, relay.returned, relay.answered,
		relay.not_delivered, relay.unknown, relay.refused_answers, http.connections,
		relay.pending, inbox_clients(gateway->inbox) };

	_Static_assert(sizeof counts / sizeof counts[0] == METERS, "one count for each meter");
	_Static_assert(sizeof meters / sizeof meters[0] == METERS, "one row for each meter");
	for (size_t i = 0; i < METERS; i++)
		lg_metric_set(gateway->meter[i], counts[i]);
}

/*
 * The gateway owns no partition, but the bus passes the claims of others on only to those whom it
 * has heard of.
 */
static void on_claim(uv_timer_t *timer)
{
	struct gateway *gateway = timer->data;
	struct lg_arena *arena = gateway->reception.arena;
	Lifeguard__Bus__Claim claim = LIFEGUARD__BUS__CLAIM__INIT;
	struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_CLAIM,
		.to_site = gateway->keyring.site,
		.to_service = LG_SERVICE_BUS,
	};

	claim.instance.data = gateway->instance.byte;
	claim.instance.len = LG_ID_SIZE;
	claim.reads_joined = true;
	struct lg_status sent = lg_link_send(gateway->link, &route, lg_encode(arena, &claim.base));
	(void)sent; /* said again in a second */
	lg_arena_reset(arena);
}

/* --- stopping --------------------------------------------------------------------------- */

static void on_signal(uv_signal_t *handle, int number)
{
	struct gateway *gateway = handle->data;

	(void)number;
	if (gateway->stop_at_ms != 0)
		return;
	lg_info("stopping", lg_f_int("pending", relay_counts(gateway->relay).pending));
	gateway->stop_at_ms = uv_now(&gateway->loop) + DRAIN_MS;
	gateway->reception.is_stopping = true;
	inbox_stop(gateway->inbox);
	http_stop_accepting(gateway->http);
	keep_pace(gateway);
}

static void on_tick(uv_timer_t *timer)
{
	struct gateway *gateway = timer->data;
	uint64_t now_ms = uv_now(&gateway->loop);

	relay_tick(gateway->relay, now_ms);
	inbox_tick(gateway->inbox, wall_clock(), now_ms);
	lg_pacts_expire(gateway->pacts, wall_clock());
	keep_pace(gateway);
	if (gateway->stop_at_ms == 0)
		return;
	if (now_ms >= gateway->stop_at_ms)
		relay_give_up(gateway->relay);
	if (relay_counts(gateway->relay).pending > 0) {
		gateway->flush_until_ms = 0;
		return;
	}
	if (gateway->flush_until_ms == 0)
		gateway->flush_until_ms = now_ms + FLUSH_MS;
	if (now_ms >= gateway->flush_until_ms)
		uv_stop(&gateway->loop);
}

/* --- starting --------------------------------------------------------------------------- */

static void watch(struct gateway *gateway)
{
	uv_timer_init(&gateway->loop, &gateway->tick);
	uv_timer_init(&gateway->loop, &gateway->claim);
	uv_signal_init(&gateway->loop, &gateway->terminate);
	uv_signal_init(&gateway->loop, &gateway->interrupt);
	gateway->tick.data = gateway->claim.data = gateway;
	gateway->terminate.data = gateway->interrupt.data = gateway;
	keep_pace(gateway);
	uv_timer_start(&gateway->claim, on_claim, 0, CLAIM_MS);
	uv_signal_start(&gateway->terminate, on_signal, SIGTERM);
	uv_signal_start(&gateway->interrupt, on_signal, SIGINT);
}

static struct lg_status load_keys(
	struct gateway *gateway, const char *folder, const char **ret_problem)
{
	struct lg_status loaded =
		lg_keyring_load(folder, wall_clock(), &gateway->keyring, ret_problem);

	if (lg_is_done(loaded))
		loaded = lg_own_keys_load(
			folder, LG_SERVICE_GATEWAY, &gateway->keyring, &gateway->keys, ret_problem);
	return loaded;
}

static struct lg_status listen_outside(
	struct gateway *gateway, const struct settings *settings, const char **ret_problem)
{
	tag_key_make(lg_bytes(gateway->keys->box, sizeof gateway->keys->box), gateway->tag_key);
	struct lg_status heard = http_new(
		&(struct http_options){
			.loop = &gateway->loop,
			.listen = settings->listen,
			.take = on_request,
			.user = gateway,
			.tag_key = gateway->tag_key,
		},
		&gateway->http, ret_problem);

	if (!lg_is_done(heard) || settings->health[0] == '\0')
		return heard;
	*ret_problem = "--health is not a free loopback address";
	return lg_health_new(
		&(struct lg_health_options){
			.loop = &gateway->loop,
			.address = settings->health,
			.is_ready = is_ready,
			.refresh = refresh_metrics,
			.metrics = gateway->metrics,
			.user = gateway,
		},
		&gateway->health);
}

static struct lg_status start(
	struct gateway *gateway, const struct settings *settings, const char **ret_problem)
{
	if (uv_loop_init(&gateway->loop) != 0)
		abort();
	make_meters(gateway);
	struct lg_status started = listen_outside(gateway, settings, ret_problem);
	if (!lg_is_done(started))
		return started;

	gateway->pacts = lg_pacts_new(gateway->keys, &gateway->keyring);
	gateway->relay = relay_new(&(struct relay_options){
		.site = gateway->keyring.site,
		.pacts = gateway->pacts,
		.send = send_frame,
		.reply = on_answer,
		.user = gateway,
	});
	gateway->reception = (struct reception){
		.keyring = &gateway->keyring,
		.tokens = lg_token_cache_new(),
		.relay = gateway->relay,
		.pacts = gateway->pacts,
		.arena = lg_arena_new(),
		.reply = http_reply,
	};
	gateway->inbox = gateway->reception.inbox = inbox_new(&(struct inbox_options){
		.keyring = &gateway->keyring,
		.tokens = gateway->reception.tokens,
		.presence = &gateway->reception.presence,
		.relay = gateway->relay,
		.door = { http_reply, http_stream, sse_event, sse_heartbeat, sse_is_gone, sse_end },
		.random = fresh_random,
		.tag_key = gateway->tag_key,
	});
	randombytes_buf(gateway->instance.byte, LG_ID_SIZE);
	gateway->link = lg_link_new(&(struct lg_link_options){
		.loop = &gateway->loop,
		.address = settings->bus,
		.bus_public = gateway->keyring.services[LG_SERVICE_BUS].curve,
		.own_public = gateway->keyring.services[LG_SERVICE_GATEWAY].curve,
		.own_secret = gateway->keys->curve,
		.frame = on_frame,
		.user = gateway,
	});
	watch(gateway);
	lg_info("serving", lg_f_int("site", gateway->keyring.site),
		lg_f_int("port", http_port(gateway->http)));
	return lg_done();
}

static void close_handle(uv_handle_t *handle, void *unused)
{
	(void)unused;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void stop(struct gateway *gateway)
{
	if (gateway->inbox != NULL)
		inbox_stop(gateway->inbox);
	if (gateway->relay != NULL)
		relay_give_up(gateway->relay);
	lg_health_free(gateway->health);
	http_free(gateway->http);
	if (gateway->link != NULL)
		lg_link_free(gateway->link);
	uv_run(&gateway->loop, UV_RUN_NOWAIT); /* what closes itself frees itself */
	uv_walk(&gateway->loop, close_handle, NULL);
	uv_run(&gateway->loop, UV_RUN_DEFAULT);
	uv_loop_close(&gateway->loop);
	inbox_free(gateway->inbox);
	relay_free(gateway->relay);
	lg_pacts_free(gateway->pacts);
	lg_token_cache_free(gateway->reception.tokens);
	lg_arena_free(gateway->reception.arena);
	lg_metrics_free(gateway->metrics);
}

/* --- the command line --------------------------------------------------------------------- */

static int print_help(void)
{
	puts("lg-gateway [--config FILE] [--check-config] [--version] [--NAME VALUE...]\n\n"
	     "Speaks HTTP and JSON outside and sealed commands inside.\n");
	lg_config_help(stdout, options);
	return 0;
}

/* Takes --config, --check-config, --version and --help out of the arguments; the rest are options. */
struct wishes {
	const char *config;
	bool only_check, help, version, is_wrong;
	int count;
	char *rest[64];
};

static struct wishes read_wishes(int argc, char **argv)
{
	struct wishes wishes = { .count = 1, .rest = { argv[0] } };

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			wishes.help = true;
		else if (strcmp(argv[i], "--version") == 0)
			wishes.version = true;
		else if (strcmp(argv[i], "--check-config") == 0)
			wishes.only_check = true;
		else if (strncmp(argv[i], "--config=", 9) == 0)
			wishes.config = argv[i] + 9;
		else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			wishes.config = argv[++i];
		else if (wishes.count < (int)(sizeof wishes.rest / sizeof wishes.rest[0]))
			wishes.rest[wishes.count++] = argv[i];
		else
			wishes.is_wrong = true;
	}
	return wishes;
}

static int complain(const char *problem)
{
	fprintf(stderr, "lg-gateway: %s\n", problem);
	return 1;
}

int main(int argc, char **argv)
{
	struct lg_arena *arena = lg_arena_new();
	struct gateway *gateway = calloc(1, sizeof *gateway);
	struct settings settings;
	const char *problem = "cannot start";
	struct wishes wishes = read_wishes(argc, argv);
	int result = 0;

	lg_harden();
	lg_log_open("gateway");
	if (gateway == NULL || sodium_init() < 0)
		abort();
	if (wishes.help)
		result = print_help();
	else if (wishes.version)
		puts("lg-gateway " VERSION);
	else if (wishes.is_wrong ||
		 !lg_is_done(lg_config_read(arena, options, "gateway", wishes.config, wishes.count,
			 wishes.rest, &settings, &problem)))
		result = complain(problem) + 1;
	else if (!lg_is_done(lg_link_check_address(settings.bus)))
		result = complain("--bus is not an address: give ipc://PATH or tcp://HOST:PORT");
	else if (!lg_is_done(load_keys(gateway, settings.keys, &problem)))
		result = complain(problem);
	else if (!wishes.only_check) {
		if (lg_is_done(start(gateway, &settings, &problem)))
			uv_run(&gateway->loop, UV_RUN_DEFAULT);
		else
			result = complain(problem);
		stop(gateway);
	}
	lg_own_keys_free(gateway->keys);
	free(gateway);
	lg_arena_free(arena);
	return result;
}
