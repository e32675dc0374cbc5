/* Readers: made with their audit record, or not at all; and the record's chain (reader.h). */
#include "common/protect/reader.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/protect/seal.h"
#include "common/stream/wire.h"
#include "proto/codes.pb-c.h"
#include "proto/content.pb-c.h"

#define VOLUNTEER_BACK_MS (72 * LG_HOUR_MS)
#define ALWAYS            INT64_MAX

static_assert(LG_AUDIT_HASH_SIZE == crypto_generichash_BYTES, "BLAKE2b-256");

/* --- who may read ---------------------------------------------------------------------- */

#define OWNER    (1u << LG_RELATION_OWNER)
#define ACCEPTED (1u << LG_RELATION_ACCEPTED)

/* What no row grants is not granted: offered cases have no identity, past ones own records only. */
/* clang-format off */
static const struct {
	uint32_t role, class;
	uint32_t relations; /* set of: bit (1 << relation) */
	lg_ms age_ms;       /* of the case, at most */
} rights[] = {
	{ LIFEGUARD__CODES__ROLE__VOLUNTEER,          LG_CLASS_IDENTITY,  OWNER,            VOLUNTEER_BACK_MS },
	{ LIFEGUARD__CODES__ROLE__CENTRE_LEAD,        LG_CLASS_IDENTITY,  OWNER,            ALWAYS },
	{ LIFEGUARD__CODES__ROLE__CENTRE_LEAD,        LG_CLASS_NARRATIVE, OWNER,            ALWAYS },
	{ LIFEGUARD__CODES__ROLE__NGO_WORKER,         LG_CLASS_IDENTITY,  ACCEPTED,         ALWAYS },
	{ LIFEGUARD__CODES__ROLE__NGO_WORKER,         LG_CLASS_NARRATIVE, ACCEPTED,         ALWAYS },
	{ LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER, LG_CLASS_IDENTITY,  OWNER | ACCEPTED, ALWAYS },
	{ LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER, LG_CLASS_NARRATIVE, OWNER | ACCEPTED, ALWAYS },
	/* who gave a tip gave it to the owner; who later shelters her needs no names of sources */
	{ LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER, LG_CLASS_SOURCE,    OWNER,            ALWAYS },
};

/* Routing needs clear fields only, so few programs read without a person. */
static const struct {
	uint32_t service, class;
	enum lg_machine purpose;
} machines[] = {
	{ LG_SERVICE_MATCHING,     LG_CLASS_IDENTITY,  LG_MACHINE_MATCHING_INDEX },
	{ LG_SERVICE_INTAKE,       LG_CLASS_IDENTITY,  LG_MACHINE_REGRANT },
	{ LG_SERVICE_INTAKE,       LG_CLASS_NARRATIVE, LG_MACHINE_REGRANT },
	{ LG_SERVICE_MATCHING,     LG_CLASS_IDENTITY,  LG_MACHINE_REGRANT },
	{ LG_SERVICE_REFERRAL,     LG_CLASS_IDENTITY,  LG_MACHINE_REGRANT },
	{ LG_SERVICE_REFERRAL,     LG_CLASS_NARRATIVE, LG_MACHINE_REGRANT },
	{ LG_SERVICE_NOTIFICATION, LG_CLASS_STAFF,     LG_MACHINE_NOTIFY },
};
/* clang-format on */

bool lg_may_read(uint32_t role, enum lg_relation relation, uint32_t class, lg_ms age_ms)
{
	assert(relation <= LG_RELATION_PAST);

	for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
		if (rights[i].role == role && rights[i].class == class)
			return (rights[i].relations >> relation & 1u) != 0 &&
			       age_ms <= rights[i].age_ms;
	}
	return false;
}

static bool machine_may_read(uint32_t service, uint32_t class, enum lg_machine purpose)
{
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
		if (machines[i].service == service && machines[i].class == class &&
			machines[i].purpose == purpose)
			return true;
	}
	return false;
}

/* --- readers --------------------------------------------------------------------------- */

/*
 * The one piece of state that a process shares: a random key under which constructors mark their
 * readers.  It never leaves this file, never changes, and a caller could only carry it around
 * by being able to make readers itself.
 */
static const uint8_t *process_key(void)
{
	static uint8_t key[crypto_shorthash_KEYBYTES];
	static bool is_filled;

	if (!is_filled) {
		if (sodium_init() < 0)
			abort();
		randombytes_buf(key, sizeof key);
		is_filled = true;
	}
	return key;
}

static uint64_t mark(const struct lg_reader *reader)
{
	uint8_t fields[sizeof reader->classes + 2 * LG_ID_SIZE];
	uint64_t made;

	static_assert(sizeof made == crypto_shorthash_BYTES, "SipHash-2-4");
	memcpy(fields, &reader->classes, sizeof reader->classes);
	memcpy(fields + sizeof reader->classes, reader->case_id.byte, LG_ID_SIZE);
	memcpy(fields + sizeof reader->classes + LG_ID_SIZE, reader->subject.byte, LG_ID_SIZE);
	crypto_shorthash((uint8_t *)&made, fields, sizeof fields, process_key());
	return made;
}

