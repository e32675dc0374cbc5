/*
 * A partition has become ours: what its last owner has stored is read back, in one transaction that
 * moves the fence first, and only then is it open.  Whatever goes wrong forgets it; it is taken anew.
 */
#ifndef LG_RUN_OPENING_H
#define LG_RUN_OPENING_H

#include "common/run/owned.h"

/*
 * Begins a new epoch of the partition and reads back streams, positions, parked keys and the end of the
 * audit chain; then opens it, claims it and begins with what an earlier version has left.  It may be lost
 * meanwhile: what is read is then dropped.
 */
void lg_opening_begin(struct lg_owned *owned);

#endif
