/* `lifeguard screening`: the impression, then the answers, then what somebody says she is. */
#include "services/gateway/cli/journey/wish.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/csv.h"

#define ANSWER_FILE_MAX 65536

enum { COMPLETE_AT };
enum {
	IDENTIFY_STATUS,
	IDENTIFY_BY,
	IDENTIFY_SUSPECT,
	IDENTIFY_AT,
	IDENTIFY_SEX,
	IDENTIFY_AGE,
	IDENTIFY_BASIS,
	IDENTIFY_DISTRICT,
	IDENTIFY_COUNTRY,
	IDENTIFY_RELATION,
	IDENTIFY_IDENTITY
};

static bool set_certainty(struct wish *wish, const struct command_line *line)
{
	const char *digit = line->operands[1];

	if (strlen(digit) != 1 || digit[0] < '1' || digit[0] > '5') {
		command_complain("an impression is 1 to 5: how sure of trafficking");
		return false;
	}
	wish_set_number(wish, "certainty", digit[0] - '0');
	return true;
}

/* Lines "indicator,yes|no|not_asked"; NULL when one is not, which was said. */
static json_t *read_answers(struct lg_arena *arena, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	uint8_t *text = lg_alloc(arena, ANSWER_FILE_MAX + 1);
	json_t *answers = json_array();
	struct lg_csv_reader reader = { .line = 0 };

	if (file == NULL) {
		command_complain("%s cannot be read: %s", path, strerror(errno));
		json_decref(answers);
		return NULL;
	}
	lg_csv_open(&reader, lg_bytes(text, fread(text, 1, ANSWER_FILE_MAX, file)));
	if (file != stdin)
		fclose(file);
	while (lg_csv_more(&reader)) {
		struct lg_csv_row row = { .count = 0 };
		json_t *answer = json_object();

		if (!lg_is_done(lg_csv_next(&reader, arena, &row)) || row.count != 2) {
			command_complain("line %u: expected \"indicator,answer\"", reader.row_line);
			json_decref(answer);
			json_decref(answers);
			return NULL;
		}
		json_object_set_new(answer, "indicator", json_string(row.cells[0]));
		json_object_set_new(answer, "answer", json_string(row.cells[1]));
		json_array_append_new(answers, answer);
	}
	return answers;
}

static enum command_exit send_answers(struct wish *wish, const char *case_id)
{
	json_t *answer = NULL;
	enum command_exit result = wish_send(wish, "PUT",
		lg_format(wish_arena(wish), "/api/v1/cases/%s/screening", case_id), &answer);

	if (result == COMMAND_DONE)
		printf("%s points; impression %s; %s yes, %s no, %s not asked\n",
			client_cell(wish_arena(wish), answer, "points"),
			client_cell(wish_arena(wish), answer, "certainty"),
			client_cell(wish_arena(wish), answer, "yes"),
			client_cell(wish_arena(wish), answer, "no"),
			client_cell(wish_arena(wish), answer, "not_asked"));
	json_decref(answer);
	return result;
}

static enum command_exit complete(const struct command_line *line)
{
	static const struct wish_field fields[] = {
		{ COMPLETE_AT, "screened_ms", WISH_TIME_NOW },
		{ 0, NULL, WISH_TEXT },
	};
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);
	json_t *answers = NULL;
	char id[LG_ID_TEXT];

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	if (wish_set_id(wish, "case_id", line->operands[0], id) &&
		wish_set_options(wish, line, fields))
		answers = read_answers(wish_arena(wish), line->operands[1]);
	if (answers != NULL) {
		wish_set_json(wish, "answers", answers);
		result = send_answers(wish, id);
	}
	wish_free(wish);
	return result;
}

static bool set_person_kind(struct wish *wish, const struct command_line *line)
{
	wish_set_text(wish, "kind",
		line->values[IDENTIFY_SUSPECT] != NULL ? "suspect" : "potential_victim");
	return true;
}

