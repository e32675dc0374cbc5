#include "services/gateway/cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "services/gateway/cli/command.h"

#define TOKEN_TEXT_MAX 4096

const char *session_path(struct lg_arena *arena)
{
	const char *file = getenv("LIFEGUARD_TOKEN_FILE");
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (file != NULL && file[0] != '\0')
		return file;
	if (state != NULL && state[0] == '/')
		return lg_format(arena, "%s/lifeguard/token", state);
	if (home != NULL && home[0] == '/')
		return lg_format(arena, "%s/.local/state/lifeguard/token", home);
	return NULL;
}

const char *session_load(struct lg_arena *arena)
{
	const char *path = session_path(arena);
	char *text = lg_alloc(arena, TOKEN_TEXT_MAX + 1);
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return NULL;
	ssize_t size = read(fd, text, TOKEN_TEXT_MAX);
	close(fd);
	if (size <= 0)
		return NULL;
	text[strspn(text, "0123456789abcdef")] = '\0';
	return text[0] == '\0' ? NULL : text;
}

/* mkdir -p of all above the file, every new folder 0700. */
static void make_folders(char *path)
{
	for (char *at = path + 1; path[0] != '\0' && *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(path, 0700);
		*at = '/';
	}
}

/* A new file beside it, then renamed: a reader sees the old token or the new one. */
static bool write_file(struct lg_arena *arena, const char *path, const char *text)
{
	const char *fresh = lg_format(arena, "%s.%ld", path, (long)getpid());
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t size = strlen(text);

	if (fd < 0)
		return false;
	bool is_good = write(fd, text, size) == (ssize_t)size && write(fd, "\n", 1) == 1;
	is_good = close(fd) == 0 && is_good && rename(fresh, path) == 0;
	if (!is_good)
		unlink(fresh);
	return is_good;
}

struct lg_status session_save(struct lg_arena *arena, const char *token)
{
	const char *path = session_path(arena);

	if (path == NULL) {
		command_complain("the session cannot be kept: set HOME or XDG_STATE_HOME");
		return lg_refuse("no state folder");
	}
	make_folders(lg_copy_text(arena, path));
	if (!write_file(arena, path, token)) {
		command_complain("%s cannot be written: %s", path, strerror(errno));
		return lg_refuse("cannot be written");
	}
	return lg_done();
}

/* --- secrets -------------------------------------------------------------------------------- */

/* One line of a descriptor, without its end; false when there is none or it is too long. */
static bool read_line_of(int fd, char *ret_line, size_t maximum)
{
	size_t used = 0;
	char byte;

	for (;;) {
		ssize_t got = read(fd, &byte, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || byte == '\n')
			break;
		if (used == maximum)
			return false;
		ret_line[used++] = byte;
	}
	if (used > 0 && ret_line[used - 1] == '\r')
		used--;
	ret_line[used] = '\0';
	return used > 0;
}

static struct lg_status read_secret_file(const char *path, char *ret_secret)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &info) != 0) {
		command_complain("%s cannot be read: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return lg_refuse("cannot be read");
	}
	if (S_ISREG(info.st_mode) && (info.st_mode & 077) != 0) {
		command_complain("others may read %s: chmod 600 %s", path, path);
		close(fd);
		return lg_refuse("others may read it");
	}
	bool is_read = read_line_of(fd, ret_secret, SESSION_SECRET_MAX);
	close(fd);
	if (is_read)
		return lg_done();
	command_complain(
		"the first line of %s is empty or longer than %d bytes", path, SESSION_SECRET_MAX);
	return lg_refuse("no secret");
}

/*
 * One line of a terminal, during which the signals that end a program wait: whoever presses Ctrl-C at
 * a password gets his echo back first.
 */
static bool read_typed(int fd, bool has_echo, char *ret_text, size_t maximum)
{
	struct termios shown, hidden;
	sigset_t ending, waiting, before;

	sigemptyset(&ending);
	sigaddset(&ending, SIGHUP);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGQUIT);
	sigaddset(&ending, SIGTERM);
	waiting = ending;
	sigaddset(&waiting, SIGTSTP); /* a shell would take over a terminal that shows nothing */
	sigprocmask(SIG_BLOCK, &waiting, &before);
	struct pollfd wait[] = { { .fd = fd, .events = POLLIN },
		{ .fd = signalfd(-1, &ending, SFD_CLOEXEC), .events = POLLIN } };
	bool is_hidden = !has_echo && tcgetattr(fd, &shown) == 0;

	if (is_hidden) {
		hidden = shown;
		hidden.c_lflag &= (tcflag_t)~ECHO;
		tcsetattr(fd, TCSAFLUSH, &hidden);
	}
	while (poll(wait, 2, -1) < 0 && errno == EINTR)
		continue;
	bool is_read = wait[1].revents == 0 && read_line_of(fd, ret_text, maximum);

	if (!is_read) /* the rest of a line that is too long would be the shell's next command */
		tcflush(fd, TCIFLUSH);
	if (is_hidden) {
		tcsetattr(fd, TCSAFLUSH, &shown);
		dprintf(fd, "\n");
	}
	if (wait[1].fd >= 0)
		close(wait[1].fd);
	sigprocmask(SIG_SETMASK, &before, NULL); /* what waited ends us here */
	return is_read;
}

/* On the terminal itself, so that standard input may be something else. */
static bool ask(const char *prompt, bool has_echo, char *ret_text, size_t maximum)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return false;
	fflush(stdout); /* what is asked about was printed before, perhaps into a pipe */
	dprintf(fd, "%s: ", prompt);
	bool is_read = read_typed(fd, has_echo, ret_text, maximum);
	close(fd);
	return is_read;
}

struct lg_status session_read_secret(
	const char *prompt, const char *path, bool twice, char ret_secret[SESSION_SECRET_MAX + 1])
{
	char again[SESSION_SECRET_MAX + 1] = "";

	if (path != NULL && strcmp(path, "-") != 0)
		return read_secret_file(path, ret_secret);
	if (path != NULL && read_line_of(STDIN_FILENO, ret_secret, SESSION_SECRET_MAX))
		return lg_done();
	if (path != NULL) {
		command_complain(
			"the first line of standard input is empty or longer than %d bytes",
			SESSION_SECRET_MAX);
		return lg_refuse("no secret");
	}
	if (!ask(prompt, false, ret_secret, SESSION_SECRET_MAX)) {
		command_complain("no password of 1 to %d bytes was typed: without a terminal give "
				 "--password-file FILE",
			SESSION_SECRET_MAX);
		return lg_refuse("no secret");
	}
	if (!twice)
		return lg_done();
	bool is_same =
		ask("again", false, again, SESSION_SECRET_MAX) && strcmp(again, ret_secret) == 0;
	explicit_bzero(again, sizeof again);
	if (is_same)
		return lg_done();
	command_complain("the two are not alike");
	return lg_refuse("not alike");
}

struct lg_status session_ask(const char *prompt, char ret_text[SESSION_TYPED_MAX + 1])
{
	if (ask(prompt, true, ret_text, SESSION_TYPED_MAX))
		return lg_done();
	command_complain("nothing of 1 to %d bytes was typed: without a terminal give it as an "
			 "option",
		SESSION_TYPED_MAX);
	return lg_refuse("nothing typed");
}
