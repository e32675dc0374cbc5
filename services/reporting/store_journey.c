/* The table journey_month: the journey's counters, per partition as the totals are. */
#include <assert.h>

#include "services/reporting/store.h"

enum { SELECT_JOURNEY, ADD_JOURNEY, FORGET_JOURNEY };

#define JOURNEY_KEY 4 /* columns */

const struct lg_statement store_journey_month[] = {
	[SELECT_JOURNEY] = {
		.name = "select_journey",
		.sql = "SELECT station, month, counter, sum(amount)::bigint"
		       "  FROM journey_month"
		       " GROUP BY station, month, counter"
		       " ORDER BY station, month, counter",
	},
	[ADD_JOURNEY] = {
		/* one statement may touch a row only once: a batch's shares are added up before */
		.name = "add_journey",
		.sql = "INSERT INTO journey_month AS m (p, station, month, counter, amount)"
		       " SELECT unnest($1::smallint[]), unnest($2::text[]), unnest($3::text[]),"
		       "       unnest($4::text[]), unnest($5::bigint[])"
		       "    ON CONFLICT (p, station, month, counter) DO UPDATE"
		       "   SET amount = m.amount + EXCLUDED.amount",
		.param_count = 5,
		.params = { LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S },
	},
	[FORGET_JOURNEY] = {
		.name = "forget_journey",
		.sql = "DELETE FROM journey_month"
		       " WHERE p = ANY ($1::smallint[])",
		.param_count = 1,
		.params = { LG_SQL_INT2S },
	},
	{ .name = NULL },
};

struct lg_found *read_journey(struct lg_batch *batch)
{
	return lg_read(batch, &store_journey_month[SELECT_JOURNEY], NULL);
}

struct lg_status journey_from_row(const struct lg_found *read, int row, struct journey_row *ret_row)
{
	struct lg_bytes station = lg_field_bytes(read->result, row, 0);
	struct lg_bytes month = lg_field_bytes(read->result, row, 1);
	struct lg_bytes counter = lg_field_bytes(read->result, row, 2);
	struct journey_row journey = { .amount = lg_field_int(read->result, row, 3) };

	assert(station.size <= STATION_MAX);
	assert(month.size == MONTH_SIZE - 1);
	memcpy(journey.station, station.data, station.size);
	memcpy(journey.month, month.data, month.size);

	struct lg_status status =
		journey_counter_of((const char *)counter.data, counter.size, &journey.counter);

	if (lg_is_done(status))
		*ret_row = journey;
	return status;
}

void write_journey(struct lg_batch *batch, uint8_t partition, const struct journey_share *share)
{
	for (uint32_t i = 0; i < share->count; i++) {
		const struct lg_value values[] = {
			lg_v_int(partition),
			lg_v_text(share->station),
			lg_v_text(share->month),
			lg_v_text(journey_counters[share->at[i].counter].name),
			lg_v_int(share->at[i].amount),
		};

		lg_add_up(batch, &store_journey_month[ADD_JOURNEY], JOURNEY_KEY, values);
	}
}

void forget_journey(struct lg_batch *batch, uint8_t partition)
{
	lg_insert(batch, &store_journey_month[FORGET_JOURNEY],
		(const struct lg_value[]){ lg_v_int(partition) });
}
