#include "services/gateway/cli/row.h"

#include <assert.h>

#include "common/base/text.h"

#define CODE_MAX 64 /* bytes of an indicator's code */

_Static_assert(ROW_FORM_REQUIRED <= ROW_COLUMNS_MAX, "room for every column");
_Static_assert(ROW_PERSON_COLUMNS <= ROW_COLUMNS_MAX, "room for every column");

/* clang-format off */
static const char *const form_columns[ROW_FORM_REQUIRED] = {
	[ROW_FORM_RECORD]         = "record",
	[ROW_FORM_STATION]        = "station",
	[ROW_FORM_INTERCEPTED_AT] = "intercepted_at",
	[ROW_FORM_VICTIMS]        = "potential_victims",
	[ROW_FORM_SUSPECTS]       = "suspects",
	[ROW_FORM_POINTS]         = "reported_red_flags",
	[ROW_FORM_CERTAINTY]      = "certainty_1_to_5",
};
static const char *const person_columns[ROW_PERSON_COLUMNS] = {
	[ROW_PERSON_RECORD]   = "record",
	[ROW_PERSON_KIND]     = "kind",
	[ROW_PERSON_GENDER]   = "gender",
	[ROW_PERSON_AGE]      = "age",
	[ROW_PERSON_DISTRICT] = "district",
	[ROW_PERSON_RELATION] = "relation",
	[ROW_PERSON_NAME]     = "name",
};
/* clang-format on */

/* A row while it is read; the first fault stays. */
struct reading {
	struct lg_arena *arena;
	const struct row_layout *layout;
	const struct lg_csv_row *row;
	struct row_fault fault; /* reason NULL: none yet */
};

static void blame(struct reading *reading, uint32_t cell, const char *reason)
{
	if (reading->fault.reason != NULL)
		return;
	reading->fault = (struct row_fault){
		.column = cell + 1,
		.column_name = reading->layout->names[cell],
		.reason = reason,
	};
}

/* --- headers -------------------------------------------------------------------------- */

static bool is_code(const char *name)
{
	size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return size > 0 && size <= CODE_MAX && name[size] == '\0';
}

static uint32_t place_of(const struct row_layout *layout, const char *name)
{
	for (uint32_t i = 0; i < layout->count; i++)
		if (strcmp(layout->names[i], name) == 0)
			return i;
	return ROW_NOWHERE;
}

static struct lg_status read_header(struct lg_arena *arena, const struct lg_csv_row *header,
	const char *const *columns, uint32_t column_count, uint32_t required_count,
	struct row_layout *ret_layout, struct row_fault *ret_fault)
{
	struct row_layout layout = { .count = header->count };

	layout.names = lg_alloc_array(arena, header->count, sizeof *layout.names);
	for (uint32_t i = 0; i < header->count; i++) {
		const char *name = header->cells[i];

		layout.names[i] = lg_copy_text(arena, name);
		for (uint32_t k = 0; k < i; k++) {
			if (strcmp(layout.names[k], name) != 0)
				continue;
			*ret_fault = (struct row_fault){ i + 1, layout.names[i],
				"this column stands twice in the header" };
			return lg_refuse("a column twice");
		}
	}
	for (uint32_t i = 0; i < column_count; i++) {
		layout.at[i] = place_of(&layout, columns[i]);
		if (layout.at[i] != ROW_NOWHERE || i >= required_count)
			continue;
		*ret_fault = (struct row_fault){ 0, columns[i],
			"this column is missing: nothing of the file is taken" };
		return lg_refuse("a column is missing");
	}
	layout.record = layout.at[0];
	*ret_layout = layout;
	return lg_done();
}

struct lg_status row_read_form_header(struct lg_arena *arena, const struct lg_csv_row *header,
	struct row_layout *ret_layout, struct row_fault *ret_fault)
{
	struct lg_status status = read_header(arena, header, form_columns, ROW_FORM_REQUIRED,
		ROW_FORM_REQUIRED, ret_layout, ret_fault);

	if (!lg_is_done(status))
		return status;
	for (uint32_t i = 0; i < header->count; i++) {
		if (is_code(header->cells[i]))
			continue;
		*ret_fault = (struct row_fault){ i + 1, NULL,
			"the header names a column that cannot be an indicator: small letters, "
			"digits and _ only" };
		return lg_refuse("no code of an indicator");
	}
	return lg_done();
}

struct lg_status row_read_person_header(struct lg_arena *arena, const struct lg_csv_row *header,
	struct row_layout *ret_layout, struct row_fault *ret_fault)
{
	return read_header(arena, header, person_columns, ROW_PERSON_COLUMNS, ROW_PERSON_REQUIRED,
		ret_layout, ret_fault);
}

bool row_is_person_column(const struct row_layout *layout, uint32_t cell)
{
	for (uint32_t i = 0; i < ROW_PERSON_COLUMNS; i++)
		if (layout->at[i] == cell)
			return true;
	return false;
}

