/*
 * How often the thing of a key has changed.  Statements only; who compares is common/run/handle.
 */
#ifndef LG_DB_VERSION_H
#define LG_DB_VERSION_H

#include "common/db/statement.h"

enum {
	LG_VERSION_READ, /* $key -> version; no row: never changed, or not there */
	LG_VERSION_MOVE, /* arrays: key, each once: one more */
};

extern const struct lg_statement lg_version_statements[];

#endif
