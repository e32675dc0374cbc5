/* Consent by age: the table of the field reference, row by row. */
#include "services/intake/domain/consent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct lg_id lead = { .byte = { 7 } };
static const struct lg_id officer = { .byte = { 8 } };

static struct person aged(int32_t age)
{
	return (struct person){
		.person_id = { .byte = { 1 } },
		.age_years = age,
		.basis = age < 0 ? BASIS_NONE : BASIS_PAPER,
		.district = "",
		.country = "",
		.relation = "",
		.reason = "",
	};
}

static struct consent word(enum consent_state state, enum consent_giver giver)
{
	return (struct consent){
		.person_id = { .byte = { 1 } },
		.purpose = PURPOSE_FAMILY_TRACING,
		.recipient = "",
		.state = state,
		.given_at = 1800000000000,
		.language = "ne",
		.manner = MANNER_ORAL,
		.giver = giver,
		.view = VIEW_AGREES,
		.recorded_by = lead,
	};
}

/* In a list of its own. */
static enum lg_outcome give(struct person person, struct consent told, bool is_supervisor)
{
	static struct consents consents;
	struct consent *now = NULL;
	bool is_told = false;

	consents.count = 0;
	return consents_record(&consents, &person, &told, is_supervisor, &now, &is_told).outcome;
}

/* Goal: the table has no dead, missing or doubled rows.  Method: its own check. */
static void the_states_are_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&consent_life).outcome, LG_DONE);
}

/* Goal: an adult consents herself, nobody else.  Method: every giver. */
static void an_adult_consents_herself(void **unused)
{
	(void)unused;
	for (unsigned giver = GIVER_HERSELF; giver < CONSENT_GIVER_COUNT; giver++)
		assert_int_equal(
			give(aged(18), word(CONSENT_GIVEN, (enum consent_giver)giver), true),
			giver == GIVER_HERSELF ? LG_DONE : LG_REFUSED);
}

/* Goal: 15 to 17 consent themselves, with a caregiver or supervisor.  Method: both, each, neither. */
static void from_15_on_she_consents_with_support(void **unused)
{
	struct consent told = word(CONSENT_GIVEN, GIVER_HERSELF);

	(void)unused;
	for (int32_t age = 15; age <= 17; age++) {
		told.caregiver_agrees = false;
		assert_int_equal(give(aged(age), told, false), LG_REFUSED);
		assert_int_equal(give(aged(age), told, true), LG_DONE);
		told.caregiver_agrees = true;
		assert_int_equal(give(aged(age), told, false), LG_DONE);
		assert_int_equal(
			give(aged(age), word(CONSENT_GIVEN, GIVER_CAREGIVER), true), LG_REFUSED);
	}
}

/* Goal: under 15 a caregiver, from 6 on with assent.  Method: both sides of each limit. */
static void a_caregiver_consents_and_the_child_agrees(void **unused)
{
	struct consent told = word(CONSENT_GIVEN, GIVER_CAREGIVER);

	(void)unused;
	assert_int_equal(give(aged(14), told, false), LG_DONE);
	assert_int_equal(give(aged(14), word(CONSENT_GIVEN, GIVER_HERSELF), true), LG_REFUSED);
	assert_int_equal(
		give(aged(14), word(CONSENT_GIVEN, GIVER_TRUSTED_ADULT), true), LG_REFUSED);
	told.view = VIEW_NOT_ASKED;
	assert_int_equal(give(aged(6), told, false), LG_REFUSED);
	assert_int_equal(give(aged(5), told, false), LG_DONE);
	told.view = VIEW_REFUSES;
	assert_int_equal(give(aged(5), told, false), LG_REFUSED);
	told.view = VIEW_NONE;
	assert_int_equal(give(aged(5), told, false), LG_REFUSED);
}

/* Goal: doubt does not make an adult.  Method: an unknown age, and a guess of 19. */
static void doubt_takes_a_childs_rule(void **unused)
{
	struct person guessed = aged(19);

	(void)unused;
	guessed.basis = BASIS_GUESSED;
	assert_int_equal(give(guessed, word(CONSENT_GIVEN, GIVER_HERSELF), false), LG_REFUSED);
	assert_int_equal(give(guessed, word(CONSENT_GIVEN, GIVER_HERSELF), true), LG_DONE);
	assert_int_equal(give(aged(-1), word(CONSENT_GIVEN, GIVER_HERSELF), true), LG_REFUSED);
	assert_int_equal(give(aged(-1), word(CONSENT_GIVEN, GIVER_CAREGIVER), false), LG_DONE);
}

/* Goal: publicity is never for a child.  Method: 17 and 18, given and decided. */
static void publicity_is_never_for_a_child(void **unused)
{
	struct consent told = word(CONSENT_GIVEN, GIVER_HERSELF);

	(void)unused;
	told.purpose = PURPOSE_PUBLICITY;
	assert_int_equal(give(aged(17), told, true), LG_REFUSED);
	assert_int_equal(give(aged(18), told, true), LG_DONE);
	told.state = CONSENT_BEST_INTEREST;
	told.giver = GIVER_NOBODY;
	assert_int_equal(give(aged(17), told, true), LG_REFUSED);
}

