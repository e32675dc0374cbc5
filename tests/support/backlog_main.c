/*
 * Weeks of work, made in seconds: prints the SQL that puts COUNT events into a service's outbox, as if
 * they had been published before it was started.
 *
 *   backlog_main single  SITE DESTINATION COUNT [ROUND]
 *                                    events of referral for another site, a row each
 *   backlog_main packed  SITE DESTINATION COUNT [ROUND]
 *                                    the same, as many to a row as one transaction packs
 *   backlog_main journal SITE COUNT  events of intake for its own site, packed: of a case its talk,
 *                                    its screening and two persons
 *
 * Events for another site belong to 64 cases, of which each has its events in order.  ROUND (0) goes on
 * behind so many of the same COUNT, which is then a multiple of 64.  What is for a third site lies in a
 * segment of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/random.h"
#include "common/base/text.h"
#include "common/db/outbox.h"
#include "common/stream/envelope.h"
#include "common/stream/partition.h"
#include "proto/codes.pb-c.h"
#include "proto/directory.pb-c.h"
#include "proto/intake.pb-c.h"

#define ORGANISATION_LISTED 321
#define MIGRANT_ENGAGED     101
#define SCREENING_COMPLETED 102
#define PERSON_IDENTIFIED   103
#define CASES               64
#define CASE_EVENTS         4 /* of a case in the journal */
#define STATIONS            8
#define NOON                ((lg_ms)1760000000000)
#define HEX_SIZE            (64u * 1024)

struct stream {
	struct lg_arena *arena; /* of what waits to be packed */
	struct lg_packed_event *first, *last;
	uint32_t count;
	uint64_t given;
};

struct backlog {
	uint16_t site, destination;
	uint64_t round;
	uint8_t service;
	const char *schema;
	uint32_t row_events; /* that wait before they are packed */
	struct stream streams[LG_PARTITIONS];
};

static struct lg_id made_id(uint16_t site, uint64_t number)
{
	struct lg_id id = { .byte = { (uint8_t)(site >> 8), (uint8_t)site } };
	struct lg_random random;

	/* spread as random ids are, so that all partitions have some */
	lg_random_seed(&random, number);
	for (unsigned i = 2; i < LG_ID_SIZE; i++)
		id.byte[i] = (uint8_t)lg_random_next(&random);
	return id;
}

static void print_hex(struct lg_bytes bytes)
{
	static const char digits[] = "0123456789abcdef";
	char text[HEX_SIZE];
	size_t size = 0;

	fputs("\\\\x", stdout);
	for (size_t i = 0; i < bytes.size; i++) {
		text[size++] = digits[bytes.data[i] >> 4];
		text[size++] = digits[bytes.data[i] & 15];
		if (size == sizeof text) {
			fwrite(text, 1, size, stdout);
			size = 0;
		}
	}
	fwrite(text, 1, size, stdout);
}

static int segment_of(const struct backlog *backlog)
{
	if (backlog->destination == 0)
		return 0;
	return backlog->destination < 3 ? 1 : backlog->destination - 1;
}

/* All that waits of a stream, in as many rows as it needs. */
static void print_rows(const struct backlog *backlog, unsigned p, struct stream *stream)
{
	struct lg_packed_event *event = stream->first;

	while (event != NULL) {
		struct lg_bytes heads, run;
		uint32_t count = lg_pack(stream->arena, event, &heads, &run);

		printf("%d\t%u\t0\t%u\t%llu\t%llu\t", segment_of(backlog),
			(unsigned)backlog->destination, p, (unsigned long long)stream->given + 1,
			(unsigned long long)stream->given + count);
		print_hex(heads);
		putchar('\t');
		print_hex(run);
		putchar('\n');
		stream->given += count;
		while (count-- > 0)
			event = event->next;
	}
	lg_arena_reset(stream->arena);
	stream->first = stream->last = NULL;
	stream->count = 0;
}

static void publish(struct backlog *backlog, uint64_t number, struct lg_id case_id, uint32_t type,
	lg_ms at, const ProtobufCMessage *message)
{
	unsigned p = lg_partition_of(case_id);
	struct stream *stream = &backlog->streams[p];
	struct lg_envelope envelope = {
		.event_id = made_id(backlog->site, number),
		.case_id = case_id,
		.type = lg_message_type(type),
		.type_number = type,
		.site = backlog->site,
		.service = backlog->service,
		.occurred_at = at,
		.recorded_at = at,
		.actor = { .role = LIFEGUARD__CODES__ROLE__OPERATOR, .assurance = 1 },
		.message = message,
	};
	struct lg_packed_event *event = lg_alloc(stream->arena, sizeof *event);

	*event = (struct lg_packed_event){ .type = type, .event_id = envelope.event_id };
	if (!lg_is_done(lg_envelope_wrap(stream->arena, &envelope, &event->envelope)))
		abort();
	if (stream->last == NULL)
		stream->first = event;
	else
		stream->last->next = event;
	stream->last = event;
	if (++stream->count == backlog->row_events)
		print_rows(backlog, p, stream);
}

static void publish_listed(struct backlog *backlog, uint64_t i)
{
	const Lifeguard__Directory__OrganisationListed body =
		LIFEGUARD__DIRECTORY__ORGANISATION_LISTED__INIT;

	publish(backlog, 1000 + i, made_id(backlog->site, i % CASES), ORGANISATION_LISTED, NOON,
		&body.base);
}

