#include "common/run/operator/standing.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/db/inbox.h"
#include "common/db/outbox.h"
#include "common/run/door.h"
#include "common/run/operator/gauges.h"
#include "common/run/operator/inquiry.h"
#include "common/run/owned.h"
#include "proto/codes.pb-c.h"
#include "proto/operation.pb-c.h"

#define OPERATORS (LG_ROLE(LIFEGUARD__CODES__ROLE__OPERATOR))
#define WATCHERS \
	(OPERATORS | LG_ROLE(LIFEGUARD__CODES__ROLE__CENTRE_LEAD) | \
		LG_ROLE(LIFEGUARD__CODES__ROLE__AUDITOR))

static struct lg_instance *instance_of(const struct lg_item *item)
{
	return lg_inquiry_instance(item);
}

static struct lg_status decide_nothing(struct lg_item *item)
{
	(void)item;
	return lg_done();
}

/* --- status ---------------------------------------------------------------------------- */

struct status_work {
	struct lg_found *counts, *depth;
};

static void load_status(struct lg_batch *batch, struct lg_item *item)
{
	struct status_work *work = item->work;

	work->counts = lg_read(batch, &lg_inbox_statements[LG_INBOX_COUNTS], NULL);
	work->depth = lg_read(batch, &lg_outbox_statements[LG_OUTBOX_DEPTH], NULL);
}

/* Resident memory by the kernel's own count (proc(5), statm: pages). */
static uint64_t resident_kib(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	unsigned long size, resident;
	uint64_t kib = 0;

	if (statm == NULL)
		return 0;
	if (fscanf(statm, "%lu %lu", &size, &resident) == 2)
		kib = (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	(void)fclose(statm);
	return kib;
}

/* What this instance has read of a service, at every site. */
static void add_reads(const struct lg_instance *instance, const struct lg_owned *owned,
	uint32_t service, Lifeguard__Operation__ReadStatus *read)
{
	for (uint32_t site = 0; owned != NULL && site <= instance->peer_count; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++) {
			const struct lg_incoming *in = owned->in[site][service][lane];

			if (in == NULL)
				continue;
			read->applied += lg_points_last(&in->subscriber.points).number;
			read->lag += lg_incoming_lag(in);
		}
}

static size_t list_reads(const struct lg_instance *instance, struct lg_arena *arena,
	Lifeguard__Operation__ReadStatus **ret_reads)
{
	size_t count = 0;

	for (uint32_t service = 0; service < LG_SERVICE_COUNT; service++) {
		if (!lg_service_in(instance->reads, service))
			continue;
		Lifeguard__Operation__ReadStatus *read = lg_alloc(arena, sizeof *read);

		*read = (Lifeguard__Operation__ReadStatus)LIFEGUARD__OPERATION__READ_STATUS__INIT;
		read->from = lg_copy_text(arena, lg_service_name(service));
		for (uint32_t p = 0; p < LG_PARTITIONS; p++)
			add_reads(instance, instance->owned[p], service, read);
		ret_reads[count++] = read;
	}
	return count;
}

static void store_status(struct lg_batch *batch, struct lg_item *item)
{
	const struct status_work *work = item->work;
	const struct lg_instance *instance = instance_of(item);
	Lifeguard__Operation__StatusShown shown = LIFEGUARD__OPERATION__STATUS_SHOWN__INIT;
	Lifeguard__Operation__ReadStatus *reads[LG_SERVICE_COUNT];
	uint32_t partitions[LG_PARTITIONS];

	shown.service = lg_copy_text(item->arena, instance->service->name);
	shown.instances = lg_fence_members(instance->fence);
	shown.partitions = partitions;
	for (uint8_t p = 0; p < LG_PARTITIONS; p++)
		if (lg_owned_open(instance, p) != NULL)
			partitions[shown.n_partitions++] = p;
	if (work->counts->count == 1) {
		shown.dead_letters = (uint64_t)lg_field_int(work->counts->result, 0, 0);
		shown.parked = (uint64_t)lg_field_int(work->counts->result, 0, 1);
	}
	if (work->depth->count == 1)
		shown.outbox_depth = (uint64_t)lg_field_int(work->depth->result, 0, 0);
	shown.reads = reads;
	shown.n_reads = list_reads(instance, item->arena, reads);
	shown.last_error =
		lg_copy_text(item->arena, instance->last_error == NULL ? "" : instance->last_error);
	shown.last_error_ms = instance->last_error_at;
	shown.resident_kib = resident_kib();
	lg_answer(batch, item, &shown.base);
}

/* --- dead letters ------------------------------------------------------------------------ */

struct letters_work {
	struct lg_found *letters;
};

static void load_letters(struct lg_batch *batch, struct lg_item *item)
{
	struct letters_work *work = item->work;
	const Lifeguard__Operation__ListDeadLetters *list =
		(const Lifeguard__Operation__ListDeadLetters *)item->message;
	int64_t limit = list->limit == 0 ? 100 : list->limit > 1000 ? 1000 : list->limit;

	work->letters = lg_read(batch, &lg_inbox_statements[LG_INBOX_LETTERS],
		(struct lg_value[]){ lg_v_int(limit) });
}

static void load_letter(struct lg_batch *batch, struct lg_item *item)
{
	struct letters_work *work = item->work;
	const Lifeguard__Operation__ShowDeadLetter *show =
		(const Lifeguard__Operation__ShowDeadLetter *)item->message;

	work->letters = lg_read(batch, &lg_inbox_statements[LG_INBOX_LETTER],
		(struct lg_value[]){ lg_v_int((int64_t)(show->letter & INT64_MAX)) });
}

static struct lg_status decide_letter(struct lg_item *item)
{
	const struct letters_work *work = item->work;

	if (work->letters->count == 0) {
		item->refusal_status = 404;
		return lg_refuse("no dead letter of this number");
	}
	return lg_done();
}

static ProtobufCBinaryData copied_id(struct lg_arena *arena, struct lg_id id)
{
	struct lg_bytes copy = lg_copy(arena, lg_id_bytes(&id));

	return (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)copy.data, .len = copy.size };
}

