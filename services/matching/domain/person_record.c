#include "services/matching/domain/person_record.h"

#include <assert.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum record_event { RECORD, AGREE, REFUSE, END, SPEAK };
enum record_side { CENTRE, HERSELF, ORGANISATION };

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
	[END] = "CaseClosed",
	[SPEAK] = "ConsentChanged: abroad",
};

static const char *const sides[] = {
	[CENTRE] = "centre",
	[HERSELF] = "herself",
	[ORGANISATION] = "organisation",
};

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from             on      by       to               why */
	{ RECORD_NEW,       RECORD, CENTRE,  RECORD_INDEXED,  "it can be compared" },
	{ RECORD_NEW,       AGREE,  HERSELF, RECORD_EXPECTED, "she agreed before she was recorded" },
	{ RECORD_NEW,       REFUSE, HERSELF, RECORD_REFUSED,  "she said no before she was recorded" },
	{ RECORD_NEW,       END,    ORGANISATION, RECORD_EXPECTED, "heard before she was recorded" },
	{ RECORD_NEW,       SPEAK,  HERSELF, RECORD_EXPECTED, "heard before she was recorded" },
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

/* --- how far she is searched for ------------------------------------------------------------ */

enum sought_event { CLOSE, LEAVE, REOPEN, FORGET };
enum sought_side { BY_ORGANISATION, BY_LEAD, BY_CLOCK };

static const char *const sought_states[] = {
	[SOUGHT] = "SOUGHT",
	[SOUGHT_LEFT] = "LEFT",
	[SOUGHT_CLOSED] = "CLOSED",
	[SOUGHT_FORGOTTEN] = "FORGOTTEN",
};

static const char *const sought_events[] = {
	[CLOSE] = "CaseClosed",
	[LEAVE] = "CaseClosed: left on her own",
	[REOPEN] = "UndoMatch",
	[FORGET] = "ForgetDue",
};

static const char *const sought_sides[] = {
	[BY_ORGANISATION] = "organisation",
	[BY_LEAD] = "lead",
	[BY_CLOCK] = "clock",
};

/* clang-format off */
static const struct lg_transition sought_rows[] = {
	/* from             on      by               to                why */
	{ SOUGHT,           CLOSE,  BY_ORGANISATION, SOUGHT_CLOSED,    "nobody is searched for; a second attempt is still seen" },
	{ SOUGHT,           LEAVE,  BY_ORGANISATION, SOUGHT_LEFT,      "nobody knows where she is: her family may ask" },
	{ SOUGHT_LEFT,      CLOSE,  BY_ORGANISATION, SOUGHT_CLOSED,    "she was found after all" },
	{ SOUGHT_CLOSED,    REOPEN, BY_LEAD,         SOUGHT,           "it was not she: the family searches again" },
	{ SOUGHT_LEFT,      FORGET, BY_CLOCK,        SOUGHT_FORGOTTEN, "12 months later: who she was is erased here" },
	{ SOUGHT_CLOSED,    FORGET, BY_CLOCK,        SOUGHT_FORGOTTEN, "12 months later: who she was is erased here" },
};
/* clang-format on */

const struct lg_lifecycle sought_life = {
	.name = "sought",
	.states = sought_states,
	.state_count = COUNT_OF(sought_states),
	.events = sought_events,
	.event_count = COUNT_OF(sought_events),
	.sides = sought_sides,
	.side_count = COUNT_OF(sought_sides),
	.rows = sought_rows,
	.row_count = COUNT_OF(sought_rows),
	.initial = SOUGHT,
};

const char *const record_abroad_names[ABROAD_COUNT] = {
	[ABROAD_UNSAID] = "UNSAID",
	[ABROAD_GIVEN] = "GIVEN",
	[ABROAD_BEST_INTEREST] = "BEST_INTEREST",
	[ABROAD_FAMILY] = "FAMILY",
	[ABROAD_REFUSED] = "REFUSED",
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
	struct person_record before = *record;

	*record = *told;
	record->state = before.state;
	record->sought = before.sought;
	record->closed_at = before.closed_at;
	if (before.abroad != ABROAD_UNSAID) /* her word stands over what a correction repeats */
		record->abroad = before.abroad;
	if (lg_id_is_zero(record->officer))
		record->officer = before.officer;
	if (before.sought == SOUGHT_FORGOTTEN)
		record->sealed = (struct lg_bytes){ .size = 0 };
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

/* An event that has no row changes nothing: it was told twice, or something later stands. */
static bool move_sought(struct person_record *record, enum sought_event on, enum sought_side by)
{
	const struct lg_transition *row = lg_lifecycle_row(&sought_life, record->sought, on, by);

	if (row != NULL)
		record->sought = (enum record_sought)row->to;
	return row != NULL;
}

bool record_speak_of_abroad(struct person_record *record, enum record_abroad word)
{
	if (word == ABROAD_UNSAID || word == record->abroad)
		return false;
	record->abroad = word;
	if (record->state == RECORD_NEW)
		move(record, SPEAK, HERSELF);
	return true;
}

bool record_close(struct person_record *record, bool she_left, lg_ms closed_at)
{
	if (!move_sought(record, she_left ? LEAVE : CLOSE, BY_ORGANISATION))
		return false;
	if (record->state == RECORD_NEW)
		move(record, END, ORGANISATION);
	record->closed_at = closed_at;
	return true;
}

bool record_reopen(struct person_record *record)
{
	if (record->kind != RECORD_MISSING || !move_sought(record, REOPEN, BY_LEAD))
		return false;
	record->closed_at = 0;
	return true;
}

bool record_forget(struct person_record *record)
{
	if (!move_sought(record, FORGET, BY_CLOCK))
		return false;
	record->sealed = (struct lg_bytes){ .size = 0 };
	return true;
}

bool record_has_facts(const struct person_record *record)
{
	return record->state == RECORD_INDEXED || record->state == RECORD_WITHHELD;
}

bool record_is_indexed(const struct person_record *record)
{
	return record_has_facts(record) && record->sought != SOUGHT_FORGOTTEN;
}

bool record_is_traceable(const struct person_record *record)
{
	return record->state == RECORD_INDEXED &&
	       (record->sought == SOUGHT || record->sought == SOUGHT_LEFT);
}

bool record_may_be_asked_for(const struct person_record *record)
{
	return record_is_traceable(record) && record->abroad != ABROAD_REFUSED;
}

bool record_may_cross(const struct person_record *record)
{
	return record_may_be_asked_for(record) && record->abroad != ABROAD_UNSAID;
}