/* --- cells ---------------------------------------------------------------------------- */

/* A whole number from 0 to maximum; empty is FORM_ABSENT where that is allowed. */
static int64_t read_number(struct reading *reading, uint32_t cell, int64_t maximum, bool may_miss)
{
	const char *text = reading->row->cells[cell];
	int64_t value = FORM_ABSENT;

	if (text[0] == '\0') {
		if (!may_miss)
			blame(reading, cell, "a number is missing");
		return FORM_ABSENT;
	}
	if (!lg_is_done(lg_int_parse(text, &value)))
		blame(reading, cell, "not a whole number");
	else if (value < 0)
		blame(reading, cell, "a negative number");
	else if (value > maximum)
		blame(reading, cell, "a number larger than can be true");
	return value;
}

/* The station's own total: kept as it was written, also where it cannot be right. */
static int64_t read_points(struct reading *reading, uint32_t cell)
{
	const char *text = reading->row->cells[cell];
	int64_t value = 0;

	if (text[0] == '\0')
		return FORM_POINTS_ABSENT;
	if (!lg_is_done(lg_int_parse(text, &value)))
		blame(reading, cell, "not a whole number");
	else if (value > FORM_POINTS_MAX || value < -FORM_POINTS_MAX)
		blame(reading, cell, "a number larger than can be true");
	return value;
}

static const char *read_text(struct reading *reading, uint32_t cell, size_t maximum)
{
	const char *text = reading->row->cells[cell];

	if (strlen(text) > maximum)
		blame(reading, cell, "the text is too long");
	return lg_copy_text(reading->arena, text);
}

/* No cell of these files holds a line break: where one does, a quote is out of place. */
static void check_cells(struct reading *reading)
{
	if (reading->row->count != reading->layout->count) {
		reading->fault = (struct row_fault){ 0, NULL,
			reading->row->count < reading->layout->count
				? "fewer cells than the header has"
				: "more cells than the header has" };
		return;
	}
	for (uint32_t i = 0; i < reading->row->count; i++)
		for (const char *at = reading->row->cells[i]; *at != '\0'; at++)
			if ((unsigned char)*at < 0x20 || *at == 0x7f)
				blame(reading, i, "a line break or control character in a cell");
}

static const char *read_record(struct reading *reading, uint32_t cell)
{
	if (reading->row->cells[cell][0] == '\0')
		blame(reading, cell, "the record is missing");
	return read_text(reading, cell, FORM_RECORD_MAX);
}

static struct lg_status verdict(const struct reading *reading, struct row_fault *ret_fault)
{
	if (reading->fault.reason == NULL)
		return lg_done();
	*ret_fault = reading->fault;
	return lg_refuse("a bad row");
}

/* --- forms ---------------------------------------------------------------------------- */

static const char *read_station(struct reading *reading, uint32_t cell)
{
	const char *text = reading->row->cells[cell];
	size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (size == 0 || size > FORM_STATION_MAX || text[size] != '\0')
		blame(reading, cell, "a station is 1 to 8 capital letters");
	return lg_copy_text(reading->arena, text);
}

static lg_ms read_time(struct reading *reading, uint32_t cell)
{
	lg_ms time = 0;

	if (!lg_is_done(lg_time_parse(reading->row->cells[cell], &time)))
		blame(reading, cell, "not a date and time that exists, as 2014-05-11T06:15:00Z");
	else if (time < 0)
		blame(reading, cell, "a time before 1970");
	return time;
}

static bool is_required(const struct row_layout *layout, uint32_t cell)
{
	for (uint32_t i = 0; i < ROW_FORM_REQUIRED; i++)
		if (layout->at[i] == cell)
			return true;
	return false;
}

static void read_indicators(struct reading *reading, struct form *form)
{
	const struct row_layout *layout = reading->layout;

	form->indicators =
		lg_alloc_array(reading->arena, FORM_INDICATORS_MAX, sizeof *form->indicators);
	for (uint32_t i = 0; i < layout->count; i++) {
		const char *cell = reading->row->cells[i];

		if (is_required(layout, i) || strcmp(cell, "0") == 0)
			continue;
		if (strcmp(cell, "1") != 0)
			blame(reading, i, "an indicator is 0 or 1");
		else if (form->indicator_count == FORM_INDICATORS_MAX)
			blame(reading, i, "more than 128 indicators in one form");
		else
			form->indicators[form->indicator_count++] = layout->names[i];
	}
}

