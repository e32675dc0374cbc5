/*
 * Which descriptor an input is read by: its first two bytes, little endian, are a number of
 * registry.txt, or below 100 one of the messages that carry others.
 */
#ifndef LG_TESTS_FUZZ_WIRE_H
#define LG_TESTS_FUZZ_WIRE_H

#include "common/stream/envelope.h"
#include "common/stream/registry.h"
#include "proto/bus.pb-c.h"
#include "proto/keyring.pb-c.h"

/* NULL: no such number.  ret_rest is what follows. */
static inline const ProtobufCMessageDescriptor *fuzz_descriptor(
	const uint8_t *data, size_t size, struct lg_bytes *ret_rest)
{
	static const ProtobufCMessageDescriptor *const carriers[] = {
		&lifeguard__envelope__envelope__descriptor,
		&lifeguard__envelope__batch__descriptor,
		&lifeguard__envelope__manifest__descriptor,
		&lifeguard__envelope__signed_token__descriptor,
		&lifeguard__envelope__token__descriptor,
		&lifeguard__bus__subscribe__descriptor,
		&lifeguard__bus__deliver__descriptor,
		&lifeguard__bus__go_back__descriptor,
		&lifeguard__bus__claim__descriptor,
		&lifeguard__bus__command__descriptor,
		&lifeguard__bus__command_body__descriptor,
		&lifeguard__bus__answer__descriptor,
		&lifeguard__bus__answer_body__descriptor,
		&lifeguard__keyring__signed_keyring__descriptor,
		&lifeguard__keyring__keyring__descriptor,
	};
	const struct lg_message_type *type;
	uint32_t number;

	if (size < 2)
		return NULL;
	number = data[0] | (uint32_t)data[1] << 8;
	*ret_rest = lg_bytes(data + 2, size - 2);
	if (number < sizeof carriers / sizeof *carriers)
		return carriers[number];
	type = lg_message_type(number);
	return type == NULL ? NULL : type->descriptor;
}

#endif
