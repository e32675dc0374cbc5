/*
 * What drives the bench's publisher: commands as the gateway sends them, over the real bus.
 *
 *   driver_main throughput KEYS BUS HEALTH COMMANDS
 *   driver_main plain      KEYS BUS HEALTH COMMANDS
 *   driver_main burning    KEYS BUS HEALTH COMMANDS
 *   driver_main latency    KEYS BUS HEALTH COMMANDS
 *
 * HEALTH is the folder of the health sockets: intake.N.sock and reporting.N.sock, one for each
 * instance.
 * throughput: EVENTS events a command, WINDOW commands under way, spread over all partitions.  A
 * first command opens the line; then the clock runs from the next one until the sinks say that
 * every event took effect and the sources that every one is acknowledged; prints events per
 * second.  Commands are closed before the clock starts and answers are opened after it has
 * stopped: the driver stands for a client, and its cryptography is not what is measured.
 * plain: the same, and the events carry nothing that is sealed.
 * burning: one event a command, for which the source burns BURN_US of processor time; prints commands
 * per second.
 * latency: one event a command, a command every PACE_MS; prints how many were answered.  The times
 * are in the database (track_commit_timestamp).
 */
#include <assert.h>
#include <glob.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "common/base/text.h"
#include "common/link/link.h"
#include "common/protect/command.h"
#include "common/protect/token.h"
#include "common/stream/partition.h"
#include "proto/bus.pb-c.h"
#include "proto/codes.pb-c.h"

#define RECORD_INTERCEPTION 1101
#define COMMANDS_MAX        100000
#define EVENTS              256 /* of a command */
#define WINDOW              48  /* commands under way */
#define LOOK_MS             5   /* between two looks at the counts, once all is answered */
#define BURN_US             3000
#define PACE_MS             2 /* latency: 500 events a second */
#define WATCH_MS            1000
#define PATIENCE_MS         60000
#define METRICS_MAX         (64 * 1024)
#define PATH_SIZE           256

struct sent {
	struct lg_id id;
	struct lg_bytes frame;
	struct lg_route route;
	struct lg_reply reply;
	struct lg_bytes answer; /* as it came; data NULL: not yet */
};

struct driver {
	uv_loop_t loop;
	uv_timer_t timer, watch;
	struct lg_arena *arena, *scratch;
	struct lg_keyring keyring;
	struct lg_own_keys *gateway;
	struct lg_pacts *pacts;
	struct lg_link *link;
	const char *health;
	bool is_latency, is_plain, is_burning;
	struct sent *commands;
	size_t count, next, answered;
	uint64_t events; /* of all commands, the first one's too */
	uint64_t applied_before;
	uint64_t started_ns, ended_ns, moved_ms;
};

static void fail(const char *problem)
{
	fprintf(stderr, "driver: %s\n", problem);
	exit(1);
}

static lg_ms wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * LG_SECOND_MS + now.tv_nsec / 1000000;
}

/* --- what services say of themselves ------------------------------------------------------- */

