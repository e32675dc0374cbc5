/* Names as they sound: what is one, what is another, and what must always hold. */
#include "services/matching/engine/text/name_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/base/random.h"
#include "services/matching/engine/text/letters.h"

#define COST_MAX 4000

static struct name_form form_of(const char *text)
{
	struct name_form form;

	name_form_read(lg_bytes(text, strlen(text)), &form);
	return form;
}

static uint32_t alike(const char *a, const char *b)
{
	struct name_form left = form_of(a), right = form_of(b);

	return name_form_compare(&left, &right);
}

static uint32_t cost(const char *a, const char *b)
{
	struct name_form left = form_of(a), right = form_of(b);

	return name_form_cost(&left, &right, COST_MAX);
}

/*
 * Goal: habits of spelling do not part a name.  Method: one invented pair and more for each habit of
 * Nepali, Hindi, Maithili and Bhojpuri in Latin letters, and the two scripts.
 */
static void habits_of_spelling_are_one_name(void **unused)
{
	static const char *const pairs[][2] = {
		{ "Laxmi", "Lakshmi" },    /* x, ksh */
		{ "Bikash", "Vikas" },     /* b, v; s, sh */
		{ "Pooja", "Puja" },       /* oo, u */
		{ "Sangeeta", "Sangita" }, /* ee, i */
		{ "Aakash", "Akash" },     /* aa, a */
		{ "Zarina", "Jarina" },    /* z, j */
		{ "Yagya", "Yajna" },      /* three ways to write one letter */
		{ "Gyanu", "ज्ञानु" }, { "Rishi", "ऋषि" }, { "Krishna", "Krushna" }, /* ri, ru */
		{ "Sambhu", "Sanbhu" },                      /* the dot before a lip sound */
		{ "संजय", "सञ्जय" }, { "Datta", "Data" },      /* written twice */
		{ "Sarswati", "सरस्वती" },                    /* a vowel inside falls silent */
		{ "Kamla", "कमला" }, { "Ram", "राम" },       /* and at the end */
		{ "Chandra", "चन्द्र" },                       /* but not behind a group that opens */
		{ "Parvati", "Parwati" }, { "Shah", "Sah" }, /* a silent h */
		{ "Priya", "Pria" }, { "Chowdhury", "Choudhuri" },
		{ "Bishwo", "विश्व" }, /* a heard as o */
		{ "Maiya", "मैया" }, { "Rai", "राई" }, { "Singh", "सिंह" }, { "Fulmaya", "फूलमाया" },
		{ "Ramprasad", "Ram Prasad" },            /* apart, together */
		{ "Thapa Sita", "Sita Thapa" },           /* order */
		{ "Shrimati Gita Devi Rai", "Gita Rai" }, /* titles, fillers */
		{ "Bhim Bdr. Thapa", "भीम बहादुर थापा" },  /* what is cut short */
		{ "Sunita B.K.", "सुनिता विश्वकर्मा" }, { "Sunita BK", "सुनिता वि.क." },
		{ "Maya K.C.", "माया केसी" }, { "C. Thapa", "चमेली थापा" },
		{ "S. Chaudhary", "Sarita Chaudhari" }, /* an initial */
	};

	(void)unused;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (alike(pairs[i][0], pairs[i][1]) < 800)
			fail_msg("%s and %s: %u", pairs[i][0], pairs[i][1],
				alike(pairs[i][0], pairs[i][1]));
}

