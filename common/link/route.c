#include "common/link/route.h"

#include "common/stream/partition.h"
#include "common/stream/registry.h"

#define ROUTE_VERSION 1

/* Where each field stands; the gaps (11, 14, 15) are zero in this version. */
enum offset {
	AT_VERSION = 0,
	AT_KIND = 1,
	AT_TO_SITE = 2,
	AT_TO_SERVICE = 4,
	AT_TO_PARTITION = 5,
	AT_FROM_SITE = 6,
	AT_FROM_SERVICE = 8,
	AT_FROM_PARTITION = 9,
	AT_LANE = 10,
	AT_ZERO = 11,
	AT_DESTINATION = 12,
	AT_ZEROS = 14,
	AT_TO = 16,
	AT_FROM = 24,
};

_Static_assert(AT_FROM + 8 == LG_ROUTE_SIZE, "the last field ends the route");

void lg_route_write(const struct lg_route *route, uint8_t ret_bytes[LG_ROUTE_SIZE])
{
	memset(ret_bytes, 0, LG_ROUTE_SIZE);
	ret_bytes[AT_VERSION] = route->version;
	ret_bytes[AT_KIND] = route->kind;
	lg_number_write(ret_bytes + AT_TO_SITE, route->to_site, 2);
	ret_bytes[AT_TO_SERVICE] = route->to_service;
	ret_bytes[AT_TO_PARTITION] = route->to_partition;
	lg_number_write(ret_bytes + AT_FROM_SITE, route->from_site, 2);
	ret_bytes[AT_FROM_SERVICE] = route->from_service;
	ret_bytes[AT_FROM_PARTITION] = route->from_partition;
	ret_bytes[AT_LANE] = route->lane;
	lg_number_write(ret_bytes + AT_DESTINATION, route->destination, 2);
	lg_number_write(ret_bytes + AT_TO, route->to, 8);
	lg_number_write(ret_bytes + AT_FROM, route->from, 8);
}

struct lg_status lg_route_read(struct lg_bytes bytes, struct lg_route *ret_route)
{
	const uint8_t *at = bytes.data;

	if (bytes.size != LG_ROUTE_SIZE)
		return lg_refuse("route of a wrong size");
	if (at[AT_VERSION] != ROUTE_VERSION)
		return lg_refuse("route of an unknown version");
	if (at[AT_KIND] < LG_ROUTE_CLAIM || at[AT_KIND] >= LG_ROUTE_KIND_COUNT)
		return lg_refuse("route of an unknown kind");
	if (at[AT_TO_PARTITION] >= LG_PARTITIONS && at[AT_TO_PARTITION] != LG_TO_ANY_OWNER)
		return lg_refuse("route to an unknown partition");
	if (at[AT_FROM_PARTITION] >= LG_PARTITIONS)
		return lg_refuse("route from an unknown partition");
	if (at[AT_LANE] >= LG_LANE_COUNT)
		return lg_refuse("route of an unknown lane");
	if (at[AT_ZERO] != 0 || lg_number_read(at + AT_ZEROS, 2) != 0)
		return lg_refuse("route with unknown fields");

	*ret_route = (struct lg_route){
		.version = at[AT_VERSION],
		.kind = at[AT_KIND],
		.to_site = (uint16_t)lg_number_read(at + AT_TO_SITE, 2),
		.to_service = at[AT_TO_SERVICE],
		.to_partition = at[AT_TO_PARTITION],
		.from_site = (uint16_t)lg_number_read(at + AT_FROM_SITE, 2),
		.from_service = at[AT_FROM_SERVICE],
		.from_partition = at[AT_FROM_PARTITION],
		.lane = at[AT_LANE],
		.destination = (uint16_t)lg_number_read(at + AT_DESTINATION, 2),
		.to = lg_number_read(at + AT_TO, 8),
		.from = lg_number_read(at + AT_FROM, 8),
	};
	return lg_done();
}
