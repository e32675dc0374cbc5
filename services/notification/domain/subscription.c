/* Who may hear of what, and the two steps of a subscription's life. */
#include "services/notification/domain/subscription.h"

#include <assert.h>
#include <string.h>

#include "proto/codes.pb-c.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define ROLE(name)        (1u << LIFEGUARD__CODES__ROLE__##name)
#define LEADS             (ROLE(CENTRE_LEAD) | ROLE(PROTECTION_OFFICER))
#define CENTRE            (ROLE(VOLUNTEER) | LEADS)
#define PARTNERS          (ROLE(NGO_WORKER) | LEADS)
#define MAY_MAKE_ANY_ROLE (ROLE(CENTRE_LEAD) | ROLE(OPERATOR))

/* --- names ----------------------------------------------------------------------------- */

const char *const told_event_names[TOLD_COUNT] = {
	[TOLD_RESCUE_RECORDED] = "RescueRecorded",
	[TOLD_MISSING_PERSON_REPORTED] = "MissingPersonReported",
	[TOLD_CONSENT_CHANGED] = "ConsentChanged",
	[TOLD_STEP_DONE] = "StepDone",
	[TOLD_MATCH_PROPOSED] = "MatchProposed",
	[TOLD_MATCH_CONFIRMED] = "MatchConfirmed",
	[TOLD_MATCH_REJECTED] = "MatchRejected",
	[TOLD_REFERRAL_OFFERED] = "ReferralOffered",
	[TOLD_REFERRAL_RECEIVED] = "ReferralReceived",
	[TOLD_REFERRAL_ACCEPTED] = "ReferralAccepted",
	[TOLD_REFERRAL_DECLINED] = "ReferralDeclined",
	[TOLD_REFERRAL_ESCALATED] = "ReferralEscalated",
	[TOLD_REFERRAL_WITHDRAWN] = "ReferralWithdrawn",
	[TOLD_DESTRUCTION_ACKNOWLEDGED] = "DestructionAcknowledged",
	[TOLD_DESTRUCTION_OVERDUE] = "DestructionOverdue",
	[TOLD_HANDOVER_CONFIRMED] = "HandoverConfirmed",
	[TOLD_HANDOVER_OVERDUE] = "HandoverOverdue",
	[TOLD_REUNIFICATION_RECORDED] = "ReunificationRecorded",
	[TOLD_REHABILITATION_STARTED] = "RehabilitationStarted",
	[TOLD_FOLLOW_UP_RECORDED] = "FollowUpRecorded",
	[TOLD_LEGAL_MILESTONE_RECORDED] = "LegalMilestoneRecorded",
	[TOLD_DESTINATION_LINKED] = "DestinationLinked",
	[TOLD_CASE_CLOSED] = "CaseClosed",
	[TOLD_FOLLOW_UP_DUE] = "FollowUpDue",
	[TOLD_FEEDBACK_GIVEN] = "FeedbackGiven",
	[TOLD_MATCH_UNDONE] = "MatchUndone",
	[TOLD_WATCHLIST_HIT] = "WatchlistHit",
	[TOLD_TRACE_HIT] = "TraceHit",
};

const char *const channel_names[CHANNEL_KIND_COUNT] = {
	[CHANNEL_FILE] = "FILE",
	[CHANNEL_SMTP] = "SMTP",
};

const char *const language_names[LANGUAGE_COUNT] = {
	[LANGUAGE_EN] = "en",
	[LANGUAGE_HI] = "hi",
	[LANGUAGE_NE] = "ne",
};

static_assert(TOLD_COUNT <= 32, "a set of events is one word");

struct lg_status told_event_named(const char *name, enum told_event *ret_event)
{
	for (unsigned i = 0; i < TOLD_COUNT; i++) {
		if (strcmp(told_event_names[i], name) == 0) {
			*ret_event = (enum told_event)i;
			return lg_done();
		}
	}
	return lg_refuse("nobody can be told of an event of that name");
}

/* --- who may hear of what ---------------------------------------------------------------- */

/*
 * A notice holds no name, but a case id and a station at an hour can point at somebody: it goes
 * to those alone who work on such cases.  Managers, operators and auditors read reports.  An
 * NGO hears of an offer when it lies on its desk (ReferralReceived), not when it leaves.
 */