static void read_metrics(const char *path, char ret_text[METRICS_MAX])
{
	static const char request[] = "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t size = 0;
	ssize_t got = 1;

	if (strlen(path) >= sizeof address.sun_path)
		fail("the path of a health socket is too long");
	memcpy(address.sun_path, path, strlen(path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
		write(fd, request, sizeof request - 1) != (ssize_t)sizeof request - 1)
		fail("a health socket does not answer");
	while (got > 0 && size < METRICS_MAX - 1) {
		got = read(fd, ret_text + size, METRICS_MAX - 1 - size);
		size += got > 0 ? (size_t)got : 0;
	}
	ret_text[size] = '\0';
	close(fd);
}

static uint64_t metric(const char *path, const char *name)
{
	char text[METRICS_MAX], line[128];

	read_metrics(path, text);
	snprintf(line, sizeof line, "\nlifeguard_%s{", name);
	const char *at = strstr(text, line);
	const char *value = at == NULL ? NULL : strstr(at, "} ");

	if (value == NULL)
		fail("a service does not count what is asked for");
	return strtoull(value + 2, NULL, 10);
}

/* Of all instances of a service. */
static uint64_t sum(const struct driver *driver, const char *service, const char *name)
{
	char pattern[PATH_SIZE];
	glob_t found = { .gl_pathc = 0 };
	uint64_t total = 0;

	snprintf(pattern, sizeof pattern, "%s/%s.*.sock", driver->health, service);
	if (glob(pattern, 0, NULL, &found) != 0)
		fail("a service has no health socket");
	for (size_t i = 0; i < found.gl_pathc; i++)
		total += metric(found.gl_pathv[i], name);
	globfree(&found);
	return total;
}

static bool is_all_done(const struct driver *driver)
{
	return sum(driver, "reporting", "events_applied_total") - driver->applied_before >=
		       driver->events &&
	       sum(driver, "intake", "events_unacknowledged") == 0;
}

/* --- commands, closed beforehand ------------------------------------------------------------ */

/* One partition after the other, so that all have the same share. */
static struct lg_id case_of(const struct driver *driver, size_t n)
{
	struct lg_id id;

	do {
		uint64_t random;

		randombytes_buf(&random, sizeof random);
		id = lg_id_make(driver->keyring.site, wall_clock(), random);
	} while (lg_partition_of(id) != n % LG_PARTITIONS);
	return id;
}

static struct lg_bytes form_of(
	struct lg_arena *arena, struct lg_id case_id, int events, const struct driver *driver)
{
	char key[LG_ID_TEXT];

	lg_id_print(case_id, key);
	const char *text = lg_format(arena,
		"{\"case_id\":\"%s\",\"station\":\"BEN\",\"intercepted_ms\":%lld,"
		"\"stated_victims\":%d%s,\"persons\":[{\"kind\":\"potential_victim\","
		"\"sex\":\"female\"%s}]}",
		key, (long long)wall_clock(), events,
		driver->is_burning ? lg_format(arena, ",\"stated_suspects\":%d", BURN_US) : "",
		driver->is_plain ? ""
				 : ",\"identity\":{\"names\":[\"Invented Person\"],"
				   "\"phones\":[\"0000000000\"]}");
	return lg_bytes(text, strlen(text));
}

static struct lg_bytes token_of(
	struct driver *driver, const char *keys_folder, const struct lg_keyring *keyring)
{
	struct lg_own_keys *access;
	struct lg_actor actor = { .role = LIFEGUARD__CODES__ROLE__OPERATOR, .assurance = 3 };
	const char *problem = "";

	if (!lg_is_done(
		    lg_own_keys_load(keys_folder, LG_SERVICE_ACCESS, keyring, &access, &problem)))
		fail(problem);
	actor.user = case_of(driver, 0);
	actor.session = case_of(driver, 1);
	struct lg_bytes token = lg_token_sign(driver->arena, access, &actor, wall_clock());

	lg_own_keys_free(access);
	return token;
}

static void close_commands(struct driver *driver, const char *keys_folder)
{
	struct lg_bytes token = token_of(driver, keys_folder, &driver->keyring);
	driver->pacts = lg_pacts_new(driver->gateway, &driver->keyring);
	driver->commands = lg_alloc_array(driver->arena, driver->count, sizeof *driver->commands);
	for (size_t n = 0; n < driver->count; n++) {
		struct sent *sent = &driver->commands[n];
		int events = driver->is_latency || driver->is_burning || n == 0 ? 1 : EVENTS;
		struct lg_command command = {
			.command_id = case_of(driver, n),
			.type = RECORD_INTERCEPTION,
			.key = case_of(driver, n),
			.site = driver->keyring.site,
			.service = LG_SERVICE_INTAKE,
			.expires_at = wall_clock() + 10 * LG_MINUTE_MS,
			.token = token,
		};

		command.body = form_of(driver->scratch, command.key, events, driver);
		sent->id = command.command_id;
		sent->frame = lg_copy(driver->arena,
			lg_command_close(driver->scratch, driver->pacts, &command, wall_clock()));
		sent->reply = command.reply;
		sent->route = (struct lg_route){
			.version = 1,
			.kind = LG_ROUTE_COMMAND,
			.to_site = command.site,
			.to_service = command.service,
			.to_partition = lg_partition_of(command.key),
		};
		lg_arena_reset(driver->scratch);
		driver->events += (uint64_t)events;
	}
}

/* --- under way ---------------------------------------------------------------------------- */

static void send_command(struct driver *driver)
{
	const struct sent *sent = &driver->commands[driver->next++];

	if (!lg_is_done(lg_link_send(driver->link, &sent->route, sent->frame)))
		fail("the queue to the bus is full");
}

static void on_look(uv_timer_t *timer)
{
	struct driver *driver = timer->data;

	if (is_all_done(driver)) {
		driver->ended_ns = uv_hrtime();
		uv_stop(&driver->loop);
	}
}

/* The next one, or at first as many as may be under way. */
static void send_more(struct driver *driver)
{
	if (driver->answered == 1)
		driver->started_ns = uv_hrtime();
	while (driver->next < driver->count && driver->next - driver->answered < WINDOW)
		send_command(driver);
}

static void on_pace(uv_timer_t *timer)
{
	struct driver *driver = timer->data;

	if (driver->next < driver->count)
		send_command(driver);
}

static void check_answers(struct driver *driver)
{
	for (size_t n = 0; n < driver->count; n++) {
		struct lg_answered answered;

		if (!lg_is_done(lg_answer_open(driver->scratch, &driver->commands[n].reply,
			    driver->commands[n].answer, &answered)))
			fail("an answer does not open");
		if (answered.status != 200) {
			fprintf(stderr, "%.*s\n", (int)answered.body.size,
				(const char *)answered.body.data);
			fail("a command was refused");
		}
		lg_arena_reset(driver->scratch);
	}
}

static void on_watch(uv_timer_t *timer)
{
	struct driver *driver = timer->data;

	if (uv_now(&driver->loop) - driver->moved_ms <= PATIENCE_MS)
		return;
	if (driver->answered < driver->count)
		fail("a command was not answered");
	check_answers(driver);
	fail("events are missing: the sink has not applied all");
}

static void take_answer(struct driver *driver, struct lg_bytes body)
{
	struct lg_id id;

	if (!lg_is_done(lg_answer_id(driver->scratch, body, &id)))
		fail("an answer is malformed");
	/* answers come nearly in the order of the commands: look around the oldest open one */
	size_t n = driver->answered > WINDOW ? driver->answered - WINDOW : 0;

	while (n < driver->next && !lg_id_equal(driver->commands[n].id, id))
		n++;
	if (n == driver->next || driver->commands[n].answer.data != NULL)
		fail("an answer belongs to no command");
	driver->commands[n].answer = lg_copy(driver->arena, body);
	driver->answered++;
	driver->moved_ms = uv_now(&driver->loop);
	if (driver->answered == driver->count)
		uv_timer_start(&driver->timer, on_look, LOOK_MS, LOOK_MS);
	else if (!driver->is_latency)
		send_more(driver);
	else if (driver->answered == 1)
		uv_timer_start(&driver->timer, on_pace, PACE_MS, PACE_MS);
}

static void on_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct driver *driver = user;

	if (route->kind == LG_ROUTE_UNDELIVERED)
		fail("the source owns no partition");
	if (route->kind == LG_ROUTE_ANSWER)
		take_answer(driver, body);
	lg_arena_reset(driver->scratch);
}

