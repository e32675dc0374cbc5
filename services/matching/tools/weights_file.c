#include "services/matching/tools/weights_file.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/matching/tools/tool.h"

static const char *const grade_words[GRADE_COUNT] = {
	[GRADE_MISSING] = "missing",
	[GRADE_DIFFERENT] = "different",
	[GRADE_REMOTE] = "remote",
	[GRADE_NEAR] = "near",
	[GRADE_CLOSE] = "close",
	[GRADE_SOUND] = "sound",
	[GRADE_EQUAL] = "equal",
	[GRADE_CROSSED_CLOSE] = "crossed-close",
	[GRADE_CROSSED_EQUAL] = "crossed-equal",
};

bool weights_file_write(const char *path, const struct model *model)
{
	FILE *out = fopen(path, "we");
	bool is_bad;

	if (out == NULL) {
		tool_complain("%s: %s", path, strerror(errno));
		return false;
	}
	fprintf(out,
		"; What each grade of agreement is worth: the share of pairs that show it among\n"
		"; those that are one person (m) and among others (u).  lg-match learned them.\n\n"
		"[weights]\nversion = %d\nprior = %.9g\n",
		MODEL_VERSION, model->prior);
	for (uint32_t f = 0; f < model->list.count; f++) {
		const struct field *field = &model->list.fields[f];

		fprintf(out, "\n[%s]\nkind = %s\n", field->name, field_kind_names[field->kind]);
		if (model->lean_bits[f] > 0)
			fprintf(out, "leans_on = %s %.6g\n",
				model->list.fields[model->leans_on[f]].name,
				(double)model->lean_bits[f]);
		for (uint32_t g = GRADE_DIFFERENT; g < GRADE_COUNT; g++)
			fprintf(out, "%s = %.9g %.9g\n", grade_words[g], model->m[f][g],
				model->u[f][g]);
	}
	is_bad = ferror(out) != 0;
	is_bad |= fclose(out) != 0;
	if (is_bad)
		tool_complain("%s: not all could be written", path);
	return !is_bad;
}

#define LEAN_MOST 30.0f

struct reading {
	struct model *model;
	bool has_version, has_prior;
	uint32_t seen[FIELDS_MAX]; /* a bit per grade */
};

static bool share_of(const char *text, double *ret_share, const char **ret_rest)
{
	char *end = NULL;

	*ret_share = strtod(text, &end);
	*ret_rest = end;
	return end != text && *ret_share > 0 && *ret_share <= 1;
}

static int take_head(struct reading *reading, const char *name, const char *value)
{
	const char *rest;

	if (strcmp(name, "version") == 0) {
		reading->has_version = strtol(value, NULL, 10) == MODEL_VERSION;
		return reading->has_version;
	}
	reading->has_prior = strcmp(name, "prior") == 0 &&
			     share_of(value, &reading->model->prior, &rest) &&
			     reading->model->prior < 1;
	return reading->has_prior;
}

/* "leans_on = district 6.5": what the two say twice, in bits. */
static bool take_leaning(struct model *model, uint32_t f, const char *value)
{
	size_t size = strcspn(value, " ");
	char *end = NULL;
	float bits = strtof(value + size, &end);

	if (end == value + size || *end != '\0' || !(bits >= 0 && bits <= LEAN_MOST))
		return false;
	for (uint32_t k = 0; k < f; k++) {
		if (strlen(model->list.fields[k].name) != size ||
			memcmp(model->list.fields[k].name, value, size) != 0)
			continue;
		model->leans_on[f] = k;
		model->lean_bits[f] = bits;
	}
	return true; /* also where this file does not have the other column */
}

static int take_line(void *context, const char *section, const char *name, const char *value)
{
	struct reading *reading = context;
	const struct field_list *list = &reading->model->list;
	uint32_t f = 0, g = GRADE_DIFFERENT;
	const char *rest, *end;

	if (strcmp(section, "weights") == 0)
		return take_head(reading, name, value);
	while (f < list->count && strcmp(list->fields[f].name, section) != 0)
		f++;
	if (f == list->count)
		return 1; /* of a column that this file does not have */
	if (strcmp(name, "kind") == 0)
		return strcmp(value, field_kind_names[list->fields[f].kind]) == 0;
	if (strcmp(name, "leans_on") == 0)
		return take_leaning(reading->model, f, value);
	while (g < GRADE_COUNT && strcmp(grade_words[g], name) != 0)
		g++;
	if (g == GRADE_COUNT || !share_of(value, &reading->model->m[f][g], &rest) ||
		!share_of(rest, &reading->model->u[f][g], &end) || *end != '\0')
		return 0;
	reading->seen[f] |= 1u << g;
	return 1;
}

bool weights_file_read(const char *path, const struct field_list *list, struct model *ret_model)
{
	struct reading reading = { .model = ret_model };
	const uint32_t all = (1u << GRADE_COUNT) - (1u << GRADE_DIFFERENT);
	int line;

	*ret_model = (struct model){ .list = *list };
	line = ini_parse(path, take_line, &reading);
	if (line != 0) {
		if (line > 0)
			tool_complain(
				"%s, line %d: not weights of version %d, or of another kind of "
				"field, or a share that is not above 0 and at most 1",
				path, line, MODEL_VERSION);
		else
			tool_complain("%s: cannot be read", path);
		return false;
	}
	if (!reading.has_version || !reading.has_prior) {
		tool_complain("%s: no version or no prior in [weights]", path);
		return false;
	}
	for (uint32_t f = 0; f < list->count; f++) {
		if (reading.seen[f] == all)
			continue;
		tool_complain(
			"%s: not all grades of column %s are there", path, list->fields[f].name);
		return false;
	}
	model_settle(ret_model);
	return true;
}
