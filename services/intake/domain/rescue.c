#include "services/intake/domain/rescue.h"

#include <string.h>

#include "services/intake/domain/code_list.h"

/* Field reference, section 4.0 and 1.7: who may decide for whom. */
static struct lg_status check_decider(const struct person *person, const struct rescue *rescue)
{
	bool is_child = person_is_child(person);

	if (rescue->by == DECIDER_NONE)
		return lg_refuse("say who chose the route");
	if (is_child && rescue->by == DECIDER_HERSELF)
		return lg_refuse(
			"a child, or whoever counts as one, does not decide the route alone");
	if (is_child && rescue->route == ROUTE_R0 && strcmp(rescue->reason, "with_own_family") != 0)
		return lg_refuse("a child travels on only with own family");
	if (!is_child && rescue->route != ROUTE_R0 &&
		(rescue->by == DECIDER_CENTRE || rescue->by == DECIDER_NGO ||
			rescue->by == DECIDER_CHILD_WELFARE))
		return lg_refuse("an adult is stopped by her own wish, or by police, border force "
				 "or a court");
	return lg_done();
}

static struct lg_status check_codes(const struct rescue *rescue, const struct procedure_book *book)
{
	if (rescue->route == ROUTE_NONE)
		return lg_refuse("the route is missing");
	if (!procedure_has_reason(book, rescue->route, rescue->reason))
		return lg_refuse("the reason is not one of this route");
	if (!code_is_known_or_empty("district", rescue->home_district))
		return lg_refuse("the district is not in proto/codes/district.csv");
	if (!code_is_known_or_empty("country", rescue->home_country))
		return lg_refuse("the country is not in proto/codes/country.csv");
	if ((rescue->route == ROUTE_R4) != (strcmp(rescue->home_country, "IN") == 0) &&
		rescue->route != ROUTE_R0)
		return lg_refuse("R4 is the route of Indian citizens, and theirs alone");
	if (rescue->need_count > RESCUE_NEEDS_MAX)
		return lg_refuse("more than 16 needs");
	for (uint32_t i = 0; i < rescue->need_count; i++) {
		if (!code_is_known("service", rescue->needs[i]))
			return lg_refuse("a need is not in proto/codes/service.csv");
	}
	return lg_done();
}

static struct lg_status check_callback(const struct rescue *rescue)
{
	if (rescue->callback_at == 0)
		return lg_done();
	if (rescue->route != ROUTE_R0)
		return lg_refuse("a call is agreed with whoever travels on (R0)");
	if (rescue->callback_at <= rescue->rescued_at ||
		rescue->callback_at - rescue->rescued_at > CALLBACK_MAX_MS)
		return lg_refuse("the agreed call is within a year behind the talk");
	return lg_done();
}

static struct lg_status check_state(const struct person *person, const struct rescue *rescue)
{
	switch (person->state) {
	case PERSON_NEW:
		return lg_refuse("no such person in this case");
	case PERSON_LISTED_SUSPECT:
		return lg_refuse("a suspect has no route");
	case PERSON_REGISTERED:
	case PERSON_NOT_A_VICTIM:
		if (rescue->route != ROUTE_R0)
			return lg_refuse("first somebody says that she is a possible victim");
		return lg_done();
	case PERSON_POSSIBLE:
	case PERSON_ACTUAL:
		return lg_done();
	}
	return lg_refuse("no such state");
}

static bool is_same(const struct person *person, const struct rescue *rescue)
{
	return person->route == rescue->route && person->route_by == rescue->by &&
	       person->rescued_at == rescue->rescued_at &&
	       person->callback_at == rescue->callback_at &&
	       strcmp(person->reason, rescue->reason) == 0;
}

struct lg_status rescue_record(struct person *person, const struct rescue *rescue,
	const struct procedure_book *book, bool *ret_is_told)
{
	bool is_told = person->route != ROUTE_NONE && is_same(person, rescue);
	struct lg_status status = check_codes(rescue, book);

	if (lg_is_done(status))
		status = check_state(person, rescue);
	if (lg_is_done(status))
		status = check_decider(person, rescue);
	if (lg_is_done(status))
		status = check_callback(rescue);
	if (lg_is_done(status) && person->route != ROUTE_NONE && !is_told)
		status = lg_refuse("another route was recorded before");
	if (!lg_is_done(status))
		return status;

	person->route = rescue->route;
	person->route_by = rescue->by;
	person->reason = rescue->reason;
	person->rescued_at = rescue->rescued_at;
	person->callback_at = rescue->callback_at;
	person->district = rescue->home_district;
	person->country = rescue->home_country;
	*ret_is_told = is_told;
	return lg_done();
}
