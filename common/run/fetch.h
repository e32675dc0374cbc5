/*
 * The rows of a stream for one reader: from memory, or from the outbox for a reader that is behind;
 * and the data keys that it is to be granted with them, from the cache or from the table.
 */
#ifndef LG_RUN_FETCH_H
#define LG_RUN_FETCH_H

#include "common/run/outgoing.h"

/* Does a FETCH; its rows come back as the event FETCHED, at once or when the database answers. */
void lg_fetch(struct lg_outgoing *out, uint32_t service, const struct lg_feed_action *action);

/* Takes rows of LG_SUBJECT_KEY_READ into the cache; NULL or a failure is fine. */
void lg_subject_keys_load(struct lg_instance *instance, const PGresult *result);

/*
 * While the disk takes the COMMIT of few events: signs what will be sent if it succeeds, and keeps the
 * signature (protect/origin).  If it does not, nobody has seen it, and the numbers are given again in
 * another epoch.
 */
void lg_fetch_sign_ahead(struct lg_instance *instance, const struct lg_published *published);

#endif
