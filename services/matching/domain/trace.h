/*
 * A person asked for at another site, without a name: the same life on both sides, each with its
 * own row, moved by what happens here and by what the other side tells.
 *
 * Names are told only when both sides have agreed, each by a human of its own.
 */
#ifndef SERVICES_MATCHING_DOMAIN_TRACE_H
#define SERVICES_MATCHING_DOMAIN_TRACE_H

#include "common/base/bytes.h"
#include "common/base/calendar.h"
#include "common/base/id.h"
#include "common/base/lifecycle.h"

#define TRACE_PERIOD_MS      (30 * LG_DAY_MS)
#define TRACES_OF_PERSON_MAX 3   /* in a period, of one person, that the answering side answers */
#define TRACES_OF_SITE_MAX   100 /* in a period, of one other site */
#define TRACE_TOKEN_SIZE     16
#define TRACE_AGREED_MS      (365 * LG_DAY_MS) /* names of two who agreed are kept that long */

enum trace_state {
	TRACE_NEW,
	TRACE_ASKED,
	TRACE_NO_HIT, /* nobody alike yet; there: refused, or out of step */
	TRACE_OPEN,   /* a question that stands here: whoever comes is compared with it */
	TRACE_ALIKE,  /* somebody alike: two humans talk */
	TRACE_WE_AGREE,
	TRACE_THEY_AGREE,
	TRACE_AGREED, /* names go both ways */
	TRACE_DECLINED,
};

/* What the answering side says. */
enum trace_outcome { TRACE_HIT, TRACE_NOTHING, TRACE_REFUSED, TRACE_OUT_OF_STEP };

enum trace_basis {
	TRACE_HER_CONSENT,
	TRACE_HER_BEST_INTEREST,
	TRACE_FAMILY_ASKED,
	TRACE_BASIS_COUNT
};

struct trace {
	enum trace_state state;
	struct lg_id trace_id;
	bool is_asked_here;
	uint16_t other_site;
	struct lg_id record_id; /* ours; zero: none was alike */
	uint8_t token[TRACE_TOKEN_SIZE];
	uint32_t period;
	lg_ms asked_at;
	struct lg_id names_in; /* event that brought the other side's names; zero: none yet */
	struct lg_bytes names; /* encoded Sealed; empty until then */
	struct lg_id officer;  /* whom to ask for at the other site; zero: by role */
	struct lg_bytes
		encodings; /* of a question that stands here, one behind the other; else empty */
	lg_ms expires_at;  /* then it is deleted here */
};

extern const struct lg_lifecycle trace_life;

/* The period that a time lies in. */
uint32_t trace_period(lg_ms at);

/* Whether encodings of a period still count: its own and the next, because lines fail for weeks. */
bool trace_is_in_time(uint32_t period, lg_ms now);

/*
 * Somebody of this site asks.  ret_is_repeated: it was asked before.
 *   asked  all of it but the state, which stays
 */
LG_MUST_CHECK struct lg_status trace_ask(
	struct trace *trace, const struct trace *asked, bool *ret_is_repeated);

/*
 * What the answering side may say at all, before it compares.
 *   of_person, of_site  questions answered in this period, of the token and of the site
 *   returns             TRACE_NOTHING: it may compare
 */
enum trace_outcome trace_may_answer(uint32_t of_person, uint32_t of_site);

/* The answering side was asked.  TRACE_NOTHING: it stands, else it ends. */
LG_MUST_CHECK struct lg_status trace_be_asked(
	struct trace *trace, const struct trace *asked, enum trace_outcome outcome);

/* Somebody here is alike: the question is answered, and what was asked forgotten. */
LG_MUST_CHECK struct lg_status trace_find(struct trace *trace, struct lg_id record_id);

/* Whether a trace that is not here (any more) may have been, and expired. */
bool trace_has_expired(struct lg_id trace_id, lg_ms now);

/* The asking side hears the answer. */
LG_MUST_CHECK struct lg_status trace_hear(struct trace *trace, enum trace_outcome outcome);

/*
 * A human of this side agrees, or not; the other side's did.
 *   refused  not possible in this state; its period is over
 */
LG_MUST_CHECK struct lg_status trace_approve(struct trace *trace, lg_ms now, bool *ret_is_repeated);
LG_MUST_CHECK struct lg_status trace_decline(struct trace *trace, bool *ret_is_repeated);
LG_MUST_CHECK struct lg_status trace_hear_approved(struct trace *trace);
LG_MUST_CHECK struct lg_status trace_hear_declined(struct trace *trace);

/* The other side's names.  refused: we have not agreed both */
LG_MUST_CHECK struct lg_status trace_take_names(
	struct trace *trace, struct lg_id event_id, struct lg_bytes sealed);

#endif
