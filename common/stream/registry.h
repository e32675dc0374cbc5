/*
 * Every message type of the product, from proto/registry.txt: number, kind, lane, who may send
 * it, who takes it.  This table is the static policy; what fits no row is refused.
 */
#ifndef LG_STREAM_REGISTRY_H
#define LG_STREAM_REGISTRY_H

#include <protobuf-c/protobuf-c.h>

#include "common/base/status.h"

/* Numbers of codes.Service: they stand on the wire. */
enum lg_service_number {
	LG_SERVICE_NONE,
	LG_SERVICE_BUS,
	LG_SERVICE_GATEWAY,
	LG_SERVICE_ACCESS,
	LG_SERVICE_INTAKE,
	LG_SERVICE_MATCHING,
	LG_SERVICE_REFERRAL,
	LG_SERVICE_NOTIFICATION,
	LG_SERVICE_REPORTING,
	LG_SERVICE_COUNT,
};

enum lg_message_kind {
	LG_MESSAGE_EVENT,
	LG_MESSAGE_COMMAND,
	LG_MESSAGE_QUERY,
	LG_MESSAGE_DUE, /* a service to itself, at a time */
	LG_MESSAGE_CONTENT
};

enum lg_lane { LG_LANE_CARE, LG_LANE_BULK, LG_LANE_COUNT };

struct lg_message_type {
	uint32_t number;
	enum lg_message_kind kind;
	enum lg_lane lane;
	uint32_t from, to; /* sets of services: bit (1 << number) */
	const char *name;
	const ProtobufCMessageDescriptor *descriptor;
};

/* The type of this number; NULL when this version does not know it. */
const struct lg_message_type *lg_message_type(uint32_t number);

/* The type of this name; NULL when there is none. */
const struct lg_message_type *lg_message_type_named(const char *name);

/* All of them, ascending. */
const struct lg_message_type *lg_message_types(uint32_t *ret_count);

/* "intake" for 4; "?" for a number that is no service. */
const char *lg_service_name(uint32_t service);

/* 4 for "intake"; LG_SERVICE_NONE for a name that is none. */
enum lg_service_number lg_service_by_name(const char *name);

static inline bool lg_service_in(uint32_t set, uint32_t service)
{
	return service < LG_SERVICE_COUNT && (set >> service & 1u) != 0;
}

#endif
