/*
 * The indicator set and what a screening adds up to.
 *
 * Indicators are data: codes, groups and points of one version, read from the service's data
 * folder.  Those of caste, ethnicity and dress stand in old forms; they are kept as history, and
 * every total is also known without them.
 */
#ifndef SERVICES_INTAKE_DOMAIN_SCREENING_H
#define SERVICES_INTAKE_DOMAIN_SCREENING_H

#include <stdint.h>

#include "common/base/status.h"

#define INDICATORS_MAX           256  /* in one version of the set */
#define INDICATOR_CODE_MAX       64   /* bytes */
#define INDICATOR_POINTS_MAX     1000 /* of one indicator */
#define SCREENING_INDICATORS_MAX 128  /* set on one form */

struct indicator {
	const char *code, *group, *label; /* of the file they were read from */
	uint32_t points;
	bool is_history_only;
};

struct indicator_set {
	uint32_t version; /* 0: nothing was read yet */
	uint32_t count;
	struct indicator at[INDICATORS_MAX]; /* by code, ascending */
};

struct screening {
	uint32_t version;
	uint32_t points;
	uint32_t points_without_history;
};

/*
 * Adds one indicator.  A higher version than the set's begins the set anew.
 *
 *   indicator  its texts are not copied
 *   refused    a lower version than the set's, a code that is not 1..64 of a-z 0-9 _ or is there
 *              already, too many points, a full set
 */
LG_MUST_CHECK struct lg_status indicator_set_add(
	struct indicator_set *set, uint32_t version, const struct indicator *indicator);

/* The indicator of this code, or NULL. */
const struct indicator *indicator_find(const struct indicator_set *set, const char *code);

/*
 * Adds up the indicators of a form: the sum of their points, as the stations' paper form does.
 *   refused  too many, one that the set does not know, one that is there twice
 */
LG_MUST_CHECK struct lg_status screening_add_up(const struct indicator_set *set,
	const char *const *codes, uint32_t count, struct screening *ret_screening);

#endif
