/* Letters to letters. */
#include "services/matching/engine/translit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void is_read(const char *text, const char *latin)
{
	char got[TRANSLIT_MAX];

	assert_int_equal(translit_read(text, got), strlen(latin));
	assert_string_equal(got, latin);
}

/* Goal: Devanagari becomes Latin as it is spelt.  Method: invented names, each rule once. */
static void devanagari_is_read_letter_by_letter(void **unused)
{
	(void)unused;
	is_read("सीता", "siitaa");
	is_read("राम", "raam");    /* the end drops its vowel */
	is_read("कृष्ण", "krishna"); /* but not behind joined consonants */
	is_read("इन्द्र", "indra");
	is_read("अनिल", "anil");
	is_read("आइती", "aaitii");
	is_read("न", "na"); /* the only vowel of a word is heard */
	is_read("चाँदनी", "chaandanii");
	is_read("पड़ा", "paraa"); /* dot below, as one code point and as two */
	is_read("पड़ा", "paraa");
	is_read("बूढ़ी", "buurhii");
	is_read("दुःख", "dukh");
}

/* Goal: Latin letters lose case and marks.  Method: print and typing, both forms of a mark. */
static void latin_loses_case_and_marks(void **unused)
{
	(void)unused;
	is_read("SITA Devi", "sita devi");
	is_read("Sītā", "siitaa");
	is_read("Kr\xcc\xa5sna", "krsna");
	is_read("Śreṣṭha", "shreshtha");
	is_read("D'Souza", "dsouza");
	is_read("ÀÉ", "ae");
}

/* Goal: what is no letter parts words, once.  Method: signs, digits, other scripts, mixtures. */
static void what_is_no_letter_parts_words(void **unused)
{
	(void)unused;
	is_read("  Sita--Maya.. ", "sita maya");
	is_read("सीता Thapa", "siitaa thapa");
	is_read("सीता।", "siitaa");
	is_read("9841", "");
	is_read("中文", "");
	is_read("", "");
}

/* Goal: bad bytes and long names do no harm.  Method: broken UTF-8; one letter above the limit. */
static void bad_and_long_texts_are_cut(void **unused)
{
	(void)unused;
	char text[TRANSLIT_MAX + 9], got[TRANSLIT_MAX];

	is_read("Si\xff\xfeta", "si");
	is_read("Si\xe0\xa4", "si");
	is_read("Si\x80", "si");
	is_read("Si\xf0\x9f\x98\x80ta", "si ta");
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_int_equal(translit_read(text, got), TRANSLIT_MAX - 1);
	text[TRANSLIT_MAX - 1] = '\0';
	assert_int_equal(translit_read(text, got), TRANSLIT_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devanagari_is_read_letter_by_letter),
		cmocka_unit_test(latin_loses_case_and_marks),
		cmocka_unit_test(what_is_no_letter_parts_words),
		cmocka_unit_test(bad_and_long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
