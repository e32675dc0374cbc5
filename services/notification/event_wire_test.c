/* What may be told of an event, against the registry and against canaries. */
#include "services/notification/event_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/stream/registry.h"
#include "proto/intake.pb-c.h"
#include "proto/referral.pb-c.h"

#define CANARY "Canary Kumari"
#define NOON   ((lg_ms)1400000000000)

static struct lg_arena *arena;

static const struct event_frame frame = {
	.case_id = { .byte = { 0xca, 0x5e } },
	.recorded_at = NOON,
	.link = "https://site.example/cases/",
};

static const char *fact(const struct facts *facts, const char *name)
{
	for (uint32_t i = 0; i < facts->count; i++) {
		if (strcmp(facts->at[i].name, name) == 0)
			return facts->at[i].value;
	}
	fail_msg("no fact %s", name);
	return NULL;
}

/*
 * Goal: what may be told is there: each row names a field of its message, of a kind that may be
 * told; each event is sent to us.
 * Method: the table's own check; the registry.
 */
static void the_table_fits_the_messages(void **unused)
{
	(void)unused;
	assert_true(event_table_is_sound());
	for (unsigned event = 0; event < TOLD_COUNT; event++) {
		const struct lg_message_type *type = lg_message_type_named(told_event_names[event]);

		assert_non_null(type);
		assert_int_equal(type->kind, LG_MESSAGE_EVENT);
		assert_true(lg_service_in(type->to, LG_SERVICE_NOTIFICATION));
	}
}

/* Goal: facts read as people write them.  Method: a rescue with every kind of field. */
static void facts_are_written_for_people(void **unused)
{
	Lifeguard__Intake__RescueRecorded rescue = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;
	Lifeguard__Referral__ReferralReceived received =
		LIFEGUARD__REFERRAL__REFERRAL_RECEIVED__INIT;
	uint8_t organisation[LG_ID_SIZE] = { 0xab };
	struct facts facts;

	(void)unused;
	rescue.station = (char *)"SNL";
	rescue.route = LIFEGUARD__CODES__ROUTE__R1_HAND_BACK;
	rescue.urgency = LIFEGUARD__CODES__URGENCY__EMERGENCY;
	facts_from_event(arena, TOLD_RESCUE_RECORDED, &rescue.base, &frame, &facts);
	assert_string_equal(fact(&facts, "station"), "SNL");
	assert_string_equal(fact(&facts, "route"), "r1 hand back");
	assert_string_equal(fact(&facts, "urgency"), "emergency");
	assert_string_equal(fact(&facts, "case"), "ca5e0000000000000000000000000000");
	assert_string_equal(fact(&facts, "time"), "2014-05-13 16:53 UTC");
	assert_string_equal(fact(&facts, "link"),
		"https://site.example/cases/ca5e0000000000000000000000000000");

	received.organisation_id.data = organisation;
	received.organisation_id.len = LG_ID_SIZE;
	received.answer_by_ms = NOON;
	facts_from_event(arena, TOLD_REFERRAL_RECEIVED, &received.base, &frame, &facts);
	assert_string_equal(fact(&facts, "organisation"), "ab000000000000000000000000000000");
	assert_string_equal(fact(&facts, "answer_by"), "2014-05-13 16:53 UTC");
	assert_string_equal(fact(&facts, "urgency"), "-");
}

/* Goal: what is absent is said to be so, and never read.  Method: empty messages of all kinds. */
static void what_is_absent_is_a_dash(void **unused)
{
	struct event_frame bare = frame;

	(void)unused;
	bare.link = "";
	for (unsigned event = 0; event < TOLD_COUNT; event++) {
		const ProtobufCMessageDescriptor *descriptor =
			lg_message_type_named(told_event_names[event])->descriptor;
		ProtobufCMessage *empty = lg_alloc(arena, descriptor->sizeof_message);
		const char *names[RENDER_FACTS_MAX + 1];
		struct facts facts;
		struct told told;

		descriptor->message_init(empty);
		facts_from_event(arena, (enum told_event)event, empty, &bare, &facts);
		event_placeholders((enum told_event)event, names);
		for (uint32_t i = 0; names[i] != NULL; i++)
			assert_non_null(fact(&facts, names[i]));
		assert_string_equal(fact(&facts, "link"), "-");
		told = told_from_event((enum told_event)event, empty);
		assert_null(told.station);
		assert_true(lg_id_is_zero(told.organisation));
	}
}

