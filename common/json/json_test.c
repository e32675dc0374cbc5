/* Messages and their JSON: there and back, every fault with its place, nothing beyond a bound. */
#include "common/json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/random.h"
#include "common/base/text.h"
#include "common/json/json_text.h"
#include "proto/intake.pb-c.h"
#include "proto/operation.pb-c.h"
#include "proto/reporting.pb-c.h"

static struct lg_arena *arena;

static int open_arena(void **unused)
{
	(void)unused;
	arena = lg_arena_new();
	return 0;
}

static int close_arena(void **unused)
{
	(void)unused;
	lg_arena_free(arena);
	return 0;
}

static const ProtobufCMessageDescriptor *const form =
	&lifeguard__intake__record_interception__descriptor;

/* The faults of a document as one text: "pointer reason; ..."; "" when there is none. */
static const char *faults_of(const ProtobufCMessageDescriptor *descriptor, struct lg_bytes json)
{
	struct lg_field_errors errors = { .count = 77 };
	ProtobufCMessage *message = NULL;
	struct lg_status status = lg_json_read(arena, descriptor, json, &message, &errors);
	const char *text = "";

	assert_int_equal(status.outcome, errors.count == 0 ? LG_DONE : LG_REFUSED);
	assert_int_equal(message == NULL, errors.count > 0);
	for (uint32_t i = 0; i < errors.count; i++)
		text = lg_format(arena, "%s%s%s %s", text, i > 0 ? "; " : "", errors.at[i].pointer,
			errors.at[i].reason);
	return text;
}

static void assert_faults(const char *json, const char *expected)
{
	uint8_t *exact = test_malloc(strlen(json) + 1); /* a read behind the end is seen */

	memcpy(exact + 1, json, strlen(json));
	assert_string_equal(faults_of(form, lg_bytes(exact + 1, strlen(json))), expected);
	test_free(exact);
}

static ProtobufCMessage *read_good(const ProtobufCMessageDescriptor *descriptor, const char *json)
{
	struct lg_field_errors errors;
	ProtobufCMessage *message = NULL;

	assert_string_equal(faults_of(descriptor, lg_bytes(json, strlen(json))), "");
	assert_true(lg_is_done(
		lg_json_read(arena, descriptor, lg_bytes(json, strlen(json)), &message, &errors)));
	return message;
}

static void assert_written(const ProtobufCMessage *message, const char *expected)
{
	struct lg_bytes written = lg_json_write(arena, message);

	assert_string_equal((const char *)written.data, expected);
	assert_int_equal(written.size, strlen(expected));
}

static const char whole_form[] =
	"{\"case_id\":\"00010146a5e8b4a0000102030405060f\",\"station\":\"SUN\","
	"\"intercepted_ms\":1399788900000,\"stated_victims\":2,\"stated_suspects\":0,"
	"\"certainty\":4,\"indicators\":[\"A1\",\"B2\"],\"persons\":["
	"{\"kind\":\"potential_victim\",\"sex\":\"female\",\"age_years\":16,"
	"\"district\":\"\xe0\xa4\xb0\xe0\xa5\x82\xe0\xa4\xaa\","
	"\"relation\":\"\",\"identity\":{\"names\":[\"A \\\"B\\\"\",\"C\\\\D\\u000a\"],"
	"\"phones\":[],\"address\":\"\"}},"
	"{\"kind\":\"suspect\",\"sex\":\"sex_unspecified\",\"district\":\"\",\"relation\":\"\"}]}";

/* Goal: a document becomes the message it describes.  Method: one of every kind of field. */
static void a_document_becomes_its_message(void **unused)
{
	const Lifeguard__Intake__RecordInterception *m = (const void *)read_good(form, whole_form);

	(void)unused;
	assert_int_equal(m->case_id.len, 16);
	assert_int_equal(m->case_id.data[3], 0x46);
	assert_int_equal(m->case_id.data[15], 0x0f);
	assert_string_equal(m->station, "SUN");
	assert_int_equal(m->intercepted_ms, 1399788900000);
	assert_int_equal(
		m->suspects_case, LIFEGUARD__INTAKE__RECORD_INTERCEPTION__SUSPECTS_STATED_SUSPECTS);
	assert_int_equal(m->stated_suspects, 0);
	assert_int_equal(
		m->reported_case, LIFEGUARD__INTAKE__RECORD_INTERCEPTION__REPORTED__NOT_SET);
	assert_int_equal(m->n_indicators, 2);
	assert_string_equal(m->indicators[1], "B2");
	assert_int_equal(m->n_persons, 2);
	assert_int_equal(m->persons[0]->kind, LIFEGUARD__CODES__PERSON_KIND__POTENTIAL_VICTIM);
	assert_int_equal(m->persons[0]->age_years, 16);
	assert_int_equal(m->persons[0]->identity->n_names, 2);
	assert_string_equal(m->persons[0]->identity->names[1], "C\\D\n");
	assert_int_equal(m->persons[1]->sex, LIFEGUARD__CODES__SEX__SEX_UNSPECIFIED);
	assert_int_equal(
		m->persons[1]->age_case, LIFEGUARD__INTAKE__INTERCEPTED_PERSON__AGE__NOT_SET);
	assert_null(m->persons[1]->identity);
}

