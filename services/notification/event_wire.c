/* Fields are read by the descriptor of the message, so that one table says what may be told. */
#include "services/notification/event_wire.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>

#include "common/stream/registry.h"

#define CODE_MAX  32
#define NOT_KNOWN "-"

/* clang-format off */
static const struct {
	enum told_event event;
	const char *name; /* as texts say it */
	const char *part; /* a message inside, or NULL */
	const char *field;
} tellable[] = {
	{ TOLD_RESCUE_RECORDED,          "station",      NULL,      "station" },
	{ TOLD_RESCUE_RECORDED,          "route",        NULL,      "route" },
	{ TOLD_RESCUE_RECORDED,          "urgency",      NULL,      "urgency" },
	{ TOLD_CONSENT_CHANGED,          "purpose",      "consent", "purpose" },
	{ TOLD_CONSENT_CHANGED,          "consent",      "consent", "state" },
	{ TOLD_STEP_DONE,                "step",         NULL,      "step" },
	{ TOLD_MATCH_PROPOSED,           "kind",         NULL,      "kind" },
	{ TOLD_MATCH_PROPOSED,           "match",        NULL,      "match_id" },
	{ TOLD_MATCH_CONFIRMED,          "kind",         NULL,      "kind" },
	{ TOLD_MATCH_CONFIRMED,          "match",        NULL,      "match_id" },
	{ TOLD_MATCH_REJECTED,           "kind",         NULL,      "kind" },
	{ TOLD_MATCH_REJECTED,           "match",        NULL,      "match_id" },
	{ TOLD_REFERRAL_OFFERED,         "organisation", NULL,      "organisation_id" },
	{ TOLD_REFERRAL_OFFERED,         "round",        NULL,      "round" },
	{ TOLD_REFERRAL_OFFERED,         "urgency",      "need",    "urgency" },
	{ TOLD_REFERRAL_RECEIVED,        "organisation", NULL,      "organisation_id" },
	{ TOLD_REFERRAL_RECEIVED,        "urgency",      NULL,      "urgency" },
	{ TOLD_REFERRAL_RECEIVED,        "answer_by",    NULL,      "answer_by_ms" },
	{ TOLD_REFERRAL_ACCEPTED,        "organisation", NULL,      "organisation_id" },
	{ TOLD_REFERRAL_DECLINED,        "organisation", NULL,      "organisation_id" },
	{ TOLD_REFERRAL_DECLINED,        "reason",       NULL,      "reason" },
	{ TOLD_REFERRAL_DECLINED,        "end",          NULL,      "end" },
	{ TOLD_REFERRAL_ESCALATED,       "reason",       NULL,      "reason" },
	{ TOLD_REFERRAL_ESCALATED,       "role",         NULL,      "role" },
	{ TOLD_REFERRAL_ESCALATED,       "urgency",      NULL,      "urgency" },
	{ TOLD_REFERRAL_ESCALATED,       "level",        NULL,      "level" },
	{ TOLD_REFERRAL_WITHDRAWN,       "organisation", NULL,      "organisation_id" },
	{ TOLD_DESTRUCTION_ACKNOWLEDGED, "organisation", NULL,      "organisation_id" },
	{ TOLD_DESTRUCTION_OVERDUE,      "organisation", NULL,      "organisation_id" },
	{ TOLD_HANDOVER_CONFIRMED,       "handed_over",  NULL,      "handed_over_ms" },
	{ TOLD_HANDOVER_CONFIRMED,       "organisation", NULL,      "organisation_id" },
	{ TOLD_HANDOVER_OVERDUE,         "organisation", NULL,      "organisation_id" },
	{ TOLD_HANDOVER_OVERDUE,         "role",         NULL,      "role" },
	{ TOLD_HANDOVER_OVERDUE,         "urgency",      NULL,      "urgency" },
	{ TOLD_HANDOVER_OVERDUE,         "level",        NULL,      "level" },
	{ TOLD_REUNIFICATION_RECORDED,   "reunified",    NULL,      "reunified_ms" },
	{ TOLD_REHABILITATION_STARTED,   "started",      NULL,      "started_ms" },
	{ TOLD_FOLLOW_UP_RECORDED,       "month",        NULL,      "month" },
	{ TOLD_FOLLOW_UP_RECORDED,       "result",       NULL,      "result" },
	{ TOLD_LEGAL_MILESTONE_RECORDED, "step",         NULL,      "step" },
	{ TOLD_DESTINATION_LINKED,       "network",      NULL,      "network" },
	{ TOLD_DESTINATION_LINKED,       "call_back",    NULL,      "call_back_ms" },
	{ TOLD_CASE_CLOSED,              "outcome",      NULL,      "outcome" },
	{ TOLD_FOLLOW_UP_DUE,            "month",        NULL,      "month" },
	{ TOLD_FEEDBACK_GIVEN,           "milestone",    NULL,      "milestone" },
	{ TOLD_FEEDBACK_GIVEN,           "station",      NULL,      "station" },
	{ TOLD_MATCH_UNDONE,             "kind",         NULL,      "kind" },
	{ TOLD_MATCH_UNDONE,             "match",        NULL,      "match_id" },
	{ TOLD_MATCH_UNDONE,             "reason",       NULL,      "reason" },
	{ TOLD_WATCHLIST_HIT,            "kind",         NULL,      "kind" },
	{ TOLD_WATCHLIST_HIT,            "corridor",     NULL,      "corridor" },
	{ TOLD_WATCHLIST_HIT,            "place",        NULL,      "station" },
	{ TOLD_WATCHLIST_HIT,            "seen",         NULL,      "seen_ms" },
	{ TOLD_WATCHLIST_HIT,            "before",       NULL,      "before_station" },
	{ TOLD_WATCHLIST_HIT,            "before_time",  NULL,      "before_ms" },
	{ TOLD_TRACE_HIT,                "site",         NULL,      "other_site" },
	{ TOLD_TRACE_HIT,                "role",         NULL,      "contact" },
	{ TOLD_TRACE_HIT,                "officer",      NULL,      "officer" },
	{ TOLD_WATCHLIST_HIT,            "site",         NULL,      "origin_site" },
};
/* clang-format on */

