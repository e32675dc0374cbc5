/*
 * A client of lg-bus, or of the gateway, that is not what it says.
 *
 *   knock_main stranger  KEYS BUS       a key that nobody knows: speaks, listens, counts
 *   knock_main reporting KEYS BUS       reporting's own key, as if it were gateway and intake
 *   knock_main token     KEYS WHO AGE   a token of an operator, AGE minutes old, signed by "access" or by
 *                                       a "stranger", as hexadecimal digits
 *   knock_main idle      FROM TO PORT N N connections from one address that say nothing; they stay
 *                                       open until standard input ends
 *
 *   knock_main announce tcp HOST PORT N, announce ipc PATH - N
 *                                       N raw connections, each with ZeroMQ's greeting and a frame of 2^62 bytes
 *                                       announced and begun, or half a greeting; they too stay open
 *
 * The first two print "sent N" and one line "KIND N" for each kind of frame that came.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "common/link/link.h"
#include "common/protect/keyring.h"
#include "common/protect/token.h"
#include "common/stream/envelope.h"
#include "common/stream/partition.h"
#include "proto/bus.pb-c.h"
#include "proto/codes.pb-c.h"

#define SPEAK_MS 300 /* between two rounds of knocks */
#define ROUNDS   5
#define PATIENCE 100 /* rounds at most until somebody is heard, if somebody is to be */
#define EACH     4   /* frames of each kind in a round */
#define IDLE_MAX 4096
#define NEVER    "KNOCK-KNOCK-KNOCK"
#define TAKEOVER ((uint64_t)1 << 40) /* far above any honest count */

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

struct knock {
	uv_loop_t loop;
	uv_timer_t timer;
	struct lg_arena *arena;
	struct lg_keyring keyring;
	struct lg_link *link;
	unsigned rounds, sent;
	bool is_known; /* hears others' claims, once it is connected */
	unsigned got[LG_ROUTE_KIND_COUNT];
};

static void fail(const char *problem)
{
	fprintf(stderr, "knock: %s\n", problem);
	exit(2);
}

static lg_ms wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * LG_SECOND_MS;
}

static void on_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct knock *knock = user;

	(void)body;
	knock->got[route->kind]++;
}

static void say(struct knock *knock, enum lg_route_kind kind, enum lg_service_number from,
	enum lg_service_number to, uint8_t partition, struct lg_bytes body)
{
	struct lg_route route = {
		.version = 1,
		.kind = (uint8_t)kind,
		.to_site = knock->keyring.site,
		.to_service = (uint8_t)to,
		.to_partition = partition,
		.from_site = knock->keyring.site,
		.from_service = (uint8_t)from, /* claimed; the bus is to overwrite it */
		.from_partition = kind == LG_ROUTE_CLAIM ? 0 : partition,
	};

	knock->sent += lg_is_done(lg_link_send(knock->link, &route, body));
}

/* "All of intake's partitions are mine, and nobody took them over later than I." */
static void claim_as_intake(struct knock *knock)
{
	Lifeguard__Bus__Claim claim = LIFEGUARD__BUS__CLAIM__INIT;
	uint8_t instance[LG_ID_SIZE];
	uint32_t partitions[LG_PARTITIONS];
	uint64_t takeovers[LG_PARTITIONS];

	memset(instance, 'k', sizeof instance);
	for (uint32_t p = 0; p < LG_PARTITIONS; p++) {
		partitions[p] = p;
		takeovers[p] = TAKEOVER;
	}
	claim.instance = (ProtobufCBinaryData){ .data = instance, .len = sizeof instance };
	claim.n_partitions = claim.n_takeovers = LG_PARTITIONS;
	claim.partitions = partitions;
	claim.takeovers = takeovers;
	say(knock, LG_ROUTE_CLAIM, LG_SERVICE_INTAKE, LG_SERVICE_INTAKE, 0,
		lg_encode(knock->arena, &claim.base));
}

static bool is_heard(const struct knock *knock)
{
	return !knock->is_known || knock->got[LG_ROUTE_CLAIM] > 0;
}

