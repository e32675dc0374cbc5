/* Envelopes: there and back, and everything from outside that must be refused. */
#include "common/stream/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/random.h"
#include "proto/codes.pb-c.h"
#include "proto/intake.pb-c.h"

/* A message that holds itself, as no .proto of the product may: only so can depth be tried. */
struct nested {
	ProtobufCMessage base;
	struct nested *child;
	size_t role_count, word_count, pair_count;
	int *roles;
	uint32_t *words;
	uint64_t *pairs;
};

extern const ProtobufCMessageDescriptor nested_descriptor;

#define REPEATED(name, id, type, count, member, of) \
	{ \
		name, id, PROTOBUF_C_LABEL_REPEATED, type, offsetof(struct nested, count), \
			offsetof(struct nested, member), of, NULL, PROTOBUF_C_FIELD_FLAG_PACKED, \
			0, NULL, NULL \
	}

/* clang-format off */
static const ProtobufCFieldDescriptor nested_fields[] = {
	{ "child", 1, PROTOBUF_C_LABEL_OPTIONAL, PROTOBUF_C_TYPE_MESSAGE, 0,
	  offsetof(struct nested, child), &nested_descriptor, NULL, 0, 0, NULL, NULL },
	REPEATED("roles", 2, PROTOBUF_C_TYPE_ENUM, role_count, roles, &lifeguard__codes__role__descriptor),
	REPEATED("words", 3, PROTOBUF_C_TYPE_FIXED32, word_count, words, NULL),
	REPEATED("pairs", 4, PROTOBUF_C_TYPE_FIXED64, pair_count, pairs, NULL),
};
/* clang-format on */

static const unsigned nested_by_name[] = { 0, 3, 1, 2 };
static const ProtobufCIntRange nested_ranges[] = { { 1, 0 }, { 0, 4 } };

const ProtobufCMessageDescriptor nested_descriptor = {
	.magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
	.name = "nested",
	.short_name = "nested",
	.c_name = "nested",
	.package_name = "",
	.sizeof_message = sizeof(struct nested),
	.n_fields = 4,
	.fields = nested_fields,
	.fields_sorted_by_name = nested_by_name,
	.n_field_ranges = 1,
	.field_ranges = nested_ranges,
};

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

/* The reason of a refusal, or "done". */
static const char *decode(struct lg_arena *arena, const ProtobufCMessageDescriptor *descriptor,
	const void *data, size_t size)
{
	ProtobufCMessage *message = NULL;
	struct lg_status status = lg_decode(arena, descriptor, lg_bytes(data, size), &message);

	assert_int_equal(lg_is_done(status), message != NULL);
	return lg_is_done(status) ? "done" : status.reason;
}

#define TRY(descriptor, literal) decode(*state, descriptor, literal, sizeof literal - 1)
#define INTERCEPTION             (&lifeguard__intake__record_interception__descriptor)
#define PERSON                   (&lifeguard__intake__intercepted_person__descriptor)
#define MANIFEST                 (&lifeguard__envelope__manifest__descriptor)

