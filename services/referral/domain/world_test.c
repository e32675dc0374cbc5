/*
 * Ten thousand referrals in virtual time, through both sites' tables and the deadline ladder.
 * SEED=n repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/text.h"
#include "services/referral/domain/world_for_tests.h"

#define REFERRALS 10000
#define SMALLER   1500 /* with something planted */

static uint64_t seed = 9;

static const char *const planted_names[PLANTED_COUNT] = {
	[PLANTED_NOTHING] = "nothing",
	[PLANTED_LINE_LOSES] = "the line loses 1 of 100",
	[PLANTED_LINE_REORDERS] = "letters of one referral overtake each other",
	[PLANTED_DEADLINE_LOST] = "1 of 200 deadlines is lost",
	[PLANTED_PLACE_NOT_KEPT] = "1 of 50 places is not written",
	[PLANTED_ANSWER_TWICE] = "a desk answers again",
	[PLANTED_ROUND_IGNORED] = "an answer counts for whoever is asked now",
	[PLANTED_PASSED_NOT_TOLD] = "who was passed is not told",
	[PLANTED_WITHDRAWN_NOT_TOLD] = "a withdrawal is not told",
	[PLANTED_DIRECTORY_NOT_TOLD] = "1 of 10 changes of places is not told",
};

/* --- the world ------------------------------------------------------------------------------ */

static void add_homes(struct world *w)
{
	static const char *const codes[WORLD_HOMES] = { "home-0", "home-1", "home-2", "home-3",
		"home-4", "home-5", "home-6", "home-7", "home-8", "home-9", "home-10", "home-11",
		"home-12", "home-13", "home-14", "home-15" };

	for (uint32_t o = 0; o < WORLD_HOMES; o++) {
		struct organisation home = { .organisation_id = world_id(o),
			.code = codes[o],
			.name = "invented",
			.country = "NP",
			.districts = "",
			.services = "shelter",
			.takes_women = true,
			.takes_girls = o % 3 != 0,
			.free_places = 30 + (uint32_t)world_below(w, 60) };

		w->places[o] = home.free_places;
		for (uint32_t site = 0; site < WORLD_SITES; site++)
			assert_true(lg_is_done(directory_add(&w->directory[site], &home)));
	}
}

static void add_outages(struct world *w)
{
	for (uint32_t i = 0; i < WORLD_OUTAGES; i++) {
		w->outage[i].from = w->now + world_hours(w, 24 * WORLD_BEGIN_DAYS);
		w->outage[i].to = w->outage[i].from + world_hours(w, i < 4 ? 24 * 9 : 20);
	}
}

static struct world *world_new(uint32_t count, enum planted planted, uint64_t random_seed)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	lg_random_seed(&w->random, random_seed);
	w->planted = planted;
	w->count = count;
	w->now = LG_DAY_MS;
	w->acts_end = w->now + (WORLD_BEGIN_DAYS + WORLD_ACT_DAYS) * LG_DAY_MS;
	w->ladders.month = 30 * LG_DAY_MS;
	for (uint32_t u = 0; u < URGENCY_COUNT; u++)
		w->ladders.at[u] = (struct ladder){ .answer = 24 * 3600 * LG_SECOND_MS >> u,
			.delivery = 48 * 3600 * LG_SECOND_MS >> u,
			.reminder = 24 * 3600 * LG_SECOND_MS >> u,
			.handover = 72 * 3600 * LG_SECOND_MS >> u,
			.destruction = 7 * LG_DAY_MS };
	w->home = calloc(count, sizeof *w->home);
	w->witness = calloc(count, sizeof *w->witness);
	for (uint32_t from = 0; from < WORLD_SITES; from++) {
		w->desk[from] = calloc(count, sizeof *w->desk[from]);
		for (uint32_t to = 0; to < WORLD_SITES; to++)
			w->last[from][to] = calloc(count, sizeof *w->last[from][to]);
	}
	add_homes(w);
	add_outages(w);
	for (uint32_t r = 0; r < count; r++)
		world_push(w, (struct happens){ .what = RESCUED,
				      .at = w->now + world_hours(w, 24 * WORLD_BEGIN_DAYS),
				      .referral = r });
	return w;
}

