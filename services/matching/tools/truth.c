#include "services/matching/tools/truth.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/csv.h"
#include "services/matching/tools/tool.h"

#define NO_ROW     UINT32_MAX
#define BANDS      12
#define BAND_BITS  4.0f
#define BAND_LEAST (-16.0f) /* the lowest band ends above, the highest holds the rest */

/* Rows by their names: open addressing over all rows of a table. */
struct rows {
	const struct table *table;
	uint32_t *slots; /* row + 1; 0: free */
	uint32_t mask;
};

static uint64_t hash_of(const char *name)
{
	return value_hash(name, strlen(name), 11);
}

static struct rows rows_of(const struct table *table, struct lg_arena *arena)
{
	struct rows rows = { .table = table, .mask = 1 };
	char number[16];

	while (rows.mask < table->roster.count * 2u)
		rows.mask = rows.mask << 1 | 1;
	rows.slots = lg_alloc_array(arena, (size_t)rows.mask + 1, sizeof *rows.slots);
	for (uint32_t row = 0; row < table->roster.count; row++) {
		uint32_t at = (uint32_t)hash_of(table_row_name(table, row, number)) & rows.mask;

		while (rows.slots[at] != 0)
			at = (at + 1) & rows.mask;
		rows.slots[at] = row + 1;
	}
	return rows;
}

static uint32_t row_of(const struct rows *rows, const char *name)
{
	uint32_t at = (uint32_t)hash_of(name) & rows->mask;
	char number[16];

	for (; rows->slots[at] != 0; at = (at + 1) & rows->mask)
		if (strcmp(table_row_name(rows->table, rows->slots[at] - 1, number), name) == 0)
			return rows->slots[at] - 1;
	return NO_ROW;
}

static bool read_file(const char *path, struct lg_arena *arena, struct lg_bytes *ret_text)
{
	FILE *in = fopen(path, "re");
	long size = -1;
	uint8_t *text;

	if (in != NULL && fseek(in, 0, SEEK_END) == 0)
		size = ftell(in);
	if (size < 0 || fseek(in, 0, SEEK_SET) != 0) {
		tool_complain("%s: %s", path, strerror(errno));
		if (in != NULL)
			fclose(in);
		return false;
	}
	text = lg_alloc(arena, (size_t)size + 1);
	*ret_text = lg_bytes(text, fread(text, 1, (size_t)size, in));
	fclose(in);
	if (ret_text->size != (size_t)size)
		tool_complain("%s: not all could be read", path);
	return ret_text->size == (size_t)size;
}

/* One row of the file: false when it is not a pair of known rows. */
static bool take_pair(struct truth *truth, const struct lg_csv_row *row, const struct rows *left,
	const struct rows *right)
{
	uint32_t a, b;

	if (row->count < 2)
		return false;
	a = row_of(left, row->cells[0]);
	b = row_of(right, row->cells[1]);
	if (a == NO_ROW || b == NO_ROW || (left->table == right->table && a == b))
		return false;
	if (left->table != right->table)
		b += left->table->roster.count;
	truth->pairs[truth->count++] = (struct record_pair){ a < b ? a : b, a < b ? b : a };
	return true;
}

bool truth_read(struct truth *truth, const char *path, const struct table *left,
	const struct table *right, struct lg_arena *arena)
{
	struct rows of_left = rows_of(left, arena);
	struct rows of_right = left == right ? of_left : rows_of(right, arena);
	struct lg_arena *scratch = lg_arena_new();
	struct lg_csv_reader reader = { .line = 0 };
	struct lg_bytes text;
	size_t lines = 1;
	bool is_good = read_file(path, arena, &text), is_header = true;

	for (size_t i = 0; is_good && i < text.size; i++)
		lines += text.data[i] == '\n';
	*truth = (struct truth){
		.pairs = lg_alloc_array(arena, lines, sizeof *truth->pairs),
		.reached = lg_alloc_array(arena, lines, sizeof *truth->reached),
	};
	if (is_good)
		lg_csv_open(&reader, text);
	for (; is_good && lg_csv_more(&reader); is_header = false) {
		struct lg_csv_row row = { .count = 0 };
		struct lg_status status = lg_csv_next(&reader, scratch, &row);

		is_good = lg_is_done(status) &&
			  (is_header || take_pair(truth, &row, &of_left, &of_right));
		if (!is_good)
			tool_complain("%s, line %u: %s", path, reader.row_line,
				lg_is_done(status) ? "not two rows that the files have"
						   : status.reason);
		lg_arena_reset(scratch);
	}
	lg_arena_free(scratch);
	if (is_good && truth->count == 0)
		tool_complain("%s: no pair is in it", path);
	return is_good && truth->count > 0;
}