/* Goal: what was read is written the same, and survives the wire.  Method: there and back. */
static void a_message_becomes_its_document(void **unused)
{
	ProtobufCMessage *message = read_good(form, whole_form);
	ProtobufCMessage *again = NULL;

	(void)unused;
	assert_written(message, whole_form);
	assert_true(lg_is_done(lg_decode(arena, form, lg_encode(arena, message), &again)));
	assert_written(again, whole_form);
}

/* Goal: standard values are written, absent choices are not.  Method: an empty document. */
static void standard_values_are_written(void **unused)
{
	(void)unused;
	assert_written(read_good(form, " { } "),
		"{\"case_id\":\"\",\"station\":\"\",\"intercepted_ms\":0,\"stated_victims\":0,"
		"\"certainty\":0,\"indicators\":[],\"persons\":[]}");
	assert_written(read_good(&lifeguard__operation__audit_verified__descriptor, "{}"),
		"{\"whole\":false,\"records\":0,\"broken_partition\":0,\"broken_sequence\":0}");
	assert_written(read_good(&lifeguard__operation__status_shown__descriptor,
			       "{\"partitions\":[0,15],\"reads\":[{}]}"),
		"{\"service\":\"\",\"instances\":0,\"partitions\":[0,15],\"outbox_depth\":0,"
		"\"dead_letters\":0,\"parked\":0,\"reads\":[{\"from\":\"\",\"applied\":0,\"lag\":0}"
		"],\"last_error\":\"\",\"last_error_ms\":0,\"resident_kib\":0}");
}

/* Goal: numbers keep their whole range.  Method: both sides of each end. */
static void numbers_keep_their_range(void **unused)
{
	Lifeguard__Reporting__Hop hop = LIFEGUARD__REPORTING__HOP__INIT;

	(void)unused;
	hop.recorded_ms = INT64_MIN;
	hop.type = UINT32_MAX;
	hop.wait_us = UINT64_MAX;
	assert_written(&hop.base,
		"{\"event_id\":\"\",\"type\":4294967295,\"what\":\"\","
		"\"recorded_ms\":-9223372036854775808,\"arrived_ms\":0,\"applied_ms\":0,"
		"\"wait_us\":18446744073709551615,\"work_us\":0,\"site\":0,\"service\":\"\","
		"\"key\":\"\",\"trace_id\":\"\",\"span\":\"\",\"parent_span\":\"\",\"waited_us\":0,"
		"\"worked_us\":0}");
	read_good(form, "{\"stated_victims\":4294967295,\"intercepted_ms\":-9223372036854775808}");
	assert_faults(
		"{\"stated_victims\":4294967296}", "/stated_victims the number is out of range");
	assert_faults(
		"{\"stated_victims\":-1}", "/stated_victims a number of zero or more is expected");
	assert_faults("{\"intercepted_ms\":9223372036854775808}", " a number is out of range");
	assert_faults("{\"intercepted_ms\":1.0}", "/intercepted_ms a whole number is expected");
}

