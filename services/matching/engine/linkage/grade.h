/* How well two values of one field agree: the comparison that everything else is built on. */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_GRADE_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_GRADE_H

#include "services/matching/engine/linkage/value.h"

/* From DIFFERENT to EQUAL, and for dates of unequal precision the CROSSED grades; symmetric. */
enum grade grade_values(enum field_kind kind, const struct value *a, const struct value *b);

/* What two names or places are told apart by at a glance: kinds of letters and sounds, length. */
uint64_t grade_sketch(const struct value *value);

/* Whether two sketches suffice: grade_values() would say DIFFERENT.  Often false where it would. */
bool grade_is_apart(uint64_t a, uint64_t b);

#endif
