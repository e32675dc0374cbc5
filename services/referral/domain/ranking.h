/*
 * Whom to ask next, and why: by rules, every one of which can be said in a sentence.
 *
 * Who cannot help is not asked at all (services, sex and age, country, no place, consent, asked
 * before).  Among the others points decide, then the code, so that the same directory gives the
 * same answer.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_RANKING_H
#define SERVICES_REFERRAL_DOMAIN_RANKING_H

#include "services/referral/domain/organisation.h"
#include "services/referral/domain/sharing.h"

#define ASKED_MAX 16 /* organisations asked for one referral, then a human looks */

enum ranking_rule { RULE_DISTRICT, RULE_PLACES, RULE_ANSWERS };
#define RULE_COUNT 3

extern const char *const ranking_rule_names[];

/* Organisations that were asked already. */
struct asked {
	uint32_t count;
	struct lg_id at[ASKED_MAX];
};

bool asked_has(const struct asked *asked, struct lg_id organisation_id);

struct ranked {
	const struct organisation *organisation; /* of the directory; NULL: nobody can be asked */
	uint32_t points[RULE_COUNT];
	uint32_t total;
};

/* Whether an organisation could be asked at all; refused: why not, in a sentence. */
LG_MUST_CHECK struct lg_status ranking_could_help(const struct organisation *organisation,
	const struct need *need, const struct sharing *sharing);

/*
 * The best of those that were not asked yet.
 *   asked  no more than ASKED_MAX are ever asked
 */
struct ranked ranking_best(const struct directory *directory, const struct need *need,
	const struct sharing *sharing, const struct asked *asked);

#endif
