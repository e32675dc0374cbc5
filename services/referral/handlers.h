/* The table of contents of referral: which message is taken where, and what each gathers. */
#ifndef SERVICES_REFERRAL_HANDLERS_H
#define SERVICES_REFERRAL_HANDLERS_H

#include "services/referral/domain/anew.h"
#include "services/referral/store.h"

/* Numbers of proto/registry.txt; a test compares them. */
enum {
	RESCUE_RECORDED = 104,
	CONSENT_CHANGED = 106,
	MATCH_CONFIRMED = 202,
	MATCH_UNDONE = 210,
	REFERRAL_OFFERED_EVENT = 301,
	REFERRAL_RECEIVED_EVENT,
	REFERRAL_ANSWERED_EVENT,
	REFERRAL_ACCEPTED_EVENT,
	REFERRAL_DECLINED_EVENT,
	REFERRAL_ESCALATED_EVENT,
	REFERRAL_WITHDRAWN_EVENT,
	REFERRAL_PASSED_EVENT,
	DESTRUCTION_ACKNOWLEDGED,
	DESTRUCTION_OVERDUE,
	HANDOVER_RECORDED,
	HANDOVER_CONFIRMED,
	REUNIFICATION_RECORDED,
	REHABILITATION_STARTED,
	FOLLOW_UP_RECORDED,
	LEGAL_MILESTONE_RECORDED,
	DESTINATION_LINKED,
	CASE_CLOSED,
	FOLLOW_UP_DUE,
	FEEDBACK_GIVEN,
	ORGANISATION_LISTED,
	HANDOVER_OVERDUE,
	ANEW_ASKED,
	LIST_REFERRALS = 1601,
	SHOW_REFERRAL,
	ACCEPT_REFERRAL,
	DECLINE_REFERRAL,
	WITHDRAW_REFERRAL,
	OFFER_REFERRAL,
	SHOW_HANDOVER_CODE,
	CONFIRM_HANDOVER,
	RECORD_REUNIFICATION,
	START_REHABILITATION,
	RECORD_FOLLOW_UP,
	RECORD_LEGAL_MILESTONE,
	LINK_DESTINATION,
	CLOSE_REFERRAL,
	END_REFERRAL,
	ADD_ORGANISATION = 1621,
	UPDATE_ORGANISATION,
	LIST_ORGANISATIONS,
	ASSIGN_MEMBER,
	PERSON_IDENTITY = 2001,
	HANDOVER_CODE = 2003,
	REFERRAL_DUE = 3601,
	OFFER_DUE,
	DIRECTORY_DUE,
	ANEW_DUE,
	TELL_ANEW_DUE,
};

/* Ends with a row of type 0. */
extern const struct lg_handler referral_handlers[];

/* What one message about a referral gathers, on either side. */
struct referral_work {
	uint16_t site;
	struct lg_id referral_id, organisation_id; /* as the message says; else zero */
	struct lg_id person_id;                    /* of what intake and matching tell */
	bool is_ours;                              /* this side takes it; else it is passed over */
	bool is_news, is_confirmed;                /* what a decision at the desk found */
	bool is_again;                             /* the home asks what it has asked before */
	uint32_t month;                            /* of the plan of visits */
	struct lg_id *works_for;                   /* organisation of the user */
	struct directory *directory;
	struct referral *referral; /* home */
	struct offer *offer;       /* desk */
	struct referral_effects effects;
	struct anew_words anew; /* what is told again */
	char code[HANDOVER_CODE_DIGITS + 1];
	uint8_t hash[HANDOVER_HASH_SIZE]; /* of code */
	struct lg_found *found, *steps;
};

/* --- what both sides share (sides.c) ---------------------------------------------------- */

/* For the home: an event of a peer or of this site, a due, or a command under the referral's id. */
void load_at_home(struct lg_batch *batch, struct lg_item *item);

/* The same for the organisation's side. */
void load_at_desk(struct lg_batch *batch, struct lg_item *item);

/*
 * Whether the home of a referral tells it.
 *   refused  another site's, or ids that are none
 */
LG_MUST_CHECK struct lg_status check_told_by_home(const struct lg_item *item);

/*
 * Whether the site of an organisation speaks for it to the home of a referral.
 *   ret_is_heard  false, and done: it is for another home, or of a referral that this home does not
 *                 know: its database came back from before it.  Passed over: what asks again for the
 *                 rescue asks again for the answer
 *   refused       another site's, of another case, or ids that are none
 */
LG_MUST_CHECK struct lg_status check_told_by_desk(const struct lg_item *item, bool *ret_is_heard);

/* refused (404)  no such referral here; or not on the desk of this user's organisation */
LG_MUST_CHECK struct lg_status check_is_here(struct lg_item *item);
LG_MUST_CHECK struct lg_status check_is_on_desk(struct lg_item *item);

/* What a decision of the home looks at. */
struct surroundings surroundings_of(const struct lg_item *item);

/* The user's organisation, as the directory has it; NULL: none. */
struct organisation *employer_of(const struct lg_item *item);

/* --- on_rescue.c ------------------------------------------------------------------------------ */

