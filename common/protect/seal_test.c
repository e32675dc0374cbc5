#include "common/protect/seal.h"

#include "common/protect/site_for_tests.h"
#include "common/stream/wire.h"
#include "proto/codes.pb-c.h"
#include "proto/content.pb-c.h"

#define PERSON_IDENTITY 2001
#define NARRATIVE       2002
#define MARKER          "MARKER-SITA"

/* A person's identity, sealed by intake for one case and event, and who may read it. */
struct sealed {
	struct lg_arena *arena;
	struct test_site site;
	struct lg_key_cache *cache;
	struct lg_wrapped_key wrapped;
	struct lg_seal_place place;
	struct lg_reader reader;
	Lifeguard__Envelope__Sealed *value;
};

static void append(void *user, const struct lg_audit_entry *entry)
{
	(void)entry;
	++*(uint32_t *)user;
}

/* An officer who reads this class of the place's person in the place's case. */
static struct lg_reader reader_for(const struct lg_seal_place *place)
{
	uint32_t appended = 0;
	struct lg_audit_trail trail = { .append = append, .user = &appended };
	struct lg_audit_entry
		entry = { .actor = { .user = test_id(9),
				  .role = LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER },
			.action = LG_AUDIT_VIEW,
			.purpose = LIFEGUARD__CODES__PURPOSE__HELP_AND_SHELTER,
			.case_id = place->case_id,
			.subject = place->subject,
			.class = place->class };
	struct lg_reader reader;

	assert_done(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader));
	assert_int_equal(appended, 1);
	return reader;
}

static struct lg_status seal_text(
	struct sealed *sealed, size_t size, Lifeguard__Envelope__Sealed **ret_value)
{
	Lifeguard__Content__Narrative narrative = LIFEGUARD__CONTENT__NARRATIVE__INIT;

	narrative.text = lg_alloc(sealed->arena, size + 1);
	memset(narrative.text, 'x', size);
	return lg_seal(sealed->arena, sealed->cache, &sealed->place, sealed->wrapped.key_id,
		&narrative.base, ret_value);
}

static void use_class(struct sealed *sealed, enum lg_class class)
{
	sealed->place.class = class;
	sealed->place.content = class == LG_CLASS_IDENTITY ? PERSON_IDENTITY : NARRATIVE;
	sealed->wrapped = lg_data_key_new(&sealed->site.keys[LG_SERVICE_INTAKE], sealed->cache,
		sealed->place.subject, class, NOON);
}

static int set_up(void **state)
{
	struct sealed *sealed = calloc(1, sizeof *sealed);
	Lifeguard__Content__PersonIdentity identity = LIFEGUARD__CONTENT__PERSON_IDENTITY__INIT;
	char name[] = MARKER;
	char *names[] = { name };

	assert_non_null(sealed);
	sealed->arena = lg_arena_new();
	sealed->cache = lg_key_cache_new();
	test_site_init(&sealed->site, 7);
	sealed->place = (struct lg_seal_place){
		.subject = test_id(1), .case_id = test_id(2), .context = test_id(3)
	};
	use_class(sealed, LG_CLASS_IDENTITY);
	sealed->reader = reader_for(&sealed->place);
	identity.n_names = 1;
	identity.names = names;
	assert_done(lg_seal(sealed->arena, sealed->cache, &sealed->place, sealed->wrapped.key_id,
		&identity.base, &sealed->value));
	*state = sealed;
	return 0;
}

static int tear_down(void **state)
{
	struct sealed *sealed = *state;

	lg_key_cache_free(sealed->cache);
	lg_arena_free(sealed->arena);
	free(sealed);
	return 0;
}

static struct lg_status open_at(struct sealed *sealed, const struct lg_seal_place *place)
{
	ProtobufCMessage *message;
	struct lg_reader reader = reader_for(place);

	return lg_open(sealed->arena, sealed->cache, &reader, place, sealed->value, &message);
}

/*
 * Goal: what was sealed comes out as it went in, and cannot be seen from outside.
 * Method: search the encoded value for the name; open; seal again: nothing but the place is the
 * same.
 */
