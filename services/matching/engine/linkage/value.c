/* Cells to comparable values; one reader per kind (value.h). */
#include "services/matching/engine/linkage/value.h"

#include <stdlib.h>

#include "services/matching/engine/text/sound.h"
#include "services/matching/engine/text/written_date.h"
#include "services/matching/engine/translit.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define PHONE_DIGITS    10
#define DATE_DIGITS     8
#define AGE_DIGITS      3
#define YEARS_TOGETHER  5 /* of a birth that was guessed */
#define PHONE_LEAST     6 /* digits below which a telephone means nobody */

uint64_t value_hash(const void *data, size_t size, uint64_t seed)
{
	const uint8_t *bytes = data;
	uint64_t hash = (seed + 1) * 0xd6e8feb86659fd93u ^ size * 0x9e3779b97f4a7c15u;

	while (size >= 8) {
		uint64_t part;

		memcpy(&part, bytes, 8);
		hash = (hash ^ part) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 32;
		bytes += 8;
		size -= 8;
	}
	if (size > 0) {
		uint64_t part = 0;

		memcpy(&part, bytes, size);
		hash = (hash ^ part) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 32;
	}
	hash *= 0xc4ceb9fe1a85ec53u;
	return hash ^ hash >> 29;
}

static uint32_t atom_of(const char *text, size_t size)
{
	uint32_t hash = (uint32_t)value_hash(text, size, 7);

	if (size == 0)
		return 0;
	return hash == 0 ? 1 : hash;
}

