/* Weights go into the table and come back. */
#include "services/matching/wire/weights_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/stream/envelope.h"

static struct weights some(void)
{
	struct weights weights = { .version = 4, .one_in = 777, .propose_ppm = 300000 };

	weights.m_ppm[FIELD_NAME][LEVEL_EQUAL] = 600000;
	weights.u_ppm[FIELD_NAME][LEVEL_EQUAL] = 900;
	weights.m_ppm[FIELD_SEX][LEVEL_DIFFERENT] = 1;
	weights.u_ppm[FIELD_SEX][LEVEL_DIFFERENT] = 1000000;
	weigh_settle(&weights);
	return weights;
}

/* Goal: what was learned is in use after a start.  Method: there and back, over others; thresholds stay. */
static void weights_come_back_as_they_were(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	const struct weights kept = some();
	struct weights file = { .version = 1, .one_in = 2, .propose_ppm = 300000 }, same = file;
	struct lg_bytes encoded = lg_encode(arena, &weights_to_wire(arena, &kept)->base);

	(void)unused;
	file.m_ppm[FIELD_AGE][LEVEL_CLOSE] = 5;
	file.u_ppm[FIELD_AGE][LEVEL_CLOSE] = 5;
	assert_int_equal(weights_apply(arena, encoded, &file).outcome, LG_DONE);
	assert_memory_equal(&file, &kept, sizeof kept);
	assert_int_equal(weights_apply(arena, lg_bytes("", 0), &same).outcome, LG_DONE);
	assert_int_equal(same.version, 1);
	lg_arena_free(arena);
}

/* Goal: what we did not write is refused, and changes nothing.  Method: one fault each. */
static void what_we_did_not_write_is_refused(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	const struct weights kept = some();
	struct weights file = { .version = 1, .one_in = 2 };

	(void)unused;
	for (unsigned fault = 0; fault < 6; fault++) {
		Lifeguard__Matching__MatchWeights *wire = weights_to_wire(arena, &kept);

		switch (fault) {
		case 0:
			wire->version = 1;
			break;
		case 1:
			wire->one_in = 1;
			break;
		case 2:
			wire->rows[0]->field = lg_copy_text(arena, "caste");
			break;
		case 3:
			wire->rows[0]->level = lg_copy_text(arena, "missing");
			break;
		case 4:
			wire->rows[0]->m_ppm = 0;
			break;
		default:
			wire->rows[0]->u_ppm = 1000001;
			break;
		}
		assert_int_equal(weights_apply(arena, lg_encode(arena, &wire->base), &file).outcome,
			LG_REFUSED);
		assert_int_equal(file.version, 1);
	}
	assert_int_equal(
		weights_apply(arena, lg_bytes("\xff\xff\xff", 3), &file).outcome, LG_REFUSED);
	lg_arena_free(arena);
}

/* Goal: a match is learned from as it was scored.  Method: levels as reasons; one that is not known. */
static void levels_are_those_of_the_reasons(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	Lifeguard__Matching__MatchReason name = LIFEGUARD__MATCHING__MATCH_REASON__INIT, *both[1];
	Lifeguard__Matching__MatchReasons reasons = LIFEGUARD__MATCHING__MATCH_REASONS__INIT;
	enum match_level levels[FIELD_COUNT];

	(void)unused;
	name.field = lg_copy_text(arena, "age");
	name.level = lg_copy_text(arena, "close");
	both[0] = &name;
	reasons.n_reasons = 1;
	reasons.reasons = both;
	assert_int_equal(
		levels_from_reasons(arena, lg_encode(arena, &reasons.base), levels).outcome,
		LG_DONE);
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		assert_int_equal(levels[field], field == FIELD_AGE ? LEVEL_CLOSE : LEVEL_MISSING);
	name.level = lg_copy_text(arena, "nearly");
	assert_int_equal(
		levels_from_reasons(arena, lg_encode(arena, &reasons.base), levels).outcome,
		LG_REFUSED);
	lg_arena_free(arena);
}

/*
 * Goal: what was decided before places were read still counts.  Method: a reason and a weight of a
 * district, as an older version wrote them: the same district is close now, and the weight of the same
 * local level stays the shipped one.
 */
static void a_district_is_read_as_a_place(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	Lifeguard__Matching__MatchReason reason = LIFEGUARD__MATCHING__MATCH_REASON__INIT;
	Lifeguard__Matching__MatchReason *reason_of_all[] = { &reason };
	Lifeguard__Matching__MatchReasons reasons = LIFEGUARD__MATCHING__MATCH_REASONS__INIT;
	Lifeguard__Matching__WeightRow row = LIFEGUARD__MATCHING__WEIGHT_ROW__INIT;
	Lifeguard__Matching__WeightRow *row_of_all[] = { &row };
	Lifeguard__Matching__MatchWeights stored = LIFEGUARD__MATCHING__MATCH_WEIGHTS__INIT;
	struct weights weights = { .version = 1, .one_in = 2 };
	enum match_level levels[FIELD_COUNT];

	(void)unused;
	reason.field = lg_copy_text(arena, "district");
	reason.level = lg_copy_text(arena, "equal");
	reasons.n_reasons = 1;
	reasons.reasons = reason_of_all;
	assert_true(
		lg_is_done(levels_from_reasons(arena, lg_encode(arena, &reasons.base), levels)));
	assert_int_equal(levels[FIELD_PLACE], LEVEL_CLOSE);

	row.field = reason.field;
	row.level = reason.level;
	row.m_ppm = 900000;
	row.u_ppm = 30000;
	stored.version = 2;
	stored.one_in = 500;
	stored.n_rows = 1;
	stored.rows = row_of_all;
	weights.m_ppm[FIELD_PLACE][LEVEL_EQUAL] = 300000;
	weights.u_ppm[FIELD_PLACE][LEVEL_EQUAL] = 1000;
	assert_true(lg_is_done(weights_apply(arena, lg_encode(arena, &stored.base), &weights)));
	assert_int_equal(weights.m_ppm[FIELD_PLACE][LEVEL_CLOSE], 900000);
	assert_int_equal(weights.u_ppm[FIELD_PLACE][LEVEL_CLOSE], 30000);
	assert_int_equal(weights.m_ppm[FIELD_PLACE][LEVEL_EQUAL], 300000);
	assert_true(weights.millibits[FIELD_PLACE][LEVEL_EQUAL] >
		    weights.millibits[FIELD_PLACE][LEVEL_CLOSE]);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_come_back_as_they_were),
		cmocka_unit_test(what_we_did_not_write_is_refused),
		cmocka_unit_test(levels_are_those_of_the_reasons),
		cmocka_unit_test(a_district_is_read_as_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
