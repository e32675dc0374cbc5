/* Numbers and words of a date, put in order; ranges of days (birth.h). */
#include "services/matching/engine/text/birth.h"

#include <assert.h>

#include "services/matching/engine/text/letters.h"

#define YEAR_DAYS   365.2425
#define AGE_MAX     130
#define NUMBERS_MAX 3
#define NUMBER_MAX  100000
#define WORD_BYTES  64   /* of a word that is looked at */
#define YEAR_MIN    1000 /* a year has all its digits */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum calendar { CALENDAR_UNSAID, CALENDAR_AD, CALENDAR_BS };

/* Years that an age may be off, either way. */
static const int32_t off_years[BIRTH_BASIS_COUNT] = {
	[BIRTH_ON_PAPER] = 0,
	[BIRTH_STATED] = 2,
	[BIRTH_GUESSED] = 5,
};

/* Words by their beginning, as letters_normal() has them; month 0: they name a calendar. */
static const struct {
	const char *begin;
	enum calendar calendar;
	int32_t month;
} words[] = {
	{ "bs", CALENDAR_BS, 0 },
	{ "bikram", CALENDAR_BS, 0 },
	{ "vikram", CALENDAR_BS, 0 },
	{ "sambat", CALENDAR_BS, 0 },
	{ "samvat", CALENDAR_BS, 0 },
	{ "sal", CALENDAR_BS, 0 },
	{ "बिक्रम", CALENDAR_BS, 0 },
	{ "विक्रम", CALENDAR_BS, 0 },
	{ "विस", CALENDAR_BS, 0 },
	{ "बिस", CALENDAR_BS, 0 },
	{ "वि", CALENDAR_BS, 0 },
	{ "संवत", CALENDAR_BS, 0 },
	{ "सम्वत", CALENDAR_BS, 0 },
	{ "साल", CALENDAR_BS, 0 },
	{ "ad", CALENDAR_AD, 0 },
	{ "ce", CALENDAR_AD, 0 },
	{ "ई", CALENDAR_AD, 0 },
	{ "इस्वी", CALENDAR_AD, 0 },
	{ "jan", CALENDAR_AD, 1 },
	{ "feb", CALENDAR_AD, 2 },
	{ "mar", CALENDAR_AD, 3 },
	{ "apr", CALENDAR_AD, 4 },
	{ "may", CALENDAR_AD, 5 },
	{ "jun", CALENDAR_AD, 6 },
	{ "jul", CALENDAR_AD, 7 },
	{ "aug", CALENDAR_AD, 8 },
	{ "sep", CALENDAR_AD, 9 },
	{ "oct", CALENDAR_AD, 10 },
	{ "nov", CALENDAR_AD, 11 },
	{ "dec", CALENDAR_AD, 12 },
	{ "bai", CALENDAR_BS, 1 },
	{ "bais", CALENDAR_BS, 1 },
	{ "jes", CALENDAR_BS, 2 },
	{ "jet", CALENDAR_BS, 2 },
	{ "jyes", CALENDAR_BS, 2 },
	{ "as", CALENDAR_BS, 3 }, /* Asar; Asoj stands first in what is longer */
	{ "asa", CALENDAR_BS, 3 },
	{ "asad", CALENDAR_BS, 3 },
	{ "ash", CALENDAR_BS, 3 },
	{ "sau", CALENDAR_BS, 4 },
	{ "saw", CALENDAR_BS, 4 },
	{ "shra", CALENDAR_BS, 4 },
	{ "sra", CALENDAR_BS, 4 },
	{ "bha", CALENDAR_BS, 5 },
	{ "aso", CALENDAR_BS, 6 },
	{ "ashw", CALENDAR_BS, 6 },
	{ "ashv", CALENDAR_BS, 6 },
	{ "asw", CALENDAR_BS, 6 },
	{ "kar", CALENDAR_BS, 7 },
	{ "kat", CALENDAR_BS, 7 },
	{ "mang", CALENDAR_BS, 8 },
	{ "mans", CALENDAR_BS, 8 },
	{ "marg", CALENDAR_BS, 8 },
	{ "pau", CALENDAR_BS, 9 },
	{ "pou", CALENDAR_BS, 9 },
	{ "pus", CALENDAR_BS, 9 },
	{ "mag", CALENDAR_BS, 10 },
	{ "fag", CALENDAR_BS, 11 },
	{ "pha", CALENDAR_BS, 11 },
	{ "fal", CALENDAR_BS, 11 },
	{ "cha", CALENDAR_BS, 12 },
	{ "बै", CALENDAR_BS, 1 },
	{ "जे", CALENDAR_BS, 2 },
	{ "ज्ये", CALENDAR_BS, 2 },
	{ "अस", CALENDAR_BS, 3 },
	{ "असा", CALENDAR_BS, 3 },
	{ "आषा", CALENDAR_BS, 3 },
	{ "सा", CALENDAR_BS, 4 },
	{ "श्रा", CALENDAR_BS, 4 },
	{ "भा", CALENDAR_BS, 5 },
	{ "भद", CALENDAR_BS, 5 },
	{ "असो", CALENDAR_BS, 6 },
	{ "आश्वि", CALENDAR_BS, 6 },
	{ "का", CALENDAR_BS, 7 },
	{ "मं", CALENDAR_BS, 8 },
	{ "मङ", CALENDAR_BS, 8 },
	{ "मार्ग", CALENDAR_BS, 8 },
	{ "पु", CALENDAR_BS, 9 },
	{ "पौ", CALENDAR_BS, 9 },
	{ "मा", CALENDAR_BS, 10 },
	{ "फा", CALENDAR_BS, 11 },
	{ "चै", CALENDAR_BS, 12 },
};

