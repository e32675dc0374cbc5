#include "common/watch/harden.h"

#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define KEPT_BYTES (16 * 1024 * 1024)

void lg_harden(void)
{
	const struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0)
		abort();
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		abort();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		abort();
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		abort();
	umask(S_IRWXG | S_IRWXO);
}

void lg_keep_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
#endif
}
