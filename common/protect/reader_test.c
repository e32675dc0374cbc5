#include "common/protect/reader.h"

#include "common/protect/seal.h"
#include "common/protect/site_for_tests.h"
#include "proto/codes.pb-c.h"

#define VOLUNTEER LIFEGUARD__CODES__ROLE__VOLUNTEER
#define LEAD      LIFEGUARD__CODES__ROLE__CENTRE_LEAD
#define NGO       LIFEGUARD__CODES__ROLE__NGO_WORKER
#define OFFICER   LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER
#define ROLES     10 /* one number beyond the last role, too */
#define RELATIONS (LG_RELATION_PAST + 1)
#define CLASSES   6
#define PURPOSES  (LG_MACHINE_NOTIFY + 2) /* 0, and one beyond the last */

/* What was appended. */
struct trail {
	uint32_t count;
	struct lg_audit_entry last;
};

static void append(void *user, const struct lg_audit_entry *entry)
{
	struct trail *trail = user;

	trail->count++;
	trail->last = *entry;
}

static struct lg_audit_entry entry_of(uint32_t role, uint32_t class)
{
	return (struct lg_audit_entry){ .at = NOON,
		.actor = { .user = test_id(1),
			.organisation = test_id(2),
			.session = test_id(3),
			.role = role,
			.assurance = 3 },
		.action = LG_AUDIT_VIEW,
		.purpose = LIFEGUARD__CODES__PURPOSE__HELP_AND_SHELTER,
		.command_id = test_id(4),
		.case_id = test_id(5),
		.subject = test_id(6),
		.class = class,
		.count = 1 };
}

/* What the table of PROTECTION grants, said once more and otherwise: cell by cell. */
static bool expected(uint32_t role, enum lg_relation relation, uint32_t class, bool is_old)
{
	bool is_owner = relation == LG_RELATION_OWNER;
	bool is_accepted = relation == LG_RELATION_ACCEPTED;

	if (class == LG_CLASS_IDENTITY)
		return (role == VOLUNTEER && is_owner && !is_old) || (role == LEAD && is_owner) ||
		       (role == NGO && is_accepted) ||
		       (role == OFFICER && (is_owner || is_accepted));
	if (class == LG_CLASS_NARRATIVE)
		return (role == LEAD && is_owner) || (role == NGO && is_accepted) ||
		       (role == OFFICER && (is_owner || is_accepted));
	if (class == LG_CLASS_SOURCE)
		return role == OFFICER && is_owner;
	return false;
}

/*
 * Goal: the table of rights, every cell, and what a person gets for it: a reader and a record,
 * or a refusal and a record of that.
 * Method: every role, relation and class, and one beyond each; a case of 72 h, and 1 ms more.
 */
static void every_cell_of_the_table_is_kept(void **unused)
{
	uint32_t granted = 0;

	(void)unused;
	for (uint32_t cell = 0; cell < ROLES * RELATIONS * CLASSES * 2; cell++) {
		uint32_t role = cell / (RELATIONS * CLASSES * 2);
		enum lg_relation relation = cell / (CLASSES * 2) % RELATIONS;
		uint32_t class = cell / 2 % CLASSES;
		lg_ms age_ms = 72 * LG_HOUR_MS + cell % 2;
		bool right = expected(role, relation, class, cell % 2 == 1);
		struct lg_audit_entry entry = entry_of(role, class);
		struct trail seen = { .count = 0 };
		struct lg_audit_trail trail = { .append = append, .user = &seen };
		struct lg_reader reader = { .classes = 0 };
		struct lg_status status;

		assert_int_equal(lg_may_read(role, relation, class, age_ms), right);
		status = lg_reader_person(&trail, &entry, relation, age_ms, &reader);
		assert_int_equal(status.outcome, right ? LG_DONE : LG_REFUSED);
		assert_int_equal(seen.count, 1);
		assert_int_equal(seen.last.is_refused, !right);
		assert_int_equal(
			lg_reader_may_open(&reader, class, entry.subject, entry.case_id), right);
		granted += right;
	}
	assert_int_equal(granted, 1 + 2 * (2 + 2 + 2 + 2 + 1));
}

/*
 * Goal: the record says what is looked at, by whom, and why; what is not named is not read.
 * Method: compare the appended entry; leave out user, purpose, case and subject in turn.
 */
