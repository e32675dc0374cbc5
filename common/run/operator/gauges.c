#include "common/run/operator/gauges.h"

#include <assert.h>

#include "common/db/survey.h"
#include "common/run/owned.h"

/* --- traffic ------------------------------------------------------------------------------- */

static void add_traffic(struct lg_traffic *sum, const struct lg_traffic *one)
{
	if (!sum->is_there)
		*sum = (struct lg_traffic){
			.is_there = true, .is_live = true, .credit_bytes = UINT64_MAX
		};
	sum->applied += one->applied;
	sum->lag += one->lag;
	sum->age = one->age > sum->age ? one->age : sum->age;
	sum->credit_bytes =
		one->credit_bytes < sum->credit_bytes ? one->credit_bytes : sum->credit_bytes;
	sum->is_live = sum->is_live && one->is_live;
}

static uint64_t left_of(uint64_t allowed, uint64_t used)
{
	return allowed > used ? allowed - used : 0;
}

struct lg_traffic lg_traffic_out(
	const struct lg_instance *instance, uint32_t site, uint32_t lane, uint32_t reader)
{
	struct lg_traffic sum = { .is_there = false };

	for (uint8_t p = 0; p < LG_PARTITIONS; p++) {
		const struct lg_owned *owned = lg_owned_open(instance, p);

		if (owned == NULL || !owned->out[site][lane]->feeds[reader].is_registered)
			continue;
		const struct lg_outgoing *out = owned->out[site][lane];
		const struct lg_feed *feed = &out->feeds[reader].feed;
		struct lg_traffic one = { .applied = feed->acknowledged,
			.credit_bytes = left_of(feed->allowed_bytes, feed->sent_bytes),
			.is_live = feed->live };

		one.lag = lg_outgoing_lag(out, reader, &one.age);
		add_traffic(&sum, &one);
	}
	return sum;
}

struct lg_traffic lg_traffic_in(
	const struct lg_instance *instance, uint32_t site, uint32_t service, uint32_t lane)
{
	struct lg_traffic sum = { .is_there = false };

	for (uint8_t p = 0; p < LG_PARTITIONS; p++) {
		const struct lg_owned *owned = lg_owned_open(instance, p);
		const struct lg_incoming *in =
			owned == NULL ? NULL : owned->in[site][service][lane];

		if (in == NULL)
			continue;
		add_traffic(&sum, &(struct lg_traffic){
					  .applied = lg_points_last(&in->subscriber.points).number,
					  .lag = lg_incoming_lag(in),
					  .age = lg_incoming_age(in),
					  .credit_bytes = left_of(in->subscriber.allowed_bytes,
						  in->subscriber.received_bytes),
					  .is_live = true /* we ask */ });
	}
	return sum;
}

/* --- metrics ------------------------------------------------------------------------------- */

#define SURVEY_TICKS 15

struct lg_gauges {
	struct lg_metric *reader_events[LG_SERVICE_COUNT], *reader_seconds[LG_SERVICE_COUNT];
	struct lg_metric *line_events[LG_SITES_MAX], *line_seconds[LG_SITES_MAX];
	struct lg_metric *dead, *parked, *unhandled, *overdue, *outbox, *foreign, *snapshot, *disk,
		*free_disk, *database;
	struct lg_metric *watched[LG_WATCHED_MAX];
	uint32_t ticks;
	uint32_t overdue_looks; /* in a row that found some */
};