/* How pairs agree in the fields: of likely ones, and of those that lack evidence. */
struct agreement {
	double pairs, missing[FIELDS_MAX], different[FIELDS_MAX];
};

static void see(struct agreement *agreement, uint64_t pattern, uint32_t fields)
{
	agreement->pairs++;
	for (uint32_t f = 0; f < fields; f++) {
		enum grade grade = pattern_grade(pattern, f);

		agreement->missing[f] += grade == GRADE_MISSING;
		agreement->different[f] += grade == GRADE_DIFFERENT || grade == GRADE_REMOTE;
	}
}

static void tell_fields(
	const struct field_list *list, const struct agreement *strong, const struct agreement *weak)
{
	if (strong->pairs == 0 || weak->pairs == 0)
		return;
	for (uint32_t f = 0; f < list->count; f++) {
		const char *name = list->fields[f].name;

		printf("%s_missing_in_likely_and_in_weak: %.3f %.3f\n", name,
			strong->missing[f] / strong->pairs, weak->missing[f] / weak->pairs);
		printf("%s_different_in_likely_and_in_weak: %.3f %.3f\n", name,
			strong->different[f] / strong->pairs, weak->different[f] / weak->pairs);
	}
}

/* Of true pairs with so much evidence: how many there are, and how far they came. */
struct band {
	double pairs, brought, compared;
};

static struct band *band_of(struct band bands[BANDS], float bits)
{
	float at = (bits - BAND_LEAST) / BAND_BITS;

	return &bands[at < 0 ? 0 : at >= BANDS ? BANDS - 1 : (uint32_t)at];
}

static void tell_bands(const struct band bands[BANDS])
{
	for (uint32_t i = 0; i < BANDS; i++) {
		const struct band *band = &bands[i];

		if (band->pairs > 0)
			printf("%s%.0f_bits: %.0f pairs, %.4f brought together, %.4f compared\n",
				i == 0 ? "below_" : "from_",
				(double)(BAND_LEAST + BAND_BITS * (float)(i == 0 ? 1 : i)),
				band->pairs, band->brought / band->pairs,
				band->compared / band->pairs);
	}
}

void truth_tell(const struct truth *truth, const struct linker *linker)
{
	const struct roster *roster = linker->roster;
	struct linker_judge judge = { .linker = linker };
	struct agreement strong = { .pairs = 0 }, weak = { .pairs = 0 };
	struct band bands[BANDS] = { { .pairs = 0 } }, all = { .pairs = truth->count };
	double likely = 0, found = 0, expected = 0;

	pairing_init(&judge.pairing, roster, linker->arena);
	for (uint32_t i = 0; i < truth->count; i++) {
		const struct record_pair *pair = &truth->pairs[i];
		const uint32_t *a = roster_ids(roster, pair->a), *b = roster_ids(roster, pair->b);
		uint64_t pattern = pairing_pattern(&judge.pairing, a, b);
		float bits = model_bits(&linker->model, roster, pattern, a, b);
		bool is_brought = truth->reached[i] != LINKER_APART;
		bool is_compared = truth->reached[i] == LINKER_COMPARED;
		struct band *band = band_of(bands, bits);

		band->pairs++;
		band->brought += is_brought;
		band->compared += is_compared;
		all.brought += is_brought;
		all.compared += is_compared;
		likely += bits >= 0;
		found += bits >= 0 && is_compared;
		expected += model_probability((double)bits);
		see(bits >= 0 ? &strong : &weak, pattern, roster->list.count);
	}
	printf("true_pairs: %u\n", truth->count);
	printf("blocking_recall: %.4f\n", all.brought / all.pairs);
	printf("compared_recall: %.4f\n", all.compared / all.pairs);
	printf("likely_if_all_were_compared: %.4f\n", likely / all.pairs);
	printf("likely: %.4f\n", found / all.pairs);
	printf("mean_probability_of_true_pairs: %.4f\n", expected / all.pairs);
	tell_bands(bands);
	tell_fields(&roster->list, &strong, &weak);
}
