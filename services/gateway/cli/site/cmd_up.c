/* `lifeguard up` and `down`: a site of this machine, and how many instances of a service it has. */
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "services/gateway/cli/site/script.h"

#define SCALE_MAX     256
#define INSTANCES_MAX 16 /* as many as there are partitions: one more would have nothing to do */

enum { SCALE };

/* Whether a word is SERVICE=N; which services there are, the script knows. */
static bool is_scale(const char *word)
{
	size_t name = strspn(word, "abcdefghijklmnopqrstuvwxyz");
	int64_t count = 0;

	return name > 0 && word[name] == '=' && lg_is_done(lg_int_parse(word + name + 1, &count)) &&
	       count >= 1 && count <= INSTANCES_MAX;
}

/* "intake=3,reporting=2" as words; text is cut into them. */
static bool split_scale(char *text, const char *ret_words[SCRIPT_WORDS_MAX])
{
	uint32_t count = 0;

	for (char *word = text; word != NULL && count < SCRIPT_WORDS_MAX - 1;) {
		char *comma = strchr(word, ',');

		if (comma != NULL)
			*comma++ = '\0';
		if (!is_scale(word))
			return false;
		ret_words[count++] = word;
		word = comma;
	}
	ret_words[count] = NULL;
	return true;
}

static enum command_exit up(const struct command_line *line)
{
	const char *scale = line->values[SCALE], *words[SCRIPT_WORDS_MAX];
	char text[SCALE_MAX];

	if (scale == NULL)
		return script_run_either("up", line);
	if (line->operand_count > 0) {
		command_complain(
			"a site of the Debian package has one unit for a service: --scale is "
			"for deploy/run.sh and for containers");
		return COMMAND_WRONG_USE;
	}
	if ((size_t)snprintf(text, sizeof text, "%s", scale) >= sizeof text ||
		!split_scale(text, words)) {
		command_complain(
			"--scale is SERVICE=N, N from 1 to %d; several with commas between",
			INSTANCES_MAX);
		return COMMAND_WRONG_USE;
	}
	return script_run_own("up", words);
}

static enum command_exit down(const struct command_line *line)
{
	return script_run_either("down", line);
}

const struct command command_up = {
	.words = "up",
	.operands = "[SITE]",
	.most = 1,
	.summary = "start the site on this machine, or more of it; returns when it is ready",
	.help = "SITE: a site of the Debian package, by systemd.  Without it: deploy/run.sh of this\n"
		"installation (or of $LIFEGUARD_HOME).\n"
		"--scale says how many instances of a service there are: on a site that runs, further ones\n"
		"are started and those above that number stopped; services that are not named stay as\n"
		"they are.  The instances share the service's partitions; bus and gateway are one each.\n\n"
		"  lifeguard up --scale intake=3\n"
		"  lifeguard up --scale intake=1,reporting=2",
	.options = { [SCALE] = { "scale", "SERVICE=N",
			     "instances of a service; several with commas between" } },
	.run = up,
};

const struct command command_down = {
	.words = "down",
	.operands = "[SITE]",
	.most = 1,
	.summary = "stop it; nothing that was stored is lost",
	.help = "SITE: a site of the Debian package, by systemd.  Without it: deploy/run.sh of this\n"
		"installation (or of $LIFEGUARD_HOME).",
	.run = down,
};
