#include "services/gateway/cli/journey/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"
#include "services/gateway/cli/command.h"
#include "services/gateway/cli/session.h"

#define FILE_MAX 8192 /* bytes */

/* The whole file; NULL when it cannot be read or others may, which was said. */
static char *read_private(struct lg_arena *arena, const char *path)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char *text = lg_alloc(arena, FILE_MAX + 1);
	struct stat info;
	size_t used = 0;

	if (fd < 0 || fstat(fd, &info) != 0) {
		command_complain("%s cannot be read: %s", path, strerror(errno));
		if (fd >= 0 && !is_input)
			close(fd);
		return NULL;
	}

	bool is_good = is_input || !S_ISREG(info.st_mode) || (info.st_mode & 077) == 0;

	if (!is_good)
		command_complain("others may read %s: chmod 600 %s", path, path);
	while (is_good && used <= FILE_MAX) {
		ssize_t got = read(fd, text + used, FILE_MAX + 1 - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	if (!is_input)
		close(fd);
	if (is_good && (used > FILE_MAX || !lg_text_is_valid(lg_bytes(text, used)))) {
		command_complain("%s is longer than 8 KiB, or not UTF-8",
			is_input ? "standard input" : path);
		is_good = false;
	}
	if (!is_good)
		return NULL;
	text[used] = '\0';
	return text;
}

/* One line "name: …"; no line is ever repeated in an error. */
static bool add_line(json_t *identity, char *line)
{
	static const struct {
		const char *word, *field;
		bool is_list;
	} words[] = { { "name:", "names", true }, { "phone:", "phones", true },
		{ "address:", "address", false } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t size = strlen(words[i].word);

		if (strncmp(line, words[i].word, size) != 0)
			continue;
		char *text = line + size + strspn(line + size, " \t");

		if (text[0] == '\0') /* an empty name would be kept as one more name of hers */
			return false;
		json_t *list = json_object_get(identity, words[i].field);

		if (!words[i].is_list)
			return json_object_set_new(identity, words[i].field, json_string(text)) ==
			       0;
		if (list == NULL) {
			list = json_array();
			json_object_set_new(identity, words[i].field, list);
		}
		return json_array_append_new(list, json_string(text)) == 0;
	}
	return line[strspn(line, " \t")] == '\0';
}

static json_t *parse_identity(char *text)
{
	json_t *identity = json_object();
	uint32_t number = 1;

	for (; *text != '\0'; number++) {
		size_t size = strcspn(text, "\n");
		bool is_last = text[size] == '\0';

		text[size] = '\0';
		if (size > 0 && text[size - 1] == '\r')
			text[size - 1] = '\0';
		if (!add_line(identity, text)) {
			command_complain("line %u: expected \"name: …\", \"phone: …\" or "
					 "\"address: …\", and what it is behind the colon",
				number);
			json_decref(identity);
			return NULL;
		}
		text += size + (is_last ? 0 : 1);
	}
	return identity;
}

static json_t *ask_identity(struct lg_arena *arena)
{
	char typed[SESSION_TYPED_MAX + 1] = "";
	json_t *identity;

	if (!lg_is_done(session_ask("name", typed)))
		return NULL;
	identity = parse_identity(lg_format(arena, "name: %s", typed));
	explicit_bzero(typed, sizeof typed);
	return identity;
}

json_t *identity_read(struct lg_arena *arena, const char *path)
{
	char *text;

	if (path == NULL)
		return ask_identity(arena);
	text = read_private(arena, path);
	return text == NULL ? NULL : parse_identity(text);
}
