/* The words that bring another site to the present state of a referral: what each says, from what is kept. */
#ifndef SERVICES_REFERRAL_ANEW_TELL_ANEW_H
#define SERVICES_REFERRAL_ANEW_TELL_ANEW_H

#include "services/referral/tell.h"

/*
 * Tells the item's words (work->anew) to another site alone: in no step, to no reader here, and with no new code.
 *   site     a peer; one that was retired since is told nothing
 *   is_desk  whose words they are
 */
void tell_words_anew(struct lg_batch *batch, struct lg_item *item, uint16_t site, bool is_desk);

/* Whether a site is linked with this one. */
bool is_peer(const struct lg_batch *batch, uint32_t site);

#endif
