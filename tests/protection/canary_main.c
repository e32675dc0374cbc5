/*
 * Looks for planted markers in files, in every spelling in which text comes to lie somewhere.
 *
 *   canary_main MARKERS PATH...        prints "FILE: LABEL as SPELLING" for each find
 *   canary_main MARKERS --write FOLDER writes each spelling of the first marker to a file there
 *
 * MARKERS holds lines "LABEL TEXT", or "LABEL hex:DIGITS" for bytes that are no text.  The markers
 * come from a file so that they are in no command line: those are searched too.  Folders are
 * walked; sockets, pipes and links are left out.  Exit code: 0 nothing found, 1 found, 2 no search.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LABEL_MAX     32
#define TEXT_MAX      256
#define SPELT_MAX     (6 * TEXT_MAX)
#define SPELLINGS_MAX 1024
#define SHORTEST      8 /* bytes: a shorter spelling would be found by chance */

struct spelling {
	char label[LABEL_MAX];
	const char *name;
	uint8_t bytes[SPELT_MAX];
	size_t size;
};

static struct spelling spellings[SPELLINGS_MAX];
static size_t spelling_count;
static unsigned long found, files;
static unsigned long long looked_at_bytes;

static void add(const char *label, const char *name, const void *bytes, size_t size)
{
	struct spelling *s = &spellings[spelling_count];

	if (size < SHORTEST)
		return;
	for (size_t i = 0; i < spelling_count; i++)
		if (spellings[i].size == size && memcmp(spellings[i].bytes, bytes, size) == 0)
			return;
	if (spelling_count == SPELLINGS_MAX || size > SPELT_MAX) {
		fprintf(stderr, "canary: too many markers, or a marker that is too long\n");
		exit(2);
	}
	snprintf(s->label, sizeof s->label, "%s", label);
	s->name = name;
	memcpy(s->bytes, bytes, size);
	s->size = size;
	spelling_count++;
}

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static void add_mapped(const char *label, const char *name, const uint8_t *bytes, size_t size,
	uint8_t (*map)(uint8_t))
{
	uint8_t mapped[SPELT_MAX];

	for (size_t i = 0; i < size; i++)
		mapped[i] = map(bytes[i]);
	add(label, name, mapped, size);
}

/* The digits that depend on the marker alone, wherever it stands in what was encoded. */
static void add_base64(const char *label, const uint8_t *bytes, size_t size, int variant)
{
	for (size_t lead = 0; lead < 3; lead++) {
		uint8_t shifted[TEXT_MAX + 2] = { 0 };
		char text[SPELT_MAX];
		size_t first = lead == 0 ? 0 : lead + 1, end;

		memcpy(shifted + lead, bytes, size);
		sodium_bin2base64(text, sizeof text, shifted, size + lead, variant);
		end = (size + lead) * 8 / 6;
		add(label, "base64", text + first, end - first);
	}
}

static size_t next_code_point(const uint8_t *bytes, size_t size, uint32_t *ret_code)
{
	size_t length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;

	if (length > size)
		length = size;
	*ret_code = length == 1 ? bytes[0] : bytes[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++)
		*ret_code = *ret_code << 6 | (bytes[i] & 0x3fu);
	return length;
}

/* UTF-16 in both orders and JSON's \u; markers have no code point above 16 bits. */
static void add_wide(const char *label, const uint8_t *bytes, size_t size)
{
	uint8_t little[SPELT_MAX] = { 0 }, big[SPELT_MAX] = { 0 };
	char json[SPELT_MAX + 1] = "";
	size_t wide = 0, written = 0;

	for (size_t i = 0; i < size;) {
		uint32_t code;

		i += next_code_point(bytes + i, size - i, &code);
		little[wide] = big[wide + 1] = (uint8_t)code;
		little[wide + 1] = big[wide] = (uint8_t)(code >> 8);
		wide += 2;
		written += (size_t)snprintf(json + written, sizeof json - written,
			code < 0x80 ? "%c" : "\\u%04x", (int)code);
	}
	add(label, "utf-16", little, wide);
	add(label, "utf-16", big, wide);
	add(label, "json", json, written);
	add_mapped(label, "json", (uint8_t *)json, written, upper);
}

static void add_encoded(const char *label, const uint8_t *bytes, size_t size)
{
	char text[SPELT_MAX + 1] = "";
	uint8_t reversed[TEXT_MAX];
	size_t written = 0;

	for (size_t i = 0; i < size; i++)
		reversed[i] = bytes[size - 1 - i];
	add(label, "reversed", reversed, size);
	sodium_bin2hex(text, sizeof text, bytes, size);
	add(label, "hexadecimal", text, 2 * size);
	add_mapped(label, "hexadecimal", (uint8_t *)text, 2 * size, upper);
	for (size_t i = 0; i < size; i++)
		written += (size_t)snprintf(text + written, sizeof text - written,
			bytes[i] < 0x80 && bytes[i] != ' ' ? "%c" : "%%%02X", bytes[i]);
	add(label, "percent", text, written);
	add_base64(label, bytes, size, sodium_base64_VARIANT_ORIGINAL);
	add_base64(label, bytes, size, sodium_base64_VARIANT_URLSAFE);
}

