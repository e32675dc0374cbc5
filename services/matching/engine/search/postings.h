/*
 * Many lists of words, most of them short, in memory that grows with what they hold.
 *
 * A list lies in one piece of 4 to 32 words, a longer one in pieces of 63 that are read one behind
 * the other: so that a list of fifty thousand is walked as fast as memory gives it, and one of three
 * costs 32 bytes.  Pieces that are left are used again by other lists.  The order of a list means
 * nothing.  One thread at a time.
 */
#ifndef SERVICES_MATCHING_ENGINE_SEARCH_POSTINGS_H
#define SERVICES_MATCHING_ENGINE_SEARCH_POSTINGS_H

#include "common/base/arena.h"

#define POSTINGS_CLASSES      5u /* sizes of pieces: 4, 8, 16, 32, 64 words */
#define POSTINGS_SEGMENT_BITS 14 /* words that are taken from the arena at once */
#define POSTINGS_SEGMENTS_MAX (1u << 15)

struct postings {
	struct lg_arena *arena;
	uint64_t *lists; /* per list: its first piece, and above it how many words it has */
	uint32_t list_count;
	uint32_t used, segment_count;    /* words given out; segments behind them */
	uint32_t free[POSTINGS_CLASSES]; /* pieces to be used again; 0: none */
	uint64_t **segments;
};

/* A walk over one list, a run of words at a time. */
struct postings_walk {
	const struct postings *postings;
	const uint64_t *words;
	uint32_t count; /* of words; 0: the end */
	uint32_t next;  /* inner: the piece behind these */
	uint32_t left;  /* inner: words behind these */
};

/* list_count empty lists; their memory is the arena's. */
void postings_init(struct postings *postings, uint32_t list_count, struct lg_arena *arena);

/* Puts a word into a list. */
void postings_add(struct postings *postings, uint32_t list, uint64_t word);

/* Takes a word out of a list that holds it. */
void postings_remove(struct postings *postings, uint32_t list, uint64_t word);

/* How many words a list holds. */
uint32_t postings_count(const struct postings *postings, uint32_t list);

/* Asks memory for where a list begins; then, when that has come, for its first words. */
void postings_expect(const struct postings *postings, uint32_t list);
void postings_expect_words(const struct postings *postings, uint32_t list);

/* The first run of a list, then the next one; what was changed meanwhile ends a walk. */
struct postings_walk postings_first(const struct postings *postings, uint32_t list);
void postings_next(struct postings_walk *walk);

/* Memory of all lists. */
uint64_t postings_bytes(const struct postings *postings);

#endif
