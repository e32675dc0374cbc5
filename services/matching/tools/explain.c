/* `lg-match explain`: why two rows are, or are not, one person. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "services/matching/tools/task.h"
#include "services/matching/tools/tool.h"

#define BAR_BITS 1.0f /* one sign of a bar */
#define BAR_MAX  20

static void print_step(const char *name, float bits, float sum, const char *why)
{
	char bar[BAR_MAX + 1] = { 0 };
	int signs = (int)lroundf(fabsf(bits) / BAR_BITS);

	memset(bar, bits < 0 ? '-' : '+', (size_t)(signs < BAR_MAX ? signs : BAR_MAX));
	printf("%-20s %+8.2f %+8.2f  %-20s %s\n", name, (double)bits, (double)sum, bar, why);
}

static void print_waterfall(const struct task *task, uint32_t a, uint32_t b)
{
	const struct linker *linker = &task->linker;
	const struct model *model = &linker->model;
	const uint32_t *of_a = roster_ids(&task->roster, a), *of_b = roster_ids(&task->roster, b);
	struct pairing pairing;
	struct model_reason reasons[FIELDS_MAX];
	float sum = model->prior_bits;
	uint64_t pattern;

	pairing_init(&pairing, &task->roster, task->arena);
	pattern = pairing_pattern(&pairing, of_a, of_b);
	model_explain(model, &task->roster, pattern, of_a, of_b, reasons);
	printf("%-20s %8s %8s\n", "", "bits", "sum");
	print_step("any two rows", sum, sum, "how many are one person");
	for (uint32_t f = 0; f < model->list.count; f++) {
		const struct field *field = &model->list.fields[f];
		const struct model_reason *reason = &reasons[f];
		const char *says = field_grade_says(field->kind, reason->grade);

		sum += reason->grade_bits;
		print_step(field->name, reason->grade_bits, sum, says);
		if (reason->rarity_bits == 0)
			continue;
		sum += reason->rarity_bits;
		print_step("", reason->rarity_bits, sum,
			reason->rarity_bits > 0 ? "a rare value" : "a common value");
	}
	printf("probability %.6f\n", model_probability((double)sum));
}

static enum tool_exit explain(const struct tool_line *line)
{
	struct task task;
	struct tool_line reading = *line;
	enum tool_exit exit;

	reading.operand_count = 1;
	exit = task_read(&task, &reading);
	if (exit == TOOL_DONE) {
		uint32_t a = table_row(&task.left, line->operands[1]);
		uint32_t b = table_row(&task.left, line->operands[2]);

		if (a == task.roster.count || b == task.roster.count) {
			tool_complain("%s: no row %s", line->operands[0],
				a == task.roster.count ? line->operands[1] : line->operands[2]);
			exit = TOOL_FAILED;
		} else {
			exit = task_learn(&task, line);
			if (exit == TOOL_DONE)
				print_waterfall(&task, a, b);
		}
	}
	task_release(&task);
	return exit;
}

const struct tool tool_explain = {
	.word = "explain",
	.operands = "FILE ROW ROW",
	.least = 3,
	.most = 3,
	.summary = "why two rows are, or are not, one person",
	.help = "ROW is what the schema's id column holds, or the row's number from 1.  Prints what\n"
		"each column adds, in bits: one bit doubles the odds.\n\n"
		"  lifeguard match explain people.csv rec-1-org rec-1-dup-0 --schema febrl",
	.options = TASK_OPTIONS,
	.run = explain,
};
