/*
 * Blocks of 64 KiB in a list, the newest first; a piece above a quarter of a block that does
 * not fit into the current one gets a block of its own, so that little is left unused.
 *
 * Bytes that were not handed out are always zero: blocks are born zeroed and wiped over what was
 * used.  That is why lg_alloc() writes nothing.  Under AddressSanitizer the same bytes are
 * poisoned, with a gap behind every piece, so that a read past its end is seen.
 */
#include "common/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define GAP_BYTES 16u
#else
#define ASAN_POISON_MEMORY_REGION(data, size_bytes)   ((void)(data), (void)(size_bytes))
#define ASAN_UNPOISON_MEMORY_REGION(data, size_bytes) ((void)(data), (void)(size_bytes))
#define GAP_BYTES                                     0u
#endif

#define BLOCK_BYTES ((size_t)64 * 1024)
#define SMALL_BYTES ((size_t)8 * 1024)
#define OWN_BYTES \
	(BLOCK_BYTES / 4) /* a piece above this gets its own block, unless there is room */
#define ALIGN_BYTES _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t size_bytes, used_bytes;
	_Alignas(max_align_t) uint8_t data[];
};

struct cleanup {
	struct cleanup *next;
	void (*run)(void *thing);
	void *thing;
};

struct lg_arena {
	struct block *first;   /* kept over a reset */
	struct block *current; /* small pieces come from here; newer blocks point to older ones */
	struct block *own;     /* blocks of one piece */
	struct cleanup *cleanups;
	size_t used_bytes;
	bool is_mapped;   /* blocks are mappings of their own, not from malloc */
	bool is_resident; /* all of them are held in memory */
};

/* Held as they are touched: what is never used is never taken. */
static void *map(struct lg_arena *arena, size_t size_bytes)
{
	void *mapped =
		mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mapped == MAP_FAILED)
		return NULL;
	if (madvise(mapped, size_bytes, MADV_DONTDUMP) != 0 ||
		mlock2(mapped, size_bytes, MLOCK_ONFAULT) != 0)
		arena->is_resident = false;
	return mapped;
}

static struct block *block_new(struct lg_arena *arena, size_t size_bytes, struct block *next)
{
	size_t whole = sizeof(struct block) + size_bytes;
	struct block *block = NULL;

	if (size_bytes <= SIZE_MAX - sizeof(struct block))
		block = arena->is_mapped ? map(arena, whole) : calloc(1, whole);
	if (block == NULL)
		abort();
	block->next = next;
	block->size_bytes = size_bytes;
	ASAN_POISON_MEMORY_REGION(block->data, size_bytes);
	return block;
}

static void block_wipe(struct block *block)
{
	ASAN_UNPOISON_MEMORY_REGION(block->data, block->size_bytes);
	explicit_bzero(block->data, block->used_bytes);
	block->used_bytes = 0;
}

static void block_free(const struct lg_arena *arena, struct block *block)
{
	block_wipe(block);
	if (arena->is_mapped)
		munmap(block, sizeof(struct block) + block->size_bytes);
	else
		free(block);
}

static void blocks_free(const struct lg_arena *arena, struct block *block, const struct block *end)
{
	while (block != end) {
		struct block *next = block->next;

		block_free(arena, block);
		block = next;
	}
}

/* The cleanups are taken off before they run: one of them may use the arena. */
static void run_cleanups(struct lg_arena *arena)
{
	while (arena->cleanups != NULL) {
		struct cleanup *cleanup = arena->cleanups;

		arena->cleanups = cleanup->next;
		cleanup->run(cleanup->thing);
	}
}

static struct lg_arena *begin(size_t first_bytes, bool is_mapped)
{
	struct lg_arena *arena = calloc(1, sizeof(struct lg_arena));

	if (arena == NULL)
		abort();
	arena->is_mapped = is_mapped;
	arena->is_resident = is_mapped;
	arena->first = block_new(arena, first_bytes, NULL);
	arena->current = arena->first;
	return arena;
}

struct lg_arena *lg_arena_new(void)
{
	return begin(BLOCK_BYTES, false);
}

struct lg_arena *lg_arena_new_small(void)
{
	return begin(SMALL_BYTES, false);
}

