/*
 * One look at all streams of a site, asked of every instance of every service; two looks give rates.
 */
#ifndef CLI_WATCH_FRAME_H
#define CLI_WATCH_FRAME_H

#include <stdio.h>

#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"

#define FRAME_FLOWS_MAX 1024
#define FRAME_TEXT      64

/* One stream and one reader of it, as one instance tells. */
struct flow {
	char stream[FRAME_TEXT]; /* site/service/lane */
	char to[FRAME_TEXT];     /* reader, with its site when that is another one */
	char owner[FRAME_TEXT];  /* service and first digits of the instance that tells */
	char error[FRAME_TEXT * 2];
	int64_t applied, lag, lag_ms, credit_bytes;
	bool is_live;
};

struct frame {
	int64_t at_ms;    /* of a clock that does not jump */
	uint32_t unowned; /* partitions that nobody answered for */
	uint32_t count;
	struct flow flows[FRAME_FLOWS_MAX];
};

/*
 * Asks.  What one instance does not answer is counted in unowned; only when the gateway cannot be asked
 * at all it is not done (and said).
 */
enum command_exit frame_ask(struct client *client, struct frame *ret_frame);

/*
 * Prints it as a table, the streams that lag most first.
 *   before  may be NULL: no rates
 *   screen  what is seen at once: as many streams, and where it is narrow only their lag; 0: all
 */
void frame_print(const struct frame *frame, const struct frame *before, FILE *out,
	struct table_screen screen, bool is_bold);

#endif
