/*
 * Who is logged in on this machine: the token in a file of the user's own, and secrets read from
 * where nobody else sees them.  Nothing secret is ever an argument or in the environment.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "common/base/arena.h"
#include "common/base/status.h"

#define SESSION_SECRET_MAX 256 /* bytes of a password */
#define SESSION_TYPED_MAX \
	256 /* bytes of what is typed with echo: a name in Devanagari takes three a letter */

/*
 * $LIFEGUARD_TOKEN_FILE, $XDG_STATE_HOME/lifeguard/token, or that under ~/.local/state; NULL when
 * none is known.
 */
const char *session_path(struct lg_arena *arena);

/* The token as hexadecimal text, in the arena; NULL when nobody is logged in. */
const char *session_load(struct lg_arena *arena);

/* Keeps a token, folder 0700, file 0600.  refused: it cannot be written; said */
LG_MUST_CHECK struct lg_status session_save(struct lg_arena *arena, const char *token);

/*
 * Reads one line: from the file (0600; "-" is standard input), or asked for on the terminal
 * without echo.
 *   prompt   on the terminal
 *   path     NULL: ask
 *   twice    asked on the terminal, it must be typed twice alike
 *   refused  said: cannot be read, others may read it, empty or too long
 */
LG_MUST_CHECK struct lg_status session_read_secret(
	const char *prompt, const char *path, bool twice, char ret_secret[SESSION_SECRET_MAX + 1]);

/* Asks for a line with echo.  refused: said */
LG_MUST_CHECK struct lg_status session_ask(
	const char *prompt, char ret_text[SESSION_TYPED_MAX + 1]);

#endif
