/*
 * A date as people write it, in the Gregorian calendar or in Bikram Sambat, as the Gregorian date
 * that it means; so a list of one calendar is compared with one of the other.
 */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_WRITTEN_DATE_H
#define SERVICES_MATCHING_ENGINE_TEXT_WRITTEN_DATE_H

#include "common/base/bytes.h"
#include "common/base/calendar.h"

/*
 * Reads day, month and year in the order of either end (2068-05-12, 12.5.2068, 5/2068, 20680512,
 * the year alone), months by name in English and Nepali, digits of both scripts, and "BS", "AD",
 * "B.S." or their Devanagari before or behind it.  Without such a word a date in Devanagari digits
 * is of Bikram Sambat, others are Gregorian below bs_from.
 *
 *   bs_from   the first year that is too late for Gregorian: years from it on are of Bikram Sambat,
 *             and whatever means a day in it or later is none; 0: nothing is too late
 *   ret_date  month and day are 0 where they were not said; a month or a year of Bikram Sambat lies
 *             in two of the other calendar, and is the one that holds its middle
 *   returns   false: it cannot be read as one date, or its calendar has no such day
 */
bool written_date_read(struct lg_bytes text, int32_t bs_from, struct lg_date *ret_date);

#endif
