/* Indicators change without a build: this file turns data/indicators.csv into the set. */
#include "services/intake/files/indicator_file.h"

#include <stdio.h>
#include <string.h>

#include "common/base/csv.h"
#include "common/base/text.h"

enum column { VERSION, CODE, GROUP, POINTS, HISTORY_ONLY, LABEL_EN, COLUMN_COUNT };

static const char *const header[COLUMN_COUNT] = {
	[VERSION] = "version",
	[CODE] = "code",
	[GROUP] = "group",
	[POINTS] = "points",
	[HISTORY_ONLY] = "history_only",
	[LABEL_EN] = "label_en",
};

static bool is_header(const struct lg_csv_row *row)
{
	if (row->count != COLUMN_COUNT)
		return false;
	for (uint32_t i = 0; i < COLUMN_COUNT; i++) {
		if (strcmp(row->cells[i], header[i]) != 0)
			return false;
	}
	return true;
}

static struct lg_status number_of(const char *cell, int64_t maximum, uint32_t *ret_number)
{
	int64_t number = 0;
	struct lg_status status = lg_int_parse(cell, &number);

	if (!lg_is_done(status) || number < 0 || number > maximum)
		return lg_refuse("version, points or history_only is no number in its range");
	*ret_number = (uint32_t)number;
	return lg_done();
}

static struct lg_status add_row(struct indicator_set *set, const struct lg_csv_row *row)
{
	uint32_t version = 0;
	uint32_t is_history_only = 0;

	if (row->count != COLUMN_COUNT)
		return lg_refuse("six columns are expected");

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
	return indicator_set_add(set, version, &indicator);
}

struct lg_status indicator_file_parse(struct lg_arena *arena, struct lg_bytes text,
	struct indicator_set *ret_set, const char **ret_problem)
{
	struct indicator_set set = { .version = 0 };
	struct lg_csv_reader reader = { .line = 0 };
	bool has_header = false;

	lg_csv_open(&reader, text);
	while (lg_csv_more(&reader)) {
		struct lg_csv_row row = { .count = 0 };
		struct lg_status status = lg_csv_next(&reader, arena, &row);

		if (lg_is_done(status) && has_header)
			status = add_row(&set, &row);
		else if (lg_is_done(status) && !is_header(&row))
			status = lg_refuse("the first line must be "
					   "version,code,group,points,history_only,label_en");
		has_header = true;
		if (!lg_is_done(status)) {
			*ret_problem = lg_format(arena, "indicators.csv, line %u: %s",
				reader.row_line, status.reason);
			return lg_refuse("the indicator set is not as it must be");
		}
	}
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
	const char *path = lg_format(arena, "%s/indicators.csv", folder);
	uint8_t *text = lg_alloc(arena, INDICATOR_FILE_MAX + 1);
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		*ret_problem = lg_format(arena, "%s: cannot be opened; is --data right?", path);
		return lg_refuse("the indicator set cannot be opened");
	}

	size_t size = fread(text, 1, INDICATOR_FILE_MAX + 1, file);
	bool is_bad = ferror(file) != 0 || size > INDICATOR_FILE_MAX;

	fclose(file);
	if (is_bad) {
		*ret_problem = lg_format(arena, "%s: cannot be read, or is above 256 KiB", path);
		return lg_refuse("the indicator set cannot be read");
	}
	return indicator_file_parse(arena, lg_bytes(text, size), ret_set, ret_problem);
}
