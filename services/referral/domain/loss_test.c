/*
 * What two sites that lose rows and states make of each other.  SEED=n repeats one walk.
 */
#include "services/referral/domain/loss_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/text.h"

#define WALKS 3000

static struct walk walk;

/* --- what is lost ---------------------------------------------------------------------------------------- */

static void save_home(struct walk *w)
{
	struct past *past = &w->past_home;

	past->home = w->j.home;
	past->directory = w->j.directory;
	past->code = w->home_code;
	for (uint32_t desk = 0; desk < DESKS; desk++) {
		past->out_count[desk] = w->out[desk].count;
		past->back_read[desk] = w->back[desk].read;
	}
}

/* What was said since is on a branch that is dead; what it took effect for stays there. */
static void cut(struct way *way, uint32_t count, uint32_t *past_read)
{
	if (*past_read > count)
		*past_read = count; /* a backup of the reader is of that branch, too */
	if (way->count > count)
		way->count = count;
	if (way->read > count)
		way->read = count;
}

/* What it had read since is there to be read again, or was dropped. */
static void restore_home(struct walk *w)
{
	const struct past *past = &w->past_home;

	/* of a closed case a desk that has lost it is told nothing, and then the home loses that it is closed */
	for (uint32_t desk = 0; desk < DESKS; desk++)
		w->may_disagree[desk] |= w->j.home.state == REFERRAL_CLOSED &&
					 lg_id_equal(w->j.home.organisation, id_of(desk));
	w->j.home = past->home;
	w->j.directory = past->directory;
	w->home_code = past->code;
	w->restores++;
	for (uint32_t desk = 0; desk < DESKS; desk++) {
		cut(&w->out[desk], past->out_count[desk], &w->past_desk[desk].back_read[0]);
		if (w->back[desk].read > past->back_read[desk])
			w->back[desk].read = past->back_read[desk];
		if (has_her(&w->j.desks[desk]) && !lg_id_equal(w->j.home.organisation, id_of(desk)))
			w->may_disagree[desk] = true;
		if (w->back[desk].read < w->back[desk].count && lg_random_one_in(&w->j.random, 2)) {
			w->gone++;
			home_is_told_gone(w, desk);
		}
	}
	save_home(w); /* older than that it does not become */
}

static void save_desk(struct walk *w, uint32_t desk)
{
	struct past *past = &w->past_desk[desk];

	past->desk = w->j.desks[desk];
	past->owner = w->j.owners[desk];
	past->code = w->desk_code[desk];
	past->out_count[0] = w->back[desk].count;
	past->back_read[0] = w->out[desk].read;
}

static void restore_desk(struct walk *w, uint32_t desk)
{
	const struct past *past = &w->past_desk[desk];

	/* its home has lost her no, and heard of it by the destruction that is lost here now */
	w->may_disagree[desk] |= w->j.desks[desk].state == REFERRAL_DESTROYED &&
				 w->j.home.state < REFERRAL_WITHDRAWN;
	w->j.desks[desk] = past->desk;
	w->j.owners[desk] = past->owner;
	w->desk_code[desk] = past->code;
	w->restores++;
	cut(&w->back[desk], past->out_count[0], &w->past_home.back_read[desk]);
	if (w->out[desk].read > past->back_read[0])
		w->out[desk].read = past->back_read[0];
	if (w->out[desk].read < w->out[desk].count && lg_random_one_in(&w->j.random, 2)) {
		w->gone++;
		desk_is_told_gone(w, desk);
	}
	save_desk(w, desk);
}

static void lose(struct walk *w, uint32_t desk)
{
	switch (lg_random_below(&w->j.random, 8)) {
	case 0:
	case 1:
		save_home(w);
		return;
	case 2:
	case 3:
		save_desk(w, desk);
		return;
	case 4:
		restore_home(w);
		return;
	case 5:
		restore_desk(w, desk);
		return;
	case 6:
		if (w->back[desk].read < w->back[desk].count)
			home_is_told_gone(w, desk);
		return;
	default:
		if (w->out[desk].read < w->out[desk].count)
			desk_is_told_gone(w, desk);
	}
}

/* --- a walk ---------------------------------------------------------------------------------------------- */

static void take_walk(struct walk *w, uint64_t seed, enum planted planted)
{
	memset(w, 0, sizeof *w);
	journey_init(&w->j, seed);
	w->planted = planted;
	save_home(w);
	for (uint32_t desk = 0; desk < DESKS; desk++)
		save_desk(w, desk);
	for (uint32_t step = 0; step < STEPS; step++) {
		uint32_t desk = (uint32_t)lg_random_below(&w->j.random, DESKS);

		w->j.now += (lg_ms)lg_random_below(&w->j.random, 60);
		if (lg_random_one_in(&w->j.random, 12))
			lose(w, desk);
		if (lg_random_one_in(&w->j.random, 6))
			home_acts(w, false);
		desk_hears(w, (uint32_t)lg_random_below(&w->j.random, DESKS));
		home_hears(w, (uint32_t)lg_random_below(&w->j.random, DESKS));
		desk_acts(w, desk);
	}
	/* all is mended: everything arrives, nobody answers any more, and only the clock speaks */
	for (uint32_t round = 0; round < 60; round++) {
		for (uint32_t n = 0; n < 400; n++) {
			desk_hears(w, n % DESKS);
			home_hears(w, n % DESKS);
		}
		w->j.now += 2000;
		home_acts(w, true);
	}
	for (uint32_t n = 0; n < 400; n++) {
		desk_hears(w, n % DESKS);
		home_hears(w, n % DESKS);
	}
}

