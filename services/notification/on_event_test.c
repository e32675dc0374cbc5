/*
 * Events become notices: whoever comes first, the same notices; and in none of them what
 * somebody typed.
 */
#include "services/notification/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/random.h"
#include "proto/codes.pb-c.h"
#include "proto/intake.pb-c.h"
#include "proto/matching.pb-c.h"
#include "proto/referral.pb-c.h"
#include "services/notification/desk.h"

#define NOON    ((lg_ms)1400000000000)
#define LEAD    LIFEGUARD__CODES__ROLE__CENTRE_LEAD
#define NGO     LIFEGUARD__CODES__ROLE__NGO_WORKER
#define COLUMNS 10
#define CANARY  "Canary Kumari"

static struct lg_arena *arena;
static struct desk *desk;

/* --- rows as the database would give them ------------------------------------------------------- */

enum { OID_INT8 = 20, OID_INT2 = 21, OID_TEXT = 25, OID_BYTEA = 17 };

static void put(PGresult *rows, int row, int column, const void *value, size_t size)
{
	char copy[512];

	assert_true(size < sizeof copy);
	memcpy(copy, value, size);
	assert_int_equal(PQsetvalue(rows, row, column, copy, (int)size), 1);
}

static PGresult *no_rows(void)
{
	static const Oid types[COLUMNS] = { OID_BYTEA, OID_TEXT, OID_INT2, OID_TEXT, OID_TEXT,
		OID_TEXT, OID_TEXT, OID_BYTEA, OID_BYTEA, OID_INT8 };
	PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc columns[COLUMNS] = { { .name = NULL } };

	for (int i = 0; i < COLUMNS; i++) {
		columns[i].name = (char *)(uintptr_t) "column";
		columns[i].typid = types[i];
		columns[i].format = 1;
	}
	assert_int_equal(PQsetResultAttrs(rows, COLUMNS, columns), 1);
	return rows;
}

static void add_subscriber(PGresult *rows, uint8_t number, uint8_t role, const char *language,
	const char *station, uint8_t organisation, const char *events)
{
	const struct lg_id id = { .byte = { 5, number } }, of = { .byte = { organisation } };
	const uint8_t wide[8] = { 0 }, small[2] = { 0, role };
	int row = PQntuples(rows);

	put(rows, row, 0, id.byte, LG_ID_SIZE);
	put(rows, row, 1, "ACTIVE", 6);
	put(rows, row, 2, small, sizeof small);
	put(rows, row, 3, events, strlen(events));
	put(rows, row, 4, "FILE", 4);
	put(rows, row, 5, language, strlen(language));
	put(rows, row, 6, station, strlen(station));
	put(rows, row, 7, of.byte, LG_ID_SIZE);
	put(rows, row, 8, id.byte, LG_ID_SIZE);
	put(rows, row, 9, wide, sizeof wide);
}

static PGresult *all_subscribers(void)
{
	PGresult *rows = no_rows();

	add_subscriber(rows, 1, LEAD, "en", "", 0, "RescueRecorded MatchProposed ReferralAccepted");
	add_subscriber(rows, 2, LEAD, "hi", "KKR", 0, "RescueRecorded");
	add_subscriber(rows, 3, NGO, "ne", "", 7, "ReferralAccepted FeedbackGiven");
	add_subscriber(rows, 4, NGO, "ne", "", 8, "ReferralAccepted");
	return rows;
}

/* --- events ------------------------------------------------------------------------------------- */

static Lifeguard__Intake__RescueRecorded rescue = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;
static Lifeguard__Matching__MatchProposed match = LIFEGUARD__MATCHING__MATCH_PROPOSED__INIT;
static Lifeguard__Referral__ReferralAccepted accepted =
	LIFEGUARD__REFERRAL__REFERRAL_ACCEPTED__INIT;

#define EVENT_COUNT 3

static struct event_work handle(uint32_t which, PGresult *rows)
{
	static const struct {
		uint32_t type;
		const ProtobufCMessage *message;
	} events[EVENT_COUNT] = { { RESCUE_RECORDED, &rescue.base },
		{ MATCH_PROPOSED, &match.base }, { REFERRAL_ACCEPTED, &accepted.base } };
	struct lg_envelope envelope = { .event_id = { .byte = { 9, (uint8_t)which } },
		.recorded_at = NOON };
	struct lg_found found = { .count = PQntuples(rows), .result = rows };
	struct event_work work = { .subscribers = &found };
	struct lg_item item = { .type = lg_message_type(events[which].type),
		.message = events[which].message,
		.key = { .byte = { 0xca } },
		.now = NOON + 1,
		.event = &envelope,
		.arena = arena,
		.state = desk,
		.work = &work };

	assert_true(lg_is_done(told_event_named(item.type->name, &work.event)));
	assert_true(lg_is_done(decide_event(&item)));
	return work;
}

/* --- tests ---------------------------------------------------------------------------------------- */

