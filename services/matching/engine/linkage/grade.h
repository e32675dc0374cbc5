/* How well two values of one field agree: the comparison that everything else is built on. */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_GRADE_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_GRADE_H

#include "services/matching/engine/linkage/value.h"

/* From DIFFERENT to EQUAL, and for dates of unequal precision the CROSSED grades; symmetric. */
enum grade grade_values(enum field_kind kind, const struct value *a, const struct value *b);

#endif
