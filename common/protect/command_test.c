#include "common/protect/command.h"

#include "common/protect/sign.h"
#include "common/protect/site_for_tests.h"
#include "common/protect/wire.h"
#include "proto/bus.pb-c.h"

/* One command from the gateway to intake at site 7, closed. */
struct sent {
	struct lg_arena *arena;
	struct test_site site;
	struct lg_command command;
	struct lg_reply reply;
	Lifeguard__Bus__Command *wire; /* as closed; may be altered */
};

static const struct lg_own_keys *keys_of(const struct sent *sent, uint32_t service)
{
	return &sent->site.keys[service];
}

/* Another command, so that its box can be put under the first one's header. */
static Lifeguard__Bus__Command *close_command(
	struct sent *sent, struct lg_command *command, struct lg_reply *ret_reply)
{
	ProtobufCMessage *message = NULL;
	struct lg_bytes bytes = lg_command_close(sent->arena, keys_of(sent, LG_SERVICE_GATEWAY),
		&sent->site.keyring, command, ret_reply);

	assert_done(lg_decode(sent->arena, &lifeguard__bus__command__descriptor, bytes, &message));
	return (Lifeguard__Bus__Command *)message;
}

static int set_up(void **state)
{
	struct sent *sent = calloc(1, sizeof *sent);

	assert_non_null(sent);
	sent->arena = lg_arena_new();
	test_site_init(&sent->site, 7);
	sent->command = (struct lg_command){ .command_id = test_id(1),
		.type = 1101,
		.key = test_id(2),
		.site = 7,
		.service = LG_SERVICE_INTAKE,
		.expires_at = NOON + LG_MINUTE_MS,
		.body = lg_bytes("{\"name\":\"MARKER\"}", 17),
		.token = lg_bytes("a token", 7),
		.if_match = lg_bytes("\"7.ab\"", 6) };
	sent->wire = close_command(sent, &sent->command, &sent->reply);
	*state = sent;
	return 0;
}

static int tear_down(void **state)
{
	struct sent *sent = *state;

	lg_arena_free(sent->arena);
	free(sent);
	return 0;
}

static struct lg_status open_as(
	struct sent *sent, uint32_t service, lg_ms now, struct lg_command *ret_command)
{
	return lg_command_open(sent->arena, keys_of(sent, service), &sent->site.keyring,
		lg_encode(sent->arena, &sent->wire->base), now, ret_command);
}

static void sign_by(struct sent *sent, uint32_t service)
{
	uint8_t *signature = lg_alloc(sent->arena, LG_SIGNATURE_SIZE);

	sent->wire->signature.len = 0;
	lg_sign(sent->arena, "lifeguard-command-1", lg_encode(sent->arena, &sent->wire->base),
		keys_of(sent, service)->sign, signature);
	sent->wire->signature = lg_wire_from_array(signature, LG_SIGNATURE_SIZE);
}

/* Goal: a command comes out as it went in, and its frame shows neither body nor token. */
/* Method: close, search the frame, open. */
static void a_command_comes_out_as_it_went_in(void **state)
{
	struct sent *sent = *state;
	struct lg_bytes frame = lg_encode(sent->arena, &sent->wire->base);
	struct lg_command got;

	assert_null(memmem(frame.data, frame.size, "MARKER", 6));
	assert_null(memmem(frame.data, frame.size, "token", 5));
	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &got));
	assert_true(lg_id_equal(got.command_id, test_id(1)));
	assert_true(lg_id_equal(got.key, test_id(2)));
	assert_int_equal(got.type, 1101);
	assert_int_equal(got.site, 7);
	assert_int_equal(got.service, LG_SERVICE_INTAKE);
	assert_true(got.expires_at == NOON + LG_MINUTE_MS);
	assert_true(lg_bytes_equal(got.body, sent->command.body));
	assert_true(lg_bytes_equal(got.token, sent->command.token));
	assert_true(lg_bytes_equal(got.if_match, sent->command.if_match));
	assert_memory_equal(got.reply_key, sent->reply.public_key, 32);
	assert_memory_equal(sent->command.reply_key, sent->reply.public_key, 32);
}