/* RescueRecorded, ConsentChanged, MatchConfirmed, MatchUndone: a referral begins, or learns of her word. */
void load_rescue(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_rescue(struct lg_item *item);
void store_rescue(struct lg_batch *batch, struct lg_item *item);
void load_consent(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_consent(struct lg_item *item);
void load_match(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_match(struct lg_item *item);
struct lg_status decide_undone(struct lg_item *item);

/* After a decision of the home: row, effects, clock (tell.c). */
void store_at_home(struct lg_batch *batch, struct lg_item *item);

/* The same, and the answer of a command. */
void store_and_answer(struct lg_batch *batch, struct lg_item *item);

/* --- on_answer.c: the home hears, and its people act ------------------------------------------ */

/* ReferralReceived, ReferralAnswered, DestructionAcknowledged, the clock; then commands. */
struct lg_status decide_received(struct lg_item *item);
void load_answered(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_answered(struct lg_item *item);
void store_heard(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_destroyed(struct lg_item *item);
struct lg_status decide_referral_due(struct lg_item *item);
struct lg_status decide_withdraw(struct lg_item *item);
void load_place(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_place(struct lg_item *item);
struct lg_status decide_end(struct lg_item *item);
struct lg_status decide_link(struct lg_item *item);
void store_link(struct lg_batch *batch, struct lg_item *item);

/* --- on_offer.c: the desk hears, and its people answer ----------------------------------------- */

/* ReferralOffered, -Accepted, -Passed, -Withdrawn of the home; AcceptReferral, DeclineReferral. */
struct lg_status decide_offered(struct lg_item *item);
void store_offered(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_accepted(struct lg_item *item);
void store_accepted(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_passed(struct lg_item *item);
void store_passed(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_withdrawn(struct lg_item *item);
void store_withdrawn(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_accept(struct lg_item *item);
struct lg_status decide_decline(struct lg_item *item);
void store_answer(struct lg_batch *batch, struct lg_item *item);

/* --- on_handover.c ------------------------------------------------------------------------------ */

/* ShowHandoverCode, ConfirmHandover, HandoverRecorded of the other side. */
void load_code(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_code(struct lg_item *item);
void store_code(struct lg_batch *batch, struct lg_item *item);
void load_confirm(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_confirm(struct lg_item *item);
void store_confirm(struct lg_batch *batch, struct lg_item *item);
void refused_confirm(struct lg_batch *batch, struct lg_item *item);
void load_handover(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_handover(struct lg_item *item);
void store_handover(struct lg_batch *batch, struct lg_item *item);

/* A code as it is kept: keyed with a secret that is not in the database. */
void handover_hash(const struct lg_batch *batch, struct lg_id referral_id, const char *code,
	uint8_t ret_hash[HANDOVER_HASH_SIZE]);

/* --- on_aftercare.c ------------------------------------------------------------------------------ */

/* What a worker records; decide_told: what the home hears of it; OfferDue: a visit is due. */
struct lg_status decide_reunify(struct lg_item *item);
struct lg_status decide_rehabilitate(struct lg_item *item);
struct lg_status decide_follow_up(struct lg_item *item);
struct lg_status decide_legal(struct lg_item *item);
struct lg_status decide_close(struct lg_item *item);
void store_aftercare(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_told(struct lg_item *item);
void store_told(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_offer_due(struct lg_item *item);
void store_offer_due(struct lg_batch *batch, struct lg_item *item);

/* --- on_list.c ------------------------------------------------------------------------------------ */

/* ListReferrals, ShowReferral. */
void load_list(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_list(struct lg_item *item);
void store_list(struct lg_batch *batch, struct lg_item *item);
void load_show(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_show(struct lg_item *item);
void store_show(struct lg_batch *batch, struct lg_item *item);
void refused_show(struct lg_batch *batch, struct lg_item *item);

/* --- on_directory.c -------------------------------------------------------------------------------- */

/* AddOrganisation, UpdateOrganisation, ListOrganisations, AssignMember, OrganisationListed. */
struct directory_work {
	uint16_t site;
	struct directory *directory;
	struct lg_id *works_for;
	struct lg_id organisation_id;
	struct organisation said;
	struct organisation *kept;
	struct lg_found *told; /* sites that know this one's organisations */
};

void load_directory(struct lg_batch *batch, struct lg_item *item);
uint64_t version_of_organisation(const struct lg_item *item);
struct lg_status decide_add(struct lg_item *item);
struct lg_status decide_update(struct lg_item *item);
void store_kept(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_listed(struct lg_item *item);
void store_listed(struct lg_batch *batch, struct lg_item *item);

/* DirectoryDue: a site that was linked later is told of every organisation of this one. */
void load_directory_due(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_directory_due(struct lg_item *item);
void store_directory_due(struct lg_batch *batch, struct lg_item *item);

/* ListOrganisations and AssignMember. */
struct lg_status decide_organisations(struct lg_item *item);
void store_organisations(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_assign(struct lg_item *item);
void store_assign(struct lg_batch *batch, struct lg_item *item);

/* --- anew/ -------------------------------------------------------------------------------------------- */

/* What a page, or a wish, gathers. */
struct anew_work {
	uint16_t site; /* ours */
	bool is_desk;
	struct directory *directory;
	struct lg_found *rows;
};

/* StreamAhead: something was dropped before it was read here, so its site is asked.  AnewAsked, AnewDue: pages
   of what is to be told; TellAnewDue: one of them. */
void load_ahead(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_ahead(struct lg_item *item);
void store_ahead(struct lg_batch *batch, struct lg_item *item);
void load_anew_asked(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_anew_asked(struct lg_item *item);
void store_anew_asked(struct lg_batch *batch, struct lg_item *item);
void load_anew_page(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_anew_page(struct lg_item *item);
void store_anew_page(struct lg_batch *batch, struct lg_item *item);
void load_tell_anew(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_tell_anew(struct lg_item *item);
void store_tell_anew(struct lg_batch *batch, struct lg_item *item);

#endif