static void world_free(struct world *w)
{
	for (uint32_t from = 0; from < WORLD_SITES; from++) {
		free(w->desk[from]);
		for (uint32_t to = 0; to < WORLD_SITES; to++)
			free(w->last[from][to]);
	}
	free(w->home);
	free(w->witness);
	free(w->heap);
	free(w);
}

/* --- what must be true at the end ------------------------------------------------------------ */

enum way { ACCEPTED, DECLINED, WITHDRAWN, ESCALATED, OPEN, WAY_COUNT };

static enum way way_of(enum referral_state state)
{
	if (state >= REFERRAL_ACCEPTED && state <= REFERRAL_CLOSED)
		return ACCEPTED;
	if (state == REFERRAL_DECLINED)
		return DECLINED;
	if (state == REFERRAL_WITHDRAWN || state == REFERRAL_DESTROYED)
		return WITHDRAWN;
	return state == REFERRAL_ESCALATED ? ESCALATED : OPEN;
}

/* The desks of both sites against the home's word. */
static void check_desks(struct world *w, uint32_t referral)
{
	const struct referral *r = &w->home[referral];
	bool is_given = way_of(r->state) == ACCEPTED;

	for (uint32_t site = 0; site < WORLD_SITES; site++) {
		const struct offer *o = &w->desk[site][referral];
		bool is_hers = !lg_id_is_zero(r->organisation) &&
			       lg_id_equal(r->organisation, o->organisation);
		bool has_her = way_of(o->state) == ACCEPTED;

		if (has_her != (is_given && is_hers))
			world_wrong(w, referral, "the two sites do not agree who has her");
		else if (has_her && o->state != r->state)
			world_wrong(w, referral, "the two sites are not in the same state");
		else if (o->state == REFERRAL_ANSWERED)
			world_wrong(w, referral, "a yes was never confirmed nor passed");
		else if (o->has_place && !has_her)
			world_wrong(w, referral, "a place is held for nobody");
		else if (o->state == REFERRAL_DELIVERED && !is_hers)
			world_wrong(w, referral, "an offer lies on a desk that is not asked");
	}
}

static void check_places(struct world *w)
{
	for (uint32_t o = 0; o < WORLD_HOMES; o++) {
		uint32_t site = world_site_of(o), held = 0;
		const struct organisation *own = world_known(w, site, o);
		const struct organisation *known = world_known(w, 1 - site, o);

		for (uint32_t r = 0; r < w->count; r++)
			held += w->desk[site][r].has_place &&
				lg_id_equal(w->desk[site][r].organisation, world_id(o));
		if (own->free_places + held != w->places[o])
			world_wrong(w, 0, "a place was taken twice, or lost");
		if (own->version != known->version || own->free_places != known->free_places)
			world_wrong(w, 0, "the directories do not agree");
	}
}

static void check_world(struct world *w, uint32_t ret_ways[WAY_COUNT])
{
	memset(ret_ways, 0, WAY_COUNT * sizeof *ret_ways);
	for (uint32_t r = 0; r < w->count; r++) {
		const struct referral *home = &w->home[r];

		ret_ways[way_of(home->state)]++;
		if (way_of(home->state) == OPEN)
			world_wrong(w, r, "a referral has not ended");
		if (way_of(home->state) == ESCALATED && home->deadline <= w->now - LG_DAY_MS)
			world_wrong(w, r, "nobody is asked to act any more");
		if (home->state == REFERRAL_WITHDRAWN && !lg_id_is_zero(home->organisation))
			world_wrong(w, r, "a holder never said that it destroyed");
		if ((way_of(home->state) == ACCEPTED) > w->witness[r].yes)
			world_wrong(w, r, "accepted without a yes of the home");
		check_desks(w, r);
	}
	check_places(w);
}

