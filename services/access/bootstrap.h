/*
 * lg-access --bootstrap FILE --database CONNINFO [--site NUMBER]
 *
 * Makes the accounts of a roster that are missing; existing ones stay as they are.  It writes no
 * audit record, because the chain's only writer is the running service: the rows themselves say
 * by created_by = 0 that they came from here.
 */
#ifndef SERVICES_ACCESS_BOOTSTRAP_H
#define SERVICES_ACCESS_BOOTSTRAP_H

#include <stdbool.h>

/* Whether these arguments ask for it. */
bool bootstrap_is_asked(int argc, char **argv);

/*
 * Reads the file (0600, ours), connects, makes what is missing, prints what it made.
 *   returns  0; 1 failed; 2 wrong use
 */
int bootstrap_run(int argc, char **argv);

#endif
