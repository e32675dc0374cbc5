/* Where the gateway listens and where a client stands: texts and socket addresses. */
#ifndef GATEWAY_ADDRESS_H
#define GATEWAY_ADDRESS_H

#include <netdb.h>

#include "common/base/id.h"

/* "127.0.0.1:7717" or "[::1]:7717" to a socket address, NULL: none; free with freeaddrinfo(). */
struct addrinfo *address_read(const char *text);

/*
 * A client's address as 16 bytes, one of version 4 as ::ffff:a.b.c.d.
 *   ret_is_loopback  it stands on this machine: perhaps a proxy that speaks for many
 */
void address_note(const struct sockaddr *from, struct lg_id *ret_address, bool *ret_is_loopback);

#endif
