#include "services/matching/tools/name_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/text.h"
#include "services/matching/tools/tool.h"

/* Lines that stand in the list, by their bytes: open addressing, a place and one. */
struct seen {
	uint32_t *slots;
	size_t size; /* a power of two; 0: nothing is asked */
};

static uint64_t hash_of(struct lg_bytes text)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ text.data[i]) * 0x100000001b3u;
	return hash ^ hash >> 29;
}

/* Whether the text stands there; when not, it does from now on, under place. */
static bool is_seen(
	struct seen *seen, const struct name_list *list, struct lg_bytes text, uint32_t place)
{
	size_t at;

	if (seen->size == 0)
		return false;
	for (at = hash_of(text) & (seen->size - 1); seen->slots[at] != 0;
		at = (at + 1) & (seen->size - 1))
		if (lg_bytes_equal(list->texts[seen->slots[at] - 1], text))
			return true;
	seen->slots[at] = place + 1;
	return false;
}

static void *take(size_t count, size_t size)
{
	void *memory = calloc(count == 0 ? 1 : count, size);

	if (memory == NULL)
		abort();
	return memory;
}

/* The whole file, with its size. */
static uint8_t *read_whole(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "re");
	uint8_t *bytes = NULL;
	size_t size = 0, room = 65536, got = 1;

	if (file == NULL) {
		tool_complain("%s: %s", path, strerror(errno));
		return NULL;
	}
	while (got > 0 && size < NAME_LIST_FILE_MAX) {
		room *= 2;
		bytes = realloc(bytes, room);
		if (bytes == NULL)
			abort();
		got = fread(bytes + size, 1, room - size, file);
		size += got;
	}
	bool is_whole = ferror(file) == 0 && feof(file) != 0;

	fclose(file);
	*ret_size = size;
	if (is_whole)
		return bytes;
	tool_complain("%s: it cannot be read, or is larger than %zu MiB", path,
		NAME_LIST_FILE_MAX / 1024 / 1024);
	free(bytes);
	return NULL;
}

/* What is wrong with a line; NULL: nothing. */
static const char *fault_of(struct lg_bytes line)
{
	if (line.size > NAME_LIST_LINE_MAX)
		return "longer than 4096 bytes";
	if (!lg_text_is_valid(line))
		return "not UTF-8";
	if (memchr(line.data, '\t', line.size) != NULL)
		return "a tab: one name a line is expected";
	return NULL;
}

static void take_line(const char *path, uint32_t number, struct lg_bytes line, struct seen *seen,
	struct name_list *list)
{
	const char *fault = fault_of(line);
	struct name_form *form = &list->forms[list->count];

	if (fault == NULL) {
		name_form_read(line, form);
		fault = form->size == 0 ? "no letters of Latin or Devanagari" : NULL;
	}
	if (fault != NULL) {
		tool_complain("%s:%u: %s", path, number, fault);
		list->bad++;
		return;
	}
	if (is_seen(seen, list, line, list->count))
		return;
	list->texts[list->count++] = line;
}

static uint32_t count_lines(const uint8_t *bytes, size_t size)
{
	uint32_t lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += bytes[i] == '\n';
	return lines;
}

bool name_list_read(const char *path, bool keep_first, struct name_list *ret_list)
{
	struct seen seen = { .size = 0 };
	uint32_t number = 0;
	size_t size = 0, at = 0;

	*ret_list = (struct name_list){ .bytes = read_whole(path, &size) };
	if (ret_list->bytes == NULL)
		return false;
	ret_list->room = count_lines(ret_list->bytes, size);
	ret_list->texts = take(ret_list->room, sizeof *ret_list->texts);
	ret_list->forms = take(ret_list->room, sizeof *ret_list->forms);
	if (keep_first) {
		for (seen.size = 64; seen.size < 2 * (size_t)ret_list->room;)
			seen.size *= 2;
		seen.slots = take(seen.size, sizeof *seen.slots);
	}
	if (size >= 3 && memcmp(ret_list->bytes, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < size) {
		const uint8_t *line = ret_list->bytes + at;
		const uint8_t *end = memchr(line, '\n', size - at);
		size_t length = end == NULL ? size - at : (size_t)(end - line);

		at += length + 1;
		number++;
		while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == ' '))
			length--;
		if (length > 0)
			take_line(path, number, lg_bytes(line, length), &seen, ret_list);
	}
	free(seen.slots);
	return true;
}

void name_list_release(struct name_list *list)
{
	free(list->bytes);
	free(list->texts);
	free(list->forms);
}
