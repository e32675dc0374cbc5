/*
 * The file is read line by line by ourselves and parsed by libinih, because libinih takes a line
 * above its limit apart in silence.
 */
#include "common/base/config.h"

#include <assert.h>
#include <errno.h>
#include <ini.h>
#include <inttypes.h>
#include <stdlib.h>

#include "common/base/text.h"

struct reading {
	struct lg_arena *arena;
	const struct lg_option *options;
	const char *section;
	const char *path;
	FILE *file;
	unsigned line;
	uint64_t in_file; /* set of options that the file gives */
	uint64_t given;   /* set of options that have a value */
	void *settings;
	const char *problem; /* the first; NULL: none */
	unsigned bad_line;   /* that the problem stands on; 0: on none */
};

static const struct lg_option *option_named(
	const struct lg_option *options, const char *name, size_t size)
{
	for (; options->name != NULL; options++)
		if (strlen(options->name) == size && memcmp(options->name, name, size) == 0)
			return options;
	return NULL;
}

static uint64_t bit_of(const struct reading *reading, const struct lg_option *option)
{
	return UINT64_C(1) << (option - reading->options);
}

static struct lg_status flag_parse(const char *text, bool *ret_flag)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (!lg_text_equal_fold(words[i], text))
			continue;
		*ret_flag = i % 2 == 1;
		return lg_done();
	}
	return lg_refuse("neither yes nor no");
}

/* Stores value in the program's struct.  Returns NULL, or what is wrong with it. */
static const char *set(struct reading *reading, const struct lg_option *option, const char *value)
{
	char *field = (char *)reading->settings + option->offset;
	const char *text;
	int64_t integer;
	bool flag;

	switch (option->type) {
	case LG_OPTION_TEXT:
		text = lg_copy_text(reading->arena, value);
		memcpy(field, &text, sizeof text);
		break;
	case LG_OPTION_INT:
		if (!lg_is_done(lg_int_parse(value, &integer)) || integer < option->minimum ||
			integer > option->maximum)
			return lg_format(reading->arena,
				"%s is a whole number from %" PRId64 " to %" PRId64, option->name,
				option->minimum, option->maximum);
		memcpy(field, &integer, sizeof integer);
		break;
	case LG_OPTION_FLAG:
		if (!lg_is_done(flag_parse(value, &flag)))
			return lg_format(reading->arena, "%s is yes or no", option->name);
		memcpy(field, &flag, sizeof flag);
		break;
	}
	reading->given |= bit_of(reading, option);
	return NULL;
}

static void set_standards(struct reading *reading)
{
	const struct lg_option *option = reading->options;

	for (; option->name != NULL; option++) {
		assert(option - reading->options < LG_OPTIONS_MAX);
		if (option->standard != NULL) {
			const char *fault = set(reading, option, option->standard);

			assert(fault == NULL);
			(void)fault;
		}
	}
}

static void note_line(struct reading *reading, const char *fault)
{
	if (reading->problem != NULL)
		return;
	reading->bad_line = reading->line;
	reading->problem =
		lg_format(reading->arena, "%s:%u: %s", reading->path, reading->line, fault);
}

/* One line for libinih, by its own reader interface. */
static char *next_line(char *text, int size, void *stream)
{
	struct reading *reading = stream;
	size_t length;

	if (fgets(text, size, reading->file) == NULL)
		return NULL;
	reading->line++;
	length = strlen(text);
	if (length == (size_t)size - 1 && text[length - 1] != '\n') {
		note_line(reading, lg_format(reading->arena,
					   "the line is too long: at most %d bytes", size - 2));
		return NULL;
	}
	return text;
}

static int take_pair(void *user, const char *section, const char *name, const char *value)
{
	struct reading *reading = user;
	const struct lg_option *option;
	const char *fault = NULL;

	if (section[0] == '\0') {
		note_line(reading, "a name stands before the first [section]: move it into one");
		return 0;
	}
	if (strcmp(section, reading->section) != 0)
		return 1;

	option = option_named(reading->options, name, strlen(name));
	if (option == NULL)
		fault = lg_format(reading->arena,
			"there is no option %s: see --help for those that there are", name);
	else if ((reading->in_file & bit_of(reading, option)) != 0)
		fault = lg_format(reading->arena, "%s stands twice: remove one", name);
	else
		fault = set(reading, option, value);
	if (option != NULL)
		reading->in_file |= bit_of(reading, option);
	if (fault != NULL)
		note_line(reading, fault);
	return fault == NULL;
}

