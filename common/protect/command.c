/* Commands and answers: closed, signed, checked, opened (command.h). */
#include "common/protect/command.h"

#include <assert.h>
#include <sodium.h>

#include "common/protect/sign.h"
#include "common/protect/wire.h"
#include "proto/bus.pb-c.h"

#define COMMAND_CONTEXT "lifeguard-command-1"
#define DIGEST_SIZE     32
#define KEY_SIZE        32
#define TOKEN_MAX       1024 /* bytes of a SignedToken; one takes about 200 */

static_assert(KEY_SIZE == crypto_box_PUBLICKEYBYTES, "X25519 public key");
static_assert(KEY_SIZE == crypto_box_SECRETKEYBYTES, "X25519 secret key");

/*
 * Header and signed part are the message without its later fields, encoded anew by both ends:
 * what is proved is what the fields say, and a field that we do not know spoils the proof.
 */
static struct lg_bytes part_of(
	struct lg_arena *arena, const Lifeguard__Bus__Command *wire, bool with_box)
{
	Lifeguard__Bus__Command part = *wire;

	part.signature = (ProtobufCBinaryData){ .len = 0 };
	if (!with_box)
		part.box = (ProtobufCBinaryData){ .len = 0 };
	return lg_encode(arena, &part.base);
}

static void header_digest(
	struct lg_arena *arena, const Lifeguard__Bus__Command *wire, uint8_t ret[DIGEST_SIZE])
{
	struct lg_bytes header = part_of(arena, wire, false);

	crypto_generichash(ret, DIGEST_SIZE, header.data, header.size, NULL, 0);
}

/* --- commands -------------------------------------------------------------------------- */

static struct lg_bytes box_command(struct lg_arena *arena, const Lifeguard__Bus__Command *wire,
	const struct lg_command *command, const uint8_t service_box[KEY_SIZE])
{
	Lifeguard__Bus__CommandBody inner = LIFEGUARD__BUS__COMMAND_BODY__INIT;
	uint8_t made[DIGEST_SIZE];
	struct lg_bytes plain;
	uint8_t *box;

	header_digest(arena, wire, made);
	inner.header_digest = lg_wire_from_array(made, sizeof made);
	inner.body = lg_wire_from_bytes(command->body);
	inner.reply_key = lg_wire_from_array(command->reply_key, sizeof command->reply_key);
	inner.token = lg_wire_from_bytes(command->token);
	inner.trace = lg_wire_from_bytes(lg_trace_bytes(&command->trace));
	inner.if_match = lg_wire_from_bytes(command->if_match);
	plain = lg_encode(arena, &inner.base);

	box = lg_alloc(arena, plain.size + crypto_box_SEALBYTES);
	/* fails only for a malformed key: the box stays zeros then, which nobody opens */
	if (crypto_box_seal(box, plain.data, plain.size, service_box) != 0)
		sodium_memzero(box, plain.size + crypto_box_SEALBYTES);
	return lg_bytes(box, plain.size + crypto_box_SEALBYTES);
}

struct lg_bytes lg_command_close(struct lg_arena *arena, const struct lg_own_keys *gateway,
	const struct lg_keyring *keyring, struct lg_command *command, struct lg_reply *ret_reply)
{
	Lifeguard__Bus__Command wire = LIFEGUARD__BUS__COMMAND__INIT;
	uint8_t signature[LG_SIGNATURE_SIZE];

	assert(command->service < LG_SERVICE_COUNT);

	crypto_box_keypair(ret_reply->public_key, ret_reply->secret_key);
	memcpy(command->reply_key, ret_reply->public_key, sizeof command->reply_key);

	wire.command_id = lg_wire_from_bytes(lg_id_bytes(&command->command_id));
	wire.type = command->type;
	wire.key = lg_wire_from_bytes(lg_id_bytes(&command->key));
	wire.site = command->site;
	wire.service = command->service;
	wire.expires_ms = command->expires_at;
	wire.box = lg_wire_from_bytes(
		box_command(arena, &wire, command, keyring->services[command->service].box));
	lg_sign(arena, COMMAND_CONTEXT, part_of(arena, &wire, true), gateway->sign, signature);
	wire.signature = lg_wire_from_array(signature, sizeof signature);
	return lg_encode(arena, &wire.base);
}

