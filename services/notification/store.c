/* All statements of notification, in one list for whoever prepares or checks them. */
#include "services/notification/store.h"

const struct lg_statement *const store_tables[STORE_TABLE_COUNT] = {
	store_subscription,
	store_notice,
};
