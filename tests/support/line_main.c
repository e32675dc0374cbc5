/*
 * The line between two sites, as bad as a test wants it: a TCP proxy of our own (the kernel's
 * netem is not there on a test machine).
 *
 *   line_main LISTEN_PORT TARGET_PORT CONTROL_FILE [SEED]
 *
 * The control file holds one line of words, read again whenever it changes; what is in force
 * now is written to CONTROL_FILE.now:
 *
 *   open         carries (also when nothing is said)
 *   cut          ends every connection, and every new one at once
 *   half         half-open: accepts, takes what is sent, and carries nothing; a connection that lost
 *                something so, or had something under way, is ended when the line opens again
 *   shut         half-closed: one way of every connection ends, the other is carried on
 *   delay=MS     each way
 *   rate=BYTES   a second, each way and connection; 0: no limit
 *   corrupt=N    turns one bit in about N bytes; 0: none
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/random.h"
#include "common/base/text.h"

#define CONNECTIONS_MAX 16
#define WAY_BYTES       (1024u * 1024u) /* under way in one direction; then its sender waits */
#define MARKS_MAX       4096
#define SLOW_BYTES_MIN  16384u /* under way on a slow line: these, or a quarter of a second */
#define KERNEL_BYTES    32768  /* of each socket: else the kernel hides how slow the line is */
#define TURN_BYTES      65536u
#define RATE_LOW        100000 /* bytes a second: below that */
#define LOW_BYTES       1500u  /* go at once after a pause */
#define TICK_MS         2      /* while something is under way */
#define REST_MS         20     /* else, and between two looks at the control file */

enum state { OPEN, CUT, HALF, SHUT };

struct control {
	enum state state;
	int64_t delay_ms, rate, corrupt;
};

/* When the bytes up to here may leave. */
struct mark {
	int64_t due_ms;
	uint64_t end;
};

/* One direction.  Offsets only rise; bytes stand at their remainder. */
struct way {
	int from, to;
	uint64_t read, released, written;
	uint32_t first, marks; /* a ring */
	struct mark mark[MARKS_MAX];
	double allowance; /* bytes that the rate lets go */
	bool is_ended, has_lost;
	uint8_t bytes[WAY_BYTES];
};

struct connection {
	bool is_used;
	struct way there, back;
};

struct line {
	int listening;
	uint16_t target;
	const char *path;
	struct timespec changed;
	struct control control;
	struct lg_random random;
	int64_t now_ms, looked_ms;
	struct connection *connections;
};

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int fail(const char *what)
{
	fprintf(stderr, "line: %s: %s\n", what, strerror(errno));
	return 1;
}

/* --- connections --------------------------------------------------------------------------- */

static void end(struct connection *connection)
{
	close(connection->there.from);
	close(connection->there.to);
	connection->is_used = false;
}

