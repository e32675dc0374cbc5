/* What reporting keeps in PostgreSQL, and how it is asked for and written. */
#ifndef SERVICES_REPORTING_STORE_H
#define SERVICES_REPORTING_STORE_H

#include "common/run/handler.h"
#include "services/reporting/domain/report.h"

/* Tables of statements; each ends with a row whose name is NULL. */
extern const struct lg_statement store_interception[];
extern const struct lg_statement store_case_event[];
extern const struct lg_statement *const store_tables[];
#define STORE_TABLE_COUNT 2

/* --- totals (store_interception.c) ----------------------------------------------------- */

/* Totals per station and month, over all partitions. */
struct lg_found *read_interceptions(struct lg_batch *batch);

/* One of them; row counts from 0. */
struct interception_row interception_from_row(const struct lg_found *found, int row);

/* Adds an event's share to its row; never replaces, so that an event applied twice would show. */
void write_interception(
	struct lg_batch *batch, uint8_t partition, const struct interception_row *delta);

/* Deletes what the events of a partition added. */
void forget_interceptions(struct lg_batch *batch, uint8_t partition);

/* --- traces (store_case_event.c) ------------------------------------------------------- */

struct stored_event {
	struct lg_id case_id, event_id;
	uint32_t type; /* registry number */
	lg_ms recorded_at, arrived_at, applied_at;
	uint64_t wait_us, work_us;
};

/* Events of a case, in order of effect. */
struct lg_found *read_case_events(struct lg_batch *batch, const struct lg_item *item);

/* One of them; row counts from 0. */
struct stored_event case_event_from_row(const struct lg_found *found, int row);

/* Adds a hop; nothing is compared with what is there. */
void write_case_event(struct lg_batch *batch, uint8_t partition, const struct stored_event *event);

/* Deletes the hops of a partition's events. */
void forget_case_events(struct lg_batch *batch, uint8_t partition);

#endif
