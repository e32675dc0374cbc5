/*
 * What a publisher has lost that took effect here: the reader goes back to the last point that both know,
 * and what another site has so lost is listed, from what was noted when it was heard.  And what was lost to
 * this reader, because its publisher kept it no longer: it goes on behind, and asks to be told anew.
 */
#ifndef LG_RUN_LOSS_H
#define LG_RUN_LOSS_H

#include "common/run/batch.h"
#include "common/run/owned.h"

#define LG_HEARD_MS (90 * LG_DAY_MS) /* kept: longer than the oldest backup that anybody restores */

/*
 * The publisher lost commits that we had applied: the list is cut to the last point that both know,
 * and the partition is read back from there.  What another site's publisher has so lost is listed, for a
 * person to ask for again; at home one database holds both ends, and a loss takes both.
 */
void lg_loss_go_back(struct lg_incoming *in, struct lg_point point);

/*
 * The publisher at another site has dropped rows that were not read here: the list ends at the last of them
 * from now on, and in the same transaction stands the wish to be told anew what they made true
 * (bus.StreamAhead, for a service that takes it).  Then the partition is read back from there.
 */
void lg_loss_go_ahead(struct lg_incoming *in, struct lg_point point);

/* Notes, in the batch's transaction, which events of another site it applies: ids, no content. */
void lg_loss_note_heard(struct lg_batch *batch, const struct lg_taken *taken);

#endif
