/* Commands and answers: closed, bound, opened (command.h). */
#include "common/protect/command.h"

#include <assert.h>
#include <sodium.h>

#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"

#define NONCE_SIZE  crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE    crypto_aead_xchacha20poly1305_ietf_ABYTES
#define HEADER_SIZE 52
#define TOKEN_MAX   1024 /* bytes of a SignedToken; one takes about 200 */
#define OF_COMMAND  1
#define OF_ANSWER   2

static_assert(LG_PACT_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "XChaCha20-Poly1305");
static_assert(LG_BOUND_SIZE == HEADER_SIZE + NONCE_SIZE, "an answer is bound to both");

/*
 * What a box is bound to, built by both ends, never sent:
 *   "LGC2" | of u8 | service u8 | site u16 | type u32 | expires u64 | command id 16 | key 16,
 * numbers little endian.
 */
static void write_header(
	const struct lg_command *command, uint8_t of, uint8_t ret_header[HEADER_SIZE])
{
	uint8_t *at = ret_header;

	memcpy(at, "LGC2", 4);
	at += 4;
	*at++ = of;
	*at++ = command->service;
	lg_number_write(at, command->site, 2);
	at += 2;
	lg_number_write(at, command->type, 4);
	at += 4;
	lg_number_write(at, (uint64_t)command->expires_at, 8);
	at += 8;
	memcpy(at, command->command_id.byte, LG_ID_SIZE);
	at += LG_ID_SIZE;
	memcpy(at, command->key.byte, LG_ID_SIZE);
	at += LG_ID_SIZE;
	assert(at == ret_header + HEADER_SIZE);
}

/* nonce | ciphertext | tag, in the arena */
static struct lg_bytes close_box(struct lg_arena *arena, struct lg_pacts *pacts,
	struct lg_bytes plain, struct lg_bytes bound, const uint8_t key[LG_PACT_KEY])
{
	uint8_t *box = lg_alloc(arena, NONCE_SIZE + plain.size + TAG_SIZE);

	lg_pacts_random(pacts, box, NONCE_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE_SIZE, NULL, plain.data, plain.size,
		bound.data, bound.size, NULL, box, key);
	return lg_bytes(box, NONCE_SIZE + plain.size + TAG_SIZE);
}

/* Into the arena; false: another key, another binding, a turned bit. */
static bool open_box(struct lg_arena *arena, struct lg_bytes box, struct lg_bytes bound,
	const uint8_t key[LG_PACT_KEY], struct lg_bytes *ret_plain)
{
	size_t size = box.size - NONCE_SIZE - TAG_SIZE;
	uint8_t *plain = lg_alloc(arena, size);

	assert(box.size >= NONCE_SIZE + TAG_SIZE);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, box.data + NONCE_SIZE,
		    box.size - NONCE_SIZE, bound.data, bound.size, box.data, key) != 0)
		return false;
	*ret_plain = lg_bytes(plain, size);
	return true;
}

/* The answer's half of the pact, and what binds it to this sending of this command. */
static struct lg_reply reply_of(
	const struct lg_command *command, const struct lg_pact *pact, const uint8_t *nonce)
{
	struct lg_reply reply;

	memcpy(reply.key, pact->to_gateway, sizeof reply.key);
	write_header(command, OF_ANSWER, reply.bound);
	memcpy(reply.bound + HEADER_SIZE, nonce, NONCE_SIZE);
	return reply;
}

/* --- commands -------------------------------------------------------------------------- */

static struct lg_bytes encode_body(struct lg_arena *arena, const struct lg_command *command)
{
	Lifeguard__Bus__CommandBody inner = LIFEGUARD__BUS__COMMAND_BODY__INIT;

	inner.body = lg_wire_from_bytes(command->body);
	inner.token = lg_wire_from_bytes(command->token);
	inner.trace = lg_wire_from_bytes(lg_trace_bytes(&command->trace));
	inner.if_match = lg_wire_from_bytes(command->if_match);
	inner.is_new_id = command->is_new_id;
	return lg_encode(arena, &inner.base);
}

