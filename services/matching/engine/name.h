/*
 * A person's name as the service compares it: text/name_form.h, behind the functions that stores
 * and handlers call.
 */
#ifndef SERVICES_MATCHING_ENGINE_NAME_H
#define SERVICES_MATCHING_ENGINE_NAME_H

#include "services/matching/engine/text/name_form.h"

#define NAME_WORDS_MAX NAME_FORM_WORDS_MAX

struct name {
	uint32_t count; /* words; 0: nothing that could be compared */
	struct name_form form;
};

/* Reads a name in Latin or Devanagari letters; titles go, unless nothing else is there. */
void name_read(const char *text, struct name *ret_name);

/*
 * How alike two names are, in any order of their words.
 *   returns  0..1000; compare.h says from where on they count as equal and as close
 */
uint32_t name_alike(const struct name *a, const struct name *b);

/* The first word of a name as it was written, behind titles: what a masked card shows. */
struct lg_bytes name_given(const char *text);

/*
 * The first and the last of her own words as they were written; what says little (titles, Kumari,
 * Bahadur) is passed over where words of her own remain.  Of one word family is empty.
 */
void name_parts(const char *text, struct lg_bytes *ret_given, struct lg_bytes *ret_family);

#endif