/* Goal: each event is told to whom it concerns, in his language.  Method: three kinds of both. */
static void an_event_is_told_to_whom_it_concerns(void **unused)
{
	PGresult *rows = all_subscribers();
	struct event_work work = handle(0, rows);

	(void)unused;
	assert_int_equal(work.count, 1); /* the other lead's station is KKR */
	assert_int_equal(work.notices[0].subscription_id.byte[1], 1);
	assert_int_equal(work.notices[0].state, NOTICE_INTENDED);
	assert_int_equal(work.notices[0].next_at, NOON + 1);
	assert_non_null(strstr(work.notices[0].text, "Rescue at SNL: urgent"));

	rescue.station = (char *)(uintptr_t) "KKR";
	work = handle(0, rows);
	rescue.station = (char *)(uintptr_t) "SNL";
	assert_int_equal(work.count, 2);
	assert_int_equal(work.notices[1].language, LANGUAGE_HI);
	assert_non_null(strstr(work.notices[1].text, "बचाव"));

	work = handle(2, rows); /* a lead, and the NGO that accepted, not the other */
	assert_int_equal(work.count, 2);
	assert_int_equal(work.notices[0].subscription_id.byte[1], 1);
	assert_int_equal(work.notices[1].subscription_id.byte[1], 3);
	PQclear(rows);
}

static void print_notices(const struct event_work *work, char *ret_text, size_t size)
{
	size_t used = 0;

	for (uint32_t i = 0; i < work->count; i++)
		used += (size_t)snprintf(ret_text + used, size - used, "%u>%u:%s;",
			(unsigned)work->notices[i].event_id.byte[1],
			(unsigned)work->notices[i].subscription_id.byte[1], work->notices[i].text);
	assert_true(used < size);
}

/*
 * Goal: publishers are heard in any order; the notices are the same.
 * Method: shuffle the events 50 times; compare the notices of each event with those of the
 * straight order.
 */
static void any_order_gives_the_same_notices(void **unused)
{
	PGresult *rows = all_subscribers();
	char straight[EVENT_COUNT][4096] = { "" }, shuffled[4096];
	struct lg_random random;
	uint32_t order[EVENT_COUNT] = { 0, 1, 2 };

	(void)unused;
	lg_random_seed(&random, 7);
	for (uint32_t i = 0; i < EVENT_COUNT; i++) {
		struct event_work work = handle(i, rows);

		print_notices(&work, straight[i], sizeof straight[i]);
		assert_true(straight[i][0] != '\0');
	}
	for (int round = 0; round < 50; round++) {
		for (uint32_t i = EVENT_COUNT - 1; i > 0; i--) {
			uint32_t j = (uint32_t)lg_random_below(&random, i + 1), kept = order[i];

			order[i] = order[j];
			order[j] = kept;
		}
		for (uint32_t i = 0; i < EVENT_COUNT; i++) {
			struct event_work work = handle(order[i], rows);

			print_notices(&work, shuffled, sizeof shuffled);
			assert_string_equal(shuffled, straight[order[i]]);
		}
	}
	PQclear(rows);
}

/*
 * Goal: no notice holds what somebody typed.
 * Method: a canary in every text field of a rescue; its notices in all languages.
 */
static void no_notice_holds_typed_text(void **unused)
{
	static const char *const languages[] = { "en", "hi", "ne" };
	PGresult *rows = no_rows();

	(void)unused;
	for (uint8_t i = 0; i < 3; i++)
		add_subscriber(rows, i, LEAD, languages[i], "", 0, "RescueRecorded");
	rescue.station = (char *)(uintptr_t)CANARY;
	rescue.reason = (char *)(uintptr_t)CANARY;
	rescue.home_district = (char *)(uintptr_t)CANARY;

	struct event_work work = handle(0, rows);

	assert_int_equal(work.count, 3);
	for (uint32_t i = 0; i < work.count; i++) {
		assert_null(strstr(work.notices[i].text, "Canary"));
		assert_null(strstr(work.notices[i].text, "Kumari"));
	}
	rescue.station = (char *)(uintptr_t) "SNL";
	PQclear(rows);
}

/* Goal: the bound is told, not hidden.  Method: 256 subscribers, and one more. */
static void no_more_than_the_bound_are_told(void **unused)
{
	PGresult *rows = no_rows();
	struct event_work work;

	(void)unused;
	for (int i = 0; i < STORE_SUBSCRIBERS_MAX; i++)
		add_subscriber(rows, (uint8_t)i, LEAD, "en", "", 0, "RescueRecorded");
	work = handle(0, rows);
	assert_int_equal(work.count, STORE_SUBSCRIBERS_MAX);
	assert_false(work.has_more);
	add_subscriber(rows, 0, LEAD, "en", "", 0, "RescueRecorded");
	work = handle(0, rows);
	assert_int_equal(work.count, STORE_SUBSCRIBERS_MAX);
	assert_true(work.has_more);
	PQclear(rows);
}

static int set_up(void **unused)
{
	static uint8_t organisation[LG_ID_SIZE] = { 7 };
	const char *problem = NULL;

	(void)unused;
	arena = lg_arena_new();
	desk = lg_alloc(arena, sizeof *desk);
	desk->link = "";
	rescue.station = (char *)(uintptr_t) "SNL";
	rescue.urgency = LIFEGUARD__CODES__URGENCY__URGENT;
	match.kind = LIFEGUARD__MATCHING__MATCH_KIND__SEEN_BEFORE;
	accepted.organisation_id.data = organisation;
	accepted.organisation_id.len = LG_ID_SIZE;
	return lg_is_done(catalogue_read(
		       arena, "services/notification/texts", &desk->catalogue, &problem))
		       ? 0
		       : -1;
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
		cmocka_unit_test(an_event_is_told_to_whom_it_concerns),
		cmocka_unit_test(any_order_gives_the_same_notices),
		cmocka_unit_test(no_notice_holds_typed_text),
		cmocka_unit_test(no_more_than_the_bound_are_told),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