/* Goal: one person alone decides nothing for a child.  Method: the first twice, then the second. */
static void a_best_interest_decision_takes_two(void **unused)
{
	static struct consents consents;
	struct person child = aged(9);
	struct consent told = word(CONSENT_BEST_INTEREST, GIVER_TRUSTED_ADULT), *now = NULL;
	bool is_told = false;

	(void)unused;
	consents.count = 0;
	assert_true(lg_is_done(consents_record(&consents, &child, &told, true, &now, &is_told)));
	assert_int_equal(now->state, CONSENT_PROPOSED);
	assert_false(is_told);
	assert_true(lg_is_done(consents_record(&consents, &child, &told, true, &now, &is_told)));
	assert_int_equal(now->state, CONSENT_PROPOSED);
	assert_true(is_told);
	told.recorded_by = officer;
	assert_true(lg_is_done(consents_record(&consents, &child, &told, true, &now, &is_told)));
	assert_int_equal(now->state, CONSENT_BEST_INTEREST);
	assert_false(is_told);
	assert_true(lg_id_equal(now->recorded_by, lead));
	assert_true(lg_id_equal(now->second_by, officer));
	assert_int_equal(consents.count, 1);
}

/* Goal: her own yes is not overruled, her no always counts.  Method: walks from each state. */
static void a_no_takes_effect_at_once(void **unused)
{
	static struct consents consents;
	struct person woman = aged(30);
	struct consent told = word(CONSENT_GIVEN, GIVER_HERSELF), *now = NULL;
	bool is_told = false;

	(void)unused;
	consents.count = 0;
	assert_true(lg_is_done(consents_record(&consents, &woman, &told, false, &now, &is_told)));
	told = word(CONSENT_BEST_INTEREST, GIVER_NOBODY);
	assert_false(lg_is_done(consents_record(&consents, &woman, &told, false, &now, &is_told)));
	told = (struct consent){ .person_id = woman.person_id,
		.purpose = PURPOSE_FAMILY_TRACING,
		.recipient = "",
		.language = "",
		.state = CONSENT_WITHDRAWN };
	assert_true(lg_is_done(consents_record(&consents, &woman, &told, false, &now, &is_told)));
	assert_int_equal(now->state, CONSENT_WITHDRAWN);
	assert_false(is_told);
	assert_true(lg_is_done(consents_record(&consents, &woman, &told, false, &now, &is_told)));
	assert_true(is_told);
	told.state = CONSENT_REFUSED;
	assert_true(lg_is_done(consents_record(&consents, &woman, &told, false, &now, &is_told)));
	assert_int_equal(now->state, CONSENT_WITHDRAWN);
	assert_true(is_told);
}

/* Goal: each purpose and recipient is a word of its own.  Method: three of them, one taken back. */
static void purposes_and_recipients_are_apart(void **unused)
{
	static struct consents consents;
	struct person woman = aged(30);
	struct consent told = word(CONSENT_GIVEN, GIVER_HERSELF), *now = NULL;
	bool is_told = false;

	(void)unused;
	consents.count = 0;
	told.purpose = PURPOSE_SHARING;
	assert_false(lg_is_done(consents_record(&consents, &woman, &told, false, &now, &is_told)));
	told.recipient = "shelter-1";
	assert_true(lg_is_done(consents_record(&consents, &woman, &told, false, &now, &is_told)));
	told.recipient = "shelter-2";
	assert_true(lg_is_done(consents_record(&consents, &woman, &told, false, &now, &is_told)));
	told.state = CONSENT_WITHDRAWN;
	assert_true(lg_is_done(consents_record(&consents, &woman, &told, false, &now, &is_told)));
	assert_int_equal(consents.count, 2);
	assert_int_equal(
		consents_find(&consents, woman.person_id, PURPOSE_SHARING, "shelter-1")->state,
		CONSENT_GIVEN);
	assert_int_equal(
		consents_find(&consents, woman.person_id, PURPOSE_SHARING, "shelter-2")->state,
		CONSENT_WITHDRAWN);
	assert_null(consents_find(&consents, woman.person_id, PURPOSE_POLICE, ""));
}

/* Goal: who, how and in which language are always known.  Method: one left out at a time. */
static void a_yes_without_its_words_is_refused(void **unused)
{
	struct consent told = word(CONSENT_GIVEN, GIVER_HERSELF);

	(void)unused;
	told.language = "";
	assert_int_equal(give(aged(30), told, false), LG_REFUSED);
	told = word(CONSENT_GIVEN, GIVER_NONE);
	assert_int_equal(give(aged(30), told, false), LG_REFUSED);
	told = word(CONSENT_GIVEN, GIVER_HERSELF);
	told.manner = MANNER_NONE;
	assert_int_equal(give(aged(30), told, false), LG_REFUSED);
	told = word(CONSENT_GIVEN, GIVER_HERSELF);
	told.purpose = PURPOSE_NONE;
	assert_int_equal(give(aged(30), told, false), LG_REFUSED);
	told = word(CONSENT_GIVEN, GIVER_HERSELF);
	told.recipient = "a name with spaces";
	assert_int_equal(give(aged(30), told, false), LG_REFUSED);
	told = word(CONSENT_BEST_INTEREST, GIVER_HERSELF);
	assert_int_equal(give(aged(30), told, true), LG_REFUSED);
	told.giver = GIVER_TRUSTED_ADULT; /* for an adult only where she cannot be asked */
	assert_int_equal(give(aged(30), told, true), LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_states_are_sound),
		cmocka_unit_test(an_adult_consents_herself),
		cmocka_unit_test(from_15_on_she_consents_with_support),
		cmocka_unit_test(a_caregiver_consents_and_the_child_agrees),
		cmocka_unit_test(doubt_takes_a_childs_rule),
		cmocka_unit_test(publicity_is_never_for_a_child),
		cmocka_unit_test(a_best_interest_decision_takes_two),
		cmocka_unit_test(a_no_takes_effect_at_once),
		cmocka_unit_test(purposes_and_recipients_are_apart),
		cmocka_unit_test(a_yes_without_its_words_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
