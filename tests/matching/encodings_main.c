/*
 * What a question from across the border costs: invented people are encoded under one secret, then
 * asked for one by one, each under another spelling of her name.  `name: value` lines; processor time
 * of one core.
 *
 *   encodings_main [PERSONS]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/random.h"
#include "services/matching/memory/encodings.h"
#include "tests/matching/processor_time.h"

#define QUESTIONS 200u

static const uint8_t key[CLK_KEY_SIZE] = "a secret of two sites, of a test";

/* A name of invented syllables, the same for the same number; is_other: its vowels are written long. */
static void name_of(uint32_t number, bool is_other, char *ret_name, size_t size)
{
	static const char *const heads[] = { "s", "k", "r", "m", "ch", "p", "b", "n", "l", "dh",
		"t", "g", "sh", "j", "h", "y" };
	static const char *const tails[] = { "a", "i", "u", "e", "o" };
	static const char *const others[] = { "aa", "ee", "oo", "e", "o" };
	struct lg_random random;
	size_t at = 0;

	lg_random_seed(&random, number);
	for (int syllable = 0; syllable < 6 && at + 8 < size; syllable++) {
		const char *head = heads[lg_random_below(&random, 16)];
		uint64_t tail = lg_random_below(&random, 5);

		at += (size_t)snprintf(ret_name + at, size - at, "%s%s%s", syllable == 3 ? " " : "",
			head, (is_other ? others : tails)[tail]);
	}
}

static uint32_t encode(uint32_t number, bool is_other, struct clk *ret_clks)
{
	static const struct district_table none = { .count = 0 };
	static const char *const districts[] = { "bardiya", "palpa", "kaski", "banke", "parsa",
		"jhapa", "morang", "dang" };
	const struct person_facts facts = { .age_years = -1, .district = districts[number % 8] };
	struct person person;
	char name[64];

	person_begin(&person, &facts, &none);
	name_of(number, is_other, name, sizeof name);
	person_add_name(&person, name);
	return clk_person(key, &person, ret_clks);
}

static struct lg_id person_id(uint32_t number)
{
	return lg_id_make(1, 1700000000000 + number, number * 0x9e3779b97f4a7c15u);
}

static void fill(struct encodings *encodings, uint32_t persons)
{
	struct clk clks[CLK_ALIASES];

	encodings_begin(encodings, 2, 700);
	for (uint32_t i = 0; i < persons; i++)
		encodings_take(encodings, person_id(i), i + 1, clks, encode(i, false, clks));
}

static void ask(const struct encodings *encodings, uint32_t persons)
{
	static double times[QUESTIONS];
	uint32_t found_count = 0, first_count = 0;

	for (uint32_t q = 0; q < QUESTIONS; q++) {
		uint32_t number = q * (persons / QUESTIONS), found_now;
		struct clk questions[CLK_ALIASES];
		struct lg_id found[ENCODINGS_FOUND_MAX];
		double begun;

		(void)encode(number, true, questions);
		for (uint32_t i = 1; i < CLK_ALIASES; i++) /* padded, as a question always is */
			(void)encode(persons + 3 * q + i, true, &questions[i]);
		begun = processor_s();
		found_now = encodings_search(encodings, questions, CLK_ALIASES, found);
		times[q] = processor_s() - begun;
		for (uint32_t i = 0; i < found_now; i++)
			if (lg_id_equal(found[i], person_id(number))) {
				found_count++;
				first_count += i == 0;
			}
	}
	qsort(times, QUESTIONS, sizeof times[0], by_value);
	printf("encodings_question_ms_p50: %.1f\n", 1e3 * times[QUESTIONS / 2]);
	printf("encodings_question_ms_p99: %.1f\n", 1e3 * times[QUESTIONS * 99 / 100]);
	printf("encodings_found: %.3f\n", (double)found_count / QUESTIONS);
	printf("encodings_found_first: %.3f\n", (double)first_count / QUESTIONS);
}

int main(int argc, char **argv)
{
	uint32_t persons = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;
	struct encodings *encodings = encodings_new();
	double begun = processor_s(), filled;

	if (persons < QUESTIONS) {
		fprintf(stderr, "encodings_main: at least %u persons\n", QUESTIONS);
		return 2;
	}
	fill(encodings, persons);
	filled = processor_s();
	printf("encodings_persons: %" PRIu32 "\n", persons);
	printf("encodings_unit: %s\n", clk_unit_names[clk_best_unit()]);
	printf("encodings_fill_s: %.1f\n", filled - begun);
	printf("encodings_bytes_per_person: %" PRIu64 "\n", encodings_bytes(encodings) / persons);
	ask(encodings, persons);
	encodings_free(encodings);
	return 0;
}