static void read_file(struct reading *reading)
{
	int bad_line;

	reading->file = fopen(reading->path, "re");
	if (reading->file == NULL) {
		reading->problem = lg_format(
			reading->arena, "%s cannot be read: %s", reading->path, strerror(errno));
		return;
	}
	bad_line = ini_parse_stream(next_line, reading, take_pair, reading);
	if (bad_line > 0 && (reading->problem == NULL || (unsigned)bad_line < reading->bad_line))
		reading->problem = lg_format(reading->arena,
			"%s:%d: neither [section] nor name = value", reading->path, bad_line);
	if (bad_line < 0 || (ferror(reading->file) && reading->problem == NULL))
		reading->problem = lg_format(reading->arena, "%s cannot be read", reading->path);
	(void)fclose(reading->file);
	reading->file = NULL;
}

/* Takes the argument at *at and moves behind it and its value. */
static void take_argument(struct reading *reading, int argc, char **argv, int *at)
{
	const char *argument = argv[(*at)++];
	const char *name = argument + 2;
	size_t size;
	const struct lg_option *option;
	const char *value, *fault;

	if (strncmp(argument, "--", 2) != 0) {
		reading->problem = lg_format(reading->arena,
			"%s: an option is expected, with -- in front; see --help", argument);
		return;
	}
	size = strcspn(name, "=");
	option = option_named(reading->options, name, size);
	if (option == NULL) {
		reading->problem = lg_format(reading->arena,
			"there is no option --%.*s: see --help for those that there are", (int)size,
			name);
		return;
	}
	value = name[size] == '=' ? name + size + 1 : NULL;
	if (option->type == LG_OPTION_FLAG) {
		fault = value == NULL
				? set(reading, option, "yes")
				: lg_format(reading->arena, "%s takes no value", option->name);
	} else {
		if (value == NULL && *at < argc)
			value = argv[(*at)++];
		fault = value == NULL ? lg_format(reading->arena, "%s needs a value", option->name)
				      : set(reading, option, value);
	}
	if (fault != NULL)
		reading->problem = lg_format(reading->arena, "--%s", fault);
}

static void look_for_missing(struct reading *reading)
{
	const struct lg_option *option = reading->options;

	for (; option->name != NULL && reading->problem == NULL; option++) {
		if ((reading->given & bit_of(reading, option)) != 0)
			continue;
		reading->problem =
			reading->path == NULL
				? lg_format(reading->arena, "%s is not set: give --%s",
					  option->name, option->name)
				: lg_format(reading->arena,
					  "%s is not set: write it under [%s] in %s, or give --%s",
					  option->name, reading->section, reading->path,
					  option->name);
	}
}

struct lg_status lg_config_read(struct lg_arena *arena, const struct lg_option *options,
	const char *section, const char *path, int argc, char **argv, void *settings,
	const char **ret_problem)
{
	struct reading reading = {
		.arena = arena,
		.options = options,
		.section = section,
		.path = path,
		.settings = settings,
	};

	set_standards(&reading);
	if (path != NULL)
		read_file(&reading);
	for (int at = 1; at < argc && reading.problem == NULL;)
		take_argument(&reading, argc, argv, &at);
	if (reading.problem == NULL)
		look_for_missing(&reading);
	if (reading.problem != NULL) {
		*ret_problem = reading.problem;
		return lg_refuse("the configuration is not usable");
	}
	return lg_done();
}

const char *lg_config_path(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--config=", 9) == 0)
			return argv[i] + 9;
		if (strcmp(argv[i], "--config") == 0)
			return argv[i + 1]; /* NULL behind the last */
	}
	return NULL;
}

static const char *type_name(enum lg_option_type type)
{
	switch (type) {
	case LG_OPTION_TEXT:
		return "TEXT";
	case LG_OPTION_INT:
		return "NUMBER";
	case LG_OPTION_FLAG:
		return "";
	}
	abort();
}

void lg_config_help(FILE *out, const struct lg_option *options)
{
	int width = 0;

	for (const struct lg_option *option = options; option->name != NULL; option++) {
		int own = (int)(strlen(option->name) + 1 + strlen(type_name(option->type)));

		width = own > width ? own : width;
	}
	for (; options->name != NULL; options++) {
		int own = fprintf(out, "  --%s %s", options->name, type_name(options->type)) - 4;

		fprintf(out, "%*s  %s", width - own, "", options->help);
		if (options->standard == NULL)
			fputs(" (must be given)", out);
		else if (options->standard[0] != '\0')
			fprintf(out, " (%s)", options->standard);
		fputc('\n', out);
	}
}
