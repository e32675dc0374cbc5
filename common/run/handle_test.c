/*
 * Goal: every item of a batch ends in exactly one place, and what is behind a dead letter waits; the same
 * command is answered the same.  Method: events and commands are handled one after the other in a batch
 * of an instance in memory; what would be stored is counted in the batch's tables.
 */
#include "common/run/handle.h"

#include <sodium.h>

#include "common/db/inbox.h"
#include "common/db/version.h"
#include "common/run/instance_for_tests.h"

#define PARTITION 6
#define ITEMS_MAX 8

/* A batch that is being decided. */
struct deciding {
	struct test_instance t;
	struct test_doing doing;
	struct lg_batch batch;
	struct lg_batch_item items[ITEMS_MAX];
	struct lg_envelope events[ITEMS_MAX];
	struct lg_delivery deliveries[ITEMS_MAX];
	struct lg_incoming incoming;
	struct lg_found none;
	bool stopped;
};

static int setup(void **state)
{
	struct deciding *d = calloc(1, sizeof *d);

	assert_non_null(d);
	assert_true(sodium_init() >= 0);
	test_instance_init(&d->t);
	test_owned(&d->t.instance, PARTITION);
	d->doing.status = lg_done();
	d->incoming.stream = (struct lg_stream){ .site = 1, .service = LG_SERVICE_REFERRAL };
	d->batch.instance = &d->t.instance;
	d->batch.arena = lg_arena_new();
	d->batch.now = NOON;
	d->batch.answered = &d->none;
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct deciding *d = *state;

	HASH_CLEAR(hh, d->batch.moved);
	lg_arena_free(d->batch.arena);
	test_instance_release(&d->t);
	free(d);
	return 0;
}

static struct lg_batch_item *item_of(
	struct deciding *d, uint32_t type, enum lg_delivery_kind kind, struct lg_id key)
{
	uint32_t place = d->batch.count++;
	struct lg_delivery *delivery = &d->deliveries[place];
	struct lg_batch_item *it = &d->items[place];

	assert_true(place < ITEMS_MAX);
	*delivery = (struct lg_delivery){ .kind = kind,
		.partition = PARTITION,
		.arena = d->batch.arena,
		.type = lg_message_type(type) };
	for (const struct lg_handler *h = test_handlers; h->type != 0; h++)
		if (h->type == type)
			it->handler = h;
	it->item = (struct lg_item){ .type = delivery->type,
		.key = key,
		.cause_id = test_id((uint8_t)(100 + place)),
		.now = NOON,
		.partition = PARTITION,
		.arena = d->batch.arena,
		.state = &d->doing,
		.batch = &d->batch,
		.delivery = delivery };
	return it;
}

static struct lg_batch_item *event_of(struct deciding *d, uint32_t type, struct lg_id key)
{
	struct lg_batch_item *it = item_of(d, type, LG_DELIVERY_RUN, key);
	struct lg_envelope *event = &d->events[d->batch.count - 1];

	*event = (struct lg_envelope){ .event_id = it->item.cause_id,
		.case_id = key,
		.type = it->item.type,
		.type_number = type };
	it->event = event;
	it->item.event = event;
	it->row = lg_bytes("row", 3);
	it->item.delivery->incoming = &d->incoming;
	return it;
}

static void handle(struct deciding *d, struct lg_batch_item *it)
{
	d->batch.current = &it->item;
	if (it->event != NULL)
		lg_handle_event(&d->batch, it, &d->stopped);
	else
		lg_handle_command(&d->batch, it);
	d->batch.current = NULL;
}

/* Rows that the batch would send for a statement. */
static uint32_t rows(struct deciding *d, const struct lg_statement *statement)
{
	return lg_rows_count(lg_batch_table(&d->batch, statement));
}

static uint32_t inbox_rows(struct deciding *d, uint32_t statement)
{
	return rows(d, &lg_inbox_statements[statement]);
}

