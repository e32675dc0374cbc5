#include "services/gateway/cli/import.h"

#include <assert.h>
#include <stdlib.h>

#define ROW_BAD      "its own row could not be read"
#define PERSON_BAD   "a row of one of its persons could not be read"
#define PERSON_MAYBE "a row that may tell of one of its persons could not be read"
#define PEOPLE_CUT   "the file of people ends in the middle of a row, before any person of this form"

/* A record that could not be read whole: any form that begins so may be meant. */
struct fragment {
	struct lg_bytes text;
	struct fragment *next;
};

struct import {
	void (*say)(void *user, const struct import_fault *fault);
	void *user;
	struct lg_arena *arena; /* of everything that stays */
	struct lg_arena *row;   /* of one row */
	struct form *by_record; /* every record seen, bad rows too */
	struct form **forms;    /* good rows, in order */
	uint32_t form_count, form_room;
	struct fragment *fragments;
	bool is_people_cut;
	struct import_counts counts;
};

/* One file while it is read. */
struct pass {
	struct import *import;
	enum import_file file;
	struct row_layout layout;
	struct lg_csv_reader reader;
	size_t row_start; /* offset behind which the row stands */
};

struct import *import_new(void (*say)(void *user, const struct import_fault *fault), void *user)
{
	struct import *import = calloc(1, sizeof *import);

	if (import == NULL)
		abort();
	import->say = say;
	import->user = user;
	import->arena = lg_arena_new();
	import->row = lg_arena_new();
	return import;
}

void import_free(struct import *import)
{
	if (import == NULL)
		return;
	HASH_CLEAR(hh, import->by_record);
	free(import->forms);
	lg_arena_free(import->row);
	lg_arena_free(import->arena);
	free(import);
}

static void say(const struct pass *pass, uint32_t line, struct row_fault fault)
{
	pass->import->say(pass->import->user, &(struct import_fault){
						      .file = pass->file,
						      .line = line,
						      .column = fault.column,
						      .column_name = fault.column_name,
						      .reason = fault.reason,
					      });
}

static struct form *find(struct import *import, struct lg_bytes record)
{
	struct form *form = NULL;

	HASH_FIND(hh, import->by_record, record.data, record.size, form);
	return form;
}

static struct lg_bytes text_bytes(const char *text)
{
	return lg_bytes(text, strlen(text));
}

/* --- rows that cannot be read ---------------------------------------------------------- */

/* A form of which no more is known than its record, so that its persons are not called strays. */
static void note_bad_form(struct import *import, struct lg_bytes record, uint32_t line)
{
	if (record.size == 0 || find(import, record) != NULL)
		return;
	struct form *form = lg_alloc(import->arena, sizeof *form);

	form->record = (const char *)lg_copy(import->arena, record).data;
	form->line = line;
	form->withheld = ROW_BAD;
	HASH_ADD_KEYPTR(hh, import->by_record, form->record, record.size, form);
}

static void withhold(struct form *form, const char *why)
{
	if (form->withheld == NULL)
		form->withheld = why;
}

static void note_bad_person(struct import *import, struct lg_bytes record, bool is_whole)
{
	struct form *form = find(import, record);

	if (is_whole) {
		if (form != NULL)
			withhold(form, PERSON_BAD);
		return;
	}
	struct fragment *fragment = lg_alloc(import->arena, sizeof *fragment);
	fragment->text = lg_copy(import->arena, record);
	fragment->next = import->fragments;
	import->fragments = fragment;
}

/*
 * What the lines of a row that was refused may have told of.  There may be several lines: an open
 * quote swallows what follows it.
 */
static void salvage(struct pass *pass)
{
	struct lg_bytes input = pass->reader.input;
	size_t at = pass->row_start;
	uint32_t line = pass->reader.row_line;

	while (at < pass->reader.offset && strchr("\r\n", input.data[at]) != NULL)
		at++; /* blank lines before the row */
	while (at < pass->reader.offset) {
		const uint8_t *end = memchr(input.data + at, '\n', pass->reader.offset - at);
		size_t next = end == NULL ? pass->reader.offset : (size_t)(end - input.data) + 1;
		bool is_whole;
		struct lg_bytes record = row_guess_record(
			&pass->layout, lg_bytes(input.data + at, next - at), &is_whole);

		if (line > pass->reader.row_line)
			say(pass, line,
				(struct row_fault){ .reason = "swallowed by an open quote above" });
		if (pass->file == IMPORT_FORMS)
			note_bad_form(pass->import, record, line);
		else
			note_bad_person(pass->import, record, is_whole);
		at = next;
		line++;
	}
	if (pass->file == IMPORT_PEOPLE && at == input.size && input.data[at - 1] != '\n')
		pass->import->is_people_cut = true;
}

/* --- good rows -------------------------------------------------------------------------- */

static bool take_form(struct pass *pass, const struct lg_csv_row *row, struct row_fault *ret_fault)
{
	struct import *import = pass->import;
	struct form *form = lg_alloc(import->arena, sizeof *form);

	if (!lg_is_done(row_read_form(import->arena, &pass->layout, row, form, ret_fault)))
		return false;
	if (find(import, text_bytes(form->record)) != NULL) {
		*ret_fault = (struct row_fault){ pass->layout.record + 1, "record",
			"this record stands on a line above already" };
		return false;
	}
	form->line = pass->reader.row_line;
	HASH_ADD_KEYPTR(hh, import->by_record, form->record, strlen(form->record), form);
	if (import->form_count == import->form_room) {
		import->form_room = import->form_room == 0 ? 1024 : 2 * import->form_room;
		import->forms =
			reallocarray(import->forms, import->form_room, sizeof *import->forms);
		if (import->forms == NULL)
			abort();
	}
	import->forms[import->form_count++] = form;
	return true;
}

