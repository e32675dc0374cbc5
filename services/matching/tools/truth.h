/*
 * Pairs that are known to be one person, to judge a run by: a CSV file left,right of row names.
 *
 * Losses are told apart: no key brought a pair together, it was let go at a glance, or it was
 * compared and lacks evidence.
 */
#ifndef SERVICES_MATCHING_TOOLS_TRUTH_H
#define SERVICES_MATCHING_TOOLS_TRUTH_H

#include "services/matching/tools/linking/linker.h"
#include "services/matching/tools/table.h"

struct truth {
	uint32_t count;
	struct record_pair *pairs;
	enum linker_reach *reached; /* per pair; by linker_run() */
};

/*
 * Reads the file; names are looked up in the tables.
 *
 *   right    left again, when one file is judged
 *   returns  false: said what is wrong, with the line
 */
bool truth_read(struct truth *truth, const char *path, const struct table *left,
	const struct table *right, struct lg_arena *arena);

/*
 * Says on standard output, as "name: value", what share keys brought together, what share was
 * compared, what share would be likely if all were, and what share is; a curve by evidence; and for
 * each field how the likely ones, and those that lack evidence, agree in it.
 */
void truth_tell(const struct truth *truth, const struct linker *linker);

#endif
