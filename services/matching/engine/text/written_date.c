/* Numbers and words of a date, put in order, then the day that they name (written_date.h). */
#include "services/matching/engine/text/written_date.h"

#include "common/base/bikram_sambat.h"
#include "services/matching/engine/text/letters.h"

#define NUMBERS_MAX 3
#define NUMBER_MAX  100000000
#define COMPACT_MIN 10000000 /* a number from it on is yyyymmdd */
#define WORD_BYTES  64       /* of a word that is looked at */
#define YEAR_MIN    1000     /* a year has all its digits */
#define YEAR_MAX    9999

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum calendar { CALENDAR_UNSAID, CALENDAR_AD, CALENDAR_BS };

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

static void add_number(struct reading *r, int32_t number)
{
	if (r->count == NUMBERS_MAX)
		r->is_bad = true;
	else
		r->numbers[r->count++] = number;
}

static void end_number(struct reading *r)
{
	if (r->number >= COMPACT_MIN && r->number < NUMBER_MAX) {
		add_number(r, r->number / 10000);
		add_number(r, r->number / 100 % 100);
		add_number(r, r->number % 100);
	} else if (r->number >= 0) {
		add_number(r, r->number);
	}
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

/* Behind a date a time may stand, which says nothing here: 2001-03-15T06:00, 2001-03-15 06:00. */
static bool begins_time(struct reading *r, uint32_t code)
{
	if (code == ':')
		r->number = -1; /* the hour */
	return code == ':' || (code == 'T' && r->count == NUMBERS_MAX - 1 && r->number >= 0);
}

static struct reading read_parts(struct lg_bytes text)
{
	const uint8_t *at = text.data, *end = text.data + text.size;
	struct reading r = { .number = -1 };

	while (at < end && *at != 0) {
		const uint8_t *begin = at;
		uint32_t code = letters_code(&at, end);

		if (begins_time(&r, code))
			break;
		take_code(&r, code, lg_bytes(begin, (size_t)(at - begin)));
	}
	end_number(&r);
	end_word(&r);
	return r;
}

/* The year stands at one end; what is between counts from it. */
static bool order(const struct reading *r, struct lg_date *ret_parts)
{
	struct lg_date p = { .month = r->month };
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

/* 0: no such month, or none that is known. */
static int32_t month_days(enum calendar calendar, int32_t year, int32_t month)
{
	if (calendar == CALENDAR_BS)
		return lg_bs_month_days(year, month);
	if (month > 12 || year > YEAR_MAX)
		return 0;
	return day_number((struct lg_date){ year + month / 12, month % 12 + 1, 1 }) -
	       day_number((struct lg_date){ year, month, 1 });
}

/* A day of a calendar, all of its parts said.  returns  false: there is none */
static bool find_day(enum calendar calendar, struct lg_date p, int32_t *ret_day)
{
	struct lg_bs_date bs = { p.year, p.month, p.day };
	struct lg_date date = p;

	if (p.day > month_days(calendar, p.year, p.month) ||
		(calendar == CALENDAR_BS && !lg_is_done(lg_bs_to_date(bs, &date))))
		return false;
	*ret_day = day_number(date);
	return true;
}

/* The Gregorian date in the parts that were said; what lies in two of them is where its middle is. */
static bool convert(enum calendar calendar, struct lg_date p, struct lg_date *ret_date)
{
	struct lg_date first = { p.year, p.month == 0 ? 1 : p.month, p.day == 0 ? 1 : p.day };
	struct lg_date last = { p.year, p.month == 0 ? 12 : p.month, p.day };
	struct lg_date date;
	int32_t first_day, last_day;

	if (p.day == 0)
		last.day = month_days(calendar, last.year, last.month);
	if (!find_day(calendar, first, &first_day) || !find_day(calendar, last, &last_day))
		return false;
	date = lg_date_of((first_day + (last_day - first_day) / 2) * LG_DAY_MS);
	if (p.day == 0)
		date.day = 0;
	if (p.month == 0)
		date.month = 0;
	*ret_date = date;
	return true;
}

bool written_date_read(struct lg_bytes text, int32_t bs_from, struct lg_date *ret_date)
{
	struct reading r = read_parts(text);
	struct lg_date parts, date;

	if (r.is_bad || !order(&r, &parts))
		return false;
	if (r.calendar == CALENDAR_UNSAID) {
		bool is_late = bs_from != 0 && parts.year >= bs_from;

		r.calendar = is_late || r.has_devanagari_digits ? CALENDAR_BS : CALENDAR_AD;
	}
	if (!convert(r.calendar, parts, &date) || (bs_from != 0 && date.year >= bs_from))
		return false;
	*ret_date = date;
	return true;
}
