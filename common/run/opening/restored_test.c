/*
 * Goal: a new owner goes on exactly where the last one stood, and what comes for an ownership that is over
 * changes nothing.  Method: an instance in memory; rows as the statements give them.
 */
#include "common/run/opening/restored.h"

#include "common/db/audit.h"
#include "common/db/inbox.h"
#include "common/run/instance_for_tests.h"

#define COLUMNS_MAX 5
#define PARTITION   3
#define GONE_SITE   99 /* nobody that we are linked with */

/* One cell of a row: a number, or bytes where there are some. */
struct cell {
	int64_t number;
	struct lg_bytes bytes;
};
#define N(n)  ((struct cell){ .number = (n) })
#define ID(w) ((struct cell){ .bytes = id_bytes(t->instance.arena, w) })

static struct lg_bytes id_bytes(struct lg_arena *arena, uint8_t which)
{
	const struct lg_id id = test_id(which);

	return lg_copy(arena, lg_id_bytes(&id));
}

/* An answer of row_count rows, cells row by row; its columns are of the first row's kinds. */
static PGresult *rows_new(int columns, int row_count, const struct cell *cells)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc kinds[COLUMNS_MAX];
	static char name[] = "c";

	memset(kinds, 0, sizeof kinds);
	for (int i = 0; i < columns; i++) {
		kinds[i].name = name;
		kinds[i].format = 1;
		kinds[i].typid =
			lg_sql_oid(cells[i].bytes.data == NULL ? LG_SQL_INT8 : LG_SQL_BYTEA);
	}
	assert_true(PQsetResultAttrs(result, columns, kinds) != 0);
	for (int i = 0; i < columns * row_count; i++) {
		char text[64];
		int size = (int)cells[i].bytes.size;

		if (cells[i].bytes.data != NULL)
			memcpy(text, cells[i].bytes.data, cells[i].bytes.size);
		for (int n = 0; cells[i].bytes.data == NULL && n < 8; n++, size = n)
			text[n] = (char)((uint64_t)cells[i].number >> (56 - 8 * n));
		assert_true(PQsetvalue(result, i / columns, i % columns, text, size) != 0);
	}
	return result;
}

/* Answers one of the reads. */
static void answer(struct lg_restored *restored, const struct lg_statement *statement, int columns,
	int row_count, const struct cell *cells)
{
	PGresult *result = rows_new(columns, row_count, cells);
	int answered = 0;

	for (int i = 0; i < LG_RESTORED_READS; i++)
		if (lg_restored_reads[i].statement == statement) {
			lg_restored_reads[i].answer(restored, result);
			answered++;
		}
	assert_int_equal(answered, 1);
	PQclear(result);
}
#define ANSWER(restored, statement, columns, ...) \
	answer(restored, &(statement), columns, \
		(int)(sizeof((struct cell[]){ __VA_ARGS__ }) / sizeof(struct cell)) / (columns), \
		(struct cell[]){ __VA_ARGS__ })

/* A partition that has just become ours: nothing has been read yet. */
static struct lg_owned *taken(struct test_instance *t, struct lg_restored *ret_restored)
{
	struct lg_owned *owned;

	test_instance_init(t);
	owned = lg_owned_new(&t->instance, PARTITION);
	t->instance.owned[PARTITION] = owned;
	owned->epoch = test_id(7);
	lg_restored_init(ret_restored, owned, t->instance.arena);
	return owned;
}

