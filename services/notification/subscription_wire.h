/* Subscriptions and notices between the wire and the domain: enums are ours or refused here. */
#ifndef NOTIFICATION_SUBSCRIPTION_WIRE_H
#define NOTIFICATION_SUBSCRIPTION_WIRE_H

#include "proto/notification.pb-c.h"
#include "services/notification/domain/notice.h"
#include "services/notification/domain/subscription.h"

/* Bytes that point into the id. */
static inline ProtobufCBinaryData id_to_wire(const struct lg_id *id)
{
	return (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)id->byte, .len = LG_ID_SIZE };
}

/* As on the wire. */
Lifeguard__Notification__Channel channel_to_wire(enum channel_kind channel);
Lifeguard__Notification__Language language_to_wire(enum language language);

/*
 * What a Subscribe wants; its digest is left to the caller.
 *   refused  an id that is none, an unknown channel or language, an event that nobody can be told
 *            of, one named twice, too many, a station that is too long
 */
LG_MUST_CHECK struct lg_status subscription_from_wire(
	const Lifeguard__Notification__Subscribe *wire, struct subscription *ret_wanted);

#endif
