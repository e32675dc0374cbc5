/*
 * The version of a thing: a number per key that grows by one in every transaction that changes the
 * thing.  GET shows it in its ETag ("7.…"), If-Match asks for it, and the owning service compares
 * before it decides, under its fence: between the look and the change nothing can slip in.
 *
 * Services that want it say has_versions.  Commands, events and deadlines move the version of their
 * own key by themselves; a store that writes another thing calls lg_changed().
 */
#ifndef LG_RUN_VERSION_H
#define LG_RUN_VERSION_H

#include "common/run/batch.h"

enum lg_match { LG_MATCH_NAMED, LG_MATCH_OTHER, LG_MATCH_MALFORMED };

/*
 * Compares as RFC 9110, 13.1.1 says: "*" names whatever is there, a weak tag nothing.
 *   if_match  the header: "*" or a list of entity tags; ours begin with the version
 *   version   0: there is no such thing
 */
enum lg_match lg_match_compare(struct lg_bytes if_match, uint64_t version);

/* In load: queues the read of the version of an item that will be compared or shown. */
void lg_version_load(struct lg_batch *batch, struct lg_batch_item *it);

/* The version of the item's thing, as this batch has it by now; 0 when it has none. */
uint64_t lg_version_of(const struct lg_batch *batch, const struct lg_batch_item *it);

/*
 * Before decide: whether If-Match, if it was sent, holds.  If not, the answer is set: 412 for a
 * version that is past, 400 for what is no If-Match.
 */
bool lg_version_holds(const struct lg_batch *batch, const struct lg_batch_item *it);

/* At the end of a batch. */
void lg_version_release(struct lg_batch *batch);

#endif