/* What was read of a date so far. */
struct reading {
	int32_t numbers[NUMBERS_MAX];
	uint32_t count;
	int32_t month; /* by its name; 0: none */
	enum calendar calendar;
	bool is_bad, has_devanagari_digits;
	int32_t number; /* that is being read; -1: none */
	size_t size;    /* of the word that is being read */
	char word[WORD_BYTES];
};

static int32_t digit_of(uint32_t code)
{
	if (code >= '0' && code <= '9')
		return (int32_t)(code - '0');
	if (code >= 0x0966 && code <= 0x096f)
		return (int32_t)(code - 0x0966);
	return -1;
}

/* The longest beginning that fits decides; other words ("born", "about") say nothing of the day. */
static void look_up(struct reading *r, const char *word)
{
	size_t best = COUNT_OF(words), best_size = 0;

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		size_t size = strlen(words[i].begin);
		/* what names a calendar is a whole word; a month may go on */
		bool fits = words[i].month == 0 ? strcmp(words[i].begin, word) == 0
						: strncmp(words[i].begin, word, size) == 0;

		if (fits && size > best_size) {
			best = i;
			best_size = size;
		}
	}
	if (best == COUNT_OF(words))
		return;
	r->calendar = words[best].calendar;
	if (words[best].month != 0) {
		r->is_bad |= r->month != 0;
		r->month = words[best].month;
	}
}

static void end_word(struct reading *r)
{
	char normal[LETTERS_MAX];

	if (r->size > 0 && letters_normal(lg_bytes(r->word, r->size), normal) > 0)
		look_up(r, normal);
	r->size = 0;
}

static void end_number(struct reading *r)
{
	if (r->number < 0)
		return;
	if (r->count == NUMBERS_MAX)
		r->is_bad = true;
	else
		r->numbers[r->count++] = r->number;
	r->number = -1;
}

static bool is_between(uint32_t code)
{
	return code <= ' ' || code == '/' || code == '-' || code == ',' || code == '(' ||
	       code == ')';
}

static void take_code(struct reading *r, uint32_t code, struct lg_bytes written)
{
	int32_t digit = digit_of(code);

	if (digit >= 0) {
		end_word(r);
		r->has_devanagari_digits |= code > '9';
		r->number = r->number < 0 ? digit : r->number * 10 + digit;
		r->number = r->number < NUMBER_MAX ? r->number : NUMBER_MAX;
		return;
	}
	end_number(r);
	if (is_between(code)) {
		end_word(r);
	} else if (code != '.' && r->size + written.size <= sizeof r->word) { /* B.S. is one word */
		memcpy(r->word + r->size, written.data, written.size);
		r->size += written.size;
	}
}

static struct reading read_parts(struct lg_bytes text)
{
	const uint8_t *at = text.data, *end = text.data + text.size;
	struct reading r = { .number = -1 };

	while (at < end && *at != 0) {
		const uint8_t *begin = at;
		uint32_t code = letters_code(&at, end);

		take_code(&r, code, lg_bytes(begin, (size_t)(at - begin)));
	}
	end_number(&r);
	end_word(&r);
	return r;
}

/* --- parts in order --------------------------------------------------------------------------- */

struct parts {
	int32_t year, month, day; /* 0: not said */
};

/* The year stands at one end; what is between counts from it. */
static bool order(const struct reading *r, struct parts *ret_parts)
{
	struct parts p = { .month = r->month };
	int32_t rest[NUMBERS_MAX] = { 0 };
	uint32_t count = 0;
	bool is_year_first = r->count > 0 && r->numbers[0] >= YEAR_MIN;

	for (uint32_t i = 0; i < r->count; i++) {
		int32_t number = r->numbers[is_year_first ? i : r->count - 1 - i];

		if (i == 0)
			p.year = number;
		else
			rest[count++] = number;
	}
	if (p.year < YEAR_MIN || (r->month != 0 && count > 1))
		return false;
	if (r->month != 0) {
		p.day = rest[0];
	} else {
		p.month = rest[0];
		p.day = rest[1];
	}
	if (p.month > 12 && p.day >= 1 && p.day <= 12) { /* the American order */
		int32_t month = p.day;

		p.day = p.month;
		p.month = month;
	}
	*ret_parts = p;
	return (count < 1 || rest[0] > 0) && (count < 2 || rest[1] > 0);
}

static int32_t day_number(struct lg_date date)
{
	return (int32_t)(lg_date_start(date) / LG_DAY_MS);
}