/*
 * Goal: whatever somebody typed into a text field of an event, no notice holds it.
 * Method: canaries in every string of every event, also in messages inside; all facts of all
 * events are looked through.
 */
static void fill_with_canaries(ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;

	for (unsigned i = 0; i < descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
		uint8_t *place = (uint8_t *)message + field->offset;

		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			continue;
		if (field->type == PROTOBUF_C_TYPE_STRING) {
			*(const char **)(void *)place = CANARY;
		} else if (field->type == PROTOBUF_C_TYPE_BYTES) {
			ProtobufCBinaryData *bytes = (ProtobufCBinaryData *)(void *)place;

			bytes->data = (uint8_t *)(uintptr_t)CANARY;
			bytes->len = sizeof CANARY - 1;
		} else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
			const ProtobufCMessageDescriptor *inside = field->descriptor;
			ProtobufCMessage *part = lg_alloc(arena, inside->sizeof_message);

			inside->message_init(part);
			fill_with_canaries(part);
			*(ProtobufCMessage **)(void *)place = part;
		}
	}
}

static void no_typed_text_gets_into_a_notice(void **unused)
{
	(void)unused;
	for (unsigned event = 0; event < TOLD_COUNT; event++) {
		const ProtobufCMessageDescriptor *descriptor =
			lg_message_type_named(told_event_names[event])->descriptor;
		ProtobufCMessage *message = lg_alloc(arena, descriptor->sizeof_message);
		struct facts facts;

		descriptor->message_init(message);
		fill_with_canaries(message);
		facts_from_event(arena, (enum told_event)event, message, &frame, &facts);
		for (uint32_t i = 0; i < facts.count; i++) {
			assert_null(strstr(facts.at[i].value, "Canary"));
			assert_null(strstr(facts.at[i].value, "Kumari"));
		}
	}
}

/* Goal: whom an event concerns is read from it.  Method: a rescue, a handover. */
static void an_event_says_whom_it_concerns(void **unused)
{
	Lifeguard__Intake__RescueRecorded rescue = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;
	Lifeguard__Referral__HandoverConfirmed handover =
		LIFEGUARD__REFERRAL__HANDOVER_CONFIRMED__INIT;
	uint8_t organisation[LG_ID_SIZE] = { 0xab };
	struct told told;

	(void)unused;
	rescue.station = (char *)"SNL";
	told = told_from_event(TOLD_RESCUE_RECORDED, &rescue.base);
	assert_string_equal(told.station, "SNL");
	assert_true(lg_id_is_zero(told.organisation));

	handover.organisation_id.data = organisation;
	handover.organisation_id.len = LG_ID_SIZE;
	told = told_from_event(TOLD_HANDOVER_CONFIRMED, &handover.base);
	assert_null(told.station);
	assert_memory_equal(told.organisation.byte, organisation, LG_ID_SIZE);
	handover.organisation_id.len = 3;
	told = told_from_event(TOLD_HANDOVER_CONFIRMED, &handover.base);
	assert_true(lg_id_is_zero(told.organisation));
}

static int set_up(void **unused)
{
	(void)unused;
	arena = lg_arena_new();
	return 0;
}

static int tear_down(void **unused)
{
	(void)unused;
	lg_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_fits_the_messages),
		cmocka_unit_test(facts_are_written_for_people),
		cmocka_unit_test(what_is_absent_is_a_dash),
		cmocka_unit_test(no_typed_text_gets_into_a_notice),
		cmocka_unit_test(an_event_says_whom_it_concerns),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
