/* Messages read in place: the same as lg_decode() reads, without a copy. */
#include "common/stream/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/base/random.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"
#include "proto/intake.pb-c.h"

#define ROUNDS   20000
#define ENVELOPE (&lifeguard__envelope__envelope__descriptor)
#define MANIFEST (&lifeguard__envelope__manifest__descriptor)

static int setup(void **state)
{
	*state = lg_arena_new();
	return 0;
}

static int teardown(void **state)
{
	lg_arena_free(*state);
	return 0;
}

static ProtobufCBinaryData some_bytes(const char *text)
{
	return lg_wire_from_array((const uint8_t *)text, strlen(text));
}

/* An envelope with an actor, two sealed values, a trace, and one of its oneof. */
static struct lg_bytes envelope_of(struct lg_arena *arena)
{
	Lifeguard__Envelope__Envelope wire = LIFEGUARD__ENVELOPE__ENVELOPE__INIT;
	Lifeguard__Envelope__Actor actor = LIFEGUARD__ENVELOPE__ACTOR__INIT;
	Lifeguard__Envelope__Sealed one = LIFEGUARD__ENVELOPE__SEALED__INIT, other = one;
	Lifeguard__Envelope__Sealed *sealed[] = { &one, &other };

	one.box = some_bytes("not a box");
	other.content = 2001;
	actor.role = 3;
	wire.version = 1;
	wire.event_id = some_bytes("sixteen bytes id");
	wire.type = 103;
	wire.occurred_ms = -1;
	wire.actor = &actor;
	wire.body = some_bytes("body");
	wire.sealed = sealed;
	wire.n_sealed = 2;
	wire.told_case = LIFEGUARD__ENVELOPE__ENVELOPE__TOLD_TOLD_MS;
	wire.told_ms = 7;
	return lg_encode(arena, &wire.base);
}

/* A form with texts, codes, messages in messages and a repeated one. */
static struct lg_bytes form_of(struct lg_arena *arena)
{
	Lifeguard__Intake__RecordInterception form = LIFEGUARD__INTAKE__RECORD_INTERCEPTION__INIT;
	Lifeguard__Intake__InterceptedPerson person = LIFEGUARD__INTAKE__INTERCEPTED_PERSON__INIT;
	Lifeguard__Intake__InterceptedPerson *persons[] = { &person, &person, &person };

	person.kind = 1;
	person.sex = 1;
	form.station = (char *)(uintptr_t) "SNL";
	form.intercepted_ms = 1234567890123;
	form.stated_victims = 3;
	form.persons = persons;
	form.n_persons = 3;
	return lg_encode(arena, &form.base);
}

static struct lg_bytes claim_of(struct lg_arena *arena)
{
	Lifeguard__Bus__Claim claim = LIFEGUARD__BUS__CLAIM__INIT;
	uint32_t partitions[20];
	uint64_t takeovers[20];

	for (uint32_t n = 0; n < 20; n++) {
		partitions[n] = n;
		takeovers[n] = (uint64_t)n << 40;
	}
	claim.partitions = partitions;
	claim.takeovers = takeovers;
	claim.n_partitions = claim.n_takeovers = 20;
	return lg_encode(arena, &claim.base);
}

/* What is not known is kept by lg_decode() and not by lg_view(). */
static void forget_unknown(ProtobufCMessage *message)
{
	message->n_unknown_fields = 0;
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		uint8_t *base = (uint8_t *)message;
		ProtobufCMessage **inner = (ProtobufCMessage **)(void *)(base + field->offset);
		size_t count = 1;

		if (field->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
			count = *(uint32_t *)(void *)(base + field->quantifier_offset) == field->id;
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			count = *(size_t *)(void *)(base + field->quantifier_offset);
			inner = *(ProtobufCMessage ***)(void *)inner;
		}
		for (size_t n = 0; n < count; n++)
			if (inner[n] != NULL)
				forget_unknown(inner[n]);
	}
}

static void compare(
	struct lg_arena *arena, const ProtobufCMessageDescriptor *descriptor, struct lg_bytes bytes)
{
	ProtobufCMessage *decoded = NULL, *viewed = NULL;
	struct lg_status decode = lg_decode(arena, descriptor, bytes, &decoded);
	struct lg_status view = lg_view(arena, descriptor, bytes, &viewed);

	if (!lg_is_done(view)) {
		/* protobuf-c joins two halves of a message into one */
		if (strcmp(view.reason, "a message twice") != 0)
			assert_false(lg_is_done(decode));
		return;
	}
	assert_true(lg_is_done(decode));
	forget_unknown(decoded);
	assert_true(lg_bytes_equal(lg_encode(arena, decoded), lg_encode(arena, viewed)));
}

/* One to three bytes are others, and perhaps the end is missing. */
static struct lg_bytes changed(
	struct lg_arena *arena, struct lg_random *random, struct lg_bytes bytes)
{
	uint8_t *copy = lg_alloc(arena, bytes.size);
	size_t size = bytes.size;

