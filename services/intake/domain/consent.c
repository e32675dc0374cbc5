#include "services/intake/domain/consent.h"

#include <assert.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum consent_event { ON_GIVEN, ON_REFUSED, ON_WITHDRAWN, ON_PROPOSED, ON_SECONDED };
enum consent_side { BY_PERSON, BY_TWO };

const char *const consent_purpose_names[CONSENT_PURPOSE_COUNT] = { "NONE", "HELP", "SHARING",
	"FAMILY_TRACING", "POLICE", "EMBASSY", "STATISTICS", "PHOTOGRAPH", "PUBLICITY",
	"TRACING_ABROAD" };
const char *const consent_giver_names[CONSENT_GIVER_COUNT] = { "NONE", "HERSELF", "CAREGIVER",
	"TRUSTED_ADULT", "NOBODY" };
const char *const consent_manner_names[CONSENT_MANNER_COUNT] = { "NONE", "ORAL", "WRITTEN",
	"MARK" };
const char *const child_view_names[CHILD_VIEW_COUNT] = { "NONE", "AGREES", "REFUSES", "NOT_ASKED" };

static const char *const states[] = {
	[CONSENT_NEVER_ASKED] = "NEVER_ASKED",
	[CONSENT_GIVEN] = "GIVEN",
	[CONSENT_REFUSED] = "REFUSED",
	[CONSENT_WITHDRAWN] = "WITHDRAWN",
	[CONSENT_BEST_INTEREST] = "BEST_INTEREST",
	[CONSENT_PROPOSED] = "PROPOSED",
};
static const char *const events[] = {
	[ON_GIVEN] = "ConsentChanged: given",
	[ON_REFUSED] = "ConsentChanged: refused",
	[ON_WITHDRAWN] = "ConsentChanged: withdrawn",
	[ON_PROPOSED] = "RecordConsent: best interest, first person",
	[ON_SECONDED] = "ConsentChanged: best interest, second person",
};
static const char *const sides[] = { [BY_PERSON] = "person", [BY_TWO] = "two staff" };

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from                  on            by         to                     why */
	{ CONSENT_NEVER_ASKED,   ON_GIVEN,     BY_PERSON, CONSENT_GIVEN,         "her word, by the rule of her age" },
	{ CONSENT_NEVER_ASKED,   ON_REFUSED,   BY_PERSON, CONSENT_REFUSED,       "a no is an answer" },
	{ CONSENT_NEVER_ASKED,   ON_WITHDRAWN, BY_PERSON, CONSENT_WITHDRAWN,     "she says no to what others assumed" },
	{ CONSENT_NEVER_ASKED,   ON_PROPOSED,  BY_TWO,    CONSENT_PROPOSED,      "one decides, another must say the same" },
	{ CONSENT_GIVEN,         ON_WITHDRAWN, BY_PERSON, CONSENT_WITHDRAWN,     "she changed her mind" },
	{ CONSENT_GIVEN,         ON_REFUSED,   BY_PERSON, CONSENT_WITHDRAWN,     "a no behind a yes is a withdrawal" },
	{ CONSENT_REFUSED,       ON_GIVEN,     BY_PERSON, CONSENT_GIVEN,         "she changed her mind" },
	{ CONSENT_REFUSED,       ON_WITHDRAWN, BY_PERSON, CONSENT_REFUSED,       "it was refused already" },
	{ CONSENT_REFUSED,       ON_PROPOSED,  BY_TWO,    CONSENT_PROPOSED,      "her safety weighs more, if two say so" },
	{ CONSENT_WITHDRAWN,     ON_GIVEN,     BY_PERSON, CONSENT_GIVEN,         "new consent re-opens" },
	{ CONSENT_WITHDRAWN,     ON_REFUSED,   BY_PERSON, CONSENT_WITHDRAWN,     "it was withdrawn already" },
	{ CONSENT_WITHDRAWN,     ON_PROPOSED,  BY_TWO,    CONSENT_PROPOSED,      "her safety weighs more, if two say so" },
	{ CONSENT_PROPOSED,      ON_SECONDED,  BY_TWO,    CONSENT_BEST_INTEREST, "the second person agrees" },
	{ CONSENT_PROPOSED,      ON_GIVEN,     BY_PERSON, CONSENT_GIVEN,         "she could be asked after all" },
	{ CONSENT_PROPOSED,      ON_REFUSED,   BY_PERSON, CONSENT_REFUSED,       "she could be asked after all" },
	{ CONSENT_PROPOSED,      ON_WITHDRAWN, BY_PERSON, CONSENT_WITHDRAWN,     "she says no" },
	{ CONSENT_BEST_INTEREST, ON_GIVEN,     BY_PERSON, CONSENT_GIVEN,         "she could be asked after all" },
	{ CONSENT_BEST_INTEREST, ON_REFUSED,   BY_PERSON, CONSENT_WITHDRAWN,     "she says no" },
	{ CONSENT_BEST_INTEREST, ON_WITHDRAWN, BY_PERSON, CONSENT_WITHDRAWN,     "she says no" },
};
/* clang-format on */

