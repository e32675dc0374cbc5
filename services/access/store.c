/* All statements of access, in one list for whoever prepares or checks them. */
#include "services/access/store.h"

const struct lg_statement *const store_tables[STORE_TABLE_COUNT] = {
	store_account,
	store_session,
};
