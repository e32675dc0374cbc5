/* The arena: zeroed, aligned, apart, wiped, and its cleanups in their order. */
#include "common/base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/random.h"

/* Goal: pieces are zeroed, aligned and do not overlap.  Method: fill many of random sizes with a
 * mark of their own, on both sides of every block's end, and look at all marks afterwards. */
static void pieces_are_zeroed_aligned_and_apart(void **unused)
{
	enum { PIECES = 2000 };
	static struct {
		uint8_t *data;
		size_t size;
	} piece[PIECES];
	struct lg_arena *arena = lg_arena_new();
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 1);
	for (int round = 0; round < 3; round++) { /* after a reset as in a new arena */
		for (size_t i = 0; i < PIECES; i++) {
			bool is_large = lg_random_one_in(&random, 50);
			size_t size = (size_t)lg_random_below(&random, is_large ? 40000 : 200);

			piece[i].size = size;
			piece[i].data = lg_alloc(arena, size);
			assert_int_equal((uintptr_t)piece[i].data % _Alignof(max_align_t), 0);
			for (size_t k = 0; k < size; k++)
				assert_int_equal(piece[i].data[k], 0);
			if (size > 0)
				memset(piece[i].data, (int)(i % 255 + 1), size);
		}
		for (size_t i = 0; i < PIECES; i++)
			for (size_t k = 0; k < piece[i].size; k++)
				assert_int_equal(piece[i].data[k], i % 255 + 1);
		lg_arena_reset(arena);
	}
	lg_arena_free(arena);
}

/* Goal: a loop over batches does not allocate.  Method: the first piece after a reset lies where
 * the first piece before it lay, whatever was taken in between. */
static void reset_keeps_the_first_block(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	void *first = lg_alloc(arena, 8);

	(void)unused;
	for (int i = 0; i < 100; i++)
		lg_alloc(arena, 5000);
	lg_alloc(arena, (size_t)1 << 20);
	lg_arena_reset(arena);
	assert_ptr_equal(lg_alloc(arena, 8), first);
	assert_int_equal(lg_arena_used_bytes(arena), 8);
	lg_arena_free(arena);
}

/* Goal: plain text does not outlive its batch.  Method: write a marker over the whole kept block,
 * reset, take the same bytes again: the marker is nowhere. */
static void reset_wipes_what_was_used(void **unused)
{
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	for (int i = 0; i < 60; i++)
		memset(lg_alloc(arena, 1000), 'M', 1000);
	lg_arena_reset(arena);
	for (int i = 0; i < 60; i++) {
		const uint8_t *piece = lg_alloc(arena, 1000);

		for (size_t k = 0; k < 1000; k++)
			assert_int_equal(piece[k], 0);
	}
	lg_arena_free(arena);
}

/* Goal: copies end in a NUL and an empty one is not NULL.  Method: copy nothing, bytes, text. */
static void copies_end_in_a_nul(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_bytes empty = lg_copy(arena, lg_bytes(NULL, 0));
	struct lg_bytes three = lg_copy(arena, lg_bytes("abcd", 3));

	(void)unused;
	assert_non_null(empty.data);
	assert_int_equal(empty.size, 0);
	assert_int_equal(empty.data[0], 0);
	assert_string_equal((const char *)three.data, "abc");
	assert_string_equal(lg_copy_text(arena, "Sunauli"), "Sunauli");
	assert_string_equal(lg_format(arena, "%s-%d", "in", 7), "in-7");
	assert_int_equal(strlen(lg_format(arena, "%0100000d", 7)), 100000);
	lg_arena_free(arena);
}

struct order {
	char text[8];
	size_t length;
	struct lg_arena *arena;
};

static void note_a(void *thing)
{
	struct order *order = thing;

	order->text[order->length++] = 'a';
	lg_alloc(order->arena, 10); /* a cleanup may use the arena */
}

static void note_b(void *thing)
{
	struct order *order = thing;

	order->text[order->length++] = 'b';
}

/* Goal: foreign things are cleaned up once, newest first, at reset and at free.  Method: two
 * cleanups that note their letter. */
