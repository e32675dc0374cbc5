/* `lg-match names`: for each name of one list the most alike of another, in either script. */
#include <stddef.h>

#include "services/matching/tools/tool.h"

enum { AGAINST, TOP };

static enum tool_exit names(const struct tool_line *line)
{
	if (line->values[AGAINST] == NULL) {
		tool_complain("--against is missing: the list to search in");
		return TOOL_WRONG_USE;
	}
	tool_complain("not there yet");
	return TOOL_FAILED;
}

const struct tool tool_names = {
	.word = "names",
	.operands = "QUERIES",
	.least = 1,
	.most = 1,
	.summary = "ranked candidates for each name, in either script",
	.help = "QUERIES and LIST hold one name a line, in Latin or Devanagari letters.  Prints\n"
		"query, candidate and score (0 to 1), tab-separated, best first; each query alone.\n\n"
		"  lifeguard match names queries.txt --against list.txt --top 5",
	.options = {
		[AGAINST] = { "against", "LIST", "the names to search in; required" },
		[TOP] = { "top", "N", "candidates for each query, 1 to 100; 5" },
	},
	.run = names,
};
