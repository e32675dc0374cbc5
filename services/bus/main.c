/*
 * lg-bus: the exchange of one site.
 *
 * It opens nothing, stores nothing and may be killed at any time.  Reading order: domain/policy
 * (who may send what where), domain/route_table (who owns what), exchange (what becomes of a
 * frame), site_link (the line to another site).  Here it is joined with keys, health and signals on one loop.
 */
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include <sodium.h>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/link/link.h"
#include "common/protect/keyring.h"
#include "common/watch/harden.h"
#include "common/watch/health.h"
#include "services/bus/exchange.h"

#define VERSION  "0.1.0"
#define WATCH_MS 60000

struct settings {
	const char *config, *keys, *listen, *health, *link_connect, *link_listen;
	bool only_check, help, version;
};

/* clang-format off */
static const struct lg_option options[] = {
	{ "config",       LG_OPTION_TEXT, offsetof(struct settings, config),     "",                   0, 0, "file to read these from, section [bus]" },
	{ "keys",         LG_OPTION_TEXT, offsetof(struct settings, keys),       "keys",               0, 0, "folder of the site's keyring and of bus's own keys" },
	{ "listen",       LG_OPTION_TEXT, offsetof(struct settings, listen),     "ipc://run/bus.sock", 0, 0, "address that services connect to" },
	{ "link-connect", LG_OPTION_TEXT, offsetof(struct settings, link_connect), "",                 0, 0, "other sites to connect to: SITE=tcp://HOST:PORT, several with commas" },
	{ "link-listen",  LG_OPTION_TEXT, offsetof(struct settings, link_listen), "",                  0, 0, "addresses that other sites connect to, one each: SITE=tcp://HOST:PORT" },
	{ "health",       LG_OPTION_TEXT, offsetof(struct settings, health),     "",                   0, 0, "address of /healthz /readyz /metrics; \"\": none" },
	{ "check-config", LG_OPTION_FLAG, offsetof(struct settings, only_check), "no",                 0, 0, "say what is wrong with these and the keys, or nothing" },
	{ "help",         LG_OPTION_FLAG, offsetof(struct settings, help),       "no",                 0, 0, "print this" },
	{ "version",      LG_OPTION_FLAG, offsetof(struct settings, version),    "no",                 0, 0, "print the version" },
	{ NULL, LG_OPTION_TEXT, 0, NULL, 0, 0, NULL },
};
/* clang-format on */

struct bus {
	uv_loop_t loop;
	uv_signal_t terminate, interrupt;
	uv_timer_t watch;
	struct lg_keyring keyring;
	struct lg_own_keys *keys;
	struct link_list links;
	uint32_t partner_count;
	struct lg_keyring partners[LG_TRUSTED_MAX];
	struct lg_metrics *metrics;
	struct lg_health *health;
	struct exchange *exchange;
	uint64_t refused_peers; /* as last told */
};

static lg_ms wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * LG_SECOND_MS + now.tv_nsec / 1000000;
}

/* Whoever has a CURVE key in the keyring may connect; the bus does not connect to itself. */
static uint32_t peers_from_keyring(const struct lg_keyring *keyring, struct lg_peer *ret_peers)
{
	uint32_t count = 0;

	for (uint32_t service = LG_SERVICE_GATEWAY; service < LG_SERVICE_COUNT; service++) {
		const uint8_t *key = keyring->services[service].curve;

		if (sodium_is_zero(key, sizeof ret_peers->public_key))
			continue;
		ret_peers[count].site = keyring->site;
		ret_peers[count].service = (uint8_t)service;
		memcpy(ret_peers[count].public_key, key, sizeof ret_peers->public_key);
		count++;
	}
	return count;
}

/* Whose site is not in the keyring folder is passed over: the others work. */
static uint32_t link_peers(const struct bus *bus, struct link_peer *ret_peers)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < bus->links.count; i++) {
		const struct link_place *place = &bus->links.at[i];
		uint32_t at = 0;

		while (at < bus->partner_count && bus->partners[at].site != place->site)
			at++;
		if (at == bus->partner_count) {
			lg_error("a link is not opened: the site is not trusted",
				lg_f_int("site", place->site));
			continue;
		}
		ret_peers[count].place = place;
		ret_peers[count++].public_key = bus->partners[at].services[LG_SERVICE_BUS].curve;
	}
	return count;
}

static bool is_ready(void *user)
{
	struct bus *bus = user;

	return bus->exchange != NULL;
}

static void refresh(void *user)
{
	struct bus *bus = user;

	exchange_refresh(bus->exchange);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	uv_stop(handle->loop);
}

/* A stranger at the door is told of once a minute, however often he knocks. */
static void on_watch(uv_timer_t *timer)
{
	struct bus *bus = timer->data;
	uint64_t refused = exchange_counts(bus->exchange).refused_peers;

	if (refused > bus->refused_peers)
		lg_warn("unknown keys were refused",
			lg_f_int("handshakes", (int64_t)(refused - bus->refused_peers)));
	bus->refused_peers = refused;
}

static void watch(struct bus *bus)
{
	uv_signal_init(&bus->loop, &bus->terminate);
	uv_signal_init(&bus->loop, &bus->interrupt);
	uv_timer_init(&bus->loop, &bus->watch);
	bus->watch.data = bus;
	uv_signal_start(&bus->terminate, on_signal, SIGTERM);
	uv_signal_start(&bus->interrupt, on_signal, SIGINT);
	uv_timer_start(&bus->watch, on_watch, WATCH_MS, WATCH_MS);
}

