#include "common/protect/origin.h"

#include "common/protect/sign.h"
#include "common/protect/site_for_tests.h"
#include "common/stream/wire.h"

/* A batch of three envelopes of intake's care stream at site 7, and its parts. */
struct sent {
	struct lg_arena *arena;
	struct test_site site;
	struct lg_stream stream;
	struct lg_bytes envelopes[3];
	Lifeguard__Envelope__Batch *batch;       /* as signed; may be altered */
	Lifeguard__Envelope__Manifest *manifest; /* decoded from it */
};

static ProtobufCMessage *decode(
	struct lg_arena *arena, const ProtobufCMessageDescriptor *descriptor, struct lg_bytes bytes)
{
	ProtobufCMessage *message = NULL;

	assert_done(lg_decode(arena, descriptor, bytes, &message));
	return message;
}

static struct lg_bytes sign_by(struct sent *sent, enum lg_service_number service)
{
	struct lg_run run = { .stream = sent->stream,
		.prior_epoch = test_id(1),
		.epoch = test_id(2),
		.first = 41,
		.through = 43,
		.count = 3,
		.envelopes = sent->envelopes };

	run.stream.service = (uint8_t)service;
	return lg_origin_sign(sent->arena, &sent->site.keys[service], &run, NULL);
}

static int set_up(void **state)
{
	struct sent *sent = calloc(1, sizeof *sent);

	assert_non_null(sent);
	sent->arena = lg_arena_new();
	test_site_init(&sent->site, 7);
	sent->stream = (struct lg_stream){
		.site = 7, .service = LG_SERVICE_INTAKE, .lane = 1, .destination = 9, .partition = 3
	};
	sent->envelopes[0] = lg_bytes("first", 5);
	sent->envelopes[1] = lg_bytes("the second", 10);
	sent->envelopes[2] = lg_bytes("third", 5);
	sent->batch = (Lifeguard__Envelope__Batch *)decode(sent->arena,
		&lifeguard__envelope__batch__descriptor, sign_by(sent, LG_SERVICE_INTAKE));
	sent->manifest = (Lifeguard__Envelope__Manifest *)decode(sent->arena,
		&lifeguard__envelope__manifest__descriptor,
		lg_bytes_from_wire(sent->batch->manifest));
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

static struct lg_status check(struct sent *sent, struct lg_run *ret_run)
{
	return lg_origin_check(sent->arena, &sent->site.keyring, &sent->stream,
		lg_encode(sent->arena, &sent->batch->base), ret_run);
}

/* The altered manifest goes back into the batch: under the old signature, */
static void put_manifest(struct sent *sent)
{
	sent->batch->manifest = lg_wire_from_bytes(lg_encode(sent->arena, &sent->manifest->base));
}

/* or under a new one of this service. */
static void sign_manifest(struct sent *sent, enum lg_service_number service)
{
	uint8_t *signature = lg_alloc(sent->arena, LG_SIGNATURE_SIZE);

	put_manifest(sent);
	lg_sign(sent->arena, "lifeguard-batch-1", lg_bytes_from_wire(sent->batch->manifest),
		sent->site.keys[service].sign, signature);
	sent->batch->signature = lg_wire_from_array(signature, LG_SIGNATURE_SIZE);
}

/* Goal: what was signed comes out as it went in.  Method: three envelopes and a grant. */
static void a_batch_comes_out_as_it_went_in(void **state)
{
	struct sent *sent = *state;
	Lifeguard__Envelope__Grant grant = LIFEGUARD__ENVELOPE__GRANT__INIT;
	Lifeguard__Envelope__Grant *grants[] = { &grant };
	struct lg_run run;

	grant.class_ = 2;
	sent->batch->n_grants = 1;
	sent->batch->grants = grants;
	assert_done(check(sent, &run));
	assert_memory_equal(&run.stream, &sent->stream, sizeof run.stream);
	assert_true(lg_id_equal(run.prior_epoch, test_id(1)));
	assert_true(lg_id_equal(run.epoch, test_id(2)));
	assert_true(run.first == 41 && run.through == 43);
	assert_int_equal(run.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(lg_bytes_equal(run.envelopes[i], sent->envelopes[i]));
	assert_int_equal(run.grant_count, 1);
	assert_int_equal(run.grants[0]->class_, 2);
}

/* The fields of a manifest, each altered by one function. */
static void alter_version(Lifeguard__Envelope__Manifest *m)
{
	m->version++;
}
static void alter_site(Lifeguard__Envelope__Manifest *m)
{
	m->site++;
}
static void alter_service(Lifeguard__Envelope__Manifest *m)
{
	m->service++;
}
static void alter_lane(Lifeguard__Envelope__Manifest *m)
{
	m->lane ^= 1;
}
static void alter_destination(Lifeguard__Envelope__Manifest *m)
{
	m->destination++;
}
static void alter_partition(Lifeguard__Envelope__Manifest *m)
{
	m->partition++;
}
static void alter_prior_epoch(Lifeguard__Envelope__Manifest *m)
{
	m->prior_epoch.data[0] ^= 1;
}
static void alter_epoch(Lifeguard__Envelope__Manifest *m)
{
	m->epoch.data[15] ^= 1;
}
static void alter_first(Lifeguard__Envelope__Manifest *m)
{
	m->first--;
}
static void alter_through(Lifeguard__Envelope__Manifest *m)
{
	m->through++;
}
static void alter_range(Lifeguard__Envelope__Manifest *m)
{
	m->first++;
	m->through++;
}
static void alter_digest(Lifeguard__Envelope__Manifest *m)
{
	m->digests[1].data[31] ^= 1;
}
static void swap_digests(Lifeguard__Envelope__Manifest *m)
{
	ProtobufCBinaryData first = m->digests[0];

	m->digests[0] = m->digests[2];
	m->digests[2] = first;
}
static void drop_digest(Lifeguard__Envelope__Manifest *m)
{
	m->n_digests--;
}
static void cut_digest(Lifeguard__Envelope__Manifest *m)
{
	m->digests[2].len--;
}
static void alter_sign_key(Lifeguard__Envelope__Manifest *m)
{
	m->sign_key.data[0] ^= 1;
}
static void cut_sign_key(Lifeguard__Envelope__Manifest *m)
{
	m->sign_key.len--;
}
static void cut_prior_epoch(Lifeguard__Envelope__Manifest *m)
{
	m->prior_epoch.len--;
}
static void cut_epoch(Lifeguard__Envelope__Manifest *m)
{
	m->epoch.len = 0;
}

static const char is_not_ours[] = "the batch belongs to another stream";
static const char has_holes[] = "the batch has holes in its numbers";
static const char is_not_signed[] = "an envelope of the batch is not the one that was signed";
static const char other_key[] = "the batch names another signing key";
static const char bad_epoch[] = "an epoch of the batch is malformed";

/* what is said when the service itself signs it so; NULL: that is its right */
static const struct {
	void (*alter)(Lifeguard__Envelope__Manifest *manifest);
	const char *when_signed;
} alterations[] = {
	{ alter_version, "the batch has an unknown version" },
	{ alter_site, is_not_ours },
	{ alter_service, is_not_ours },
	{ alter_lane, is_not_ours },
	{ alter_destination, is_not_ours },
	{ alter_partition, is_not_ours },
	{ alter_prior_epoch, NULL },
	{ alter_epoch, NULL },
	{ alter_first, has_holes },
	{ alter_through, has_holes },
	{ alter_range, NULL },
	{ alter_digest, is_not_signed },
	{ swap_digests, is_not_signed },
	{ drop_digest, has_holes },
	{ cut_digest, is_not_signed },
	{ alter_sign_key, other_key },
	{ cut_sign_key, other_key },
	{ cut_prior_epoch, bad_epoch },
	{ cut_epoch, bad_epoch },
};

/*
 * Goal: who carries a batch can change nothing of its manifest, and the service that signs it
 * cannot step out of its stream.
 * Method: each field altered, under the old signature, under another service's, under its own.
 */
static void every_field_of_the_manifest_is_proved(void **unused)
{
	struct lg_run run;
	void *state;

	(void)unused;
	for (size_t i = 0; i < sizeof alterations / sizeof *alterations; i++) {
		struct sent *sent;

		assert_int_equal(set_up(&state), 0);
		sent = state;
		alterations[i].alter(sent->manifest);
		put_manifest(sent);
		assert_refused(check(sent, &run), "the batch is not signed by its service");
		sign_manifest(sent, LG_SERVICE_REFERRAL);
		assert_refused(check(sent, &run), "the batch is not signed by its service");
		sign_manifest(sent, LG_SERVICE_INTAKE);
		if (alterations[i].when_signed == NULL)
			assert_done(check(sent, &run));
		else
			assert_refused(check(sent, &run), alterations[i].when_signed);
		tear_down(&state);
	}
}

/*
 * Goal: envelopes are those that were signed, all of them, in their order.
 * Method: swap, drop, double, alter, and lengthen one.
 */
static void envelopes_cannot_be_swapped_dropped_doubled_or_altered(void **state)
{
	struct sent *sent = *state;
	ProtobufCBinaryData *envelopes = sent->batch->envelopes, kept = envelopes[0];
	ProtobufCBinaryData four[4] = { envelopes[0], envelopes[1], envelopes[2], envelopes[2] };
	struct lg_run run;

	envelopes[0] = envelopes[2];
	envelopes[2] = kept;
	assert_refused(check(sent, &run), is_not_signed);
	envelopes[2] = envelopes[0];
	assert_refused(check(sent, &run), is_not_signed);
	envelopes[0] = kept;
	assert_done(check(sent, &run));

	sent->batch->n_envelopes = 2;
	assert_refused(check(sent, &run), has_holes);
	sent->batch->n_envelopes = 0;
	assert_refused(check(sent, &run), has_holes);
	sent->batch->n_envelopes = 4;
	sent->batch->envelopes = four;
	assert_refused(check(sent, &run), has_holes);
	sent->batch->n_envelopes = 3;
	four[1].data[0] ^= 1;
	assert_refused(check(sent, &run), is_not_signed);
	four[1].data[0] ^= 1;
	four[1].len--;
	assert_refused(check(sent, &run), is_not_signed);
}

/*
 * Goal: a batch of one stream is none of another.  Method: the same bytes, checked as each
 * neighbouring stream, as another site's, and with another site's keys.
 */
static void a_batch_is_not_replayed_in_another_stream(void **state)
{
	struct sent *sent = *state;
	struct test_site *other = calloc(1, sizeof *other);
	struct lg_stream true_stream = sent->stream;
	struct lg_run run;

	assert_non_null(other);
	sent->stream.lane = 0;
	assert_refused(check(sent, &run), is_not_ours);
	sent->stream = true_stream;
	sent->stream.destination = 0;
	assert_refused(check(sent, &run), is_not_ours);
	sent->stream = true_stream;
	sent->stream.partition = 4;
	assert_refused(check(sent, &run), is_not_ours);
	sent->stream = true_stream;
	sent->stream.service = LG_SERVICE_REFERRAL;
	assert_refused(check(sent, &run), "the batch is not signed by its service");
	sent->stream.service = LG_SERVICE_COUNT;
	assert_refused(
		check(sent, &run), "the batch comes from a site or service that is not known");
	sent->stream = true_stream;
	sent->stream.site = 8;
	assert_refused(
		check(sent, &run), "the batch comes from a site or service that is not known");

	sent->stream = true_stream;
	test_site_init(other, 7);
	assert_refused(lg_origin_check(sent->arena, &other->keyring, &sent->stream,
			       lg_encode(sent->arena, &sent->batch->base), &run),
		"the batch is not signed by its service");
	free(other);
}

/*
 * Goal: no bit of the signature or the manifest may turn, and nothing may be cut.
 * Method: every bit of both; every prefix of the frame.
 */
static void no_bit_may_turn_and_nothing_be_cut(void **state)
{
	struct sent *sent = *state;
	ProtobufCBinaryData parts[] = { sent->batch->signature, sent->batch->manifest };
	struct lg_bytes whole = lg_encode(sent->arena, &sent->batch->base);
	struct lg_arena *passing = lg_arena_new();
	struct lg_run run;

	for (size_t part = 0; part < 2; part++) {
		for (size_t bit = 0; bit < parts[part].len * 8; bit++) {
			parts[part].data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_refused(check(sent, &run), "the batch is not signed by its service");
			parts[part].data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
	for (size_t size = 0; size < whole.size; size++) {
		assert_int_equal(lg_origin_check(passing, &sent->site.keyring, &sent->stream,
					 lg_bytes(whole.data, size), &run)
					 .outcome,
			LG_REFUSED);
		lg_arena_reset(passing);
	}
	lg_arena_free(passing);
	assert_done(check(sent, &run));
}

/*
 * Goal: the limits of a batch hold on both sides.  Method: LG_BATCH_MAX envelopes pass; one more,
 * well signed, does not; LG_GRANTS_MAX grants pass, one more does not.
 */
static void the_limits_of_a_batch_hold(void **state)
{
	struct sent *sent = *state;
	struct lg_bytes *envelopes =
		lg_alloc_array(sent->arena, LG_BATCH_MAX + 1, sizeof *envelopes);
	Lifeguard__Envelope__Grant grant = LIFEGUARD__ENVELOPE__GRANT__INIT;
	Lifeguard__Envelope__Grant *grants[LG_GRANTS_MAX + 1];
	struct lg_run sign = { .stream = sent->stream,
		.epoch = test_id(2),
		.first = 1,
		.through = LG_BATCH_MAX,
		.count = LG_BATCH_MAX,
		.envelopes = envelopes };
	struct lg_run run;
	struct lg_bytes bytes;

	for (size_t i = 0; i <= LG_BATCH_MAX; i++)
		envelopes[i] = lg_bytes("x", 1);
	for (size_t i = 0; i <= LG_GRANTS_MAX; i++)
		grants[i] = &grant;
	sign.grants = grants;
	sign.grant_count = LG_GRANTS_MAX;
	bytes = lg_origin_sign(sent->arena, &sent->site.keys[LG_SERVICE_INTAKE], &sign, NULL);
	assert_done(lg_origin_check(sent->arena, &sent->site.keyring, &sent->stream, bytes, &run));
	assert_int_equal(run.count, LG_BATCH_MAX);
	assert_int_equal(run.grant_count, LG_GRANTS_MAX);

	sent->batch = (Lifeguard__Envelope__Batch *)decode(
		sent->arena, &lifeguard__envelope__batch__descriptor, bytes);
	sent->batch->n_grants = LG_GRANTS_MAX + 1;
	sent->batch->grants = grants;
	assert_refused(check(sent, &run), "the batch holds too many grants");

	sent->manifest->first = 1;
	sent->manifest->through = LG_BATCH_MAX + 1;
	sent->manifest->n_digests = LG_BATCH_MAX + 1;
	sent->manifest->digests =
		lg_alloc_array(sent->arena, LG_BATCH_MAX + 1, sizeof *sent->manifest->digests);
	sent->batch->n_grants = 0;
	sent->batch->n_envelopes = LG_BATCH_MAX + 1;
	sent->batch->envelopes =
		lg_alloc_array(sent->arena, LG_BATCH_MAX + 1, sizeof *sent->batch->envelopes);
	sign_manifest(sent, LG_SERVICE_INTAKE);
	assert_refused(check(sent, &run), has_holes);

	sent->manifest->first = 0;
	sent->manifest->through = UINT64_MAX;
	sign_manifest(sent, LG_SERVICE_INTAKE);
	assert_refused(check(sent, &run), has_holes);
	sent->manifest->first = 1;
	sign_manifest(sent, LG_SERVICE_INTAKE);
	assert_refused(check(sent, &run), has_holes);
}

static const struct {
	struct lg_bytes (*sign)(
		struct lg_arena *, const struct lg_own_keys *, const struct lg_go_back *);
	struct lg_status (*check)(struct lg_arena *, const struct lg_keyring *,
		const struct lg_stream *, struct lg_bytes, struct lg_go_back *);
} words[] = { { lg_go_back_sign, lg_go_back_check }, { lg_gone_sign, lg_gone_check } };

/* Goal: a word that moves a reader is its publisher's, of one stream; no bit may turn.  Method: each of both. */
static void only_the_publisher_moves_a_reader(void **state)
{
	struct sent *sent = *state;
	const struct lg_keyring *ring = &sent->site.keyring;
	const struct lg_own_keys *keys = &sent->site.keys[LG_SERVICE_INTAKE];
	bool is_read;
	struct lg_go_back read, said = { .stream = sent->stream, .common.number = 40 };

	for (unsigned w = 0; w < 2; w++) {
		struct lg_bytes bytes = words[w].sign(sent->arena, keys, &said);
		uint8_t *bent = (uint8_t *)(uintptr_t)bytes.data;

		assert_done(words[w].check(sent->arena, ring, &sent->stream, bytes, &read));
		assert_memory_equal(&read, &said, sizeof read);
		assert_false(lg_is_done(
			words[1 - w].check(sent->arena, ring, &sent->stream, bytes, &read)));
		for (unsigned field = 0; field < 4; field++) {
			struct lg_stream other = sent->stream;
			other.lane ^= field == 0;
			other.destination ^= field == 1;
			other.partition ^= field == 2;
			other.service ^= field == 3;
			assert_false(lg_is_done(
				words[w].check(sent->arena, ring, &other, bytes, &read)));
		}
		for (size_t i = 0; i < bytes.size * 8; i++) {
			bent[i / 8] ^= (uint8_t)(1u << i % 8);
			is_read = lg_is_done(
				words[w].check(sent->arena, ring, &sent->stream, bytes, &read));
			assert_true(!is_read || w == 1); /* beside the word GONE is unsigned */
			assert_memory_equal(&read, &said, sizeof read);
			bent[i / 8] ^= (uint8_t)(1u << i % 8);
			assert_false(lg_is_done(words[w].check(
				sent->arena, ring, &sent->stream, lg_bytes(bent, i / 8), &read)));
		}
	}
}

/* Goal: the digest tells lists apart.  Method: change each point in turn, and one behind the last. */
static void the_digest_is_of_all_points_that_are_named(void **state)
{
	struct lg_points points = { .count = LG_POINTS_SENT_MAX };
	uint8_t digest[LG_POINTS_DIGEST_SIZE], other[LG_POINTS_DIGEST_SIZE];

	(void)state;
	lg_points_digest(&points, digest);
	for (uint32_t i = 0; i <= 2 * LG_POINTS_SENT_MAX + 1; i++) {
		points.at[i / 2].number ^= i % 2;
		points.at[i / 2].epoch.byte[15] ^= i % 2 == 0;
		lg_points_digest(&points, other);
		assert_int_equal(memcmp(digest, other, sizeof other) == 0, i / 2 == points.count);
		points.at[i / 2] = (struct lg_point){ .number = 0 };
	}
}

int main(void)
{
#define WITH_BATCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_BATCH(a_batch_comes_out_as_it_went_in),
		cmocka_unit_test(every_field_of_the_manifest_is_proved),
		WITH_BATCH(envelopes_cannot_be_swapped_dropped_doubled_or_altered),
		WITH_BATCH(a_batch_is_not_replayed_in_another_stream),
		WITH_BATCH(no_bit_may_turn_and_nothing_be_cut),
		WITH_BATCH(the_limits_of_a_batch_hold),
		WITH_BATCH(only_the_publisher_moves_a_reader),
		cmocka_unit_test(the_digest_is_of_all_points_that_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
