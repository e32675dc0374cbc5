/* Indicators change without a build: this file turns data/indicators.csv into the set. */
#include "services/intake/files/indicator_file.h"

#include "common/base/table.h"
#include "common/base/text.h"

enum column { VERSION, CODE, GROUP, POINTS, HISTORY_ONLY, LABEL_EN };

static struct lg_status number_of(const char *cell, int64_t maximum, uint32_t *ret_number)
{
	int64_t number = 0;
	struct lg_status status = lg_int_parse(cell, &number);

	if (!lg_is_done(status) || number < 0 || number > maximum)
		return lg_refuse("version, points or history_only is no number in its range");
	*ret_number = (uint32_t)number;
	return lg_done();
}

static struct lg_status keep_row(void *user, const struct lg_csv_row *row)
{
	uint32_t version = 0;
	uint32_t is_history_only = 0;
	struct indicator indicator = {
		.code = row->cells[CODE],
		.group = row->cells[GROUP],
		.label = row->cells[LABEL_EN],
	};
	struct lg_status status = number_of(row->cells[VERSION], INT32_MAX, &version);

	if (lg_is_done(status))
		status = number_of(row->cells[POINTS], INDICATOR_POINTS_MAX, &indicator.points);
	if (lg_is_done(status))
		status = number_of(row->cells[HISTORY_ONLY], 1, &is_history_only);
	if (!lg_is_done(status))
		return status;
	indicator.is_history_only = is_history_only == 1;
	return indicator_set_add(user, version, &indicator);
}

static const struct lg_table_layout layout = { "indicators.csv",
	"version,code,group,points,history_only,label_en", keep_row };

struct lg_status indicator_file_parse(struct lg_arena *arena, struct lg_bytes text,
	struct indicator_set *ret_set, const char **ret_problem)
{
	struct indicator_set set = { .version = 0 };
	struct lg_status status = lg_table_parse(arena, &layout, text, &set, ret_problem);

	if (!lg_is_done(status))
		return status;
	if (set.count == 0) {
		*ret_problem = "indicators.csv: no indicators in it";
		return lg_refuse("the indicator set is empty");
	}
	*ret_set = set;
	return lg_done();
}

struct lg_status indicator_file_read(struct lg_arena *arena, const char *folder,
	struct indicator_set *ret_set, const char **ret_problem)
{
	struct lg_bytes text;
	struct lg_status status = lg_table_text(
		arena, lg_format(arena, "%s/indicators.csv", folder), &text, ret_problem);

	return lg_is_done(status) ? indicator_file_parse(arena, text, ret_set, ret_problem)
				  : status;
}
