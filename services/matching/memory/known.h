/*
 * Who is known: every indexed person in the memory of the one process that searches.
 *
 * It is filled from the service's own table, in the order of indexing, and so holds nothing
 * that was not committed: at the start all rows come, a batch at a time; afterwards those that came
 * since.  Searches wait until it stands.  Its pages are held in memory and left out of dumps
 * (common/base/arena.h).  What is kept of a person is what blocking needs and nothing
 * else: no name can be read from it but through the vocabulary of all names.
 */
#ifndef SERVICES_MATCHING_MEMORY_KNOWN_H
#define SERVICES_MATCHING_MEMORY_KNOWN_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/base/status.h"
#include "services/matching/engine/compare.h"

#define KNOWN_CANDIDATES_MAX 24         /* that one search compares whole */
#define KNOWN_FIRST_ROWS     (1u << 14) /* room at first; doubled by beginning anew */
#define KNOWN_CHUNK          2000       /* rows that are taken in at once */

struct known;

/* What is known of a person; texts may go after the call. */
struct known_person {
	struct lg_id record_id;
	int64_t place; /* in the order of indexing */
	const struct person_facts *facts;
	uint32_t name_count, phone_count;
	char *const *names, *const *phones;
};

/* Nobody is known.  room: rows at first (KNOWN_FIRST_ROWS) */
struct known *known_new(uint32_t room);
void known_free(struct known *known);

/* The last place that was taken in: what lies behind it is to be read. */
int64_t known_through(const struct known *known);

/*
 * Takes a person in, or her newer record instead of the older one.
 *   returns  false when there was no room for her: nobody is known any more, there is twice the
 *            room, and reading begins from the start
 */
LG_MUST_CHECK bool known_take(struct known *known, const struct known_person *person);

/* A record that must not be found any more; its place counts as taken in. */
void known_drop(struct known *known, struct lg_id record_id, int64_t place);

/* The rows behind known_through() were read: is_last, if there were fewer than asked for. */
void known_caught_up(struct known *known, bool is_last);

/* Whether everybody is in it who was committed when it was last caught up. */
bool known_stands(const struct known *known);

/* The place of a record as it is known here; 0: it is not. */
int64_t known_place(const struct known *known, struct lg_id record_id);

/*
 * Who may be the same person, most likely first.
 *
 *   ret_bits  of the first: how much more likely she is the same person than one drawn from all, in
 *             bits; 0 where nobody is found.  NULL: not asked
 *   returns   how many; 0 for one who is not known
 */
uint32_t known_search(struct known *known, struct lg_id record_id,
	struct lg_id ret_record_ids[KNOWN_CANDIDATES_MAX], float *ret_bits);

/* The same by looking at everybody: what a search is measured against. */
uint32_t known_scan(struct known *known, struct lg_id record_id,
	struct lg_id ret_record_ids[KNOWN_CANDIDATES_MAX], float *ret_bits);

/* Persons, and bytes of all that is kept of them. */
uint32_t known_count(const struct known *known);
uint64_t known_bytes(const struct known *known);

/* Whether the system holds all of it in memory. */
bool known_is_resident(const struct known *known);

#endif
