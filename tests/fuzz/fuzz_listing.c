/*
 * listing_cut(): how the gateway cuts a service's answer into rows without decoding it.  Names that
 * clients wrote stand in there.  Every row begins and ends with a bracket inside the answer, one behind
 * the other.
 */
#include <assert.h>
#include <stdlib.h>

#include "services/gateway/domain/listing.h"
#include "tests/fuzz/fuzz.h"

static const struct listing_shape shape = { .rows = "rows", .id = "id", .next = "next" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct listing_page page;
	const uint8_t *behind = data;

	if (!lg_is_done(listing_cut(lg_bytes(data, size), &shape, &page)))
		return 0;
	assert(page.count <= LISTING_ROWS_MAX);
	for (uint32_t i = 0; i < page.count; i++) {
		struct lg_bytes text = page.row[i].text;

		assert(text.data >= behind);
		behind = text.data + text.size;
		assert(behind <= data + size);
		assert(text.size >= 2);
		assert(text.data[0] == '{');
		assert(behind[-1] == '}' || behind[-1] == ']');
	}
	if (page.next.size > 0) {
		assert(page.next.data > data);
		assert(page.next.data + page.next.size < data + size);
	}
	return 0;
}
