/* `lifeguard arrival`: somebody is informed, talked to, registered; another name is heard. */
#include "services/gateway/cli/journey/wish.h"

#include <stdio.h>

enum { COUNT_WOMEN, COUNT_GIRLS, COUNT_MEN, COUNT_BOYS, COUNT_AT };
enum { ENGAGE_CASE, ENGAGE_AT, ENGAGE_LANGUAGE };
enum {
	REGISTER_PERSON,
	REGISTER_SEX,
	REGISTER_AGE,
	REGISTER_BASIS,
	REGISTER_DISTRICT,
	REGISTER_COUNTRY,
	REGISTER_RELATION,
	REGISTER_IDENTITY,
	REGISTER_WISHES
};
enum { ALIAS_ID, ALIAS_IDENTITY };

static enum command_exit count(const struct command_line *line)
{
	static const struct wish_field fields[] = {
		{ COUNT_WOMEN, "women", WISH_NUMBER },
		{ COUNT_GIRLS, "girls", WISH_NUMBER },
		{ COUNT_MEN, "men", WISH_NUMBER },
		{ COUNT_BOYS, "boys", WISH_NUMBER },
		{ COUNT_AT, "informed_ms", WISH_TIME_NOW },
		{ 0, NULL, WISH_TEXT },
	};
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	wish_set_text(wish, "station", line->operands[0]);
	if (wish_set_options(wish, line, fields))
		result = wish_tell(wish, "POST", "/api/v1/informed", NULL);
	if (result == COMMAND_DONE)
		fputs("COUNTED\n", stderr);
	wish_free(wish);
	return result;
}

static enum command_exit engage(const struct command_line *line)
{
	static const struct wish_field fields[] = {
		{ ENGAGE_AT, "engaged_ms", WISH_TIME_NOW },
		{ ENGAGE_LANGUAGE, "language", WISH_TEXT },
		{ 0, NULL, WISH_TEXT },
	};
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);
	char id[LG_ID_TEXT];

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	wish_set_text(wish, "station", line->operands[0]);
	if (wish_set_id(wish, "case_id", line->values[ENGAGE_CASE], id) &&
		wish_set_options(wish, line, fields))
		result = wish_tell(wish, "PUT",
			lg_format(wish_arena(wish), "/api/v1/cases/%s/arrival", id), id);
	wish_free(wish);
	return result;
}

static enum command_exit register_traveller(const struct command_line *line)
{
	static const struct wish_field fields[] = {
		{ REGISTER_SEX, "traveller.sex", WISH_TEXT },
		{ REGISTER_AGE, "traveller.age_years", WISH_NUMBER },
		{ REGISTER_BASIS, "traveller.age_basis", WISH_TEXT },
		{ REGISTER_DISTRICT, "traveller.district", WISH_TEXT },
		{ REGISTER_COUNTRY, "traveller.country", WISH_TEXT },
		{ REGISTER_RELATION, "traveller.relation", WISH_TEXT },
		{ REGISTER_WISHES, "she_wishes", WISH_FLAG },
		{ 0, NULL, WISH_TEXT },
	};
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);
	char case_id[LG_ID_TEXT], id[LG_ID_TEXT];

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	if (wish_set_id(wish, "case_id", line->operands[0], case_id) &&
		wish_set_id(wish, "person_id", line->values[REGISTER_PERSON], id) &&
		wish_set_options(wish, line, fields) &&
		wish_set_identity(
			wish, "traveller.identity", line->values[REGISTER_IDENTITY], false))
		result = wish_tell(wish, "POST",
			lg_format(wish_arena(wish), "/api/v1/cases/%s/travellers", case_id), id);
	wish_free(wish);
	return result;
}