const struct lg_lifecycle consent_life = {
	.name = "consent",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = CONSENT_NEVER_ASKED,
};

struct consent *consents_find(struct consents *consents, struct lg_id person_id,
	enum consent_purpose purpose, const char *recipient)
{
	for (uint32_t i = 0; i < consents->count; i++) {
		struct consent *consent = &consents->at[i];

		if (lg_id_equal(consent->person_id, person_id) && consent->purpose == purpose &&
			strcmp(consent->recipient, recipient) == 0)
			return consent;
	}
	return NULL;
}

static bool is_language(const char *text)
{
	size_t size = strlen(text);

	return (size == 2 || size == 3) && strspn(text, "abcdefghijklmnopqrstuvwxyz") == size;
}

static bool is_recipient(const char *text)
{
	size_t size = strlen(text);

	return size <= CONSENT_RECIPIENT_MAX &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
		       size;
}

static struct lg_status check_words(const struct person *person, const struct consent *told)
{
	if (told->purpose == PURPOSE_NONE)
		return lg_refuse("the purpose is missing");
	if (!is_recipient(told->recipient))
		return lg_refuse("a recipient is the code of an organisation, at most 64 bytes");
	if (told->state == CONSENT_REFUSED || told->state == CONSENT_WITHDRAWN)
		return lg_done(); /* a no needs nothing more */
	if (told->purpose == PURPOSE_SHARING && told->recipient[0] == '\0')
		return lg_refuse("sharing is with a named organisation");
	if (!is_language(told->language))
		return lg_refuse("say in which language it was read to her");
	if (told->manner == MANNER_NONE || told->giver == GIVER_NONE)
		return lg_refuse("say who gave it, and how");
	if (told->purpose == PURPOSE_PUBLICITY && person_is_child(person))
		return lg_refuse("publicity is never for a child");
	return lg_done();
}

/* The age that the rules go by: a doubtful adult is asked as one of 15..17, an unknown age as 12. */
static int32_t age_for_consent(const struct person *person)
{
	if (person->age_years < 0)
		return 12;
	return person_is_child(person) && person->age_years >= ADULT_AGE ? ADULT_AGE - 1
									 : person->age_years;
}

/* The table of section 7, by row. */
static struct lg_status check_given(
	const struct person *person, const struct consent *told, bool is_supervisor)
{
	int32_t age = age_for_consent(person);

	if (age >= ADULT_AGE) {
		if (told->giver != GIVER_HERSELF)
			return lg_refuse("an adult consents herself, nobody else");
		return lg_done();
	}
	if (told->view == VIEW_NONE)
		return lg_refuse("say what the child says to it");
	if (told->view == VIEW_REFUSES)
		return lg_refuse("the child refuses: only a best-interest decision of two");
	if (age >= 15) {
		if (told->giver != GIVER_HERSELF)
			return lg_refuse("from 15 on she consents herself");
		if (!told->caregiver_agrees && !is_supervisor)
			return lg_refuse(
				"from 15 to 17 a caregiver agrees, or a supervisor records "
				"it");
		return lg_done();
	}
	if (told->giver != GIVER_CAREGIVER)
		return lg_refuse("under 15 a caregiver consents; without a safe one it is a "
				 "best-interest decision of two");
	if (age >= 6 && told->view != VIEW_AGREES)
		return lg_refuse("from 6 on the child must agree");
	return lg_done();
}

