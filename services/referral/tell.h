/*
 * How something is told: to the readers of this site, once more to the other party when it is
 * elsewhere, and as a step of the referral.
 */
#ifndef SERVICES_REFERRAL_TELL_H
#define SERVICES_REFERRAL_TELL_H

#include "proto/referral.pb-c.h"
#include "services/referral/handlers.h"

struct telling {
	struct lg_batch *batch;
	struct lg_item *item;
	struct lg_id referral_id, case_id;
	uint16_t other_site;       /* of the other party; own or 0: nobody elsewhere */
	bool is_desk;              /* of which side it is a step */
	enum referral_side by;     /* who caused it */
	struct lg_id organisation; /* of the step; zero: none */
	const char *detail;        /* a code, or "" */
	lg_ms occurred_at;
};

/* Publishes an event and keeps the step. */
void tell(const struct telling *t, uint32_t type, const ProtobufCMessage *message);

/* Told again to the other party's site alone: the readers here have heard it, and it is no step. */
void tell_elsewhere(const struct telling *t, uint32_t type, const ProtobufCMessage *message,
	struct lg_id event_id, uint32_t sealed_count, Lifeguard__Envelope__Sealed **sealed);

/*
 * A value that is sealed here, opened by the machine to hand it on, with an audit record of it; NULL: it does not
 * open.
 */
const ProtobufCMessage *open_to_regrant(
	const struct telling *t, const struct lg_seal_place *place, struct lg_bytes bytes);

/* What came sealed from intake, sealed anew for the event that hands it on; NULL: it is not there. */
Lifeguard__Envelope__Sealed *seal_identity_anew(
	const struct telling *t, const struct referral *r, struct lg_id event_id);

/* The handover's code, for the same event. */
Lifeguard__Envelope__Sealed *seal_code(const struct telling *t, char *code, struct lg_id event_id);

/* Keeps a step that is told to nobody. */
void keep_step(const struct telling *t, const char *what);

/* What became of her, for those who rescued her: to this site's intake. */
void tell_feedback(const struct telling *t, const struct referral *r,
	Lifeguard__Referral__Milestone milestone, lg_ms reached_at);

/* One effect of a decision of the home. */
void tell_effect(struct telling *t, const struct referral_effect *effect);

/* --- keep.c --------------------------------------------------------------------------------- */

/* Writes the home's row, tells its effects and sets its clock. */
void keep_referral(struct lg_batch *batch, struct lg_item *item);

/* Writes the desk's row and sets its clock. */
void keep_offer(struct lg_batch *batch, struct lg_item *item);

/* What an organisation of this site is now, to one other site. */
void tell_listed(struct lg_batch *batch, struct lg_item *item,
	const struct organisation *organisation, uint16_t site);

/* Writes what was changed in the directory, and tells the other sites of places that changed. */
void keep_directory(struct lg_batch *batch, struct lg_item *item, struct directory *directory);

/* The answer of a command. */
void answer_changed(struct lg_batch *batch, struct lg_item *item, enum referral_state state);

/* The desk's voice: about the offer, to its home. */
struct telling desk_telling(struct lg_batch *batch, struct lg_item *item, const char *detail);

#endif
