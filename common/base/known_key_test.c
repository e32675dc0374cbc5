#include "common/base/known_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Ids whose last bytes are few, so that many share a hash. */
static struct lg_id nth_id(uint32_t n, uint32_t hash)
{
	struct lg_id id = { .byte = { 0 } };

	memcpy(id.byte, &n, sizeof n);
	memcpy(id.byte + LG_ID_SIZE - sizeof hash, &hash, sizeof hash);
	return id;
}

/*
 * Goal: of each subject and class the key that was set last is found, and for any other none.
 * Method: 5,000 subjects with all hashes from one to many to a hash, two classes, so that the table
 * grows; each second one is set anew; all are asked for, and as many that were never set.
 */
static void the_last_key_of_a_subject_and_class_is_found(void **unused)
{
	static const uint32_t hashes[] = { 7, 100, UINT32_MAX };

	(void)unused;
	for (size_t h = 0; h < sizeof hashes / sizeof *hashes; h++) {
		struct lg_arena *arena = lg_arena_new();
		struct lg_known_keys known = { .count = 0 };

		assert_null(lg_known_keys_find(&known, nth_id(0, 0), 1));
		for (uint32_t n = 0; n < 5000; n++) {
			struct lg_id subject = nth_id(n, n * 2654435761u % hashes[h]);

			lg_known_keys_set(&known, arena, subject, 1, nth_id(n, 1));
			if (n % 2 == 0)
				lg_known_keys_set(&known, arena, subject, 1, nth_id(n, 2));
			if (n % 3 == 0)
				lg_known_keys_set(&known, arena, subject, 2, nth_id(n, 3));
		}
		for (uint32_t n = 0; n < 10000; n++) {
			struct lg_id subject = nth_id(n, n * 2654435761u % hashes[h]);
			const struct lg_id *first = lg_known_keys_find(&known, subject, 1);
			const struct lg_id *second = lg_known_keys_find(&known, subject, 2);

			assert_int_equal(first != NULL, n < 5000);
			assert_int_equal(second != NULL, n < 5000 && n % 3 == 0);
			if (first != NULL)
				assert_true(lg_id_equal(*first, nth_id(n, n % 2 == 0 ? 2 : 1)));
			if (second != NULL)
				assert_true(lg_id_equal(*second, nth_id(n, 3)));
		}
		lg_arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_key_of_a_subject_and_class_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
