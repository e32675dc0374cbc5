/*
 * Two sites and the line between them, as tests need them: a home, some organisations, messages
 * that are in order per sender and otherwise late, doubled or held for days.  Pure, seeded.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_JOURNEY_FOR_TESTS_H
#define SERVICES_REFERRAL_DOMAIN_JOURNEY_FOR_TESTS_H

#include <assert.h>

#include "common/base/random.h"
#include "services/referral/domain/offer.h"
#include "services/referral/domain/referral.h"

#define JOURNEY_DESKS 4
#define JOURNEY_LINE  256

struct letter {
	enum referral_event on;
	uint32_t round;
	lg_ms at;
};

/* One direction of one line: first in, first out. */
struct line {
	uint32_t first, count;
	struct letter at[JOURNEY_LINE];
};

struct journey {
	struct lg_random random;
	struct referral home;
	struct directory directory; /* as the home knows it */
	struct ladders ladders;
	struct offer desks[JOURNEY_DESKS];
	struct organisation owners[JOURNEY_DESKS]; /* as their own site knows them */
	struct line out[JOURNEY_DESKS], back[JOURNEY_DESKS];
	lg_ms now;
	uint32_t escalated, accepted; /* effects seen */
};

static inline struct lg_id journey_id(uint32_t desk)
{
	return lg_id_make((uint16_t)(2 + desk), 1000, desk + 1); /* each a site of its own */
}

static inline void journey_send(struct line *line, struct letter letter)
{
	assert(line->count < JOURNEY_LINE);
	line->at[(line->first + line->count++) % JOURNEY_LINE] = letter;
}

static inline struct surroundings journey_around(struct journey *j)
{
	return (struct surroundings){
		.directory = &j->directory, .ladders = &j->ladders, .now = j->now
	};
}

static inline uint32_t journey_desk_of(struct lg_id organisation)
{
	for (uint32_t desk = 0; desk < JOURNEY_DESKS; desk++)
		if (lg_id_equal(organisation, journey_id(desk)))
			return desk;
	assert(false);
	return 0;
}

/* Effects of the home go on their way. */
static inline void journey_post(struct journey *j, const struct referral_effects *effects)
{
	for (uint32_t i = 0; i < effects->count; i++) {
		const struct referral_effect *e = &effects->at[i];
		struct letter letter = { .round = e->round, .at = j->now };
		bool is_sent = true;

		if (e->kind == EFFECT_OFFERED)
			letter.on = ON_OFFERED;
		else if (e->kind == EFFECT_ACCEPTED)
			letter.on = ON_ACCEPTED;
		else if (e->kind == EFFECT_PASSED)
			letter.on = ON_PASSED;
		else if (e->kind == EFFECT_WITHDRAWN)
			letter.on = ON_WITHDRAWN;
		else if (e->kind == EFFECT_GAVE)
			letter.on = ON_HANDOVER;
		else
			is_sent = false;
		j->escalated += e->kind == EFFECT_ESCALATED;
		j->accepted += e->kind == EFFECT_ACCEPTED;
		if (is_sent && !lg_id_is_zero(e->organisation))
			journey_send(&j->out[journey_desk_of(e->organisation)], letter);
	}
}

static inline void journey_init(struct journey *j, uint64_t seed)
{
	memset(j, 0, sizeof *j);
	lg_random_seed(&j->random, seed);
	j->now = 1000000;
	j->ladders.month = 30 * LG_DAY_MS;
	for (uint32_t u = 0; u < URGENCY_COUNT; u++)
		j->ladders.at[u] = (struct ladder){ .answer = 100,
			.delivery = 300,
			.reminder = 500,
			.handover = 700,
			.destruction = 900 };
	j->directory.count = (uint32_t)lg_random_below(&j->random, JOURNEY_DESKS + 1);
	for (uint32_t desk = 0; desk < JOURNEY_DESKS; desk++) {
		static const char *const codes[] = { "a", "b", "c", "d" };

		j->owners[desk] = (struct organisation){
			.organisation_id = journey_id(desk),
			.code = codes[desk],
			.name = "invented",
			.country = "NP",
			.districts = "",
			.services = "shelter",
			.takes_women = true,
			.takes_girls = true,
			.free_places = 1 + (uint32_t)lg_random_below(&j->random, 3),
			.version = 1,
		};
		j->directory.at[desk] = j->owners[desk];
	}
	j->home.need = (struct need){ .route = ROUTE_HAND_BACK,
		.sex = NEED_FEMALE,
		.age_years = 17,
		.district = "",
		.country = "NP",
		.services = "shelter" };
	j->home.station = "SNL";
	j->home.sharing.general =
		lg_random_one_in(&j->random, 8) ? SHARING_NOT_ASKED : SHARING_GIVEN;
}