/* dead letters, parked, unhandled */
static void assert_kept(struct deciding *d, uint32_t dead, uint32_t parked, uint32_t unhandled)
{
	assert_int_equal(inbox_rows(d, LG_INBOX_DEAD_INSERT), dead);
	assert_int_equal(inbox_rows(d, LG_INBOX_PARK), parked);
	assert_int_equal(inbox_rows(d, LG_INBOX_UNHANDLED), unhandled);
}

/* --- events ---------------------------------------------------------------------------------- */

static void an_event_takes_effect_and_moves_the_version_of_its_key(void **state)
{
	struct deciding *d = *state;
	struct lg_batch_item *it = event_of(d, FEEDBACK, test_id(1));

	handle(d, it);
	handle(d, event_of(d, FEEDBACK, test_id(1))); /* once in a batch */
	assert_true(it->is_stored);
	assert_int_equal(d->doing.stored, 2);
	assert_int_equal(rows(d, &lg_version_statements[LG_VERSION_MOVE]), 1);
	assert_kept(d, 0, 0, 0);
}

static void what_is_refused_is_a_dead_letter_and_its_key_waits_alone(void **state)
{
	struct deciding *d = *state;

	d->doing.status = lg_refuse("a rule says no");
	handle(d, event_of(d, FEEDBACK, test_id(1)));
	assert_kept(d, 1, 0, 0);
	assert_string_equal(d->items[0].fault, "a rule says no");
	assert_false(d->items[0].is_stored);

	d->doing.status = lg_done();
	handle(d, event_of(d, FEEDBACK, test_id(1))); /* behind it */
	handle(d, event_of(d, FEEDBACK, test_id(2))); /* another key */
	assert_kept(d, 1, 1, 0);
	assert_int_equal(d->doing.decided, 2);
	assert_int_equal(d->doing.stored, 1);
	assert_true(d->items[2].is_stored);
}

static void what_is_for_others_is_passed_over(void **state)
{
	struct deciding *d = *state;

	handle(d, event_of(d, OFFERED, test_id(1)));
	assert_true(d->items[0].is_stored);
	assert_int_equal(d->doing.decided, 0);
	assert_kept(d, 0, 0, 0);
	assert_int_equal(rows(d, &lg_version_statements[LG_VERSION_MOVE]), 0);
}

static void an_unknown_type_is_kept_and_its_key_goes_on(void **state)
{
	struct deciding *d = *state;

	handle(d, event_of(d, FUTURE, test_id(1)));
	handle(d, event_of(d, FEEDBACK, test_id(1)));
	assert_kept(d, 0, 0, 1);
	assert_int_equal(d->doing.stored, 1);
}

static void what_the_database_refused_alone_is_not_decided_again(void **state)
{
	struct deciding *d = *state;
	struct lg_batch_item *it = event_of(d, FEEDBACK, test_id(1));

	lg_singling_refused(&d->t.instance.singling, 1, &it->event->event_id);
	handle(d, it);
	assert_int_equal(d->doing.decided, 0);
	assert_kept(d, 1, 0, 0);
}

static void what_cannot_be_read_is_a_dead_letter(void **state)
{
	struct deciding *d = *state;
	struct lg_batch_item *it = event_of(d, FEEDBACK, test_id(1));

	it->fault = "malformed message";
	handle(d, it);
	assert_int_equal(d->doing.decided, 0);
	assert_kept(d, 1, 0, 0);
}

/* Goal: a retry keeps the order of its key.  Method: the letter itself and what is parked behind it. */
static void a_retry_ends_at_the_first_that_fails(void **state)
{
	struct deciding *d = *state;
	struct lg_delivery *retry;

	lg_owned_park(d->t.instance.owned[PARTITION], test_id(1));
	for (int i = 0; i < 3; i++)
		(void)event_of(d, FEEDBACK, test_id(1));
	retry = &d->deliveries[0];
	retry->kind = LG_DELIVERY_RETRY;
	retry->incoming = NULL;
	retry->letter = 9;
	retry->events = d->events;
	retry->parked = (int64_t[]){ 0, 41, 42 };
	for (int i = 0; i < 3; i++)
		d->items[i].item.delivery = retry;

	handle(d, &d->items[0]); /* the letter: mended */
	assert_int_equal(inbox_rows(d, LG_INBOX_LETTER_SETTLED), 1);
	d->doing.status = lg_refuse("the second is wrong, too");
	handle(d, &d->items[1]);
	assert_true(d->stopped);
	d->doing.status = lg_done();
	handle(d, &d->items[2]);
	/* the second has become the letter, the third waits where it was */
	assert_kept(d, 1, 0, 0);
	assert_int_equal(inbox_rows(d, LG_INBOX_PARKED_SETTLED), 1);
	assert_int_equal(d->doing.decided, 2);
	assert_false(d->items[2].is_stored);
}

