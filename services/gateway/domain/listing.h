/*
 * What an inbox holds, and the rows of a service's answer as they stand in it.
 *
 * An inbox tells its client what changed.  For that it keeps of each row its id and a digest, no
 * word of it; the rows themselves are cut out of the answer and go on unread.
 */
#ifndef GATEWAY_LISTING_H
#define GATEWAY_LISTING_H

#include "common/base/bytes.h"
#include "common/base/id.h"
#include "common/base/status.h"

#define LISTING_ROWS_MAX    256 /* of one inbox; the rest is for a search */
#define LISTING_DIGEST_SIZE 16

/* How an answer is laid out: {"rows":[{"referral_id":"..."}],"next":"..."} */
struct listing_shape {
	const char *rows; /* name of the list */
	const char *id;   /* name of a row's id, a member of the row itself */
	const char *next; /* name of the text that asks for the next page; NULL: one page is all */
};

struct listing_row {
	struct lg_id id;
	struct lg_bytes text; /* the row's object, in the answer */
};

struct listing_page {
	uint32_t count;
	struct listing_row row[LISTING_ROWS_MAX];
	bool is_cut;          /* the answer has more rows than fit */
	struct lg_bytes next; /* in the answer, without its quotes; empty: that was all */
};

struct listing_item {
	struct lg_id id;
	uint8_t digest[LISTING_DIGEST_SIZE];
};

struct listing {
	uint32_t count;
	struct listing_item item[LISTING_ROWS_MAX];
	bool has_more; /* rows beyond LISTING_ROWS_MAX are not told */
};

/*
 * Cuts an answer into its rows.
 *   refused  not of this shape: no list, a row without an id
 */
LG_MUST_CHECK struct lg_status listing_cut(
	struct lg_bytes answer, const struct listing_shape *shape, struct listing_page *ret_page);

/* Whether the row is held, and is the same as it was. */
bool listing_holds(const struct listing *listing, const struct listing_item *item);

/* Adds a row; past the last place it only notes that there are more. */
void listing_add(struct listing *listing, const struct listing_item *item);

#endif
