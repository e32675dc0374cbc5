#include "services/matching/tools/tool.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void tool_complain(const char *format, ...)
{
	va_list arguments;

	fputs("lifeguard: ", stderr); /* whose verb it is */
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

static void print_all(const struct tool *const *tools)
{
	puts("lifeguard match VERB [ARGUMENTS]: whether two records are one person, in files\n");
	for (; *tools != NULL; tools++)
		printf("  %-8s %-24s %s\n", (*tools)->word, (*tools)->operands, (*tools)->summary);
	puts("\nlifeguard match VERB --help says more, with examples.\n"
	     "Exit codes: 0 done, 1 failed, 2 wrong use.");
}

static void print_one(const struct tool *tool)
{
	printf("lifeguard match %s %s: %s\n\n%s\n", tool->word, tool->operands, tool->summary,
		tool->help);
	if (tool->options[0].name != NULL)
		puts("\nOptions:");
	for (const struct tool_option *option = tool->options; option->name != NULL; option++) {
		int used = printf("  --%s%s%s", option->name, option->value == NULL ? "" : " ",
			option->value == NULL ? "" : option->value);

		printf("%*s%s\n", used < 26 ? 26 - used : 1, "", option->help);
	}
}

/* Wrong use, in one line that says where to look. */
__attribute__((format(printf, 2, 3))) static void misuse(
	const struct tool *tool, const char *format, ...)
{
	va_list arguments;

	fputs("lifeguard: ", stderr); /* whose verb it is */
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "; `lifeguard match %s --help` says how it is used\n", tool->word);
}

/* The option that "--name" or "--name=value" names; -1: none of the tool's. */
static int option_of(const struct tool *tool, const char *argument, const char **ret_value)
{
	size_t size = strcspn(argument + 2, "=");

	for (int i = 0; tool->options[i].name != NULL; i++) {
		if (strlen(tool->options[i].name) != size ||
			memcmp(tool->options[i].name, argument + 2, size) != 0)
			continue;
		*ret_value = argument[2 + size] == '=' ? argument + 3 + size : NULL;
		return i;
	}
	return -1;
}

/* Takes one option, and its value if that is the next argument. */
static bool take_option(
	const struct tool *tool, int argc, char **argv, int *at, struct tool_line *line)
{
	const char *value = NULL;
	int place = option_of(tool, argv[*at], &value);

	if (place < 0) {
		misuse(tool, "unknown option %s", argv[*at]);
		return false;
	}
	const struct tool_option *option = &tool->options[place];

	if (option->value == NULL && value != NULL) {
		misuse(tool, "--%s takes no value", option->name);
		return false;
	}
	if (option->value != NULL && value == NULL) {
		if (++*at >= argc) {
			misuse(tool, "--%s needs a value: %s", option->name, option->value);
			return false;
		}
		value = argv[*at];
	}
	line->values[place] = value == NULL ? "" : value;
	return true;
}

static bool read_line(const struct tool *tool, int argc, char **argv, struct tool_line *line)
{
	bool only_operands = false;

	for (int i = 2; i < argc; i++) {
		if (!only_operands && strcmp(argv[i], "--") == 0) {
			only_operands = true;
		} else if (!only_operands && strncmp(argv[i], "--", 2) == 0) {
			if (!take_option(tool, argc, argv, &i, line))
				return false;
		} else if (line->operand_count == TOOL_OPERANDS_MAX) {
			misuse(tool, "too many arguments");
			return false;
		} else {
			line->operands[line->operand_count++] = argv[i];
		}
	}
	if (line->operand_count >= tool->least && line->operand_count <= tool->most)
		return true;
	misuse(tool, "expected: lifeguard match %s %s", tool->word, tool->operands);
	return false;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

enum tool_exit tool_run(const struct tool *const *tools, int argc, char **argv)
{
	const struct tool *const *tool = tools;
	struct tool_line line = { .operand_count = 0 };

	while (*tool != NULL && (argc < 2 || strcmp((*tool)->word, argv[1]) != 0))
		tool++;
	if (asks_for_help(argc, argv)) {
		if (*tool == NULL)
			print_all(tools);
		else
			print_one(*tool);
		return TOOL_DONE;
	}
	if (*tool == NULL) {
		tool_complain("%s: `lg-match --help` lists the verbs",
			argc < 2 ? "a verb is missing" : "no such verb");
		return TOOL_WRONG_USE;
	}
	if (!read_line(*tool, argc, argv, &line))
		return TOOL_WRONG_USE;
	return (*tool)->run(&line);
}