/* --- commands -------------------------------------------------------------------------------- */

static struct lg_batch_item *command_of(struct deciding *d, uint32_t type)
{
	struct lg_batch_item *it = item_of(d, type, LG_DELIVERY_COMMAND, test_id(1));

	it->item.delivery->command.command_id = test_id(77);
	it->item.delivery->command.body = lg_bytes("{}", 2);
	return it;
}

static uint32_t status_of(const struct lg_batch_item *it)
{
	return it->item.delivery->status;
}

static void a_command_is_answered_and_its_answer_kept(void **state)
{
	struct deciding *d = *state;
	struct lg_batch_item *it = command_of(d, RECORD);

	handle(d, it);
	assert_int_equal(status_of(it), 204);
	assert_int_equal(inbox_rows(d, LG_INBOX_ANSWER_INSERT), 1);
	assert_int_equal(rows(d, &lg_version_statements[LG_VERSION_MOVE]), 1);
}

static void a_refusal_is_kept_and_changes_nothing(void **state)
{
	struct deciding *d = *state;
	struct lg_batch_item *it = command_of(d, RECORD);

	d->doing.status = lg_refuse("a rule says no");
	handle(d, it);
	assert_int_equal(status_of(it), 422);
	assert_int_equal(d->doing.stored, 0);
	assert_int_equal(d->doing.refused, 1);
	assert_int_equal(inbox_rows(d, LG_INBOX_ANSWER_INSERT), 1);
	assert_int_equal(rows(d, &lg_version_statements[LG_VERSION_MOVE]), 0);

	d->doing.refusal_status = 404;
	handle(d, command_of(d, RECORD));
	assert_int_equal(status_of(&d->items[1]), 404);
}

static void not_now_is_not_kept(void **state)
{
	struct deciding *d = *state;
	struct lg_batch_item *it = command_of(d, RECORD);

	d->doing.status = lg_retry("not now");
	handle(d, it);
	assert_int_equal(status_of(it), 503);
	assert_int_equal(inbox_rows(d, LG_INBOX_ANSWER_INSERT), 0);
}

static void a_query_leaves_nothing(void **state)
{
	struct deciding *d = *state;

	handle(d, command_of(d, SHOW));
	assert_int_equal(status_of(&d->items[0]), 204);
	assert_int_equal(inbox_rows(d, LG_INBOX_ANSWER_INSERT), 0);
	assert_int_equal(d->batch.touched, 0);
}

static void another_version_is_412_and_is_not_kept(void **state)
{
	struct deciding *d = *state;
	struct lg_batch_item *it = command_of(d, RECORD);
	uint64_t version = 4;

	it->version = &version;
	it->item.delivery->command.if_match = lg_bytes("\"3\"", 3);
	handle(d, it);
	assert_int_equal(status_of(it), 412);
	assert_int_equal(d->doing.decided, 0);
	assert_int_equal(inbox_rows(d, LG_INBOX_ANSWER_INSERT), 0);

	it = command_of(d, RECORD);
	it->version = &version;
	it->item.delivery->command.if_match = lg_bytes("\"4\"", 3);
	handle(d, it);
	assert_int_equal(status_of(it), 204);

	it = command_of(d, RECORD); /* the one in front has moved it */
	it->version = &version;
	it->item.delivery->command.if_match = lg_bytes("\"4\"", 3);
	handle(d, it);
	assert_int_equal(status_of(it), 412);
}

