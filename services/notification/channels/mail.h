/*
 * A letter as a mail (RFC 5322): UTF-8 in base64, so that no line of a text can be taken for a
 * line of the dialogue, and a Message-ID made of the notice's id, so that a mail which was sent
 * twice is known to be the same.
 */
#ifndef NOTIFICATION_MAIL_H
#define NOTIFICATION_MAIL_H

#include "services/notification/channels/channel.h"

/* "partner.example" of "desk@partner.example"; "" when there is none. */
const char *mail_domain(const char *address);

/* The mail, lines ended by CR LF, in the arena.  from is a mail address. */
struct lg_bytes mail_write(struct lg_arena *arena, const struct letter *letter, const char *from);

#endif