static Lifeguard__Operation__DeadLetter *letter_from_row(
	struct lg_arena *arena, const PGresult *result, int row)
{
	Lifeguard__Operation__DeadLetter *letter = lg_alloc(arena, sizeof *letter);
	const struct lg_message_type *type =
		lg_message_type((uint32_t)lg_field_int(result, row, 3));

	*letter = (Lifeguard__Operation__DeadLetter)LIFEGUARD__OPERATION__DEAD_LETTER__INIT;
	letter->letter = (uint64_t)lg_field_int(result, row, 0);
	letter->event_id = copied_id(arena, lg_field_id(result, row, 1));
	letter->case_id = copied_id(arena, lg_field_id(result, row, 2));
	letter->type = (uint32_t)lg_field_int(result, row, 3);
	letter->what = lg_copy_text(arena, type == NULL ? "unknown" : type->name);
	letter->from = lg_copy_text(arena, lg_service_name((uint32_t)lg_field_int(result, row, 4)));
	letter->reason = lg_copy_text(arena, lg_field_text(result, row, 5));
	letter->failed_ms = lg_field_int(result, row, 6);
	letter->parked = (uint32_t)lg_field_int(result, row, 7);
	return letter;
}

static void store_letters(struct lg_batch *batch, struct lg_item *item)
{
	const struct letters_work *work = item->work;
	Lifeguard__Operation__DeadLettersListed listed =
		LIFEGUARD__OPERATION__DEAD_LETTERS_LISTED__INIT;

	listed.letters = lg_alloc_array(
		item->arena, (size_t)work->letters->count + 1, sizeof *listed.letters);
	for (int row = 0; row < work->letters->count; row++)
		listed.letters[listed.n_letters++] =
			letter_from_row(item->arena, work->letters->result, row);
	lg_answer(batch, item, &listed.base);
}

/* --- what another site has lost ------------------------------------------------------------ */

static void load_lost(struct lg_batch *batch, struct lg_item *item)
{
	struct letters_work *work = item->work;
	const Lifeguard__Operation__ListLost *list =
		(const Lifeguard__Operation__ListLost *)item->message;
	int64_t limit = list->limit == 0 ? 100 : list->limit > 1000 ? 1000 : list->limit;

	work->letters = lg_read(
		batch, &lg_inbox_statements[LG_INBOX_LOST], (struct lg_value[]){ lg_v_int(limit) });
}

static Lifeguard__Operation__LostEvent *lost_from_row(
	struct lg_arena *arena, const PGresult *result, int row)
{
	Lifeguard__Operation__LostEvent *lost = lg_alloc(arena, sizeof *lost);
	const struct lg_message_type *type =
		lg_message_type((uint32_t)lg_field_int(result, row, 4));

	*lost = (Lifeguard__Operation__LostEvent)LIFEGUARD__OPERATION__LOST_EVENT__INIT;
	lost->site = (uint32_t)lg_field_int(result, row, 0);
	lost->from = lg_copy_text(arena, lg_service_name((uint32_t)lg_field_int(result, row, 1)));
	lost->what = lg_copy_text(arena, type == NULL ? "unknown" : type->name);
	lost->event_id = copied_id(arena, lg_field_id(result, row, 2));
	lost->case_id = copied_id(arena, lg_field_id(result, row, 3));
	lost->noticed_ms = lg_field_int(result, row, 5);
	lost->is_back = lg_field_int(result, row, 6) == 1;
	return lost;
}

static void store_lost(struct lg_batch *batch, struct lg_item *item)
{
	const struct letters_work *work = item->work;
	Lifeguard__Operation__LostListed listed = LIFEGUARD__OPERATION__LOST_LISTED__INIT;

	listed.events = lg_alloc_array(
		item->arena, (size_t)work->letters->count + 1, sizeof *listed.events);
	for (int row = 0; row < work->letters->count; row++)
		listed.events[listed.n_events++] =
			lost_from_row(item->arena, work->letters->result, row);
	lg_answer(batch, item, &listed.base);
}

/* --- streams ------------------------------------------------------------------------------- */

#define STREAMS_MAX (LG_SITES_MAX * LG_SERVICE_COUNT * LG_LANE_COUNT * 2)

