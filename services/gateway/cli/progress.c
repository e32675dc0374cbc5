#include "services/gateway/cli/progress.h"

#include <inttypes.h>
#include <unistd.h>

#define BAR_WIDTH 24

struct progress progress_begin(FILE *out, const char *what, uint64_t total, uint64_t steady_ms)
{
	return (struct progress){
		.out = out,
		.is_terminal = isatty(fileno(out)),
		.what = what,
		.total = total,
		.began_ms = steady_ms,
		.shown_ms = steady_ms,
	};
}

void progress_line(
	const struct progress *progress, uint64_t steady_ms, char ret_line[PROGRESS_TEXT])
{
	uint64_t passed_ms = steady_ms - progress->began_ms;
	uint64_t rate = passed_ms == 0 ? 0 : progress->done * 1000 / passed_ms;
	uint64_t left_s = 0;
	char left[32] = "";

	if (progress->done > 0) {
		left_s = (progress->total - progress->done) * passed_ms / progress->done / 1000;
		snprintf(left, sizeof left, ", %" PRIu64 ":%02" PRIu64 " left", left_s / 60,
			left_s % 60);
	}
	snprintf(ret_line, PROGRESS_TEXT,
		"%" PRIu64 " of %" PRIu64 " %s (%" PRIu64 " %%), %" PRIu64 " a second%s%s",
		progress->done, progress->total, progress->what,
		progress->total == 0 ? 100 : progress->done * 100 / progress->total, rate, left,
		progress->refused > 0 ? ", some refused" : "");
}

void progress_show(struct progress *progress, uint64_t done, uint64_t refused, uint64_t steady_ms)
{
	uint64_t pause_ms = progress->is_terminal ? PROGRESS_TERMINAL_MS : PROGRESS_PLAIN_MS;
	char line[PROGRESS_TEXT], bar[BAR_WIDTH + 1];

	progress->done = done;
	progress->refused = refused;
	if (steady_ms - progress->shown_ms < pause_ms)
		return;
	progress->shown_ms = steady_ms;
	progress_line(progress, steady_ms, line);
	if (!progress->is_terminal) {
		fprintf(progress->out, "%s\n", line);
		return;
	}
	for (uint64_t i = 0; i < BAR_WIDTH; i++)
		bar[i] = i * progress->total < done * BAR_WIDTH ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	fprintf(progress->out, "\r\033[K[%s] %s", bar, line);
	fflush(progress->out);
}

void progress_clear(struct progress *progress)
{
	if (progress->is_terminal)
		fputs("\r\033[K", progress->out);
}
