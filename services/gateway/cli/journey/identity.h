/*
 * Names, telephones and an address, from a prompt or a file that only its owner may read: never from
 * an argument, and no line of them is ever repeated in an error.
 */
#ifndef CLI_JOURNEY_IDENTITY_H
#define CLI_JOURNEY_IDENTITY_H

#include <jansson.h>

#include "common/base/arena.h"

/*
 * Reads one.
 *   arena    may hold what was read; wiped when it is freed
 *   path     a file (0600) of lines "name: …", "phone: …", "address: …"; "-": standard input; NULL: the
 *            terminal is asked for one name
 *   returns  the document of the API, free with json_decref(); NULL: it cannot be read, which was said
 */
json_t *identity_read(struct lg_arena *arena, const char *path);

#endif
