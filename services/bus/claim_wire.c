#include "services/bus/claim_wire.h"

#include "common/stream/envelope.h"
#include "proto/bus.pb-c.h"

static const Lifeguard__Bus__Claim *claim_from_message(const ProtobufCMessage *message)
{
	return (const Lifeguard__Bus__Claim *)message;
}

struct lg_status claim_from_wire(
	struct lg_arena *arena, struct lg_bytes bytes, struct claim *ret_claim)
{
	const Lifeguard__Bus__Claim *wire;
	struct claim claim = { .count = 0 };
	ProtobufCMessage *message;
	struct lg_status status;
	uint32_t seen = 0;

	if (bytes.size > BUS_CLAIM_BYTES_MAX)
		return lg_refuse("claim too large");
	status = lg_decode(arena, &lifeguard__bus__claim__descriptor, bytes, &message);
	if (!lg_is_done(status))
		return status;
	wire = claim_from_message(message);
	status = lg_id_from_bytes(
		lg_bytes(wire->instance.data, wire->instance.len), &claim.instance);
	if (!lg_is_done(status))
		return status;
	if (lg_id_is_zero(claim.instance))
		return lg_refuse("claim of no instance");
	claim.reads_joined = wire->reads_joined;
	if (wire->n_partitions > LG_PARTITIONS || wire->n_partitions != wire->n_takeovers)
		return lg_refuse("claim of too many partitions, or not one takeover for each");

	for (; claim.count < wire->n_partitions; claim.count++) {
		uint32_t partition = wire->partitions[claim.count];

		if (partition >= LG_PARTITIONS || (seen >> partition & 1u) != 0)
			return lg_refuse("claim of an unknown partition, or twice of one");
		seen |= 1u << partition;
		claim.partitions[claim.count] = (uint8_t)partition;
		claim.takeovers[claim.count] = wire->takeovers[claim.count];
	}
	*ret_claim = claim;
	return lg_done();
}