static void what_was_sealed_comes_out_as_it_went_in(void **state)
{
	struct sealed *sealed = *state;
	struct lg_bytes wire = lg_encode(sealed->arena, &sealed->value->base);
	const Lifeguard__Content__PersonIdentity *identity;
	Lifeguard__Envelope__Sealed *again;
	ProtobufCMessage *message;

	assert_null(memmem(wire.data, wire.size, MARKER, strlen(MARKER)));
	assert_int_equal(sealed->value->box.len, 24 + 256 + 16);
	assert_done(lg_open(sealed->arena, sealed->cache, &sealed->reader, &sealed->place,
		sealed->value, &message));
	identity = (const Lifeguard__Content__PersonIdentity *)message;
	assert_int_equal(identity->n_names, 1);
	assert_string_equal(identity->names[0], MARKER);

	assert_done(lg_seal(sealed->arena, sealed->cache, &sealed->place, sealed->wrapped.key_id,
		message, &again));
	assert_memory_not_equal(again->box.data, sealed->value->box.data, 24);
	assert_memory_not_equal(again->box.data + 24, sealed->value->box.data + 24, 256 + 16);
}

/* Sealed elsewhere, by hand, after the text of seal.h: key 0, 1, 2 .. 31, nonce 100 .. 123. */
static const char foreign_key_id[] = "e94bc790956bd46e5cfe8ee8b9d32f17";
static const char foreign_box[] =
	"6465666768696a6b6c6d6e6f707172737475767778797a7b7678b4f1ad65ccd0aa63d46be7"
	"efbdc95bbb5271e42ccab08c5564a72b5e7810ab06437e2cb6f7c7ea06651c545608516ee5"
	"d01f9fb234a6cf0f0b48fb88be6c56d3c4e5d06ea42dee0dbc94cdfa8e4bf3ed81258ee3c3"
	"fb915da991e690fcb54c7d9d77f121d813008c023f91355992b8602b7291a0aa5cae3f13e4"
	"550120ca8971bdc369c8d86c4ce0606be42bcf183b4889c75b38944b161be8eaddbf39fa4f"
	"1ee95d8c91ffdebf4bc8b220ea2822812c7689c750a7bf774db9a5e127c4adaa4e8a50c34f"
	"080b8023bd2b29ca6708da4e949ea1dc06048068d276de2fd40923978bb6da2324f0560641"
	"2ac622f869fd6bca00d530090e494e81d8aecc5f92158fd1c5fe9d9939091099f8a28e1817";

/*
 * Goal: key ids, associated data and padding are the contract between sites: they never change.
 * Method: a value that was made once, outside of this program, opens.
 */
static void a_value_sealed_elsewhere_opens(void **state)
{
	struct sealed *sealed = *state;
	uint8_t key[LG_DATA_KEY_SIZE], key_id[LG_ID_SIZE], box[24 + 256 + 16];
	ProtobufCMessage *message;

	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)i;
	assert_int_equal(sodium_hex2bin(key_id, sizeof key_id, foreign_key_id,
				 strlen(foreign_key_id), NULL, NULL, NULL),
		0);
	assert_int_equal(
		sodium_hex2bin(box, sizeof box, foreign_box, strlen(foreign_box), NULL, NULL, NULL),
		0);
	sealed->wrapped.key_id = lg_data_key_id(key, test_id(1), LG_CLASS_IDENTITY);
	assert_memory_equal(sealed->wrapped.key_id.byte, key_id, sizeof key_id);
	lg_key_cache_put(
		sealed->cache, sealed->wrapped.key_id, test_id(1), LG_CLASS_IDENTITY, key, NOON);
	sealed->value->key_id = lg_wire_from_array(key_id, sizeof key_id);
	sealed->value->box = lg_wire_from_array(box, sizeof box);
	assert_done(lg_open(sealed->arena, sealed->cache, &sealed->reader, &sealed->place,
		sealed->value, &message));
	assert_string_equal(
		((const Lifeguard__Content__PersonIdentity *)message)->names[0], MARKER);
}

/*
 * Goal: a value moved to another person, case, event, class or content does not open, whether or
 * not its own words are changed with it.
 * Method: as it is, at each other place; then with its fields set to that place, and the same key
 * in the cache under it.
 */
