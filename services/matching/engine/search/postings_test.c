/*
 * Goal: a list holds what was put into it and not taken out, whatever its length and however lists
 * come and go.  Method: lengths on both sides of every size of piece; random changes beside a plain
 * count of every word.
 */
#include "services/matching/engine/search/postings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/random.h"

#define LISTS 5
#define WORDS 300

static uint64_t sum_of(const struct postings *postings, uint32_t list, uint32_t *ret_count)
{
	uint64_t sum = 0;

	*ret_count = 0;
	for (struct postings_walk walk = postings_first(postings, list); walk.count > 0;
		postings_next(&walk))
		for (uint32_t i = 0; i < walk.count; i++, ++*ret_count)
			sum += walk.words[i];
	return sum;
}

static void a_list_of_any_length_is_walked_whole(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct postings postings;
	uint64_t sum = 0;
	uint32_t count;

	(void)unused;
	postings_init(&postings, LISTS, arena);
	for (uint32_t n = 1; n <= WORDS; n++) {
		postings_add(&postings, 2, (uint64_t)n * n);
		sum += (uint64_t)n * n;
		assert_int_equal(sum_of(&postings, 2, &count), sum);
		assert_int_equal(count, n);
		assert_int_equal(postings_count(&postings, 2), n);
	}
	for (uint32_t n = 1; n <= WORDS; n++) {
		postings_remove(&postings, 2, (uint64_t)n * n);
		sum -= (uint64_t)n * n;
		assert_int_equal(sum_of(&postings, 2, &count), sum);
		assert_int_equal(count, WORDS - n);
	}
	assert_int_equal(sum_of(&postings, 1, &count), 0);
	lg_arena_free(arena);
}

static void lists_come_and_go_beside_each_other(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	static bool is_in[LISTS][WORDS];
	struct postings postings;
	struct lg_random random;

	(void)unused;
	postings_init(&postings, LISTS, arena);
	lg_random_seed(&random, 7);
	for (uint32_t turn = 0; turn < 20000; turn++) {
		uint32_t list = (uint32_t)lg_random_below(&random, LISTS), count;
		uint32_t word = (uint32_t)lg_random_below(&random, WORDS);
		uint64_t sum = 0;

		if (is_in[list][word])
			postings_remove(&postings, list, word);
		else
			postings_add(&postings, list, word);
		is_in[list][word] = !is_in[list][word];
		for (uint32_t i = 0; i < WORDS; i++)
			sum += is_in[list][i] ? i : 0;
		assert_int_equal(sum_of(&postings, list, &count), sum);
	}
	lg_arena_free(arena);
}

static void pieces_that_are_left_are_used_again(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct postings postings;
	uint64_t bytes = 0;

	(void)unused;
	postings_init(&postings, LISTS, arena);
	for (uint32_t turn = 0; turn < 200; turn++) {
		for (uint32_t n = 0; n < WORDS; n++)
			postings_add(&postings, turn % LISTS, n);
		if (turn == 0)
			bytes = postings_bytes(&postings);
		assert_int_equal(postings_bytes(&postings), bytes);
		for (uint32_t n = 0; n < WORDS; n++)
			postings_remove(&postings, turn % LISTS, n);
	}
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_any_length_is_walked_whole),
		cmocka_unit_test(lists_come_and_go_beside_each_other),
		cmocka_unit_test(pieces_that_are_left_are_used_again),
	};

	return cmocka_run_group_tests_name("matching/search/postings", tests, NULL, NULL);
}