/* As the database gives back what LG_INBOX_ANSWER_INSERT was given: the row of one command. */
static PGresult *answer_row(struct lg_bytes digest)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	const struct lg_id id = test_id(77), nobody = { .byte = { 0 } };
	const uint8_t type[4] = { 0, 0, RECORD >> 8, RECORD & 0xff }, status[4] = { 0, 0, 0, 200 };
	const struct lg_bytes cells[] = { lg_id_bytes(&id), lg_bytes(type, 4), lg_id_bytes(&nobody),
		digest, lg_bytes(status, 4), lg_bytes("{\"a\":1}", 7) };
	PGresAttDesc columns[6];
	static char name[] = "c";

	memset(columns, 0, sizeof columns);
	for (int i = 0; i < 6; i++) {
		columns[i].name = name;
		columns[i].format = 1;
		columns[i].typid = lg_sql_oid(i == 1 || i == 4 ? LG_SQL_INT4 : LG_SQL_BYTEA);
	}
	assert_true(PQsetResultAttrs(result, 6, columns) != 0);
	for (int i = 0; i < 6; i++) {
		char cell[64];

		memcpy(cell, cells[i].data, cells[i].size);
		assert_true(PQsetvalue(result, 0, i, cell, (int)cells[i].size) != 0);
	}
	return result;
}

/* The digest of the body "{}", under this instance's secret: what the first answer was stored with. */
static struct lg_bytes digest_of_body(const struct deciding *d, uint8_t ret_digest[32])
{
	static const char purpose[] = "lifeguard-command-body-1";
	uint8_t key[crypto_generichash_KEYBYTES];

	crypto_generichash(key, sizeof key, (const uint8_t *)purpose, sizeof purpose - 1,
		d->t.keys.sign, sizeof d->t.keys.sign);
	crypto_generichash(ret_digest, 32, (const uint8_t *)"{}", 2, key, sizeof key);
	return lg_bytes(ret_digest, 32);
}

static void the_same_command_gets_the_same_answer(void **state)
{
	struct deciding *d = *state;
	uint8_t digest[32];
	PGresult *result = answer_row(digest_of_body(d, digest));
	struct lg_found found = { .count = 1, .result = result };
	struct lg_batch_item *it = command_of(d, RECORD);

	d->batch.answered = &found;
	handle(d, it);
	assert_int_equal(d->doing.decided, 0);
	assert_int_equal(status_of(it), 200);
	assert_true(lg_bytes_equal(it->item.delivery->answer, lg_bytes("{\"a\":1}", 7)));
	assert_int_equal(inbox_rows(d, LG_INBOX_ANSWER_INSERT), 0);

	it = command_of(d, RECORD); /* the same id with another body */
	it->item.delivery->command.body = lg_bytes("[]", 2);
	handle(d, it);
	assert_int_equal(status_of(it), 409);

	it = command_of(d, RECORD); /* or from somebody else */
	it->item.delivery->actor.user = test_id(9);
	handle(d, it);
	assert_int_equal(status_of(it), 409);
	assert_int_equal(d->doing.decided, 0);
	PQclear(result);
}

int main(void)
{
#define HANDLE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		HANDLE_TEST(an_event_takes_effect_and_moves_the_version_of_its_key),
		HANDLE_TEST(what_is_refused_is_a_dead_letter_and_its_key_waits_alone),
		HANDLE_TEST(what_is_for_others_is_passed_over),
		HANDLE_TEST(an_unknown_type_is_kept_and_its_key_goes_on),
		HANDLE_TEST(what_the_database_refused_alone_is_not_decided_again),
		HANDLE_TEST(what_cannot_be_read_is_a_dead_letter),
		HANDLE_TEST(a_retry_ends_at_the_first_that_fails),
		HANDLE_TEST(a_command_is_answered_and_its_answer_kept),
		HANDLE_TEST(a_refusal_is_kept_and_changes_nothing),
		HANDLE_TEST(not_now_is_not_kept),
		HANDLE_TEST(a_query_leaves_nothing),
		HANDLE_TEST(another_version_is_412_and_is_not_kept),
		HANDLE_TEST(the_same_command_gets_the_same_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
