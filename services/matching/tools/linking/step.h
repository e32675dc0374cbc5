/*
 * What the workers of a task do together: each touches its own places of a step only, and a step is over
 * when all are through.  In which order, and with which weights, says linker.c.
 */
#ifndef SERVICES_MATCHING_TOOLS_LINKING_STEP_H
#define SERVICES_MATCHING_TOOLS_LINKING_STEP_H

#include <stdatomic.h>

#include "services/matching/engine/linkage/score.h"
#include "services/matching/tools/linking/crew.h"
#include "services/matching/tools/linking/linker.h"

#define STEP_BLOCK_PAIRS 2000000u /* that one block may bring */

struct found {
	struct scored_pair *pairs;
	uint32_t count, room;
};

/* The first look's pairs with their patterns: compared once, scored when weights are known. */
struct seen_pair {
	struct record_pair pair;
	uint64_t pattern;
};

struct seen {
	struct seen_pair *pairs;
	size_t count, room;
};

/* What the workers of one step share; each touches its own places only. */
struct step {
	struct linker *linker;
	const struct roster *roster; /* the whole, or what the first look is at */
	struct lg_arena *arenas[CREW_MAX];
	struct pairing pairings[CREW_MAX];
	struct pattern_table patterns[CREW_MAX];
	struct found found[CREW_MAX];
	struct seen seen[CREW_MAX];
	struct record_pair *drawn; /* by chance, and their patterns */
	uint64_t *drawn_patterns;
	uint32_t drawn_count;
	uint64_t compared[CREW_MAX], glanced[CREW_MAX];
	struct sweep sweep;
	struct glance glance;
	atomic_uint next_key, next_field;
};

/* Hashes and sorts what the chosen keys bring together. */
void step_bring_together(struct step *step);

/* Lines the records up for glances. */
void step_line_up(struct step *step, const struct roster *roster);

/* Compares every pair of a key and keeps it with its pattern: scored later. */
void step_look(struct step *step);

/* The same for pairs that pass a glance. */
void step_look_by_glance(struct step *step);

/* Compares what was drawn by chance into step->drawn. */
void step_compare_drawn(struct step *step);

/* Scores what was looked at, or every pair that passes a glance; then all are in linker->pairs. */
void step_score_seen(struct step *step);
void step_score_by_glance(struct step *step);

/* All workers' patterns, in the first one's table. */
struct pattern_table *step_patterns(struct step *step);

#endif
