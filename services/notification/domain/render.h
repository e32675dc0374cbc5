/*
 * A text of the catalogue and the facts of an event become what a person reads.  A text says
 * {name} where a fact stands; it can say nothing else, so that no text holds what is not a fact.
 * Pure.
 */
#ifndef NOTIFICATION_RENDER_H
#define NOTIFICATION_RENDER_H

#include "common/base/arena.h"
#include "common/base/status.h"

#define RENDER_TEMPLATE_MAX 4096 /* bytes of a text of the catalogue */
#define RENDER_SUBJECT_MAX  200  /* bytes of its first line, before facts are put in */
#define RENDER_VALUE_MAX    256  /* bytes of a fact */
#define RENDER_FACTS_MAX    16
#define RENDER_USES_MAX     64 /* placeholders in one text */

struct fact {
	const char *name, *value;
};

struct facts {
	uint32_t count;
	struct fact at[RENDER_FACTS_MAX];
};

/*
 * Whether a text can be told.
 *   names    of the facts that its event has; ends with NULL
 *   refused  too long, bad UTF-8, a control character but line feeds, no first line or one that
 *            is too long, an open or lone brace, a placeholder that is no fact of the event
 */
LG_MUST_CHECK struct lg_status render_check(const char *text, const char *const *names);

/*
 * The text with its facts, in the arena.
 *   refused  as render_check; a fact is missing or too long
 */
LG_MUST_CHECK struct lg_status render(
	struct lg_arena *arena, const char *text, const struct facts *facts, const char **ret_text);

#endif
