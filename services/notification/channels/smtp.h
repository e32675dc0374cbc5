/*
 * Mail through the site's own server (libcurl), one connection per letter, STARTTLS always
 * except on loopback.  A server that does not answer is left alone for AWAY_MS, so that a line
 * that is down costs one waiting and not one per letter.
 */
#ifndef NOTIFICATION_SMTP_H
#define NOTIFICATION_SMTP_H

#include "services/notification/channels/channel.h"

#define SMTP_AWAY_MS (30 * LG_SECOND_MS)

struct smtp_settings {
	const char *server; /* a host's name or address */
	int64_t port;
	const char *from; /* mail address of the site */
	bool starttls;    /* false only on loopback */
	const char *ca;   /* file of certificates to trust; "": the system's */
	const char *
		credentials; /* file, 0600: a line with the user, one with the password; "": none */
};

/*
 * Sets the channel up; nothing is sent.  Settings are kept: they live as long as the channel.
 *   refused  a server or address that is none, no STARTTLS to another machine, credentials that
 *            cannot be read or that others may read, or that would go without STARTTLS
 */
LG_MUST_CHECK struct lg_status smtp_channel_open(
	struct lg_arena *arena, const struct smtp_settings *settings, struct channel *ret_channel);

#endif
