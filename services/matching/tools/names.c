/* `lg-match names`: for each name of one list the most alike of another, in either script. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/base/text.h"
#include "services/matching/engine/text/name_index.h"
#include "services/matching/tools/name_list.h"
#include "services/matching/tools/tool.h"

#define TOP_USUAL   5
#define PROGRESS_MS 200
#define SCORE_SHARE 60 /* of 100 of a query's weight: at this cost its score is 0 */

enum { AGAINST, TOP };

struct names_run {
	struct name_list queries, list;
	struct name_index index;
	struct name_search search;
	uint32_t *places;
	uint16_t *totals;
};

static int64_t steady_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *take(size_t count, size_t size)
{
	void *memory = calloc(count == 0 ? 1 : count, size);

	if (memory == NULL)
		abort();
	return memory;
}

/* From 1 down to 0 with the cost; within one query in the order of its hits. */
static double score_of(const struct name_form *query, uint32_t cost)
{
	double worst = query->weight * SCORE_SHARE / 100.0;

	return worst <= 0 || cost >= worst ? 0 : 1 - cost / worst;
}

static void print_hits(const struct names_run *run, uint32_t query, uint32_t top)
{
	struct name_hit hits[NAME_INDEX_TOP_MAX];
	struct name_search search = run->search;
	struct lg_bytes asked = run->queries.texts[query];
	uint32_t count =
		name_index_search(&run->index, &run->queries.forms[query], &search, top, hits);

	for (uint32_t i = 0; i < count; i++) {
		struct lg_bytes found = run->list.texts[hits[i].place];

		printf("%.*s\t%.*s\t%.4f\n", (int)asked.size, (const char *)asked.data,
			(int)found.size, (const char *)found.data,
			score_of(&run->queries.forms[query], hits[i].cost));
	}
}

static void search_all(struct names_run *run, uint32_t top)
{
	bool is_shown = isatty(STDERR_FILENO);
	int64_t shown_ms = steady_ms();

	for (uint32_t i = 0; i < run->queries.count; i++) {
		print_hits(run, i, top);
		if (is_shown && steady_ms() - shown_ms >= PROGRESS_MS) {
			shown_ms = steady_ms();
			fprintf(stderr, "\r\033[K%u of %u names", i + 1, run->queries.count);
		}
	}
	if (is_shown)
		fputs("\r\033[K", stderr);
}

static void build(struct names_run *run)
{
	uint32_t count = run->list.count;

	run->places = take(name_index_places(run->list.forms, count), sizeof *run->places);
	run->totals = take(count, sizeof *run->totals);
	run->search.shared = take(count, sizeof *run->search.shared);
	name_index_build(run->list.forms, count, run->places, run->totals, &run->index);
}

static enum tool_exit names(const struct tool_line *line)
{
	struct names_run run = { .places = NULL };
	enum tool_exit result = TOOL_FAILED;
	int64_t top = TOP_USUAL;

	if (line->values[AGAINST] == NULL) {
		tool_complain("--against is missing: the list to search in");
		return TOOL_WRONG_USE;
	}
	if (line->values[TOP] != NULL && (!lg_is_done(lg_int_parse(line->values[TOP], &top)) ||
						 top < 1 || top > NAME_INDEX_TOP_MAX)) {
		tool_complain("--top is 1 to %d", NAME_INDEX_TOP_MAX);
		return TOOL_WRONG_USE;
	}
	if (name_list_read(line->operands[0], false, &run.queries) &&
		name_list_read(line->values[AGAINST], true, &run.list)) {
		build(&run);
		search_all(&run, (uint32_t)top);
		if (run.queries.bad + run.list.bad == 0)
			result = TOOL_DONE;
	}
	if (fflush(stdout) != 0) {
		tool_complain("standard output cannot be written");
		result = TOOL_FAILED;
	}
	free(run.places);
	free(run.totals);
	free(run.search.shared);
	name_list_release(&run.queries);
	name_list_release(&run.list);
	return result;
}

const struct tool tool_names = {
	.word = "names",
	.operands = "QUERIES",
	.least = 1,
	.most = 1,
	.summary = "ranked candidates for each name, in either script",
	.help = "QUERIES and LIST hold one name a line, in Latin or Devanagari letters.  Prints\n"
		"query, candidate and score (0 to 1), tab-separated, best first; each query alone.\n"
		"What stands twice in LIST is printed once.  A line that cannot be read is named\n"
		"and left, and the exit code is 1 then.\n\n"
		"  lifeguard match names queries.txt --against list.txt --top 5",
	.options = {
		[AGAINST] = { "against", "LIST", "the names to search in; required" },
		[TOP] = { "top", "N", "candidates for each query, 1 to 100; 5" },
	},
	.run = names,
};
