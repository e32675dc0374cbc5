/*
 * lg-access: accounts and sessions.  It alone signs the tokens that say who acts.
 *
 * Reading order: handlers.c (what is taken), on_login.c (load, ponder, decide, store),
 * domain/account.c (its rules), bootstrap.c (the first accounts of a site).
 */
#include <sodium.h>

#include "common/run/service.h"
#include "services/access/bootstrap.h"
#include "services/access/handlers.h"

static struct lg_status start(
	struct lg_arena *arena, const char *data_folder, void **ret_state, const char **ret_problem)
{
	struct access_state *state = NULL;
	struct lg_status status = lg_refuse("libsodium does not start");

	(void)data_folder;
	if (sodium_init() >= 0)
		status = access_state_make(arena, &state);
	if (!lg_is_done(status))
		*ret_problem = status.reason;
	*ret_state = state;
	return status;
}

static const struct lg_service access_service = {
	.number = LG_SERVICE_ACCESS,
	.name = "access",
	.description = "accounts, passwords, session tokens",
	.handlers = access_handlers,
	.tables = store_tables,
	.table_count = STORE_TABLE_COUNT,
	.is_single_writer = true, /* an account is looked up by name, not by partition */
	.start = start,
};

int main(int argc, char **argv)
{
	if (bootstrap_is_asked(argc, argv))
		return bootstrap_run(argc, argv);
	return lg_run(argc, argv, &access_service);
}
