/* All statements of reporting, in one list for whoever prepares or checks them. */
#include "services/reporting/store.h"

const struct lg_statement *const store_tables[STORE_TABLE_COUNT] = {
	store_interception,
	store_journey_month,
	store_person_pair,
	store_case_event,
};