/* clang-format off */
static const uint32_t audience[TOLD_COUNT] = {
	[TOLD_RESCUE_RECORDED]          = LEADS,
	[TOLD_MISSING_PERSON_REPORTED]  = LEADS,
	[TOLD_CONSENT_CHANGED]          = LEADS,
	[TOLD_STEP_DONE]                = CENTRE,
	[TOLD_MATCH_PROPOSED]           = LEADS,
	[TOLD_MATCH_CONFIRMED]          = LEADS,
	[TOLD_MATCH_REJECTED]           = LEADS,
	[TOLD_REFERRAL_OFFERED]         = LEADS,
	[TOLD_REFERRAL_RECEIVED]        = PARTNERS,
	[TOLD_REFERRAL_ACCEPTED]        = PARTNERS,
	[TOLD_REFERRAL_DECLINED]        = LEADS,
	[TOLD_REFERRAL_ESCALATED]       = LEADS,
	[TOLD_REFERRAL_WITHDRAWN]       = PARTNERS,
	[TOLD_DESTRUCTION_ACKNOWLEDGED] = LEADS,
	[TOLD_DESTRUCTION_OVERDUE]      = LEADS,
	[TOLD_HANDOVER_CONFIRMED]       = CENTRE | ROLE(NGO_WORKER),
	[TOLD_HANDOVER_OVERDUE]         = LEADS,
	[TOLD_REUNIFICATION_RECORDED]   = PARTNERS,
	[TOLD_REHABILITATION_STARTED]   = PARTNERS,
	[TOLD_FOLLOW_UP_RECORDED]       = PARTNERS,
	[TOLD_LEGAL_MILESTONE_RECORDED] = PARTNERS,
	[TOLD_DESTINATION_LINKED]       = LEADS,
	[TOLD_CASE_CLOSED]              = PARTNERS,
	[TOLD_FOLLOW_UP_DUE]            = PARTNERS,
	[TOLD_FEEDBACK_GIVEN]           = CENTRE,
	[TOLD_MATCH_UNDONE]             = LEADS,
	[TOLD_WATCHLIST_HIT]            = CENTRE,
	[TOLD_TRACE_HIT]                = LEADS,
};
/* clang-format on */

bool told_may_hear(uint32_t role, enum told_event event)
{
	assert(event < TOLD_COUNT);
	return role < 32 && (audience[event] >> role & 1u) != 0;
}

/* --- the life of a subscription ------------------------------------------------------------ */

enum subscription_event { SUBSCRIBE, UNSUBSCRIBE };
enum subscription_side { STAFF };

static const char *const states[] = {
	[SUBSCRIPTION_NEW] = "NEW",
	[SUBSCRIPTION_ACTIVE] = "ACTIVE",
	[SUBSCRIPTION_ENDED] = "ENDED",
};

static const char *const events[] = {
	[SUBSCRIBE] = "Subscribe",
	[UNSUBSCRIBE] = "Unsubscribe",
};

static const char *const sides[] = { [STAFF] = "staff" };

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from                 on           by     to                   why */
	{ SUBSCRIPTION_NEW,     SUBSCRIBE,   STAFF, SUBSCRIPTION_ACTIVE, "somebody wants to be told" },
	{ SUBSCRIPTION_ACTIVE,  UNSUBSCRIBE, STAFF, SUBSCRIPTION_ENDED,  "no more: the address is erased" },
};
/* clang-format on */

const struct lg_lifecycle subscription_life = {
	.name = "subscription",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = SUBSCRIPTION_NEW,
};

static struct lg_status move(struct subscription *s, unsigned on)
{
	const struct lg_transition *row = lg_lifecycle_row(&subscription_life, s->state, on, STAFF);

	if (row == NULL)
		return lg_refuse("not possible in this state of the subscription");
	s->state = (enum subscription_state)row->to;
	return lg_done();
}

/* --- what may be wanted -------------------------------------------------------------------- */

static bool is_station(const char *text)
{
	size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return size <= SUBSCRIPTION_STATION_MAX && text[size] == '\0';
}

/*
 * local@domain, unquoted (RFC 5321, 4.1.2), in ASCII: nothing that could end a line or an angle
 * bracket of the dialogue with a server.
 */