static void run_world(struct world *w, uint32_t ret_ways[WAY_COUNT])
{
	lg_ms end = w->acts_end + WORLD_REST_DAYS * LG_DAY_MS;

	while (w->heap_count > 0 && w->heap[0].at < end && w->problem == NULL)
		world_step(w);
	if (w->problem == NULL)
		check_world(w, ret_ways);
}

/*
 * Goal: whatever partners, line and clock do, each of 10,000 referrals ends in one of four ways,
 * none is lost, no place is taken twice, each offer has one answer, both sites agree.  Method: a
 * year of virtual time; then the tables of both sites are held against each other.
 */
static void ten_thousand_end_in_four_ways(void **unused)
{
	(void)unused;
	struct world *w = world_new(REFERRALS, PLANTED_NOTHING, seed);
	uint32_t ways[WAY_COUNT] = { 0 };

	run_world(w, ways);
	print_message("%u referrals, seed %llu: accepted %u, declined %u, withdrawn %u, escalated "
		      "%u, open %u\n",
		w->count, (unsigned long long)seed, ways[ACCEPTED], ways[DECLINED], ways[WITHDRAWN],
		ways[ESCALATED], ways[OPEN]);
	print_message("letters %llu, told twice %llu, held by the line %llu, no place %llu, "
		      "answered late %llu, answered again %llu\n",
		(unsigned long long)w->letters, (unsigned long long)w->told_twice,
		(unsigned long long)w->held, (unsigned long long)w->refused_full,
		(unsigned long long)w->late_answers, (unsigned long long)w->second_answers);
	if (w->problem != NULL)
		print_message("referral %u: %s\n", w->problem_referral, w->problem);
	assert_null(w->problem);
	assert_int_equal(
		ways[ACCEPTED] + ways[DECLINED] + ways[WITHDRAWN] + ways[ESCALATED], REFERRALS);
	/* a year in which nothing goes wrong proves nothing */
	for (int way = 0; way < OPEN; way++)
		assert_in_range(ways[way], REFERRALS / 100, REFERRALS);
	assert_true(
		w->held > 0 && w->told_twice > 0 && w->refused_full > 0 && w->second_answers > 0);
	world_free(w);
}

/*
 * Goal: the world would notice.  Method: each fault is planted around the unchanged domain; some
 * seed of a few must show it.
 */
static void what_is_planted_is_seen(void **unused)
{
	(void)unused;
	for (unsigned planted = 1; planted < PLANTED_COUNT; planted++) {
		const char *problem = NULL;
		uint64_t tried = 0;

		for (; tried < 5 && problem == NULL; tried++) {
			struct world *w = world_new(SMALLER, (enum planted)planted, seed + tried);
			uint32_t ways[WAY_COUNT] = { 0 };

			run_world(w, ways);
			problem = w->problem;
			world_free(w);
		}
		print_message("%-45s %s\n", planted_names[planted],
			problem == NULL ? "NOT SEEN" : problem);
		assert_non_null(problem);
	}
}

/* Goal: a seed repeats a run.  Method: twice the same, then another. */
static void a_seed_repeats_a_run(void **unused)
{
	(void)unused;
	uint32_t ways[3][WAY_COUNT];
	uint64_t letters[3];

	for (uint64_t i = 0; i < 3; i++) {
		struct world *w = world_new(SMALLER, PLANTED_NOTHING, seed + i / 2);

		run_world(w, ways[i]);
		letters[i] = w->letters;
		assert_null(w->problem);
		world_free(w);
	}
	assert_memory_equal(ways[0], ways[1], sizeof ways[0]);
	assert_int_equal(letters[0], letters[1]);
	assert_int_not_equal(letters[0], letters[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_end_in_four_ways),
		cmocka_unit_test(what_is_planted_is_seen),
		cmocka_unit_test(a_seed_repeats_a_run),
	};
	const char *said = getenv("SEED");
	int64_t number = 0;

	if (said != NULL && lg_is_done(lg_int_parse(said, &number)))
		seed = (uint64_t)number;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
