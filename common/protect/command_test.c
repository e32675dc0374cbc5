#include "common/protect/command.h"

#include "common/protect/site_for_tests.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"

static const char foreign_box[] = "the command's box is not of this pact and this command";
static const char foreign_offer[] = "the offer is not signed by this site's gateway";
static const char foreign_answer[] = "the answer was not made by that service for this command";

/* One command from the gateway to intake at site 7, closed. */
struct sent {
	struct lg_arena *arena;
	struct test_site site;
	struct lg_pacts *pacts[LG_SERVICE_COUNT]; /* of every service's process */
	struct lg_command command;
	Lifeguard__Bus__Command *wire; /* as closed; may be altered */
};

/* Another command, so that its box can be put under the first one's header. */
static Lifeguard__Bus__Command *close_command(struct sent *sent, struct lg_command *command)
{
	ProtobufCMessage *message = NULL;
	struct lg_bytes bytes =
		lg_command_close(sent->arena, sent->pacts[LG_SERVICE_GATEWAY], command, NOON);

	assert_done(lg_decode(sent->arena, &lifeguard__bus__command__descriptor, bytes, &message));
	return (Lifeguard__Bus__Command *)message;
}

static int set_up(void **state)
{
	struct sent *sent = calloc(1, sizeof *sent);

	assert_non_null(sent);
	sent->arena = lg_arena_new();
	test_site_init(&sent->site, 7);
	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++)
		sent->pacts[service] = lg_pacts_new(&sent->site.keys[service], &sent->site.keyring);
	sent->command = (struct lg_command){ .command_id = test_id(1),
		.type = 1101,
		.key = test_id(2),
		.site = 7,
		.service = LG_SERVICE_INTAKE,
		.expires_at = NOON + LG_MINUTE_MS,
		.body = lg_bytes("{\"name\":\"MARKER\"}", 17),
		.token = lg_bytes("a token", 7),
		.if_match = lg_bytes("\"7.ab\"", 6),
		.is_new_id = true };
	sent->wire = close_command(sent, &sent->command);
	*state = sent;
	return 0;
}

static int tear_down(void **state)
{
	struct sent *sent = *state;

	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++)
		lg_pacts_free(sent->pacts[service]);
	lg_arena_free(sent->arena);
	free(sent);
	return 0;
}

static struct lg_status open_as(
	struct sent *sent, uint32_t service, lg_ms now, struct lg_command *ret_command)
{
	return lg_command_open(sent->arena, sent->pacts[service],
		lg_encode(sent->arena, &sent->wire->base), now, ret_command);
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
	assert_true(got.is_new_id);
	assert_memory_equal(&got.reply, &sent->command.reply, sizeof got.reply);
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
 * Goal: the header cannot be altered on the way.  Method: each field of it, then an offer's.
 */
static void an_altered_header_is_refused(void **unused)
{
	static void (*const alterations[])(
		Lifeguard__Bus__Command *) = { alter_id, alter_type, alter_key, alter_expiry };
	static void (*const cuts[])(Lifeguard__Bus__Command *) = { cut_id, cut_key };
	struct lg_command got;
	struct sent *sent;
	void *state;

	(void)unused;
	for (size_t i = 0; i < sizeof alterations / sizeof *alterations; i++) {
		assert_int_equal(set_up(&state), 0);
		sent = state;
		alterations[i](sent->wire);
		assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), foreign_box);
		tear_down(&state);
	}
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		assert_int_equal(set_up(&state), 0);
		sent = state;
		cuts[i](sent->wire);
		assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got),
			"the command's ids are malformed");
		tear_down(&state);
	}
}

/*
 * Goal: the box of one command does not go with the header of another, nor does a box of another
 * pact.  Method: two commands, the second's box under the first's header; then the same command
 * under the pact of a second gateway, box and offer crosswise.
 */