struct lg_arena *lg_arena_new_of(size_t size_bytes)
{
	return begin(size_bytes, false);
}

struct lg_arena *lg_arena_new_resident(void)
{
	return begin(BLOCK_BYTES, true);
}

bool lg_arena_is_resident(const struct lg_arena *arena)
{
	return arena->is_resident;
}

void lg_arena_reset(struct lg_arena *arena)
{
	run_cleanups(arena);
	blocks_free(arena, arena->own, NULL);
	blocks_free(arena, arena->current, arena->first);
	block_wipe(arena->first);
	ASAN_POISON_MEMORY_REGION(arena->first->data, arena->first->size_bytes);
	arena->own = NULL;
	arena->current = arena->first;
	arena->used_bytes = 0;
}

void lg_arena_free(struct lg_arena *arena)
{
	if (arena == NULL)
		return;
	run_cleanups(arena);
	blocks_free(arena, arena->own, NULL);
	blocks_free(arena, arena->current, NULL);
	free(arena);
}

void *lg_alloc(struct lg_arena *arena, size_t size_bytes)
{
	struct block *block = arena->current;
	size_t whole;
	void *piece;

	if (size_bytes > SIZE_MAX / 2)
		abort();
	whole = (size_bytes + GAP_BYTES + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
	if (whole == 0)
		whole = ALIGN_BYTES; /* two empty pieces are not the same */

	if (block->size_bytes - block->used_bytes >= whole) {
		; /* it lies in the current one */
	} else if (whole > OWN_BYTES) {
		block = block_new(arena, whole, arena->own);
		arena->own = block;
	} else {
		block = block_new(arena, BLOCK_BYTES, arena->current);
		arena->current = block;
	}

	piece = block->data + block->used_bytes;
	block->used_bytes += whole;
	assert(block->used_bytes <= block->size_bytes);
	ASAN_UNPOISON_MEMORY_REGION(piece, size_bytes);
	arena->used_bytes += size_bytes;
	return piece;
}

void *lg_alloc_array(struct lg_arena *arena, size_t count, size_t size_bytes)
{
	size_t whole;

	if (__builtin_mul_overflow(count, size_bytes, &whole))
		abort();
	return lg_alloc(arena, whole);
}

void lg_give_back(struct lg_arena *arena, void *piece)
{
	for (struct block **link = &arena->own; *link != NULL; link = &(*link)->next) {
		struct block *block = *link;

		if (block->data != piece)
			continue;
		*link = block->next;
		block_free(arena, block);
		return;
	}
}

void *lg_enlarge(
	struct lg_arena *arena, void *piece, size_t before, size_t count, size_t size_bytes)
{
	void *larger = lg_alloc_array(arena, count, size_bytes);

	assert(before <= count);
	if (before > 0)
		memcpy(larger, piece, before * size_bytes);
	lg_give_back(arena, piece);
	return larger;
}

struct lg_bytes lg_copy(struct lg_arena *arena, struct lg_bytes bytes)
{
	uint8_t *copy;

	if (bytes.size == SIZE_MAX)
		abort();
	copy = lg_alloc(arena, bytes.size + 1);
	if (bytes.size > 0)
		memcpy(copy, bytes.data, bytes.size);
	return lg_bytes(copy, bytes.size);
}

char *lg_copy_text(struct lg_arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = lg_alloc(arena, size);

	memcpy(copy, text, size);
	return copy;
}

char *lg_format(struct lg_arena *arena, const char *format, ...)
{
	va_list arguments, again;
	int length;
	char *text;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		abort();
	text = lg_alloc(arena, (size_t)length + 1);
	if (vsnprintf(text, (size_t)length + 1, format, again) != length)
		abort();
	va_end(again);
	return text;
}

void lg_arena_defer(struct lg_arena *arena, void (*cleanup)(void *thing), void *thing)
{
	struct cleanup *kept = lg_alloc(arena, sizeof(struct cleanup));

	kept->next = arena->cleanups;
	kept->run = cleanup;
	kept->thing = thing;
	arena->cleanups = kept;
}

size_t lg_arena_used_bytes(const struct lg_arena *arena)
{
	return arena->used_bytes;
}
