/* The words that bring another site to the present state of a referral: what each says, from what is kept. */
#ifndef SERVICES_REFERRAL_ANEW_TELL_ANEW_H
#define SERVICES_REFERRAL_ANEW_TELL_ANEW_H

#include "services/referral/tell.h"

/*
 * Tells one word to the other site alone: in no step, to no reader here, and with no new code.
 *   t  whose other_site asked
 */
void tell_anew(const struct telling *t, enum anew_word word);

#endif
