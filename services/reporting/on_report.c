/* Somebody asks how many. */
#include "services/reporting/handlers.h"

#include "proto/codes.pb-c.h"
#include "proto/reporting.pb-c.h"

void load_report(struct lg_batch *batch, struct lg_item *item)
{
	struct report_work *work = item->work;

	work->found = read_interceptions(batch);
}

struct lg_status decide_report(struct lg_item *item)
{
	const Lifeguard__Reporting__ReportInterceptions *message =
		(const Lifeguard__Reporting__ReportInterceptions *)item->message;
	struct report_work *work = item->work;
	struct report_grouping grouping;
	struct lg_status status =
		report_grouping_of((const char *const *)message->by, message->n_by, &grouping);

	if (!lg_is_done(status))
		return status;
	work->rows = lg_alloc_array(
		item->arena, (size_t)work->found->count, sizeof(struct interception_row));
	for (int i = 0; i < work->found->count; i++)
		work->rows[i] = interception_from_row(work->found, i);
	return report_add_up(
		work->rows, (size_t)work->found->count, grouping, &work->count, &work->total);
}

static void totals_to_wire(const struct interception_counts *counts,
	Lifeguard__Reporting__InterceptionTotals *ret_wire)
{
	lifeguard__reporting__interception_totals__init(ret_wire);
	ret_wire->interceptions = (uint64_t)counts->interceptions;
	ret_wire->victims = (uint64_t)counts->victims;
	ret_wire->suspects = (uint64_t)counts->suspects;
	ret_wire->stated_victims = (uint64_t)counts->stated_victims;
	ret_wire->stated_suspects = (uint64_t)counts->stated_suspects;
	ret_wire->points = (uint64_t)counts->points;
	ret_wire->points_differ = (uint64_t)counts->points_differ;
}

void store_report(struct lg_batch *batch, struct lg_item *item)
{
	struct report_work *work = item->work;
	Lifeguard__Reporting__InterceptionsReported answer =
		LIFEGUARD__REPORTING__INTERCEPTIONS_REPORTED__INIT;
	Lifeguard__Reporting__InterceptionTotals total;
	Lifeguard__Reporting__InterceptionTotals *rows =
		lg_alloc_array(item->arena, work->count, sizeof *rows);

	answer.rows = lg_alloc_array(item->arena, work->count, sizeof *answer.rows);
	answer.n_rows = work->count;
	for (size_t i = 0; i < work->count; i++) {
		totals_to_wire(&work->rows[i].counts, &rows[i]);
		rows[i].station = work->rows[i].station;
		rows[i].month = work->rows[i].month;
		answer.rows[i] = &rows[i];
	}
	totals_to_wire(&work->total, &total);
	answer.total = &total;
	answer.rebuilding = lg_batch_is_behind(batch);
	lg_audit(batch, item, LG_AUDIT_LIST, LIFEGUARD__CODES__PURPOSE__STATISTICS);
	lg_answer(batch, item, &answer.base);
}
