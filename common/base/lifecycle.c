/* One table of states, looked up, checked and printed. */
#include "common/base/lifecycle.h"

#include <string.h>

#define COLUMNS 5

const struct lg_transition *lg_lifecycle_row(
	const struct lg_lifecycle *life, unsigned from, unsigned on, unsigned by)
{
	for (unsigned i = 0; i < life->row_count; i++) {
		const struct lg_transition *row = &life->rows[i];

		if (row->from == from && row->on == on && row->by == by)
			return row;
	}
	return NULL;
}

/* The set of states that are reached from reached by one row more. */
static uint64_t reached_by_one_more(const struct lg_lifecycle *life, uint64_t reached)
{
	for (unsigned i = 0; i < life->row_count; i++)
		if ((reached >> life->rows[i].from & 1) != 0)
			reached |= UINT64_C(1) << life->rows[i].to;
	return reached;
}

static bool every_state_is_reached(const struct lg_lifecycle *life)
{
	uint64_t all =
		life->state_count == 64 ? UINT64_MAX : (UINT64_C(1) << life->state_count) - 1;
	uint64_t reached = UINT64_C(1) << life->initial;
	uint64_t before = 0;

	while (reached != before) {
		before = reached;
		reached = reached_by_one_more(life, reached);
	}
	return reached == all;
}

struct lg_status lg_lifecycle_check(const struct lg_lifecycle *life)
{
	if (life->state_count > LG_LIFECYCLE_STATES_MAX)
		return lg_refuse("more states than a life cycle may have");
	if (life->initial >= life->state_count)
		return lg_refuse("the initial state is not in the table");
	for (unsigned i = 0; i < life->row_count; i++) {
		const struct lg_transition *row = &life->rows[i];

		if (row->from >= life->state_count || row->to >= life->state_count)
			return lg_refuse("a row names a state that there is not");
		if (row->on >= life->event_count)
			return lg_refuse("a row names an event that there is not");
		if (row->by >= life->side_count)
			return lg_refuse("a row names a side that there is not");
		if (lg_lifecycle_row(life, row->from, row->on, row->by) != row)
			return lg_refuse("two rows for one step");
	}
	if (!every_state_is_reached(life))
		return lg_refuse("a state cannot be reached");
	return lg_done();
}

struct lg_status lg_lifecycle_state(
	const struct lg_lifecycle *life, const char *name, unsigned *ret_state)
{
	for (unsigned i = 0; i < life->state_count; i++) {
		if (strcmp(life->states[i], name) != 0)
			continue;
		*ret_state = i;
		return lg_done();
	}
	return lg_refuse("no state has this name");
}

/* What a reader sees of a text: its bytes that do not continue a UTF-8 sequence. */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void row_cells(const struct lg_lifecycle *life, const struct lg_transition *row,
	const char *ret_cells[COLUMNS])
{
	ret_cells[0] = life->states[row->from];
	ret_cells[1] = life->events[row->on];
	ret_cells[2] = life->sides[row->by];
	ret_cells[3] = life->states[row->to];
	ret_cells[4] = row->why;
}

static void print_row(FILE *out, const char *const cells[COLUMNS], const int widths[COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++)
		fprintf(out, "| %s%*s ", cells[i], widths[i] - width_of(cells[i]), "");
	fputs("|\n", out);
}

void lg_lifecycle_print(const struct lg_lifecycle *life, FILE *out)
{
	static const char *const heads[COLUMNS] = { "from", "on", "by", "to", "why" };
	const char *cells[COLUMNS];
	int widths[COLUMNS];

	for (int i = 0; i < COLUMNS; i++)
		widths[i] = width_of(heads[i]);
	for (unsigned r = 0; r < life->row_count; r++) {
		row_cells(life, &life->rows[r], cells);
		for (int i = 0; i < COLUMNS; i++)
			widths[i] = width_of(cells[i]) > widths[i] ? width_of(cells[i]) : widths[i];
	}

	print_row(out, heads, widths);
	for (int i = 0; i < COLUMNS; i++) {
		fputs("|-", out);
		for (int k = 0; k < widths[i]; k++)
			fputc('-', out);
		fputc('-', out);
	}
	fputs("|\n", out);
	for (unsigned r = 0; r < life->row_count; r++) {
		row_cells(life, &life->rows[r], cells);
		print_row(out, cells, widths);
	}
}
