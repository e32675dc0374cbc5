/*
 * What is known of somebody who is referred, without a name: enough to find who can help.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_NEED_H
#define SERVICES_REFERRAL_DOMAIN_NEED_H

#include <stdbool.h>
#include <stdint.h>

#define ADULT_YEARS  18 /* in both countries */
#define NEED_AGE_MAX 120
#define NEEDS_MAX    16 /* services */

enum need_route { ROUTE_ADVISE, ROUTE_HAND_BACK, ROUTE_PROCEEDINGS, ROUTE_STOPPED, ROUTE_INDIAN };

enum need_sex { NEED_FEMALE, NEED_MALE, NEED_OTHER, NEED_NOT_RECORDED };

enum need_urgency { URGENCY_ROUTINE, URGENCY_URGENT, URGENCY_EMERGENCY };
#define URGENCY_COUNT 3

extern const char *const need_route_names[];
extern const char *const need_sex_names[];
extern const char *const need_urgency_names[];
#define ROUTE_COUNT    5
#define NEED_SEX_COUNT 4

struct need {
	enum need_route route;
	enum need_sex sex;
	int32_t age_years; /* -1: nobody could tell */
	enum need_urgency urgency;
	const char *district, *country; /* of home; "" when not known */
	const char *services;           /* words.h */
};

/* In doubt she is a child. */
bool need_is_child(const struct need *need);

#endif
