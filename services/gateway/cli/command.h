/*
 * What a verb of the command line is, and how a line of arguments becomes one.
 *
 * Help, options and operands of a verb stand in its own table, so that what is printed is what
 * is accepted.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#define COMMAND_OPTIONS_MAX  12
#define COMMAND_OPERANDS_MAX 4
#define COMMAND_GATEWAY      "http://127.0.0.1:7717"

/* Exit codes: the same for every verb but `audit verify`, which says its own. */
enum command_exit {
	COMMAND_DONE = 0,
	COMMAND_FAILED = 1, /* it did not work, or rows were refused */
	COMMAND_WRONG_USE = 2,
	COMMAND_NOT_REACHABLE = 3, /* gateway or service: try again */
	COMMAND_NOT_ALLOWED = 4,   /* logged out, or the role may not */
};

struct command_option {
	const char *name;  /* as behind "--" */
	const char *value; /* what stands behind it, for help: "FILE"; NULL: a flag */
	const char *help;
};

struct command;
struct wish_form; /* journey/wish.h */

/* The arguments of one verb, sorted. */
struct command_line {
	const struct command *command;
	const char *gateway;                     /* URL */
	uint64_t if_version;                     /* what is changed must be of; 0: of any */
	const char *values[COMMAND_OPTIONS_MAX]; /* by place in the verb's table; NULL: not given */
	uint32_t operand_count;
	const char *operands[COMMAND_OPERANDS_MAX];
};

struct command {
	const char *words;    /* "login", "case show" */
	const char *operands; /* "FOLDER", "SERVICE [N]", ""; CASE and the like are ids */
	uint32_t least, most; /* operands */
	const char *summary;  /* one line */
	const char *help;     /* what to know, and examples */
	struct command_option options[COMMAND_OPTIONS_MAX + 1]; /* ends with a NULL name */
	const char *program; /* a program beside this one that takes the arguments as they are */
	const struct wish_form *form; /* what wish_run() sends */
	enum command_exit (*run)(const struct command_line *line);
};

/*
 * Finds the verb, reads its arguments and runs it; prints help where it is asked for.
 *   commands     ends with NULL
 *   environment  value of LIFEGUARD_GATEWAY, or NULL
 *   returns      the exit code
 */
enum command_exit command_run(
	const struct command *const *commands, const char *environment, int argc, char **argv);

/* One line on standard error, "lifeguard: " before it. */
void command_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The verbs; each stands in the cmd_ file of its noun. */
extern const struct command command_site_create, command_site_trust, command_site_show,
	command_site_renew, command_site_retire, command_site_adopt, command_site_list,
	command_site_destroy;
extern const struct command command_up, command_down;
extern const struct command command_login, command_logout, command_account_create;
extern const struct command command_status, command_states, command_rebuild;
extern const struct command command_bus_top;
extern const struct command command_audit_verify;
extern const struct command command_import;
extern const struct command command_case_show, command_report, command_report_journey;
extern const struct command command_match_list, command_match_show;
extern const struct command command_match_confirm, command_match_reject, command_match_undo;
extern const struct command command_match_learn;
extern const struct command command_trace_ask, command_trace_list, command_trace_show;
extern const struct command command_trace_approve, command_trace_decline;
extern const struct command command_match_dedupe, command_match_link;
extern const struct command command_match_names, command_match_explain;
extern const struct command command_arrival_count, command_arrival_engage;
extern const struct command command_arrival_register, command_arrival_alias;
extern const struct command command_screening_impression, command_screening_complete;
extern const struct command command_screening_identify;
extern const struct command command_consent_record, command_rescue_record;
extern const struct command command_step_list, command_step_done, command_step_skip;
extern const struct command command_missing_report, command_case_list;
extern const struct command command_referral_list, command_referral_watch;
extern const struct command command_referral_show, command_referral_accept;
extern const struct command command_referral_decline, command_referral_withdraw;
extern const struct command command_referral_offer, command_referral_end;
extern const struct command command_referral_link;
extern const struct command command_organisation_add, command_organisation_list;
extern const struct command command_organisation_places, command_organisation_close;
extern const struct command command_organisation_assign;
extern const struct command command_handover_code, command_handover_confirm;
extern const struct command command_followup_record, command_followup_reunified;
extern const struct command command_followup_rehabilitation, command_followup_legal;
extern const struct command command_followup_close;
extern const struct command command_dead_list, command_dead_show;
extern const struct command command_dead_retry, command_dead_drop;
extern const struct command command_lost_list;
extern const struct command command_notification_subscribe, command_notification_unsubscribe;
extern const struct command command_notification_subscriptions, command_notification_list;
extern const struct command command_notification_retry;

#endif
