/* A person whom her family misses: reported, and found when a lead confirms a match. */
#ifndef SERVICES_INTAKE_DOMAIN_MISSING_H
#define SERVICES_INTAKE_DOMAIN_MISSING_H

#include "services/intake/domain/person.h"

enum missing_state { MISSING_NEW, MISSING_REPORTED, MISSING_FOUND };

struct missing {
	struct lg_id report_id;
	enum missing_state state;
	lg_ms since;
	enum person_sex sex;
	int32_t age_years; /* when last seen; -1: not known */
	const char *district, *country;
	struct lg_id event_id; /* the context of what is sealed */
	struct lg_bytes sealed;
};

extern const struct lg_lifecycle missing_life;

/*
 * A family reports somebody.
 *   missing      as stored, or new; changed when done
 *   told         texts are kept, not copied
 *   ret_is_told  the same was reported before
 *   refused      no id; a time before 2000 or to come; an age above 120; a district or country that is
 *                none; reported before otherwise
 */
LG_MUST_CHECK struct lg_status missing_report(
	struct missing *missing, const struct missing *told, lg_ms now, bool *ret_is_told);

/* A lead confirmed that she was found.  returns  whether anything changed */
bool missing_find(struct missing *missing);

/* The match was undone: she is missing again.  Returns whether anything changed. */
bool missing_lose(struct missing *missing);

#endif
