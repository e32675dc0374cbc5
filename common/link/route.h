/*
 * What stands before every frame: 32 bytes, little endian, fixed.
 *
 * It is all that lg-bus reads, so that no protobuf decoder stands before a stranger.  The bus
 * writes from_site and from_service itself, by the key that ZAP authenticated; what a sender
 * claims there is overwritten.
 */
#ifndef LG_LINK_ROUTE_H
#define LG_LINK_ROUTE_H

#include "common/base/bytes.h"
#include "common/base/status.h"

#define LG_ROUTE_SIZE   32
#define LG_FRAME_MAX    (1024u * 1024u) /* bytes of a body */
#define LG_TO_ANY_OWNER 0xff            /* partition: not to an owner but to connection `to` */

/*
 * A frame is a message of two parts, or of one: each part is closed, opened and carried by itself.
 * Whoever reads both says so in his claim (bus.Claim), which always has two; the bus then sends him
 * one, and who has been sent one may send one.
 */
enum lg_form {
	LG_FORM_PARTS,  /* route, body */
	LG_FORM_JOINED, /* the body behind its route */
};

enum lg_route_kind {
	LG_ROUTE_CLAIM = 1,
	LG_ROUTE_SUBSCRIBE,
	LG_ROUTE_DELIVER,
	LG_ROUTE_ACKNOWLEDGE,
	LG_ROUTE_GO_BACK,
	LG_ROUTE_GONE,
	LG_ROUTE_COMMAND,
	LG_ROUTE_ANSWER,
	LG_ROUTE_UNDELIVERED, /* from the bus, to the sender of a COMMAND: no owner is known */
	LG_ROUTE_NEWS, /* to a gateway that asked a query lately: something was committed; empty */
	LG_ROUTE_KIND_COUNT,
};

struct lg_route {
	uint8_t version;  /* 1 */
	uint8_t kind;     /* enum lg_route_kind */
	uint16_t to_site; /* this site's own number, for now */
	uint8_t to_service;
	uint8_t to_partition;   /* 0..15, or LG_TO_ANY_OWNER */
	uint16_t from_site;     /* written by the bus */
	uint8_t from_service;   /* written by the bus */
	uint8_t from_partition; /* of the stream, where the kind has one; else 0 */
	uint8_t lane;
	uint16_t destination; /* of the stream */
	uint64_t to;          /* connection, as it stood in `from`; 0: by service and partition */
	uint64_t from;        /* written by the bus: the sender's connection */
};

/* Writes LG_ROUTE_SIZE bytes. */
void lg_route_write(const struct lg_route *route, uint8_t ret_bytes[LG_ROUTE_SIZE]);

/* refused  not LG_ROUTE_SIZE bytes, another version, an unknown kind, partition or lane */
LG_MUST_CHECK struct lg_status lg_route_read(struct lg_bytes bytes, struct lg_route *ret_route);

#endif
