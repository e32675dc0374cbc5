#include "services/referral/domain/aftercare.h"

const uint32_t visit_months[VISITS_COUNT] = { 1, 3, 6, 12 };

void aftercare_begin(struct aftercare *aftercare, lg_ms began_at)
{
	if (aftercare->began_at == 0)
		aftercare->began_at = began_at;
}

/* The next that is neither made nor told. */
static uint32_t next_of(const struct aftercare *aftercare)
{
	return aftercare->visits > aftercare->told ? aftercare->visits : aftercare->told;
}

lg_ms aftercare_next_due(const struct aftercare *aftercare, lg_ms month)
{
	uint32_t next = next_of(aftercare);

	if (aftercare->began_at == 0 || next >= VISITS_COUNT)
		return 0;
	return aftercare->began_at + month * (lg_ms)visit_months[next];
}

uint32_t aftercare_tell(struct aftercare *aftercare, lg_ms month, lg_ms now)
{
	lg_ms due_at = aftercare_next_due(aftercare, month);
	uint32_t next = next_of(aftercare);

	if (due_at == 0 || now < due_at)
		return 0;
	aftercare->told = next + 1;
	return visit_months[next];
}

uint32_t aftercare_visit(struct aftercare *aftercare)
{
	if (aftercare->began_at == 0 || aftercare->visits == VISITS_COUNT)
		return 0;
	return visit_months[aftercare->visits++];
}
