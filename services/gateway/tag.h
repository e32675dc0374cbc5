/*
 * A strong ETag of an answer: the version of the thing, for If-Match, and the BLAKE2b-128 of its
 * body under a key of the site's gateway, for If-None-Match.
 *
 * Under a key, because tags stand in headers that a proxy may log, and the body may be a short
 * secret: without the key nobody can try which one it is.
 */
#ifndef GATEWAY_TAG_H
#define GATEWAY_TAG_H

#include "common/base/bytes.h"

#define TAG_KEY_SIZE 32
#define TAG_TEXT     56 /* at most 20 digits, a dot, 32 hexadecimal digits, quotes, the NUL */

/*
 * Writes the tag of a body.
 *   version  what the service says of the thing (common/run/handle); 0: it has none
 */
void tag_make(const uint8_t key[TAG_KEY_SIZE], uint64_t version, struct lg_bytes body,
	char ret_tag[TAG_TEXT]);

/* Whether If-None-Match names the tag: in a list, weak or strong, or by "*".  NULL names none. */
bool tag_is_named(const char *tag, const char *if_none_match);

/*
 * The key of tags, made of a secret that all gateways of a site have.
 *   secret  of any length up to 64 bytes
 */
void tag_key_make(struct lg_bytes secret, uint8_t ret_key[TAG_KEY_SIZE]);

#endif
