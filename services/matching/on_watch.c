/*
 * Somebody who is known was met again: this site's readers are told where and when, linked sites
 * that it happened and on which corridor.  What a linked site tells is told here again.
 */
#include "services/matching/handlers.h"

#include "services/matching/wire/person_wire.h"

static const Lifeguard__Matching__WatchlistHit *hit_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__WatchlistHit *)item->message;
}

static void publish(struct lg_batch *batch, struct lg_item *item,
	const Lifeguard__Matching__WatchlistHit *message, struct lg_id key, uint16_t destination)
{
	lg_publish(batch, item,
		&(struct lg_event){
			.type = WATCHLIST_HIT,
			.event_id = lg_new_id(batch),
			.occurred_at = item->now,
			.message = &message->base,
			.key = key,
			.destination = destination,
		});
}

void raise_sighting(struct lg_batch *batch, struct lg_item *item, const struct sighting *sighting)
{
	const struct person_record *now = sighting->now, *before = sighting->before;
	Lifeguard__Matching__WatchlistHit message = LIFEGUARD__MATCHING__WATCHLIST_HIT__INIT;

	write_watch(batch, sighting, item->now);
	message.case_id = id_to_wire(&now->home);
	message.record_id = id_to_wire(&now->record_id);
	message.kind = sighting->kind == SIGHTING_SUSPECT
			       ? LIFEGUARD__MATCHING__WATCH_KIND__SUSPECT_SEEN
			       : LIFEGUARD__MATCHING__WATCH_KIND__SEEN_TWICE;
	message.corridor = lg_copy_text(item->arena, sighting->corridor);
	for (const uint16_t *peer = lg_batch_peers(batch); *peer != 0; peer++)
		publish(batch, item, &message, now->home, *peer);
	message.station = lg_copy_text(item->arena, now->station);
	message.seen_ms = now->facts.at;
	message.before_station = lg_copy_text(item->arena, before->station);
	message.before_ms = before->facts.at;
	message.probability_ppm = sighting->probability_ppm;
	message.origin_site = lg_batch_site(batch);
	publish(batch, item, &message, now->home, 0);
}

void load_watch(struct lg_batch *batch, struct lg_item *item)
{
	struct watch_work *work = item->work;

	work->is_ours = item->event->site == lg_batch_site(batch);
}

struct lg_status decide_watch(struct lg_item *item)
{
	struct watch_work *work = item->work;
	const Lifeguard__Matching__WatchlistHit *told = hit_of(item);
	struct lg_status status = id_from_wire(&told->case_id, &work->case_id);

	if (lg_is_done(status))
		status = id_from_wire(&told->record_id, &work->record_id);
	if (!lg_is_done(status) || work->is_ours)
		return status;
	if (lg_id_site(work->case_id) != item->event->site)
		return lg_refuse("a site tells of its own cases");
	if (!lg_id_equal(work->case_id, item->key))
		return lg_refuse("the case is not the event's key");
	if (told->kind != LIFEGUARD__MATCHING__WATCH_KIND__SEEN_TWICE &&
		told->kind != LIFEGUARD__MATCHING__WATCH_KIND__SUSPECT_SEEN)
		return lg_refuse("a hit is of somebody seen twice or of a suspect");
	if (strlen(told->corridor) > CORRIDOR_MAX)
		return lg_refuse("the corridor is above 32 bytes");
	if (told->station[0] != '\0' || told->before_station[0] != '\0')
		return lg_refuse("another site names no station");
	return lg_done();
}

void store_watch_told(struct lg_batch *batch, struct lg_item *item)
{
	const struct watch_work *work = item->work;
	Lifeguard__Matching__WatchlistHit message = LIFEGUARD__MATCHING__WATCHLIST_HIT__INIT;

	if (work->is_ours)
		return;
	message.case_id = id_to_wire(&work->case_id);
	message.record_id = id_to_wire(&work->record_id);
	message.kind = hit_of(item)->kind;
	message.corridor = lg_copy_text(item->arena, hit_of(item)->corridor);
	message.origin_site = item->event->site;
	publish(batch, item, &message, work->case_id, 0);
}
