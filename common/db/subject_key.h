/*
 * Data keys at rest: one row per subject and class, wrapped under a key-encryption epoch that
 * lies outside the database.  Erasure is the deletion of these rows.
 */
#ifndef LG_DB_SUBJECT_KEY_H
#define LG_DB_SUBJECT_KEY_H

#include "common/db/statement.h"

enum {
	LG_SUBJECT_KEY_READ,   /* $subject -> subject, class, key_id, epoch, wrapped */
	LG_SUBJECT_KEY_INSERT, /* arrays: subject, class, key_id, epoch, wrapped; of keys just made */
	LG_SUBJECT_KEY_KEEP,   /* the same, of keys that were granted and may be here already */
	LG_SUBJECT_KEY_ERASE, /* arrays: subject */
};

extern const struct lg_statement lg_subject_key_statements[];

#endif
