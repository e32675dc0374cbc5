/*
 * The audit chain at rest: append-only, one chain per partition, written by its owner alone.
 * Statements only; records and hashes are made in common/protect/reader.
 */
#ifndef LG_DB_AUDIT_H
#define LG_DB_AUDIT_H

#include "common/db/statement.h"

enum {
	LG_AUDIT_HEAD,   /* $p -> seq, hash of the last record; no row: none yet */
	LG_AUDIT_INSERT, /* arrays: p, seq, record, hash */
	LG_AUDIT_PAGE,   /* $p, $after: up to 5,000 -> seq, record, hash; in order */
};

extern const struct lg_statement lg_audit_statements[];

#endif