static void on_timer(uv_timer_t *timer)
{
	struct knock *knock = timer->data;
	struct lg_bytes body = lg_bytes(NEVER, sizeof NEVER - 1);

	if (knock->rounds >= PATIENCE || (knock->rounds >= ROUNDS && is_heard(knock))) {
		uv_stop(timer->loop);
		return;
	}
	knock->rounds++;
	claim_as_intake(knock);
	for (uint8_t p = 0; p < EACH; p++) {
		say(knock, LG_ROUTE_COMMAND, LG_SERVICE_GATEWAY, LG_SERVICE_INTAKE, p, body);
		say(knock, LG_ROUTE_COMMAND, LG_SERVICE_GATEWAY, LG_SERVICE_ACCESS, p, body);
		say(knock, LG_ROUTE_DELIVER, LG_SERVICE_INTAKE, LG_SERVICE_REPORTING, p, body);
		say(knock, LG_ROUTE_UNDELIVERED, LG_SERVICE_BUS, LG_SERVICE_GATEWAY, p, body);
		say(knock, LG_ROUTE_SUBSCRIBE, LG_SERVICE_REPORTING, LG_SERVICE_ACCESS, p, body);
	}
	lg_arena_reset(knock->arena);
}

static int knock_at(const char *as, const char *keys, const char *bus)
{
	struct knock knock = { .rounds = 0 };
	struct lg_own_keys *own = NULL;
	uint8_t public_key[32], secret_key[32];
	const char *problem = "";

	crypto_box_keypair(public_key, secret_key);
	if (!lg_is_done(lg_keyring_load(keys, wall_clock(), &knock.keyring, &problem)))
		fail(problem);
	knock.is_known = strcmp(as, "reporting") == 0;
	if (knock.is_known) {
		if (!lg_is_done(lg_own_keys_load(
			    keys, LG_SERVICE_REPORTING, &knock.keyring, &own, &problem)))
			fail(problem);
		memcpy(public_key, knock.keyring.services[LG_SERVICE_REPORTING].curve, 32);
		memcpy(secret_key, own->curve, 32);
	}
	if (uv_loop_init(&knock.loop) != 0)
		abort();
	knock.arena = lg_arena_new();
	knock.link = lg_link_new(&(struct lg_link_options){
		.loop = &knock.loop,
		.address = bus,
		.bus_public = knock.keyring.services[LG_SERVICE_BUS].curve,
		.own_public = public_key,
		.own_secret = secret_key,
		.frame = on_frame,
		.user = &knock,
	});
	uv_timer_init(&knock.loop, &knock.timer);
	knock.timer.data = &knock;
	uv_timer_start(&knock.timer, on_timer, SPEAK_MS, SPEAK_MS);
	uv_run(&knock.loop, UV_RUN_DEFAULT);
	printf("sent %u\n", knock.sent);
	for (unsigned kind = 1; kind < LG_ROUTE_KIND_COUNT; kind++)
		printf("%s %u\n", kind_names[kind], knock.got[kind]);
	lg_link_free(knock.link);
	lg_own_keys_free(own);
	return 0;
}

static int make_token(const char *keys, const char *who, const char *age)
{
	struct lg_own_keys *invented = calloc(1, sizeof *invented), *access = NULL;
	struct lg_arena *arena = lg_arena_new();
	struct lg_actor actor = { .role = LIFEGUARD__CODES__ROLE__OPERATOR, .assurance = 3 };
	struct lg_keyring keyring;
	const char *problem = "";
	uint8_t unused[32];
	struct lg_bytes token;
	lg_ms made_at = wall_clock() - (lg_ms)strtoul(age, NULL, 10) * LG_MINUTE_MS;

	if (invented == NULL ||
		!lg_is_done(lg_keyring_load(keys, wall_clock(), &keyring, &problem)) ||
		!lg_is_done(lg_own_keys_load(keys, LG_SERVICE_ACCESS, &keyring, &access, &problem)))
		fail(problem);
	invented->service = LG_SERVICE_ACCESS;
	crypto_sign_keypair(unused, invented->token);
	memset(&actor.user, 1, sizeof actor.user);
	memset(&actor.session, 2, sizeof actor.session);
	token = lg_token_sign(
		arena, strcmp(who, "access") == 0 ? access : invented, &actor, made_at);
	for (size_t i = 0; i < token.size; i++)
		printf("%02x", token.data[i]);
	printf("\n");
	lg_arena_free(arena);
	lg_own_keys_free(access);
	free(invented);
	return 0;
}