struct lg_bytes lg_command_close(
	struct lg_arena *arena, struct lg_pacts *gateway, struct lg_command *command, lg_ms now)
{
	Lifeguard__Bus__Command wire = LIFEGUARD__BUS__COMMAND__INIT;
	const struct lg_pact *pact = lg_pact_with(gateway, command->service, now);
	uint8_t header[HEADER_SIZE];

	wire.command_id = lg_wire_from_bytes(lg_id_bytes(&command->command_id));
	wire.type = command->type;
	wire.key = lg_wire_from_bytes(lg_id_bytes(&command->key));
	wire.site = command->site;
	wire.service = command->service;
	wire.expires_ms = command->expires_at;
	if (pact == NULL) { /* nobody is there who could open it, or answer */
		lg_reply_wipe(&command->reply);
		return lg_encode(arena, &wire.base);
	}
	write_header(command, OF_COMMAND, header);
	wire.offer = lg_wire_from_array(pact->offer, pact->offer_size);
	wire.box = lg_wire_from_bytes(close_box(arena, gateway, encode_body(arena, command),
		lg_bytes(header, sizeof header), pact->to_service));
	command->reply = reply_of(command, pact, wire.box.data);
	return lg_encode(arena, &wire.base);
}

/* The header as it is claimed; nothing of it is believed before the box has opened. */
static struct lg_status header_from_wire(
	const Lifeguard__Bus__Command *wire, struct lg_command *ret_command)
{
	/* what a field that we do not know says, the box does not bind */
	if (wire->base.n_unknown_fields > 0 || wire->site > UINT16_MAX ||
		wire->service >= LG_SERVICE_COUNT)
		return lg_refuse("the command is malformed");
	if (!lg_is_done(lg_id_from_bytes(
		    lg_bytes_from_wire(wire->command_id), &ret_command->command_id)) ||
		!lg_is_done(lg_id_from_bytes(lg_bytes_from_wire(wire->key), &ret_command->key)))
		return lg_refuse("the command's ids are malformed");
	if (wire->box.len < NONCE_SIZE + TAG_SIZE)
		return lg_refuse("the command's box is malformed");
	ret_command->type = wire->type;
	ret_command->site = (uint16_t)wire->site;
	ret_command->service = (uint8_t)wire->service;
	ret_command->expires_at = wire->expires_ms;
	return lg_done();
}

static struct lg_status body_from_bytes(
	struct lg_arena *arena, struct lg_bytes plain, struct lg_command *command)
{
	const Lifeguard__Bus__CommandBody *inner;
	ProtobufCMessage *message;

	if (!lg_is_done(
		    lg_decode(arena, &lifeguard__bus__command_body__descriptor, plain, &message)))
		return lg_refuse("the command's box is malformed");
	inner = (const Lifeguard__Bus__CommandBody *)message;
	command->body = lg_bytes_from_wire(inner->body);
	command->token = lg_bytes_from_wire(inner->token);
	command->trace = lg_trace_from_bytes(lg_bytes_from_wire(inner->trace));
	command->if_match = lg_bytes_from_wire(inner->if_match);
	command->is_new_id = inner->is_new_id;
	if (command->body.size > LG_ENVELOPE_MAX || command->token.size > TOKEN_MAX ||
		command->if_match.size > LG_IF_MATCH_MAX)
		return lg_refuse("the command is too large");
	return lg_done();
}

