/*
 * Memory of one batch: taken in small pieces, zeroed, given back whole.
 *
 * Allocation does not fail: out of memory aborts (restart is the recovery path).  Whatever
 * was in the arena is overwritten when it is reset or freed, because plain text of sealed
 * values lives here.
 */
#ifndef LG_BASE_ARENA_H
#define LG_BASE_ARENA_H

#include "common/base/bytes.h"

struct lg_arena;

/* A new, empty arena; free with lg_arena_free(). */
struct lg_arena *lg_arena_new(void);

/*
 * The same for one message or one frame: its first block has 8 KiB, because zeroing 64 was a tenth
 * of what a command costs its service.
 */
struct lg_arena *lg_arena_new_small(void);

/* The same for what is known beforehand: its first block has size_bytes. */
struct lg_arena *lg_arena_new_of(size_t size_bytes);

/*
 * An arena for what outlives batches and must reach no disk: its pages are left out of core dumps
 * and held in memory.  A piece above 16 KiB costs nothing until it is written to.
 */
struct lg_arena *lg_arena_new_resident(void);

/* Whether the system held every page so far; false: it may swap them out. */
bool lg_arena_is_resident(const struct lg_arena *arena);

/* Runs the deferred cleanups, newest first, wipes and frees all.  NULL is fine. */
void lg_arena_free(struct lg_arena *arena);

/* As free and new, but keeps one block, so that a loop over batches does not allocate. */
void lg_arena_reset(struct lg_arena *arena);

/* size_bytes zeroed bytes, aligned for any type, alive until the arena is reset. */
void *lg_alloc(struct lg_arena *arena, size_t size_bytes);

/* count elements of size_bytes each; aborts when the product overflows. */
void *lg_alloc_array(struct lg_arena *arena, size_t count, size_t size_bytes);

/*
 * Gives a piece back before its time.  A large one (above 16 KiB) is wiped and its memory is free
 * again; a small one stays until the arena is reset, as do pieces of another arena and NULL.
 */
void lg_give_back(struct lg_arena *arena, void *piece);

/*
 * Room for more elements of size_bytes each: the first `before` ones are those of the piece, which is
 * given back, the others are zero.
 */
void *lg_enlarge(
	struct lg_arena *arena, void *piece, size_t before, size_t count, size_t size_bytes);

/* A copy of bytes in the arena; data is never NULL, and a NUL follows the last byte. */
struct lg_bytes lg_copy(struct lg_arena *arena, struct lg_bytes bytes);

/* A NUL-terminated copy of text. */
char *lg_copy_text(struct lg_arena *arena, const char *text);

/* printf into the arena; never fails. */
char *lg_format(struct lg_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Hands a foreign thing (PGresult, json_t) to the arena: cleanup(thing) runs at reset. */
void lg_arena_defer(struct lg_arena *arena, void (*cleanup)(void *thing), void *thing);

/* Bytes handed out since the last reset. */
size_t lg_arena_used_bytes(const struct lg_arena *arena);

#endif
