/*
 * lg_command_open() and lg_answer_open(), from both sides of signature and box.  The first byte
 * says which:
 *   0  the rest is a command's frame, as a compromised bus may send it
 *   1  the rest is what lies in its box, closed and signed here, as a compromised gateway may
 *   2  the rest is an answer's frame
 *   3  the rest is what lies in an answer's box, as a compromised service may close it
 */
#include <assert.h>

#include "common/protect/command.h"
#include "common/protect/sign.h"
#include "common/protect/wire.h"
#include "proto/bus.pb-c.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/site.h"

static struct lg_bytes close_command(
	struct lg_arena *arena, const struct fuzz_site *site, struct lg_bytes inner)
{
	Lifeguard__Bus__Command wire = LIFEGUARD__BUS__COMMAND__INIT;
	const struct lg_id id = { .byte = { 1 } };
	uint8_t *box = lg_alloc(arena, inner.size + crypto_box_SEALBYTES);
	uint8_t signature[LG_SIGNATURE_SIZE];

	crypto_box_seal(box, inner.data, inner.size, site->keyring.services[LG_SERVICE_INTAKE].box);
	wire.command_id = wire.key = lg_wire_from_bytes(lg_id_bytes(&id));
	wire.site = FUZZ_SITE;
	wire.service = LG_SERVICE_INTAKE;
	wire.expires_ms = FUZZ_NOW + 1;
	wire.box = lg_wire_from_array(box, inner.size + crypto_box_SEALBYTES);
	lg_sign(arena, "lifeguard-command-1", lg_encode(arena, &wire.base),
		site->keys[LG_SERVICE_GATEWAY].sign, signature);
	wire.signature = lg_wire_from_array(signature, sizeof signature);
	return lg_encode(arena, &wire.base);
}

static void try_command(struct lg_arena *arena, const struct fuzz_site *site, struct lg_bytes frame)
{
	struct lg_command command;

	if (lg_is_done(lg_command_open(arena, &site->keys[LG_SERVICE_INTAKE], &site->keyring, frame,
		    FUZZ_NOW, &command))) {
		assert(command.site == FUZZ_SITE);
		assert(command.service == LG_SERVICE_INTAKE);
		assert(command.expires_at > FUZZ_NOW);
		assert(command.body.size <= LG_ENVELOPE_MAX);
	}
}

/* The reply's keys are intake's own here: any fixed pair does. */
static struct lg_reply reply_of(const struct fuzz_site *site)
{
	struct lg_reply reply;

	memcpy(reply.public_key, site->keyring.services[LG_SERVICE_REFERRAL].box, 32);
	memcpy(reply.secret_key, site->keys[LG_SERVICE_REFERRAL].box, 32);
	return reply;
}

static struct lg_bytes close_answer(
	struct lg_arena *arena, const struct fuzz_site *site, struct lg_bytes inner)
{
	Lifeguard__Bus__Answer wire = LIFEGUARD__BUS__ANSWER__INIT;
	const struct lg_reply reply = reply_of(site);
	size_t size = crypto_box_NONCEBYTES + crypto_box_MACBYTES + inner.size;
	uint8_t *box = lg_alloc(arena, size);

	if (crypto_box_easy(box + crypto_box_NONCEBYTES, inner.data, inner.size, box,
		    reply.public_key, site->keys[LG_SERVICE_INTAKE].box) != 0)
		abort();
	wire.box = lg_wire_from_array(box, size);
	return lg_encode(arena, &wire.base);
}

static void try_answer(struct lg_arena *arena, const struct fuzz_site *site, struct lg_bytes frame)
{
	const struct lg_reply reply = reply_of(site);
	struct lg_answered answered;
	struct lg_id id;

	if (lg_is_done(lg_answer_id(arena, frame, &id)))
		assert(frame.size >= LG_ID_SIZE);
	if (lg_is_done(lg_answer_open(
		    arena, &site->keyring, LG_SERVICE_INTAKE, &reply, frame, &answered)))
		assert(answered.body.size < frame.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lg_arena *arena = lg_arena_new();
	const struct fuzz_site *site = fuzz_site();

	if (size > 0) {
		struct lg_bytes rest = lg_bytes(data + 1, size - 1);

		switch (data[0] % 4) {
		case 0:
			try_command(arena, site, rest);
			break;
		case 1:
			try_command(arena, site, close_command(arena, site, rest));
			break;
		case 2:
			try_answer(arena, site, rest);
			break;
		default:
			try_answer(arena, site, close_answer(arena, site, rest));
		}
	}
	lg_arena_free(arena);
	return 0;
}
