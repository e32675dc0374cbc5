/*
 * The table of all message types, made from proto/registry.txt at build time, and the names of
 * the services.
 */
#include "common/stream/registry.h"

#include <string.h>

#include "proto/all.inc"

/* clang-format off */
static const struct lg_message_type types[] = {
#include "proto/registry.inc"
};
/* clang-format on */

#define TYPE_COUNT ((uint32_t)(sizeof types / sizeof types[0]))

static const char *const service_names[LG_SERVICE_COUNT] = {
	[LG_SERVICE_NONE] = "?",
	[LG_SERVICE_BUS] = "bus",
	[LG_SERVICE_GATEWAY] = "gateway",
	[LG_SERVICE_ACCESS] = "access",
	[LG_SERVICE_INTAKE] = "intake",
	[LG_SERVICE_MATCHING] = "matching",
	[LG_SERVICE_REFERRAL] = "referral",
	[LG_SERVICE_NOTIFICATION] = "notification",
	[LG_SERVICE_REPORTING] = "reporting",
};

/* By halves: the rows ascend, which registry_test.c proves. */
const struct lg_message_type *lg_message_type(uint32_t number)
{
	uint32_t low = 0, high = TYPE_COUNT;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (types[middle].number == number)
			return &types[middle];
		if (types[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct lg_message_type *lg_message_type_named(const char *name)
{
	for (uint32_t i = 0; i < TYPE_COUNT; i++) {
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	}
	return NULL;
}

const struct lg_message_type *lg_message_types(uint32_t *ret_count)
{
	*ret_count = TYPE_COUNT;
	return types;
}

const char *lg_service_name(uint32_t service)
{
	return service_names[service < LG_SERVICE_COUNT ? service : LG_SERVICE_NONE];
}

enum lg_service_number lg_service_by_name(const char *name)
{
	for (unsigned i = LG_SERVICE_NONE + 1; i < LG_SERVICE_COUNT; i++) {
		if (strcmp(service_names[i], name) == 0)
			return (enum lg_service_number)i;
	}
	return LG_SERVICE_NONE;
}
