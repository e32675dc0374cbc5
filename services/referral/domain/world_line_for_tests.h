/*
 * The world of world_for_tests.h without its people: who there is, what comes next, and how letters
 * travel between two sites.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_WORLD_LINE_FOR_TESTS_H
#define SERVICES_REFERRAL_DOMAIN_WORLD_LINE_FOR_TESTS_H

#include <assert.h>
#include <stdlib.h>

#include "common/base/random.h"
#include "services/referral/domain/offer.h"
#include "services/referral/domain/referral.h"

#define WORLD_SITES      2
#define WORLD_HOMES      16 /* organisations; half of them at each site */
#define WORLD_ROUNDS_MAX 64
#define WORLD_OUTAGES    14
#define WORLD_BEGIN_DAYS 90 /* rescues begin in these */
#define WORLD_ACT_DAYS   60 /* so long after the last of them somebody acts */
#define WORLD_REST_DAYS  90 /* then only line and clock speak */

enum planted {
	PLANTED_NOTHING,
	PLANTED_LINE_LOSES,
	PLANTED_LINE_REORDERS,
	PLANTED_DEADLINE_LOST,
	PLANTED_PLACE_NOT_KEPT,
	PLANTED_ANSWER_TWICE,
	PLANTED_ROUND_IGNORED,
	PLANTED_PASSED_NOT_TOLD,
	PLANTED_WITHDRAWN_NOT_TOLD,
	PLANTED_DIRECTORY_NOT_TOLD,
	PLANTED_COUNT,
};

enum happening { RESCUED, LETTER, LISTED, DEADLINE, DESK_ACTS, HUMAN_ACTS, HER_WORD, CARRIED };

struct happens {
	lg_ms at;
	uint64_t seq;
	enum happening what;
	uint32_t referral, organisation, round;
	enum referral_event on;
	lg_ms told_at; /* LETTER: of a handover; DEADLINE: as it was set */
	uint8_t from, to;
	bool accepts;
	bool is_for_desk; /* LETTER: else for the home */
	struct organisation listed;
};

/* What is known of a referral outside of both tables, for the counting. */
struct witness {
	lg_ms armed;  /* its deadline row; 0: none */
	uint32_t yes; /* acceptances that the home spoke */
	uint32_t offers;
	uint8_t answers[WORLD_ROUNDS_MAX]; /* by round */
};

struct world {
	struct lg_random random;
	enum planted planted;
	const char *problem; /* the first thing that may not be; NULL: none */
	uint32_t problem_referral;
	lg_ms now, acts_end;
	uint64_t seq;
	uint32_t count;
	struct ladders ladders;
	struct directory directory[WORLD_SITES];
	uint32_t places[WORLD_HOMES]; /* at the beginning */
	struct referral *home;
	struct offer *desk[WORLD_SITES];
	struct witness *witness;
	lg_ms *last[WORLD_SITES][WORLD_SITES]; /* of the letters of each referral */
	lg_ms last_listed[WORLD_HOMES];
	struct {
		lg_ms from, to;
	} outage[WORLD_OUTAGES];
	struct happens *heap;
	uint32_t heap_count, heap_room;
	uint64_t letters, told_twice, held, refused_full, late_answers, second_answers;
};

/* --- what comes next -------------------------------------------------------------------- */

static inline bool world_is_before(const struct happens *one, const struct happens *other)
{
	return one->at != other->at ? one->at < other->at : one->seq < other->seq;
}

static inline void world_swap(struct happens *one, struct happens *other)
{
	struct happens kept = *one;

	*one = *other;
	*other = kept;
}

