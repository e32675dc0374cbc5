/* All statements of intake, in one list for whoever prepares or checks them. */
#include "services/intake/store.h"

const struct lg_statement *const store_tables[STORE_TABLE_COUNT] = {
	store_case_file,
	store_person,
	store_case_step,
};