static void a_moved_value_does_not_open(void **state)
{
	struct sealed *sealed = *state;
	struct lg_seal_place moved = sealed->place;
	struct lg_id other = test_id(77);
	uint8_t key[LG_DATA_KEY_SIZE];

	assert_done(open_at(sealed, &moved));
	moved.case_id = other;
	assert_refused(open_at(sealed, &moved), "the sealed value was moved or altered");

	moved = sealed->place;
	moved.context = other;
	assert_refused(open_at(sealed, &moved), "the sealed value came with another event");
	sealed->value->context = lg_wire_from_bytes(lg_id_bytes(&other));
	assert_refused(open_at(sealed, &moved), "the sealed value was moved or altered");
	sealed->value->context = lg_wire_from_bytes(lg_id_bytes(&sealed->place.context));

	moved = sealed->place;
	moved.content = NARRATIVE;
	assert_refused(open_at(sealed, &moved), "the sealed value is of another class or content");
	sealed->value->content = NARRATIVE;
	assert_refused(open_at(sealed, &moved), "the sealed value was moved or altered");
	sealed->value->content = PERSON_IDENTITY;

	memcpy(key, lg_key_cache_find(sealed->cache, sealed->wrapped.key_id, test_id(1), 1), 32);
	moved = sealed->place;
	moved.class = LG_CLASS_SOURCE;
	assert_refused(open_at(sealed, &moved), "the sealed value is of another class or content");
	sealed->value->class_ = LG_CLASS_SOURCE;
	assert_refused(open_at(sealed, &moved), "the data key is not here: load it first");
	lg_key_cache_put(
		sealed->cache, sealed->wrapped.key_id, test_id(1), LG_CLASS_SOURCE, key, NOON);
	assert_refused(open_at(sealed, &moved), "the sealed value was moved or altered");
	sealed->value->class_ = LG_CLASS_IDENTITY;

	moved = sealed->place;
	moved.subject = other;
	assert_refused(open_at(sealed, &moved), "the sealed value is of another person");
	sealed->value->subject = lg_wire_from_bytes(lg_id_bytes(&other));
	assert_refused(open_at(sealed, &moved), "the data key is not here: load it first");
	lg_key_cache_put(sealed->cache, sealed->wrapped.key_id, other, 1, key, NOON);
	assert_refused(open_at(sealed, &moved), "the sealed value was moved or altered");
}

/*
 * Goal: no bit of a box or key id may turn, and nothing may be cut.
 * Method: each bit; each shorter length; fields of a wrong size; another version.
 */
static void an_altered_value_does_not_open(void **state)
{
	struct sealed *sealed = *state;
	Lifeguard__Envelope__Sealed *value = sealed->value;

	for (size_t bit = 0; bit < 8 * value->box.len; bit++) {
		value->box.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_refused(
			open_at(sealed, &sealed->place), "the sealed value was moved or altered");
		value->box.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * LG_ID_SIZE; bit++) {
		value->key_id.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_refused(
			open_at(sealed, &sealed->place), "the data key is not here: load it first");
		value->key_id.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t size = value->box.len; size-- > 0;) {
		ProtobufCBinaryData whole = value->box;

		value->box.len = size;
		assert_refused(open_at(sealed, &sealed->place), "the sealed value has an odd size");
		value->box = whole;
	}
	value->key_id.len--;
	assert_refused(open_at(sealed, &sealed->place), "the sealed value's key id is malformed");
	value->key_id.len++;
	value->subject.len--;
	assert_refused(open_at(sealed, &sealed->place), "the sealed value is of another person");
	value->subject.len++;
	value->version++;
	assert_refused(open_at(sealed, &sealed->place), "the sealed value has an unknown version");
	value->version--;
	assert_done(open_at(sealed, &sealed->place));
}

/*
 * Goal: a length tells no more than a bucket.
 * Method: texts around each bucket's end, both sides, for each class; the box's size is the
 * bucket's, what is too long is refused, and all open.
 */
static void sizes_take_bucket_values_only(void **state)
{
	static const struct {
		enum lg_class class;
		size_t first, last;
	} classes[] = { { LG_CLASS_NARRATIVE, 1024, 65536 }, { LG_CLASS_SOURCE, 256, 2048 } };
	struct sealed *sealed = *state;

	for (size_t i = 0; i < 2; i++) {
		use_class(sealed, classes[i].class);
		for (size_t bucket = classes[i].first; bucket <= classes[i].last; bucket *= 2) {
			/* a field's tag and length take 3 bytes, 4 above 16,383; padding 1 */
			size_t fits = bucket - (bucket > 16384 ? 4 : 3) - 1;

			assert_done(seal_text(sealed, fits, &sealed->value));
			assert_int_equal(sealed->value->box.len, 24 + bucket + 16);
			assert_done(open_at(sealed, &sealed->place));
			if (bucket == classes[i].last) {
				assert_refused(seal_text(sealed, fits + 1, &sealed->value),
					"the text is too long for its class");
			} else {
				assert_done(seal_text(sealed, fits + 1, &sealed->value));
				assert_int_equal(sealed->value->box.len, 24 + 2 * bucket + 16);
				assert_done(open_at(sealed, &sealed->place));
			}
		}
		assert_done(seal_text(sealed, 0, &sealed->value));
		assert_int_equal(sealed->value->box.len, 24 + classes[i].first + 16);
		assert_done(open_at(sealed, &sealed->place));
	}
}

