/* Life cycles: steps are found, unsound tables are named, the printed table is aligned. */
#include "common/base/lifecycle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NEW, OFFERED, ACCEPTED, STATES };
enum { OFFER, ACCEPT, DECLINE, EVENTS };
enum { SENDER, RECEIVER, SIDES };

static const char *const states[] = { "new", "offered", "accepted" };
static const char *const events[] = { "offer", "accept", "decline" };
static const char *const sides[] = { "sender", "receiver" };

/* clang-format off */
static const struct lg_transition good_rows[] = {
	{ NEW,     OFFER,   SENDER,   OFFERED,  "somebody wants to go home" },
	{ OFFERED, ACCEPT,  RECEIVER, ACCEPTED, "a place is promised" },
	{ OFFERED, DECLINE, RECEIVER, OFFERED,  "no place \xe2\x80\x93 ask the next" },
};
/* clang-format on */

static struct lg_lifecycle with_rows(const struct lg_transition *rows, unsigned count)
{
	return (struct lg_lifecycle){ .name = "referral",
		.states = states,
		.state_count = STATES,
		.events = events,
		.event_count = EVENTS,
		.sides = sides,
		.side_count = SIDES,
		.rows = rows,
		.row_count = count,
		.initial = NEW };
}

/* Goal: a step is there only for its state, event and side.  Method: all triples against the rows. */
static void only_the_steps_of_the_table_are_possible(void **unused)
{
	const struct lg_lifecycle life = with_rows(good_rows, 3);
	unsigned found = 0;

	(void)unused;
	for (unsigned from = 0; from <= STATES; from++) {
		for (unsigned on = 0; on <= EVENTS; on++) {
			for (unsigned by = 0; by <= SIDES; by++) {
				const struct lg_transition *row =
					lg_lifecycle_row(&life, from, on, by);

				if (row == NULL)
					continue;
				assert_true(row->from == from && row->on == on && row->by == by);
				found++;
			}
		}
	}
	assert_int_equal(found, 3);
	assert_ptr_equal(lg_lifecycle_row(&life, OFFERED, ACCEPT, RECEIVER), &good_rows[1]);
	assert_null(lg_lifecycle_row(&life, OFFERED, ACCEPT, SENDER));
}

static void assert_unsound(const struct lg_lifecycle *life, const char *reason)
{
	struct lg_status status = lg_lifecycle_check(life);

	assert_int_equal(status.outcome, LG_REFUSED);
	assert_string_equal(status.reason, reason);
}

static void assert_bad_row(struct lg_transition row, const char *reason)
{
	struct lg_transition rows[4];
	struct lg_lifecycle life = with_rows(rows, 4);

	memcpy(rows, good_rows, sizeof good_rows);
	rows[3] = row;
	assert_unsound(&life, reason);
}

/* Goal: each fault of a table is named.  Method: the good table with one fault. */
static void unsound_tables_are_refused(void **unused)
{
	struct lg_lifecycle life = with_rows(good_rows, 3);

	(void)unused;
	assert_true(lg_is_done(lg_lifecycle_check(&life)));
	assert_bad_row((struct lg_transition){ STATES, OFFER, SENDER, NEW, "" },
		"a row names a state that there is not");
	assert_bad_row((struct lg_transition){ NEW, OFFER, RECEIVER, STATES, "" },
		"a row names a state that there is not");
	assert_bad_row((struct lg_transition){ NEW, EVENTS, SENDER, NEW, "" },
		"a row names an event that there is not");
	assert_bad_row((struct lg_transition){ NEW, OFFER, SIDES, NEW, "" },
		"a row names a side that there is not");
	assert_bad_row((struct lg_transition){ OFFERED, ACCEPT, RECEIVER, NEW, "" },
		"two rows for one step");
	life.initial = STATES;
	assert_unsound(&life, "the initial state is not in the table");
	life.initial = OFFERED;
	assert_unsound(&life, "a state cannot be reached");
	life = with_rows(good_rows, 1);
	assert_unsound(&life, "a state cannot be reached");
}

/* Goal: the largest table works and a larger one is refused.  Method: a chain of 64 states, whose
 * rows stand in the worst order for the search, and one state more. */
static void sixty_four_states_are_the_limit(void **unused)
{
	static struct lg_transition rows[LG_LIFECYCLE_STATES_MAX];
	struct lg_lifecycle life = with_rows(rows, LG_LIFECYCLE_STATES_MAX - 1);

	(void)unused;
	for (unsigned i = 0; i < LG_LIFECYCLE_STATES_MAX; i++)
		rows[i] = (struct lg_transition){ LG_LIFECYCLE_STATES_MAX - 1 - i, OFFER, SENDER,
			LG_LIFECYCLE_STATES_MAX - i, "" };
	life.state_count = LG_LIFECYCLE_STATES_MAX + 1;
	life.row_count = LG_LIFECYCLE_STATES_MAX;
	assert_unsound(&life, "more states than a life cycle may have");
	life.state_count = LG_LIFECYCLE_STATES_MAX;
	life.rows = rows + 1;
	life.row_count = LG_LIFECYCLE_STATES_MAX - 1;
	assert_true(lg_is_done(lg_lifecycle_check(&life)));
	life.row_count--;
	assert_unsound(&life, "a state cannot be reached");
}

/* Goal: a state comes back by its name.  Method: each, and names that are none. */
static void states_are_found_by_name(void **unused)
{
	const struct lg_lifecycle life = with_rows(good_rows, 3);
	unsigned state = 77;

	(void)unused;
	for (unsigned i = 0; i < STATES; i++) {
		assert_true(lg_is_done(lg_lifecycle_state(&life, states[i], &state)));
		assert_int_equal(state, i);
	}
	state = 77;
	assert_int_equal(lg_lifecycle_state(&life, "offere", &state).outcome, LG_REFUSED);
	assert_int_equal(lg_lifecycle_state(&life, "Offered", &state).outcome, LG_REFUSED);
	assert_int_equal(lg_lifecycle_state(&life, "", &state).outcome, LG_REFUSED);
	assert_int_equal(state, 77);
}

/* Goal: what lint compares is one exact text.  Method: print it; a dash of three bytes is one wide. */
static void printed_table_is_aligned(void **unused)
{
	const struct lg_lifecycle life = with_rows(good_rows, 3);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)unused;
	assert_non_null(out);
	lg_lifecycle_print(&life, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text,
		"| from    | on      | by       | to       | why                       |\n"
		"|---------|---------|----------|----------|---------------------------|\n"
		"| new     | offer   | sender   | offered  | somebody wants to go home |\n"
		"| offered | accept  | receiver | accepted | a place is promised       |\n"
		"| offered | decline | receiver | offered  | no place \xe2\x80\x93 ask the next   |\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_steps_of_the_table_are_possible),
		cmocka_unit_test(unsound_tables_are_refused),
		cmocka_unit_test(sixty_four_states_are_the_limit),
		cmocka_unit_test(states_are_found_by_name),
		cmocka_unit_test(printed_table_is_aligned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
