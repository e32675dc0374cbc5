#include "services/matching/tools/linking/crew.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

struct member {
	void (*work)(void *context, uint32_t worker);
	void *context;
	uint32_t worker;
};

static void *run(void *argument)
{
	struct member *member = argument;

	member->work(member->context, member->worker);
	return NULL;
}

uint32_t crew_size(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

	return count > CREW_MAX ? CREW_MAX : (uint32_t)count;
}

void crew_run(uint32_t count, void (*work)(void *context, uint32_t worker), void *context)
{
	struct member members[CREW_MAX];
	pthread_t threads[CREW_MAX];

	assert(count > 0 && count <= CREW_MAX);
	for (uint32_t i = 0; i < count; i++) {
		members[i] = (struct member){ work, context, i };
		if (i > 0 && pthread_create(&threads[i], NULL, run, &members[i]) != 0)
			abort();
	}
	run(&members[0]);
	for (uint32_t i = 1; i < count; i++)
		pthread_join(threads[i], NULL);
}
