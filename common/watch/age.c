#include "common/watch/age.h"

/* When the numbers of a mark end: where those of the next begin. */
static lg_ms end_of(const struct lg_age *age, uint32_t mark, lg_ms now)
{
	return mark + 1 < age->count ? age->at[mark + 1].since : now;
}

/* The two neighbours that are nearest to each other for their age become one, as old as the older. */
static void thin(struct lg_age *age, lg_ms now)
{
	uint32_t best = 0;
	lg_ms best_width = 1, best_age = 0;

	for (uint32_t i = 0; i + 1 < age->count; i++) {
		lg_ms width = end_of(age, i + 1, now) - age->at[i].since;
		lg_ms old = now - end_of(age, i + 1, now) + LG_AGE_STEP;

		if (best_age == 0 || width * best_age < best_width * old) {
			best = i;
			best_width = width;
			best_age = old;
		}
	}
	age->at[best].through = age->at[best + 1].through;
	for (uint32_t i = best + 1; i + 1 < age->count; i++)
		age->at[i] = age->at[i + 1];
	age->count--;
}

void lg_age_note(struct lg_age *age, uint64_t number, lg_ms now)
{
	if (age->count > 0 && number <= age->at[age->count - 1].through)
		return;
	if (age->count > 0 && now - age->at[age->count - 1].since < LG_AGE_STEP) {
		age->at[age->count - 1].through = number;
		return;
	}
	if (age->count == LG_AGE_MARKS)
		thin(age, now);
	age->at[age->count].through = number;
	age->at[age->count++].since = now;
}

lg_ms lg_age_behind(const struct lg_age *age, uint64_t applied, lg_ms now)
{
	for (uint32_t i = 0; i < age->count; i++)
		if (age->at[i].through > applied)
			return now > age->at[i].since ? now - age->at[i].since : 0;
	return 0;
}
