/* A page of a list (page.h). */
#include "services/notification/page.h"

struct lg_status page_check(uint32_t limit, ProtobufCBinaryData before)
{
	struct lg_id unused;

	if (limit > PAGE_MAX)
		return lg_refuse("limit is at most 500");
	if (before.len > 0 &&
		!lg_is_done(lg_id_from_bytes(lg_bytes(before.data, before.len), &unused)))
		return lg_refuse("before is the id that an earlier page gave as next");
	return lg_done();
}

uint32_t page_limit(uint32_t limit)
{
	if (limit == 0)
		return PAGE_STANDARD;
	return limit > PAGE_MAX ? PAGE_MAX : limit;
}

struct lg_id page_before(ProtobufCBinaryData before)
{
	struct lg_id id;

	memset(id.byte, 0xff, sizeof id.byte);
	if (before.len == LG_ID_SIZE)
		memcpy(id.byte, before.data, LG_ID_SIZE);
	return id;
}
