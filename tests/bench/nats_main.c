/*
 * The broker beside which the bench stands: NATS JetStream, file storage, one stream, one durable
 * pull consumer, through its own C client.
 *
 *   nats_main URL MESSAGES WARM_UP [CONNINFO]
 *
 * With a database its reader does what ours does: a row of EFFECT_BYTES for each message, all of a fetch
 * in one transaction, committed with fsync before they are acknowledged.
 *
 * A message counts when it was published, stored, fetched and acknowledged, and when the server says
 * that it knows: the clock runs from the first publish until the consumer's floor of acknowledged
 * messages stands at the last one.  Prints messages per second.
 *
 * As a tuned client would: publishing does not wait, with at most PENDING acknowledgements owed;
 * fetches of FETCH messages; one acknowledgement for all of a fetch (AckAll), which was faster
 * here than one for each.
 */
#include <libpq-fe.h>
#include <nats/nats.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/text.h"

#define STREAM       "BENCH"
#define SUBJECT      "bench.events"
#define READER       "reader"
#define SIZE_BYTES   512
#define FETCH        512
#define EFFECT_BYTES 80 /* as much as a row of our reader tells */
#define PENDING      4096
#define WAIT_MS      30000
#define COUNT_MAX    10000000

struct bench {
	natsConnection *publishing, *reading;
	jsCtx *publisher, *reader;
	natsSubscription *subscription;
	PGconn *effects; /* NULL: the reader only acknowledges */
	int64_t count;   /* messages of this round */
	uint64_t last;   /* number that the last of them has */
};

static void must(natsStatus status, const char *what)
{
	if (status == NATS_OK)
		return;
	fprintf(stderr, "nats: %s: %s\n", what, natsStatus_GetText(status));
	exit(1);
}

static void failed(jsCtx *js, jsPubAckErr *error, void *unused)
{
	(void)js;
	(void)unused;
	must(error->Err, "a message was not stored");
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void put_be32(uint8_t **at, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*(*at)++ = (uint8_t)(value >> shift);
}

/* One array parameter, as a client library would send it. */
static void store(PGconn *conn, const natsMsgList *list)
{
	static uint8_t array[20 + FETCH * (4 + EFFECT_BYTES)];
	const char *values[] = { (const char *)array };
	const int formats[] = { 1 };
	uint8_t *at = array;
	PGresult *result;

	put_be32(&at, 1);
	put_be32(&at, 0);
	put_be32(&at, 17); /* bytea */
	put_be32(&at, (uint32_t)list->Count);
	put_be32(&at, 1);
	for (int n = 0; n < list->Count; n++) {
		put_be32(&at, EFFECT_BYTES);
		memcpy(at, natsMsg_GetData(list->Msgs[n]), EFFECT_BYTES);
		at += EFFECT_BYTES;
	}
	result = PQexecPrepared(
		conn, "put", 1, values, (const int[]){ (int)(at - array) }, formats, 1);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		fputs("nats: rows were not stored\n", stderr);
		exit(1);
	}
	PQclear(result);
}

static PGconn *open_effects(const char *conninfo)
{
	PGconn *conn = PQconnectdb(conninfo);
	PGresult *result = PQprepare(
		conn, "put", "INSERT INTO effect (body) SELECT unnest($1::bytea[])", 0, NULL);

	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		fputs("nats: no table effect\n", stderr);
		exit(1);
	}
	PQclear(result);
	return conn;
}

static void *read_all(void *argument)
{
	struct bench *bench = argument;
	int64_t got = 0;

	while (got < bench->count) {
		natsMsgList list = { 0 };
		jsErrCode code = 0;
		int64_t rest = bench->count - got;

		must(natsSubscription_Fetch(&list, bench->subscription,
			     rest < FETCH ? (int)rest : FETCH, WAIT_MS, &code),
			"a fetch failed");
		if (list.Count > 0 && bench->effects != NULL)
			store(bench->effects, &list);
		if (list.Count > 0)
			must(natsMsg_Ack(list.Msgs[list.Count - 1], NULL), "acknowledging failed");
		got += list.Count;
		natsMsgList_Destroy(&list);
	}
	must(natsConnection_Flush(bench->reading), "the reader's connection failed");
	return NULL;
}

static void wait_until_acknowledged(struct bench *bench)
{
	for (;;) {
		jsConsumerInfo *info = NULL;
		jsErrCode code = 0;

		must(js_GetConsumerInfo(&info, bench->reader, STREAM, READER, NULL, &code),
			"the consumer does not answer");
		bool is_all = info->AckFloor.Stream >= bench->last;

		jsConsumerInfo_Destroy(info);
		if (is_all)
			return;
		usleep(1000);
	}
}

static double one_round(struct bench *bench, int64_t count)
{
	static const char body[SIZE_BYTES];
	pthread_t reader;
	double started = now_seconds();

	bench->count = count;
	bench->last += (uint64_t)count;
	if (pthread_create(&reader, NULL, read_all, bench) != 0)
		must(NATS_NO_MEMORY, "no thread");
	for (int64_t n = 0; n < count; n++)
		must(js_PublishAsync(bench->publisher, SUBJECT, body, SIZE_BYTES, NULL),
			"publishing failed");
	must(js_PublishAsyncComplete(bench->publisher, NULL), "publishing did not end");
	pthread_join(reader, NULL);
	wait_until_acknowledged(bench);
	return (double)count / (now_seconds() - started);
}

static void open_stream(struct bench *bench)
{
	const char *subjects[] = { SUBJECT };
	jsStreamConfig stream;
	jsSubOptions reader;
	jsErrCode code = 0;

	jsStreamConfig_Init(&stream);
	stream.Name = STREAM;
	stream.Subjects = subjects;
	stream.SubjectsLen = 1;
	stream.Storage = js_FileStorage;
	must(js_AddStream(NULL, bench->publisher, &stream, NULL, &code), "no stream");

	jsSubOptions_Init(&reader);
	reader.Config.AckPolicy = js_AckAll;
	reader.Config.MaxAckPending = 8 * FETCH;
	must(js_PullSubscribe(
		     &bench->subscription, bench->reader, SUBJECT, READER, NULL, &reader, &code),
		"no consumer");
}

int main(int argc, char **argv)
{
	struct bench bench = { .last = 0 };
	jsOptions options;
	int64_t count = 0, warm_up = 0;

	if (argc < 4 || argc > 5 || !lg_is_done(lg_int_parse(argv[2], &count)) ||
		!lg_is_done(lg_int_parse(argv[3], &warm_up)) || count < 1 || count > COUNT_MAX ||
		warm_up < 1 || warm_up > COUNT_MAX)
		return 2;
	if (argc == 5)
		bench.effects = open_effects(argv[4]);
	jsOptions_Init(&options);
	options.Wait = WAIT_MS;
	options.PublishAsync.MaxPending = PENDING;
	options.PublishAsync.StallWait = WAIT_MS;
	options.PublishAsync.ErrHandler = failed;
	must(natsConnection_ConnectTo(&bench.publishing, argv[1]), "no connection");
	must(natsConnection_ConnectTo(&bench.reading, argv[1]), "no connection");
	must(natsConnection_JetStream(&bench.publisher, bench.publishing, &options),
		"no JetStream");
	must(natsConnection_JetStream(&bench.reader, bench.reading, &options), "no JetStream");
	open_stream(&bench);
	one_round(&bench, warm_up);
	printf("%.0f\n", one_round(&bench, count));
	/* the process ends here: nothing is taken down */
	return 0;
}