static void alter_id(Lifeguard__Bus__Command *wire)
{
	wire->command_id.data[0] ^= 1;
}
static void alter_type(Lifeguard__Bus__Command *wire)
{
	wire->type++;
}
static void alter_key(Lifeguard__Bus__Command *wire)
{
	wire->key.data[15] ^= 1;
}
static void alter_expiry(Lifeguard__Bus__Command *wire)
{
	wire->expires_ms++;
}
static void cut_id(Lifeguard__Bus__Command *wire)
{
	wire->command_id.len--;
}
static void cut_key(Lifeguard__Bus__Command *wire)
{
	wire->key.len = 0;
}

/*
 * Goal: the header cannot be altered: not on the way, and not under the same box by a gateway.
 * Method: each field, under the old signature, another service's, and the gateway's own.
 */
static void an_altered_header_is_refused(void **unused)
{
	static void (*const alterations[])(Lifeguard__Bus__Command *) = { alter_id, alter_type,
		alter_key, alter_expiry, cut_id, cut_key };
	static const char unsigned_reason[] = "the command is not signed by this site's gateway";
	struct lg_command got;
	void *state;

	(void)unused;
	for (size_t i = 0; i < sizeof alterations / sizeof *alterations; i++) {
		struct sent *sent;

		assert_int_equal(set_up(&state), 0);
		sent = state;
		alterations[i](sent->wire);
		assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), unsigned_reason);
		sign_by(sent, LG_SERVICE_BUS);
		assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), unsigned_reason);
		sign_by(sent, LG_SERVICE_GATEWAY);
		assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got),
			"the command's box belongs to another command");
		tear_down(&state);
	}
}

/*
 * Goal: the box of one command does not go with the header of another.
 * Method: two commands; the second's box under the first's header, signed by the gateway.
 */
static void the_box_of_another_command_is_refused(void **state)
{
	struct sent *sent = *state;
	struct lg_command other = sent->command, got;
	struct lg_reply reply;

	other.command_id = test_id(9);
	sent->wire->box = close_command(sent, &other, &reply)->box;
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got),
		"the command is not signed by this site's gateway");
	sign_by(sent, LG_SERVICE_GATEWAY);
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got),
		"the command's box belongs to another command");
}

/*
 * Goal: ids of a wrong length are refused though header and box agree.
 * Method: close by hand what lg_command_close() cannot make.
 */
static void malformed_ids_are_refused_though_all_is_signed(void **state)
{
	struct sent *sent = *state;
	Lifeguard__Bus__CommandBody inner = LIFEGUARD__BUS__COMMAND_BODY__INIT;
	uint8_t digest[32], reply_key[32] = { 9 };
	struct lg_command got;

	for (int part = 0; part < 3; part++) {
		struct lg_bytes header, plain;
		uint8_t *box;

		sent->wire->command_id.len = part == 0 ? 15 : 16;
		sent->wire->key.len = part == 1 ? 15 : 16;
		sent->wire->box.len = 0;
		sent->wire->signature.len = 0;
		header = lg_encode(sent->arena, &sent->wire->base);
		crypto_generichash(digest, sizeof digest, header.data, header.size, NULL, 0);
		inner.header_digest = lg_wire_from_array(digest, sizeof digest);
		inner.reply_key = lg_wire_from_array(reply_key, part == 2 ? 31 : 32);
		plain = lg_encode(sent->arena, &inner.base);
		box = lg_alloc(sent->arena, plain.size + crypto_box_SEALBYTES);
		assert_int_equal(crypto_box_seal(box, plain.data, plain.size,
					 sent->site.keyring.services[LG_SERVICE_INTAKE].box),
			0);
		sent->wire->box = lg_wire_from_array(box, plain.size + crypto_box_SEALBYTES);
		sign_by(sent, LG_SERVICE_GATEWAY);
		assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got),
			part == 2 ? "the command's reply key is malformed"
				  : "the command's ids are malformed");
	}
}

/*
 * Goal: a command is taken by the service it is for, at its site, only.
 * Method: every other service opens; then it is said to be for another site; then the box, closed
 * to intake, is sent to referral by the gateway.
 */
