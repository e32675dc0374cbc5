/* What intake tells of a talk becomes a share of the totals and a hop of the case's trace. */
#include "services/reporting/handlers.h"

#include "proto/intake.pb-c.h"

struct lg_status decide_engaged(struct lg_item *item)
{
	const Lifeguard__Intake__MigrantEngaged *message =
		(const Lifeguard__Intake__MigrantEngaged *)item->message;
	struct event_work *work = item->work;
	struct lg_status status =
		projection_row(message->station, message->engaged_ms, &work->delta);
	bool has_suspects = message->suspects_case ==
			    LIFEGUARD__INTAKE__MIGRANT_ENGAGED__SUSPECTS_STATED_SUSPECTS;

	if (lg_is_done(status))
		projection_add_engaged(&work->delta, message->stated_victims,
			has_suspects ? message->stated_suspects : 0);
	return status;
}

struct lg_status decide_screened(struct lg_item *item)
{
	const Lifeguard__Intake__ScreeningCompleted *message =
		(const Lifeguard__Intake__ScreeningCompleted *)item->message;
	struct event_work *work = item->work;
	struct lg_status status =
		projection_row(message->station, message->engaged_ms, &work->delta);
	bool has_reported = message->reported_case ==
			    LIFEGUARD__INTAKE__SCREENING_COMPLETED__REPORTED_REPORTED_POINTS;

	if (lg_is_done(status))
		projection_add_screened(
			&work->delta, message->points, has_reported, message->reported_points);
	return status;
}

static struct lg_status listed_from_wire(
	Lifeguard__Codes__PersonKind wire, enum listed_as *ret_listed)
{
	if (wire != LIFEGUARD__CODES__PERSON_KIND__POTENTIAL_VICTIM &&
		wire != LIFEGUARD__CODES__PERSON_KIND__SUSPECT)
		return lg_refuse("a person is potential_victim or suspect");
	*ret_listed = wire == LIFEGUARD__CODES__PERSON_KIND__SUSPECT ? LISTED_AS_SUSPECT
								     : LISTED_AS_VICTIM;
	return lg_done();
}

struct lg_status decide_identified(struct lg_item *item)
{
	const Lifeguard__Intake__PersonIdentified *message =
		(const Lifeguard__Intake__PersonIdentified *)item->message;
	struct event_work *work = item->work;
	enum listed_as listed = LISTED_AS_VICTIM;
	struct lg_status status = listed_from_wire(message->kind, &listed);

	if (lg_is_done(status))
		status = projection_row(message->station, message->engaged_ms, &work->delta);
	if (lg_is_done(status))
		projection_add_person(&work->delta, listed);
	return status;
}

void store_hop(struct lg_batch *batch, struct lg_item *item)
{
	uint64_t work_us = lg_batch_work_us(batch);
	const struct stored_event event = {
		.case_id = item->key,
		.event_id = item->event->event_id,
		.type = item->type->number,
		.recorded_at = item->event->recorded_at,
		.arrived_at = item->arrived_at,
		.applied_at = item->now + (lg_ms)(work_us / 1000),
		.wait_us = item->wait_us,
		.work_us = work_us,
		.site = item->event->site,
		.service = item->event->service,
		.trace = item->event->trace,
		.hop = item->event->hop,
	};

	write_case_event(batch, item->partition, &event);
}

void store_event(struct lg_batch *batch, struct lg_item *item)
{
	const struct event_work *work = item->work;

	write_interception(batch, item->partition, &work->delta);
	store_hop(batch, item);
}
