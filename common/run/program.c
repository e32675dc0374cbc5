#include "common/run/program.h"

#include <assert.h>
#include <stdlib.h>

#include <sodium.h>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/db/audit.h"
#include "common/db/due.h"
#include "common/db/home.h"
#include "common/db/inbox.h"
#include "common/db/migrate.h"
#include "common/db/outbox.h"
#include "common/db/subject_key.h"
#include "common/db/survey.h"
#include "common/db/version.h"
#include "common/run/service.h"
#include "common/watch/harden.h"

#define VERSION         "0.1.0"
#define KEYRING_WARN_MS (60 * LG_DAY_MS)

struct options {
	const char *config;
	struct lg_settings settings;
	bool only_check, adopt, migrate, states, statements, help, version;
};

/* clang-format off */
static const struct lg_option option_table[] = {
	{ "config",       LG_OPTION_TEXT, offsetof(struct options, config),            "",                   0, 0, "file to read these from, one section per service" },
	{ "keys",         LG_OPTION_TEXT, offsetof(struct options, settings.keys),     "keys",               0, 0, "folder of the site's keyring and of the service's own keys" },
	{ "bus",          LG_OPTION_TEXT, offsetof(struct options, settings.bus),      "ipc://run/bus.sock", 0, 0, "address of lg-bus" },
	{ "database",     LG_OPTION_TEXT, offsetof(struct options, settings.database), "",                   0, 0, "connection string of PostgreSQL, without a password" },
	{ "health",       LG_OPTION_TEXT, offsetof(struct options, settings.health),   "",                   0, 0, "address of /healthz /readyz /metrics; \"\": none" },
	{ "data",         LG_OPTION_TEXT, offsetof(struct options, settings.data),     "data",               0, 0, "folder of the service's data files" },
	{ "check-config", LG_OPTION_FLAG, offsetof(struct options, only_check),        "no",                 0, 0, "say what is wrong with these, the keys and the data, or nothing" },
	{ "migrate",      LG_OPTION_FLAG, offsetof(struct options, migrate),           "no",                 0, 0, "bring the schema up to date (database of the migrator) and end" },
	{ "adopt",        LG_OPTION_FLAG, offsetof(struct options, adopt),             "no",                 0, 0, "say that the database has moved to this machine, and end" },
	{ "states",       LG_OPTION_FLAG, offsetof(struct options, states),            "no",                 0, 0, "print the life cycles as Markdown" },
	{ "statements",   LG_OPTION_FLAG, offsetof(struct options, statements),        "no",                 0, 0, "print every SQL statement: name, tab, text" },
	{ "help",         LG_OPTION_FLAG, offsetof(struct options, help),              "no",                 0, 0, "print this" },
	{ "version",      LG_OPTION_FLAG, offsetof(struct options, version),           "no",                 0, 0, "print the version" },
	{ NULL, LG_OPTION_TEXT, 0, NULL, 0, 0, NULL },
};
/* clang-format on */

uint32_t lg_program_tables(
	const struct lg_service *service, const struct lg_statement *ret_tables[LG_TABLES_MAX])
{
	uint32_t count = 0;

	ret_tables[count++] = lg_fence_statements;
	ret_tables[count++] = lg_outbox_statements;
	ret_tables[count++] = lg_inbox_statements;
	ret_tables[count++] = lg_audit_statements;
	ret_tables[count++] = lg_subject_key_statements;
	ret_tables[count++] = lg_due_statements;
	ret_tables[count++] = lg_home_statements;
	ret_tables[count++] = lg_survey_statements;
	ret_tables[count++] = lg_version_statements;
	for (uint32_t i = 0; i < service->table_count; i++) {
		assert(count < LG_TABLES_MAX);
		ret_tables[count++] = service->tables[i];
	}
	return count;
}

static int complain(const struct lg_service *service, const char *problem)
{
	fprintf(stderr, "lg-%s: %s\n", service->name, problem);
	return 1;
}

/* --- what a program says of itself ---------------------------------------------------------- */

static int print_states(const struct lg_service *service)
{
	for (uint32_t i = 0; service->lives != NULL && service->lives[i] != NULL; i++)
		lg_lifecycle_print(service->lives[i], stdout);
	return 0;
}

