/*
 * What a mail channel refuses at the start, and what it says of servers that misbehave.  The
 * dialogue with a real server is tests/journey/notification.sh.
 */
#include "services/notification/channels/smtp.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct lg_arena *arena;

static const struct letter letter = {
	.notice_id = { .byte = { 0xab } },
	.address = "desk@partner.example",
	.text = "Rescue\nCase 00ff\n",
	.written_at = 1400000000000,
};

static struct smtp_settings on_loopback(int64_t port)
{
	return (struct smtp_settings){ .server = "127.0.0.1",
		.port = port,
		.from = "notice@site.example",
		.starttls = false,
		.ca = "",
		.credentials = "" };
}

static void is_refused(const struct smtp_settings *settings, const char *reason)
{
	struct channel channel;
	struct lg_status status = smtp_channel_open(arena, settings, &channel);

	assert_int_equal(status.outcome, LG_REFUSED);
	assert_string_equal(status.reason, reason);
}

/* Goal: mail never leaves the machine in the clear, by whatever settings.  Method: each. */
static void unsafe_settings_are_refused(void **unused)
{
	struct smtp_settings s = on_loopback(25);

	(void)unused;
	s.server = "mail.partner.example";
	is_refused(&s, "without STARTTLS mail goes to loopback alone");
	s.server = "127.0.0.1/x";
	is_refused(&s, "smtp-server is no host");
	s = on_loopback(0);
	is_refused(&s, "smtp-port is 1 to 65535");
	s = on_loopback(65536);
	is_refused(&s, "smtp-port is 1 to 65535");
	s = on_loopback(25);
	s.from = "nobody";
	is_refused(&s, "smtp-from is no mail address");
	s.from = "a@b.example>\r\nRCPT TO:<c@d.example";
	is_refused(&s, "smtp-from is no mail address");
	s = on_loopback(25);
	s.credentials = "somewhere";
	is_refused(&s, "credentials go through STARTTLS alone");
}

/* Goal: credentials are read from a file of one's own alone.  Method: modes and contents. */
static void credentials_are_a_private_file(void **unused)
{
	const char *base = getenv("TMPDIR");
	char *path = lg_format(arena, "%s/lg-smtp.XXXXXX", base == NULL ? P_tmpdir : base);
	struct smtp_settings s = on_loopback(25);
	struct channel channel;
	int file = mkstemp(path);

	(void)unused;
	assert_true(file >= 0);
	s.starttls = true;
	s.credentials = lg_format(arena, "%s.not", path);
	is_refused(&s, "the file of the mail server's credentials cannot be read");
	s.credentials = path;
	is_refused(&s, "credentials are a line with the user and one with the password");
	assert_int_equal(write(file, "user\n", 5), 5);
	is_refused(&s, "credentials are a line with the user and one with the password");
	assert_int_equal(write(file, "secret\n", 7), 7);
	assert_int_equal(smtp_channel_open(arena, &s, &channel).outcome, LG_DONE);
	assert_int_equal(fchmod(file, 0640), 0);
	is_refused(&s, "others may read the mail server's credentials: chmod 600");
	close(file);
	unlink(path);
}

/* A server of one dialogue: says lines, each when one line was heard. */
struct server {
	int listener;
	int64_t port;
	const char *const *lines; /* ends with NULL: then it hangs up */
	pthread_t thread;
};

static void *serve(void *argument)
{
	const struct server *server = argument;
	int peer = accept(server->listener, NULL, NULL);
	char heard[512];

	for (const char *const *line = server->lines; peer >= 0 && *line != NULL; line++) {
		if (write(peer, *line, strlen(*line)) < 0 || write(peer, "\r\n", 2) < 0 ||
			read(peer, heard, sizeof heard) <= 0)
			break;
	}
	close(peer);
	return NULL;
}

static void server_start(struct server *server, const char *const *lines)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->lines = lines;
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(server->listener, 1), 0);
	assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
	server->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_end(struct server *server)
{
	pthread_join(server->thread, NULL);
	close(server->listener);
}

static void answers(const char *const *lines, bool starttls, enum delivery expected,
	const char *expected_reason)
{
	struct server server;
	struct channel channel;
	struct smtp_settings *s = lg_alloc(arena, sizeof *s);
	const char *reason = NULL;

	server_start(&server, lines);
	*s = on_loopback(server.port);
	s->starttls = starttls;
	assert_int_equal(smtp_channel_open(arena, s, &channel).outcome, LG_DONE);
	assert_int_equal(channel.send(channel.state, &letter, 2000, &reason), expected);
	if (expected != DELIVERY_DONE)
		assert_string_equal(reason, expected_reason);
	assert_false(channel.is_away(channel.state));
	server_end(&server);
}

/*
 * Goal: only what is about this letter ends it; all else is tried later.
 * Method: servers that refuse the address, the mail, the moment, and the safety.
 */
static void a_server_is_understood(void **unused)
{
	static const char *const no_address[] = { "220 ready", "250 site", "250 ok",
		"550 nobody here", "221 bye", NULL };
	static const char *const full[] = { "220 ready", "250 site", "250 ok", "452 full",
		"221 bye", NULL };
	static const char *const no_mail[] = { "220 ready", "250 site", "250 ok", "250 ok",
		"354 go", "554 not such text", "221 bye", NULL };
	static const char *const taken[] = { "220 ready", "250 site", "250 ok", "250 ok", "354 go",
		"250 stored", "221 bye", NULL };
	static const char *const hangs_up[] = { "220 ready", NULL };
	static const char *const no_tls[] = { "220 ready", "250 site", "221 bye", NULL };

	(void)unused;
	answers(no_address, false, DELIVERY_REFUSED, "the mail server refused the address");
	answers(full, false, DELIVERY_LATER, "the mail server says not now");
	answers(no_mail, false, DELIVERY_REFUSED, "the mail server refused the mail");
	answers(taken, false, DELIVERY_DONE, NULL);
	answers(hangs_up, false, DELIVERY_LATER, "the dialogue with the mail server broke");
	answers(no_tls, true, DELIVERY_LATER,
		"STARTTLS failed: the server's certificate is not trusted, or there is none");
}

/*
 * Goal: a server that does not answer costs one waiting, then it is known to be away.
 * Method: a listener that never speaks, 200 ms; a port that nobody listens on.
 */
static void a_silent_server_is_away(void **unused)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	struct channel channel;
	struct smtp_settings s;
	const char *reason = NULL;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)unused;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	s = on_loopback(ntohs(address.sin_port));

	assert_int_equal(smtp_channel_open(arena, &s, &channel).outcome, LG_DONE);
	assert_int_equal(channel.send(channel.state, &letter, 200, &reason), DELIVERY_LATER);
	assert_string_equal(reason, "the mail server does not answer");
	assert_true(channel.is_away(channel.state));
	close(listener);

	assert_int_equal(smtp_channel_open(arena, &s, &channel).outcome, LG_DONE);
	assert_false(channel.is_away(channel.state));
	assert_int_equal(channel.send(channel.state, &letter, 200, &reason), DELIVERY_LATER);
	assert_true(channel.is_away(channel.state));
}

static int set_up(void **unused)
{
	(void)unused;
	arena = lg_arena_new();
	return 0;
}

static int tear_down(void **unused)
{
	(void)unused;
	lg_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsafe_settings_are_refused),
		cmocka_unit_test(credentials_are_a_private_file),
		cmocka_unit_test(a_server_is_understood),
		cmocka_unit_test(a_silent_server_is_away),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
