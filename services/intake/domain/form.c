/* What an interception form may say; the limits stand in the header. */
#include "services/intake/domain/form.h"

#include <string.h>

#define EARLIEST ((lg_ms)946684800000) /* 2000-01-01T00:00:00Z: before the first station */

const char *const person_kind_names[PERSON_KIND_COUNT] = {
	[PERSON_POTENTIAL_VICTIM] = "POTENTIAL_VICTIM",
	[PERSON_SUSPECT] = "SUSPECT",
};

const char *const person_sex_names[PERSON_SEX_COUNT] = {
	[SEX_FEMALE] = "FEMALE",
	[SEX_MALE] = "MALE",
	[SEX_OTHER] = "OTHER_SEX",
	[SEX_NOT_RECORDED] = "NOT_RECORDED",
};

static bool is_station(const char *text)
{
	size_t size = strlen(text);

	return size > 0 && size <= FORM_STATION_MAX &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == size;
}

static struct lg_status check_person(const struct form_person *person)
{
	if (person->age_years < -1 || person->age_years > FORM_AGE_MAX)
		return lg_refuse("an age is above 120 years");
	if (strlen(person->district) > FORM_TEXT_MAX)
		return lg_refuse("a district is longer than 64 bytes");
	if (strlen(person->relation) > FORM_TEXT_MAX)
		return lg_refuse("a relation is longer than 64 bytes");
	return lg_done();
}

static struct lg_status check_numbers(const struct form *form)
{
	if (form->stated_victims > FORM_HEADS_MAX || form->stated_suspects > FORM_HEADS_MAX)
		return lg_refuse("a head count is above 1000");
	if (form->reported_points != POINTS_ABSENT &&
		(form->reported_points > FORM_POINTS_MAX ||
			form->reported_points < -FORM_POINTS_MAX))
		return lg_refuse("the total of points is beyond 10000");
	if (form->certainty > 5)
		return lg_refuse("certainty is 1 to 5, or 0 when not recorded");
	if (form->person_count > FORM_PERSONS_MAX)
		return lg_refuse("more than 64 persons");
	return lg_done();
}

struct lg_status form_check(const struct form *form, lg_ms now)
{
	if (lg_id_is_zero(form->case_id))
		return lg_refuse("the case id is missing");
	if (!is_station(form->station))
		return lg_refuse("a station is 1 to 8 capital letters");
	if (form->engaged_at < EARLIEST)
		return lg_refuse("the time is before the year 2000");
	if (form->engaged_at > now + LG_DAY_MS)
		return lg_refuse("the time is more than a day ahead");

	struct lg_status status = check_numbers(form);

	for (uint32_t i = 0; lg_is_done(status) && i < form->person_count; i++)
		status = check_person(&form->persons[i]);
	return status;
}

bool form_has_screening(const struct form *form)
{
	return form->indicator_count > 0 || form->certainty > 0 ||
	       form->reported_points != POINTS_ABSENT;
}

uint32_t form_count(const struct form *form, enum person_kind kind)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < form->person_count; i++)
		count += form->persons[i].kind == kind;
	return count;
}

bool form_points_differ(const struct form *form, uint32_t points)
{
	return form->reported_points != POINTS_ABSENT &&
	       (int64_t)form->reported_points != (int64_t)points;
}
