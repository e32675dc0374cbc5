#include "services/matching/engine/weigh.h"

#include <assert.h>
#include <math.h>

const char *const match_field_names[FIELD_COUNT] = {
	[FIELD_NAME] = "name",
	[FIELD_PHONE] = "phone",
	[FIELD_AGE] = "age",
	[FIELD_PLACE] = "place",
	[FIELD_SEX] = "sex",
};

const char *const match_level_names[LEVEL_COUNT] = {
	[LEVEL_MISSING] = "missing",
	[LEVEL_DIFFERENT] = "different",
	[LEVEL_CLOSE] = "close",
	[LEVEL_EQUAL] = "equal",
};

int32_t weigh_level(int64_t m_ppm, int64_t u_ppm)
{
	assert(m_ppm > 0);
	assert(u_ppm > 0);
	return (int32_t)lround(1000 * log2((double)m_ppm / (double)u_ppm));
}

int32_t weigh_prior(int64_t one_in)
{
	assert(one_in > 1);
	return (int32_t)lround(-1000 * log2((double)(one_in - 1)));
}

uint32_t weigh_probability(int32_t total_millibits)
{
	return (uint32_t)lround(1e6 / (1 + exp2(-total_millibits / 1000.0)));
}

void weigh_settle(struct weights *weights)
{
	weights->prior_millibits = weigh_prior(weights->one_in);
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		for (unsigned level = LEVEL_DIFFERENT; level < LEVEL_COUNT; level++) {
			int32_t m = weights->m_ppm[field][level], u = weights->u_ppm[field][level];

			weights->millibits[field][level] = m > 0 && u > 0 ? weigh_level(m, u) : 0;
		}
}
