/*
 * When somebody was born, as far as it was said: a first and a last day that it may have been.
 *
 * Dates are read in the Gregorian calendar and in Bikram Sambat, whole or in part ("2068", "Asar
 * 2068"); an age is a range as wide as its basis is weak.  So a date of one calendar, a year of the
 * other and a guess are compared alike.
 */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_BIRTH_H
#define SERVICES_MATCHING_ENGINE_TEXT_BIRTH_H

#include "common/base/bikram_sambat.h"
#include "common/base/bytes.h"

enum birth_basis { BIRTH_ON_PAPER, BIRTH_STATED, BIRTH_GUESSED, BIRTH_BASIS_COUNT };

struct birth {
	int32_t first_day, last_day; /* since 1970; both in */
	bool is_known;               /* false: nothing was said, or nothing that could be read */
};

/* From far to the same. */
enum birth_level {
	BIRTH_MISSING,  /* one is not known */
	BIRTH_APART,    /* no way to one day without an error that is not usual */
	BIRTH_NEAR,     /* less than BIRTH_NEAR_DAYS between the ranges */
	BIRTH_OVERLAPS, /* one range, at least, holds more than a day, and a day is in both */
	BIRTH_SLIP,     /* two days that one slip of the pen makes one: see birth_compare() */
	BIRTH_SAME,     /* the same day */
	BIRTH_LEVEL_COUNT
};

#define BIRTH_NEAR_DAYS 366

/*
 * Reads a date: day, month and year in the order of either end (2068-05-12, 12.5.2068, 5/2068),
 * months by name in English and Nepali, digits of both scripts, "BS", "AD", "B.S." or their
 * Devanagari behind or before it.  Without such a word a year above this_year is of Bikram Sambat,
 * and so is one in Devanagari digits that is; others are Gregorian.
 *   this_year  Gregorian, of the day on which it was written
 *   returns    not known when it cannot be read as one date, or is none of its calendar
 */
struct birth birth_read(struct lg_bytes text, int32_t this_year);

/*
 * From an age.
 *   age_years  0..130
 *   at         when she had it
 *   returns    the range: a paper's age is a year wide; stated ones, which count running years
 *              too, are off by 2, guesses by 5 years either way
 */
struct birth birth_of_age(int32_t age_years, enum birth_basis basis, lg_ms at);

/*
 * How two births agree; the same whichever stands first.  A slip, in either calendar: day and month
 * exchanged; one of the three parts wrong in one digit, or with two digits exchanged.
 */
enum birth_level birth_compare(struct birth a, struct birth b);

#endif
