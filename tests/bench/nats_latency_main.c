/*
 * The latency beside which ours stands: a message through NATS JetStream (file storage, its default
 * sync), then one row that its reader commits with fsync, at a steady pace.
 *
 *   nats_latency_main URL CONNINFO MESSAGES
 *
 * Prints "count p50_us p99_us", from the publish until the reader's commit is known.
 */
#include <libpq-fe.h>
#include <nats/nats.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/text.h"

#define STREAM     "LATENCY"
#define SUBJECT    "latency.events"
#define READER     "reader"
#define SIZE_BYTES 512
#define PACE_US    2000
#define WAIT_MS    30000
#define COUNT_MAX  100000

struct bench {
	natsSubscription *subscription;
	PGconn *conn;
	int64_t count;
	int64_t *took_us;
};

static void must(natsStatus status, const char *what)
{
	if (status == NATS_OK)
		return;
	fprintf(stderr, "nats: %s: %s\n", what, natsStatus_GetText(status));
	exit(1);
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void store(PGconn *conn, const char *body)
{
	const char *values[] = { body };
	const int lengths[] = { SIZE_BYTES }, formats[] = { 1 };
	PGresult *result = PQexecPrepared(conn, "put", 1, values, lengths, formats, 1);

	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		fputs("nats: the row was not stored\n", stderr);
		exit(1);
	}
	PQclear(result);
}

static void *read_all(void *argument)
{
	struct bench *bench = argument;

	for (int64_t got = 0; got < bench->count;) {
		natsMsgList list = { 0 };
		jsErrCode code = 0;

		must(natsSubscription_Fetch(&list, bench->subscription, 1, WAIT_MS, &code),
			"a fetch failed");
		for (int n = 0; n < list.Count; n++, got++) {
			int64_t sent_us;

			memcpy(&sent_us, natsMsg_GetData(list.Msgs[n]), sizeof sent_us);
			store(bench->conn, natsMsg_GetData(list.Msgs[n]));
			bench->took_us[got] = now_us() - sent_us;
			must(natsMsg_Ack(list.Msgs[n], NULL), "acknowledging failed");
		}
		natsMsgList_Destroy(&list);
	}
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void open_table(struct bench *bench, const char *conninfo)
{
	bench->conn = PQconnectdb(conninfo);
	if (PQstatus(bench->conn) != CONNECTION_OK ||
		PQresultStatus(PQprepare(bench->conn, "put",
			"INSERT INTO effect (body) VALUES ($1)", 0, NULL)) != PGRES_COMMAND_OK) {
		fputs("nats: no table effect\n", stderr);
		exit(1);
	}
}

static void open_stream(struct bench *bench, jsCtx *publisher, jsCtx *reader)
{
	const char *subjects[] = { SUBJECT };
	jsStreamConfig stream;
	jsSubOptions options;
	jsErrCode code = 0;

	jsStreamConfig_Init(&stream);
	stream.Name = STREAM;
	stream.Subjects = subjects;
	stream.SubjectsLen = 1;
	stream.Storage = js_FileStorage;
	must(js_AddStream(NULL, publisher, &stream, NULL, &code), "no stream");
	jsSubOptions_Init(&options);
	must(js_PullSubscribe(&bench->subscription, reader, SUBJECT, READER, NULL, &options, &code),
		"no consumer");
}

int main(int argc, char **argv)
{
	struct bench bench = { .count = 0 };
	natsConnection *publishing, *reading;
	jsCtx *publisher, *reader_context;
	pthread_t reader;
	char body[SIZE_BYTES] = { 0 };

	if (argc != 4 || !lg_is_done(lg_int_parse(argv[3], &bench.count)) || bench.count < 1 ||
		bench.count > COUNT_MAX)
		return 2;
	bench.took_us = calloc((size_t)bench.count, sizeof *bench.took_us);
	if (bench.took_us == NULL)
		abort();
	open_table(&bench, argv[2]);
	must(natsConnection_ConnectTo(&publishing, argv[1]), "no connection");
	must(natsConnection_ConnectTo(&reading, argv[1]), "no connection");
	must(natsConnection_JetStream(&publisher, publishing, NULL), "no JetStream");
	must(natsConnection_JetStream(&reader_context, reading, NULL), "no JetStream");
	open_stream(&bench, publisher, reader_context);
	if (pthread_create(&reader, NULL, read_all, &bench) != 0)
		must(NATS_NO_MEMORY, "no thread");

	int64_t next_us = now_us();

	for (int64_t n = 0; n < bench.count; n++, next_us += PACE_US) {
		int64_t sent_us, wait_us = next_us - now_us();

		if (wait_us > 0)
			usleep((useconds_t)wait_us);
		sent_us = now_us();
		memcpy(body, &sent_us, sizeof sent_us);
		must(js_Publish(NULL, publisher, SUBJECT, body, SIZE_BYTES, NULL, NULL),
			"publishing failed");
	}
	pthread_join(reader, NULL);
	qsort(bench.took_us, (size_t)bench.count, sizeof *bench.took_us, by_size);
	printf("%lld %lld %lld\n", (long long)bench.count,
		(long long)bench.took_us[bench.count / 2],
		(long long)bench.took_us[bench.count * 99 / 100]);
	/* the process ends here: nothing is taken down */
	return 0;
}