static void a_command_for_another_service_or_site_is_refused(void **state)
{
	struct sent *sent = *state;
	struct lg_command got;

	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++) {
		if (service != LG_SERVICE_INTAKE)
			assert_refused(open_as(sent, service, NOON, &got),
				"the command is for another service");
	}
	sent->wire->site = 8;
	sign_by(sent, LG_SERVICE_GATEWAY);
	assert_refused(
		open_as(sent, LG_SERVICE_INTAKE, NOON, &got), "the command is for another service");
	sent->wire->site = 7;
	sent->wire->service = LG_SERVICE_REFERRAL;
	sign_by(sent, LG_SERVICE_GATEWAY);
	assert_refused(open_as(sent, LG_SERVICE_REFERRAL, NOON, &got),
		"the command's box is not closed to this service");
}

/* Goal: a command ends.  Method: on both sides of its last millisecond. */
static void an_expired_command_is_refused(void **state)
{
	struct sent *sent = *state;
	struct lg_command got;

	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON + LG_MINUTE_MS - 1, &got));
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON + LG_MINUTE_MS, &got),
		"the command has expired");
}

/*
 * Goal: no bit of a command's frame may turn, nothing be cut.
 * Method: each bit of signature and box; each prefix of the frame; nothing opens.
 */
static void a_turned_bit_or_a_cut_is_refused(void **state)
{
	struct sent *sent = *state;
	ProtobufCBinaryData parts[] = { sent->wire->signature, sent->wire->box };
	struct lg_bytes whole = lg_encode(sent->arena, &sent->wire->base);
	struct lg_command got;

	for (size_t part = 0; part < 2; part++) {
		for (size_t bit = 0; bit < parts[part].len * 8; bit += 3) {
			parts[part].data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got),
				"the command is not signed by this site's gateway");
			parts[part].data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
	for (size_t size = 0; size < whole.size; size++)
		assert_int_equal(
			lg_command_open(sent->arena, keys_of(sent, LG_SERVICE_INTAKE),
				&sent->site.keyring, lg_bytes(whole.data, size), NOON, &got)
				.outcome,
			LG_REFUSED);
	sent->wire->box.len = crypto_box_SEALBYTES - 1;
	sign_by(sent, LG_SERVICE_GATEWAY);
	assert_refused(
		open_as(sent, LG_SERVICE_INTAKE, NOON, &got), "the command's box is malformed");
}

/* Goal: what is too large is refused.  Method: a body at its limit and one byte above it. */
static void a_body_has_a_limit(void **state)
{
	struct sent *sent = *state;
	uint8_t *body = lg_alloc(sent->arena, LG_ENVELOPE_MAX + 1);
	struct lg_command large = sent->command, got;
	struct lg_reply reply;

	large.body = lg_bytes(body, LG_ENVELOPE_MAX);
	sent->wire = close_command(sent, &large, &reply);
	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &got));
	assert_int_equal(got.body.size, LG_ENVELOPE_MAX);
	large.body.size++;
	sent->wire = close_command(sent, &large, &reply);
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), "the command is too large");
}

/*
 * Goal: the answer reaches who asked, from who was asked, and nobody else reads or makes it.
 * Method: close; open; open with another reply, as another service's, altered in each byte; let
 * another service answer.
 */
