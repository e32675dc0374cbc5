/* Somebody asks how far they came. */
#include "services/reporting/handlers.h"

#include "proto/codes.pb-c.h"
#include "proto/reporting.pb-c.h"

void load_journey_report(struct lg_batch *batch, struct lg_item *item)
{
	struct journey_report_work *work = item->work;

	work->counted = read_journey(batch);
	work->paired = read_person_pairs(batch);
}

/* Rows of the counters, and behind them those that the pairs give. */
static struct lg_status gather(struct lg_item *item)
{
	struct journey_report_work *work = item->work;
	size_t counted = (size_t)work->counted->count, paired = (size_t)work->paired->count;
	struct person_pair *pairs = lg_alloc_array(item->arena, paired, sizeof *pairs);
	size_t found = 0;

	if (paired > PERSON_PAIRS_MAX)
		return lg_refuse("more pairs of records than a report can join");
	work->rows = lg_alloc_array(item->arena, counted + paired, sizeof *work->rows);
	for (size_t i = 0; i < counted; i++) {
		struct lg_status status = journey_from_row(work->counted, (int)i, &work->rows[i]);

		if (!lg_is_done(status))
			return status;
	}
	for (size_t i = 0; i < paired; i++)
		pairs[i] = person_pair_from_row(work->paired, (int)i);
	person_pairs_count(item->arena, pairs, paired, work->rows + counted, &found);
	work->count = counted + found;
	return lg_done();
}

struct lg_status decide_journey_report(struct lg_item *item)
{
	const Lifeguard__Reporting__ReportJourney *message =
		(const Lifeguard__Reporting__ReportJourney *)item->message;
	struct journey_report_work *work = item->work;
	struct report_grouping grouping;
	struct lg_status status =
		report_grouping_of((const char *const *)message->by, message->n_by, &grouping);

	if (lg_is_done(status))
		status = gather(item);
	if (lg_is_done(status))
		status = journey_add_up(
			work->rows, work->count, grouping, &work->count, work->totals);
	return status;
}

static void add_rows(struct lg_item *item, Lifeguard__Reporting__JourneyReported *answer)
{
	struct journey_report_work *work = item->work;
	Lifeguard__Reporting__JourneyCount *rows =
		lg_alloc_array(item->arena, work->count, sizeof *rows);

	answer->rows = lg_alloc_array(item->arena, work->count, sizeof *answer->rows);
	answer->n_rows = work->count;
	for (size_t i = 0; i < work->count; i++) {
		lifeguard__reporting__journey_count__init(&rows[i]);
		rows[i].station = work->rows[i].station;
		rows[i].month = work->rows[i].month;
		rows[i].what =
			lg_copy_text(item->arena, journey_counters[work->rows[i].counter].name);
		rows[i].count = (uint64_t)work->rows[i].amount;
		answer->rows[i] = &rows[i];
	}
}

static void add_totals(struct lg_item *item, Lifeguard__Reporting__JourneyReported *answer)
{
	const struct journey_report_work *work = item->work;
	Lifeguard__Reporting__JourneyTotal *totals =
		lg_alloc_array(item->arena, JOURNEY_COUNTERS, sizeof *totals);

	answer->totals = lg_alloc_array(item->arena, JOURNEY_COUNTERS, sizeof *answer->totals);
	answer->n_totals = JOURNEY_COUNTERS;
	for (size_t i = 0; i < JOURNEY_COUNTERS; i++) {
		lifeguard__reporting__journey_total__init(&totals[i]);
		totals[i].what = lg_copy_text(item->arena, journey_counters[i].name);
		totals[i].means = lg_copy_text(item->arena, journey_counters[i].means);
		totals[i].count = (uint64_t)work->totals[i];
		answer->totals[i] = &totals[i];
	}
}

void store_journey_report(struct lg_batch *batch, struct lg_item *item)
{
	const struct journey_report_work *work = item->work;
	Lifeguard__Reporting__JourneyReported answer = LIFEGUARD__REPORTING__JOURNEY_REPORTED__INIT;

	add_rows(item, &answer);
	add_totals(item, &answer);
	answer.persons = (uint64_t)journey_persons(work->totals);
	answer.rebuilding = lg_batch_is_behind(batch);
	lg_audit(batch, item, LG_AUDIT_LIST, LIFEGUARD__CODES__PURPOSE__STATISTICS);
	lg_answer(batch, item, &answer.base);
}
