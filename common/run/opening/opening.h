/*
 * A partition has become ours: what its last owner has stored is read back, in one transaction
 * that moves the fence first, and only then is it open.  Whatever goes wrong forgets it; it is
 * taken anew.
 */
#ifndef LG_RUN_OPENING_OPENING_H
#define LG_RUN_OPENING_OPENING_H

#include "common/run/owned.h"

/*
 * Begins a new epoch of the partition and reads back what restored.h keeps; then opens it, claims
 * it and begins with what an earlier version has left.  It may be lost meanwhile: what is read is
 * then dropped.
 */
void lg_opening_begin(struct lg_owned *owned);

#endif
