/*
 * `lifeguard handover`: from hand to hand at the line, with a code that never is an argument:
 * whoever lists the processes of a machine would read it.
 */
#include "services/gateway/cli/journey/wish.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CONFIRM_STATION, CONFIRM_AT };

static enum command_exit show_code(const struct command_line *line)
{
	json_t *answer = NULL;
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "GET",
		lg_format(arena, "/api/v1/referrals/%s/code", line->operands[0]), NULL, &answer);

	if (result == COMMAND_DONE)
		printf("%s\n", client_cell(arena, answer, "code"));
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

/* Devanagari digits, as a Nepali keyboard gives them, become the ones of the code. */
static void fold_digits(char *text)
{
	const uint8_t *from = (const uint8_t *)text;
	char *to = text;

	while (*from != '\0') {
		bool is_digit = from[0] == 0xe0 && from[1] == 0xa5 && from[2] >= 0xa6 &&
				from[2] <= 0xaf; /* U+0966 to U+096F */

		*to++ = is_digit ? (char)('0' + from[2] - 0xa6) : (char)from[0];
		from += is_digit ? 3 : 1;
	}
	*to = '\0';
}

static enum command_exit confirm(const struct command_line *line)
{
	static const struct wish_field fields[] = {
		{ CONFIRM_STATION, "station", WISH_TEXT },
		{ CONFIRM_AT, "handed_over_ms", WISH_TIME_NOW },
		{ 0, NULL, WISH_TEXT },
	};
	char code[32] = "";
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	if (isatty(STDIN_FILENO))
		fputs("code: ", stderr);
	if (fgets(code, sizeof code, stdin) != NULL)
		code[strcspn(code, "\r\n")] = '\0';
	fold_digits(code);
	if (code[0] == '\0')
		command_complain("the six digits come on standard input: nothing was there");
	wish_set_text(wish, "code", code);
	if (code[0] != '\0' && wish_set_options(wish, line, fields))
		result = wish_tell(wish, "POST",
			lg_format(wish_arena(wish), "/api/v1/referrals/%s/handover",
				line->operands[0]),
			NULL);
	wish_free(wish);
	return result;
}

const struct command command_handover_code = {
	.words = "handover code",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "the six digits for those who bring her (centre lead)",
	.help = "They tell it to those who take her, at the line.  Recorded in the audit.\n\n"
		"  lifeguard handover code 0001…",
	.run = show_code,
};

const struct command command_handover_confirm = {
	.words = "handover confirm",
	.operands = "REFERRAL",
	.least = 1,
	.most = 1,
	.summary = "say that she was handed over, each side for itself",
	.help = "The code is asked for.  Five wrong ones lock it.\n\n"
		"  lifeguard handover confirm 0001… --station SNL",
	.options = {
		[CONFIRM_STATION] = { "station", "CODE", "of the crossing; elsewhere" },
		[CONFIRM_AT] = { "at", "TIME", "when; now" },
	},
	.run = confirm,
};