static struct lg_status check_header(struct lg_arena *arena, const struct lg_own_keys *keys,
	const struct lg_keyring *keyring, const Lifeguard__Bus__Command *wire, lg_ms now)
{
	if (!lg_sign_check(arena, COMMAND_CONTEXT, part_of(arena, wire, true),
		    lg_bytes_from_wire(wire->signature),
		    keyring->services[LG_SERVICE_GATEWAY].sign))
		return lg_refuse("the command is not signed by this site's gateway");
	if (wire->site != keyring->site || wire->service != keys->service)
		return lg_refuse("the command is for another service");
	if (wire->expires_ms <= now)
		return lg_refuse("the command has expired");
	return lg_done();
}

static struct lg_status open_box(struct lg_arena *arena, const struct lg_own_keys *keys,
	const struct lg_keyring *keyring, struct lg_bytes box,
	const Lifeguard__Bus__CommandBody **ret_body)
{
	ProtobufCMessage *message;
	size_t size;
	uint8_t *plain;

	if (box.size < crypto_box_SEALBYTES)
		return lg_refuse("the command's box is malformed");
	size = box.size - crypto_box_SEALBYTES;
	plain = lg_alloc(arena, size);
	if (crypto_box_seal_open(plain, box.data, box.size, keyring->services[keys->service].box,
		    keys->box) != 0)
		return lg_refuse("the command's box is not closed to this service");
	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__command_body__descriptor,
		    lg_bytes(plain, size), &message)))
		return lg_refuse("the command's box is malformed");
	*ret_body = (const Lifeguard__Bus__CommandBody *)message;
	return lg_done();
}

static struct lg_status command_from_wire(struct lg_arena *arena,
	const Lifeguard__Bus__Command *wire, const Lifeguard__Bus__CommandBody *inner,
	struct lg_command *ret_command)
{
	struct lg_command command = { .type = wire->type,
		.site = (uint16_t)wire->site, /* both were compared with our own */
		.service = (uint8_t)wire->service,
		.expires_at = wire->expires_ms,
		.body = lg_bytes_from_wire(inner->body),
		.token = lg_bytes_from_wire(inner->token),
		.trace = lg_trace_from_bytes(lg_bytes_from_wire(inner->trace)),
		.if_match = lg_bytes_from_wire(inner->if_match) };
	uint8_t made[DIGEST_SIZE];

	header_digest(arena, wire, made);
	if (inner->header_digest.len != DIGEST_SIZE ||
		sodium_memcmp(inner->header_digest.data, made, DIGEST_SIZE) != 0)
		return lg_refuse("the command's box belongs to another command");
	if (!lg_is_done(
		    lg_id_from_bytes(lg_bytes_from_wire(wire->command_id), &command.command_id)) ||
		!lg_is_done(lg_id_from_bytes(lg_bytes_from_wire(wire->key), &command.key)))
		return lg_refuse("the command's ids are malformed");
	if (inner->reply_key.len != KEY_SIZE)
		return lg_refuse("the command's reply key is malformed");
	if (command.body.size > LG_ENVELOPE_MAX || command.token.size > TOKEN_MAX ||
		command.if_match.size > LG_IF_MATCH_MAX)
		return lg_refuse("the command is too large");

	memcpy(command.reply_key, inner->reply_key.data, KEY_SIZE);
	*ret_command = command;
	return lg_done();
}