static struct sockaddr_in address_of(const char *text, const char *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)) };

	if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
		fail("an address is malformed");
	return address;
}

static int sit_idle(char **argv)
{
	struct sockaddr_in from = address_of(argv[0], "0"), to = address_of(argv[1], argv[2]);
	unsigned long count = strtoul(argv[3], NULL, 10), open = 0;
	char nothing;

	for (unsigned long i = 0; i < count && i < IDLE_MAX; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		open += fd >= 0 && bind(fd, (struct sockaddr *)&from, sizeof from) == 0 &&
			connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
	}
	printf("open %lu\n", open);
	fflush(stdout);
	while (read(STDIN_FILENO, &nothing, 1) > 0)
		;
	return 0;
}

/*
 * ZMTP 3.0: 64 bytes of greeting for CURVE, then a long message, a long command, or a part of the
 * greeting and silence: the last ones stay until the bus's patience ends.
 */
static void announce(int fd, unsigned long turn)
{
	static const uint8_t signature[10] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f };
	uint8_t bytes[64 + 9 + 4096] = { 0 };
	size_t size = turn % 3 == 2 ? 40 : sizeof bytes;

	memcpy(bytes, signature, sizeof signature);
	bytes[10] = 3;
	memcpy(bytes + 12, "CURVE", 5);
	bytes[64] = turn % 3 == 0 ? 2 : 6; /* then its size, most significant byte first */
	bytes[65] = 0x40;
	for (size_t sent = 0; sent < size;) {
		ssize_t n = send(fd, bytes + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n <= 0)
			return; /* it was closed: that is an answer, too */
		sent += (size_t)n;
	}
}

static int connect_raw(char **argv)
{
	struct sockaddr_un path = { .sun_family = AF_UNIX };
	struct sockaddr_in at;
	int fd;

	if (strcmp(argv[0], "tcp") == 0) {
		at = address_of(argv[1], argv[2]);
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		return fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0 ? fd : -1;
	}
	if (strlen(argv[1]) >= sizeof path.sun_path)
		fail("the path is too long");
	memcpy(path.sun_path, argv[1], strlen(argv[1]));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd >= 0 && connect(fd, (struct sockaddr *)&path, sizeof path) == 0 ? fd : -1;
}

static int announce_all(char **argv)
{
	unsigned long count = strtoul(argv[3], NULL, 10), open = 0;
	char nothing;

	for (unsigned long i = 0; i < count && i < IDLE_MAX; i++) {
		int fd = connect_raw(argv);

		if (fd < 0)
			continue;
		open++;
		announce(fd, i);
	}
	printf("open %lu\n", open);
	fflush(stdout);
	while (read(STDIN_FILENO, &nothing, 1) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	if (sodium_init() < 0)
		fail("no randomness");
	if (argc == 6 && strcmp(argv[1], "idle") == 0)
		return sit_idle(argv + 2);
	if (argc == 6 && strcmp(argv[1], "announce") == 0)
		return announce_all(argv + 2);
	if (argc == 5 && strcmp(argv[1], "token") == 0)
		return make_token(argv[2], argv[3], argv[4]);
	if (argc == 4 && (strcmp(argv[1], "stranger") == 0 || strcmp(argv[1], "reporting") == 0))
		return knock_at(argv[1], argv[2], argv[3]);
	fail("stranger|reporting KEYS BUS, token KEYS WHO AGE, or idle FROM TO PORT N");
	return 2;
}
