/*
 * Goal: what a verb's table says is what is sent, and a line that cannot be read sends nothing.
 * Method: lines as people type them, against a gateway that answers everything and remembers what it
 * was asked last.
 */
#include "services/gateway/cli/journey/wish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <microhttpd.h>

#define ARGUMENTS_MAX 24

#define CASE     "00010195a214539991c421baf32d2fbc"
#define PERSON   "00010195a214539991ac006f5fb1794a"
#define FRESH    "?" /* in an expected document: any id */
#define WHEN     "2026-11-20T06:00:00Z"
#define WHEN_MS  1795154400000
#define WHEN_MS_ "1795154400000"

/* What was asked last, health apart. */
struct gateway {
	struct MHD_Daemon *daemon;
	int count;
	char method[8], path[128];
	char body[2048];
	size_t size;
};

static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **state)
{
	static const char text[] = "{\"site\":1,\"state\":\"DONE\"}";
	struct gateway *gateway = user;
	struct MHD_Response *response;
	enum MHD_Result result;

	(void)version;
	if (*state == NULL) { /* headers only */
		*state = gateway;
		if (strcmp(url, "/api/v1/health") != 0) {
			gateway->count++;
			gateway->size = 0;
			snprintf(gateway->method, sizeof gateway->method, "%s", method);
			snprintf(gateway->path, sizeof gateway->path, "%s", url);
		}
		return MHD_YES;
	}
	if (*upload_size > 0) {
		assert_true(gateway->size + *upload_size < sizeof gateway->body);
		memcpy(gateway->body + gateway->size, upload, *upload_size);
		gateway->size += *upload_size;
		gateway->body[gateway->size] = '\0';
		*upload_size = 0;
		return MHD_YES;
	}
	response = MHD_create_response_from_buffer(
		sizeof text - 1, (char *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
	result = MHD_queue_response(connection, 200, response);
	MHD_destroy_response(response);
	return result;
}

static int begin(void **state)
{
	struct gateway *gateway = calloc(1, sizeof *gateway);

	assert_non_null(gateway);
	setenv("LIFEGUARD_TOKEN_FILE", "/dev/null", 1);
	gateway->daemon = MHD_start_daemon(
		MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, gateway, MHD_OPTION_END);
	assert_non_null(gateway->daemon);
	*state = gateway;
	return 0;
}

static int end(void **state)
{
	struct gateway *gateway = *state;

	MHD_stop_daemon(gateway->daemon);
	free(gateway);
	return 0;
}

static enum command_exit run(
	const struct gateway *gateway, const struct command *command, char *line)
{
	const struct command *const commands[] = { command, NULL };
	char *argv[ARGUMENTS_MAX] = { "lifeguard" }, url[64];
	int argc = 1;

	snprintf(url, sizeof url, "http://127.0.0.1:%u",
		MHD_get_daemon_info(gateway->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	for (char *rest = line, *word; (word = strsep(&rest, " ")) != NULL; argc++) {
		assert_true(argc < ARGUMENTS_MAX);
		argv[argc] = word;
	}
	return command_run(commands, url, argc, argv);
}

/* Documents are written here with single quotes. */
static json_t *document(const char *text)
{
	char *copy = strdup(text);
	json_t *read;

	for (char *at = copy; *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	read = json_loads(copy, 0, NULL);
	assert_non_null(read);
	free(copy);
	return read;
}

/* Whether they are one document; where FRESH is expected, any id. */
static bool is_expected(const json_t *sent, const json_t *expected)
{
	const char *name;
	json_t *value;

	if (json_object_size(sent) != json_object_size(expected))
		return false;
	json_object_foreach((json_t *)(uintptr_t)expected, name, value)
	{
		const json_t *there = json_object_get(sent, name);
		bool is_fresh =
			json_is_string(value) && strcmp(json_string_value(value), FRESH) == 0;

		if (is_fresh ? json_string_length(there) != LG_ID_TEXT - 1
			     : !json_equal(there, value))
			return false;
	}
	return true;
}

/* clang-format off */
static const struct {
	const struct command *command;
	const char *line, *method, *path, *body;
} cases[] = {
	{ &command_arrival_count, "arrival count SNL --women 12 --girls 3 --at " WHEN,
	  "POST", "/api/v1/informed",
	  "{'station':'SNL','women':12,'girls':3,'informed_ms':" WHEN_MS_ "}" },
	{ &command_arrival_engage, "arrival engage SNL --case " CASE " --at " WHEN " --language ne",
	  "PUT", "/api/v1/cases/" CASE "/arrival",
	  "{'station':'SNL','case_id':'" CASE "','engaged_ms':" WHEN_MS_ ",'language':'ne'}" },
	{ &command_arrival_register, "arrival register " CASE " --sex female --age 24 --age-basis stated "
	  "--district palpa --country NP --she-wishes",
	  "POST", "/api/v1/cases/" CASE "/travellers",
	  "{'case_id':'" CASE "','person_id':'?','she_wishes':true,'traveller':{'sex':'female',"
	  "'age_years':24,'age_basis':'stated','district':'palpa','country':'NP'}}" },
	{ &command_screening_impression, "screening impression " CASE " 4",
	  "PUT", "/api/v1/cases/" CASE "/impression", "{'case_id':'" CASE "','certainty':4}" },
	{ &command_screening_identify, "screening identify " CASE " --suspect --by police --sex male --at " WHEN,
	  "POST", "/api/v1/cases/" CASE "/identifications",
	  "{'kind':'suspect','case_id':'" CASE "','person_id':'?','decided_by':'police','decided_ms':" WHEN_MS_ ","
	  "'traveller':{'sex':'male'}}" },
	{ &command_screening_identify, "screening identify " CASE " " PERSON " --status possible_victim --by centre --at " WHEN,
	  "POST", "/api/v1/cases/" CASE "/identifications",
	  "{'kind':'potential_victim','case_id':'" CASE "','person_id':'" PERSON "','status':'possible_victim',"
	  "'decided_by':'centre','decided_ms':" WHEN_MS_ "}" },
	{ &command_rescue_record, "rescue record " CASE " " PERSON " --route R1 --by police --needs shelter,medical --at " WHEN,
	  "POST", "/api/v1/cases/" CASE "/rescues",
	  "{'route':'r1_hand_back','urgency':'routine','case_id':'" CASE "','person_id':'" PERSON "',"
	  "'decided_by':'police','needs':['shelter','medical'],'rescued_ms':" WHEN_MS_ "}" },
	{ &command_step_done, "step done " CASE " " PERSON " a12 --proof EoN/2026/118 --at " WHEN,
	  "POST", "/api/v1/cases/" CASE "/steps",
	  "{'case_id':'" CASE "','person_id':'" PERSON "','step':'a12','proof':'EoN/2026/118','done_ms':" WHEN_MS_ "}" },
	{ &command_step_skip, "step skip " CASE " " PERSON " a9 --because na_no_offence --at " WHEN,
	  "POST", "/api/v1/cases/" CASE "/steps",
	  "{'case_id':'" CASE "','person_id':'" PERSON "','step':'a9','not_applicable':true,"
	  "'because':'na_no_offence','done_ms':" WHEN_MS_ "}" },
	{ &command_referral_decline, "referral decline " CASE " --reason no_place",
	  "POST", "/api/v1/referrals/" CASE "/decline", "{'reason':'no_place'}" },
	{ &command_referral_offer, "referral offer " CASE " " PERSON,
	  "POST", "/api/v1/referrals/" CASE "/offer", "{'organisation_id':'" PERSON "'}" },
	{ &command_referral_end, "referral end " CASE " --reason said_no",
	  "POST", "/api/v1/referrals/" CASE "/end", "{'reason':'said_no'}" },
	{ &command_referral_link, "referral link " CASE " --network gulf-desk --call-back " WHEN,
	  "POST", "/api/v1/referrals/" CASE "/destination", "{'network':'gulf-desk','call_back_ms':" WHEN_MS_ "}" },
	{ &command_followup_record, "followup record " CASE " --result well --at " WHEN,
	  "POST", "/api/v1/referrals/" CASE "/followups", "{'result':'well','visited_ms':" WHEN_MS_ "}" },
	{ &command_followup_reunified, "followup reunified " CASE " --district palpa --at " WHEN,
	  "POST", "/api/v1/referrals/" CASE "/reunification", "{'district':'palpa','reunified_ms':" WHEN_MS_ "}" },
	{ &command_followup_rehabilitation, "followup rehabilitation " CASE " --services shelter --at " WHEN,
	  "POST", "/api/v1/referrals/" CASE "/rehabilitation", "{'services':['shelter'],'started_ms':" WHEN_MS_ "}" },
	{ &command_followup_legal, "followup legal " CASE " --step verdict --at " WHEN,
	  "POST", "/api/v1/referrals/" CASE "/legal", "{'step':'verdict','reached_ms':" WHEN_MS_ "}" },
	{ &command_followup_close, "followup close " CASE " --outcome went_on --at " WHEN,
	  "POST", "/api/v1/referrals/" CASE "/close", "{'outcome':'went_on','closed_ms':" WHEN_MS_ "}" },
	{ &command_trace_ask, "match trace ask " CASE " --site 2 --basis her_consent --trace " PERSON,
	  "PUT", "/api/v1/traces/" PERSON,
	  "{'record_id':'" CASE "','trace_id':'" PERSON "','site':2,'basis':'her_consent'}" },
};
/* clang-format on */

static void a_verb_sends_what_its_table_says(void **state)
{
	struct gateway *gateway = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *line = strdup(cases[i].line);
		json_t *expected, *sent;

		assert_int_equal(run(gateway, cases[i].command, line), COMMAND_DONE);
		expected = document(cases[i].body);
		sent = json_loads(gateway->body, 0, NULL);
		if (!is_expected(sent, expected))
			fail_msg("%s: sent %s", cases[i].line, gateway->body);
		assert_string_equal(gateway->method, cases[i].method);
		assert_string_equal(gateway->path, cases[i].path);
		json_decref(expected);
		json_decref(sent);
		free(line);
	}
	assert_int_equal(gateway->count, sizeof cases / sizeof cases[0]);
}

/* Goal: a moment that is not given is now, a list and a flag that are not given are left out. */
static void what_is_not_given_is_left_out(void **state)
{
	struct gateway *gateway = *state;
	char line[] = "followup record " CASE;
	json_t *sent;

	assert_int_equal(run(gateway, &command_followup_record, line), COMMAND_DONE);
	sent = json_loads(gateway->body, 0, NULL);
	assert_int_equal(json_object_size(sent), 1);
	assert_true(json_integer_value(json_object_get(sent, "visited_ms")) > WHEN_MS / 2);
	json_decref(sent);
}

static void a_line_that_cannot_be_read_sends_nothing(void **state)
{
	static const struct {
		const struct command *command;
		const char *line;
	} wrong[] = {
		{ &command_arrival_count, "arrival count SNL --women many" },
		{ &command_arrival_count, "arrival count \xff" },
		{ &command_arrival_engage, "arrival engage SNL --case 12" },
		{ &command_arrival_engage, "arrival engage SNL --at yesterday" },
		{ &command_arrival_register,
			"arrival register " CASE " --identity-file /nowhere/names" },
		{ &command_screening_impression, "screening impression " CASE " 6" },
		{ &command_screening_impression, "screening impression 1 4" },
		{ &command_rescue_record, "rescue record " CASE " " PERSON " --route R9" },
		{ &command_rescue_record, "rescue record " CASE " " PERSON },
		{ &command_referral_offer, "referral offer " CASE " nobody" },
	};
	struct gateway *gateway = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char *line = strdup(wrong[i].line);

		assert_int_equal(run(gateway, wrong[i].command, line), COMMAND_WRONG_USE);
		free(line);
	}
	assert_int_equal(gateway->count, 0);
}

/*
 * Goal: whoever typed it learns which argument is meant, and what was typed is not said again.
 * Method: what is said on standard error.
 */
static void a_refusal_names_the_argument(void **state)
{
	static const struct {
		const struct command *command;
		const char *line, *said;
	} wrong[] = {
		{ &command_arrival_count, "arrival count SNL --women Sita",
			"--women takes a whole number" },
		{ &command_arrival_count, "arrival count SNL --at Sita",
			"--at: a time is written as 2026-11-25T06:15:00Z" },
		{ &command_arrival_count, "arrival count Sita\xff", "STATION is not UTF-8" },
		{ &command_step_done, "step done " CASE " " PERSON " Sita\xff",
			"STEP is not UTF-8" },
		{ &command_referral_decline, "referral decline " CASE " --reason Sita\xff",
			"--reason is not UTF-8" },
	};
	struct gateway *gateway = *state;
	int kept = dup(STDERR_FILENO);

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char *line = strdup(wrong[i].line), said[256] = "";
		FILE *file = tmpfile();

		assert_non_null(file);
		dup2(fileno(file), STDERR_FILENO);
		enum command_exit result = run(gateway, wrong[i].command, line);
		dup2(kept, STDERR_FILENO);
		rewind(file);
		assert_true(fread(said, 1, sizeof said - 1, file) > 0);
		fclose(file);
		free(line);
		assert_int_equal(result, COMMAND_WRONG_USE);
		assert_non_null(strstr(said, wrong[i].said));
		assert_null(strstr(said, "Sita"));
	}
	close(kept);
	assert_int_equal(gateway->count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_verb_sends_what_its_table_says, begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_given_is_left_out, begin, end),
		cmocka_unit_test_setup_teardown(
			a_line_that_cannot_be_read_sends_nothing, begin, end),
		cmocka_unit_test_setup_teardown(a_refusal_names_the_argument, begin, end),
	};

	return cmocka_run_group_tests_name("cli/journey/wish", tests, NULL, NULL);
}
