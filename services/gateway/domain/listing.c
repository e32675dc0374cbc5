#include "services/gateway/domain/listing.h"

#include <string.h>

#define ID_DIGITS 32

/* Where reading stands in a document. */
struct reader {
	const uint8_t *at, *end;
};

static bool is_at(const struct reader *reader, char what)
{
	return reader->at < reader->end && *reader->at == (uint8_t)what;
}

static void skip_space(struct reader *reader)
{
	while (is_at(reader, ' ') || is_at(reader, '\t') || is_at(reader, '\n') ||
		is_at(reader, '\r'))
		reader->at++;
}

/* Steps over one character and the space around it. */
static bool step(struct reader *reader, char what)
{
	skip_space(reader);
	if (!is_at(reader, what))
		return false;
	reader->at++;
	skip_space(reader);
	return true;
}

/* A text in quotes; what is between them as it stands, escapes unread. */
static bool read_text(struct reader *reader, struct lg_bytes *ret_text)
{
	if (!is_at(reader, '"'))
		return false;
	const uint8_t *start = ++reader->at;
	while (reader->at < reader->end && *reader->at != '"')
		reader->at += *reader->at == '\\' && reader->at + 1 < reader->end ? 2 : 1;
	if (reader->at >= reader->end)
		return false;
	*ret_text = lg_bytes(start, (size_t)(reader->at - start));
	reader->at++;
	return true;
}

/* Any value: texts are stepped over whole, so that brackets within them do not count. */
static bool read_value(struct reader *reader, struct lg_bytes *ret_value)
{
	const uint8_t *start = reader->at;
	struct lg_bytes text;
	uint32_t depth = 0;

	while (reader->at < reader->end) {
		uint8_t c = *reader->at;

		if (c == '"') {
			if (!read_text(reader, &text))
				return false;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			break;
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		reader->at++;
		if (depth == 0 && (c == '}' || c == ']'))
			break;
	}
	*ret_value = lg_bytes(start, (size_t)(reader->at - start));
	return depth == 0 && ret_value->size > 0;
}

/* The value of a member of an object; false: there is none, or it is no object. */
static bool find_member(struct lg_bytes object, const char *name, struct lg_bytes *ret_value)
{
	struct reader reader = { object.data, object.data + object.size };
	struct lg_bytes member, value;

	if (!step(&reader, '{'))
		return false;
	while (read_text(&reader, &member) && step(&reader, ':') && read_value(&reader, &value)) {
		if (lg_bytes_equal(member, lg_bytes(name, strlen(name)))) {
			*ret_value = value;
			return true;
		}
		if (!step(&reader, ','))
			return false;
	}
	return false;
}

static bool find_text(struct lg_bytes object, const char *name, struct lg_bytes *ret_text)
{
	struct lg_bytes value;

	if (!find_member(object, name, &value))
		return false;
	struct reader reader = { value.data, value.data + value.size };
	return read_text(&reader, ret_text);
}

static bool read_row(struct lg_bytes text, const char *id_name, struct listing_row *ret_row)
{
	struct lg_bytes id_text;
	char id[ID_DIGITS + 1] = { 0 };

	if (!find_text(text, id_name, &id_text) || id_text.size != ID_DIGITS)
		return false;
	memcpy(id, id_text.data, ID_DIGITS);
	ret_row->text = text;
	return lg_is_done(lg_id_parse(id, &ret_row->id));
}

struct lg_status listing_cut(
	struct lg_bytes answer, const struct listing_shape *shape, struct listing_page *ret_page)
{
	struct lg_bytes rows, row;

	*ret_page = (struct listing_page){ 0 };
	if (shape->next != NULL && !find_text(answer, shape->next, &ret_page->next))
		return lg_refuse("the answer does not say whether there is more");
	if (!find_member(answer, shape->rows, &rows))
		return lg_refuse("the answer has no list");

	struct reader reader = { rows.data, rows.data + rows.size };
	if (!step(&reader, '['))
		return lg_refuse("the list is none");
	while (!is_at(&reader, ']')) {
		if (ret_page->count == LISTING_ROWS_MAX) {
			ret_page->is_cut = true;
			return lg_done();
		}
		if (!read_value(&reader, &row) ||
			!read_row(row, shape->id, &ret_page->row[ret_page->count]))
			return lg_refuse("a row has no id");
		ret_page->count++;
		if (!step(&reader, ',') && !is_at(&reader, ']'))
			return lg_refuse("the list does not end");
	}
	return lg_done();
}

bool listing_holds(const struct listing *listing, const struct listing_item *item)
{
	for (uint32_t i = 0; i < listing->count; i++)
		if (lg_id_equal(listing->item[i].id, item->id))
			return memcmp(listing->item[i].digest, item->digest, LISTING_DIGEST_SIZE) ==
			       0;
	return false;
}

void listing_add(struct listing *listing, const struct listing_item *item)
{
	if (listing->count == LISTING_ROWS_MAX)
		listing->has_more = true;
	else
		listing->item[listing->count++] = *item;
}