/*
 * Goal: nothing is opened without a reader that may.
 * Method: a reader filled in by hand; one of another class, person and case; one that was refused.
 */
static void a_refused_or_forged_reader_opens_nothing(void **state)
{
	static const char denied[] = "this reader may not open this";
	struct sealed *sealed = *state;
	struct lg_reader reader = { .classes = 2, .case_id = test_id(2), .subject = test_id(1) };
	struct lg_audit_entry entry = { .actor = { .user = test_id(9),
						.role = LIFEGUARD__CODES__ROLE__MANAGER },
		.purpose = LIFEGUARD__CODES__PURPOSE__STATISTICS,
		.case_id = test_id(2),
		.subject = test_id(1),
		.class = LG_CLASS_IDENTITY };
	uint32_t appended = 0;
	struct lg_audit_trail trail = { .append = append, .user = &appended };
	struct lg_seal_place other;
	ProtobufCMessage *message = NULL;

	assert_refused(lg_open(sealed->arena, sealed->cache, &reader, &sealed->place, sealed->value,
			       &message),
		denied);
	assert_refused(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader),
		"this role may not read this");
	assert_int_equal(appended, 1);
	assert_refused(lg_open(sealed->arena, sealed->cache, &reader, &sealed->place, sealed->value,
			       &message),
		denied);
	for (int which = 0; which < 3; which++) {
		other = sealed->place;
		if (which == 0)
			other.class = LG_CLASS_NARRATIVE;
		else if (which == 1)
			other.subject = test_id(8);
		else
			other.case_id = test_id(8);
		reader = reader_for(&other);
		assert_refused(lg_open(sealed->arena, sealed->cache, &reader, &sealed->place,
				       sealed->value, &message),
			denied);
	}
	assert_null(message);
}

/*
 * Goal: without its key a value stays closed, and nothing can be sealed.
 * Method: drop the person from the cache; load the wrap again.
 */
static void without_its_key_a_value_stays_closed(void **state)
{
	struct sealed *sealed = *state;
	Lifeguard__Envelope__Sealed *value;

	lg_key_cache_drop(sealed->cache, sealed->place.subject);
	assert_refused(open_at(sealed, &sealed->place), "the data key is not here: load it first");
	assert_refused(seal_text(sealed, 10, &value), "the data key is not here: load it first");
	assert_done(lg_data_key_load(
		&sealed->site.keys[LG_SERVICE_INTAKE], sealed->cache, &sealed->wrapped, NOON));
	assert_done(open_at(sealed, &sealed->place));
}

/*
 * Goal: only contents of the registry are opened, and only what decodes.
 * Method: an unknown number, an event's number; then a text sealed under the wrong content.
 */
static void only_a_known_content_that_decodes_is_opened(void **state)
{
	struct sealed *sealed = *state;
	Lifeguard__Content__AuditRecord record = LIFEGUARD__CONTENT__AUDIT_RECORD__INIT;
	struct lg_seal_place odd = sealed->place;

	odd.content = 9999;
	sealed->value->content = 9999;
	assert_refused(open_at(sealed, &odd), "the sealed value's content is not known");
	odd.content = sealed->value->content = 101;
	assert_refused(open_at(sealed, &odd), "the sealed value's content is not known");

	record.at_ms = NOON; /* a number where a name should be: protobuf takes it as unknown */
	record.user = lg_wire_from_array((const uint8_t *)"\xff\xfe", 2); /* no UTF-8 for a phone */
	assert_done(lg_seal(sealed->arena, sealed->cache, &sealed->place, sealed->wrapped.key_id,
		&record.base, &sealed->value));
	assert_int_equal(open_at(sealed, &sealed->place).outcome, LG_REFUSED);
}

int main(void)
{
#define WITH_VALUE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_VALUE(what_was_sealed_comes_out_as_it_went_in),
		WITH_VALUE(a_value_sealed_elsewhere_opens),
		WITH_VALUE(a_moved_value_does_not_open),
		WITH_VALUE(an_altered_value_does_not_open),
		WITH_VALUE(sizes_take_bucket_values_only),
		WITH_VALUE(a_refused_or_forged_reader_opens_nothing),
		WITH_VALUE(without_its_key_a_value_stays_closed),
		WITH_VALUE(only_a_known_content_that_decodes_is_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