static struct lg_status check_best_interest(const struct person *person, const struct consent *told)
{
	if (told->giver == GIVER_HERSELF)
		return lg_refuse("her own word is given or refused, not best interest");
	if (!person_is_child(person) && told->giver != GIVER_NOBODY)
		return lg_refuse("for an adult only where she cannot be asked");
	if (person_is_child(person) && told->view == VIEW_NONE)
		return lg_refuse("say what the child says to it");
	return lg_done();
}

static enum consent_event event_of(const struct consent *now, const struct consent *told)
{
	switch (told->state) {
	case CONSENT_GIVEN:
		return ON_GIVEN;
	case CONSENT_REFUSED:
		return ON_REFUSED;
	case CONSENT_WITHDRAWN:
		return ON_WITHDRAWN;
	case CONSENT_BEST_INTEREST:
		return now->state == CONSENT_PROPOSED ? ON_SECONDED : ON_PROPOSED;
	case CONSENT_NEVER_ASKED:
	case CONSENT_PROPOSED:
		break;
	}
	assert(false); /* the door lets no other in */
	return ON_REFUSED;
}

/* Nothing would change: her word again, or the first of two once more. */
static bool is_told_before(const struct consent *now, const struct consent *told)
{
	if (now->state == told->state)
		return true;
	return now->state == CONSENT_PROPOSED && told->state == CONSENT_BEST_INTEREST &&
	       lg_id_equal(now->recorded_by, told->recorded_by);
}

static void apply(struct consent *now, const struct consent *told, enum consent_state to)
{
	struct lg_id consent_id = now->consent_id;
	struct lg_id first = now->recorded_by;
	bool is_second = now->state == CONSENT_PROPOSED && to == CONSENT_BEST_INTEREST;

	*now = *told;
	now->consent_id = consent_id;
	now->state = to;
	now->second_by = (struct lg_id){ 0 };
	if (is_second) {
		now->second_by = told->recorded_by;
		now->recorded_by = first;
	}
}

struct lg_status consents_record(struct consents *consents, const struct person *person,
	const struct consent *told, bool is_supervisor, struct consent **ret_consent,
	bool *ret_is_told)
{
	struct consent never = { .state = CONSENT_NEVER_ASKED };
	struct consent *now =
		consents_find(consents, person->person_id, told->purpose, told->recipient);
	struct lg_status status = check_words(person, told);

	if (lg_is_done(status) && told->state == CONSENT_GIVEN)
		status = check_given(person, told, is_supervisor);
	if (lg_is_done(status) && told->state == CONSENT_BEST_INTEREST)
		status = check_best_interest(person, told);
	if (!lg_is_done(status))
		return status;
	if (now != NULL && is_told_before(now, told)) {
		*ret_consent = now;
		*ret_is_told = true;
		return lg_done();
	}
	if (now == NULL && consents->count == CONSENTS_MAX)
		return lg_refuse("more consents than a case may have");

	const struct consent *before = now == NULL ? &never : now;
	enum consent_event on = event_of(before, told);
	const struct lg_transition *row = lg_lifecycle_row(&consent_life, before->state, on,
		on == ON_PROPOSED || on == ON_SECONDED ? BY_TWO : BY_PERSON);

	if (row == NULL)
		return lg_refuse("her own word stands: it is given or withdrawn, not decided for "
				 "her");
	if (now == NULL) {
		now = &consents->at[consents->count++];
		*now = never;
	}
	*ret_is_told = now->state == (enum consent_state)row->to;
	apply(now, told, (enum consent_state)row->to);
	*ret_consent = now;
	return lg_done();
}