static struct lg_status start(struct bus *bus, const struct settings *settings)
{
	struct lg_peer peers[LG_SERVICE_COUNT];
	struct link_peer links[LINKS_MAX];
	struct lg_status status;

	bus->metrics = lg_metrics_new("bus");
	status = exchange_new(
		&(struct exchange_options){
			.loop = &bus->loop,
			.address = settings->listen,
			.site = bus->keyring.site,
			.own_public = bus->keyring.services[LG_SERVICE_BUS].curve,
			.own_secret = bus->keys->curve,
			.peers = peers,
			.peer_count = peers_from_keyring(&bus->keyring, peers),
			.links = links,
			.link_count = link_peers(bus, links),
			.metrics = bus->metrics,
		},
		&bus->exchange);
	if (!lg_is_done(status) || settings->health[0] == '\0')
		return status;
	return lg_health_new(
		&(struct lg_health_options){
			.loop = &bus->loop,
			.address = settings->health,
			.is_ready = is_ready,
			.refresh = refresh,
			.metrics = bus->metrics,
			.user = bus,
		},
		&bus->health);
}

static void close_handle(uv_handle_t *handle, void *unused)
{
	(void)unused;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void stop(struct bus *bus)
{
	lg_health_free(bus->health);
	exchange_free(bus->exchange);
	uv_run(&bus->loop, UV_RUN_NOWAIT); /* what closes itself frees itself */
	uv_walk(&bus->loop, close_handle, NULL);
	uv_run(&bus->loop, UV_RUN_DEFAULT);
	uv_loop_close(&bus->loop);
	lg_metrics_free(bus->metrics);
}

static int complain(const char *problem)
{
	fprintf(stderr, "lg-bus: %s\n", problem);
	return 1;
}

static int serve(struct bus *bus, const struct settings *settings)
{
	struct lg_status status;
	int result = 0;

	if (uv_loop_init(&bus->loop) != 0)
		abort();
	watch(bus);
	status = start(bus, settings);
	if (lg_is_done(status)) {
		lg_info("serving", lg_f_int("site", bus->keyring.site));
		uv_run(&bus->loop, UV_RUN_DEFAULT);
		lg_info("stopped");
	} else {
		fprintf(stderr, "lg-bus: %s: see --listen %s%s%s%s%s\n", status.reason,
			settings->listen,
			settings->link_listen[0] == '\0' ? "" : " and --link-listen ",
			settings->link_listen, settings->health[0] == '\0' ? "" : " and --health ",
			settings->health);
		result = 1;
	}
	stop(bus);
	return result;
}

static struct lg_status read_links(struct bus *bus, const struct settings *settings)
{
	struct lg_status status = link_list_add(&bus->links, settings->link_connect, false);

	if (lg_is_done(status))
		status = link_list_add(&bus->links, settings->link_listen, true);
	for (uint32_t i = 0; lg_is_done(status) && i < bus->links.count; i++)
		status = lg_link_check_address(bus->links.at[i].address);
	return status;
}

static struct lg_status read_keys(
	struct bus *bus, const struct settings *settings, const char **ret_problem)
{
	struct lg_status status =
		lg_keyring_load(settings->keys, wall_clock(), &bus->keyring, ret_problem);

	if (!lg_is_done(status))
		return status;
	bus->partner_count = lg_keyring_peers(
		settings->keys, wall_clock(), &bus->keyring, bus->partners, LG_TRUSTED_MAX);
	return lg_own_keys_load(
		settings->keys, LG_SERVICE_BUS, &bus->keyring, &bus->keys, ret_problem);
}

/* Reads the keys; serves unless that was all. */
static int run(struct bus *bus, const struct settings *settings)
{
	const char *problem = "the keys cannot be read";
	struct lg_status status = read_links(bus, settings);
	struct link_peer links[LINKS_MAX];
	int result;

	if (!lg_is_done(lg_link_check_address(settings->listen)))
		return complain("--listen is not an address: give ipc://PATH or tcp://HOST:PORT");
	if (!lg_is_done(status)) {
		fprintf(stderr, "lg-bus: %s: see --link-connect and --link-listen\n",
			status.reason);
		return 1;
	}
	if (!lg_is_done(read_keys(bus, settings, &problem)))
		return complain(problem);
	if (link_list_has(&bus->links, bus->keyring.site))
		return complain("a link to this site itself: see --link-connect and --link-listen");
	if (settings->only_check && link_peers(bus, links) < bus->links.count)
		return complain("a link to a site that is not trusted: lifeguard site trust");
	result = settings->only_check ? 0 : serve(bus, settings);
	lg_own_keys_free(bus->keys);
	return result;
}

int main(int argc, char **argv)
{
	struct lg_arena *arena;
	struct bus *bus;
	struct settings settings;
	const char *problem = NULL;
	int result = 0;

	lg_harden();
	lg_keep_memory();
	lg_log_open("bus");
	arena = lg_arena_new();
	bus = calloc(1, sizeof *bus);
	if (bus == NULL || sodium_init() < 0)
		abort();
	if (!lg_is_done(lg_config_read(arena, options, "bus", lg_config_path(argc, argv), argc,
		    argv, &settings, &problem))) {
		(void)complain(problem);
		result = 2;
	} else if (settings.help) {
		puts("lg-bus [--NAME VALUE...]\n\nRoutes frames between the services of a site.\n");
		lg_config_help(stdout, options);
	} else if (settings.version) {
		puts("lg-bus " VERSION);
	} else {
		result = run(bus, &settings);
	}
	free(bus);
	lg_arena_free(arena);
	return result;
}