static void a_stream_going_out_goes_on_behind_its_last_number(void **unused)
{
	struct test_instance instance, *t = &instance;
	struct lg_restored restored;
	struct lg_owned *owned = taken(t, &restored);
	const struct lg_publisher *home = &owned->out[0][LG_LANE_CARE]->publisher;
	const struct lg_publisher *away = &owned->out[2][LG_LANE_BULK]->publisher;

	(void)unused;
	ANSWER(&restored, lg_outbox_statements[LG_OUTBOX_EPOCHS], 4, /* the last is our own */
		N(0), N(LG_LANE_CARE), N(1), ID(5), N(0), N(LG_LANE_CARE), N(11), ID(6), N(0),
		N(LG_LANE_CARE), N(21), ID(7), N(GONE_SITE), N(LG_LANE_CARE), N(1), ID(5));
	ANSWER(&restored, lg_outbox_statements[LG_OUTBOX_HEADS], 4, N(0), N(LG_LANE_CARE), N(20),
		N(4), N(3), N(LG_LANE_BULK), N(9), N(0), N(0), N(LG_LANE_COUNT), N(77), N(0));
	assert_false(owned->is_open);
	lg_restored_start(&restored, owned);

	assert_true(owned->is_open);
	assert_int_equal(home->head, 20);
	assert_int_equal(home->dropped, 4);
	assert_int_equal(home->history.count, 3);
	assert_int_equal(home->history.at[1].number, 11);
	assert_int_equal(home->history.at[2].number, 21);
	assert_true(lg_id_equal(home->history.at[2].epoch, owned->epoch));
	assert_int_equal(away->head, 9);
	assert_int_equal(owned->out[1][LG_LANE_BULK]->publisher.head, 0);
	test_instance_release(t);
}

static void a_reader_holds_its_rows_where_it_stood(void **unused)
{
	struct test_instance instance, *t = &instance;
	struct lg_restored restored;
	struct lg_owned *owned = taken(t, &restored);
	const struct lg_reader_feed *feeds = owned->out[1][LG_LANE_CARE]->feeds;

	(void)unused;
	ANSWER(&restored, lg_outbox_statements[LG_OUTBOX_READERS], 5, N(2), N(LG_LANE_CARE),
		N(LG_SERVICE_REFERRAL), N(17), ID(0), N(2), N(LG_LANE_CARE), N(LG_SERVICE_COUNT),
		N(5), ID(0));
	for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++)
		assert_int_equal(feeds[s].is_registered, s == LG_SERVICE_REFERRAL);
	assert_int_equal(feeds[LG_SERVICE_REFERRAL].stored, 17);
	assert_int_equal(feeds[LG_SERVICE_REFERRAL].feed.acknowledged, 17);
	assert_int_equal(restored.retired_count, 0);
	test_instance_release(t);
}

static void a_site_that_was_retired_is_noted_once(void **unused)
{
	struct test_instance instance, *t = &instance;
	struct lg_restored restored;

	(void)unused;
	(void)taken(t, &restored);
	ANSWER(&restored, lg_outbox_statements[LG_OUTBOX_READERS], 5, N(GONE_SITE), N(LG_LANE_CARE),
		N(LG_SERVICE_REFERRAL), N(1), ID(0), N(GONE_SITE), N(LG_LANE_BULK),
		N(LG_SERVICE_REFERRAL), N(1), ID(0), N(98), N(LG_LANE_CARE), N(LG_SERVICE_REFERRAL),
		N(1), ID(0));
	assert_int_equal(restored.retired_count, 2);
	assert_int_equal(restored.retired[0], GONE_SITE);
	assert_int_equal(restored.retired[1], 98);
	test_instance_release(t);
}

static void what_was_taken_is_not_asked_for_again(void **unused)
{
	struct test_instance instance, *t = &instance;
	struct lg_restored restored;
	struct lg_owned *owned = taken(t, &restored);
	const struct lg_points *points =
		&owned->in[0][LG_SERVICE_REFERRAL][LG_LANE_CARE]->subscriber.points;

	(void)unused;
	ANSWER(&restored, lg_inbox_statements[LG_INBOX_POSITIONS], 5, N(1), N(LG_SERVICE_REFERRAL),
		N(LG_LANE_CARE), ID(1), N(30), N(1), N(LG_SERVICE_REFERRAL), N(LG_LANE_CARE), ID(2),
		N(44), N(1), N(LG_SERVICE_COUNT), N(LG_LANE_CARE), ID(3), N(50), N(GONE_SITE),
		N(LG_SERVICE_REFERRAL), N(LG_LANE_CARE), ID(3), N(51));
	assert_int_equal(points->count, 2);
	assert_int_equal(lg_points_last(points).number, 44);
	assert_true(lg_id_equal(lg_points_last(points).epoch, test_id(2)));
	test_instance_release(t);
}