static bool is_mail_address(const char *text)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	static const char local[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    ".!#$%&'*+/=?^_`{|}~-";
	size_t before = strspn(text, local), size = strlen(text);

	if (before == 0 || before > 64 || text[0] == '.' || text[0] == '-' || text[before] != '@')
		return false;
	if (size > SUBSCRIPTION_ADDRESS_MAX)
		return false;
	for (const char *label = text + before + 1;;) {
		size_t length = strspn(label, letters);

		if (length == 0) /* empty, or it begins with '-' */
			return false;
		length += strspn(label + length, "-abcdefghijklmnopqrstuvwxyz"
						 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
		if (length > 63 || label[length - 1] == '-')
			return false;
		if (label[length] == '\0')
			return true;
		if (label[length] != '.')
			return false;
		label += length + 1;
	}
}

static struct lg_status check_events(const struct subscription *wanted)
{
	if (wanted->events == 0)
		return lg_refuse("at least one event must be named");
	for (unsigned i = 0; i < TOLD_COUNT; i++) {
		if ((wanted->events >> i & 1u) != 0 &&
			!told_may_hear(wanted->role, (enum told_event)i))
			return lg_refuse("this role may not hear of one of these events");
	}
	return lg_done();
}

/* Accounts may not name an organisation yet: then a lead or operator vouches for it. */
static struct lg_status check_role(const struct subscription *wanted, const struct subscriber *by)
{
	bool is_ngo = wanted->role == LIFEGUARD__CODES__ROLE__NGO_WORKER;

	if (is_ngo && lg_id_is_zero(wanted->organisation))
		return lg_refuse("an NGO's worker must name his organisation");
	if (by->role < 32 && (MAY_MAKE_ANY_ROLE >> by->role & 1u) != 0)
		return lg_done();
	if (wanted->role != by->role)
		return lg_refuse("only a lead or operator subscribes for another role");
	if (is_ngo && !lg_id_equal(wanted->organisation, by->organisation))
		return lg_refuse("it is not the organisation of this account: ask a lead");
	return lg_done();
}

static struct lg_status check_address(const struct subscription *wanted, const char *address)
{
	switch (wanted->channel) {
	case CHANNEL_FILE:
		if (address[0] != '\0')
			return lg_refuse("files have no address");
		return lg_done();
	case CHANNEL_SMTP:
		if (!is_mail_address(address))
			return lg_refuse("address is no mail address");
		return lg_done();
	case CHANNEL_KIND_COUNT:
		break;
	}
	return lg_refuse("there is no such channel");
}

struct lg_status subscription_check(
	const struct subscription *wanted, const char *address, const struct subscriber *by)
{
	struct lg_status status = check_role(wanted, by);

	if (lg_is_done(status))
		status = check_events(wanted);
	if (lg_is_done(status) && !is_station(wanted->station))
		status = lg_refuse("station is 1 to 8 capital letters, or nothing");
	if (lg_is_done(status))
		status = check_address(wanted, address);
	return status;
}

struct lg_status subscription_make(struct subscription *s, const struct subscription *wanted,
	const struct subscriber *by, lg_ms now, bool *ret_repeated)
{
	if (s->state == SUBSCRIPTION_ENDED)
		return lg_refuse("this subscription has ended: make another one");
	if (s->state == SUBSCRIPTION_ACTIVE) {
		if (memcmp(s->digest, wanted->digest, sizeof s->digest) != 0)
			return lg_refuse("made before with other content");
		*ret_repeated = true;
		return lg_done();
	}

	*s = *wanted;
	s->state = SUBSCRIPTION_NEW;
	s->made_by = by->user;
	s->made_at = now;
	*ret_repeated = false;
	return move(s, SUBSCRIBE);
}

struct lg_status subscription_end(struct subscription *s, const struct subscriber *by)
{
	bool may_end_any = by->role < 32 && (MAY_MAKE_ANY_ROLE >> by->role & 1u) != 0;

	if (s->state == SUBSCRIPTION_NEW)
		return lg_refuse("there is no such subscription");
	if (!may_end_any && !lg_id_equal(s->made_by, by->user))
		return lg_refuse("it is somebody else's subscription");
	if (s->state == SUBSCRIPTION_ENDED)
		return lg_done();
	return move(s, UNSUBSCRIBE);
}

bool subscription_wants(const struct subscription *s, const struct told *told)
{
	bool is_ngo = s->role == LIFEGUARD__CODES__ROLE__NGO_WORKER;
	bool names_one = !lg_id_is_zero(told->organisation);

	if (s->state != SUBSCRIPTION_ACTIVE || (s->events >> told->event & 1u) == 0)
		return false;
	if (!told_may_hear(s->role, told->event)) /* the table was narrowed since */
		return false;
	if (s->station[0] != '\0' && told->station != NULL &&
		strcmp(s->station, told->station) != 0)
		return false;
	if (names_one && !lg_id_is_zero(s->organisation))
		return lg_id_equal(s->organisation, told->organisation);
	return names_one || !is_ngo;
}