static void publish_person(
	struct backlog *backlog, uint64_t i, struct lg_id case_id, char *station, lg_ms at)
{
	Lifeguard__Intake__PersonIdentified body = LIFEGUARD__INTAKE__PERSON_IDENTIFIED__INIT;
	struct lg_id person_id = made_id(backlog->site, (1ull << 62) + i);

	body.person_id.data = person_id.byte;
	body.person_id.len = LG_ID_SIZE;
	body.station = station;
	body.engaged_ms = at;
	body.kind = i % CASE_EVENTS == 2 ? LIFEGUARD__CODES__PERSON_KIND__POTENTIAL_VICTIM
					 : LIFEGUARD__CODES__PERSON_KIND__SUSPECT;
	body.sex = LIFEGUARD__CODES__SEX__FEMALE;
	body.district = (char *)(uintptr_t) "Rupandehi";
	publish(backlog, i, case_id, PERSON_IDENTIFIED, at, &body.base);
}

/* Twelve months, eight stations; a case states one victim and has 50 points. */
static void publish_case(struct backlog *backlog, uint64_t i)
{
	uint64_t n = i / CASE_EVENTS;
	struct lg_id case_id = made_id(backlog->site, (1ull << 63) + n);
	char station[] = { 'B', 'A', (char)('A' + n % STATIONS), '\0' };
	lg_ms at = NOON - (lg_ms)(n % 12) * 30 * LG_DAY_MS;
	Lifeguard__Intake__MigrantEngaged engaged = LIFEGUARD__INTAKE__MIGRANT_ENGAGED__INIT;
	Lifeguard__Intake__ScreeningCompleted screened =
		LIFEGUARD__INTAKE__SCREENING_COMPLETED__INIT;
	char *indicators[] = { (char *)(uintptr_t) "travelling_without_papers" };

	switch (i % CASE_EVENTS) {
	case 0:
		engaged.station = station;
		engaged.engaged_ms = at;
		engaged.stated_victims = 1;
		publish(backlog, i, case_id, MIGRANT_ENGAGED, at, &engaged.base);
		break;
	case 1:
		screened.station = station;
		screened.engaged_ms = at;
		screened.points = 50;
		screened.indicators = indicators;
		screened.n_indicators = 1;
		publish(backlog, i, case_id, SCREENING_COMPLETED, at, &screened.base);
		break;
	default:
		publish_person(backlog, i, case_id, station, at);
	}
}

static void print_all(struct backlog *backlog, uint64_t count)
{
	printf("COPY %s.outbox (segment, destination, lane, p, first, through, heads, run) FROM "
	       "stdin;\n",
		backlog->schema);
	for (unsigned p = 0; p < LG_PARTITIONS; p++)
		backlog->streams[p].arena = lg_arena_new();
	for (uint64_t n = 0; n < CASES; n++)
		backlog->streams[lg_partition_of(made_id(backlog->site, n))].given +=
			backlog->round * count / CASES;
	for (uint64_t i = backlog->round * count; i < (backlog->round + 1) * count; i++) {
		if (backlog->destination == 0)
			publish_case(backlog, i);
		else
			publish_listed(backlog, i);
	}
	for (unsigned p = 0; p < LG_PARTITIONS; p++) {
		print_rows(backlog, p, &backlog->streams[p]);
		lg_arena_free(backlog->streams[p].arena);
	}
	puts("\\.");
	for (unsigned p = 0; p < LG_PARTITIONS; p++)
		if (backlog->streams[p].given > 0 && backlog->round == 0)
			printf("INSERT INTO %s.stream_epoch VALUES (%u, 0, %u, 1, "
			       "decode(md5('%u %u'), 'hex'));\n",
				backlog->schema, (unsigned)backlog->destination, p,
				(unsigned)backlog->site, p);
}

static bool parse(int argc, char **argv, struct backlog *ret_backlog, uint64_t *ret_count)
{
	bool is_journal = argc == 4 && strcmp(argv[1], "journal") == 0;
	bool is_single = argc >= 5 && strcmp(argv[1], "single") == 0;
	bool is_packed = argc >= 5 && strcmp(argv[1], "packed") == 0;
	int64_t site = 0, destination = 0, count = 0, round = 0;

	if ((!is_journal && !is_single && !is_packed) || argc > 6 ||
		!lg_is_done(lg_int_parse(argv[2], &site)) ||
		(!is_journal && !lg_is_done(lg_int_parse(argv[3], &destination))) ||
		!lg_is_done(lg_int_parse(argv[is_journal ? 3 : 4], &count)) ||
		(argc == 6 && !lg_is_done(lg_int_parse(argv[5], &round))) ||
		(round != 0 && count % CASES != 0))
		return false;
	*ret_backlog = (struct backlog){
		.site = (uint16_t)site,
		.destination = (uint16_t)destination,
		.round = (uint64_t)round,
		.service = is_journal ? LG_SERVICE_INTAKE : LG_SERVICE_REFERRAL,
		.schema = is_journal ? "intake" : "referral",
		.row_events = is_single ? 1 : LG_PACK_EVENTS_MAX,
	};
	*ret_count = (uint64_t)count;
	return true;
}

int main(int argc, char **argv)
{
	struct backlog backlog;
	uint64_t count = 0;

	if (!parse(argc, argv, &backlog, &count)) {
		fputs("backlog_main single|packed SITE DESTINATION COUNT [ROUND], "
		      "backlog_main journal SITE COUNT\n",
			stderr);
		return 2;
	}
	print_all(&backlog, count);
	return 0;
}