static bool take_person(
	struct pass *pass, const struct lg_csv_row *row, struct row_fault *ret_fault)
{
	struct import *import = pass->import;
	struct form_person *person = lg_alloc(import->arena, sizeof *person);

	if (!lg_is_done(row_read_person(import->arena, &pass->layout, row, person, ret_fault)))
		return false;
	struct form *form = find(import, text_bytes(row->cells[pass->layout.record]));
	if (form == NULL) {
		import->counts.unclaimed++;
		*ret_fault = (struct row_fault){ pass->layout.record + 1, "record",
			"no form has this record: the person is not sent" };
		say(pass, pass->reader.row_line, *ret_fault);
		return true; /* the row itself is good */
	}
	if (form->person_count == FORM_PERSONS_MAX) {
		*ret_fault = (struct row_fault){ 0, NULL, "more than 64 persons of one form" };
		return false;
	}
	if (form->last_person == NULL)
		form->persons = person;
	else
		form->last_person->next = person;
	form->last_person = person;
	form->person_count++;
	return true;
}

/* --- a file ----------------------------------------------------------------------------- */

static struct lg_status read_header(struct pass *pass)
{
	struct import *import = pass->import;
	struct row_fault fault = { .reason = "the file is empty: a header is missing" };
	struct lg_csv_row header;
	struct lg_status status = lg_refuse("no header");

	if (lg_csv_more(&pass->reader)) {
		status = lg_csv_next(&pass->reader, import->row, &header);
		fault = (struct row_fault){ pass->reader.bad_column, NULL, status.reason };
	}
	if (lg_is_done(status))
		status = (pass->file == IMPORT_FORMS ? row_read_form_header
						     : row_read_person_header)(
			import->arena, &header, &pass->layout, &fault);
	if (!lg_is_done(status)) {
		say(pass, pass->reader.row_line, fault);
		return status;
	}
	for (uint32_t i = 0; pass->file == IMPORT_PEOPLE && i < pass->layout.count; i++)
		if (!row_is_person_column(&pass->layout, i))
			import->say(import->user,
				&(struct import_fault){ IMPORT_PEOPLE, pass->reader.row_line, i + 1,
					NULL, "this column is not known here and is left out",
					true });
	return lg_done();
}

static struct lg_status read_file(struct pass *pass, uint32_t *rows, uint32_t *bad_rows)
{
	struct import *import = pass->import;
	struct lg_status status = read_header(pass);

	for (; lg_is_done(status) && lg_csv_more(&pass->reader); lg_arena_reset(import->row)) {
		struct row_fault fault = { 0 };
		struct lg_csv_row row;

		pass->row_start = pass->reader.offset;
		(*rows)++;
		struct lg_status read = lg_csv_next(&pass->reader, import->row, &row);
		if (!lg_is_done(read)) {
			fault.reason = read.reason;
			fault.column = pass->reader.bad_column;
			if (fault.column > 0 && fault.column <= pass->layout.count)
				fault.column_name = pass->layout.names[fault.column - 1];
		} else if ((pass->file == IMPORT_FORMS ? take_form : take_person)(
				   pass, &row, &fault)) {
			continue;
		}
		(*bad_rows)++;
		say(pass, pass->reader.row_line, fault);
		salvage(pass);
	}
	lg_arena_reset(import->row);
	return status;
}

struct lg_status import_read_forms(struct import *import, struct lg_bytes csv)
{
	struct pass pass = { .import = import, .file = IMPORT_FORMS };

	lg_csv_open(&pass.reader, csv);
	return read_file(&pass, &import->counts.form_rows, &import->counts.bad_form_rows);
}

struct lg_status import_read_people(struct import *import, struct lg_bytes csv)
{
	struct pass pass = { .import = import, .file = IMPORT_PEOPLE };

	lg_csv_open(&pass.reader, csv);
	return read_file(&pass, &import->counts.person_rows, &import->counts.bad_person_rows);
}

static bool begins_with(const char *record, struct lg_bytes fragment)
{
	return strlen(record) >= fragment.size &&
	       (fragment.size == 0 || memcmp(record, fragment.data, fragment.size) == 0);
}

void import_settle(struct import *import)
{
	for (uint32_t i = 0; i < import->form_count; i++) {
		struct form *form = import->forms[i];

		for (const struct fragment *f = import->fragments; f != NULL; f = f->next)
			if (begins_with(form->record, f->text))
				withhold(form, PERSON_MAYBE);
		if (import->is_people_cut && form->person_count == 0)
			withhold(form, PEOPLE_CUT);
		if (form->withheld == NULL) {
			import->counts.sendable++;
			continue;
		}
		import->counts.withheld++;
		import->say(import->user, &(struct import_fault){
						  .file = IMPORT_FORMS,
						  .line = form->line,
						  .reason = form->withheld,
					  });
	}
}

struct form *const *import_forms(const struct import *import, uint32_t *ret_count)
{
	*ret_count = import->form_count;
	return import->forms;
}

struct import_counts import_counts(const struct import *import)
{
	return import->counts;
}