static bool first_of(enum calendar calendar, struct parts p, int32_t *ret_day)
{
	struct lg_date date = { p.year, p.month, p.day };
	struct lg_bs_date bs = { p.year, p.month, p.day };

	if (calendar == CALENDAR_BS && !lg_is_done(lg_bs_to_date(bs, &date)))
		return false;
	*ret_day = day_number(date);
	return true;
}

static int32_t month_days(enum calendar calendar, struct parts p)
{
	struct lg_date next = { p.year + p.month / 12, p.month % 12 + 1, 1 };

	if (calendar == CALENDAR_BS)
		return lg_bs_month_days(p.year, p.month);
	return day_number(next) - day_number((struct lg_date){ p.year, p.month, 1 });
}

static struct birth range_of(enum calendar calendar, struct parts p)
{
	struct birth birth = { .is_known = true };
	struct parts first = { p.year, p.month == 0 ? 1 : p.month, p.day == 0 ? 1 : p.day };
	struct parts last = { p.year, p.month == 0 ? 12 : p.month, p.day };

	if (first.month > 12 || first.day > month_days(calendar, first) ||
		!first_of(calendar, first, &birth.first_day))
		return (struct birth){ .is_known = false };
	if (last.day == 0)
		last.day = month_days(calendar, last);
	if (!first_of(calendar, last, &birth.last_day))
		return (struct birth){ .is_known = false };
	return birth;
}

struct birth birth_read(struct lg_bytes text, int32_t this_year)
{
	struct birth none = { .is_known = false };
	struct reading r = read_parts(text);
	struct parts parts;

	if (r.is_bad || !order(&r, &parts))
		return none;
	if (r.calendar == CALENDAR_UNSAID)
		r.calendar = parts.year > this_year || r.has_devanagari_digits ? CALENDAR_BS
									       : CALENDAR_AD;
	if (parts.year < (r.calendar == CALENDAR_BS ? LG_BS_YEAR_MIN : LG_BS_YEAR_MIN - 57) ||
		parts.year > (r.calendar == CALENDAR_BS ? this_year + 57 : this_year))
		return none;
	return range_of(r.calendar, parts);
}

struct birth birth_of_age(int32_t age_years, enum birth_basis basis, lg_ms at)
{
	int32_t today = day_number(lg_date_of(at));

	assert(basis < BIRTH_BASIS_COUNT);
	if (age_years < 0 || age_years > AGE_MAX)
		return (struct birth){ .is_known = false };
	return (struct birth){
		.first_day = today - (int32_t)((age_years + 1 + off_years[basis]) * YEAR_DAYS) + 1,
		.last_day = today - (int32_t)((age_years - off_years[basis]) * YEAR_DAYS),
		.is_known = true,
	};
}

/* --- comparing ------------------------------------------------------------------------------- */

/* Whether two numbers of the same length differ in one digit, or in two that changed places. */
static bool is_slip(int32_t a, int32_t b)
{
	int32_t wrong = 0, a_digits[4], b_digits[4];
	int32_t first = -1, second = -1;

	for (int32_t i = 0; i < 4; i++, a /= 10, b /= 10) {
		a_digits[i] = a % 10;
		b_digits[i] = b % 10;
		if (a_digits[i] == b_digits[i])
			continue;
		wrong++;
		second = first;
		first = i;
	}
	return wrong == 1 || (wrong == 2 && a_digits[first] == b_digits[second] &&
				     a_digits[second] == b_digits[first]);
}

static bool is_parts_slip(struct parts a, struct parts b)
{
	bool year = a.year == b.year, month = a.month == b.month, day = a.day == b.day;

	if (year && a.month == b.day && a.day == b.month)
		return true;
	return (month && day && is_slip(a.year, b.year)) ||
	       (year && day && is_slip(a.month, b.month)) ||
	       (year && month && is_slip(a.day, b.day));
}

static struct parts parts_of(int32_t day)
{
	struct lg_date date = lg_date_of(day * LG_DAY_MS);

	return (struct parts){ date.year, date.month, date.day };
}

static struct parts bs_parts_of(int32_t day)
{
	struct lg_bs_date bs;

	if (!lg_is_done(lg_bs_from_date(lg_date_of(day * LG_DAY_MS), &bs)))
		return (struct parts){ .year = 0 };
	return (struct parts){ bs.year, bs.month, bs.day };
}

enum birth_level birth_compare(struct birth a, struct birth b)
{
	bool is_day = a.first_day == a.last_day && b.first_day == b.last_day;
	int32_t first = a.first_day > b.first_day ? a.first_day : b.first_day;
	int32_t last = a.last_day < b.last_day ? a.last_day : b.last_day;

	if (!a.is_known || !b.is_known)
		return BIRTH_MISSING;
	if (first <= last)
		return is_day ? BIRTH_SAME : BIRTH_OVERLAPS;
	if (is_day && (is_parts_slip(parts_of(a.first_day), parts_of(b.first_day)) ||
			      is_parts_slip(bs_parts_of(a.first_day), bs_parts_of(b.first_day))))
		return BIRTH_SLIP;
	return first - last < BIRTH_NEAR_DAYS ? BIRTH_NEAR : BIRTH_APART;
}