static int print_statements(const struct lg_service *service)
{
	const struct lg_statement *tables[LG_TABLES_MAX];
	uint32_t count = lg_program_tables(service, tables);

	for (uint32_t i = 0; i < count; i++)
		for (const struct lg_statement *s = tables[i]; s->name != NULL; s++)
			printf("%s\t%s\n", s->name, s->sql);
	return 0;
}

static int migrate(const struct lg_service *service, const struct options *options)
{
	const char *problem = "the schema could not be brought up to date";

	if (!lg_is_done(lg_migrate(options->settings.database, service->name, &problem)))
		return complain(service, problem);
	return 0;
}

static int adopt(const struct lg_service *service, const struct options *options)
{
	struct lg_status status = lg_home_adopt(options->settings.database, service->name);

	return lg_is_done(status) ? 0 : complain(service, status.reason);
}

static int print_help(const struct lg_service *service)
{
	printf("lg-%s [--NAME VALUE...]\n\n%s\n\n", service->name, service->description);
	lg_config_help(stdout, option_table);
	puts("\nExit codes: 0 done, 1 failed, 2 wrong use.");
	return 0;
}

/* --- start ------------------------------------------------------------------------------ */

static int serve(struct lg_instance *instance)
{
	struct lg_status status = lg_service_serve(instance);

	return lg_is_done(status) ? 0 : complain(instance->service, status.reason);
}

/* The sites that we are linked with: those whose keyrings were trusted. */
static void load_peers(struct lg_instance *instance)
{
	instance->peers = lg_alloc_array(instance->arena, LG_SITES_MAX, sizeof *instance->peers);
	instance->peer_count = lg_keyring_peers(instance->settings.keys, lg_now(),
		&instance->keyring, instance->peers, LG_SITES_MAX - 1);
	for (uint32_t i = 0; i < instance->peer_count; i++)
		instance->peer_sites[i] = instance->peers[i].site;
}

/* A keyring that ends stops a site at its next start, and its lines before. */
static void warn_of_the_end(const struct lg_keyring *keyring)
{
	lg_ms left = keyring->not_after - lg_now();

	if (left < KEYRING_WARN_MS)
		lg_warn("the keyring ends soon: lifeguard site renew",
			lg_f_int("days", left / LG_DAY_MS));
}

/* Keys and data; serves unless that was all. */
static int check_and_serve(const struct lg_service *service, const struct options *options,
	struct lg_instance *instance)
{
	const char *problem = "the keys cannot be read";
	int result;

	if (!lg_is_done(lg_keyring_load(
		    options->settings.keys, lg_now(), &instance->keyring, &problem)) ||
		!lg_is_done(lg_own_keys_load(options->settings.keys, service->number,
			&instance->keyring, &instance->keys, &problem)))
		return complain(service, problem);
	warn_of_the_end(&instance->keyring);
	load_peers(instance);
	problem = "the data folder cannot be read";
	if (service->start != NULL && !lg_is_done(service->start(instance->arena,
					      options->settings.data, &instance->state, &problem)))
		result = complain(service, problem);
	else
		result = options->only_check ? 0 : serve(instance);
	lg_own_keys_free(instance->keys);
	return result;
}

static int run(
	const struct lg_service *service, const struct options *options, struct lg_arena *arena)
{
	struct lg_instance *instance;
	int result;

	if (options->help)
		return print_help(service);
	if (options->version) {
		printf("lg-%s " VERSION "\n", service->name);
		return 0;
	}
	if (options->states)
		return print_states(service);
	if (options->statements)
		return print_statements(service);
	if (options->migrate)
		return migrate(service, options);
	if (options->adopt)
		return adopt(service, options);

	instance = calloc(1, sizeof *instance);
	if (instance == NULL)
		abort();
	instance->service = service;
	instance->settings = options->settings;
	instance->arena = arena;
	result = check_and_serve(service, options, instance);
	free(instance);
	return result;
}

int lg_run(int argc, char **argv, const struct lg_service *service)
{
	struct lg_arena *arena;
	struct options options;
	const char *problem = NULL;
	int result;

	lg_harden();
	lg_log_open(service->name);
	if (sodium_init() < 0)
		abort();
	arena = lg_arena_new();
	if (lg_is_done(lg_config_read(arena, option_table, service->name,
		    lg_config_path(argc, argv), argc, argv, &options, &problem))) {
		result = run(service, &options, arena);
	} else {
		(void)complain(service, problem);
		result = 2;
	}
	lg_arena_free(arena);
	return result;
}
