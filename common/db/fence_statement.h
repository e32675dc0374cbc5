/* The rows of lg_fence_statements (declared in fence.h), for fence.c. */
#ifndef LG_DB_FENCE_STATEMENT_H
#define LG_DB_FENCE_STATEMENT_H

enum {
	LG_FENCE_BEAT,      /* instance, owned: the heartbeat row */
	LG_FENCE_END_STALE, /* milliseconds: backends that hold locks and no longer beat */
	LG_FENCE_LOOK,      /* milliseconds -> members alive, set locked by anybody */
	LG_FENCE_LOCK,      /* partitions -> partition, whether it is ours now */
	LG_FENCE_UNLOCK,    /* partitions */
	LG_FENCE_STORE,     /* partitions, epochs -> partition, step, takeover */
	LG_FENCE_MOVE,      /* partitions, epochs, steps; or raises LG001 */
	LG_FENCE_MOVE_ONE,  /* the same for a partition, epoch, step */
	LG_FENCE_UNLOCK_ALL,
	LG_FENCE_REMOVE,  /* instance */
	LG_FENCE_TIDY,    /* milliseconds */
	LG_FENCE_FOREIGN, /* milliseconds -> locks of ours that no member holds */
};

#endif