/* One letter of the line to a desk arrives. */
static inline void journey_desk_hears(struct journey *j, uint32_t desk)
{
	struct line *line = &j->out[desk];
	struct offer *offer = &j->desks[desk];
	bool is_news = false, is_confirmed = false;
	struct lg_status status = lg_done();

	if (line->count == 0)
		return;

	struct letter letter = line->at[line->first];

	line->first = (line->first + 1) % JOURNEY_LINE;
	line->count--;
	if (letter.on == ON_OFFERED) {
		offer->need = j->home.need;
		status =
			offer_receive(offer, journey_id(desk), letter.round, 100, j->now, &is_news);
		letter.on = ON_RECEIVED;
	} else if (letter.on == ON_ACCEPTED) {
		(void)offer_accepted(offer, letter.round, &j->owners[desk]);
	} else if (letter.on == ON_PASSED) {
		(void)offer_passed(offer, letter.round, &j->owners[desk]);
	} else if (letter.on == ON_WITHDRAWN) {
		is_news = offer_withdrawn(offer, &j->owners[desk]);
		letter.on = ON_DESTROYED;
	} else {
		status = offer_handed_over(offer, BY_HOME, letter.at, &is_news, &is_confirmed);
		is_news = false;
	}
	assert(lg_is_done(status));
	if (is_news)
		journey_send(&j->back[desk], letter);
}

/* One letter of the line from a desk arrives. */
static inline void journey_home_hears(struct journey *j, uint32_t desk)
{
	struct line *line = &j->back[desk];
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = journey_around(j);
	struct lg_status status = lg_done();

	if (line->count == 0)
		return;

	struct letter letter = line->at[line->first];

	line->first = (line->first + 1) % JOURNEY_LINE;
	line->count--;
	if (letter.on == ON_RECEIVED)
		referral_received(&j->home, journey_id(desk), letter.round, &s);
	else if (letter.on == ON_YES || letter.on == ON_NO)
		referral_answered(&j->home, journey_id(desk), letter.round, letter.on == ON_YES, 1,
			&s, &effects);
	else if (letter.on == ON_DESTROYED)
		referral_destroyed(&j->home, journey_id(desk), &s, &effects);
	else if (letter.on == ON_HANDOVER)
		status = referral_handed_over(&j->home, BY_ORGANISATION, letter.at, &effects);
	else
		(void)referral_followed(&j->home, journey_id(desk), letter.on);
	assert(lg_is_done(status));
	journey_post(j, &effects);
}

/* A worker does something that the table lets her do, or is refused. */
static inline void journey_desk_acts(struct journey *j, uint32_t desk)
{
	static const enum referral_event deeds[] = { ON_REUNIFIED, ON_REHABILITATION, ON_FOLLOW_UP,
		ON_LEGAL, ON_CLOSED };
	struct offer *offer = &j->desks[desk];
	uint64_t deed = lg_random_below(&j->random, 8);
	struct letter letter = { .round = offer->round, .at = j->now };
	bool is_news = false, is_confirmed = false;
	struct lg_status status;

	if (deed < 2) {
		letter.on = deed == 0 ? ON_YES : ON_NO;
		status = offer_answer(offer, deed == 0, &j->owners[desk]);
		is_news = lg_is_done(status);
	} else if (deed == 2) {
		letter.on = ON_HANDOVER;
		status = offer_handed_over(offer, BY_ORGANISATION, j->now, &is_news, &is_confirmed);
	} else {
		letter.on = deeds[deed - 3];
		status = offer_follow(offer, letter.on, j->now, &j->owners[desk]);
		is_news = lg_is_done(status);
	}
	if (is_news)
		journey_send(&j->back[desk], letter);
}

#endif
