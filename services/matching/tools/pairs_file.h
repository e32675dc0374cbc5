/*
 * The output of dedupe and link: left,right,probability, best first.
 *
 * It is written beside its place, as PATH.part, and put there when it is whole: what stands under
 * its name was never half written.
 */
#ifndef SERVICES_MATCHING_TOOLS_PAIRS_FILE_H
#define SERVICES_MATCHING_TOOLS_PAIRS_FILE_H

#include <stdio.h>

#include "services/matching/tools/linking/linker.h"
#include "services/matching/tools/table.h"

#define PAIRS_FILE_APART_BITS (-0.01f) /* just below a half: of pairs that clustering parted */

struct pairs_file {
	const char *path;
	char part[SCHEMA_PATH_MAX]; /* where it grows */
	FILE *out;
	struct scored_pair *pairs;
	uint32_t count, room;
};

/* Opens for writing; false: said why not. */
bool pairs_file_open(struct pairs_file *file, const char *path);

/* One more pair. */
void pairs_file_add(struct pairs_file *file, struct scored_pair pair);

/* All pairs inside clusters, each at a half or above. */
void pairs_file_add_clusters(struct pairs_file *file, uint32_t record_count,
	const uint32_t *cluster, struct linker_judge *judge);

/* Writes what was added; a record from left->roster.count on is a row of right. */
void pairs_file_write(struct pairs_file *file, const struct table *left, const struct table *right);

/* Closes and puts it in its place; false: said why not, and nothing is left. */
bool pairs_file_close(struct pairs_file *file);

#endif