/* Goal: other names stay others.  Method: sisters, cousins, names of the same sounds turned. */
static void other_names_stay_others(void **unused)
{
	static const char *const pairs[][2] = {
		{ "Sita", "Gita" },
		{ "Sunita", "Sarita" },
		{ "Ramesh", "Mahesh" },
		{ "Sita Tamang", "Radhika Tamang" },
		{ "Anita Rai", "Sunita Rai" },
		{ "Maya", "Kanchhi" },
		{ "राधा", "Sudha" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (alike(pairs[i][0], pairs[i][1]) > 700)
			fail_msg("%s and %s: %u", pairs[i][0], pairs[i][1],
				alike(pairs[i][0], pairs[i][1]));
}

/* Goal: a form is canonical.  Method: composed, taken apart, shouted: the same bytes. */
static void a_form_is_canonical(void **unused)
{
	struct name_form a = form_of("S\u012bt\u0101 Thapa"),
			 b = form_of(" SI\u0304TA\u0304, thapa ");

	(void)unused;
	assert_memory_equal(&a, &b, sizeof a);
	a = form_of("\u095c");
	b = form_of("\u0921\u093c");
	assert_memory_equal(&a, &b, sizeof a);
}

/* Goal: limits hold.  Method: nothing; titles alone; more words and sounds than fit. */
static void limits_hold(void **unused)
{
	char text[400];
	struct name_form form = form_of("... 12");

	(void)unused;
	assert_int_equal(form.size, 0);
	assert_int_equal(form.word_count, 0);
	assert_int_equal(name_form_compare(&form, &form), 0);
	assert_int_equal(name_form_cost(&form, &form, 77), 77);
	assert_int_equal(form_of("Miss").word_count, 1);
	form = form_of("Devi");
	assert_int_equal(form.fillers, 0); /* nothing else is there */
	memset(text, 'k', sizeof text);
	name_form_read(lg_bytes(text, sizeof text), &form);
	assert_true(form.size <= NAME_FORM_SOUNDS_MAX);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = i % 4 == 3 ? ' ' : "ram"[i % 4];
	name_form_read(lg_bytes(text, sizeof text), &form);
	assert_int_equal(form.word_count, NAME_FORM_WORDS_MAX);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = "kata"[i % 4];
	name_form_read(lg_bytes(text, 26), &form); /* 26 letters, at most two sounds each */
	assert_true(form.size <= NAME_FORM_SOUNDS_MAX);
}

/* A random name of syllables; seeds are fixed, so that a failure comes again. */
static size_t invent(struct lg_random *random, char *text)
{
	static const char *const parts[] = { "sa", "shi", "ra", "ri", "ksha", "bha", "va", "tta",
		"ni", "ndra", "gya", "koo", "lee", "mai", "dev", "chha", "jha", "ya", "ई", "सा",
		"क्ष", "र", "मि", "ज्ञ", "न्द्र", "ौ", "ं", " ", "-" };
	size_t size = 0, count = 1 + lg_random_below(random, 7);

	for (size_t i = 0; i < count; i++) {
		const char *part = parts[lg_random_below(random, sizeof parts / sizeof parts[0])];

		memcpy(text + size, part, strlen(part));
		size += strlen(part);
	}
	text[size] = '\0';
	return size;
}

/*
 * Goal: comparing is the same both ways, bounded, nothing for oneself, and a limit changes nothing
 * below it.  Method: 20,000 pairs of invented names.
 */
static void comparing_holds_its_promises(void **unused)
{
	struct lg_random random;
	char text[128];

	(void)unused;
	lg_random_seed(&random, 753);
	for (int i = 0; i < 20000; i++) {
		struct name_form a, b;

		name_form_read(lg_bytes(text, invent(&random, text)), &a);
		name_form_read(lg_bytes(text, invent(&random, text)), &b);
		uint32_t score = name_form_compare(&a, &b),
			 whole = name_form_cost(&a, &b, COST_MAX);
		uint32_t limit = (uint32_t)lg_random_below(&random, 600);

		assert_true(score <= NAME_FORM_EQUAL);
		assert_int_equal(score, name_form_compare(&b, &a));
		assert_int_equal(whole, name_form_cost(&b, &a, COST_MAX));
		assert_int_equal(name_form_cost(&a, &b, limit), whole < limit ? whole : limit);
		if (a.size > 0)
			assert_int_equal(name_form_compare(&a, &a), NAME_FORM_EQUAL);
	}
}

/*
 * Goal: evidence is monotonic: what is spelt further away costs no less.  Method: slips added one by
 * one to one name; a word said is never worse than the same word left out.
 */
static void further_away_costs_more(void **unused)
{
	static const char *const slips[] = { "Sangita Chaudhary", "Sangeeta Chaudhary",
		"Sangeeta Chaudhri", "Shangeeta Chaudhri", "Shangeeta Chadri", "Shanjeeta Chadri",
		"Shanjeeta Kadri", "Manjila Kadri" };

	(void)unused;
	for (size_t i = 1; i < sizeof slips / sizeof slips[0]; i++)
		if (cost(slips[0], slips[i]) < cost(slips[0], slips[i - 1]))
			fail_msg("%s costs less than %s", slips[i], slips[i - 1]);
	assert_true(cost("Sita Thapa", "Sita Thapa") < cost("Sita Thapa", "Sita"));
	assert_true(cost("Sita Thapa", "Sita") < cost("Sita Thapa", "Sita Gurung"));
	assert_true(cost("Sita Devi Thapa", "Sita Thapa") < cost("Sita Maya Thapa", "Sita Thapa"));
}

/* Goal: an index loses no name that is alike.  Method: alike names share a third of their grams. */
static void alike_names_share_grams(void **unused)
{
	static const char *const pairs[][2] = { { "Laxmi", "लक्ष्मी" }, { "Sarswati", "सरस्वती" },
		{ "Chowdhury", "चौधरी" }, { "Bishnu", "विष्णु" }, { "Ram Prasad", "Ramprasad" },
		{ "Om", "ओम" }, { "Ai", "आई" }, { "Gyanendra", "ज्ञानेन्द्र" } };

	(void)unused;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct name_form a = form_of(pairs[i][0]), b = form_of(pairs[i][1]);
		uint16_t left[NAME_GRAMS_MAX], right[NAME_GRAMS_MAX];
		uint32_t left_count = name_form_grams(&a, left);
		uint32_t right_count = name_form_grams(&b, right), shared = 0;

		for (uint32_t k = 0; k < left_count; k++) {
			assert_true(left[k] < NAME_GRAM_COUNT);
			for (uint32_t j = 0; j < right_count; j++)
				shared += left[k] == right[j];
		}
		if (3 * shared < left_count || 3 * shared < right_count || shared == 0)
			fail_msg("%s and %s share %u", pairs[i][0], pairs[i][1], shared);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(habits_of_spelling_are_one_name),
		cmocka_unit_test(other_names_stay_others),
		cmocka_unit_test(a_form_is_canonical),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(comparing_holds_its_promises),
		cmocka_unit_test(further_away_costs_more),
		cmocka_unit_test(alike_names_share_grams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