static void an_answer_is_the_asked_services_own(void **state)
{
	static const char foreign[] = "the answer was not made by that service for this command";
	struct sent *sent = *state;
	struct lg_keyring *keyring = &sent->site.keyring;
	struct lg_bytes body = lg_bytes("{\"told\":\"MARKER\"}", 17), bytes;
	struct lg_answered got;
	struct lg_command other = sent->command, opened;
	struct lg_reply other_reply;
	struct lg_id id;
	uint8_t *altered;

	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &opened));
	bytes = lg_answer_close(sent->arena, keys_of(sent, LG_SERVICE_INTAKE), &opened,
		&(struct lg_answered){ .status = 201, .version = 7, .body = body });
	assert_null(memmem(bytes.data, bytes.size, "MARKER", 6));
	assert_done(lg_answer_id(sent->arena, bytes, &id));
	assert_true(lg_id_equal(id, test_id(1)));
	assert_done(
		lg_answer_open(sent->arena, keyring, LG_SERVICE_INTAKE, &sent->reply, bytes, &got));
	assert_int_equal(got.status, 201);
	assert_int_equal(got.version, 7);
	assert_true(lg_bytes_equal(got.body, body));

	close_command(sent, &other, &other_reply);
	assert_refused(
		lg_answer_open(sent->arena, keyring, LG_SERVICE_INTAKE, &other_reply, bytes, &got),
		foreign);
	assert_refused(lg_answer_open(sent->arena, keyring, LG_SERVICE_REFERRAL, &sent->reply,
			       bytes, &got),
		foreign);
	bytes = lg_answer_close(sent->arena, keys_of(sent, LG_SERVICE_REFERRAL), &opened,
		&(struct lg_answered){ .status = 201, .version = 7, .body = body });
	assert_refused(
		lg_answer_open(sent->arena, keyring, LG_SERVICE_INTAKE, &sent->reply, bytes, &got),
		foreign);

	bytes = lg_answer_close(sent->arena, keys_of(sent, LG_SERVICE_INTAKE), &opened,
		&(struct lg_answered){ .status = 201, .version = 7, .body = body });
	altered = lg_alloc(sent->arena, bytes.size);
	memcpy(altered, bytes.data, bytes.size);
	for (size_t i = 2 + LG_ID_SIZE; i < bytes.size; i++) { /* behind the id */
		altered[i] ^= 4;
		assert_int_equal(lg_answer_open(sent->arena, keyring, LG_SERVICE_INTAKE,
					 &sent->reply, lg_bytes(altered, bytes.size), &got)
					 .outcome,
			LG_REFUSED);
		altered[i] ^= 4;
	}
	for (size_t size = 0; size < bytes.size; size++)
		assert_int_equal(lg_answer_open(sent->arena, keyring, LG_SERVICE_INTAKE,
					 &sent->reply, lg_bytes(bytes.data, size), &got)
					 .outcome,
			LG_REFUSED);
	assert_refused(
		lg_answer_open(sent->arena, keyring, LG_SERVICE_COUNT, &sent->reply, bytes, &got),
		"the answer is malformed");
}

/*
 * Goal: an answer under the key before the last is still read.  Method: the site turns the box
 * key after intake has answered; without the previous key the answer is refused.
 */
static void an_answer_under_the_previous_box_key_is_read(void **state)
{
	struct sent *sent = *state;
	struct lg_service_keys *known = &sent->site.keyring.services[LG_SERVICE_INTAKE];
	struct lg_bytes bytes = lg_answer_close(sent->arena, keys_of(sent, LG_SERVICE_INTAKE),
		&sent->command, &(struct lg_answered){ .status = 200, .body = lg_bytes("{}", 2) });
	struct lg_answered got;
	uint8_t secret[32];

	memcpy(known->box_previous, known->box, sizeof known->box);
	crypto_box_keypair(known->box, secret);
	assert_int_equal(lg_answer_open(sent->arena, &sent->site.keyring, LG_SERVICE_INTAKE,
				 &sent->reply, bytes, &got)
				 .outcome,
		LG_REFUSED);
	known->has_box_previous = true;
	assert_done(lg_answer_open(
		sent->arena, &sent->site.keyring, LG_SERVICE_INTAKE, &sent->reply, bytes, &got));
	assert_int_equal(got.status, 200);
}

/* Goal: a reply that is over leaves no key.  Method: wipe, look. */
static void a_wiped_reply_is_empty(void **state)
{
	struct sent *sent = *state;

	assert_false(sodium_is_zero(sent->reply.secret_key, 32));
	lg_reply_wipe(&sent->reply);
	assert_true(sodium_is_zero((const uint8_t *)&sent->reply, sizeof sent->reply));
}

int main(void)
{
#define WITH_COMMAND(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_COMMAND(a_command_comes_out_as_it_went_in),
		cmocka_unit_test(an_altered_header_is_refused),
		WITH_COMMAND(the_box_of_another_command_is_refused),
		WITH_COMMAND(malformed_ids_are_refused_though_all_is_signed),
		WITH_COMMAND(a_command_for_another_service_or_site_is_refused),
		WITH_COMMAND(an_expired_command_is_refused),
		WITH_COMMAND(a_turned_bit_or_a_cut_is_refused),
		WITH_COMMAND(a_body_has_a_limit),
		WITH_COMMAND(an_answer_is_the_asked_services_own),
		WITH_COMMAND(an_answer_under_the_previous_box_key_is_read),
		WITH_COMMAND(a_wiped_reply_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
