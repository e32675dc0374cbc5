/* Threads that share one piece of work: the engine has none of its own. */
#ifndef SERVICES_MATCHING_TOOLS_LINKING_CREW_H
#define SERVICES_MATCHING_TOOLS_LINKING_CREW_H

#include <stdint.h>

#define CREW_MAX 64

/* As many as there are processors that may be used, at most CREW_MAX. */
uint32_t crew_size(void);

/* Runs work(context, 0..count-1), each in a thread of its own, and waits for all. */
void crew_run(uint32_t count, void (*work)(void *context, uint32_t worker), void *context);

#endif
