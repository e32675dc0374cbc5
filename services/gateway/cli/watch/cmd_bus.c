/* `lifeguard bus top`: the streams of a site as they flow. */
#include "services/gateway/cli/command.h"

#include <stdlib.h>
#include <time.h>

#include "common/base/text.h"
#include "services/gateway/cli/table.h"
#include "services/gateway/cli/watch/frame.h"

#define CLEAR_SCREEN "\033[H\033[2J"
#define EVERY_MAX    60

enum { TOP_ONCE, TOP_EVERY };

static void rest(int64_t seconds)
{
	nanosleep(&(struct timespec){ .tv_sec = seconds }, NULL);
}

/* Two looks, so that there is a rate. */
static enum command_exit show_once(struct client *client, struct frame *frames, int64_t seconds)
{
	enum command_exit result = frame_ask(client, &frames[0]);

	if (result != COMMAND_DONE)
		return result;
	rest(seconds);
	result = frame_ask(client, &frames[1]);
	if (result == COMMAND_DONE)
		frame_print(&frames[1], &frames[0], stdout, (struct table_screen){ 0 },
			table_may_be_bold(stdout));
	return result == COMMAND_DONE && frames[1].unowned > 0 ? COMMAND_FAILED : result;
}

static enum command_exit show_live(struct client *client, struct frame *frames, int64_t seconds)
{
	enum command_exit result;
	uint32_t turn = 0;

	do {
		struct frame *now = &frames[turn & 1u];
		const struct frame *before = turn == 0 ? NULL : &frames[(turn + 1) & 1u];

		result = frame_ask(client, now);
		if (result == COMMAND_DONE) { /* else the last look stays, and why below it */
			fputs(CLEAR_SCREEN, stdout);
			frame_print(now, before, stdout, table_screen_of(stdout),
				table_may_be_bold(stdout));
			fflush(stdout);
		}
		rest(seconds);
		turn++;
	} while (result == COMMAND_DONE || result == COMMAND_NOT_REACHABLE);
	return result;
}

static enum command_exit top(const struct command_line *line)
{
	bool is_once = line->values[TOP_ONCE] != NULL || !table_is_terminal(stdout);
	int64_t seconds = 1;
	struct frame *frames;
	struct client *client;
	enum command_exit result;

	if (line->values[TOP_EVERY] != NULL &&
		(!lg_is_done(lg_int_parse(line->values[TOP_EVERY], &seconds)) || seconds < 1 ||
			seconds > EVERY_MAX)) {
		command_complain("--every takes 1 to %d seconds", EVERY_MAX);
		return COMMAND_WRONG_USE;
	}
	frames = calloc(2, sizeof *frames);
	if (frames == NULL)
		abort();
	client = client_new(line);
	result = is_once ? show_once(client, frames, seconds) : show_live(client, frames, seconds);
	client_free(client);
	free(frames);
	return result;
}

const struct command command_bus_top = {
	.words = "bus top",
	.operands = "",
	.summary = "the streams of the site: rate, lag, credit, owner, last error",
	.help = "Each stream as site/service/lane and who reads it; a reader at another site as\n"
		"service@site.  Streams of this site are told by their publisher, those of others by\n"
		"their reader.  `lag` counts events that are stored and did not take effect yet,\n"
		"`seconds` is how long the oldest has waited; `away`: the reader asks for nothing.\n"
		"The most behind stand first.  Ends with 1 when a partition has no owner (--once).\n\n"
		"  lifeguard bus top --every 2\n"
		"  lifeguard bus top --once",
	.options = {
		[TOP_ONCE] = { "once", NULL, "one frame, as when it is written to a file" },
		[TOP_EVERY] = { "every", "SECONDS", "between two looks; 1" },
	},
	.run = top,
};
