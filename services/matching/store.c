/* All statements of matching, in one list for whoever prepares or checks them. */
#include "services/matching/store.h"

const struct lg_statement *const store_tables[STORE_TABLE_COUNT] = {
	store_person_record,
	store_match,
	store_trace,
	store_watch,
	store_weights,
};