static enum command_exit alias(const struct command_line *line)
{
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);
	char case_id[LG_ID_TEXT], person_id[LG_ID_TEXT], id[LG_ID_TEXT];

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	if (wish_set_id(wish, "case_id", line->operands[0], case_id) &&
		wish_set_id(wish, "person_id", line->operands[1], person_id) &&
		wish_set_id(wish, "alias_id", line->values[ALIAS_ID], id) &&
		wish_set_identity(wish, "identity", line->values[ALIAS_IDENTITY], true))
		result = wish_tell(wish, "POST",
			lg_format(wish_arena(wish), "/api/v1/cases/%s/aliases", case_id), NULL);
	wish_free(wish);
	return result;
}

const struct command command_arrival_count = {
	.words = "arrival count",
	.operands = "STATION",
	.least = 1,
	.most = 1,
	.summary = "count people who were informed, without names",
	.help = "Contacts, not persons; each call counts.\n\n"
		"  lifeguard arrival count SNL --women 12 --girls 3 --men 4",
	.options = {
		[COUNT_WOMEN] = { "women", "N", "women" },
		[COUNT_GIRLS] = { "girls", "N", "girls under 18" },
		[COUNT_MEN] = { "men", "N", "men" },
		[COUNT_BOYS] = { "boys", "N", "boys under 18" },
		[COUNT_AT] = { "at", "TIME", "when; now" },
	},
	.run = count,
};

const struct command command_arrival_engage = {
	.words = "arrival engage",
	.operands = "STATION",
	.least = 1,
	.most = 1,
	.summary = "begin a talk: a case without a name; prints its id",
	.help = "  CASE=$(lifeguard arrival engage SNL --language ne)",
	.options = {
		[ENGAGE_CASE] = { "case", "ID", "its id; a fresh one is made" },
		[ENGAGE_AT] = { "at", "TIME", "when; now" },
		[ENGAGE_LANGUAGE] = { "language", "CODE", "of the talk: ne, hi, bho ..." },
	},
	.run = engage,
};

const struct command command_arrival_register = {
	.words = "arrival register",
	.operands = "CASE",
	.least = 1,
	.most = 1,
	.summary = "register a traveller; prints the person's id",
	.help = "A name is kept only when she wishes it, and comes from a file of lines\n"
		"\"name: ...\", \"phone: ...\", \"address: ...\" that only its owner may read.\n\n"
		"  lifeguard arrival register $CASE --sex female --age 24 --age-basis stated \\\n"
		"    --district palpa --country NP --identity-file - --she-wishes",
	.options = {
		[REGISTER_PERSON] = { "person", "ID", "the person's id; a fresh one is made" },
		[REGISTER_SEX] = { "sex", "SEX", "female, male, other_sex or not_recorded" },
		[REGISTER_AGE] = { "age", "YEARS", "0 to 120; leave out when nobody can tell" },
		[REGISTER_BASIS] = { "age-basis", "BASIS", "paper, stated or guessed" },
		[REGISTER_DISTRICT] = { "district", "CODE", "of proto/codes/district.csv" },
		[REGISTER_COUNTRY] = { "country", "CODE", "NP or IN" },
		[REGISTER_RELATION] = { "relation", "WORD", "to the first person" },
		[REGISTER_IDENTITY] = { "identity-file", "FILE", "her name; \"-\": standard input" },
		[REGISTER_WISHES] = { "she-wishes", NULL, "she wishes to be registered by name" },
	},
	.run = register_traveller,
};

const struct command command_arrival_alias = {
	.words = "arrival alias",
	.operands = "CASE PERSON",
	.least = 2,
	.most = 2,
	.summary = "keep another name of a person",
	.help = "Each name that was ever given is kept; none is overwritten.\n\n"
		"  lifeguard arrival alias $CASE $PERSON --identity-file name.txt",
	.options = {
		[ALIAS_ID] = { "alias", "ID", "its id; a fresh one is made" },
		[ALIAS_IDENTITY] = { "identity-file", "FILE", "\"-\": standard input; else it is asked for" },
	},
	.run = alias,
};
