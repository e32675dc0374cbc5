/* Lists are read in pages, newest first: how many rows, and behind which id. */
#ifndef NOTIFICATION_PAGE_H
#define NOTIFICATION_PAGE_H

#include <protobuf-c/protobuf-c.h>

#include "common/base/id.h"

#define PAGE_MAX      500
#define PAGE_STANDARD 100

/* refused: a limit above PAGE_MAX, or an id that is none */
LG_MUST_CHECK struct lg_status page_check(uint32_t limit, ProtobufCBinaryData before);

/* How many rows; PAGE_STANDARD for 0, PAGE_MAX for more. */
uint32_t page_limit(uint32_t limit);

/* The id that rows stand before; above all ids for the first page. */
struct lg_id page_before(ProtobufCBinaryData before);

#endif