static bool is_class(uint32_t class)
{
	return class >= LG_CLASS_IDENTITY && class <= LG_CLASS_STAFF;
}

static struct lg_reader reader_of(const struct lg_audit_entry *entry)
{
	struct lg_reader reader = {
		.classes = 1u << entry->class, .case_id = entry->case_id, .subject = entry->subject
	};

	assert(is_class(entry->class));
	reader.seal = mark(&reader);
	return reader;
}

/* The record first, whatever it says: a reader without one does not exist. */
static struct lg_status record(const struct lg_audit_trail *trail, struct lg_audit_entry *entry,
	struct lg_status verdict, struct lg_reader *ret_reader)
{
	entry->is_refused = !lg_is_done(verdict);
	trail->append(trail->user, entry);
	if (lg_is_done(verdict))
		*ret_reader = reader_of(entry);
	return verdict;
}

static struct lg_status judge_person(
	const struct lg_audit_entry *entry, enum lg_relation relation, lg_ms age_ms)
{
	if (lg_id_is_zero(entry->actor.user))
		return lg_refuse("nobody is named who reads");
	if (entry->purpose == LIFEGUARD__CODES__PURPOSE__PURPOSE_UNSPECIFIED ||
		protobuf_c_enum_descriptor_get_value(
			&lifeguard__codes__purpose__descriptor, (int)entry->purpose) == NULL)
		return lg_refuse("no purpose is named for reading");
	if (lg_id_is_zero(entry->case_id) || lg_id_is_zero(entry->subject))
		return lg_refuse("no case or person is named that is read");
	if (!lg_may_read(entry->actor.role, relation, entry->class, age_ms))
		return lg_refuse("this role may not read this");
	return lg_done();
}

struct lg_status lg_reader_person(const struct lg_audit_trail *trail,
	const struct lg_audit_entry *entry, enum lg_relation relation, lg_ms age_ms,
	struct lg_reader *ret_reader)
{
	struct lg_audit_entry written = *entry;

	return record(trail, &written, judge_person(entry, relation, age_ms), ret_reader);
}

struct lg_status lg_reader_machine(const struct lg_audit_trail *trail,
	const struct lg_audit_entry *entry, uint32_t service, enum lg_machine purpose,
	struct lg_reader *ret_reader)
{
	struct lg_audit_entry written = *entry;
	struct lg_status verdict = lg_done();

	written.action = purpose == LG_MACHINE_REGRANT ? LG_AUDIT_REGRANT : LG_AUDIT_MACHINE;
	if (!machine_may_read(service, entry->class, purpose))
		verdict = lg_refuse("this service may not read this without a person");
	return record(trail, &written, verdict, ret_reader);
}

bool lg_reader_may_open(
	const struct lg_reader *reader, uint32_t class, struct lg_id subject, struct lg_id case_id)
{
	if (reader->seal != mark(reader))
		return false;
	if (!is_class(class) || (reader->classes >> class & 1u) == 0)
		return false;
	if (!lg_id_is_zero(reader->subject) && !lg_id_equal(reader->subject, subject))
		return false;
	return lg_id_is_zero(reader->case_id) || lg_id_equal(reader->case_id, case_id);
}

/* --- the chain of records -------------------------------------------------------------- */

struct lg_bytes lg_audit_record(struct lg_arena *arena, const struct lg_audit_entry *entry)
{
	Lifeguard__Content__AuditRecord wire = LIFEGUARD__CONTENT__AUDIT_RECORD__INIT;

	wire.at_ms = entry->at;
	wire.user = lg_wire_from_bytes(lg_id_bytes(&entry->actor.user));
	wire.organisation = lg_wire_from_bytes(lg_id_bytes(&entry->actor.organisation));
	wire.role = entry->actor.role;
	wire.session = lg_wire_from_bytes(lg_id_bytes(&entry->actor.session));
	wire.assurance = entry->actor.assurance;
	wire.action = entry->action;
	wire.purpose = entry->purpose;
	wire.command_id = lg_wire_from_bytes(lg_id_bytes(&entry->command_id));
	wire.case_id = lg_wire_from_bytes(lg_id_bytes(&entry->case_id));
	wire.subject = lg_wire_from_bytes(lg_id_bytes(&entry->subject));
	wire.class_ = entry->class;
	wire.count = entry->count;
	wire.result = entry->is_refused;
	return lg_encode(arena, &wire.base);
}

void lg_audit_hash(const uint8_t previous[LG_AUDIT_HASH_SIZE], struct lg_bytes record_bytes,
	uint8_t ret_hash[LG_AUDIT_HASH_SIZE])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, LG_AUDIT_HASH_SIZE);
	crypto_generichash_update(&state, previous, LG_AUDIT_HASH_SIZE);
	crypto_generichash_update(&state, record_bytes.data, record_bytes.size);
	crypto_generichash_final(&state, ret_hash, LG_AUDIT_HASH_SIZE);
}
