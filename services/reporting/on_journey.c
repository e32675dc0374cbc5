/*
 * What intake, matching and notification tell of the journey becomes a share of its counters and a
 * hop of the case's trace.  What referral tells stands in on_referral.c.
 */
#include "services/reporting/handlers.h"

#include "proto/codes.pb-c.h"
#include "proto/intake.pb-c.h"
#include "proto/matching.pb-c.h"
#include "services/reporting/domain/person_pair.h"

/* The reason of a route that says: it had begun (proto/codes/reason.csv). */
static const char exploited[] = "exploited_in_india";

struct lg_status journey_begin(struct lg_item *item)
{
	struct journey_work *work = item->work;

	return journey_share_begin("", item->event->occurred_at, &work->share);
}

/* --- events that count one, whatever they say ------------------------------------------------ */

static const struct {
	uint32_t type;
	enum journey_counter counter;
} counted[] = {
	{ MISSING_PERSON_REPORTED, MISSING_REPORTED },
	{ MATCH_REJECTED, MATCHES_REJECTED },
	{ REFERRAL_RECEIVED, DESK_RECEIVED },
	{ REFERRAL_ACCEPTED, ACCEPTED },
	{ REFERRAL_WITHDRAWN, WITHDRAWN },
	{ REFERRAL_PASSED, PASSED },
	{ DESTRUCTION_ACKNOWLEDGED, DESK_DESTROYED },
	{ DESTRUCTION_OVERDUE, DESTRUCTION_OVERDUE_COUNT },
	{ REUNIFICATION_RECORDED, DESK_REUNIFIED },
	{ REHABILITATION_STARTED, DESK_REHABILITATED },
	{ DESTINATION_LINKED, DESTINATION_LINKED_COUNT },
	{ NOTIFICATION_SENT, NOTICES_SENT },
	{ NOTIFICATION_FAILED, NOTICES_FAILED },
};

struct lg_status decide_counted(struct lg_item *item)
{
	struct journey_work *work = item->work;
	struct lg_status status = journey_begin(item);
	size_t place = 0;

	while (counted[place].type != item->type->number)
		place++;
	if (lg_is_done(status))
		journey_share_add(&work->share, counted[place].counter, 1);
	return status;
}

/* HandoverConfirmed: both sides of one site tell it; FeedbackGiven and HandoverRecorded count. */
struct lg_status decide_traced(struct lg_item *item)
{
	return journey_begin(item);
}

/* --- intake ---------------------------------------------------------------------------------- */

/* A share of the station where it happened. */
static struct lg_status begin_at_station(
	struct journey_work *work, const char *station, lg_ms happened_at)
{
	if (station[0] == '\0')
		return lg_refuse("the event names no station");
	return journey_share_begin(station, happened_at, &work->share);
}

struct lg_status decide_informed(struct lg_item *item)
{
	const Lifeguard__Intake__MigrantsInformed *message =
		(const Lifeguard__Intake__MigrantsInformed *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = begin_at_station(work, message->station, message->informed_ms);

	if (!lg_is_done(status))
		return status;
	journey_share_add(&work->share, INFORMED_WOMEN, message->women);
	journey_share_add(&work->share, INFORMED_GIRLS, message->girls);
	journey_share_add(&work->share, INFORMED_MEN, message->men);
	journey_share_add(&work->share, INFORMED_BOYS, message->boys);
	return status;
}

static struct lg_status route_from_wire(Lifeguard__Codes__Route wire, enum journey_route *ret_route)
{
	static const struct {
		Lifeguard__Codes__Route wire;
		enum journey_route route;
	} routes[] = {
		{ LIFEGUARD__CODES__ROUTE__R0_ADVISE, VIA_R0 },
		{ LIFEGUARD__CODES__ROUTE__R1_HAND_BACK, VIA_R1 },
		{ LIFEGUARD__CODES__ROUTE__R2_INDIAN_PROCEEDINGS, VIA_R2 },
		{ LIFEGUARD__CODES__ROUTE__R3_STOPPED_IN_NEPAL, VIA_R3 },
		{ LIFEGUARD__CODES__ROUTE__R4_INDIAN_CITIZEN, VIA_R4 },
	};

	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		if (routes[i].wire != wire)
			continue;
		*ret_route = routes[i].route;
		return lg_done();
	}
	return lg_refuse("a route is R0 to R4");
}

static enum journey_sex sex_from_wire(Lifeguard__Codes__Sex wire)
{
	if (wire == LIFEGUARD__CODES__SEX__FEMALE)
		return SEX_FEMALE;
	return wire == LIFEGUARD__CODES__SEX__MALE ? SEX_MALE : SEX_OTHERS;
}

struct lg_status decide_rescued(struct lg_item *item)
{
	const Lifeguard__Intake__RescueRecorded *message =
		(const Lifeguard__Intake__RescueRecorded *)item->message;
	struct journey_work *work = item->work;
	struct journey_person person = {
		.sex = sex_from_wire(message->sex),
		.is_exploited = strcmp(message->reason, exploited) == 0,
		.has_age = message->age_case == LIFEGUARD__INTAKE__RESCUE_RECORDED__AGE_AGE_YEARS,
		.age_years = message->age_years,
	};
	struct lg_status status = route_from_wire(message->route, &person.route);

