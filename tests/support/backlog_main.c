/*
 * Weeks of absence, made in a second: prints the SQL that puts COUNT events of referral for another
 * site into its outbox, as if they had been published while the line was down.
 *
 *   backlog_main SITE DESTINATION COUNT
 *
 * The events belong to 64 cases, of which each has its events in order.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/base/random.h"
#include "common/base/text.h"
#include "common/db/outbox.h"
#include "common/stream/envelope.h"
#include "common/stream/partition.h"
#include "proto/codes.pb-c.h"
#include "proto/directory.pb-c.h"

#define TYPE  321 /* OrganisationListed */
#define CASES 64
#define NOON  ((lg_ms)1760000000000)

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
	fputs("\\\\x", stdout);
	for (size_t i = 0; i < bytes.size; i++)
		printf("%02x", bytes.data[i]);
}

static void print_row(struct lg_arena *arena, uint16_t site, uint16_t destination, uint64_t number,
	uint64_t counts[LG_PARTITIONS])
{
	const Lifeguard__Directory__OrganisationListed body =
		LIFEGUARD__DIRECTORY__ORGANISATION_LISTED__INIT;
	struct lg_envelope envelope = {
		.event_id = made_id(site, 1000 + number),
		.case_id = made_id(site, number % CASES),
		.type = lg_message_type(TYPE),
		.type_number = TYPE,
		.site = site,
		.service = LG_SERVICE_REFERRAL,
		.occurred_at = NOON,
		.recorded_at = NOON,
		.actor = { .role = LIFEGUARD__CODES__ROLE__OPERATOR, .assurance = 1 },
		.message = &body.base,
	};
	uint8_t partition = lg_partition_of(envelope.case_id);
	struct lg_bytes bytes;

	if (!lg_is_done(lg_envelope_wrap(arena, &envelope, &bytes)))
		abort();
	struct lg_packed_event packed = {
		.type = TYPE, .event_id = envelope.event_id, .envelope = bytes
	};
	struct lg_bytes heads, run;
	unsigned long long given = ++counts[partition];

	(void)lg_pack(arena, &packed, &heads, &run);
	printf("1\t%u\t0\t%u\t%llu\t%llu\t", (unsigned)destination, (unsigned)partition, given,
		given);
	print_hex(heads);
	putchar('\t');
	print_hex(run);
	putchar('\n');
	lg_arena_reset(arena);
}

int main(int argc, char **argv)
{
	uint64_t counts[LG_PARTITIONS] = { 0 };
	struct lg_arena *arena = lg_arena_new();
	int64_t site, destination, count;

	if (argc != 4 || !lg_is_done(lg_int_parse(argv[1], &site)) ||
		!lg_is_done(lg_int_parse(argv[2], &destination)) ||
		!lg_is_done(lg_int_parse(argv[3], &count))) {
		fputs("backlog_main SITE DESTINATION COUNT\n", stderr);
		return 2;
	}
	puts("COPY referral.outbox (segment, destination, lane, p, first, through, heads, run) FROM stdin;");
	for (int64_t i = 0; i < count; i++)
		print_row(arena, (uint16_t)site, (uint16_t)destination, (uint64_t)i, counts);
	puts("\\.");
	for (unsigned p = 0; p < LG_PARTITIONS; p++)
		if (counts[p] > 0)
			printf("INSERT INTO referral.stream_epoch VALUES (%u, 0, %u, 1, "
			       "decode(md5('%u %u'), 'hex'));\n",
				(unsigned)destination, p, (unsigned)site, p);
	lg_arena_free(arena);
	return 0;
}