static void who_reads_what_and_why_is_named_and_recorded(void **unused)
{
	struct trail seen = { .count = 0 };
	struct lg_audit_trail trail = { .append = append, .user = &seen };
	struct lg_audit_entry entry = entry_of(LEAD, LG_CLASS_IDENTITY);
	const struct lg_id nobody = { .byte = { 0 } };
	struct lg_reader reader;

	(void)unused;
	assert_done(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader));
	assert_memory_equal(&seen.last, &entry, sizeof entry);

	entry.actor.user = nobody;
	assert_refused(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader),
		"nobody is named who reads");
	entry = entry_of(LEAD, LG_CLASS_IDENTITY);
	entry.purpose = LIFEGUARD__CODES__PURPOSE__PURPOSE_UNSPECIFIED;
	assert_refused(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader),
		"no purpose is named for reading");
	entry.purpose = 7;
	assert_refused(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader),
		"no purpose is named for reading");
	entry = entry_of(LEAD, LG_CLASS_IDENTITY);
	entry.case_id = nobody;
	assert_refused(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader),
		"no case or person is named that is read");
	entry = entry_of(LEAD, LG_CLASS_IDENTITY);
	entry.subject = nobody;
	assert_refused(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader),
		"no case or person is named that is read");
	assert_int_equal(seen.count, 6);
	assert_true(seen.last.is_refused);
}

/*
 * Goal: a reader opens what it was made for, and cannot be made by hand or widened.
 * Method: other class, subject, case; then each field of a good one altered, and a whole one
 * filled in by hand.
 */
static void a_reader_cannot_be_widened_or_forged(void **unused)
{
	struct trail seen = { .count = 0 };
	struct lg_audit_trail trail = { .append = append, .user = &seen };
	struct lg_audit_entry entry = entry_of(LEAD, LG_CLASS_IDENTITY);
	struct lg_id subject = entry.subject, case_id = entry.case_id;
	struct lg_reader reader, forged;

	(void)unused;
	assert_done(lg_reader_person(&trail, &entry, LG_RELATION_OWNER, 0, &reader));
	assert_true(lg_reader_may_open(&reader, LG_CLASS_IDENTITY, subject, case_id));
	assert_false(lg_reader_may_open(&reader, LG_CLASS_NARRATIVE, subject, case_id));
	assert_false(lg_reader_may_open(&reader, 0, subject, case_id));
	assert_false(lg_reader_may_open(&reader, 33, subject, case_id));
	assert_false(lg_reader_may_open(&reader, LG_CLASS_IDENTITY, test_id(9), case_id));
	assert_false(lg_reader_may_open(&reader, LG_CLASS_IDENTITY, subject, test_id(9)));

	forged = reader;
	forged.classes = 0x1e;
	assert_false(lg_reader_may_open(&forged, LG_CLASS_IDENTITY, subject, case_id));
	forged = reader;
	forged.subject = test_id(9);
	assert_false(lg_reader_may_open(&forged, LG_CLASS_IDENTITY, test_id(9), case_id));
	forged = reader;
	memset(&forged.subject, 0, sizeof forged.subject);
	assert_false(lg_reader_may_open(&forged, LG_CLASS_IDENTITY, subject, case_id));
	forged = reader;
	forged.case_id = test_id(9);
	assert_false(lg_reader_may_open(&forged, LG_CLASS_IDENTITY, subject, test_id(9)));
	for (unsigned bit = 0; bit < 64; bit++) {
		forged = reader;
		forged.seal ^= (uint64_t)1 << bit;
		assert_false(lg_reader_may_open(&forged, LG_CLASS_IDENTITY, subject, case_id));
	}
	forged = (struct lg_reader){ .classes = 0x1e };
	assert_false(lg_reader_may_open(&forged, LG_CLASS_IDENTITY, subject, case_id));
}

/* What machines may read, said once more and otherwise. */
static bool machine_expected(uint32_t service, uint32_t class, enum lg_machine purpose)
{
	bool is_identity = class == LG_CLASS_IDENTITY;

	if (purpose == LG_MACHINE_MATCHING_INDEX)
		return service == LG_SERVICE_MATCHING && is_identity;
	if (purpose == LG_MACHINE_NOTIFY)
		return service == LG_SERVICE_NOTIFICATION && class == LG_CLASS_STAFF;
	if (purpose != LG_MACHINE_REGRANT)
		return false;
	if (service == LG_SERVICE_MATCHING)
		return is_identity;
	return (service == LG_SERVICE_INTAKE || service == LG_SERVICE_REFERRAL) &&
	       (is_identity || class == LG_CLASS_NARRATIVE);
}

/*
 * Goal: machines read by their table only, and what they do is recorded as theirs.
 * Method: every service, class and purpose; the number 0 and one beyond the last
 * purpose, too; matching's index reader opens any identity.
 */
