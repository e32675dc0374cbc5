/*
 * A queue in a PostgreSQL table, as many services have one: beside what the bench measures.
 *
 *   queue_main CONNINFO MESSAGES [rows]
 *
 * The writer inserts BATCH messages of 512 bytes per transaction; the reader takes BATCH per
 * transaction with SELECT ... FOR UPDATE SKIP LOCKED and deletes them.  Each has a connection and a
 * process of its own, prepared statements and binary parameters; every commit is on disk.  Prints
 * messages per second, from the first insert until the last was taken.  rows: the reader does what ours
 * does, and inserts a row of 80 bytes for each in the transaction that takes it.
 */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/text.h"

#define BATCH      100
#define SIZE_BYTES 512
#define COUNT_MAX  10000000

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static PGconn *connect_to(const char *conninfo)
{
	PGconn *conn = PQconnectdb(conninfo);

	if (PQstatus(conn) != CONNECTION_OK) {
		fputs("queue: no connection\n", stderr);
		exit(1);
	}
	return conn;
}

/* Rows that a statement touched. */
static int64_t run(PGconn *conn, const char *name, int count, const char *const *values,
	const int *lengths, const int *formats)
{
	PGresult *result = PQexecPrepared(conn, name, count, values, lengths, formats, 1);
	int64_t rows = 0;

	if (PQresultStatus(result) != PGRES_COMMAND_OK &&
		PQresultStatus(result) != PGRES_TUPLES_OK) {
		fprintf(stderr, "queue: %s: %s\n", name,
			PQresultErrorField(result, PG_DIAG_SQLSTATE));
		exit(1);
	}
	if (*PQcmdTuples(result) != '\0' && !lg_is_done(lg_int_parse(PQcmdTuples(result), &rows)))
		rows = 0;
	PQclear(result);
	return rows;
}

static void prepare(PGconn *conn, const char *name, const char *sql)
{
	PGresult *result = PQprepare(conn, name, sql, 0, NULL);

	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		fprintf(stderr, "queue: %s is not prepared\n", name);
		exit(1);
	}
	PQclear(result);
}

/* One array parameter of BATCH bodies, as a client library would send it. */
static size_t bodies(uint8_t *at)
{
	static const uint8_t header[20] = { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, BATCH, 0,
		0, 0, 1 };
	uint8_t *start = at;

	memcpy(at, header, sizeof header);
	at += sizeof header;
	for (int n = 0; n < BATCH; n++) {
		*at++ = 0;
		*at++ = 0;
		*at++ = SIZE_BYTES >> 8;
		*at++ = SIZE_BYTES & 0xff;
		memset(at, 'x', SIZE_BYTES);
		at += SIZE_BYTES;
	}
	return (size_t)(at - start);
}

static void write_all(const char *conninfo, int64_t count)
{
	static uint8_t array[20 + BATCH * (4 + SIZE_BYTES)];
	PGconn *conn = connect_to(conninfo);
	const char *values[] = { (const char *)array };
	const int lengths[] = { (int)bodies(array) }, formats[] = { 1 };

	prepare(conn, "put", "INSERT INTO queue (body) SELECT unnest($1::bytea[])");
	for (int64_t n = 0; n < count; n += BATCH)
		run(conn, "put", 1, values, lengths, formats);
	PQfinish(conn);
}

#define TAKE \
	"WITH next AS MATERIALIZED (" \
	"     SELECT id FROM queue ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED)"
#define DELETE " DELETE FROM queue AS q USING next WHERE q.id = next.id RETURNING q.id, q.body"

static void read_all(const char *conninfo, int64_t count, bool has_rows)
{
	PGconn *conn = connect_to(conninfo);
	int64_t taken = 0;

	prepare(conn, "take",
		has_rows ? TAKE ", taken AS (" DELETE ")"
				" INSERT INTO effect (body) SELECT substr(body, 1, 80) FROM taken"
				" RETURNING id"
			 : TAKE DELETE);
	while (taken < count)
		taken += run(conn, "take", 0, NULL, NULL, NULL);
	PQfinish(conn);
}

int main(int argc, char **argv)
{
	int64_t count = 0;
	int ended = 0;

	bool has_rows = argc == 4 && strcmp(argv[3], "rows") == 0;

	if ((argc != 3 && !has_rows) || !lg_is_done(lg_int_parse(argv[2], &count)) ||
		count < BATCH || count > COUNT_MAX || count % BATCH != 0)
		return 2;
	double started = now_seconds();
	pid_t writer = fork();

	if (writer == 0) {
		write_all(argv[1], count);
		_exit(0);
	}
	read_all(argv[1], count, has_rows);
	double seconds = now_seconds() - started;

	if (waitpid(writer, &ended, 0) != writer || ended != 0)
		return 1;
	printf("%.0f\n", (double)count / seconds);
	return 0;
}