static void drive(struct driver *driver, const char *bus)
{
	uv_loop_init(&driver->loop);
	uv_timer_init(&driver->loop, &driver->timer);
	uv_timer_init(&driver->loop, &driver->watch);
	driver->timer.data = driver->watch.data = driver;
	driver->link = lg_link_new(&(struct lg_link_options){
		.loop = &driver->loop,
		.address = bus,
		.bus_public = driver->keyring.services[LG_SERVICE_BUS].curve,
		.own_public = driver->keyring.services[LG_SERVICE_GATEWAY].curve,
		.own_secret = driver->gateway->curve,
		.frame = on_frame,
		.user = driver,
	});
	driver->applied_before = sum(driver, "reporting", "events_applied_total");
	driver->moved_ms = uv_now(&driver->loop);
	send_command(driver);
	uv_timer_start(&driver->watch, on_watch, WATCH_MS, WATCH_MS);
	uv_run(&driver->loop, UV_RUN_DEFAULT);
}

static int run(struct driver *driver, const char *keys_folder, const char *bus)
{
	const char *problem = "";

	driver->arena = lg_arena_new();
	driver->scratch = lg_arena_new();
	if (!lg_is_done(lg_keyring_load(keys_folder, wall_clock(), &driver->keyring, &problem)) ||
		!lg_is_done(lg_own_keys_load(keys_folder, LG_SERVICE_GATEWAY, &driver->keyring,
			&driver->gateway, &problem)))
		fail(problem);
	close_commands(driver, keys_folder);
	drive(driver, bus);
	check_answers(driver);
	if (driver->is_latency)
		printf("%zu\n", driver->answered);
	else
		printf("%.0f\n", (double)(driver->events - 1) * 1e9 /
					 (double)(driver->ended_ns - driver->started_ns));
	/* the process ends here: nothing is taken down */
	return 0;
}

int main(int argc, char **argv)
{
	struct driver *driver = calloc(1, sizeof *driver);
	int64_t count = 0;

	if (driver == NULL || sodium_init() < 0)
		abort();
	if (argc != 6 || !lg_is_done(lg_int_parse(argv[5], &count)) || count < 2 ||
		count > COMMANDS_MAX)
		return 2;
	driver->is_latency = strcmp(argv[1], "latency") == 0;
	driver->is_plain = strcmp(argv[1], "plain") == 0;
	driver->is_burning = strcmp(argv[1], "burning") == 0;
	if (!driver->is_latency && !driver->is_plain && !driver->is_burning &&
		strcmp(argv[1], "throughput") != 0)
		return 2;
	driver->health = argv[4];
	driver->count = (size_t)count;
	return run(driver, argv[2], argv[3]);
}
