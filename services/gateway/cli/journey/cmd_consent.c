/* `lifeguard consent`: her word for a purpose and a recipient. */
#include "services/gateway/cli/journey/wish.h"

#include <stdio.h>
#include <string.h>

enum {
	CONSENT_PURPOSE,
	CONSENT_TO,
	CONSENT_STATE,
	CONSENT_GIVER,
	CONSENT_VIEW,
	CONSENT_MANNER,
	CONSENT_LANGUAGE,
	CONSENT_CAREGIVER,
	CONSENT_AT
};

/*
 * Intake keeps no directory and takes any recipient: her word for a code that nobody has is kept, and
 * then nobody is asked.  What cannot be looked up is not said.
 */
static void look_recipient_up(const struct command_line *line)
{
	struct client *client = client_new(line);
	json_t *answer = NULL;
	const json_t *row;
	bool is_known = false;
	long status;
	size_t index;

	if (client_try(client, "GET", "/api/v1/organisations", NULL, &answer, &status) ==
		COMMAND_DONE) {
		json_array_foreach(json_object_get(answer, "organisations"), index, row)
		{
			const char *code = json_string_value(json_object_get(row, "code"));

			is_known |= code != NULL && strcmp(code, line->values[CONSENT_TO]) == 0;
		}
		if (!is_known)
			command_complain(
				"kept, but no organisation has the code of --to: `lifeguard "
				"organisation list` lists them");
	}
	json_decref(answer);
	client_free(client);
}

static enum command_exit send_consent(struct wish *wish, const char *case_id)
{
	json_t *answer = NULL;
	enum command_exit result = wish_send(wish, "POST",
		lg_format(wish_arena(wish), "/api/v1/cases/%s/consents", case_id), &answer);

	if (result == COMMAND_DONE) {
		fprintf(stderr, "%s%s\n", client_cell(wish_arena(wish), answer, "state"),
			json_is_true(json_object_get(answer, "told_before")) ? " (told before)"
									     : "");
		if (json_is_true(json_object_get(answer, "needs_second")))
			fprintf(stderr, "a second person must record the same before it counts\n");
	}
	json_decref(answer);
	return result;
}

static enum command_exit record(const struct command_line *line)
{
	static const struct wish_field fields[] = {
		{ CONSENT_TO, "recipient", WISH_TEXT },
		{ CONSENT_STATE, "state", WISH_TEXT },
		{ CONSENT_MANNER, "manner", WISH_TEXT },
		{ CONSENT_LANGUAGE, "language", WISH_TEXT },
		{ CONSENT_CAREGIVER, "caregiver_agrees", WISH_FLAG },
		{ CONSENT_AT, "given_ms", WISH_TIME_NOW },
		{ 0, NULL, WISH_TEXT },
	};
	enum command_exit result = COMMAND_WRONG_USE;
	char case_id[LG_ID_TEXT], id[LG_ID_TEXT];

	if (line->values[CONSENT_PURPOSE] == NULL || line->values[CONSENT_STATE] == NULL) {
		command_complain("--purpose and --state are required");
		return COMMAND_WRONG_USE;
	}

	struct wish *wish = wish_new(line);

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	wish_set_text(wish, "purpose",
		lg_format(wish_arena(wish), "consent_%s", line->values[CONSENT_PURPOSE]));
	if (line->values[CONSENT_GIVER] != NULL)
		wish_set_text(wish, "giver",
			strcmp(line->values[CONSENT_GIVER], "herself") == 0
				? "person_herself"
				: line->values[CONSENT_GIVER]);
	if (line->values[CONSENT_VIEW] != NULL)
		wish_set_text(wish, "child_view",
			lg_format(wish_arena(wish), "child_%s", line->values[CONSENT_VIEW]));
	if (wish_set_id(wish, "case_id", line->operands[0], case_id) &&
		wish_set_id(wish, "person_id", line->operands[1], id) &&
		wish_set_options(wish, line, fields))
		result = send_consent(wish, case_id);
	wish_free(wish);
	if (result == COMMAND_DONE && line->values[CONSENT_TO] != NULL &&
		strcmp(line->values[CONSENT_STATE], "given") == 0)
		look_recipient_up(line);
	return result;
}

const struct command command_consent_record = {
	.words = "consent record",
	.operands = "CASE PERSON",
	.least = 2,
	.most = 2,
	.summary = "record consent, refusal or withdrawal for a purpose and a recipient",
	.help = "An adult consents herself; from 15 to 17 she and a caregiver, or a lead records it; under\n"
		"15 a caregiver, and from 6 on the child agrees.  best_interest takes effect when a second\n"
		"person (centre lead, protection officer) records the same.  A refusal or withdrawal needs\n"
		"nothing more and takes effect at once.\n\n"
		"  lifeguard consent record $CASE $PERSON --purpose family_tracing --state given \\\n"
		"    --giver herself --manner oral --language ne\n"
		"  lifeguard consent record $CASE $PERSON --purpose sharing --to shelter-1 --state withdrawn",
	.options = {
		[CONSENT_PURPOSE] = { "purpose", "PURPOSE", "help, sharing, family_tracing, police, embassy, statistics, photograph, publicity, tracing_abroad" },
		[CONSENT_TO] = { "to", "CODE", "a named organisation; all of the programme" },
		[CONSENT_STATE] = { "state", "STATE", "given, refused, withdrawn or best_interest" },
		[CONSENT_GIVER] = { "giver", "WHO", "herself, caregiver, trusted_adult or nobody_able" },
		[CONSENT_VIEW] = { "child-view", "VIEW", "agrees, refuses or not_asked" },
		[CONSENT_MANNER] = { "manner", "HOW", "oral, written or mark" },
		[CONSENT_LANGUAGE] = { "language", "CODE", "in which it was read to her" },
		[CONSENT_CAREGIVER] = { "caregiver-agrees", NULL, "for 15 to 17" },
		[CONSENT_AT] = { "at", "TIME", "when; now" },
	},
	.run = record,
};
