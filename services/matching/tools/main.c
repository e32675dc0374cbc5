/*
 * lg-match: the engine on files, without a site.  `lifeguard match dedupe|link|names|explain` runs it.
 *
 * Reading order: tool.c (how a line becomes a verb), then the file of a verb.
 */
#include <stddef.h>

#include "services/matching/tools/tool.h"

static const struct tool *const tools[] = {
	&tool_dedupe,
	&tool_link,
	&tool_names,
	&tool_explain,
	&tool_measure,
	NULL,
};

int main(int argc, char **argv)
{
	return (int)tool_run(tools, argc, argv);
}