static void the_box_of_another_command_is_refused(void **state)
{
	struct sent *sent = *state;
	struct lg_command other = sent->command, got;
	struct lg_pacts *second =
		lg_pacts_new(&sent->site.keys[LG_SERVICE_GATEWAY], &sent->site.keyring);
	ProtobufCMessage *message = NULL;
	ProtobufCBinaryData box = sent->wire->box;

	other.command_id = test_id(9);
	sent->wire->box = close_command(sent, &other)->box;
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), foreign_box);

	assert_done(lg_decode(sent->arena, &lifeguard__bus__command__descriptor,
		lg_command_close(sent->arena, second, &sent->command, NOON), &message));
	sent->wire->box = ((Lifeguard__Bus__Command *)message)->box;
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), foreign_box);
	sent->wire->offer = ((Lifeguard__Bus__Command *)message)->offer;
	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &got));
	sent->wire->box = box;
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), foreign_box);
	lg_pacts_free(second);
}

/*
 * Goal: a command is taken by the service it is for, at its site, only.
 * Method: every other service opens; then it is said to be for another site; then the command, closed
 * to intake, is sent to referral, and then under referral's offer.
 */
static void a_command_for_another_service_or_site_is_refused(void **state)
{
	static const char foreign[] = "the command is for another service";
	struct sent *sent = *state;
	struct lg_command got, other = sent->command;

	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++) {
		if (service != LG_SERVICE_INTAKE)
			assert_refused(open_as(sent, service, NOON, &got), foreign);
	}
	sent->wire->site = 8;
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), foreign);
	sent->wire->site = 7;
	sent->wire->service = LG_SERVICE_REFERRAL;
	assert_refused(
		open_as(sent, LG_SERVICE_REFERRAL, NOON, &got), "the offer is for another service");
	other.service = LG_SERVICE_REFERRAL;
	sent->wire->offer = close_command(sent, &other)->offer;
	assert_refused(open_as(sent, LG_SERVICE_REFERRAL, NOON, &got), foreign_box);
}

/*
 * Goal: a stranger closes no command.  Method: an offer signed by another service's key, by nobody's,
 * none at all.
 */
static void a_command_of_no_gateway_is_refused(void **state)
{
	struct sent *sent = *state;
	struct lg_pacts *bus = sent->pacts[LG_SERVICE_BUS];
	ProtobufCMessage *message = NULL;
	struct lg_command got;

	assert_done(lg_decode(sent->arena, &lifeguard__bus__command__descriptor,
		lg_command_close(sent->arena, bus, &sent->command, NOON), &message));
	sent->wire = (Lifeguard__Bus__Command *)message;
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), foreign_offer);
	sent->wire->offer.len = 0;
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), foreign_offer);
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
 * Goal: no bit of a command's frame may turn, nothing be cut, nothing added.
 * Method: each bit of offer and box; each prefix of the frame; a field that is not known.
 */
static void a_turned_bit_or_a_cut_is_refused(void **state)
{
	struct sent *sent = *state;
	ProtobufCBinaryData parts[] = { sent->wire->offer, sent->wire->box };
	struct lg_bytes whole = lg_encode(sent->arena, &sent->wire->base);
	struct lg_pacts *intake = sent->pacts[LG_SERVICE_INTAKE];
	struct lg_command got;
	uint8_t *longer = lg_alloc(sent->arena, whole.size + 2);

	for (size_t part = 0; part < 2; part++) {
		for (size_t bit = 0; bit < parts[part].len * 8; bit += 3) {
			parts[part].data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(
				open_as(sent, LG_SERVICE_INTAKE, NOON, &got).outcome, LG_REFUSED);
			parts[part].data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
	for (size_t size = 0; size < whole.size; size++)
		assert_int_equal(
			lg_command_open(sent->arena, intake, lg_bytes(whole.data, size), NOON, &got)
				.outcome,
			LG_REFUSED);
	memcpy(longer, whole.data, whole.size);
	longer[whole.size] = 15 << 3; /* field 15, a number */
	longer[whole.size + 1] = 1;
	assert_int_equal(
		lg_command_open(sent->arena, intake, lg_bytes(longer, whole.size + 2), NOON, &got)
			.outcome,
		LG_REFUSED);
	sent->wire->box.len = 39;
	assert_refused(
		open_as(sent, LG_SERVICE_INTAKE, NOON, &got), "the command's box is malformed");
}

/* Goal: what is too large is refused.  Method: a body at its limit and one byte above it. */
static void a_body_has_a_limit(void **state)
{
	struct sent *sent = *state;
	uint8_t *body = lg_alloc(sent->arena, LG_ENVELOPE_MAX + 1);
	struct lg_command large = sent->command, got;

	large.body = lg_bytes(body, LG_ENVELOPE_MAX);
	sent->wire = close_command(sent, &large);
	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &got));
	assert_int_equal(got.body.size, LG_ENVELOPE_MAX);
	large.body.size++;
	sent->wire = close_command(sent, &large);
	assert_refused(open_as(sent, LG_SERVICE_INTAKE, NOON, &got), "the command is too large");
}