static void declare_counters(struct lg_instance *instance)
{
	struct lg_metrics *m = lg_metrics_new(instance->service->name);

	instance->metrics = m;
	instance->count_applied = lg_metrics_counter(
		m, "events_applied_total", "Events that took effect here.", NULL, NULL);
	instance->count_published = lg_metrics_counter(
		m, "events_published_total", "Events committed to the outbox.", NULL, NULL);
	instance->count_commands = lg_metrics_counter(
		m, "commands_total", "Commands and queries that were handled.", NULL, NULL);
	instance->count_refused = lg_metrics_counter(m, "refused_total",
		"Commands and openings that were refused at the door.", NULL, NULL);
	instance->count_dead = lg_metrics_counter(
		m, "dead_letters_total", "Events that could not be taken.", NULL, NULL);
	instance->count_rolled_back = lg_metrics_counter(m, "batches_rolled_back_total",
		"Transactions that did not commit or whose outcome was unknown.", NULL, NULL);
	instance->count_frames_refused = lg_metrics_counter(m, "frames_refused_total",
		"Frames that were malformed, unproved or could not be sent.", NULL, NULL);
	instance->count_second_stories = lg_metrics_counter(m, "second_stories_total",
		"Batches that told another story under a number that was taken.", NULL, NULL);
	instance->count_passed_over = lg_metrics_counter(m, "batches_passed_over_total",
		"Batches that were no news: copies, or of another place in the stream.", NULL,
		NULL);
	instance->count_gone = lg_metrics_counter(m, "streams_gone_total",
		"Answers that what is to be read here next is dropped at its publisher.", NULL,
		NULL);
	instance->count_passed_unread = lg_metrics_counter(m, "events_passed_unread_total",
		"Events of other sites that were dropped before they were read here.", NULL, NULL);
	instance->gauge_owned = lg_metrics_gauge(
		m, "partitions_owned", "Partitions that this instance owns.", NULL, NULL);
	instance->gauge_queue =
		lg_metrics_gauge(m, "queue_messages", "Messages that wait.", NULL, NULL);
	instance->gauge_unacknowledged = lg_metrics_gauge(m, "events_unacknowledged",
		"Events committed here that a reader has not applied yet.", NULL, NULL);
	instance->batch_seconds =
		lg_metrics_histogram(m, "batch_seconds", "From the start of a batch to its end.");
}

static void declare_streams(struct lg_instance *instance, struct lg_gauges *g)
{
	struct lg_metrics *m = instance->metrics;

	for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++)
		if (lg_service_in(instance->readers, s))
			g->reader_events[s] = lg_metrics_gauge(m, "stream_lag_events",
				"Events committed here that a reader of this site has not applied.",
				"reader", lg_service_name(s));
	for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++)
		if (lg_service_in(instance->readers, s))
			g->reader_seconds[s] = lg_metrics_gauge(m, "stream_lag_seconds",
				"How long the oldest of them has waited.", "reader",
				lg_service_name(s));
	if (!lg_service_in(instance->readers, instance->service->number))
		return; /* nothing of ours crosses a line */
	for (uint32_t i = 1; i <= instance->peer_count; i++)
		g->line_events[i] = lg_metrics_gauge(m, "line_lag_events",
			"Events for another site that it has not applied.", "to",
			lg_format(instance->arena, "%u", (unsigned)instance->peer_sites[i - 1]));
	for (uint32_t i = 1; i <= instance->peer_count; i++)
		g->line_seconds[i] = lg_metrics_gauge(m, "line_lag_seconds",
			"How long the oldest of them has waited.", "to",
			lg_format(instance->arena, "%u", (unsigned)instance->peer_sites[i - 1]));
}

/* When each keyring ends, ours and those of partners as they were read: nothing starts behind that. */
static void declare_ends(struct lg_instance *instance)
{
	for (uint32_t i = 0; i <= instance->peer_count; i++) {
		const struct lg_keyring *keyring =
			i == 0 ? &instance->keyring : &instance->peers[i - 1];
		struct lg_metric *end = lg_metrics_gauge(instance->metrics, "keyring_end_seconds",
			"When the keyring of a site ends, since 1970.", "site",
			lg_format(instance->arena, "%u", (unsigned)keyring->site));

		lg_metric_set(end, (uint64_t)(keyring->not_after / LG_SECOND_MS));
	}
}

void lg_gauges_declare(struct lg_instance *instance)
{
	struct lg_gauges *g = lg_alloc(instance->arena, sizeof *g);
	const struct lg_watched *watched = instance->service->watched;
	struct lg_metrics *m;

	declare_counters(instance);
	m = instance->metrics;
	instance->gauges = g;
	declare_streams(instance, g);
	declare_ends(instance);
	g->database = lg_metrics_gauge(m, "database_up", "1: connected.", NULL, NULL);
	g->dead = lg_metrics_gauge(m, "dead_letters", "Events that wait for a person.", NULL, NULL);
	g->parked = lg_metrics_gauge(
		m, "parked_events", "Events that wait behind a dead letter.", NULL, NULL);
	g->unhandled = lg_metrics_gauge(m, "unhandled_events",
		"Events of types that only a later version knows.", NULL, NULL);
	g->overdue = lg_metrics_gauge(m, "overdue_deadlines",
		"Deadlines that should have arrived a minute ago.", NULL, NULL);
	g->outbox = lg_metrics_gauge(
		m, "outbox_events", "Rows that a reader has not applied.", NULL, NULL);
	g->foreign = lg_metrics_gauge(m, "foreign_locks",
		"Locks of partitions held by a session that is no member's.", NULL, NULL);
	g->snapshot = lg_metrics_gauge(m, "oldest_snapshot_seconds",
		"Age of the oldest transaction that keeps dead rows.", NULL, NULL);
	g->disk = lg_metrics_gauge(
		m, "disk_bytes", "Size of the database's disk; 0: elsewhere.", NULL, NULL);
	g->free_disk = lg_metrics_gauge(m, "disk_free_bytes", "What is free of it.", NULL, NULL);
	for (uint32_t i = 0; watched != NULL && watched[i].name != NULL; i++) {
		assert(i < LG_WATCHED_MAX);
		g->watched[i] = lg_metrics_gauge(m, watched[i].name, watched[i].help, NULL, NULL);
	}
}

