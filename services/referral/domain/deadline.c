#include "services/referral/domain/deadline.h"

#include <assert.h>

const char *const human_names[HUMAN_COUNT] = {
	[HUMAN_CENTRE_LEAD] = "centre_lead",
	[HUMAN_PROTECTION_OFFICER] = "protection_officer",
	[HUMAN_OPERATOR] = "operator",
};

enum human ladder_human(const struct ladder *ladder, uint32_t level)
{
	assert(level > 0);
	return ladder->humans[level > LADDER_STEPS_MAX ? LADDER_STEPS_MAX - 1 : level - 1];
}

struct lg_status ladders_check(const struct ladders *ladders)
{
	for (uint32_t i = 0; i < URGENCY_COUNT; i++) {
		const struct ladder *ladder = &ladders->at[i];

		if (ladder->answer <= 0 || ladder->delivery <= 0 || ladder->reminder <= 0 ||
			ladder->destruction <= 0 || ladder->handover <= 0)
			return lg_refuse("a time of a ladder is not above zero");
	}
	if (ladders->month <= 0)
		return lg_refuse("a month is not above zero");
	return lg_done();
}