struct lg_status lg_command_open(struct lg_arena *arena, const struct lg_own_keys *keys,
	const struct lg_keyring *keyring, struct lg_bytes bytes, lg_ms now,
	struct lg_command *ret_command)
{
	const Lifeguard__Bus__Command *wire;
	const Lifeguard__Bus__CommandBody *inner;
	ProtobufCMessage *message;
	struct lg_status status;

	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__command__descriptor, bytes, &message)))
		return lg_refuse("the command is malformed");
	wire = (const Lifeguard__Bus__Command *)message;
	status = check_header(arena, keys, keyring, wire, now);
	if (!lg_is_done(status))
		return status;
	status = open_box(arena, keys, keyring, lg_bytes_from_wire(wire->box), &inner);
	if (!lg_is_done(status))
		return status;
	return command_from_wire(arena, wire, inner, ret_command);
}

/* --- answers --------------------------------------------------------------------------- */

struct lg_bytes lg_answer_close(struct lg_arena *arena, const struct lg_own_keys *keys,
	const struct lg_command *command, const struct lg_answered *answered)
{
	Lifeguard__Bus__AnswerBody inner = LIFEGUARD__BUS__ANSWER_BODY__INIT;
	Lifeguard__Bus__Answer wire = LIFEGUARD__BUS__ANSWER__INIT;
	struct lg_bytes plain;
	size_t size;
	uint8_t *box;

	inner.status = answered->status;
	inner.body = lg_wire_from_bytes(answered->body);
	inner.version = answered->version;
	plain = lg_encode(arena, &inner.base);
	size = crypto_box_NONCEBYTES + crypto_box_MACBYTES + plain.size;
	box = lg_alloc(arena, size);
	randombytes_buf(box, crypto_box_NONCEBYTES);
	/* fails only for a malformed reply key: then there is nobody who could read the answer */
	if (crypto_box_easy(box + crypto_box_NONCEBYTES, plain.data, plain.size, box,
		    command->reply_key, keys->box) != 0)
		sodium_memzero(box, size);

	wire.command_id = lg_wire_from_bytes(lg_id_bytes(&command->command_id));
	wire.box = lg_wire_from_array(box, size);
	return lg_encode(arena, &wire.base);
}

static struct lg_status answer_from_bytes(
	struct lg_arena *arena, struct lg_bytes bytes, const Lifeguard__Bus__Answer **ret_answer)
{
	ProtobufCMessage *message;

	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__answer__descriptor, bytes, &message)))
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

static bool open_answer(uint8_t *plain, struct lg_bytes box, const uint8_t service_box[KEY_SIZE],
	const struct lg_reply *reply)
{
	return crypto_box_open_easy(plain, box.data + crypto_box_NONCEBYTES,
		       box.size - crypto_box_NONCEBYTES, box.data, service_box,
		       reply->secret_key) == 0;
}

struct lg_status lg_answer_open(struct lg_arena *arena, const struct lg_keyring *keyring,
	uint32_t service, const struct lg_reply *reply, struct lg_bytes bytes,
	struct lg_answered *ret_answered)
{
	const Lifeguard__Bus__Answer *wire;
	const Lifeguard__Bus__AnswerBody *inner;
	const struct lg_service_keys *public;
	ProtobufCMessage *message;
	struct lg_status status = answer_from_bytes(arena, bytes, &wire);
	struct lg_bytes box;
	uint8_t *plain;
	size_t size;

	if (!lg_is_done(status))
		return status;
	box = lg_bytes_from_wire(wire->box);
	if (service >= LG_SERVICE_COUNT || box.size < crypto_box_NONCEBYTES + crypto_box_MACBYTES)
		return lg_refuse("the answer is malformed");
	public = &keyring->services[service];
	size = box.size - crypto_box_NONCEBYTES - crypto_box_MACBYTES;
	plain = lg_alloc(arena, size);
	if (!open_answer(plain, box, public->box, reply) &&
		!(public->has_box_previous && open_answer(plain, box, public->box_previous, reply)))
		return lg_refuse("the answer was not made by that service for this command");
	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__answer_body__descriptor,
		    lg_bytes(plain, size), &message)))
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