	if (lg_is_done(status))
		status = begin_at_station(work, message->station, message->rescued_ms);
	if (lg_is_done(status))
		journey_share_rescued(&work->share, &person);
	return status;
}

struct lg_status decide_step(struct lg_item *item)
{
	const Lifeguard__Intake__StepDone *message =
		(const Lifeguard__Intake__StepDone *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = journey_begin(item);

	if (lg_is_done(status))
		journey_share_add(&work->share,
			message->not_applicable ? STEPS_NOT_APPLICABLE : STEPS_DONE, 1);
	return status;
}

/* --- matching -------------------------------------------------------------------------------- */

/* Told to the key of each record: counted where the left one is at home. */
static bool is_left_at_home(const struct lg_item *item, ProtobufCBinaryData left_case)
{
	return lg_bytes_equal(lg_bytes(left_case.data, left_case.len), lg_id_bytes(&item->key));
}

struct lg_status decide_match_proposed(struct lg_item *item)
{
	const Lifeguard__Matching__MatchProposed *message =
		(const Lifeguard__Matching__MatchProposed *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = journey_begin(item);

	if (lg_is_done(status) && is_left_at_home(item, message->left_case))
		journey_share_add(&work->share, MATCHES_PROPOSED, 1);
	return status;
}

/* Told and taken back it is the same pair. */
static struct lg_status pair_from_wire(Lifeguard__Matching__MatchKind kind,
	const ProtobufCBinaryData *left, const ProtobufCBinaryData *right,
	struct person_pair *ret_pair)
{
	struct person_pair pair = {
		.is_report = kind == LIFEGUARD__MATCHING__MATCH_KIND__RESCUED_AND_MISSING,
	};
	struct lg_status status = lg_id_from_bytes(lg_bytes(left->data, left->len), &pair.left);

	if (!pair.is_report && kind != LIFEGUARD__MATCHING__MATCH_KIND__SEEN_BEFORE)
		return lg_refuse("a match is with a report or with an earlier case");
	if (lg_is_done(status))
		status = lg_id_from_bytes(lg_bytes(right->data, right->len), &pair.right);
	if (lg_is_done(status) && (lg_id_is_zero(pair.left) || lg_id_is_zero(pair.right)))
		status = lg_refuse("a match names two records");
	if (lg_is_done(status))
		*ret_pair = pair;
	return status;
}

/* Counted by the home of the left case alone, since both are told. */
static struct lg_status decide_pair(struct lg_item *item, Lifeguard__Matching__MatchKind kind,
	const ProtobufCBinaryData *left, const ProtobufCBinaryData *right,
	ProtobufCBinaryData left_case, bool is_undone)
{
	struct journey_work *work = item->work;
	struct lg_status status = pair_from_wire(kind, left, right, &work->pair);

	if (lg_is_done(status))
		status = journey_begin(item);
	if (!lg_is_done(status) || !is_left_at_home(item, left_case))
		return status;
	work->has_pair = true;
	work->pair.is_undone = is_undone;
	memcpy(work->pair.month, work->share.month, MONTH_SIZE);
	journey_share_add(&work->share, is_undone ? MATCHES_UNDONE : MATCHES_CONFIRMED, 1);
	return status;
}

struct lg_status decide_match_confirmed(struct lg_item *item)
{
	const Lifeguard__Matching__MatchConfirmed *message =
		(const Lifeguard__Matching__MatchConfirmed *)item->message;

	return decide_pair(
		item, message->kind, &message->left, &message->right, message->left_case, false);
}

struct lg_status decide_match_undone(struct lg_item *item)
{
	const Lifeguard__Matching__MatchUndone *message =
		(const Lifeguard__Matching__MatchUndone *)item->message;

	return decide_pair(
		item, message->kind, &message->left, &message->right, message->left_case, true);
}

/* One that another site found is counted there. */
struct lg_status decide_watchlist_hit(struct lg_item *item)
{
	const Lifeguard__Matching__WatchlistHit *message =
		(const Lifeguard__Matching__WatchlistHit *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = journey_begin(item);

	if (lg_is_done(status) && message->origin_site == 0)
		journey_share_add(&work->share, WATCHLIST_HITS, 1);
	return status;
}

void store_journey(struct lg_batch *batch, struct lg_item *item)
{
	const struct journey_work *work = item->work;

	write_journey(batch, item->partition, &work->share);
	if (work->has_pair)
		write_person_pair(batch, item->partition, &work->pair);
	store_hop(batch, item);
}

/* No case, so that nobody can ask for its trace: a row for each was a third of what a tally cost here. */
void store_tally(struct lg_batch *batch, struct lg_item *item)
{
	const struct journey_work *work = item->work;

	write_journey(batch, item->partition, &work->share);
}