	memcpy(copy, bytes.data, size);
	for (uint64_t n = lg_random_below(random, 3) + 1; n > 0; n--)
		copy[lg_random_below(random, size)] = (uint8_t)lg_random_next(random);
	if (lg_random_one_in(random, 4))
		size = (size_t)lg_random_below(random, size + 1);
	return lg_bytes(copy, size);
}

/*
 * Goal: nothing is read in another way than before.  Method: messages of every kind of field, whole
 * and damaged, by both; what both take must encode to the same bytes.
 */
static void it_reads_what_lg_decode_reads(void **state)
{
	const struct {
		const ProtobufCMessageDescriptor *descriptor;
		struct lg_bytes bytes;
	} samples[] = {
		{ ENVELOPE, envelope_of(*state) },
		{ &lifeguard__intake__record_interception__descriptor, form_of(*state) },
		{ &lifeguard__bus__claim__descriptor, claim_of(*state) },
	};
	struct lg_arena *arena = lg_arena_new();
	struct lg_random random;

	lg_random_seed(&random, 10);
	for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
		compare(arena, samples[s].descriptor, samples[s].bytes);
		for (int round = 0; round < ROUNDS; round++) {
			compare(arena, samples[s].descriptor,
				changed(arena, &random, samples[s].bytes));
			lg_arena_reset(arena);
		}
	}
	lg_arena_free(arena);
}

/* Goal: no copy.  Method: where the body and a box point to. */
static void bytes_point_into_what_was_given(void **state)
{
	struct lg_bytes bytes = envelope_of(*state);
	const Lifeguard__Envelope__Envelope *envelope;
	ProtobufCMessage *message = NULL;

	assert_true(lg_is_done(lg_view(*state, ENVELOPE, bytes, &message)));
	envelope = (const Lifeguard__Envelope__Envelope *)message;
	assert_true(envelope->body.data > bytes.data);
	assert_true(envelope->body.data < bytes.data + bytes.size);
	assert_true(envelope->sealed[0]->box.data > envelope->body.data);
	assert_int_equal(envelope->sealed[1]->content, 2001);
	assert_int_equal(envelope->told_ms, 7);
	assert_int_equal(envelope->occurred_ms, -1);
}

static const char *reason_of(struct lg_arena *arena, const ProtobufCMessageDescriptor *descriptor,
	const void *data, size_t size)
{
	ProtobufCMessage *message = NULL;
	struct lg_status status = lg_view(arena, descriptor, lg_bytes(data, size), &message);

	return lg_is_done(status) ? "done" : status.reason;
}

#define TRY(descriptor, literal) reason_of(*state, descriptor, literal, sizeof literal - 1)

/* Goal: what can be read in two ways is refused.  Method: an actor twice, once empty; a group. */
static void what_is_not_plain_is_refused(void **state)
{
	assert_string_equal(TRY(ENVELOPE, ""), "done");
	assert_string_equal(TRY(ENVELOPE, "\x52\x00"), "done");
	assert_string_equal(TRY(ENVELOPE, "\x52\x00\x52\x00"), "a message twice");
	assert_string_equal(TRY(ENVELOPE, "\x0b\x0c"), "malformed message");
	assert_string_equal(TRY(ENVELOPE, "\x0d\x01\x01\x01\x01"), "malformed message");
	assert_string_equal(TRY(ENVELOPE, "\x08\x80"), "malformed message");
	assert_string_equal(TRY(ENVELOPE, "\x12\x02x"), "malformed message");
	assert_string_equal(TRY(ENVELOPE, "\x88\x80\x80\x80\x80\x00\x01"), "malformed message");
}

/* Goal: size, fields and memory are bounded.  Method: both sides of each limit. */
static void size_fields_and_memory_are_bounded(void **state)
{
	uint8_t *bytes = lg_alloc(*state, LG_MESSAGE_MAX + 1);

	memcpy(bytes, "\x3a\xfc\xff\x3f", 4);
	assert_string_equal(reason_of(*state, MANIFEST, bytes, LG_MESSAGE_MAX), "done");
	assert_string_equal(
		reason_of(*state, MANIFEST, bytes, LG_MESSAGE_MAX + 1), "message is too large");
	for (uint32_t n = 0; n <= LG_FIELDS_MAX; n++)
		memcpy(bytes + 2 * n, "\x08\x01", 2);
	assert_string_equal(reason_of(*state, MANIFEST, bytes, 2 * LG_FIELDS_MAX), "done");
	assert_string_equal(
		reason_of(*state, MANIFEST, bytes, 2 * LG_FIELDS_MAX + 2), "too many fields");
	/* sealed values of nothing: each costs 2 bytes there and a struct here */
	for (uint32_t n = 0; n < 4096; n++)
		memcpy(bytes + 2 * n, "\x6a\x00", 2);
	assert_string_equal(reason_of(*state, ENVELOPE, bytes, 2 * 128), "done");
	assert_string_equal(
		reason_of(*state, ENVELOPE, bytes, 2 * 4096), "message takes too much memory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_reads_what_lg_decode_reads),
		TEST(bytes_point_into_what_was_given),
		TEST(what_is_not_plain_is_refused),
		TEST(size_fields_and_memory_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
