/* Letters: what is canonically equal is one, and any bytes have an end. */
#include "services/matching/engine/text/letters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/random.h"
#include "common/base/text.h"

static void normal_is(const char *text, const char *expected)
{
	char normal[LETTERS_MAX];

	letters_normal(lg_bytes(text, strlen(text)), normal);
	assert_string_equal(normal, expected);
}

/*
 * Goal: what Unicode calls canonically equal is one text.  Method: composed and taken apart, both
 * scripts, with marks in another order; then what old keyboards leave.
 */
static void canonically_equal_is_equal(void **unused)
{
	(void)unused;
	normal_is("S\u012bt\u0101", "siitaa");
	normal_is("Si\u0304ta\u0304", "siitaa");
	normal_is("\u015aiva K\u1e5b\u1e63\u1e47a", "shiva krishna");
	normal_is("S\u0301iva Kr\u0323s\u0323n\u0323a", "shiva krishna");
	normal_is("Ren\u00e9 RENE\u0301", "rene rene");
	normal_is("\u095c \u0921\u093c", "\u095c \u095c");
	normal_is("\u0929", "\u0929");
	normal_is("\u0928\u093c", "\u0929");
	normal_is("ब\u093e\u0947", "बो");
	normal_is("\u0905\u093e", "आ");
}

/* Goal: words are parted by what is no letter, and by nothing else.  Method: each kind of it. */
static void what_parts_words(void **unused)
{
	(void)unused;
	normal_is("  Sita -- Kumari\tTHAPA. ", "sita kumari thapa");
	normal_is("D'Souza D\u2019Souza", "dsouza dsouza");
	normal_is("राम\u200dप्रसाद", "रामप्रसाद");
	normal_is("राम।श्याम ५ 7", "राम श्याम");
	normal_is("A\xffo\xc3", "a o");
	normal_is("\u4e2d", "");
	normal_is("", "");
}

/* Goal: nothing is read beyond its end.  Method: texts cut inside of a letter; a NUL. */
static void ends_are_kept(void **unused)
{
	struct letters letters;
	const char text[] = "a\0b";

	(void)unused;
	letters_open(&letters, lg_bytes("\u0938", 2)); /* of 3 bytes */
	assert_int_equal(letters_next(&letters), LETTER_GAP);
	assert_int_equal(letters_next(&letters), LETTER_GAP);
	assert_int_equal(letters_next(&letters), 0);
	letters_open(&letters, lg_bytes(text, 3));
	assert_int_equal(letters_next(&letters), 'a');
	assert_int_equal(letters_next(&letters), 0);
	letters_open(&letters, lg_bytes(NULL, 0));
	assert_int_equal(letters_next(&letters), 0);
}

/*
 * Goal: a normal form is normal: valid, bounded, and done twice the same.  Method: random texts
 * of bytes and of code points of both blocks.
 */
static void normal_twice_is_normal(void **unused)
{
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 20680512);
	for (int round = 0; round < 20000; round++) {
		char text[700], once[LETTERS_MAX], twice[LETTERS_MAX];
		size_t size = 0, most = lg_random_below(&random, sizeof text - 3);

		while (size < most) {
			if (lg_random_one_in(&random, 8))
				text[size++] = (char)lg_random_below(&random, 256);
			else if (lg_random_one_in(&random, 2))
				size += letters_put(
					(uint32_t)(0x900 + lg_random_below(&random, 128)),
					text + size);
			else
				size += letters_put((uint32_t)(1 + lg_random_below(&random, 0x370)),
					text + size);
		}
		size = letters_normal(lg_bytes(text, size), once);
		assert_true(size < LETTERS_MAX);
		assert_true(lg_text_is_valid(lg_bytes(once, size)));
		assert_int_equal(letters_normal(lg_bytes(once, size), twice), size);
		assert_string_equal(once, twice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonically_equal_is_equal),
		cmocka_unit_test(what_parts_words),
		cmocka_unit_test(ends_are_kept),
		cmocka_unit_test(normal_twice_is_normal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