const struct command command_screening_impression = {
	.words = "screening impression",
	.operands = "CASE N",
	.least = 2,
	.most = 2,
	.summary = "record your own impression, 1 to 5, before any points",
	.help = "How sure of trafficking, from 1 (not at all) to 5.  It comes first and stays: points\n"
		"are shown only behind it.\n\n"
		"  lifeguard screening impression $CASE 4",
	.form =
		&(const struct wish_form){
			"PUT",
			"/api/v1/cases/{case_id}/impression",
			NULL,
			{
				{ WISH_OPERAND(0), "case_id", WISH_ID },
				{ 0, NULL, WISH_TEXT },
			},
			set_certainty,
		},
	.run = wish_run,
};

const struct command command_screening_complete = {
	.words = "screening complete",
	.operands = "CASE FILE",
	.least = 2,
	.most = 2,
	.summary = "answer the indicators; shows the points",
	.help = "FILE holds lines \"indicator,answer\"; an answer is yes, no or not_asked, and what is\n"
		"left out was not asked.  \"-\" is standard input.\n\n"
		"  lifeguard screening complete $CASE answers.csv",
	.options = {
		[COMPLETE_AT] = { "at", "TIME", "when; now" },
	},
	.run = complete,
};

const struct command command_screening_identify = {
	.words = "screening identify",
	.operands = "CASE [PERSON]",
	.least = 1,
	.most = 2,
	.summary = "say what a person is, and who says so; prints the person's id",
	.help = "Without PERSON she is new, and --sex and what else is known are told here.\n"
		"actual_victim is not for the centre to say.\n\n"
		"  lifeguard screening identify $CASE $PERSON --status possible_victim --by centre\n"
		"  lifeguard screening identify $CASE --suspect --by police --sex male",
	.options = {
		[IDENTIFY_STATUS] = { "status", "STATUS", "possible_victim, actual_victim or not_a_victim" },
		[IDENTIFY_BY] = { "by", "WHO", "centre, police, border_force, child_welfare, court or ngo" },
		[IDENTIFY_SUSPECT] = { "suspect", NULL, "a suspect, who has no status" },
		[IDENTIFY_AT] = { "at", "TIME", "when; now" },
		[IDENTIFY_SEX] = { "sex", "SEX", "female, male, other_sex or not_recorded" },
		[IDENTIFY_AGE] = { "age", "YEARS", "0 to 120; leave out when nobody can tell" },
		[IDENTIFY_BASIS] = { "age-basis", "BASIS", "paper, stated or guessed" },
		[IDENTIFY_DISTRICT] = { "district", "CODE", "of proto/codes/district.csv" },
		[IDENTIFY_COUNTRY] = { "country", "CODE", "NP or IN" },
		[IDENTIFY_RELATION] = { "relation", "WORD", "to the first person" },
		[IDENTIFY_IDENTITY] = { "identity-file", "FILE", "the name; \"-\": standard input" },
	},
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/cases/{case_id}/identifications",
		.prints = "person_id",
		.fields = {
			{ WISH_OPERAND(0), "case_id", WISH_ID },
			{ WISH_OPERAND(1), "person_id", WISH_ID },
			{ IDENTIFY_STATUS, "status", WISH_TEXT },
			{ IDENTIFY_BY, "decided_by", WISH_TEXT },
			{ IDENTIFY_AT, "decided_ms", WISH_TIME_NOW },
			{ IDENTIFY_SEX, "traveller.sex", WISH_TEXT },
			{ IDENTIFY_AGE, "traveller.age_years", WISH_NUMBER },
			{ IDENTIFY_BASIS, "traveller.age_basis", WISH_TEXT },
			{ IDENTIFY_DISTRICT, "traveller.district", WISH_TEXT },
			{ IDENTIFY_COUNTRY, "traveller.country", WISH_TEXT },
			{ IDENTIFY_RELATION, "traveller.relation", WISH_TEXT },
			{ IDENTIFY_IDENTITY, "traveller.identity", WISH_NAMES },
		},
		.prepare = set_person_kind,
	},
	.run = wish_run,
};