struct listing {
	struct lg_instance *instance;
	struct lg_arena *arena;
	Lifeguard__Operation__StreamsShown *shown;
};

static void list_traffic(struct listing *listing, const struct lg_traffic *traffic, uint32_t site,
	uint32_t service, uint32_t lane, uint32_t destination, uint32_t reader)
{
	Lifeguard__Operation__StreamStatus *status;

	if (!traffic->is_there)
		return;
	assert(listing->shown->n_streams < STREAMS_MAX);
	status = lg_alloc(listing->arena, sizeof *status);
	*status = (Lifeguard__Operation__StreamStatus)LIFEGUARD__OPERATION__STREAM_STATUS__INIT;
	status->site = site;
	status->service = lg_copy_text(listing->arena, lg_service_name(service));
	status->lane = lg_copy_text(listing->arena, lane == LG_LANE_CARE ? "care" : "bulk");
	status->destination = destination;
	status->reader = lg_copy_text(listing->arena, lg_service_name(reader));
	status->applied = traffic->applied;
	status->lag = traffic->lag;
	status->lag_ms = (uint64_t)traffic->age;
	status->credit_bytes = traffic->credit_bytes;
	status->live = traffic->is_live;
	listing->shown->streams[listing->shown->n_streams++] = status;
}

static void list_streams(struct listing *listing, uint32_t site, uint32_t lane)
{
	const struct lg_instance *instance = listing->instance;
	uint32_t me = instance->service->number, own = instance->keyring.site;
	uint32_t other = lg_site_keyring(instance, (int)site)->site;

	for (uint32_t service = 0; service < LG_SERVICE_COUNT; service++) {
		struct lg_traffic out = lg_traffic_out(instance, site, lane, service);

		list_traffic(listing, &out, own, me, lane, site == 0 ? 0 : other, service);
		if (site == 0)
			continue;
		struct lg_traffic in = lg_traffic_in(instance, site, service, lane);

		list_traffic(listing, &in, other, service, lane, own, me);
	}
}

static void store_streams(struct lg_batch *batch, struct lg_item *item)
{
	struct lg_instance *instance = instance_of(item);
	Lifeguard__Operation__StreamsShown shown = LIFEGUARD__OPERATION__STREAMS_SHOWN__INIT;
	struct listing listing = { instance, item->arena, &shown };
	uint32_t partitions[LG_PARTITIONS];

	shown.instance = copied_id(item->arena, instance->id);
	shown.partitions = partitions;
	for (uint8_t p = 0; p < LG_PARTITIONS; p++)
		if (lg_owned_open(instance, p) != NULL)
			partitions[shown.n_partitions++] = p;
	shown.streams = lg_alloc_array(item->arena, STREAMS_MAX, sizeof *shown.streams);
	for (uint32_t site = 0; site <= instance->peer_count; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
			list_streams(&listing, site, lane);
	shown.last_error =
		lg_copy_text(item->arena, instance->last_error == NULL ? "" : instance->last_error);
	shown.last_error_ms = instance->last_error_at;
	lg_answer(batch, item, &shown.base);
}

/* --- states ------------------------------------------------------------------------------ */

static void store_states(struct lg_batch *batch, struct lg_item *item)
{
	const struct lg_service *service = instance_of(item)->service;
	Lifeguard__Operation__StatesShown shown = LIFEGUARD__OPERATION__STATES_SHOWN__INIT;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (uint32_t i = 0; out != NULL && service->lives != NULL && service->lives[i] != NULL;
		i++)
		lg_lifecycle_print(service->lives[i], out);
	if (out != NULL)
		(void)fclose(out);
	shown.table = lg_copy_text(item->arena, text == NULL ? "" : text);
	free(text);
	lg_answer(batch, item, &shown.base);
}

/* Those without a store run outside of batches: common/run/operator/inquiry. */
const struct lg_handler lg_standing_handlers[] = {
	{
		.type = 1901,
		.roles = WATCHERS,
		.work_size = sizeof(struct status_work),
		.load = load_status,
		.decide = decide_nothing,
		.store = store_status,
	},
	{
		.type = 1902,
		.roles = WATCHERS,
		.work_size = sizeof(struct letters_work),
		.load = load_letters,
		.decide = decide_nothing,
		.store = store_letters,
	},
	{
		.type = 1903,
		.roles = WATCHERS,
		.work_size = sizeof(struct letters_work),
		.load = load_letter,
		.decide = decide_letter,
		.store = store_letters,
	},
	{ .type = 1904, .roles = OPERATORS },
	{ .type = 1905, .roles = OPERATORS },
	{ .type = 1906, .roles = WATCHERS },
	{ .type = 1907, .roles = WATCHERS, .decide = decide_nothing, .store = store_states },
	{ .type = 1908, .roles = WATCHERS, .decide = decide_nothing, .store = store_streams },
	{
		.type = 1909,
		.roles = WATCHERS,
		.work_size = sizeof(struct letters_work),
		.load = load_lost,
		.decide = decide_nothing,
		.store = store_lost,
	},
	{ .type = 0 },
};