/* What is wrong with a desk beside its home; NULL: nothing. */
static const char *wrong_desk(const struct walk *w, uint32_t desk)
{
	const struct referral *r = &w->j.home;
	const struct offer *o = &w->j.desks[desk];
	bool is_current = lg_id_equal(r->organisation, id_of(desk));
	bool is_hers = is_current && r->state >= REFERRAL_ACCEPTED && r->state < REFERRAL_CLOSED;

	if (w->back[desk].read != w->back[desk].count || w->out[desk].read != w->out[desk].count)
		return "they never stop talking";
	if (o->state == REFERRAL_ANSWERED && w->may_disagree[desk])
		return NULL; /* until its home asks again, or a human passes it */
	if (o->state == REFERRAL_ANSWERED)
		return "a yes was never confirmed nor passed";
	if (o->has_place && !has_her(o))
		return "a place is held for nobody";
	if (is_current && r->state == REFERRAL_ESCALATED && o->state == REFERRAL_DECLINED)
		return "a home waits for a desk that has said no";
	if (w->may_disagree[desk] || r->state == REFERRAL_CLOSED)
		return NULL;
	if (has_her(o) != is_hers)
		return "the two sites do not agree who has her";
	if ((r->state == REFERRAL_ACCEPTED || r->state == REFERRAL_GAVE) && is_hers &&
		(o->state == REFERRAL_ACCEPTED || o->state == REFERRAL_GAVE) &&
		w->desk_code[desk] != w->home_code)
		return "the code of one side does not open at the other";
	return NULL;
}

static const char *wrong(const struct walk *w)
{
	const struct referral *r = &w->j.home;

	if (r->state == REFERRAL_NEW || r->state == REFERRAL_OFFERED ||
		r->state == REFERRAL_DELIVERED || r->state == REFERRAL_ANSWERED ||
		r->state == REFERRAL_PASSED)
		return "a referral has not ended";
	for (uint32_t desk = 0; desk < DESKS; desk++)
		if (wrong_desk(w, desk) != NULL)
			return wrong_desk(w, desk);
	return NULL;
}

/*
 * Goal: whatever rows and states are lost on either side, nobody waits for ever, both sides agree who has her, and
 * the code opens.  Method: random walks; then everything arrives and the clock alone speaks.
 */
static void what_was_lost_is_told_until_both_agree(void **unused)
{
	(void)unused;
	uint32_t restores = 0, gone = 0, excused = 0, ends[REFERRAL_STATE_COUNT] = { 0 };
	const char *said = getenv("SEED");
	int64_t only = -1;

	if (said != NULL && !lg_is_done(lg_int_parse(said, &only)))
		only = -1;
	for (uint64_t seed = only < 0 ? 0 : (uint64_t)only; seed < WALKS; seed++) {
		take_walk(&walk, seed, PLANTED_NOTHING);
		if (wrong(&walk) != NULL)
			print_message("seed %u: %s, home %s\n", (unsigned)seed, wrong(&walk),
				referral_life.states[walk.j.home.state]);
		assert_null(wrong(&walk));
		restores += walk.restores;
		gone += walk.gone;
		ends[walk.j.home.state]++;
		for (uint32_t desk = 0; desk < DESKS; desk++)
			excused += walk.may_disagree[desk];
		if (only >= 0)
			return;
	}
	print_message("%u walks, %u times back from a backup, of these %u told GONE; "
		      "%u promises that a home does not know\n",
		WALKS, restores, gone, excused);
	assert_true(restores > WALKS && gone > WALKS / 10 && excused < WALKS);
	assert_true(ends[REFERRAL_ACCEPTED] > 0 && ends[REFERRAL_HANDED_OVER] > 0 &&
		    ends[REFERRAL_ESCALATED] > 0 && ends[REFERRAL_DESTROYED] > 0);
}

/* Goal: the walks would notice.  Method: each rule is broken; some walk must show it. */
static void what_is_planted_is_seen(void **unused)
{
	static const char *const names[PLANTED_COUNT] = {
		[PLANTED_NO] = "a no is not said again",
		[PLANTED_OVER] = "who waits in vain is not told",
		[PLANTED_HER_NO] = "a home passes over a destruction",
		[PLANTED_OLD_CODE] = "a desk keeps the code that it has",
	};

	(void)unused;
	for (unsigned planted = 1; planted < PLANTED_COUNT; planted++) {
		const char *seen = NULL;
		uint64_t seed = 0;

		for (; seed < WALKS && seen == NULL; seed++) {
			take_walk(&walk, seed, (enum planted)planted);
			seen = wrong(&walk);
		}
		print_message("%-36s %s (seed %u)\n", names[planted],
			seen == NULL ? "NOT SEEN" : seen, (unsigned)seed - 1);
		assert_non_null(seen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_lost_is_told_until_both_agree),
		cmocka_unit_test(what_is_planted_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