static struct sockaddr_in local_address(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void begin_way(struct way *way, int from, int to)
{
	way->from = from;
	way->to = to;
	way->read = way->released = way->written = 0;
	way->first = way->marks = 0;
	way->allowance = 0;
	way->is_ended = way->has_lost = false;
}

static struct connection *free_place(struct line *line)
{
	for (int i = 0; i < CONNECTIONS_MAX; i++)
		if (!line->connections[i].is_used)
			return &line->connections[i];
	return NULL;
}

static void keep_small(int socket)
{
	const int bytes = KERNEL_BYTES;

	setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

static void let_in(struct line *line)
{
	struct sockaddr_in target = local_address(line->target);
	struct connection *place = free_place(line);
	int near = accept4(line->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (far >= 0)
		keep_small(far);
	if (near < 0 || far < 0 || place == NULL || line->control.state == CUT ||
		connect(far, (const struct sockaddr *)&target, sizeof target) != 0) {
		close(near);
		close(far);
		return;
	}
	fcntl(far, F_SETFL, O_NONBLOCK);
	begin_way(&place->there, near, far);
	begin_way(&place->back, far, near);
	place->is_used = true;
}

/* --- bytes ----------------------------------------------------------------------------------- */

static uint64_t room_in(const struct line *line, const struct way *way)
{
	uint64_t slow = (uint64_t)line->control.rate / 4, under_way = way->read - way->written;
	uint64_t limit = WAY_BYTES;

	if (slow > 0 && slow < limit)
		limit = slow > SLOW_BYTES_MIN ? slow : SLOW_BYTES_MIN;
	if (way->is_ended || way->marks == MARKS_MAX || under_way >= limit)
		return 0;
	return limit - under_way;
}

static void spoil(struct line *line, uint8_t *bytes, size_t size)
{
	for (size_t i = 0; line->control.corrupt > 0 && i < size; i++)
		if (lg_random_below(&line->random, (uint64_t)line->control.corrupt) == 0)
			bytes[i] ^= (uint8_t)(1u << lg_random_below(&line->random, 8));
}

static void take(struct line *line, struct way *way)
{
	size_t at = way->read % WAY_BYTES;
	size_t room = (size_t)room_in(line, way);
	ssize_t size;

	if (room > WAY_BYTES - at)
		room = WAY_BYTES - at;
	if (room > TURN_BYTES)
		room = TURN_BYTES;
	size = read(way->from, way->bytes + at, room);
	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size <= 0) {
		way->is_ended = true;
		return;
	}
	if (line->control.state == HALF || way->has_lost) {
		way->has_lost = true;
		return;
	}
	spoil(line, way->bytes + at, (size_t)size);
	way->read += (uint64_t)size;
	way->mark[(way->first + way->marks++) % MARKS_MAX] =
		(struct mark){ .due_ms = line->now_ms + line->control.delay_ms, .end = way->read };
}

/* False when the other side is gone. */
static bool give(struct line *line, struct way *way, int64_t elapsed_ms)
{
	for (; way->marks > 0 && way->mark[way->first].due_ms <= line->now_ms; way->marks--) {
		way->released = way->mark[way->first].end;
		way->first = (way->first + 1) % MARKS_MAX;
	}
	way->allowance += (double)line->control.rate * (double)elapsed_ms / 1000;
	/* a slow line does not save up what it did not carry */
	double most =
		line->control.rate > 0 && line->control.rate < RATE_LOW ? LOW_BYTES : TURN_BYTES;

	if (way->allowance > most || line->control.rate == 0)
		way->allowance = most;
	while (way->written < way->released && way->allowance >= 1) {
		size_t at = way->written % WAY_BYTES;
		size_t size = (size_t)(way->released - way->written);
		ssize_t done;

		if (size > WAY_BYTES - at)
			size = WAY_BYTES - at;
		if ((double)size > way->allowance)
			size = (size_t)way->allowance;
		done = send(way->to, way->bytes + at, size, MSG_NOSIGNAL);
		if (done < 0)
			return errno == EAGAIN || errno == EINTR;
		way->written += (uint64_t)done;
		if (line->control.rate > 0)
			way->allowance -= (double)done;
	}
	return true;
}

static bool is_done(const struct way *way)
{
	return way->is_ended && way->written == way->read;
}

/* What was under way in it is lost, so the connection ends when the line opens again. */
static void shut(struct way *way)
{
	if (way->has_lost)
		return;
	shutdown(way->to, SHUT_WR);
	way->has_lost = true;
}

/* What was under way goes too: a way that was full would else take and lose nothing, and go on. */
static void lose(struct way *way)
{
	if (way->written == way->read)
		return;
	way->written = way->released = way->read;
	way->marks = 0;
	way->has_lost = true;
}

static void carry(struct line *line, int64_t elapsed_ms)
{
	for (int i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *it = &line->connections[i];

		if (!it->is_used)
			continue;
		if (line->control.state == HALF) {
			lose(&it->there);
			lose(&it->back);
			continue;
		}
		if (line->control.state == SHUT) {
			shut(&it->there);
			if (!give(line, &it->back, elapsed_ms) || is_done(&it->back))
				end(it);
			continue;
		}
		if (line->control.state == CUT || it->there.has_lost || it->back.has_lost ||
			!give(line, &it->there, elapsed_ms) || !give(line, &it->back, elapsed_ms) ||
			is_done(&it->there) || is_done(&it->back))
			end(it);
	}
}

/* --- what a test wants --------------------------------------------------------------------------- */

static bool number_of(const char *word, const char *name, int64_t *ret_value)
{
	size_t size = strlen(name);

	return strncmp(word, name, size) == 0 && lg_is_done(lg_int_parse(word + size, ret_value));
}

static void understand(char *text, struct control *ret_control)
{
	char *rest = text;

	*ret_control = (struct control){ .state = OPEN };
	for (char *word = strsep(&rest, " \n"); word != NULL; word = strsep(&rest, " \n")) {
		if (strcmp(word, "cut") == 0)
			ret_control->state = CUT;
		else if (strcmp(word, "half") == 0)
			ret_control->state = HALF;
		else if (strcmp(word, "shut") == 0)
			ret_control->state = SHUT;
		else if (word[0] != '\0' && strcmp(word, "open") != 0 &&
			 !number_of(word, "delay=", &ret_control->delay_ms) &&
			 !number_of(word, "rate=", &ret_control->rate) &&
			 !number_of(word, "corrupt=", &ret_control->corrupt))
			fprintf(stderr, "line: %s is not understood\n", word);
	}
}

static void confirm(const struct line *line, const char *text)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s.now", line->path);
	file = fopen(path, "we");
	if (file == NULL)
		return;
	fputs(text, file);
	fclose(file);
}

static void look(struct line *line)
{
	struct stat found;
	char text[256] = "", said[256];
	FILE *file;

	if (line->now_ms - line->looked_ms < REST_MS)
		return;
	line->looked_ms = line->now_ms;
	if (stat(line->path, &found) != 0 ||
		memcmp(&found.st_mtim, &line->changed, sizeof line->changed) == 0)
		return;
	file = fopen(line->path, "re");
	if (file == NULL)
		return;
	line->changed = found.st_mtim;
	if (fgets(text, sizeof text, file) == NULL)
		text[0] = '\0';
	fclose(file);
	memcpy(said, text, sizeof said);
	understand(text, &line->control);
	carry(line, 0); /* a cut holds when it is confirmed */
	confirm(line, said);
}

/* --- the loop ----------------------------------------------------------------------------------- */

static bool wait_for_some(struct line *line)
{
	struct pollfd polls[1 + 2 * CONNECTIONS_MAX] = { { .fd = line->listening,
		.events = POLLIN } };
	struct way *ways[1 + 2 * CONNECTIONS_MAX] = { NULL };
	nfds_t count = 1;
	int pause_ms = REST_MS;

	for (int i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *it = &line->connections[i];

		for (int side = 0; it->is_used && side < 2; side++) {
			struct way *way = side == 0 ? &it->there : &it->back;

			if (way->written < way->read)
				pause_ms = TICK_MS;
			if (room_in(line, way) == 0)
				continue;
			ways[count] = way;
			polls[count++] = (struct pollfd){ .fd = way->from, .events = POLLIN };
		}
	}
	if (poll(polls, count, pause_ms) < 0 && errno != EINTR)
		return false;
	line->now_ms = clock_ms();
	for (nfds_t i = 1; i < count; i++)
		if (polls[i].revents != 0)
			take(line, ways[i]);
	if (polls[0].revents != 0)
		let_in(line);
	return true;
}

static int listen_on(uint16_t port)
{
	struct sockaddr_in address = local_address(port);
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	keep_small(listening); /* those that it accepts inherit it */
	if (bind(listening, (const struct sockaddr *)&address, sizeof address) != 0 ||
		listen(listening, 16) != 0)
		return -1;
	return listening;
}

static bool port_from(const char *text, uint16_t *ret_port)
{
	int64_t port;

	if (!lg_is_done(lg_int_parse(text, &port)) || port < 1 || port > UINT16_MAX)
		return false;
	*ret_port = (uint16_t)port;
	return true;
}

int main(int argc, char **argv)
{
	struct line line = { .listening = -1 };
	int64_t seed = 1;
	uint16_t port;

	if (argc < 4 || !port_from(argv[1], &port) || !port_from(argv[2], &line.target) ||
		(argc > 4 && !lg_is_done(lg_int_parse(argv[4], &seed)))) {
		fputs("line_main LISTEN_PORT TARGET_PORT CONTROL_FILE [SEED]\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	line.path = argv[3];
	line.connections = calloc(CONNECTIONS_MAX, sizeof *line.connections);
	if (line.connections == NULL)
		abort();
	lg_random_seed(&line.random, (uint64_t)seed);
	line.listening = listen_on(port);
	if (line.listening < 0)
		return fail(argv[1]);
	line.now_ms = clock_ms();
	for (;;) {
		int64_t before = line.now_ms;

		if (!wait_for_some(&line))
			return fail("poll");
		look(&line);
		carry(&line, line.now_ms - before);
	}
}
