#include "services/gateway/cli/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/id.h"
#include "common/base/text.h"

#define VERSION   "lifeguard 0.1.0"
#define PATH_SIZE 4096

/* clang-format off */
static const struct command_option global_options[] = {
	{ "gateway", "URL", "where the gateway is; or $LIFEGUARD_GATEWAY; else " COMMAND_GATEWAY },
	{ "if-version", "N", "change it only if it is still as shown: case, match and referral show print N" },
	{ "help",    NULL,  "this text" },
	{ "version", NULL,  "print the version" },
	{ NULL, NULL, NULL },
};
/* clang-format on */
enum { GATEWAY, IF_VERSION, HELP, IS_VERSION, GLOBAL_COUNT };

void command_complain(const char *format, ...)
{
	va_list arguments;

	fputs("lifeguard: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/* Wrong use of a verb: one line with what is wrong and where to look. */
__attribute__((format(printf, 2, 3))) static void misuse(
	const struct command *command, const char *format, ...)
{
	va_list arguments;

	if (command == NULL) /* that there is no such verb is said instead */
		return;
	fputs("lifeguard: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "; `lifeguard %s --help` says how it is used\n", command->words);
}

/* --- help --------------------------------------------------------------------------------- */

static void print_options(const struct command_option *options)
{
	for (; options->name != NULL; options++) {
		int used = printf("  --%s%s%s", options->name, options->value == NULL ? "" : " ",
			options->value == NULL ? "" : options->value);

		printf("%*s%s\n", used < 26 ? 26 - used : 1, "", options->help);
	}
}

/* Whether the words begin with the noun, and go on: "case" of "case show". */
static bool is_of_noun(const struct command *command, const char *noun)
{
	size_t size = strlen(noun);

	return strncmp(command->words, noun, size) == 0 && command->words[size] == ' ';
}

static bool is_noun(const struct command *const *commands, const char *word)
{
	for (; *commands != NULL; commands++)
		if (is_of_noun(*commands, word))
			return true;
	return false;
}

/* The verbs, or those of one noun. */
static void print_all(const struct command *const *commands, const char *noun)
{
	puts("lifeguard VERB [ARGUMENTS]: carries rescue work along the border\n");
	for (; *commands != NULL; commands++) {
		const struct command *c = *commands;

		if (noun != NULL && !is_of_noun(c, noun))
			continue;
		int used = printf(
			"  %s%s%s", c->words, c->operands[0] == '\0' ? "" : " ", c->operands);

		printf("%*s%s\n", used < 40 ? 40 - used : 1, "", c->summary);
	}
	puts("\nFor every verb:");
	print_options(global_options);
	puts("\nlifeguard VERB --help says more, with examples.\n"
	     "Exit codes: 0 done, 1 failed or rows refused, 2 wrong use, 3 not reachable, "
	     "4 logged out or not allowed.");
}

static void print_one(const struct command *command)
{
	printf("lifeguard %s%s%s: %s\n\n%s\n", command->words,
		command->operands[0] == '\0' ? "" : " ", command->operands, command->summary,
		command->help);
	if (command->options[0].name != NULL)
		puts("\nOptions:");
	print_options(command->options);
	puts("\nFor every verb:");
	print_options(global_options);
}

/* --- reading the line ---------------------------------------------------------------------- */

struct reading {
	int argc;
	char **argv;
	bool is_word[64]; /* arguments that are the verb's words */
	const char *globals[GLOBAL_COUNT];
};

/* The option that an argument "--name" or "--name=value" names; -1: none of these. */
static int option_of(
	const struct command_option *options, const char *argument, const char **ret_value)
{
	size_t size = strcspn(argument + 2, "=");

	for (int i = 0; options[i].name != NULL; i++) {
		if (strlen(options[i].name) != size ||
			memcmp(options[i].name, argument + 2, size) != 0)
			continue;
		*ret_value = argument[2 + size] == '=' ? argument + 3 + size : NULL;
		return i;
	}
	return -1;
}

/* The first two words that may be the verb (a third follows at once): the first arguments that are no global option. */
static void find_words(const struct reading *reading, int ret_at[2])
{
	int found = 0;

	ret_at[0] = ret_at[1] = 0;
	for (int i = 1; i < reading->argc && found < 2; i++) {
		const char *value = NULL;

		if (strncmp(reading->argv[i], "--", 2) != 0) {
			ret_at[found++] = i;
			continue;
		}
		if (found == 1)
			return; /* an option of the verb: its second word would stand before it */
		int global = option_of(global_options, reading->argv[i], &value);

		if (global >= 0 && global_options[global].value != NULL && value == NULL)
			i++;
	}
}

static const struct command *find_command(
	const struct command *const *commands, struct reading *reading)
{
	int at[2];
	char both[64], three[128];

	find_words(reading, at);
	if (at[0] == 0 || at[0] >= 62)
		return NULL;
	const char *first = reading->argv[at[0]];
	const char *second = at[1] == at[0] + 1 ? reading->argv[at[1]] : "";

	const char *third =
		second[0] != '\0' && at[1] + 1 < reading->argc ? reading->argv[at[1] + 1] : "";

	snprintf(both, sizeof both, "%s %s", first, second);
	snprintf(three, sizeof three, "%s %s", both, third);
	for (; *commands != NULL; commands++) {
		bool is_first = strcmp((*commands)->words, first) == 0;
		bool is_both = strcmp((*commands)->words, both) == 0;

		bool is_three = strcmp((*commands)->words, three) == 0;

		if (!is_first && !is_both && !is_three)
			continue;
		reading->is_word[at[0]] = true;
		if (is_both || is_three)
			reading->is_word[at[1]] = true;
		if (is_three)
			reading->is_word[at[1] + 1] = true;
		return *commands;
	}
	return NULL;
}

/* Takes one option, and its value if that is the next argument. */
static bool take_option(
	struct reading *reading, const struct command *command, int *at, struct command_line *line)
{
	const char *argument = reading->argv[*at], *value = NULL;
	const char **place = NULL;
	const struct command_option *option = NULL;
	int own = command == NULL ? -1 : option_of(command->options, argument, &value);
	int global = own >= 0 ? -1 : option_of(global_options, argument, &value);

	if (own >= 0) {
		option = &command->options[own];
		place = &line->values[own];
	} else if (global >= 0) {
		option = &global_options[global];
		place = &reading->globals[global];
	} else {
		/* what stands behind '=' may be a name */
		misuse(command, "unknown option %.*s", (int)strcspn(argument, "="), argument);
		return false;
	}
	if (option->value == NULL && value != NULL) {
		misuse(command, "--%s takes no value", option->name);
		return false;
	}
	if (option->value != NULL && value == NULL) {
		if (++*at >= reading->argc) {
			misuse(command, "--%s needs a value: %s", option->name, option->value);
			return false;
		}
		value = reading->argv[*at];
	}
	*place = value == NULL ? "" : value;
	return true;
}

static bool read_line(
	struct reading *reading, const struct command *command, struct command_line *line)
{
	bool only_operands = false;

	for (int i = 1; i < reading->argc; i++) {
		const char *argument = reading->argv[i];

		if (i < 64 && reading->is_word[i])
			continue;
		if (!only_operands && strcmp(argument, "--") == 0) {
			only_operands = true;
		} else if (!only_operands && strncmp(argument, "--", 2) == 0) {
			if (!take_option(reading, command, &i, line))
				return false;
		} else if (line->operand_count == COMMAND_OPERANDS_MAX) {
			misuse(command, "too many arguments");
			return false;
		} else {
			line->operands[line->operand_count++] = argument;
		}
	}
	return true;
}

/* The version that a change is bound to, when one is. */
static bool read_version(
	const struct reading *reading, const struct command *command, struct command_line *line)
{
	int64_t version = 0;

	if (reading->globals[IF_VERSION] == NULL)
		return true;
	if (!lg_is_done(lg_int_parse(reading->globals[IF_VERSION], &version)) || version < 1) {
		misuse(command, "--if-version is a whole number, as show prints it");
		return false;
	}
	line->if_version = (uint64_t)version;
	return true;
}

/* Operands that are ids, as the tables of the verbs call them. */
static bool is_id_operand(const char *name, size_t size)
{
	static const char *const names[] = { "CASE", "ID", "MATCH", "NOTICE", "ORGANISATION",
		"PERSON", "RECORD", "REFERRAL", "SUBSCRIPTION", "TRACE", "USER" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strlen(names[i]) == size && memcmp(names[i], name, size) == 0)
			return true;
	return false;
}

/*
 * Looked at before anything is sent: an id becomes part of a URL, and what was typed in its place
 * may be a name.
 */
static bool check_ids(const struct command *command, const struct command_line *line)
{
	const char *name = command->operands;
	struct lg_id id;

	for (uint32_t i = 0; i < line->operand_count && *name != '\0'; i++) {
		name += strspn(name, " [");
		size_t size = strcspn(name, " ]");

		if (is_id_operand(name, size) && !lg_is_done(lg_id_parse(line->operands[i], &id))) {
			misuse(command,
				"%.*s is an id: 32 hexadecimal digits, as they were printed",
				(int)size, name);
			return false;
		}
		name += size + strspn(name + size, "]");
	}
	return true;
}

/*
 * Becomes the program, which stands beside this one: it reads what follows the verb's first word,
 * --help too.  Returns only when it cannot.
 */
static enum command_exit become(const char *program, struct reading *reading)
{
	char path[PATH_SIZE];
	char **arguments = reading->argv;
	ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
	int at = 1;

	while (at < reading->argc - 1 && (at >= 64 || !reading->is_word[at]))
		at++; /* "match": what stands before it is for every verb */
	path[size < 0 ? 0 : size] = '\0';
	char *slash = strrchr(path, '/');
	size_t folder = slash == NULL ? 0 : (size_t)(slash + 1 - path);

	if ((size_t)snprintf(path + folder, sizeof path - folder, "%s", program) >=
		sizeof path - folder)
		return COMMAND_FAILED;
	arguments[at] = path;
	fflush(NULL);
	execv(path, arguments + at);
	command_complain("%s cannot be run: %s", program, strerror(errno));
	return COMMAND_FAILED;
}

/* No verb: the nearest that can be said of it. */
static enum command_exit without_verb(
	const struct command *const *commands, const struct reading *reading)
{
	int at[2];

	find_words(reading, at);
	const char *word = at[0] == 0 ? "" : reading->argv[at[0]];

	if (reading->globals[HELP] != NULL) {
		print_all(commands, is_noun(commands, word) ? word : NULL);
		return COMMAND_DONE;
	}
	if (is_noun(commands, word))
		command_complain("%s what? `lifeguard %s --help` lists its verbs", word, word);
	else
		command_complain("%s: `lifeguard --help` lists the verbs",
			at[0] == 0 ? "a verb is missing" : "no such verb");
	return COMMAND_WRONG_USE;
}

/* "-h" anywhere and "help" in front are what others call it. */
static void ask_for_help(int argc, char **argv, char *help)
{
	if (argc > 1 && strcmp(argv[1], "help") == 0)
		argv[1] = help;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "-h") == 0)
			argv[i] = help;
}

static const char *gateway_of(const struct reading *reading, const char *environment)
{
	const char *told = reading->globals[GATEWAY];

	if (told != NULL && told[0] != '\0')
		return told;
	return environment != NULL && environment[0] != '\0' ? environment : COMMAND_GATEWAY;
}

enum command_exit command_run(
	const struct command *const *commands, const char *environment, int argc, char **argv)
{
	struct reading reading = { .argc = argc, .argv = argv };
	struct command_line line = { 0 };
	char help[] = "--help";

	ask_for_help(argc, argv, help);
	const struct command *command = find_command(commands, &reading);

	if (command != NULL && command->program != NULL)
		return become(command->program, &reading);
	bool is_read = read_line(&reading, command, &line);

	if (reading.globals[IS_VERSION] != NULL) {
		puts(VERSION);
		return COMMAND_DONE;
	}
	if (command == NULL)
		return without_verb(commands, &reading);
	if (reading.globals[HELP] != NULL) {
		print_one(command);
		return COMMAND_DONE;
	}
	if (!is_read || !read_version(&reading, command, &line))
		return COMMAND_WRONG_USE;
	if (line.operand_count < command->least || line.operand_count > command->most) {
		misuse(command, "expected: lifeguard %s%s%s", command->words,
			command->operands[0] == '\0' ? "" : " ", command->operands);
		return COMMAND_WRONG_USE;
	}
	if (!check_ids(command, &line))
		return COMMAND_WRONG_USE;
	line.command = command;
	line.gateway = gateway_of(&reading, environment);
	return command->run(&line);
}
