/*
 * Her word on being told to organisations: one for all of the programme, and one for each that she
 * named.  The word for one counts before the word for all.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_SHARING_H
#define SERVICES_REFERRAL_DOMAIN_SHARING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/status.h"

#define SHARING_MAX      16 /* organisations named */
#define SHARING_CODE_MAX 16
#define SHARING_TEXT_MAX 320 /* bytes of sharing_print */

enum sharing_word { SHARING_NOT_ASKED, SHARING_GIVEN, SHARING_REFUSED, SHARING_WITHDRAWN };

struct sharing {
	enum sharing_word general;
	uint32_t count;
	struct {
		char code[SHARING_CODE_MAX + 1];
		enum sharing_word word;
	} at[SHARING_MAX];
};

/*
 * Keeps a word; a later one for the same recipient counts.
 *   recipient  code of an organisation, or "" for all
 *   refused    no code, or more than 16 named
 */
LG_MUST_CHECK struct lg_status sharing_set(
	struct sharing *sharing, const char *recipient, enum sharing_word word);

/* Whether an organisation of this code may be told. */
bool sharing_may_tell(const struct sharing *sharing, const char *code);

/* Whether anybody may be told. */
bool sharing_may_tell_any(const struct sharing *sharing);

/* As a text for the database, and back: "+ maiti- ovn~".  refused: not such a text */
void sharing_print(const struct sharing *sharing, char ret_text[SHARING_TEXT_MAX]);
LG_MUST_CHECK struct lg_status sharing_parse(const char *text, struct sharing *ret_sharing);

#endif
