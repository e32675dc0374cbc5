/*
 * The header If-Match of RFC 9110, 13.1.1, for tags that begin with a version: "7", "7.0a1b".
 */
#ifndef LG_JSON_IF_MATCH_H
#define LG_JSON_IF_MATCH_H

#include "common/base/bytes.h"

enum lg_match { LG_MATCH_NAMED, LG_MATCH_OTHER, LG_MATCH_MALFORMED };

/*
 * Whether the header names a version: "*" names whatever is there, a weak tag nothing.
 *   header   "*" or a list of entity tags
 *   version  0: there is no such thing
 */
enum lg_match lg_if_match(struct lg_bytes header, uint64_t version);

#endif