static void machines_read_by_their_table(void **unused)
{
	struct trail seen = { .count = 0 };
	struct lg_audit_trail trail = { .append = append, .user = &seen };
	uint32_t granted = 0;

	(void)unused;
	for (uint32_t cell = 0; cell < LG_SERVICE_COUNT * CLASSES * PURPOSES; cell++) {
		uint32_t service = cell / (CLASSES * PURPOSES), class = cell / PURPOSES % CLASSES;
		enum lg_machine purpose = (enum lg_machine)(cell % PURPOSES);
		bool right = machine_expected(service, class, purpose);
		struct lg_audit_entry entry = entry_of(LIFEGUARD__CODES__ROLE__SYSTEM, class);
		struct lg_reader reader = { .classes = 0 };

		memset(&entry.subject, 0, sizeof entry.subject);
		memset(&entry.case_id, 0, sizeof entry.case_id);
		assert_int_equal(
			lg_reader_machine(&trail, &entry, service, purpose, &reader).outcome,
			right ? LG_DONE : LG_REFUSED);
		assert_int_equal(seen.count, cell + 1);
		assert_int_equal(seen.last.is_refused, !right);
		assert_int_equal(seen.last.action,
			purpose == LG_MACHINE_REGRANT ? LG_AUDIT_REGRANT : LG_AUDIT_MACHINE);
		assert_int_equal(lg_reader_may_open(&reader, class, test_id(8), test_id(9)), right);
		granted += right;
	}
	assert_int_equal(granted, 7);
}

/*
 * Goal: a record holds every field, and the chain notices any change, removal or exchange.
 * Method: alter each field of an entry, the record differs; alter one byte, or the order.
 */
static void the_chain_notices_every_change(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_audit_entry entry = entry_of(LEAD, LG_CLASS_IDENTITY);
	struct lg_bytes record = lg_audit_record(arena, &entry);
	uint8_t zero[32] = { 0 }, first[32], second[32], other[32];

	(void)unused;
#define CHANGED(field, value) \
	do { \
		struct lg_audit_entry changed = entry; \
		changed.field = value; \
		assert_false(lg_bytes_equal(record, lg_audit_record(arena, &changed))); \
	} while (0)
	CHANGED(at, NOON + 1);
	CHANGED(actor.user, test_id(9));
	CHANGED(actor.organisation, test_id(9));
	CHANGED(actor.session, test_id(9));
	CHANGED(actor.role, NGO);
	CHANGED(actor.assurance, 4);
	CHANGED(action, LG_AUDIT_PRINT);
	CHANGED(purpose, 2);
	CHANGED(command_id, test_id(9));
	CHANGED(case_id, test_id(9));
	CHANGED(subject, test_id(9));
	CHANGED(class, LG_CLASS_NARRATIVE);
	CHANGED(count, 2);
	CHANGED(is_refused, true);
#undef CHANGED
	assert_true(lg_bytes_equal(record, lg_audit_record(arena, &entry)));

	lg_audit_hash(zero, record, first);
	lg_audit_hash(first, record, second);
	assert_memory_not_equal(first, second, sizeof first);
	lg_audit_hash(zero, record, other);
	assert_memory_equal(first, other, sizeof first);
	for (size_t i = 0; i < record.size; i++) {
		uint8_t *altered = (uint8_t *)lg_copy(arena, record).data;

		altered[i] ^= 1;
		lg_audit_hash(zero, lg_bytes(altered, record.size), other);
		assert_memory_not_equal(first, other, sizeof first);
	}
	lg_arena_free(arena);
}

/*
 * Goal: the chain's formula does not change: BLAKE2b-256(previous | record).
 * Method: a second computation in one piece.
 */
static void the_chain_is_blake2b_of_previous_and_record(void **unused)
{
	uint8_t joined[32 + 5], made[32], again[32];

	(void)unused;
	memset(joined, 7, 32);
	memcpy(joined + 32, "hello", 5);
	crypto_generichash(again, sizeof again, joined, sizeof joined, NULL, 0);
	lg_audit_hash(joined, lg_bytes("hello", 5), made);
	assert_memory_equal(made, again, sizeof made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_of_the_table_is_kept),
		cmocka_unit_test(who_reads_what_and_why_is_named_and_recorded),
		cmocka_unit_test(a_reader_cannot_be_widened_or_forged),
		cmocka_unit_test(machines_read_by_their_table),
		cmocka_unit_test(the_chain_notices_every_change),
		cmocka_unit_test(the_chain_is_blake2b_of_previous_and_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
