/* Figures by processor time, because the machine has other work. */
#ifndef TESTS_MATCHING_PROCESSOR_TIME_H
#define TESTS_MATCHING_PROCESSOR_TIME_H

#include <time.h>

/* Of all threads of this process. */
static inline double processor_s(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* For qsort() of doubles. */
static inline int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

#endif
