/*
 * Many forms on their way at once: each is sent again until it is answered, so that a gateway or
 * service that goes away for a while costs time and nothing else.
 */
#ifndef CLI_SENDER_H
#define CLI_SENDER_H

#include "services/gateway/cli/client.h"
#include "services/gateway/cli/form.h"

#define SENDER_JOBS_MAX   64
#define SENDER_GIVE_UP_MS 120000 /* nothing was answered for so long: stop, and say so */
#define SENDER_PAUSE_MS   250    /* before a form is sent again */

struct sender_options {
	const struct client *client;
	uint16_t site;
	struct lg_id import; /* random, of this import */
	uint32_t jobs;       /* connections: 1..SENDER_JOBS_MAX */
	struct form *const *forms;
	uint32_t form_count;
	int stop_fd; /* readable: send no more, wait for what is out */
	/* The answer to one form: 2xx, or a refusal; body is its document. */
	void (*settle)(void *user, const struct form *form, long status, const char *body);
	void (*progress)(void *user); /* every 100 ms or so */
	void *user;
};

/*
 * Sends all forms that are not withheld.
 *   returns  COMMAND_DONE when each was answered; COMMAND_FAILED when it was stopped by stop_fd;
 *            COMMAND_NOT_REACHABLE, COMMAND_NOT_ALLOWED when it had to stop itself
 */
enum command_exit sender_run(const struct sender_options *options);

/* Milliseconds that never jump. */
uint64_t sender_steady_ms(void);

#endif
