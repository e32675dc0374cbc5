#include "common/db/home.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MACHINE_SIZE 16

enum { HOME_KEEP, HOME_READ };

const struct lg_statement lg_home_statements[] = {
	[HOME_KEEP] = {
		.name = "home_keep",
		.sql = "INSERT INTO home (machine) VALUES ($1) ON CONFLICT (one) DO NOTHING",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[HOME_READ] = {
		.name = "home_read",
		.sql = "SELECT machine FROM home WHERE one",
	},
	{ .name = NULL },
};

struct asking {
	struct lg_arena *arena;
	uint8_t machine[MACHINE_SIZE];
	bool is_home;
	void (*answer)(void *user, bool is_home);
	void *user;
};

static void this_machine(uint8_t ret_machine[MACHINE_SIZE])
{
	char text[128];
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof text);

	if (fd >= 0)
		close(fd);
	crypto_generichash(ret_machine, MACHINE_SIZE, (const uint8_t *)text,
		size < 0 ? 0 : (unsigned long long)size, NULL, 0);
}

static void home_read(void *argument, const PGresult *result)
{
	struct asking *asking = argument;

	asking->is_home = result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK &&
			  PQntuples(result) == 1 &&
			  lg_bytes_equal(lg_field_bytes(result, 0, 0),
				  lg_bytes(asking->machine, sizeof asking->machine));
}

static void asked(void *argument, const PGresult *result)
{
	struct asking *asking = argument;

	if (result != NULL)
		asking->answer(asking->user, asking->is_home);
	lg_arena_free(asking->arena);
}

void lg_home_check(struct lg_pg *pg, void (*answer)(void *user, bool is_home), void *user)
{
	struct lg_arena *arena = lg_arena_new();
	struct asking *asking = lg_alloc(arena, sizeof *asking);

	*asking = (struct asking){ .arena = arena, .answer = answer, .user = user };
	this_machine(asking->machine);
	lg_pg_send(pg, &lg_home_statements[HOME_KEEP],
		lg_params_make(arena, &lg_home_statements[HOME_KEEP],
			(struct lg_value[]){ lg_v_bytes(lg_bytes(asking->machine, MACHINE_SIZE)) }),
		NULL, NULL);
	lg_pg_send(pg, &lg_home_statements[HOME_READ], NULL, home_read, asking);
	lg_pg_sync(pg, asked, asking);
}

struct lg_status lg_home_adopt(const char *conninfo, const char *service)
{
	uint8_t machine[MACHINE_SIZE];
	char hex[2 * MACHINE_SIZE + 1];
	PGconn *conn = PQconnectdb(conninfo);
	const char *const path[] = { service }, *const value[] = { hex };
	PGresult *result;
	bool is_done;

	this_machine(machine);
	sodium_bin2hex(hex, sizeof hex, machine, sizeof machine);
	result = PQexecParams(
		conn, "SELECT set_config('search_path', $1, false)", 1, NULL, path, NULL, NULL, 0);
	is_done = PQresultStatus(result) == PGRES_TUPLES_OK;
	PQclear(result);
	result = PQexecParams(conn,
		"INSERT INTO home (machine) VALUES (decode($1, 'hex'))"
		" ON CONFLICT (one) DO UPDATE SET machine = EXCLUDED.machine",
		1, NULL, value, NULL, NULL, 0);
	is_done = is_done && PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	PQfinish(conn);
	return is_done ? lg_done() : lg_retry("the database cannot be reached, or refused");
}
