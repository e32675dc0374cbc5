/*
 * lg_command_open() and lg_answer_open(), from both sides of the box.  The first byte
 * says which:
 *   0  the rest is a command's frame, as a compromised bus may send it
 *   1  the rest is what lies in its box, closed here, as a compromised gateway may
 *   2  the rest is an answer's frame
 *   3  the rest is what lies in an answer's box, as a compromised service may close it
 */
#include <assert.h>

#include "common/protect/command.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/site.h"

/* The pact's offer is intake's to check in each run; agreeing anew is what makes a run slow. */
static struct lg_pacts *pacts_of(const struct fuzz_site *site, uint32_t service)
{
	static struct lg_pacts *pacts[LG_SERVICE_COUNT];

	if (pacts[service] == NULL)
		pacts[service] = lg_pacts_new(&site->keys[service], &site->keyring);
	return pacts[service];
}

static struct lg_bytes box_of(struct lg_arena *arena, struct lg_bytes plain, const uint8_t *bound,
	size_t bound_size, const uint8_t *key)
{
	size_t nonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
	size_t size = nonce + plain.size + crypto_aead_xchacha20poly1305_ietf_ABYTES;
	uint8_t *box = lg_alloc(arena, size);

	crypto_aead_xchacha20poly1305_ietf_encrypt(
		box + nonce, NULL, plain.data, plain.size, bound, bound_size, NULL, box, key);
	return lg_bytes(box, size);
}

static struct lg_bytes close_command(
	struct lg_arena *arena, const struct fuzz_site *site, struct lg_bytes inner)
{
	Lifeguard__Bus__Command wire = LIFEGUARD__BUS__COMMAND__INIT;
	const struct lg_id id = { .byte = { 1 } };
	const struct lg_pact *pact =
		lg_pact_with(pacts_of(site, LG_SERVICE_GATEWAY), LG_SERVICE_INTAKE, FUZZ_NOW);
	uint8_t header[52] = { 'L', 'G', 'C', '2', 1, LG_SERVICE_INTAKE, FUZZ_SITE };

	for (uint32_t i = 0; i < 8; i++)
		header[12 + i] = (uint8_t)((uint64_t)(FUZZ_NOW + 1) >> 8 * i);
	header[20] = header[36] = 1; /* both ids */
	wire.command_id = wire.key = lg_wire_from_bytes(lg_id_bytes(&id));
	wire.site = FUZZ_SITE;
	wire.service = LG_SERVICE_INTAKE;
	wire.expires_ms = FUZZ_NOW + 1;
	wire.offer = lg_wire_from_array(pact->offer, pact->offer_size);
	wire.box =
		lg_wire_from_bytes(box_of(arena, inner, header, sizeof header, pact->to_service));
	return lg_encode(arena, &wire.base);
}

static bool try_command(struct lg_arena *arena, const struct fuzz_site *site, struct lg_bytes frame)
{
	struct lg_command command;
	struct lg_status opened = lg_command_open(
		arena, pacts_of(site, LG_SERVICE_INTAKE), frame, FUZZ_NOW, &command);

	if (lg_is_done(opened)) {
		assert(command.site == FUZZ_SITE);
		assert(command.service == LG_SERVICE_INTAKE);
		assert(command.expires_at > FUZZ_NOW);
		assert(command.body.size <= LG_ENVELOPE_MAX);
	}
	/* otherwise what is closed here would test nothing behind the box */
	return lg_is_done(opened) ||
	       strcmp(opened.reason, "the command's box is not of this pact and this command") != 0;
}

static const struct lg_reply fixed_reply = { .key = { 7 }, .bound = { 9 } };

static struct lg_bytes close_answer(struct lg_arena *arena, struct lg_bytes inner)
{
	Lifeguard__Bus__Answer wire = LIFEGUARD__BUS__ANSWER__INIT;

	wire.box = lg_wire_from_bytes(
		box_of(arena, inner, fixed_reply.bound, LG_BOUND_SIZE, fixed_reply.key));
	return lg_encode(arena, &wire.base);
}

static void try_answer(struct lg_arena *arena, struct lg_bytes frame)
{
	struct lg_answered answered;
	struct lg_id id;

	if (lg_is_done(lg_answer_id(arena, frame, &id)))
		assert(frame.size >= LG_ID_SIZE);
	if (lg_is_done(lg_answer_open(arena, &fixed_reply, frame, &answered)))
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
			assert(try_command(arena, site, close_command(arena, site, rest)));
			break;
		case 2:
			try_answer(arena, rest);
			break;
		default:
			try_answer(arena, close_answer(arena, rest));
		}
	}
	lg_arena_free(arena);
	return 0;
}
