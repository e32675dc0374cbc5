#include "services/referral/domain/need.h"

const char *const need_route_names[ROUTE_COUNT] = {
	[ROUTE_ADVISE] = "R0_ADVISE",
	[ROUTE_HAND_BACK] = "R1_HAND_BACK",
	[ROUTE_PROCEEDINGS] = "R2_INDIAN_PROCEEDINGS",
	[ROUTE_STOPPED] = "R3_STOPPED_IN_NEPAL",
	[ROUTE_INDIAN] = "R4_INDIAN_CITIZEN",
};

const char *const need_sex_names[NEED_SEX_COUNT] = {
	[NEED_FEMALE] = "FEMALE",
	[NEED_MALE] = "MALE",
	[NEED_OTHER] = "OTHER_SEX",
	[NEED_NOT_RECORDED] = "NOT_RECORDED",
};

const char *const need_urgency_names[URGENCY_COUNT] = {
	[URGENCY_ROUTINE] = "ROUTINE",
	[URGENCY_URGENT] = "URGENT",
	[URGENCY_EMERGENCY] = "EMERGENCY",
};

bool need_is_child(const struct need *need)
{
	return need->age_years < ADULT_YEARS; /* -1, nobody could tell, is below too */
}