static struct lg_bytes answer_to(struct sent *sent, const struct lg_command *command)
{
	return lg_answer_close(sent->arena, sent->pacts[LG_SERVICE_INTAKE], command,
		&(struct lg_answered){ .status = 201,
			.version = 7,
			.body = lg_bytes("{\"told\":\"MARKER\"}", 17) });
}

/*
 * Goal: the answer reaches who asked, from who was asked, and nobody else reads or makes it.
 * Method: close; open; alter each byte, cut at each; let the answer be made under another pact's key.
 */
static void an_answer_is_the_asked_services_own(void **state)
{
	struct sent *sent = *state;
	const struct lg_reply *reply = &sent->command.reply;
	struct lg_command opened;
	struct lg_answered got;
	struct lg_bytes bytes;
	struct lg_id id;
	uint8_t *altered;

	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &opened));
	bytes = answer_to(sent, &opened);
	assert_null(memmem(bytes.data, bytes.size, "MARKER", 6));
	assert_done(lg_answer_id(sent->arena, bytes, &id));
	assert_true(lg_id_equal(id, test_id(1)));
	assert_done(lg_answer_open(sent->arena, reply, bytes, &got));
	assert_int_equal(got.status, 201);
	assert_int_equal(got.version, 7);
	assert_true(lg_bytes_equal(got.body, lg_bytes("{\"told\":\"MARKER\"}", 17)));

	altered = lg_alloc(sent->arena, bytes.size);
	memcpy(altered, bytes.data, bytes.size);
	for (size_t i = 2 + LG_ID_SIZE; i < bytes.size; i++) { /* behind the id */
		altered[i] ^= 4;
		assert_int_equal(
			lg_answer_open(sent->arena, reply, lg_bytes(altered, bytes.size), &got)
				.outcome,
			LG_REFUSED);
		altered[i] ^= 4;
	}
	for (size_t size = 0; size < bytes.size; size++)
		assert_int_equal(
			lg_answer_open(sent->arena, reply, lg_bytes(bytes.data, size), &got)
				.outcome,
			LG_REFUSED);
	opened.reply.key[31] ^= 1;
	assert_refused(
		lg_answer_open(sent->arena, reply, answer_to(sent, &opened), &got), foreign_answer);
}

/*
 * Goal: a bus that gives one command's answer to another, or an old answer to a command that is
 * asked again, is refused; so is the command itself as its answer.
 * Method: answers crosswise; the same command closed a second time; the box of a command.
 */