static void set_lag(struct lg_metric *events, struct lg_metric *seconds,
	const struct lg_traffic *care, const struct lg_traffic *bulk)
{
	lg_ms age = care->age > bulk->age ? care->age : bulk->age;

	if (events == NULL)
		return;
	lg_metric_set(events, care->lag + bulk->lag);
	lg_metric_set(seconds, (uint64_t)age / 1000);
}

void lg_gauges_refresh(void *user)
{
	struct lg_instance *instance = user;
	struct lg_gauges *g = instance->gauges;
	uint32_t me = instance->service->number;
	uint64_t owned_count = 0, unacknowledged = 0;

	for (uint8_t p = 0; p < LG_PARTITIONS; p++)
		owned_count += lg_owned_open(instance, p) != NULL;
	for (uint32_t site = 0; site <= instance->peer_count; site++)
		for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++) {
			struct lg_traffic care = lg_traffic_out(instance, site, LG_LANE_CARE, s),
					  bulk = lg_traffic_out(instance, site, LG_LANE_BULK, s);

			unacknowledged += care.lag + bulk.lag;
			if (site == 0)
				set_lag(g->reader_events[s], g->reader_seconds[s], &care, &bulk);
			else if (s == me)
				set_lag(g->line_events[site], g->line_seconds[site], &care, &bulk);
		}
	lg_metric_set(instance->gauge_owned, owned_count);
	lg_metric_set(instance->gauge_unacknowledged, unacknowledged);
	lg_metric_set(instance->gauge_queue, instance->queue_count);
	lg_metric_set(g->database, lg_pg_is_ready(instance->pg));
}

/*
 * Once, when a second look finds some, too: a form that is told a day late sets deadlines that are
 * past from the start and arrive within a second.
 */
static void say_overdue(struct lg_instance *instance, uint64_t overdue)
{
	struct lg_gauges *g = instance->gauges;

	g->overdue_looks = overdue > 0 ? g->overdue_looks + 1 : 0;
	if (g->overdue_looks == 2)
		lg_instance_fault(instance,
			"deadlines are overdue: of a type that this version does "
			"not know, or held");
}

static void surveyed(void *user, const struct lg_survey *survey)
{
	struct lg_instance *instance = user;
	struct lg_gauges *g = instance->gauges;

	say_overdue(instance, survey->overdue);
	lg_metric_set(g->overdue, survey->overdue);

	lg_metric_set(g->dead, survey->dead_letters);
	lg_metric_set(g->parked, survey->parked);
	lg_metric_set(g->unhandled, survey->unhandled);
	lg_metric_set(g->outbox, survey->outbox);
	lg_metric_set(g->foreign, survey->foreign_locks);
	lg_metric_set(g->snapshot, survey->oldest_snapshot_s);
	lg_metric_set(g->disk, survey->disk_bytes);
	lg_metric_set(g->free_disk, survey->disk_free_bytes);
}

static void watched_answered(void *metric, const PGresult *result)
{
	if (result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		lg_metric_set(metric, (uint64_t)lg_field_int(result, 0, 0));
}

void lg_gauges_tick(struct lg_instance *instance)
{
	struct lg_gauges *g = instance->gauges;
	const struct lg_watched *watched = instance->service->watched;

	if (g->ticks++ % SURVEY_TICKS != 0)
		return;
	lg_survey_ask(instance->pg, surveyed, instance);
	for (uint32_t i = 0; watched != NULL && watched[i].name != NULL; i++) {
		lg_pg_send(
			instance->pg, watched[i].statement, NULL, watched_answered, g->watched[i]);
		lg_pg_sync(instance->pg, NULL, NULL);
	}
}
