/* `lg-match names`: for each name of one list the most alike of another, in either script. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "services/matching/tools/tool.h"
#include "services/matching/engine/text/name_form.h"

enum { AGAINST, TOP };

struct list {
	size_t n;
	char **text;
	struct name_form *form;
};
static struct list load(const char *path)
{
	struct list l = { 0 };
	char *line = NULL;
	size_t cap = 0;
	ssize_t k;
	FILE *f = fopen(path, "re");
	if (!f)
		exit(1);
	while ((k = getline(&line, &cap, f)) > 0) {
		line[strcspn(line, "\r\n")] = 0;
		if (l.n % 4096 == 0) {
			l.text = realloc(l.text, (l.n + 4096) * sizeof *l.text);
			l.form = realloc(l.form, (l.n + 4096) * sizeof *l.form);
		}
		l.text[l.n] = strdup(line);
		name_form_read(lg_bytes(line, strlen(line)), &l.form[l.n]);
		l.n++;
	}
	fclose(f);
	free(line);
	return l;
}

static enum tool_exit names(const struct tool_line *line)
{
	struct list q = load(line->operands[0]), c = load(line->values[AGAINST]);
	enum { K = 6 };
	for (size_t i = 0; i < q.n; i++) {
		uint32_t cost[K];
		size_t at[K];
		int n = 0;
		for (size_t k = 0; k < c.n; k++) {
			uint32_t limit = n < K ? 2000 : cost[n - 1];
			uint32_t x = name_form_cost(&q.form[i], &c.form[k], limit);
			if (x >= limit)
				continue;
			int p = n < K ? n++ : K - 1;
			while (p > 0 && cost[p - 1] > x) {
				cost[p] = cost[p - 1];
				at[p] = at[p - 1];
				p--;
			}
			cost[p] = x;
			at[p] = k;
		}
		for (int j = 0; j < n; j++)
			printf("%s\t%s\t%u\t%u\n", q.text[i], c.text[at[j]], cost[j],
				name_form_compare(&q.form[i], &c.form[at[j]]));
	}
	return TOOL_DONE;
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
