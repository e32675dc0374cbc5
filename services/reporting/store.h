/* What reporting keeps in PostgreSQL, and how it is asked for and written. */
#ifndef SERVICES_REPORTING_STORE_H
#define SERVICES_REPORTING_STORE_H

#include "common/run/handler.h"
#include "services/reporting/domain/journey_report.h"
#include "services/reporting/domain/person_pair.h"

/* Tables of statements; each ends with a row whose name is NULL. */
extern const struct lg_statement store_interception[];
extern const struct lg_statement store_journey_month[];
extern const struct lg_statement store_person_pair[];
extern const struct lg_statement store_case_event[];
extern const struct lg_statement *const store_tables[];
#define STORE_TABLE_COUNT 4

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

/* --- the journey (store_journey.c) ----------------------------------------------------- */

/* Counters per station and month, over all partitions. */
struct lg_found *read_journey(struct lg_batch *batch);

/*
 * One of them; row counts from 0.
 *   refused  a counter that this version does not know
 */
LG_MUST_CHECK struct lg_status journey_from_row(
	const struct lg_found *read, int row, struct journey_row *ret_row);

/* Adds an event's share; never replaces, so that an event applied twice would show. */
void write_journey(struct lg_batch *batch, uint8_t partition, const struct journey_share *share);

/* Deletes what the events of a partition added. */
void forget_journey(struct lg_batch *batch, uint8_t partition);

/* --- who is one person (store_person_pair.c) ------------------------------------------- */

/* Confirmed pairs of all partitions, by month; one more than PERSON_PAIRS_MAX at most. */
struct lg_found *read_person_pairs(struct lg_batch *batch);

/* One of them; row counts from 0. */
struct person_pair person_pair_from_row(const struct lg_found *read, int row);

/* Adds a pair. */
void write_person_pair(struct lg_batch *batch, uint8_t partition, const struct person_pair *pair);

/* Deletes the pairs of a partition. */
void forget_person_pairs(struct lg_batch *batch, uint8_t partition);

/* --- traces (store_case_event.c) ------------------------------------------------------- */

struct stored_event {
	struct lg_id case_id, event_id;
	uint32_t type; /* registry number */
	lg_ms recorded_at, arrived_at, applied_at;
	uint64_t wait_us, work_us;
	uint16_t site;
	uint32_t service; /* both: that published it */
	struct lg_trace trace;
	struct lg_hop hop;
};

/* Events of a case and of the keys that its traces led to, in order of effect. */
struct lg_found *read_case_events(struct lg_batch *batch, const struct lg_item *item);

/* One of them; row counts from 0. */
struct stored_event case_event_from_row(const struct lg_found *found, int row);

/* Adds a hop; nothing is compared with what is there. */
void write_case_event(struct lg_batch *batch, uint8_t partition, const struct stored_event *event);

/* Deletes the hops of a partition's events. */
void forget_case_events(struct lg_batch *batch, uint8_t partition);

#endif