static void see_letters(struct value *value)
{
	for (uint32_t i = 0; i < value->size; i++) {
		char letter = value->text[i];
		uint32_t bit = letter >= 'a' ? (uint32_t)(letter - 'a')
					     : 26 + (uint32_t)(letter - '0') % 6;

		value->letters |= 1u << bit;
	}
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_ascii(const char *cell)
{
	for (; *cell != '\0'; cell++)
		if ((unsigned char)*cell >= 0x80)
			return false;
	return true;
}

/*
 * Lower case, without spaces; the words stay visible in ret_words, and what is neither letter nor
 * digit is one space between them.
 */
static size_t fold(const char *cell, struct value *value, char ret_words[TRANSLIT_MAX])
{
	size_t size = 0;

	if (is_ascii(cell)) {
		for (; *cell != '\0' && size + 1 < TRANSLIT_MAX; cell++) {
			char c = *cell >= 'A' && *cell <= 'Z' ? (char)(*cell + 'a' - 'A') : *cell;

			if (c == '\'')
				continue;
			if (is_plain(c))
				ret_words[size++] = c;
			else if (size > 0 && ret_words[size - 1] != ' ')
				ret_words[size++] = ' ';
		}
		while (size > 0 && ret_words[size - 1] == ' ')
			size--;
		ret_words[size] = '\0';
	} else {
		size = translit_read(cell, ret_words);
	}
	for (size_t i = 0; i < size && value->size < VALUE_TEXT_MAX; i++)
		if (ret_words[i] != ' ')
			value->text[value->size++] = ret_words[i];
	return size;
}

size_t value_size(enum field_kind kind)
{
	static const size_t text_sizes[KIND_COUNT] = { [KIND_WORDS] = VALUE_TEXT_MAX,
		[KIND_DATE] = DATE_DIGITS,
		[KIND_NUMBER] = VALUE_TEXT_MAX,
		[KIND_PHONE] = PHONE_DIGITS,
		[KIND_AGE] = AGE_DIGITS,
		[KIND_CODE] = VALUE_TEXT_MAX };

	return text_sizes[kind] == 0
		       ? sizeof(struct value)
		       : (offsetof(struct value, text) + text_sizes[kind] + 3) / 4 * 4;
}

/* The classes of a form's consonants: vowels, and which of two confusable sounds, are left out. */
static size_t bones_of(const struct name_form *form, char ret_bones[NAME_FORM_SOUNDS_MAX])
{
	size_t size = 0;

	for (uint32_t i = 0; i < form->size; i++) {
		uint8_t sound = form->sounds[i];

		if (sound_table.kinds[sound] != SOUND_IS_VOWEL && sound_table.classes[sound] != 0)
			ret_bones[size++] = (char)sound_table.classes[sound];
	}
	return size;
}

static bool read_name(const char *cell, struct value *value)
{
	char words[TRANSLIT_MAX], bones[NAME_FORM_SOUNDS_MAX];
	size_t size, part;

	fold(cell, value, words);
	if (value->size == 0)
		return false;
	name_form_read(lg_bytes(cell, strlen(cell)), &value->form);
	size = bones_of(&value->form, bones);
	part = size < 2 ? size : 2;
	for (size_t i = 0; i < size; i++)
		value->bones |= 1u << ((uint8_t)bones[i] & 31);
	value->atoms[0] = size > 0 ? atom_of(bones, size) : atom_of(value->text, value->size);
	value->atoms[1] = atom_of(bones, part);
	value->atoms[2] = atom_of(bones + size - part, part);
	value->atoms[3] = atom_of(value->text, value->size < 4 ? value->size : 4);
	return true;
}

/* The longest word and the first one: what people leave alone when they shorten an address. */
static bool read_words(const char *cell, struct value *value)
{
	char words[TRANSLIT_MAX];
	size_t longest = 0, longest_size = 0, first_size;

	fold(cell, value, words);
	if (value->size == 0)
		return false;
	first_size = strcspn(words, " ");
	for (size_t at = 0; words[at] != '\0';) {
		size_t size = strcspn(words + at, " ");

		if (size > longest_size) {
			longest = at;
			longest_size = size;
		}
		at += size + (words[at + size] == ' ');
	}
	value->atoms[0] = atom_of(value->text, value->size);
	value->atoms[1] = atom_of(words, first_size);
	value->atoms[2] = atom_of(words + longest, longest_size);
	value->atoms[3] = atom_of(value->text, value->size < 5 ? value->size : 5);
	return true;
}

static bool read_number(const char *cell, struct value *value)
{
	char words[TRANSLIT_MAX];
	char sorted[VALUE_TEXT_MAX];

	fold(cell, value, words);
	if (value->size == 0)
		return false;
	memcpy(sorted, value->text, value->size);
	for (uint32_t i = 1; i < value->size; i++)
		for (uint32_t k = i; k > 0 && sorted[k - 1] > sorted[k]; k--) {
			char kept = sorted[k];

			sorted[k] = sorted[k - 1];
			sorted[k - 1] = kept;
		}

	uint32_t half = value->size / 2u;

	value->atoms[0] = atom_of(value->text, value->size);
	value->atoms[1] = atom_of(sorted, value->size);
	value->atoms[2] = value->size >= 4 ? atom_of(value->text, half) : 0;
	value->atoms[3] = value->size >= 4 ? atom_of(value->text + half, value->size - half) : 0;
	return true;
}

static bool read_phone(const char *cell, struct value *value)
{
	char digits[VALUE_CELL_MAX];
	size_t count = 0;

	for (; *cell != '\0' && count < sizeof digits; cell++)
		if (*cell >= '0' && *cell <= '9')
			digits[count++] = *cell;
	if (count < PHONE_LEAST)
		return false;

	size_t from = count > PHONE_DIGITS ? count - PHONE_DIGITS : 0;
	char last[PHONE_DIGITS + 1] = { 0 };

	memcpy(last, digits + from, count - from);
	return read_number(last, value);
}

/* Digit groups of a date; a single group of eight is yyyymmdd. */
static uint32_t date_groups(const char *cell, uint32_t groups[3])
{
	uint32_t count = 0;

	while (*cell != '\0' && count < 3) {
		size_t size = strspn(cell, "0123456789");

		if (size == 0) {
			cell++;
			continue;
		}
		if (size > 8)
			return 0;
		groups[count] = 0;
		for (size_t i = 0; i < size; i++)
			groups[count] = groups[count] * 10 + (uint32_t)(cell[i] - '0');
		count++;
		cell += size;
	}
	return count;
}

/*
 * yyyymmdd from 20010315, 2001-03-15, 15/03/2001, 2001-03, 2001, ~2001; 0: none of these.  A day that
 * no calendar has stays as it is written: a slip of the pen is compared with what was meant.
 */
static uint32_t plain_date(const char *cell)
{
	uint32_t groups[3] = { 0 };
	uint32_t count = date_groups(cell, groups);

	if (count == 0)
		return 0;
	if (count == 1)
		return groups[0] > 9999 ? groups[0] : groups[0] * 10000;
	if (groups[0] > 99)
		return groups[0] * 10000 + groups[1] % 100 * 100 + groups[2] % 100;
	if (count == 3 && groups[2] > 99)
		return groups[2] * 10000 + groups[1] % 100 * 100 + groups[0] % 100;
	return 0;
}

static bool has_letters(const char *cell)
{
	for (; *cell != '\0'; cell++)
		if ((unsigned char)*cell >= 0x80 ||
			((*cell | 0x20) >= 'a' && (*cell | 0x20) <= 'z'))
			return true;
	return false;
}

/* Of a million cells nearly all are plain and Gregorian, and need no reader of calendars. */
static uint32_t date_of(const char *cell, int32_t bs_from)
{
	uint32_t number = plain_date(cell);
	struct lg_date date;

	if (!has_letters(cell) && (bs_from == 0 || number / 10000 < (uint32_t)bs_from))
		return number;
	if (!written_date_read(lg_bytes(cell, strlen(cell)), bs_from, &date))
		return 0;
	return (uint32_t)(date.year * 10000 + date.month * 100 + date.day);
}

static bool read_date(const char *cell, int32_t bs_from, struct value *value)
{
	uint32_t number = date_of(cell, bs_from);
	uint32_t year = number / 10000, month = number / 100 % 100, day = number % 100;

	if (number < 10000000 || number > 99999999)
		return false;
	value->number = number;
	value->size = DATE_DIGITS;
	for (uint32_t i = 8; i > 0; i--, number /= 10)
		value->text[i - 1] = (char)('0' + number % 10);

	uint32_t low = month < day ? month : day, high = month < day ? day : month;
	uint32_t of_year[2] = { 1, year }, of_years[2] = { 2, year / YEARS_TOGETHER };
	uint32_t of_day[3] = { 3, low, high };

	value->atoms[0] = atom_of(value->text, 8);
	value->atoms[1] = atom_of((const char *)of_year, sizeof of_year);
	value->atoms[2] = atom_of((const char *)of_years, sizeof of_years);
	value->atoms[3] = day == 0 ? 0 : atom_of((const char *)of_day, sizeof of_day);
	return true;
}

static bool read_age(const char *cell, struct value *value)
{
	uint32_t years = 0, digits = 0;

	while (*cell != '\0' && (*cell < '0' || *cell > '9'))
		cell++;
	for (; *cell >= '0' && *cell <= '9' && digits < 4; cell++, digits++)
		years = years * 10 + (uint32_t)(*cell - '0');
	if (digits == 0 || years > 130)
		return false;
	value->number = years;
	value->size = AGE_DIGITS;
	value->text[0] = (char)('0' + years / 100);
	value->text[1] = (char)('0' + years / 10 % 10);
	value->text[2] = (char)('0' + years % 10);
	value->atoms[0] = atom_of(value->text, 3);
	return true;
}

static bool read_code(const char *cell, struct value *value)
{
	char words[TRANSLIT_MAX];

	fold(cell, value, words);
	value->atoms[0] = atom_of(value->text, value->size);
	return value->size > 0;
}

static bool says_nothing(const char *cell)
{
	static const char *const words[] = { "", "-", "--", "?", "na", "n/a", "null", "none", "nil",
		"unknown", "not known" };
	char low[16];
	size_t size = strlen(cell);

	if (size >= sizeof low)
		return false;
	for (size_t i = 0; i <= size; i++)
		low[i] = cell[i] >= 'A' && cell[i] <= 'Z' ? (char)(cell[i] + 'a' - 'A') : cell[i];
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(low, words[i]) == 0)
			return true;
	return false;
}