static void cases_behind_a_dead_letter_stay_behind_it(void **unused)
{
	struct test_instance instance, *t = &instance;
	struct lg_restored restored;
	struct lg_owned *owned = taken(t, &restored);

	(void)unused;
	ANSWER(&restored, lg_inbox_statements[LG_INBOX_DEAD_KEYS], 1, ID(40), ID(41));
	assert_true(lg_owned_is_parked(owned, test_id(40)));
	assert_true(lg_owned_is_parked(owned, test_id(41)));
	assert_false(lg_owned_is_parked(owned, test_id(42)));
	test_instance_release(t);
}

static void the_audit_chain_goes_on_at_its_end(void **unused)
{
	struct test_instance instance, *t = &instance;
	uint8_t hash[LG_AUDIT_HASH_SIZE];
	struct lg_restored restored;
	struct lg_owned *owned = taken(t, &restored);

	(void)unused;
	memset(hash, 8, sizeof hash);
	ANSWER(&restored, lg_audit_statements[LG_AUDIT_HEAD], 2, N(123),
		(struct cell){ .bytes = lg_bytes(hash, sizeof hash) });
	assert_int_equal(owned->audit_seq, 123);
	assert_memory_equal(owned->audit_hash, hash, sizeof hash);
	test_instance_release(t);
}

#define US      9
#define ANOTHER 8
#define NOBODY  0 /* it was given back in good order */

/* Whether, behind this owner, what comes first is handled with care. */
static bool is_careful_behind(uint8_t owner)
{
	struct test_instance instance, *t = &instance;
	struct lg_restored restored;
	struct lg_owned *owned = taken(t, &restored);
	const struct cell nobody = { .bytes = lg_bytes("", 0) };
	const struct cell row[] = { owner == NOBODY ? nobody : ID(owner), ID(60), N(1) };
	PGresult *result = rows_new(3, 1, row);
	bool is_careful;

	t->instance.id = test_id(US);
	lg_restored_trial(&restored, result);
	PQclear(result);
	assert_int_equal(owned->trial.deaths, 1);
	assert_true(lg_id_equal(owned->trial.event_id, test_id(60)));
	is_careful = owned->is_after_death;
	test_instance_release(t);
	return is_careful;
}

static void only_behind_a_death_is_one_careful(void **unused)
{
	(void)unused;
	assert_true(is_careful_behind(ANOTHER));
	assert_false(is_careful_behind(US));
	assert_false(is_careful_behind(NOBODY));
}

static void what_comes_too_late_changes_nothing(void **unused)
{
	struct test_instance instance, *t = &instance;
	struct lg_restored restored;
	struct lg_owned *owned = taken(t, &restored);

	(void)unused;
	lg_owned_free(owned); /* lost, and ours again: another generation */
	owned = lg_owned_new(&t->instance, PARTITION);
	t->instance.owned[PARTITION] = owned;
	assert_null(lg_restored_owned(&restored));
	ANSWER(&restored, lg_inbox_statements[LG_INBOX_DEAD_KEYS], 1, ID(40));
	ANSWER(&restored, lg_outbox_statements[LG_OUTBOX_READERS], 5, N(2), N(LG_LANE_CARE),
		N(LG_SERVICE_REFERRAL), N(17), ID(0));
	lg_restored_trial(&restored, NULL); /* the connection is gone */
	assert_null(owned->parked);
	assert_false(owned->out[1][LG_LANE_CARE]->feeds[LG_SERVICE_REFERRAL].is_registered);
	test_instance_release(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_going_out_goes_on_behind_its_last_number),
		cmocka_unit_test(a_reader_holds_its_rows_where_it_stood),
		cmocka_unit_test(a_site_that_was_retired_is_noted_once),
		cmocka_unit_test(what_was_taken_is_not_asked_for_again),
		cmocka_unit_test(cases_behind_a_dead_letter_stay_behind_it),
		cmocka_unit_test(the_audit_chain_goes_on_at_its_end),
		cmocka_unit_test(only_behind_a_death_is_one_careful),
		cmocka_unit_test(what_comes_too_late_changes_nothing),
	};

	return cmocka_run_group_tests_name("run/opening/restored", tests, NULL, NULL);
}
