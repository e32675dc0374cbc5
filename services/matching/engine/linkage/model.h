/*
 * What a grade is worth, and what a pair of records adds up to.
 *
 * I. Fellegi, A. Sunter, "A Theory for Record Linkage", JASA 64 (1969): each field adds
 * log2(m / u); m is how often the grade is seen in two records of one person, u in two records of
 * different persons.  A value that few hold says more than one that many hold: where values are
 * equal, the chance of that very value stands for u (W. Winkler, "Frequency-Based Matching in
 * Fellegi-Sunter Model of Record Linkage", 1989).
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_MODEL_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_MODEL_H

#include "services/matching/engine/linkage/roster.h"

#define MODEL_VERSION     1
#define MODEL_RARITY_MOST 8.0f /* bits that a rare value adds at most */

struct model {
	struct field_list list;
	double prior; /* share of all pairs that are one person; above 0, below 1 */
	double m[FIELDS_MAX][GRADE_COUNT], u[FIELDS_MAX][GRADE_COUNT]; /* shares; missing: unused */
	float prior_bits, bits[FIELDS_MAX][GRADE_COUNT];               /* by model_settle() */
	uint32_t leans_on[FIELDS_MAX]; /* a field before this one, that says some of the same */
	float lean_bits[FIELDS_MAX];   /* what is said twice where both agree; 0: nothing is */
};

/* Why a pair got its probability: one step of the waterfall per field. */
struct model_reason {
	uint32_t field;
	enum grade grade;
	float grade_bits;  /* log2(m / u) of the grade */
	float rarity_bits; /* what the value itself adds, or takes */
};

/*
 * Bits from m, u and the prior.  A better grade is never worth less than a worse one: where the
 * estimates say so, the two are one grade (pooled as by M. Ayer et al., 1955).
 */
void model_settle(struct model *model);

/*
 * Evidence of a pair in bits, the prior included: log2 of the odds that it is one person.
 *
 *   pattern   of the two records (pairing.h)
 *   a, b      their ids in the roster, for the rarity of values
 */
float model_bits(const struct model *model, const struct roster *roster, uint64_t pattern,
	const uint32_t *a, const uint32_t *b);

/*
 * What fields say twice, to be taken off: whoever shares a village shares its district.  Chances of
 * fields that lean on each other do not multiply; each counts against the one that it leans on most
 * (a tree, as by C. Chow and C. Liu, 1968), and only where both agree.
 */
float model_said_twice(const struct model *model, uint64_t pattern);

/* What one field adds to a pair: its grade and the rarity of its values. */
float model_field_bits(const struct model *model, const struct roster *roster, uint32_t f,
	enum grade grade, const uint32_t *a, const uint32_t *b);

/* The steps that model_bits() adds up, in the order of the fields; the prior is not among them. */
void model_explain(const struct model *model, const struct roster *roster, uint64_t pattern,
	const uint32_t *a, const uint32_t *b, struct model_reason ret_reasons[FIELDS_MAX]);

/* 0..1 from bits. */
double model_probability(double bits);

#endif