#define TELLABLE_COUNT (sizeof tellable / sizeof tellable[0])

/* Around every message. */
static const char *const framing[] = { "case", "time", "link" };

#define FRAMING_COUNT (sizeof framing / sizeof framing[0])

/* --- fields by name ---------------------------------------------------------------------- */

static const void *place_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	return (const uint8_t *)message + field->offset;
}

static const ProtobufCFieldDescriptor *field_named(
	const ProtobufCMessageDescriptor *descriptor, const char *name)
{
	return protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
}

static bool may_be_told(const ProtobufCFieldDescriptor *field)
{
	if (field == NULL || field->label == PROTOBUF_C_LABEL_REPEATED)
		return false;
	return field->type == PROTOBUF_C_TYPE_ENUM || field->type == PROTOBUF_C_TYPE_UINT32 ||
	       field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_BYTES ||
	       field->type == PROTOBUF_C_TYPE_STRING;
}

/* The field of a row in a message; NULL when the part is absent. */
static const ProtobufCFieldDescriptor *find(
	size_t row, const ProtobufCMessage *message, const ProtobufCMessage **ret_message)
{
	const ProtobufCFieldDescriptor *part;

	if (tellable[row].part != NULL) {
		part = field_named(message->descriptor, tellable[row].part);
		assert(part != NULL && part->type == PROTOBUF_C_TYPE_MESSAGE);
		message = *(const ProtobufCMessage *const *)place_of(message, part);
		if (message == NULL)
			return NULL;
	}
	*ret_message = message;
	return field_named(message->descriptor, tellable[row].field);
}

/* --- values as text ------------------------------------------------------------------------ */

static const char *id_text(struct lg_arena *arena, struct lg_bytes bytes)
{
	struct lg_id id = { .byte = { 0 } };
	char text[LG_ID_TEXT];

	if (!lg_is_done(lg_id_from_bytes(bytes, &id)) || lg_id_is_zero(id))
		return NOT_KNOWN;
	lg_id_print(id, text);
	return lg_copy_text(arena, text);
}

/* "2014-05-11 06:15 UTC": a person's minute is enough. */
static const char *time_text(struct lg_arena *arena, lg_ms time)
{
	char text[LG_TIME_TEXT];

	if (time == 0)
		return NOT_KNOWN;
	lg_time_print(time, text);
	return lg_format(arena, "%.10s %.5s UTC", text, text + 11);
}

/* An enum's name in small letters, words apart; zero and unknown numbers say nothing. */
static const char *enum_text(
	struct lg_arena *arena, const ProtobufCFieldDescriptor *field, int number)
{
	const ProtobufCEnumValue *value =
		protobuf_c_enum_descriptor_get_value(field->descriptor, number);
	char *text;

	if (number == 0 || value == NULL)
		return NOT_KNOWN;
	text = lg_copy_text(arena, value->name);
	for (char *at = text; *at != '\0'; at++)
		*at = *at == '_' ? ' ' : (char)tolower((unsigned char)*at);
	return text;
}