static void cleanups_run_once_and_newest_first(void **unused)
{
	struct order order = { .arena = lg_arena_new() };

	(void)unused;
	lg_arena_defer(order.arena, note_a, &order);
	lg_arena_defer(order.arena, note_b, &order);
	lg_arena_reset(order.arena);
	assert_string_equal(order.text, "ba");
	lg_arena_reset(order.arena);
	assert_string_equal(order.text, "ba");
	lg_arena_defer(order.arena, note_b, &order);
	lg_arena_free(order.arena);
	assert_string_equal(order.text, "bab");
	lg_arena_free(NULL);
}

/* Goal: a product that overflows aborts instead of giving too little.  Method: ask for it in a
 * child and look at the signal that ended it. */
static void overflowing_product_aborts(void **unused)
{
	int status = 0;
	pid_t child = fork();

	(void)unused;
	assert_true(child >= 0);
	if (child == 0) {
		(void)signal(SIGABRT, SIG_DFL);
		lg_alloc_array(lg_arena_new(), SIZE_MAX / 2, 3);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

/* Goal: a small arena grows like another, and is wiped like one.  Method: more than its first block,
 * one piece above any; reset; the same again is zero. */
static void a_small_arena_grows(void **unused)
{
	struct lg_arena *arena = lg_arena_new_small();

	(void)unused;
	for (int round = 0; round < 2; round++) {
		for (size_t size = 1; size < 100000; size *= 3) {
			uint8_t *piece = lg_alloc(arena, size);

			for (size_t i = 0; i < size; i++)
				assert_int_equal(piece[i], 0);
			memset(piece, 0xaa, size);
		}
		lg_arena_reset(arena);
		assert_int_equal(lg_arena_used_bytes(arena), 0);
	}
	lg_arena_free(arena);
}

static void what_is_given_back_is_free_and_the_rest_stays(void **unused)
{
	struct lg_arena *arenas[] = { lg_arena_new(), lg_arena_new_resident() };

	(void)unused;
	for (int i = 0; i < 2; i++) {
		uint8_t *kept = lg_alloc(arenas[i], 100), *table = NULL;

		memset(kept, 0x55, 100);
		for (size_t count = 1000; count <= 1000000; count *= 10) {
			table = lg_enlarge(
				arenas[i], table, table == NULL ? 0 : count / 10, count, 1);
			for (size_t at = 0; at < count; at++)
				assert_int_equal(
					table[at], count > 1000 && at < count / 10 ? 0xaa : 0);
			memset(table, 0xaa, count);
		}
		lg_give_back(arenas[i], table);
		lg_give_back(arenas[i], kept); /* small: stays until the end */
		lg_give_back(arenas[i], NULL);
		for (int at = 0; at < 100; at++)
			assert_int_equal(kept[at], 0x55);
		lg_arena_free(arenas[i]);
	}
}

/* Goal: what is known beforehand takes no second block.  Method: pieces larger than those that get
 * a block of their own lie side by side as long as they were announced, and one more is there, too. */
static void announced_pieces_lie_side_by_side(void **unused)
{
	enum { PIECES = 4, SIZE = 20000, ROOM = SIZE + 64 };
	struct lg_arena *arena = lg_arena_new_of((size_t)PIECES * ROOM);
	uint8_t *before = lg_alloc(arena, SIZE);

	(void)unused;
	for (int i = 1; i < PIECES; i++) {
		uint8_t *piece = lg_alloc(arena, SIZE);

		assert_in_range(
			(uintptr_t)piece, (uintptr_t)before + SIZE, (uintptr_t)before + ROOM);
		before = piece;
	}
	memset(lg_alloc(arena, SIZE), 1, SIZE);
	assert_int_equal(lg_arena_used_bytes(arena), (PIECES + 1) * SIZE);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(reset_keeps_the_first_block),
		cmocka_unit_test(reset_wipes_what_was_used),
		cmocka_unit_test(copies_end_in_a_nul),
		cmocka_unit_test(cleanups_run_once_and_newest_first),
		cmocka_unit_test(a_small_arena_grows),
		cmocka_unit_test(what_is_given_back_is_free_and_the_rest_stays),
		cmocka_unit_test(announced_pieces_lie_side_by_side),
		cmocka_unit_test(overflowing_product_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
