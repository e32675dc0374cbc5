/*
 * Everybody who may be asked for, as encodings under the secret of one other site and one period:
 * what a question from there is compared with.
 *
 * Filled like known.h from the service's own table, in the order of indexing, when that site first asks
 * in a period; afterwards by what came since.  Held in memory, left out of dumps, never written: the
 * database holds no encoding of our own people.
 */
#ifndef SERVICES_MATCHING_MEMORY_ENCODINGS_H
#define SERVICES_MATCHING_MEMORY_ENCODINGS_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "services/matching/engine/clk/clk_person.h"
#include "services/matching/engine/clk/clk_scan.h"

#define ENCODINGS_FOUND_MAX 4 /* of one question: who is looked at before it is answered */

struct encodings;

/* Nobody, of no site. */
struct encodings *encodings_new(void);
void encodings_free(struct encodings *encodings);

/* Whether they are under the secret of this site and period; forgets all and begins with those. */
bool encodings_are_of(const struct encodings *encodings, uint16_t site, uint32_t period);
void encodings_begin(struct encodings *encodings, uint16_t site, uint32_t period);

/* The last place that was taken in: what lies behind it is to be read. */
int64_t encodings_through(const struct encodings *encodings);

/*
 * Takes a person in, or her newer encodings instead of the older ones.
 *   place  in the order of indexing
 *   count  0: she may not be asked for (any more)
 */
void encodings_take(struct encodings *encodings, struct lg_id record_id, int64_t place,
	const struct clk *clks, uint32_t count);

/*
 * The persons most alike to any encoding of a question, best first, of at least CLK_LEAST_HIT.
 *   returns  how many
 */
uint32_t encodings_search(const struct encodings *encodings, const struct clk *questions,
	uint32_t count, struct lg_id ret_record_ids[ENCODINGS_FOUND_MAX]);

/* Encodings, and bytes of all that is kept of them. */
uint32_t encodings_count(const struct encodings *encodings);
uint64_t encodings_bytes(const struct encodings *encodings);

#endif