/* Goal: each fault is told with its place.  Method: one document per fault, and one with many. */
static void faults_are_told_with_their_place(void **unused)
{
	(void)unused;
	assert_faults("{\"station\":7}", "/station a text is expected");
	assert_faults("{\"station\":null}", "/station a text is expected");
	assert_faults("{\"stated_victims\":\"2\"}", "/stated_victims a whole number is expected");
	assert_faults("{\"indicators\":\"A1\"}", "/indicators a list is expected");
	assert_faults("{\"indicators\":[\"A1\",2]}", "/indicators/1 a text is expected");
	assert_faults(
		"{\"persons\":[{},{\"sex\":\"FEMALE\"}]}", "/persons/1/sex not one of the names");
	assert_faults("{\"persons\":[{\"sex\":\"fem\"}]}", "/persons/0/sex not one of the names");
	assert_faults(
		"{\"persons\":[{\"sex\":\"females\"}]}", "/persons/0/sex not one of the names");
	assert_faults("{\"persons\":[{\"sex\":1}]}", "/persons/0/sex one of the names is expected");
	assert_faults("{\"persons\":[[]]}", "/persons/0 an object is expected");
	assert_faults(
		"{\"persons\":[{\"identity\":[]}]}", "/persons/0/identity an object is expected");
	assert_faults("{\"case_id\":\"0\"}", "/case_id pairs of hexadecimal digits are expected");
	assert_faults("{\"case_id\":\"0g\"}", "/case_id pairs of hexadecimal digits are expected");
	assert_faults("{\"case_id\":16}", "/case_id pairs of hexadecimal digits are expected");
	assert_faults("{\"case\":1,\"persons\":[{\"name\":\"x\"}]}",
		"/case an unknown name; /persons/0/name an unknown name");
	assert_faults("{\"a/b~c\":1}", "/a~1b~0c an unknown name");
	assert_faults("{\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\":1}",
		" an unknown name");
	assert_string_equal(faults_of(&lifeguard__intake__show_case__descriptor,
				    lg_bytes("{\"with_identity\":1}", 19)),
		"/with_identity true or false is expected");
}

/* Goal: what is no JSON object is refused whole.  Method: each way of not being one. */
static void other_documents_are_refused(void **unused)
{
	static const char *const bad[] = { "", " ", "{", "{}}", "{},", "{\"station\":\"a}",
		"{station:1}", "{'station':1}", "{\"station\":\"\\u0000\"}",
		"{\"station\":\"\xff\"}", "{\"station\":\"\xed\xa0\x80\"}",
		"{\"station\":\"\\ud800\"}", "{\"station\":\"a\nb\"}", "{\"station\":NaN}", "7",
		"\"{}\"", "null", "{} x", "{\"station\":\"\\" };

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_faults(bad[i], " not a JSON document");
	assert_faults("[]", " an object is expected");
	assert_faults("{\"station\":\"A\",\"station\":\"B\"}", " a name stands twice");
	assert_string_equal(faults_of(form, lg_bytes("{}\0", 3)), " not a JSON document");
	assert_string_equal(faults_of(form, lg_bytes(NULL, 0)), " not a JSON document");
}

/* A document of open, then count times middle, then close. */
static struct lg_bytes repeated(
	const char *open, const char *middle, size_t count, const char *close)
{
	struct lg_json_text out = { .arena = arena };

	lg_json_add(&out, open);
	for (size_t i = 0; i < count; i++)
		lg_json_add(&out, middle);
	lg_json_add(&out, close);
	return lg_json_bytes(&out);
}

/* Goal: a hostile document is refused before it costs memory.  Method: both sides of the limits of
 * size, depth and number of values; what stands inside of strings does not count. */
static void hostile_documents_are_refused_early(void **unused)
{
	struct lg_bytes full = repeated("{\"station\":\"", "x", LG_JSON_MAX - 14, "\"}");
	struct lg_bytes larger = repeated("{\"station\":\"", "x", LG_JSON_MAX - 13, "\"}");
	struct lg_bytes full_list =
		repeated("{\"indicators\":[", "\"\",", LG_JSON_VALUES_MAX - 2, "\"\"]}");
	struct lg_bytes longer_list =
		repeated("{\"indicators\":[", "\"\",", LG_JSON_VALUES_MAX - 1, "\"\"]}");

	(void)unused;
	assert_int_equal(full.size, LG_JSON_MAX);
	assert_string_equal(faults_of(form, full), "");
	assert_string_equal(faults_of(form, larger), " the document is larger than 256 KiB");
	assert_string_equal(faults_of(form, full_list), "");
	assert_string_equal(faults_of(form, longer_list), " too many values");
	assert_string_equal(faults_of(form, repeated("", "[", 17, "")), " nested too deeply");
	assert_string_equal(faults_of(form, repeated("", "{\"x\":", 17, "")), " nested too deeply");
	assert_string_equal(faults_of(form, repeated("", "[", 16, "]]]]]]]]]]]]]]]]")),
		" an object is expected");
	assert_string_equal(
		faults_of(form, repeated("{\"station\":\"\\\"", "[{,", 20000, "\\\\\"}")), "");
}