/* The cell without spaces around it; returns its size, 0 when it says nothing. */
static size_t trim(struct lg_bytes cell, char ret_text[VALUE_CELL_MAX + 1])
{
	size_t from = 0, end = cell.size;

	while (from < end && cell.data[from] == ' ')
		from++;
	while (end > from && cell.data[end - 1] == ' ')
		end--;

	size_t size = end - from < VALUE_CELL_MAX ? end - from : VALUE_CELL_MAX;

	if (size == 0)
		return 0;
	memcpy(ret_text, cell.data + from, size);
	ret_text[size] = '\0';
	return says_nothing(ret_text) ? 0 : size;
}

bool value_is_said(struct lg_bytes cell)
{
	char text[VALUE_CELL_MAX + 1];

	return trim(cell, text) > 0;
}

static bool read_text(const struct field *field, const char *text, struct value *value)
{
	switch (field->kind) {
	case KIND_NAME:
	case KIND_PLACE:
		return read_name(text, value);
	case KIND_WORDS:
		return read_words(text, value);
	case KIND_DATE:
		return read_date(text, field->bs_from, value);
	case KIND_NUMBER:
		return read_number(text, value);
	case KIND_PHONE:
		return read_phone(text, value);
	case KIND_AGE:
		return read_age(text, value);
	case KIND_CODE:
		return read_code(text, value);
	case KIND_COUNT:
		break;
	}
	abort();
}

bool value_read(const struct field *field, struct lg_bytes cell, struct value *ret_value)
{
	char text[VALUE_CELL_MAX + 1];

	memset(ret_value, 0, sizeof *ret_value);
	if (trim(cell, text) == 0 || !read_text(field, text, ret_value))
		return false;
	see_letters(ret_value);
	return true;
}
