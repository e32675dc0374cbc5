/* Wire to domain and back (subscription_wire.h). */
#include "services/notification/subscription_wire.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX 16

Lifeguard__Notification__Channel channel_to_wire(enum channel_kind channel)
{
	switch (channel) {
	case CHANNEL_FILE:
		return LIFEGUARD__NOTIFICATION__CHANNEL__FILE;
	case CHANNEL_SMTP:
		return LIFEGUARD__NOTIFICATION__CHANNEL__SMTP;
	case CHANNEL_KIND_COUNT:
		break;
	}
	abort();
}

Lifeguard__Notification__Language language_to_wire(enum language language)
{
	switch (language) {
	case LANGUAGE_EN:
		return LIFEGUARD__NOTIFICATION__LANGUAGE__EN;
	case LANGUAGE_HI:
		return LIFEGUARD__NOTIFICATION__LANGUAGE__HI;
	case LANGUAGE_NE:
		return LIFEGUARD__NOTIFICATION__LANGUAGE__NE;
	case LANGUAGE_COUNT:
		break;
	}
	abort();
}

static struct lg_status channel_from_wire(
	Lifeguard__Notification__Channel wire, enum channel_kind *ret_channel)
{
	for (unsigned i = 0; i < CHANNEL_KIND_COUNT; i++) {
		if (channel_to_wire((enum channel_kind)i) == wire) {
			*ret_channel = (enum channel_kind)i;
			return lg_done();
		}
	}
	return lg_refuse("channel is file or smtp");
}

static struct lg_status language_from_wire(
	Lifeguard__Notification__Language wire, enum language *ret_language)
{
	for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
		if (language_to_wire((enum language)i) == wire) {
			*ret_language = (enum language)i;
			return lg_done();
		}
	}
	return lg_refuse("language is en, hi or ne");
}

static struct lg_status events_from_wire(
	const Lifeguard__Notification__Subscribe *wire, uint32_t *ret_events)
{
	uint32_t events = 0;

	if (wire->n_events > EVENTS_MAX)
		return lg_refuse("at most 16 events are named; make another subscription for more");
	for (size_t i = 0; i < wire->n_events; i++) {
		enum told_event event = TOLD_COUNT;
		struct lg_status status = told_event_named(wire->events[i], &event);

		if (!lg_is_done(status))
			return status;
		if ((events >> event & 1u) != 0)
			return lg_refuse("an event is named twice");
		events |= 1u << event;
	}
	*ret_events = events;
	return lg_done();
}

struct lg_status subscription_from_wire(
	const Lifeguard__Notification__Subscribe *wire, struct subscription *ret_wanted)
{
	struct subscription wanted = { .role = (uint32_t)wire->role };
	size_t station_size = strnlen(wire->station, SUBSCRIPTION_STATION_MAX + 1);
	struct lg_status status =
		lg_id_from_bytes(lg_bytes(wire->subscription_id.data, wire->subscription_id.len),
			&wanted.subscription_id);

	if (lg_is_done(status) && wire->organisation.len > 0)
		status = lg_id_from_bytes(lg_bytes(wire->organisation.data, wire->organisation.len),
			&wanted.organisation);
	if (lg_is_done(status))
		status = channel_from_wire(wire->channel, &wanted.channel);
	if (lg_is_done(status))
		status = language_from_wire(wire->language, &wanted.language);
	if (lg_is_done(status))
		status = events_from_wire(wire, &wanted.events);
	if (lg_is_done(status) && station_size > SUBSCRIPTION_STATION_MAX)
		status = lg_refuse("station is 1 to 8 capital letters, or nothing");
	if (!lg_is_done(status))
		return status;
	memcpy(wanted.station, wire->station, station_size);
	*ret_wanted = wanted;
	return lg_done();
}