static bool is_code(const char *text)
{
	size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._-");

	return size > 0 && size <= CODE_MAX && text[size] == '\0';
}

static const char *value_text(struct lg_arena *arena, const ProtobufCMessage *message,
	const ProtobufCFieldDescriptor *field)
{
	const void *place = place_of(message, field);

	if (field->type == PROTOBUF_C_TYPE_ENUM)
		return enum_text(arena, field, *(const int *)place);
	if (field->type == PROTOBUF_C_TYPE_UINT32)
		return lg_format(arena, "%" PRIu32, *(const uint32_t *)place);
	if (field->type == PROTOBUF_C_TYPE_INT64)
		return time_text(arena, *(const int64_t *)place);
	if (field->type == PROTOBUF_C_TYPE_BYTES) {
		const ProtobufCBinaryData *bytes = place;

		return id_text(arena, lg_bytes(bytes->data, bytes->len));
	}
	assert(field->type == PROTOBUF_C_TYPE_STRING);

	const char *code = *(const char *const *)place;

	return is_code(code) ? lg_copy_text(arena, code) : NOT_KNOWN;
}

/* --- what is told --------------------------------------------------------------------------- */

void event_placeholders(enum told_event event, const char *ret_names[RENDER_FACTS_MAX + 1])
{
	uint32_t count = 0;

	for (size_t i = 0; i < FRAMING_COUNT; i++)
		ret_names[count++] = framing[i];
	for (size_t row = 0; row < TELLABLE_COUNT; row++) {
		if (tellable[row].event != event)
			continue;
		assert(count < RENDER_FACTS_MAX);
		ret_names[count++] = tellable[row].name;
	}
	ret_names[count] = NULL;
}

static void add(struct facts *facts, const char *name, const char *value)
{
	assert(facts->count < RENDER_FACTS_MAX);
	facts->at[facts->count++] = (struct fact){ .name = name, .value = value };
}

void facts_from_event(struct lg_arena *arena, enum told_event event,
	const ProtobufCMessage *message, const struct event_frame *frame, struct facts *ret_facts)
{
	struct facts facts = { .count = 0 };
	const char *case_text = id_text(arena, lg_id_bytes(&frame->case_id));

	add(&facts, framing[0], case_text);
	add(&facts, framing[1], time_text(arena, frame->recorded_at));
	add(&facts, framing[2],
		frame->link[0] == '\0' ? NOT_KNOWN
				       : lg_format(arena, "%s%s", frame->link, case_text));
	for (size_t row = 0; row < TELLABLE_COUNT; row++) {
		const ProtobufCMessage *inside = NULL;
		const ProtobufCFieldDescriptor *field;

		if (tellable[row].event != event)
			continue;
		field = find(row, message, &inside);
		add(&facts, tellable[row].name,
			field == NULL ? NOT_KNOWN : value_text(arena, inside, field));
	}
	*ret_facts = facts;
}

struct told told_from_event(enum told_event event, const ProtobufCMessage *message)
{
	const ProtobufCFieldDescriptor *station = field_named(message->descriptor, "station");
	const ProtobufCFieldDescriptor *organisation =
		field_named(message->descriptor, "organisation_id");
	struct told told = { .event = event };

	if (station != NULL && station->type == PROTOBUF_C_TYPE_STRING) {
		told.station = *(const char *const *)place_of(message, station);
		if (told.station[0] == '\0')
			told.station = NULL;
	}
	if (organisation != NULL && organisation->type == PROTOBUF_C_TYPE_BYTES) {
		const ProtobufCBinaryData *bytes = place_of(message, organisation);

		if (!lg_is_done(lg_id_from_bytes(
			    lg_bytes(bytes->data, bytes->len), &told.organisation)))
			told.organisation = (struct lg_id){ .byte = { 0 } };
	}
	return told;
}

bool event_table_is_sound(void)
{
	for (size_t row = 0; row < TELLABLE_COUNT; row++) {
		const struct lg_message_type *type =
			lg_message_type_named(told_event_names[tellable[row].event]);
		const ProtobufCMessageDescriptor *descriptor;

		if (type == NULL)
			return false;
		descriptor = type->descriptor;
		if (tellable[row].part != NULL) {
			const ProtobufCFieldDescriptor *part =
				field_named(descriptor, tellable[row].part);

			if (part == NULL || part->type != PROTOBUF_C_TYPE_MESSAGE ||
				part->label == PROTOBUF_C_LABEL_REPEATED)
				return false;
			descriptor = part->descriptor;
		}
		if (!may_be_told(field_named(descriptor, tellable[row].field)))
			return false;
	}
	return true;
}