struct lg_status row_read_form(struct lg_arena *arena, const struct row_layout *layout,
	const struct lg_csv_row *row, struct form *ret_form, struct row_fault *ret_fault)
{
	struct reading reading = { .arena = arena, .layout = layout, .row = row };
	struct form form = { 0 };
	const uint32_t *at = layout->at;

	check_cells(&reading);
	if (reading.fault.reason == NULL) {
		form.record = read_record(&reading, at[ROW_FORM_RECORD]);
		form.station = read_station(&reading, at[ROW_FORM_STATION]);
		form.intercepted_at = read_time(&reading, at[ROW_FORM_INTERCEPTED_AT]);
		form.victims = read_number(&reading, at[ROW_FORM_VICTIMS], FORM_HEADS_MAX, false);
		form.suspects = read_number(&reading, at[ROW_FORM_SUSPECTS], FORM_HEADS_MAX, true);
		form.points = read_points(&reading, at[ROW_FORM_POINTS]);
		form.certainty =
			read_number(&reading, at[ROW_FORM_CERTAINTY], FORM_CERTAINTY_MAX, true);
		if (form.certainty == FORM_ABSENT)
			form.certainty = 0; /* as the contract says "not recorded" */
		read_indicators(&reading, &form);
	}
	struct lg_status status = verdict(&reading, ret_fault);
	if (lg_is_done(status))
		*ret_form = form;
	return status;
}

/* --- persons --------------------------------------------------------------------------- */

static const char *read_kind(struct reading *reading, uint32_t cell)
{
	const char *text = reading->row->cells[cell];

	if (strcmp(text, "potential_victim") == 0)
		return "potential_victim";
	if (strcmp(text, "suspect") == 0)
		return "suspect";
	blame(reading, cell, "a person is potential_victim or suspect");
	return "";
}

static const char *read_sex(struct reading *reading, uint32_t cell)
{
	const char *text = reading->row->cells[cell];

	if (strcmp(text, "F") == 0)
		return "female";
	if (strcmp(text, "M") == 0)
		return "male";
	if (text[0] == '\0')
		return "not_recorded";
	blame(reading, cell, "a gender is F, M or left empty");
	return "";
}

/* Several names of one person are parted by ';'; empty ones are passed over. */
static void read_names(struct reading *reading, uint32_t cell, struct form_person *person)
{
	const char *at = reading->row->cells[cell];

	person->names = lg_alloc_array(reading->arena, FORM_NAMES_MAX, sizeof *person->names);
	while (*at != '\0') {
		at += strspn(at, " ;");
		size_t size = strcspn(at, ";");
		const char *next = at + size;

		while (size > 0 && at[size - 1] == ' ')
			size--;
		if (size > FORM_NAME_MAX)
			blame(reading, cell, "a name is longer than 200 bytes");
		else if (size > 0 && person->name_count == FORM_NAMES_MAX)
			blame(reading, cell, "more than 16 names of one person");
		else if (size > 0)
			person->names[person->name_count++] =
				(const char *)lg_copy(reading->arena, lg_bytes(at, size)).data;
		at = next;
	}
}

struct lg_status row_read_person(struct lg_arena *arena, const struct row_layout *layout,
	const struct lg_csv_row *row, struct form_person *ret_person, struct row_fault *ret_fault)
{
	struct reading reading = { .arena = arena, .layout = layout, .row = row };
	struct form_person person = { 0 };
	const uint32_t *at = layout->at;

	check_cells(&reading);
	if (reading.fault.reason == NULL) {
		read_record(&reading, at[ROW_PERSON_RECORD]);
		person.kind = read_kind(&reading, at[ROW_PERSON_KIND]);
		person.sex = read_sex(&reading, at[ROW_PERSON_GENDER]);
		person.age = read_number(&reading, at[ROW_PERSON_AGE], FORM_AGE_MAX, true);
		person.district = read_text(&reading, at[ROW_PERSON_DISTRICT], FORM_TEXT_MAX);
		person.relation = read_text(&reading, at[ROW_PERSON_RELATION], FORM_TEXT_MAX);
		if (at[ROW_PERSON_NAME] != ROW_NOWHERE)
			read_names(&reading, at[ROW_PERSON_NAME], &person);
	}
	struct lg_status status = verdict(&reading, ret_fault);
	if (lg_is_done(status))
		*ret_person = person;
	return status;
}

struct lg_bytes row_guess_record(
	const struct row_layout *layout, struct lg_bytes line, bool *ret_is_whole)
{
	size_t start = 0, end;

	for (uint32_t cell = 0; cell < layout->record; cell++) {
		while (start < line.size && line.data[start] != ',')
			start++;
		start += start < line.size;
	}
	for (end = start; end < line.size && line.data[end] != ','; end++)
		;
	*ret_is_whole = end < line.size;
	while (!*ret_is_whole && end > start && strchr("\r\n", line.data[end - 1]) != NULL)
		end--;
	if (start < end && line.data[start] == '"')
		start++;
	if (start < end && *ret_is_whole && line.data[end - 1] == '"')
		end--;

	struct lg_bytes cell = lg_bytes(line.data + start, end - start);
	size_t good = lg_text_first_bad(cell);
	*ret_is_whole = *ret_is_whole && good == cell.size;
	return lg_bytes(cell.data, good);
}