/* Goal: the list of faults is bounded, and full it says the first.  Method: 17 unknown names. */
static void sixteen_faults_are_enough(void **unused)
{
	struct lg_field_errors errors;
	ProtobufCMessage *message = NULL;
	struct lg_bytes json = repeated("{\"persons\":[", "7,", 20, "7]}");

	(void)unused;
	assert_int_equal(lg_json_read(arena, form, json, &message, &errors).outcome, LG_REFUSED);
	assert_int_equal(errors.count, LG_JSON_ERRORS_MAX);
	assert_string_equal(errors.at[0].pointer, "/persons/0");
	assert_string_equal(errors.at[15].pointer, "/persons/15");
	assert_null(message);
}

/* Goal: what is written is always JSON.  Method: texts of random bytes, parsed again; those that
 * are UTF-8 come back as they were. */
static void any_text_is_written_as_json(void **unused)
{
	Lifeguard__Content__Narrative narrative = LIFEGUARD__CONTENT__NARRATIVE__INIT;
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 9);
	for (int round = 0; round < 3000; round++) {
		static const char bytes[] = "a\"\\/\n\x01\x7f\x1f\xc3\xa9\xe0\xa4\xb8\xff";
		char text[12] = { 0 };
		size_t size = (size_t)lg_random_below(&random, sizeof text);
		struct lg_field_errors errors;
		ProtobufCMessage *back = NULL;

		for (size_t i = 0; i < size; i++)
			text[i] = bytes[lg_random_below(&random, sizeof bytes - 1)];
		narrative.text = text;
		assert_true(
			lg_is_done(lg_json_read(arena, &lifeguard__content__narrative__descriptor,
				lg_json_write(arena, &narrative.base), &back, &errors)));
		if (lg_text_is_valid(lg_bytes(text, size)))
			assert_string_equal(((Lifeguard__Content__Narrative *)back)->text, text);
		lg_arena_reset(arena);
	}
	narrative.text = NULL;
	assert_written(&narrative.base, "{\"text\":\"\"}");
	narrative.text = (char[]){ "a\xff\xc3z" };
	assert_written(&narrative.base, "{\"text\":\"a\xef\xbf\xbd\xef\xbf\xbdz\"}");
}

/* Goal: a number without a name does not stop the writer.  Method: an enum of a newer version. */
static void unknown_enum_is_written_as_its_number(void **unused)
{
	Lifeguard__Intake__CasePerson person = LIFEGUARD__INTAKE__CASE_PERSON__INIT;

	(void)unused;
	person.sex = (Lifeguard__Codes__Sex)77;
	assert_non_null(
		strstr((const char *)lg_json_write(arena, &person.base).data, "\"sex\":77,"));
}

/* Goal: a problem says what is wrong in the form of RFC 9457.  Method: with and without parts. */
static void a_problem_is_a_document(void **unused)
{
	struct lg_field_errors errors = { .count = 2,
		.at = { { "/a", "one" }, { "/b/0", "two \"2\"" } } };

	(void)unused;
	assert_string_equal(
		(const char *)lg_json_problem(arena, 404, "no such case", NULL, NULL).data,
		"{\"type\":\"about:blank\",\"status\":404,\"title\":\"no such case\"}");
	assert_string_equal(
		(const char *)lg_json_problem(arena, 422, "refused", "see errors", &errors).data,
		"{\"type\":\"about:blank\",\"status\":422,\"title\":\"refused\","
		"\"detail\":\"see errors\",\"errors\":[{\"pointer\":\"/a\",\"detail\":\"one\"},"
		"{\"pointer\":\"/b/0\",\"detail\":\"two \\\"2\\\"\"}]}");
}

/* Goal: names of persons do not stay on the heap.  Method: the parser frees by our wiping free. */
static void the_parser_wipes_what_it_frees(void **unused)
{
	json_malloc_t taker;
	json_free_t freer;

	(void)unused;
	read_good(form, "{}");
	json_get_alloc_funcs(&taker, &freer);
	assert_true(freer != free);
	freer(NULL);
	freer(taker(10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_becomes_its_message),
		cmocka_unit_test(a_message_becomes_its_document),
		cmocka_unit_test(standard_values_are_written),
		cmocka_unit_test(numbers_keep_their_range),
		cmocka_unit_test(faults_are_told_with_their_place),
		cmocka_unit_test(other_documents_are_refused),
		cmocka_unit_test(hostile_documents_are_refused_early),
		cmocka_unit_test(sixteen_faults_are_enough),
		cmocka_unit_test(any_text_is_written_as_json),
		cmocka_unit_test(unknown_enum_is_written_as_its_number),
		cmocka_unit_test(a_problem_is_a_document),
		cmocka_unit_test(the_parser_wipes_what_it_frees),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