static void add_marker(const char *label, const char *text)
{
	uint8_t bytes[TEXT_MAX];
	size_t size = strlen(text);

	if (strncmp(text, "hex:", 4) == 0) {
		if (sodium_hex2bin(bytes, sizeof bytes, text + 4, size - 4, NULL, &size, NULL) != 0)
			size = 0;
	} else if (size <= sizeof bytes) {
		memcpy(bytes, text, size);
	}
	if (size < SHORTEST || size > sizeof bytes) {
		fprintf(stderr, "canary: marker %s has not %d to %d bytes\n", label, SHORTEST,
			TEXT_MAX);
		exit(2);
	}
	add(label, "plain", bytes, size);
	add_encoded(label, bytes, size);
	if (strncmp(text, "hex:", 4) == 0)
		return;
	add_mapped(label, "upper case", bytes, size, upper);
	add_mapped(label, "lower case", bytes, size, lower);
	add_wide(label, bytes, size);
}

static size_t read_markers(const char *path, size_t most)
{
	FILE *file = fopen(path, "re");
	char line[2 * TEXT_MAX + LABEL_MAX], *text;
	size_t count = 0;

	while (file != NULL && count < most && fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		text = strchr(line, ' ');
		if (text == NULL)
			continue;
		*text = '\0';
		add_marker(line, text + 1);
		count++;
	}
	if (file != NULL)
		fclose(file);
	return count;
}

/* Whole, because what is below /proc tells no size; NULL: gone meanwhile, or not readable. */
static uint8_t *read_whole(int fd, size_t *ret_size)
{
	size_t room = 1 << 20, size = 0;
	uint8_t *bytes = malloc(room);
	ssize_t got;

	while (bytes != NULL && (got = read(fd, bytes + size, room - size)) > 0) {
		size += (size_t)got;
		if (size == room)
			bytes = realloc(bytes, room *= 2);
	}
	if (bytes == NULL)
		abort();
	*ret_size = size;
	return bytes;
}

static void look_at(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	uint8_t *bytes;
	size_t size;

	if (fd < 0) {
		if (errno != ENOENT && errno != ESRCH) /* processes and files come and go */
			fprintf(stderr, "canary: cannot read %s\n", path);
		return;
	}
	bytes = read_whole(fd, &size);
	close(fd);
	files++;
	looked_at_bytes += size;
	for (size_t i = 0; i < spelling_count; i++) {
		const struct spelling *s = &spellings[i];

		if (memmem(bytes, size, s->bytes, s->size) == NULL)
			continue;
		printf("%s: %s as %s\n", path, s->label, s->name);
		found++;
	}
	free(bytes);
}

static int visit(const char *path, const struct stat *stat, int type, struct FTW *at)
{
	(void)at;
	if (type == FTW_F && S_ISREG(stat->st_mode))
		look_at(path);
	return 0;
}

static int write_spellings(const char *folder)
{
	for (size_t i = 0; i < spelling_count; i++) {
		char path[4096];
		FILE *file;

		snprintf(path, sizeof path, "%s/%zu.%s", folder, i, spellings[i].name);
		file = fopen(path, "we");
		if (file == NULL)
			return 2;
		/* in the middle of other bytes, as it would lie */
		fprintf(file, "before%c", 0);
		fwrite(spellings[i].bytes, 1, spellings[i].size, file);
		fprintf(file, "%cbehind", 0);
		if (fclose(file) != 0)
			return 2;
	}
	printf("%zu\n", spelling_count);
	return 0;
}

int main(int argc, char **argv)
{
	bool is_writing = argc == 4 && strcmp(argv[2], "--write") == 0;

	if (argc < 3 || sodium_init() < 0 ||
		read_markers(argv[1], is_writing ? 1 : SIZE_MAX) == 0) {
		fprintf(stderr,
			"canary_main MARKERS PATH... | canary_main MARKERS --write FOLDER\n");
		return 2;
	}
	if (is_writing)
		return write_spellings(argv[3]);
	for (int i = 2; i < argc; i++)
		if (nftw(argv[i], visit, 16, FTW_PHYS) != 0)
			fprintf(stderr, "canary: cannot read %s\n", argv[i]);
	fprintf(stderr, "canary: %lu files, %llu bytes, %zu spellings\n", files, looked_at_bytes,
		spelling_count);
	return found > 0 ? 1 : files > 0 ? 0 : 2;
}