static void an_answer_is_to_one_sending_of_one_command(void **state)
{
	struct sent *sent = *state;
	struct lg_command first, other = sent->command, again = sent->command, opened;
	Lifeguard__Bus__Answer mirrored = LIFEGUARD__BUS__ANSWER__INIT;
	struct lg_bytes to_first, to_other, to_again;
	struct lg_answered got;

	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &first));
	to_first = answer_to(sent, &first);
	mirrored.command_id = sent->wire->command_id;
	mirrored.box = sent->wire->box;
	assert_refused(lg_answer_open(sent->arena, &first.reply,
			       lg_encode(sent->arena, &mirrored.base), &got),
		foreign_answer);

	other.command_id = test_id(9);
	sent->wire = close_command(sent, &other);
	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &opened));
	to_other = answer_to(sent, &opened);
	assert_refused(lg_answer_open(sent->arena, &other.reply, to_first, &got), foreign_answer);
	assert_refused(lg_answer_open(sent->arena, &first.reply, to_other, &got), foreign_answer);
	assert_done(lg_answer_open(sent->arena, &other.reply, to_other, &got));

	sent->wire = close_command(sent, &again); /* the same id, because no answer had come */
	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &opened));
	to_again = answer_to(sent, &opened);
	assert_refused(lg_answer_open(sent->arena, &again.reply, to_first, &got), foreign_answer);
	assert_done(lg_answer_open(sent->arena, &again.reply, to_again, &got));
}

/*
 * Goal: an answer is read though the pact that it was asked under has ended meanwhile.  Method: both
 * ends forget it between question and answer.
 */
static void an_answer_outlives_its_pact(void **state)
{
	struct sent *sent = *state;
	struct lg_command opened;
	struct lg_answered got;
	lg_ms late = NOON + LG_PACT_MS + LG_PACT_GRACE_MS;

	assert_done(open_as(sent, LG_SERVICE_INTAKE, NOON, &opened));
	lg_pacts_expire(sent->pacts[LG_SERVICE_GATEWAY], late);
	lg_pacts_expire(sent->pacts[LG_SERVICE_INTAKE], late);
	assert_done(
		lg_answer_open(sent->arena, &sent->command.reply, answer_to(sent, &opened), &got));
	assert_int_equal(got.status, 201);
}

/*
 * Goal: what is for a service that the site has not is closed to nobody.  Method: a keyring without
 * its key; the frame holds neither box nor body.
 */
static void a_command_for_nobody_says_nothing(void **state)
{
	struct sent *sent = *state;
	struct lg_command lost = sent->command, got;

	memset(sent->site.keyring.services[LG_SERVICE_REPORTING].box, 0, 32);
	lost.service = LG_SERVICE_REPORTING;
	sent->wire = close_command(sent, &lost);
	assert_int_equal(sent->wire->box.len, 0);
	assert_int_equal(sent->wire->offer.len, 0);
	assert_refused(
		open_as(sent, LG_SERVICE_REPORTING, NOON, &got), "the command's box is malformed");
}

/* Goal: a reply that is over leaves no key.  Method: wipe, look. */
static void a_wiped_reply_is_empty(void **state)
{
	struct sent *sent = *state;

	assert_false(sodium_is_zero(sent->command.reply.key, 32));
	lg_reply_wipe(&sent->command.reply);
	assert_true(
		sodium_is_zero((const uint8_t *)&sent->command.reply, sizeof sent->command.reply));
}

int main(void)
{
#define WITH_COMMAND(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_COMMAND(a_command_comes_out_as_it_went_in),
		cmocka_unit_test(an_altered_header_is_refused),
		WITH_COMMAND(the_box_of_another_command_is_refused),
		WITH_COMMAND(a_command_for_another_service_or_site_is_refused),
		WITH_COMMAND(a_command_of_no_gateway_is_refused),
		WITH_COMMAND(an_expired_command_is_refused),
		WITH_COMMAND(a_turned_bit_or_a_cut_is_refused),
		WITH_COMMAND(a_body_has_a_limit),
		WITH_COMMAND(an_answer_is_the_asked_services_own),
		WITH_COMMAND(an_answer_is_to_one_sending_of_one_command),
		WITH_COMMAND(an_answer_outlives_its_pact),
		WITH_COMMAND(a_command_for_nobody_says_nothing),
		WITH_COMMAND(a_wiped_reply_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