/* Goal: bytes end where they end.  Method: each way in which the wire form can break off. */
static void malformed_bytes_are_refused(void **state)
{
	assert_string_equal(decode(*state, MANIFEST, NULL, 0), "done");
	assert_string_equal(TRY(MANIFEST, "\x08\x01"), "done");
	assert_string_equal(TRY(MANIFEST, "\x08"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x08\x80"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x00\x01"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x0b\x0c"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x0e\x01"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x3a\x02x"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x0a\x01\x01"), "malformed message");
	assert_string_equal(
		TRY(MANIFEST, "\x09\x01\x01\x01\x01\x01\x01\x01\x01"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x09\x01\x01\x01"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x0d\x01\x01\x01"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x3a\xff\xff\xff\xff\x0f"), "malformed message");
	/* a tag and a number that are longer than any need */
	assert_string_equal(TRY(MANIFEST, "\x88\x80\x80\x80\x80\x00\x01"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x88\x80\x80\x80\x20\x01"), "malformed message");
	assert_string_equal(TRY(MANIFEST, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
		"malformed message");
}

/* Goal: a newer sender may add fields.  Method: unknown numbers of each wire type. */
static void unknown_fields_are_passed_over(void **state)
{
	assert_string_equal(TRY(MANIFEST, "\xf8\x07\x01"), "done");
	assert_string_equal(TRY(MANIFEST, "\xfa\x07\x02\xff\xff"), "done");
	assert_string_equal(TRY(MANIFEST, "\xfd\x07\x01\x02\x03\x04"), "done");
	assert_string_equal(TRY(MANIFEST, "\xf9\x07\x01\x02\x03\x04\x05\x06\x07\x08"), "done");
}

/* Goal: text is UTF-8 without NUL, at any depth.  Method: a station, a name two levels down. */
static void text_must_be_text(void **state)
{
	assert_string_equal(TRY(INTERCEPTION, "\x12\x03\xe0\xa4\x95"), "done");
	assert_string_equal(TRY(INTERCEPTION, "\x12\x03\xe0\xa4"), "malformed message");
	assert_string_equal(TRY(INTERCEPTION, "\x12\x02\xe0\xa4"), "text is not UTF-8");
	assert_string_equal(TRY(INTERCEPTION, "\x12\x03"
					      "A\0B"),
		"text is not UTF-8");
	assert_string_equal(TRY(INTERCEPTION, "\x4a\x06\x32\x04\x0a\x02\xc3\xa4"), "done");
	assert_string_equal(
		TRY(INTERCEPTION, "\x4a\x06\x32\x04\x0a\x02\xc3\x28"), "text is not UTF-8");
}

/* Goal: no number that is no code comes in.  Method: single, packed and beyond 32 bits. */
static void unknown_enum_values_are_refused(void **state)
{
	assert_string_equal(TRY(PERSON, "\x08\x02"), "done");
	assert_string_equal(TRY(PERSON, "\x08\x03"), "unknown enum value");
	assert_string_equal(
		TRY(PERSON, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "unknown enum value");
	assert_string_equal(TRY(&nested_descriptor, "\x12\x02\x01\x08"), "done");
	assert_string_equal(TRY(&nested_descriptor, "\x12\x02\x01\x09"), "unknown enum value");
	assert_string_equal(TRY(&nested_descriptor, "\x12\x02\x01\x80"), "malformed message");
	assert_string_equal(TRY(&nested_descriptor, "\x1a\x04\x01\x02\x03\x04"), "done");
	assert_string_equal(TRY(&nested_descriptor, "\x1a\x03\x01\x02\x03"), "malformed message");
	assert_string_equal(
		TRY(&nested_descriptor, "\x22\x08\x01\x02\x03\x04\x05\x06\x07\x08"), "done");
	assert_string_equal(
		TRY(&nested_descriptor, "\x22\x04\x01\x02\x03\x04"), "malformed message");
}

/* Goal: the stack is bounded.  Method: a message inside itself, at the limit and one deeper. */
static void depth_is_bounded(void **state)
{
	static const uint8_t chain[] = { 0x0a, 16, 0x0a, 14, 0x0a, 12, 0x0a, 10, 0x0a, 8, 0x0a, 6,
		0x0a, 4, 0x0a, 2, 0x0a, 0 };

	assert_string_equal(
		decode(*state, &nested_descriptor, chain + 4, sizeof chain - 4), "done");
	assert_string_equal(decode(*state, &nested_descriptor, chain + 2, sizeof chain - 2),
		"message is too deep");
	assert_string_equal(
		decode(*state, &nested_descriptor, chain, sizeof chain), "message is too deep");
}

/* Goal: size, fields and memory are bounded.  Method: both sides of each limit. */
static void size_fields_and_memory_are_bounded(void **state)
{
	uint8_t *bytes = lg_alloc(*state, LG_MESSAGE_MAX + 1);
	size_t size;

	/* one field of bytes that fills all: tag 1, length 3 */
	memcpy(bytes, "\x3a\xfc\xff\x3f", 4);
	assert_string_equal(decode(*state, MANIFEST, bytes, LG_MESSAGE_MAX), "done");
	assert_string_equal(
		decode(*state, MANIFEST, bytes, LG_MESSAGE_MAX + 1), "message is too large");

	/* packed roles: the field itself and 65,535 elements, then one more */
	memcpy(bytes, "\x12\xff\xff\x03", 4);
	memset(bytes + 4, 1, LG_FIELDS_MAX);
	assert_string_equal(
		decode(*state, &nested_descriptor, bytes, 4 + LG_FIELDS_MAX - 1), "done");
	memcpy(bytes, "\x12\x80\x80\x04", 4);
	assert_string_equal(
		decode(*state, &nested_descriptor, bytes, 4 + LG_FIELDS_MAX), "too many fields");
	for (size_t i = 0; i <= LG_FIELDS_MAX; i++)
		memcpy(bytes + 2 * i, "\x08\x01", 2);
	assert_string_equal(
		decode(*state, MANIFEST, bytes, 2 * (LG_FIELDS_MAX + 1)), "too many fields");

	/* empty persons: 2 bytes each on the wire, some hundred in memory */
	for (size = 0; size < 100; size += 2)
		memcpy(bytes + size, "\x4a\x00", 2);
	assert_string_equal(decode(*state, INTERCEPTION, bytes, size), "done");
	lg_arena_reset(*state);
	bytes = lg_alloc(*state, 20000);
	for (size = 0; size < 20000; size += 2)
		memcpy(bytes + size, "\x4a\x00", 2);
	assert_string_equal(
		decode(*state, INTERCEPTION, bytes, size), "message takes too much memory");
	assert_true(lg_arena_used_bytes(*state) <= 20000 + 8 * 20000 + 64 * 1024 + 64);
}

/* --- wrap and unwrap -------------------------------------------------------------------- */

static Lifeguard__Intake__MigrantEngaged engaged(void)
{
	Lifeguard__Intake__MigrantEngaged message = LIFEGUARD__INTAKE__MIGRANT_ENGAGED__INIT;

	message.station = (char *)(uintptr_t) "KTM";
	message.engaged_ms = 1399788900000;
	message.stated_victims = 2;
	return message;
}

static struct lg_envelope sample(const ProtobufCMessage *message)
{
	return (struct lg_envelope){
		.event_id = lg_id_make(1, 1399788900001, 7),
		.case_id = lg_id_make(1, 1399788900000, 8),
		.cause_id = lg_id_make(1, 1399788900000, 9),
		.type = lg_message_type_named("MigrantEngaged"),
		.site = 1,
		.service = LG_SERVICE_INTAKE,
		.occurred_at = 1399788900000,
		.recorded_at = 1399788900001,
		.actor = { .user = lg_id_make(1, 1, 1), .role = 1, .assurance = 3 },
		.purpose = 1,
		.message = message,
	};
}

/* Goal: what was wrapped comes back.  Method: each part compared; both ways to give a body. */
static void an_envelope_comes_back_whole(void **state)
{
	Lifeguard__Intake__MigrantEngaged message = engaged();
	const Lifeguard__Intake__MigrantEngaged *body;
	struct lg_envelope sent = sample(&message.base), got, again;
	struct lg_bytes bytes, more;

	assert_true(lg_is_done(lg_envelope_wrap(*state, &sent, &bytes)));
	assert_true(lg_is_done(lg_envelope_unwrap(*state, bytes, &got)));
	assert_true(lg_id_equal(got.event_id, sent.event_id));
	assert_true(lg_id_equal(got.case_id, sent.case_id));
	assert_true(lg_id_equal(got.cause_id, sent.cause_id));
	assert_ptr_equal(got.type, sent.type);
	assert_int_equal(got.type_number, 101);
	assert_int_equal(got.site, 1);
	assert_int_equal(got.service, LG_SERVICE_INTAKE);
	assert_int_equal(got.occurred_at, sent.occurred_at);
	assert_int_equal(got.recorded_at, sent.recorded_at);
	assert_true(lg_id_equal(got.actor.user, sent.actor.user));
	assert_true(lg_id_is_zero(got.actor.organisation));
	assert_true(lg_id_is_zero(got.actor.session));
	assert_int_equal(got.actor.role, 1);
	assert_int_equal(got.actor.assurance, 3);
	assert_int_equal(got.purpose, 1);
	assert_int_equal(got.sealed_count, 0);
	body = (const Lifeguard__Intake__MigrantEngaged *)got.message;
	assert_string_equal(body->station, "KTM");
	assert_int_equal(body->stated_victims, 2);

	again = got;
	again.message = NULL; /* the bytes of the body as they are */
	assert_true(lg_is_done(lg_envelope_wrap(*state, &again, &more)));
	assert_true(lg_bytes_equal(bytes, more));
}

/* Goal: a trace crosses; one that is malformed is none, not a fault.  Method: there and back. */
static void a_trace_comes_back_with_its_hop(void **state)
{
	struct lg_envelope sent = sample(NULL), got;
	struct lg_bytes bytes;

	sent.type_number = 60000;
	sent.trace = (struct lg_trace){ .id = { 1, 2 }, .parent = { 3 } };
	sent.hop = (struct lg_hop){ .waited_us = 5, .worked_us = UINT32_MAX, .told_ms = -1 };
	assert_true(lg_is_done(lg_envelope_wrap(*state, &sent, &bytes)));
	assert_true(lg_is_done(lg_envelope_unwrap(*state, bytes, &got)));
	assert_memory_equal(&got.trace, &sent.trace, sizeof got.trace);
	assert_memory_equal(&got.hop, &sent.hop, sizeof got.hop);

	sent.hop.told_ms = INT64_MAX; /* a clock far behind: as long as can be said */
	assert_true(lg_is_done(lg_envelope_wrap(*state, &sent, &bytes)));
	assert_true(lg_is_done(lg_envelope_unwrap(*state, bytes, &got)));
	assert_int_equal(got.hop.told_ms, UINT32_MAX);
}

/* Goal: a type of a later version is no fault.  Method: a number that is in no row. */
static void an_unknown_type_keeps_its_body(void **state)
{
	struct lg_envelope sent = sample(NULL), got;
	struct lg_bytes bytes;

	sent.type = NULL;
	sent.type_number = 99999;
	sent.body = lg_bytes("later", 5);
	assert_true(lg_is_done(lg_envelope_wrap(*state, &sent, &bytes)));
	assert_true(lg_is_done(lg_envelope_unwrap(*state, bytes, &got)));
	assert_null(got.type);
	assert_null(got.message);
	assert_int_equal(got.type_number, 99999);
	assert_true(lg_bytes_equal(got.body, sent.body));
}

/* What unwrap says after one part of a good envelope was changed on the wire. */
static const char *unwrap_changed(
	struct lg_arena *arena, void (*change)(Lifeguard__Envelope__Envelope *wire))
{
	Lifeguard__Intake__MigrantEngaged message = engaged();
	struct lg_envelope sent = sample(&message.base), got;
	ProtobufCMessage *wire = NULL;
	struct lg_status status;
	struct lg_bytes bytes;

	assert_true(lg_is_done(lg_envelope_wrap(arena, &sent, &bytes)));
	assert_true(lg_is_done(
		lg_decode(arena, &lifeguard__envelope__envelope__descriptor, bytes, &wire)));
	change((Lifeguard__Envelope__Envelope *)wire);
	status = lg_envelope_unwrap(arena, lg_encode(arena, wire), &got);
	return lg_is_done(status) ? "done" : status.reason;
}

static uint8_t some_bytes[20] = "other event's id..";
static Lifeguard__Envelope__Sealed moved = LIFEGUARD__ENVELOPE__SEALED__INIT;
static Lifeguard__Envelope__Sealed *moved_list[] = { &moved };

#define CHANGE(name, expression) \
	static void name(Lifeguard__Envelope__Envelope *wire) \
	{ \
		expression; \
	}

CHANGE(nothing, (void)wire)
CHANGE(other_version, wire->version = 2)
CHANGE(no_version, wire->version = 0)
CHANGE(large_site, wire->site = 65536)
CHANGE(no_service, wire->service = 0)
CHANGE(large_service, wire->service = LG_SERVICE_COUNT)
CHANGE(other_service, wire->service = LG_SERVICE_REPORTING)
CHANGE(a_command, wire->type = 1101)
CHANGE(a_content, wire->type = 2001)
CHANGE(no_actor, wire->actor = NULL)
CHANGE(no_role, wire->actor->role = 0)
CHANGE(large_role, wire->actor->role = 9)
CHANGE(huge_role, wire->actor->role = UINT32_MAX)
CHANGE(short_user, wire->actor->user.len = 15)
CHANGE(long_organisation, wire->actor->organisation = ((ProtobufCBinaryData){ 17, some_bytes }))
CHANGE(short_session, wire->actor->session = ((ProtobufCBinaryData){ 1, some_bytes }))
CHANGE(no_event_id, wire->event_id.len = 0)
CHANGE(short_case_id, wire->case_id.len = 15)
CHANGE(no_cause_id, wire->cause_id.len = 0)
CHANGE(bad_body, wire->body = ((ProtobufCBinaryData){ 1, some_bytes }))
CHANGE(moved_value, wire->n_sealed = 1; wire->sealed = moved_list)

/* Goal: each part is looked at.  Method: change one at a time; the reason names it. */
static void each_part_of_an_envelope_is_checked(void **state)
{
	static const struct {
		void (*change)(Lifeguard__Envelope__Envelope *wire);
		const char *answer;
	} rows[] = {
		{ nothing, "done" },
		{ other_version, "unknown version of envelope" },
		{ no_version, "unknown version of envelope" },
		{ large_site, "envelope of no known service" },
		{ no_service, "envelope of no known service" },
		{ large_service, "envelope of no known service" },
		{ other_service, "type that this service may not send" },
		{ a_command, "type that this service may not send" },
		{ a_content, "type that this service may not send" },
		{ no_actor, "envelope without actor" },
		{ no_role, "unknown role" },
		{ large_role, "unknown role" },
		{ huge_role, "unknown role" },
		{ bad_body, "malformed message" },
		{ moved_value, "sealed value of another event" },
	};
	static void (*const lengths[])(Lifeguard__Envelope__Envelope *) = { short_user,
		long_organisation, short_session, no_event_id, short_case_id, no_cause_id };

	moved.context = (ProtobufCBinaryData){ 16, some_bytes };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(unwrap_changed(*state, rows[i].change), rows[i].answer);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
		assert_string_not_equal(unwrap_changed(*state, lengths[i]), "done");
}

/* Goal: sealed values travel with their event only, at most 16.  Method: both sides. */
static void sealed_values_are_bounded_and_bound(void **state)
{
	Lifeguard__Intake__MigrantEngaged message = engaged();
	struct lg_envelope sent = sample(&message.base), got;
	Lifeguard__Envelope__Sealed value = LIFEGUARD__ENVELOPE__SEALED__INIT;
	Lifeguard__Envelope__Sealed *list[LG_SEALED_MAX + 1];
	struct lg_bytes bytes;

	for (size_t i = 0; i <= LG_SEALED_MAX; i++)
		list[i] = &value;
	value.context = (ProtobufCBinaryData){ LG_ID_SIZE, sent.event_id.byte };
	value.class_ = 1;
	sent.sealed = list;
	sent.sealed_count = LG_SEALED_MAX;
	assert_true(lg_is_done(lg_envelope_wrap(*state, &sent, &bytes)));
	assert_true(lg_is_done(lg_envelope_unwrap(*state, bytes, &got)));
	assert_int_equal(got.sealed_count, LG_SEALED_MAX);
	assert_int_equal(got.sealed[15]->class_, 1);

	sent.sealed_count = LG_SEALED_MAX + 1;
	assert_string_equal(
		lg_envelope_wrap(*state, &sent, &bytes).reason, "too many sealed values");
	sent.sealed_count = 1;
	value.context = (ProtobufCBinaryData){ LG_ID_SIZE, some_bytes };
	assert_string_equal(
		lg_envelope_wrap(*state, &sent, &bytes).reason, "sealed value of another event");
}

/* Goal: nothing is stored that can never be sent.  Method: grow the body to the limit. */
static void an_envelope_above_the_limit_is_refused(void **state)
{
	struct lg_envelope sent = sample(NULL), got;
	struct lg_bytes bytes = { 0 };
	uint8_t *large = lg_alloc(*state, LG_ENVELOPE_MAX + 1);
	size_t overhead;

	sent.type = NULL;
	sent.type_number = 99999;
	sent.body = lg_bytes(large, 100000);
	assert_true(lg_is_done(lg_envelope_wrap(*state, &sent, &bytes)));
	overhead = bytes.size - 100000;

	sent.body = lg_bytes(large, LG_ENVELOPE_MAX - overhead);
	assert_true(lg_is_done(lg_envelope_wrap(*state, &sent, &bytes)));
	assert_int_equal(bytes.size, LG_ENVELOPE_MAX);
	assert_true(lg_is_done(lg_envelope_unwrap(*state, bytes, &got)));

	sent.body.size++;
	assert_string_equal(
		lg_envelope_wrap(*state, &sent, &bytes).reason, "envelope is too large");
	assert_string_equal(
		lg_envelope_unwrap(*state, lg_bytes(large, LG_ENVELOPE_MAX + 1), &got).reason,
		"envelope is too large");
}

/*
 * Goal: no bytes from outside do harm.  Method: seeds; good envelopes with some bytes changed,
 * cut or doubled; the sanitisers watch, memory stays in its budget, and what passes encodes.
 */
static void changed_bytes_do_no_harm(void **state)
{
	Lifeguard__Intake__MigrantEngaged message = engaged();
	struct lg_envelope sent = sample(&message.base), got;
	struct lg_random random;

	for (uint64_t seed = 0; seed < 3000; seed++) {
		struct lg_bytes bytes;
		uint8_t copy[512];
		size_t size;

		lg_random_seed(&random, seed);
		lg_arena_reset(*state);
		assert_true(lg_is_done(lg_envelope_wrap(*state, &sent, &bytes)));
		size = bytes.size;
		assert_true(size < sizeof copy);
		memcpy(copy, bytes.data, size);
		for (uint64_t n = 1 + lg_random_below(&random, 4); n > 0; n--)
			copy[lg_random_below(&random, size)] = (uint8_t)lg_random_next(&random);
		if (lg_random_one_in(&random, 4))
			size = (size_t)lg_random_below(&random, size);
		if (lg_is_done(lg_envelope_unwrap(*state, lg_bytes(copy, size), &got)) &&
			got.message != NULL)
			assert_non_null(lg_encode(*state, got.message).data);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(malformed_bytes_are_refused),
		TEST(unknown_fields_are_passed_over),
		TEST(text_must_be_text),
		TEST(unknown_enum_values_are_refused),
		TEST(depth_is_bounded),
		TEST(size_fields_and_memory_are_bounded),
		TEST(an_envelope_comes_back_whole),
		TEST(a_trace_comes_back_with_its_hop),
		TEST(an_unknown_type_keeps_its_body),
		TEST(each_part_of_an_envelope_is_checked),
		TEST(sealed_values_are_bounded_and_bound),
		TEST(an_envelope_above_the_limit_is_refused),
		TEST(changed_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
