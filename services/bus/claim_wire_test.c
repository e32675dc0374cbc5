#include "services/bus/claim_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/stream/envelope.h"
#include "proto/bus.pb-c.h"

#define MANY 64

struct sample {
	uint8_t instance[LG_ID_SIZE];
	uint32_t partitions[MANY];
	uint64_t takeovers[MANY];
	Lifeguard__Bus__Claim wire;
};

/* A claim of count partitions from 0 on. */
static void fill(struct sample *sample, size_t count)
{
	memset(sample, 0, sizeof *sample);
	lifeguard__bus__claim__init(&sample->wire);
	sample->instance[0] = 1;
	for (uint32_t i = 0; i < MANY; i++) {
		sample->partitions[i] = i;
		sample->takeovers[i] = UINT64_MAX - i;
	}
	sample->wire.instance.data = sample->instance;
	sample->wire.instance.len = LG_ID_SIZE;
	sample->wire.partitions = sample->partitions;
	sample->wire.takeovers = sample->takeovers;
	sample->wire.n_partitions = sample->wire.n_takeovers = count;
}

static bool reads(const struct sample *sample, struct claim *ret_claim)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_status status =
		claim_from_wire(arena, lg_encode(arena, &sample->wire.base), ret_claim);

	lg_arena_free(arena);
	return lg_is_done(status);
}

/* Goal: the largest claim fits, the empty one too.  Method: read both back. */
static void a_claim_of_none_to_all_partitions_is_read(void **unused)
{
	struct sample sample;
	struct claim claim;

	(void)unused;
	fill(&sample, LG_PARTITIONS);
	assert_true(reads(&sample, &claim));
	assert_int_equal(claim.count, LG_PARTITIONS);
	assert_int_equal(claim.partitions[15], 15);
	assert_true(claim.takeovers[15] == UINT64_MAX - 15);
	assert_false(claim.reads_joined);
	sample.wire.reads_joined = true;
	assert_true(reads(&sample, &claim));
	assert_true(claim.reads_joined);
	fill(&sample, 0);
	assert_true(reads(&sample, &claim));
	assert_int_equal(claim.count, 0);
}

/* Goal: what is none is refused.  Method: one fault at a time. */
static void a_malformed_claim_is_refused(void **unused)
{
	struct sample sample;
	struct claim claim;

	(void)unused;
	fill(&sample, LG_PARTITIONS + 1);
	assert_false(reads(&sample, &claim));
	fill(&sample, 2);
	sample.wire.n_takeovers = 1;
	assert_false(reads(&sample, &claim));
	fill(&sample, 2);
	sample.partitions[1] = 0;
	assert_false(reads(&sample, &claim));
	fill(&sample, 1);
	sample.partitions[0] = LG_PARTITIONS;
	assert_false(reads(&sample, &claim));
	fill(&sample, 1);
	sample.wire.instance.len = LG_ID_SIZE - 1;
	assert_false(reads(&sample, &claim));
	fill(&sample, 1);
	sample.instance[0] = 0;
	assert_false(reads(&sample, &claim));
}

/* Goal: size is looked at before anything is decoded.  Method: both sides of the limit. */
static void a_claim_above_its_limit_is_refused(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	uint8_t padded[BUS_CLAIM_BYTES_MAX + 1] = { 0 };
	struct sample sample;
	struct claim claim;
	struct lg_bytes whole;
	size_t rest;

	(void)unused;
	fill(&sample, LG_PARTITIONS);
	whole = lg_encode(arena, &sample.wire.base);
	/* an unknown field (number 15, bytes) fills it up: decoders pass over it */
	memcpy(padded, whole.data, whole.size);
	for (size_t size = BUS_CLAIM_BYTES_MAX; size <= sizeof padded; size++) {
		rest = size - whole.size - 3;
		assert_in_range(rest, 128, 16383);
		padded[whole.size] = 15 << 3 | 2;
		padded[whole.size + 1] = (uint8_t)(rest & 0x7f) | 0x80;
		padded[whole.size + 2] = (uint8_t)(rest >> 7);
		assert_int_equal(claim_from_wire(arena, lg_bytes(padded, size), &claim).outcome,
			size <= BUS_CLAIM_BYTES_MAX ? LG_DONE : LG_REFUSED);
	}
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_claim_of_none_to_all_partitions_is_read),
		cmocka_unit_test(a_malformed_claim_is_refused),
		cmocka_unit_test(a_claim_above_its_limit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