static inline void world_push(struct world *w, struct happens h)
{
	uint32_t i = w->heap_count++;

	if (w->heap_count > w->heap_room) {
		w->heap_room = w->heap_room == 0 ? 4096 : 2 * w->heap_room;
		w->heap = realloc(w->heap, w->heap_room * sizeof *w->heap);
		assert(w->heap != NULL);
	}
	h.seq = w->seq++;
	w->heap[i] = h;
	for (; i > 0 && world_is_before(&w->heap[i], &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		world_swap(&w->heap[i], &w->heap[(i - 1) / 2]);
}

static inline struct happens world_pop(struct world *w)
{
	struct happens first = w->heap[0];
	uint32_t i = 0;

	w->heap[0] = w->heap[--w->heap_count];
	for (;;) {
		uint32_t least = i;

		for (uint32_t child = 2 * i + 1; child <= 2 * i + 2; child++)
			if (child < w->heap_count &&
				world_is_before(&w->heap[child], &w->heap[least]))
				least = child;
		if (least == i)
			return first;
		world_swap(&w->heap[i], &w->heap[least]);
		i = least;
	}
}

static inline uint64_t world_below(struct world *w, uint64_t below)
{
	return lg_random_below(&w->random, below);
}

static inline bool world_one_in(struct world *w, uint64_t one_in)
{
	return lg_random_one_in(&w->random, one_in);
}

static inline lg_ms world_hours(struct world *w, uint64_t most)
{
	return (lg_ms)world_below(w, most * 3600 * LG_SECOND_MS) + 1;
}

static inline void world_wrong(struct world *w, uint32_t referral, const char *problem)
{
	if (w->problem != NULL)
		return;
	w->problem = problem;
	w->problem_referral = referral;
}

/* --- who there is ------------------------------------------------------------------------ */

static inline uint32_t world_home_of(uint32_t referral)
{
	return referral % WORLD_SITES;
}

static inline uint32_t world_site_of(uint32_t organisation)
{
	return organisation % WORLD_SITES;
}

static inline struct lg_id world_id(uint32_t organisation)
{
	return lg_id_make((uint16_t)(world_site_of(organisation) + 1), 1000, organisation + 1);
}

static inline uint32_t world_organisation(struct lg_id id)
{
	for (uint32_t o = 0; o < WORLD_HOMES; o++)
		if (lg_id_equal(id, world_id(o)))
			return o;
	assert(false);
	return 0;
}

/* An organisation as a site knows it. */
static inline struct organisation *world_known(
	struct world *w, uint32_t site, uint32_t organisation)
{
	struct organisation *known = directory_find(&w->directory[site], world_id(organisation));

	assert(known != NULL);
	return known;
}

static inline struct surroundings world_around(struct world *w, uint32_t referral)
{
	return (struct surroundings){ .directory = &w->directory[world_home_of(referral)],
		.ladders = &w->ladders,
		.now = w->now };
}

/* --- the bus and the line ------------------------------------------------------------------ */

/* When something that is sent now arrives: at home soon, across the line when it is up. */
static inline lg_ms world_arrival(struct world *w, uint32_t from, uint32_t to)
{
	lg_ms at = w->now + 1 + (lg_ms)world_below(w, 2 * LG_SECOND_MS);

	if (world_one_in(w, 20))
		at += (lg_ms)world_below(w, 3600 * LG_SECOND_MS);
	if (from == to)
		return at;
	for (uint32_t i = 0; i < WORLD_OUTAGES; i++) {
		if (at < w->outage[i].from || at >= w->outage[i].to)
			continue;
		w->held++;
		at = w->outage[i].to + (lg_ms)world_below(w, 600 * LG_SECOND_MS);
	}
	return at;
}

static inline void world_send(struct world *w, struct happens letter)
{
	lg_ms *last = &w->last[letter.from][letter.to][letter.referral];

	letter.what = LETTER;
	letter.at = world_arrival(w, letter.from, letter.to);
	if (letter.at < *last && w->planted != PLANTED_LINE_REORDERS)
		letter.at = *last;
	*last = letter.at;
	w->letters++;
	if (w->planted == PLANTED_LINE_LOSES && letter.from != letter.to && world_one_in(w, 100))
		return;
	world_push(w, letter);
	if (world_one_in(w, 25)) {
		w->told_twice++;
		world_push(w, letter);
	}
}

/* The owner's site tells the other one what an organisation is now. */
static inline void world_list(struct world *w, uint32_t organisation)
{
	uint32_t site = world_site_of(organisation);
	struct organisation *own = world_known(w, site, organisation);
	struct happens told = { .what = LISTED,
		.organisation = organisation,
		.from = (uint8_t)site,
		.to = (uint8_t)(1 - site),
		.listed = *own };

	own->is_changed = own->is_news = false;
	told.at = world_arrival(w, site, 1 - site);
	if (told.at < w->last_listed[organisation])
		told.at = w->last_listed[organisation];
	w->last_listed[organisation] = told.at;
	if (w->planted != PLANTED_DIRECTORY_NOT_TOLD || !world_one_in(w, 10))
		world_push(w, told);
}

#endif
