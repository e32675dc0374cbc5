/*
 * A referral at its home, where it is decided: who is asked, for how long, and what an answer
 * means.  The steps stand in life.h; what the organisation's side keeps is offer.h.
 *
 * What a peer says may come late or twice: then nothing happens and it is done.  What a user of
 * the home asks for and cannot be is refused.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_REFERRAL_H
#define SERVICES_REFERRAL_DOMAIN_REFERRAL_H

#include "services/referral/domain/deadline.h"
#include "services/referral/domain/handover.h"
#include "services/referral/domain/life.h"
#include "services/referral/domain/ranking.h"

#define REFERRAL_EFFECTS_MAX 8

enum escalation { ESCALATION_NONE, NOBODY_LEFT, UNDELIVERED, CONSENT_MISSING, STILL_WAITING };
#define ESCALATION_COUNT 5

enum ending { END_NONE, END_TRAVELS_ON, END_SAID_NO, END_HELPED_OTHERWISE };

extern const char *const escalation_names[];

struct referral {
	struct lg_id case_id, person_id; /* person_id: the subject of what intake sealed */
	enum referral_state state;
	struct need need;
	struct sharing sharing;
	const char *station; /* that rescued her */
	struct asked asked;
	struct lg_id organisation;  /* whose offer stands, or who accepted; zero: nobody */
	uint32_t round;             /* offers made so far */
	lg_ms deadline;             /* when the clock acts; 0: never */
	enum escalation escalation; /* why a human was asked last */
	uint32_t level;             /* how often */
	struct handover handover;
	lg_ms call_back_at;                   /* agreed with somebody who travels on; 0: none */
	bool is_seen_before, is_searched_for; /* matches that a lead confirmed */
	lg_ms began_at, changed_at;
	uint32_t version;                    /* counts changes */
	struct lg_id sealed_in, code_in;     /* ids of the events that bind what is sealed */
	struct lg_bytes sealed, code_sealed; /* as it travelled; never opened here */
};

enum referral_effect_kind {
	EFFECT_OFFERED,
	EFFECT_ACCEPTED,
	EFFECT_DECLINED, /* by an organisation */
	EFFECT_ENDED,    /* code: enum ending */
	EFFECT_ESCALATED,
	EFFECT_WITHDRAWN,
	EFFECT_PASSED,
	EFFECT_DESTRUCTION_OVERDUE,
	EFFECT_GAVE,
	EFFECT_HANDOVER_OVERDUE,
	EFFECT_HANDED_OVER,
	EFFECT_CALL_BACK_DUE,
};

struct referral_effect {
	enum referral_effect_kind kind;
	struct lg_id organisation; /* zero: none is concerned */
	uint32_t round;
	uint32_t code;        /* of EFFECT_DECLINED (the message's reason), EFFECT_ENDED */
	struct ranked ranked; /* of EFFECT_OFFERED; all zero when a human chose */
};

struct referral_effects {
	uint32_t count;
	struct referral_effect at[REFERRAL_EFFECTS_MAX];
};

/* What a decision looks at besides the referral. */
struct surroundings {
	struct directory *directory; /* how organisations answered is counted in it */
	const struct ladders *ladders;
	lg_ms now;
};

/*
 * A rescue was recorded; need, sharing and station are already set.  Told twice it is done.
 *   effects  EFFECT_OFFERED, or EFFECT_ESCALATED when nobody can be asked, or EFFECT_ENDED when she
 *            travels on or said no
 */
void referral_begin(
	struct referral *r, const struct surroundings *s, struct referral_effects *effects);

/* Whether this organisation is asked now, in this round. */
bool referral_asks(const struct referral *r, struct lg_id organisation, uint32_t round);

/* The offer lies on the organisation's desk; of an older round: nothing. */
void referral_received(struct referral *r, struct lg_id organisation, uint32_t round,
	const struct surroundings *s);

/*
 * The organisation answered.
 *   reason   the message's, of a no
 *   effects  EFFECT_ACCEPTED, and the clock of the handover runs; EFFECT_DECLINED and whoever is next; EFFECT_PASSED when the yes came
 *            too late
 */
void referral_answered(struct referral *r, struct lg_id organisation, uint32_t round, bool accepts,
	uint32_t reason, const struct surroundings *s, struct referral_effects *effects);

/* The clock; early or after the end: nothing. */
void referral_overdue(
	struct referral *r, const struct surroundings *s, struct referral_effects *effects);

/*
 * Her word on sharing changed.
 *   refused  as sharing_set()
 *   effects  EFFECT_WITHDRAWN, or the next who is asked
 */
LG_MUST_CHECK struct lg_status referral_consent(struct referral *r, const char *recipient,
	enum sharing_word word, const struct surroundings *s, struct referral_effects *effects);

/*
 * She takes her word back.
 *   refused  nothing is there to be withdrawn; who was helped otherwise, or travels on, has no offer
 */
LG_MUST_CHECK struct lg_status referral_withdraw(
	struct referral *r, const struct surroundings *s, struct referral_effects *effects);

/*
 * The holder destroyed.  A home that did not ask for it has lost that she took her word back: nobody may be
 * told of her until she was asked, and a human is called.  Of whom it asked before and asks no more: nothing.
 *   effects  EFFECT_ESCALATED then, and EFFECT_PASSED to whoever is asked now
 */
void referral_destroyed(struct referral *r, struct lg_id organisation, const struct surroundings *s,
	struct referral_effects *effects);

/*
 * A human chose an organisation.
 *   refused  it has the offer already, she did not agree, or not in this state
 */
LG_MUST_CHECK struct lg_status referral_place(struct referral *r, struct organisation *chosen,
	const struct surroundings *s, struct referral_effects *effects);

/* A human ends the search.  refused: nobody was asked to look */
LG_MUST_CHECK struct lg_status referral_end(struct referral *r, enum ending ending,
	const struct surroundings *s, struct referral_effects *effects);

/*
 * One side says that she changed hands.  The organisation's word after the end: nothing.
 *   refused  of the home: not in this state
 *   effects  EFFECT_GAVE for the home's word; EFFECT_HANDED_OVER when both have spoken
 */
LG_MUST_CHECK struct lg_status referral_handed_over(
	struct referral *r, enum referral_side by, lg_ms at, struct referral_effects *effects);

/* What the organisation tells of her afterwards; returns whether it is news. */
bool referral_followed(struct referral *r, struct lg_id organisation, enum referral_event on);

/* Somebody who travels on has a number to call.  refused: not in this state */
LG_MUST_CHECK struct lg_status referral_link(struct referral *r, lg_ms call_back_at);

#endif
