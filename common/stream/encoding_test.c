/* Messages to bytes in one pass: the same bytes as protobuf-c's. */
#include "common/stream/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/base/random.h"
#include "common/stream/registry.h"
#include "proto/bus.pb-c.h"
#include "proto/envelope.pb-c.h"

#define TEXT_MAX   300 /* so that lengths take one byte and two */
#define WIRE_BYTES (1024 * 1024)

/* Wire bytes of a random message, written as any encoder might. */
struct wire {
	uint8_t *bytes;
	size_t size;
};

static void add_varint(struct wire *wire, uint64_t value)
{
	for (; value > 0x7fu; value >>= 7)
		wire->bytes[wire->size++] = (uint8_t)(value | 0x80u);
	wire->bytes[wire->size++] = (uint8_t)value;
}

static void add_message(struct wire *wire, struct lg_random *random,
	const ProtobufCMessageDescriptor *descriptor, int depth);

/* Small, large, negative, zero. */
static uint64_t some_number(struct lg_random *random)
{
	return lg_random_next(random) >> lg_random_below(random, 64) &
	       (lg_random_one_in(random, 5) ? 0 : UINT64_MAX);
}

static void add_run(struct wire *wire, struct lg_random *random,
	const ProtobufCFieldDescriptor *field, int depth)
{
	struct wire inner = { .bytes = malloc(WIRE_BYTES) };

	assert_non_null(inner.bytes);
	if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		add_message(&inner, random, field->descriptor, depth + 1);
	} else {
		inner.size = lg_random_below(random, TEXT_MAX);
		memset(inner.bytes, 'x', inner.size);
	}
	add_varint(wire, (uint64_t)field->id << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
	add_varint(wire, inner.size);
	memcpy(wire->bytes + wire->size, inner.bytes, inner.size);
	wire->size += inner.size;
	free(inner.bytes);
}

static void add_value(struct wire *wire, struct lg_random *random,
	const ProtobufCFieldDescriptor *field, int depth)
{
	uint64_t number = some_number(random);

	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		add_run(wire, random, field, depth);
		return;
	case PROTOBUF_C_TYPE_FIXED64:
		add_varint(wire, (uint64_t)field->id << 3 | PROTOBUF_C_WIRE_TYPE_64BIT);
		memcpy(wire->bytes + wire->size, &number, 8);
		wire->size += 8;
		return;
	default:
		add_varint(wire, (uint64_t)field->id << 3);
		add_varint(wire, number);
	}
}

static void add_message(struct wire *wire, struct lg_random *random,
	const ProtobufCMessageDescriptor *descriptor, int depth)
{
	for (unsigned n = 0; n < descriptor->n_fields; n++) {
		const ProtobufCFieldDescriptor *field = &descriptor->fields[n];
		bool is_repeated = field->label == PROTOBUF_C_LABEL_REPEATED;

		for (uint64_t left = lg_random_below(random, is_repeated ? 4 : 2); left > 0; left--)
			add_value(wire, random, field, depth);
	}
	if (lg_random_one_in(random, 50)) { /* a field that nobody knows */
		add_varint(wire, 15000 << 3);
		add_varint(wire, 1);
	}
}

static void check_like_protobuf(const ProtobufCMessageDescriptor *descriptor, struct wire *wire,
	struct lg_random *random, int round)
{
	ProtobufCMessage *message;
	struct lg_arena *arena = lg_arena_new();
	struct lg_bytes ours;
	uint8_t *theirs;

	wire->size = 0;
	if (round > 0) /* the first one is empty */
		add_message(wire, random, descriptor, 1);
	message = protobuf_c_message_unpack(descriptor, NULL, wire->size, wire->bytes);
	assert_non_null(message);
	ours = lg_encode(arena, message);
	theirs = malloc(protobuf_c_message_get_packed_size(message) + 1);
	assert_non_null(theirs);
	assert_int_equal(ours.size, protobuf_c_message_pack(message, theirs));
	assert_memory_equal(ours.data, theirs, ours.size);
	free(theirs);
	protobuf_c_message_free_unpacked(message, NULL);
	lg_arena_free(arena);
}

/*
 * Goal: whatever is encoded is byte for byte what protobuf-c makes of it, so that signatures, digests
 * and older versions see no difference.
 * Method: every message of the registry and of the bus, 60 times with random fields, numbers of all
 * widths, texts whose length takes one byte or two, messages on both sides of what is written in one
 * pass, unknown fields; the seed is printed.
 */
static void bytes_are_those_of_protobuf_c(void **unused)
{
	static const ProtobufCMessageDescriptor *const others[] = {
		&lifeguard__envelope__envelope__descriptor,
		&lifeguard__envelope__manifest__descriptor,
		&lifeguard__envelope__batch__descriptor,
		&lifeguard__bus__deliver__descriptor,
		&lifeguard__bus__subscribe__descriptor,
		&lifeguard__bus__acknowledge__descriptor,
	};
	struct wire wire = { .bytes = malloc(WIRE_BYTES) };
	struct lg_random random;
	uint32_t count;
	const struct lg_message_type *types = lg_message_types(&count);
	uint64_t seed;

	(void)unused;
	randombytes_buf(&seed, sizeof seed);
	print_message("seed %llu\n", (unsigned long long)seed);
	lg_random_seed(&random, seed);
	assert_non_null(wire.bytes);
	for (int round = 0; round < 60; round++) {
		for (uint32_t n = 0; n < count; n++)
			check_like_protobuf(types[n].descriptor, &wire, &random, round);
		for (size_t n = 0; n < sizeof others / sizeof *others; n++)
			check_like_protobuf(others[n], &wire, &random, round);
	}
	free(wire.bytes);
}

/*
 * Goal: a message is encoded whole on both sides of what is written in one pass.
 * Method: a body of each length around it.
 */
static void no_length_is_cut(void **unused)
{
	static uint8_t body[4096];

	(void)unused;
	for (size_t size = 1900; size < 2200; size++) {
		Lifeguard__Envelope__Envelope wire = LIFEGUARD__ENVELOPE__ENVELOPE__INIT;
		struct lg_arena *arena = lg_arena_new();
		uint8_t theirs[sizeof body];

		wire.version = 1;
		wire.body.data = body;
		wire.body.len = size;
		struct lg_bytes ours = lg_encode(arena, &wire.base);

		assert_int_equal(ours.size, protobuf_c_message_pack(&wire.base, theirs));
		assert_memory_equal(ours.data, theirs, ours.size);
		lg_arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_those_of_protobuf_c),
		cmocka_unit_test(no_length_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
