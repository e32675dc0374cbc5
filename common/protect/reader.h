/*
 * Who opens personal data, and what is written down about it.
 *
 * "What cannot be opened without an audit row is not opened": a reader is made only here, and
 * making one appends its audit record to the transaction of the batch.
 */
#ifndef LG_PROTECT_READER_H
#define LG_PROTECT_READER_H

#include "common/base/arena.h"
#include "common/stream/envelope.h"

enum lg_audit_action {
	LG_AUDIT_VIEW = 1,
	LG_AUDIT_SEARCH,
	LG_AUDIT_LIST,
	LG_AUDIT_PRINT,
	LG_AUDIT_EXPORT,
	LG_AUDIT_GRANT,
	LG_AUDIT_REGRANT,
	LG_AUDIT_MACHINE,
	LG_AUDIT_REFUSE,
	LG_AUDIT_BREAK_GLASS,
	LG_AUDIT_APPROVE,
	LG_AUDIT_ERASE,
	LG_AUDIT_LOGIN,
	LG_AUDIT_ACT, /* a command that changed something */
};

struct lg_audit_entry {
	lg_ms at;
	struct lg_actor actor;
	enum lg_audit_action action;
	uint32_t purpose; /* codes.Purpose */
	struct lg_id command_id, case_id, subject;
	uint32_t class; /* 0: none */
	uint32_t count;
	bool is_refused;
};

/* Where records go: the batch's transaction.  append copies the entry. */
struct lg_audit_trail {
	void (*append)(void *user, const struct lg_audit_entry *entry);
	void *user;
};

/* Who an actor's organisation is to a case. */
enum lg_relation {
	LG_RELATION_NONE,
	LG_RELATION_OWNER,
	LG_RELATION_OFFERED,
	LG_RELATION_ACCEPTED,
	LG_RELATION_PAST
};

enum lg_machine { LG_MACHINE_MATCHING_INDEX = 1, LG_MACHINE_REGRANT, LG_MACHINE_NOTIFY };

/* Opaque by intent: only the two functions below fill one in. */
struct lg_reader {
	uint32_t classes; /* set of classes that it may open: bit (1 << class) */
	struct lg_id case_id, subject;
	uint64_t seal; /* proves that a constructor made it */
};

/*
 * Whether a role may read a class in this relation (the table of PROTECTION, section 6; pure).
 *   age_ms   of the case: a volunteer reads 72 h back
 *   returns  never for what the table grants by authorship ("own entries", "own records"): who
 *            wrote an entry is not known here
 */
bool lg_may_read(uint32_t role, enum lg_relation relation, uint32_t class, lg_ms age_ms);

/*
 * A person who reads one subject of one case.  Appends entry (its action, purpose and ids say
 * what is looked at); when the role may not, the record says refused and so does the status.
 *   refused  as lg_may_read() says; no user, purpose, case or subject is named
 */
LG_MUST_CHECK struct lg_status lg_reader_person(const struct lg_audit_trail *trail,
	const struct lg_audit_entry *entry, enum lg_relation relation, lg_ms age_ms,
	struct lg_reader *ret_reader);

/*
 * A service that reads in bulk without a person.
 *   entry    a zero case or subject stands for any; the action is set here, by purpose
 *   refused  this service may not, for this purpose (a table: matching reads identities to index
 *            them; holders re-grant; notification reads where to send a notice)
 */
LG_MUST_CHECK struct lg_status lg_reader_machine(const struct lg_audit_trail *trail,
	const struct lg_audit_entry *entry, uint32_t service, enum lg_machine purpose,
	struct lg_reader *ret_reader);

/* Whether a constructor made this reader, for this class of this subject in this case. */
bool lg_reader_may_open(
	const struct lg_reader *reader, uint32_t class, struct lg_id subject, struct lg_id case_id);

/* The bytes of the record that is chained: encoded content.AuditRecord, in the arena. */
struct lg_bytes lg_audit_record(struct lg_arena *arena, const struct lg_audit_entry *entry);

#define LG_AUDIT_HASH_SIZE 32

/* BLAKE2b-256(previous | record); previous is 32 zero bytes for the first. */
void lg_audit_hash(const uint8_t previous[LG_AUDIT_HASH_SIZE], struct lg_bytes record,
	uint8_t ret_hash[LG_AUDIT_HASH_SIZE]);

#endif
