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
	enum command_exit result = wish_run(line);

	if (result == COMMAND_DONE)
		fputs("COUNTED\n", stderr);
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
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/informed",
		.fields = {
			{ WISH_OPERAND(0), "station", WISH_TEXT },
			{ COUNT_WOMEN, "women", WISH_NUMBER },
			{ COUNT_GIRLS, "girls", WISH_NUMBER },
			{ COUNT_MEN, "men", WISH_NUMBER },
			{ COUNT_BOYS, "boys", WISH_NUMBER },
			{ COUNT_AT, "informed_ms", WISH_TIME_NOW },
		},
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
	.form = &(const struct wish_form){
		.method = "PUT",
		.path = "/api/v1/cases/{case_id}/arrival",
		.prints = "case_id",
		.fields = {
			{ WISH_OPERAND(0), "station", WISH_TEXT },
			{ ENGAGE_CASE, "case_id", WISH_ID },
			{ ENGAGE_AT, "engaged_ms", WISH_TIME_NOW },
			{ ENGAGE_LANGUAGE, "language", WISH_TEXT },
		},
	},
	.run = wish_run,
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
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/cases/{case_id}/travellers",
		.prints = "person_id",
		.fields = {
			{ WISH_OPERAND(0), "case_id", WISH_ID },
			{ REGISTER_PERSON, "person_id", WISH_ID },
			{ REGISTER_SEX, "traveller.sex", WISH_TEXT },
			{ REGISTER_AGE, "traveller.age_years", WISH_NUMBER },
			{ REGISTER_BASIS, "traveller.age_basis", WISH_TEXT },
			{ REGISTER_DISTRICT, "traveller.district", WISH_TEXT },
			{ REGISTER_COUNTRY, "traveller.country", WISH_TEXT },
			{ REGISTER_RELATION, "traveller.relation", WISH_TEXT },
			{ REGISTER_WISHES, "she_wishes", WISH_FLAG },
			{ REGISTER_IDENTITY, "traveller.identity", WISH_NAMES },
		},
	},
	.run = wish_run,
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
	.form = &(const struct wish_form){
		.method = "POST",
		.path = "/api/v1/cases/{case_id}/aliases",
		.fields = {
			{ WISH_OPERAND(0), "case_id", WISH_ID },
			{ WISH_OPERAND(1), "person_id", WISH_ID },
			{ ALIAS_ID, "alias_id", WISH_ID },
			{ ALIAS_IDENTITY, "identity", WISH_NAMES_ASKED },
		},
	},
	.run = wish_run,
};
