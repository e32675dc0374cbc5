/* `lifeguard missing`: a family misses somebody. */
#include "services/gateway/cli/journey/wish.h"

enum {
	MISSING_REPORT,
	MISSING_SINCE,
	MISSING_SEX,
	MISSING_AGE,
	MISSING_DISTRICT,
	MISSING_COUNTRY,
	MISSING_IDENTITY,
	MISSING_ABROAD
};

const struct command command_missing_report = {
	.words = "missing report",
	.operands = "",
	.summary = "report a missing person; prints the report's id",
	.help = "The name is asked for, or comes from a file of lines \"name: ...\", \"phone: ...\",\n"
		"\"address: ...\" that only its owner may read.\n\n"
		"  lifeguard missing report --sex female --age 15 --district palpa --country NP \\\n"
		"    --since 2026-11-20T06:00:00Z --identity-file -",
	.options = {
		[MISSING_REPORT] = { "report", "ID", "its id; a fresh one is made" },
		[MISSING_SINCE] = { "since", "TIME", "when she was last seen; now" },
		[MISSING_SEX] = { "sex", "SEX", "female, male, other_sex or not_recorded" },
		[MISSING_AGE] = { "age", "YEARS", "then; leave out when not known" },
		[MISSING_DISTRICT] = { "district", "CODE", "of home, of proto/codes/district.csv" },
		[MISSING_COUNTRY] = { "country", "CODE", "NP or IN" },
		[MISSING_IDENTITY] = { "identity-file", "FILE", "\"-\": standard input" },
		[MISSING_ABROAD] = { "search-abroad", NULL, "the family agrees that partners across the border are asked" },
	},
	.form = &(const struct wish_form){
		.method = "PUT",
		.path = "/api/v1/missing/{report_id}",
		.prints = "report_id",
		.fields = {
			{ MISSING_REPORT, "report_id", WISH_ID },
			{ MISSING_SINCE, "missing_since_ms", WISH_TIME_NOW },
			{ MISSING_SEX, "sex", WISH_TEXT },
			{ MISSING_AGE, "age_years", WISH_NUMBER },
			{ MISSING_DISTRICT, "home_district", WISH_TEXT },
			{ MISSING_COUNTRY, "home_country", WISH_TEXT },
			{ MISSING_ABROAD, "search_abroad", WISH_FLAG },
			{ MISSING_IDENTITY, "identity", WISH_NAMES_ASKED },
		},
	},
	.run = wish_run,
};