struct lg_status lg_command_open(struct lg_arena *arena, struct lg_pacts *service,
	struct lg_bytes bytes, lg_ms now, struct lg_command *ret_command)
{
	struct lg_command command = { .type = 0 };
	const Lifeguard__Bus__Command *wire;
	const struct lg_pact *pact;
	uint8_t header[HEADER_SIZE];
	ProtobufCMessage *message;
	struct lg_status status;
	struct lg_bytes plain;

	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__command__descriptor, bytes, &message)))
		return lg_refuse("the command is malformed");
	wire = (const Lifeguard__Bus__Command *)message;
	status = header_from_wire(wire, &command);
	if (!lg_is_done(status))
		return status;
	if (!lg_pacts_are_of(service, command.site, command.service))
		return lg_refuse("the command is for another service");
	if (command.expires_at <= now)
		return lg_refuse("the command has expired");
	status = lg_pact_take(service, lg_bytes_from_wire(wire->offer), now, &pact);
	if (!lg_is_done(status))
		return status;
	write_header(&command, OF_COMMAND, header);
	if (!open_box(arena, lg_bytes_from_wire(wire->box), lg_bytes(header, sizeof header),
		    pact->to_service, &plain))
		return lg_refuse("the command's box is not of this pact and this command");
	status = body_from_bytes(arena, plain, &command);
	if (!lg_is_done(status))
		return status;
	command.reply = reply_of(&command, pact, wire->box.data);
	*ret_command = command;
	return lg_done();
}

/* --- answers --------------------------------------------------------------------------- */

struct lg_bytes lg_answer_close(struct lg_arena *arena, struct lg_pacts *service,
	const struct lg_command *command, const struct lg_answered *answered)
{
	Lifeguard__Bus__AnswerBody inner = LIFEGUARD__BUS__ANSWER_BODY__INIT;
	Lifeguard__Bus__Answer wire = LIFEGUARD__BUS__ANSWER__INIT;

	inner.status = answered->status;
	inner.body = lg_wire_from_bytes(answered->body);
	inner.version = answered->version;
	wire.command_id = lg_wire_from_bytes(lg_id_bytes(&command->command_id));
	wire.box = lg_wire_from_bytes(close_box(arena, service, lg_encode(arena, &inner.base),
		lg_bytes(command->reply.bound, LG_BOUND_SIZE), command->reply.key));
	return lg_encode(arena, &wire.base);
}

static struct lg_status answer_from_bytes(
	struct lg_arena *arena, struct lg_bytes bytes, const Lifeguard__Bus__Answer **ret_answer)
{
	ProtobufCMessage *message;

	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__answer__descriptor, bytes, &message)) ||
		message->n_unknown_fields > 0)
		return lg_refuse("the answer is malformed");
	*ret_answer = (const Lifeguard__Bus__Answer *)message;
	return lg_done();
}

struct lg_status lg_answer_id(
	struct lg_arena *arena, struct lg_bytes bytes, struct lg_id *ret_command_id)
{
	const Lifeguard__Bus__Answer *wire;
	struct lg_status status = answer_from_bytes(arena, bytes, &wire);

	if (!lg_is_done(status))
		return status;
	return lg_id_from_bytes(lg_bytes_from_wire(wire->command_id), ret_command_id);
}

struct lg_status lg_answer_open(struct lg_arena *arena, const struct lg_reply *reply,
	struct lg_bytes bytes, struct lg_answered *ret_answered)
{
	const Lifeguard__Bus__Answer *wire;
	const Lifeguard__Bus__AnswerBody *inner;
	ProtobufCMessage *message;
	struct lg_status status = answer_from_bytes(arena, bytes, &wire);
	struct lg_bytes plain;

	if (!lg_is_done(status))
		return status;
	if (wire->box.len < NONCE_SIZE + TAG_SIZE)
		return lg_refuse("the answer is malformed");
	if (!open_box(arena, lg_bytes_from_wire(wire->box), lg_bytes(reply->bound, LG_BOUND_SIZE),
		    reply->key, &plain))
		return lg_refuse("the answer was not made by that service for this command");
	if (!lg_is_done(
		    lg_decode(arena, &lifeguard__bus__answer_body__descriptor, plain, &message)))
		return lg_refuse("the answer is malformed");

	inner = (const Lifeguard__Bus__AnswerBody *)message;
	*ret_answered = (struct lg_answered){
		.status = inner->status,
		.version = inner->version,
		.body = lg_bytes_from_wire(inner->body),
	};
	return lg_done();
}

void lg_reply_wipe(struct lg_reply *reply)
{
	sodium_memzero(reply, sizeof *reply);
}
