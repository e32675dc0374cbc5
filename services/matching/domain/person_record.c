#include "services/matching/domain/person_record.h"

#include <assert.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum record_event { RECORD, AGREE, REFUSE };
enum record_side { CENTRE, HERSELF };

static const char *const states[] = {
	[RECORD_NEW] = "NEW",
	[RECORD_EXPECTED] = "EXPECTED",
	[RECORD_REFUSED] = "REFUSED",
	[RECORD_INDEXED] = "INDEXED",
	[RECORD_WITHHELD] = "WITHHELD",
};

static const char *const events[] = {
	[RECORD] = "RescueRecorded, MissingPersonReported or SuspectRecorded",
	[AGREE] = "ConsentChanged: yes",
	[REFUSE] = "ConsentChanged: no",
};

static const char *const sides[] = { [CENTRE] = "centre", [HERSELF] = "herself" };

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from             on      by       to               why */
	{ RECORD_NEW,       RECORD, CENTRE,  RECORD_INDEXED,  "it can be compared" },
	{ RECORD_NEW,       AGREE,  HERSELF, RECORD_EXPECTED, "she agreed before she was recorded" },
	{ RECORD_NEW,       REFUSE, HERSELF, RECORD_REFUSED,  "she said no before she was recorded" },
	{ RECORD_EXPECTED,  RECORD, CENTRE,  RECORD_INDEXED,  "it can be compared" },
	{ RECORD_EXPECTED,  AGREE,  HERSELF, RECORD_EXPECTED, "told twice" },
	{ RECORD_EXPECTED,  REFUSE, HERSELF, RECORD_REFUSED,  "she changed her mind" },
	{ RECORD_REFUSED,   RECORD, CENTRE,  RECORD_WITHHELD, "a no stands before the record" },
	{ RECORD_REFUSED,   AGREE,  HERSELF, RECORD_EXPECTED, "she changed her mind" },
	{ RECORD_REFUSED,   REFUSE, HERSELF, RECORD_REFUSED,  "told twice" },
	{ RECORD_INDEXED,   RECORD, CENTRE,  RECORD_INDEXED,  "more is known" },
	{ RECORD_INDEXED,   AGREE,  HERSELF, RECORD_INDEXED,  "told twice" },
	{ RECORD_INDEXED,   REFUSE, HERSELF, RECORD_WITHHELD, "no family is to find her" },
	{ RECORD_WITHHELD,  RECORD, CENTRE,  RECORD_WITHHELD, "more is known; a no stays a no" },
	{ RECORD_WITHHELD,  AGREE,  HERSELF, RECORD_INDEXED,  "she changed her mind" },
	{ RECORD_WITHHELD,  REFUSE, HERSELF, RECORD_WITHHELD, "told twice" },
};
/* clang-format on */

const struct lg_lifecycle record_life = {
	.name = "record",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = RECORD_NEW,
};

const char *const record_kind_names[RECORD_KIND_COUNT] = {
	[RECORD_RESCUED] = "RESCUED",
	[RECORD_MISSING] = "MISSING",
	[RECORD_SUSPECT] = "SUSPECT",
};

const char *const person_sex_names[SEX_COUNT] = {
	[SEX_FEMALE] = "FEMALE",
	[SEX_MALE] = "MALE",
	[SEX_OTHER] = "OTHER_SEX",
	[SEX_NOT_RECORDED] = "NOT_RECORDED",
};

const char *const age_basis_names[AGE_BASIS_COUNT] = {
	[AGE_PAPER] = "PAPER",
	[AGE_STATED] = "STATED",
	[AGE_GUESSED] = "GUESSED",
};

/* Every state has a row for every event, so a missing row is our own fault. */
static void move(struct person_record *record, enum record_event on, enum record_side by)
{
	const struct lg_transition *row = lg_lifecycle_row(&record_life, record->state, on, by);

	assert(row != NULL);
	record->state = (enum record_state)row->to;
}

void record_take(
	struct person_record *record, const struct person_record *told, enum tracing tracing)
{
	enum record_state state = record->state;

	*record = *told;
	record->state = state;
	move(record, RECORD, CENTRE);
	record_consent(record, tracing);
}

bool record_consent(struct person_record *record, enum tracing tracing)
{
	enum record_state before = record->state;

	if (tracing == TRACING_UNSAID)
		return false;
	move(record, tracing == TRACING_YES ? AGREE : REFUSE, HERSELF);
	return record->state != before;
}

bool record_is_indexed(const struct person_record *record)
{
	return record->state == RECORD_INDEXED || record->state == RECORD_WITHHELD;
}

bool record_is_traceable(const struct person_record *record)
{
	return record->state == RECORD_INDEXED;
}
