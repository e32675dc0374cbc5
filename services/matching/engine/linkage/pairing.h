/*
 * Two records, compared field by field: a pattern, four bits of grade per field.
 *
 * Twins are compared both ways, straight and crosswise; crosswise is believed only where it
 * explains much more.  The grade of two values is remembered, since pairs come in runs that share
 * values; each thread has a memory of its own.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_PAIRING_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_PAIRING_H

#include "services/matching/engine/linkage/roster.h"

#define PAIRING_MEMORY_BITS 17 /* grades that one thread remembers: 1 MiB, as its cache has */
#define PAIRING_SEARCH_BITS \
	12 /* of one who is compared with some hundred others: in the first cache */

struct pairing {
	const struct roster *roster;
	uint64_t *memory;
	uint32_t shift; /* of a hash, to a place in memory */
};

/* For one thread; the roster must outlive it. */
void pairing_init(struct pairing *pairing, const struct roster *roster, struct lg_arena *arena);

/* The same with a memory of 1 << memory_bits grades. */
void pairing_init_sized(struct pairing *pairing, const struct roster *roster, uint32_t memory_bits,
	struct lg_arena *arena);

/* The grade of two values of one field, by their numbers; missing where one is 0. */
enum grade pairing_grade(struct pairing *pairing, uint32_t field, uint32_t a, uint32_t b);

/* Asks memory for what is remembered of two values of one field, if pairing_grade() will look. */
void pairing_expect(const struct pairing *pairing, uint32_t field, uint32_t a, uint32_t b);

/* The part of a pattern that a field has, with its twin's; f is the lower of twins. */
uint64_t pairing_field(struct pairing *pairing, uint32_t f, const uint32_t *a, const uint32_t *b);

/* The pattern of two rows of ids; the same whichever stands first. */
uint64_t pairing_pattern(struct pairing *pairing, const uint32_t *a, const uint32_t *b);

#endif
