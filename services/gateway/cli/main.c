/*
 * The `lifeguard` command: the verbs of people who run a site and of those who read reports.
 *
 * It speaks the gateway's API and nothing else, but for making a site's keys.  Reading order:
 * command.c (how a line becomes a verb), client.c (how it asks), the cmd_ file of a noun; a verb that
 * sends one document is a table alone (journey/wish.h); for the import row.c, import.c, form.c and
 * sender.c.
 */
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/gateway/cli/command.h"

/* In the order of a day's work, as --help prints them. */
static const struct command *const commands[] = {
	&command_site_create,
	&command_site_trust,
	&command_site_renew,
	&command_site_retire,
	&command_site_adopt,
	&command_site_list,
	&command_site_destroy,
	&command_site_show,
	&command_up,
	&command_down,
	&command_status,
	&command_login,
	&command_logout,
	&command_account_create,
	&command_import,
	&command_arrival_count,
	&command_arrival_engage,
	&command_arrival_register,
	&command_arrival_alias,
	&command_screening_impression,
	&command_screening_complete,
	&command_screening_identify,
	&command_consent_record,
	&command_rescue_record,
	&command_step_list,
	&command_step_done,
	&command_step_skip,
	&command_missing_report,
	&command_case_list,
	&command_report,
	&command_report_journey,
	&command_case_show,
	&command_match_list,
	&command_match_show,
	&command_match_confirm,
	&command_match_reject,
	&command_match_undo,
	&command_match_learn,
	&command_trace_ask,
	&command_trace_list,
	&command_trace_show,
	&command_trace_approve,
	&command_trace_decline,
	&command_match_dedupe,
	&command_match_link,
	&command_match_names,
	&command_match_explain,
	&command_referral_list,
	&command_referral_watch,
	&command_referral_show,
	&command_referral_accept,
	&command_referral_decline,
	&command_referral_withdraw,
	&command_referral_offer,
	&command_referral_end,
	&command_referral_link,
	&command_organisation_add,
	&command_organisation_list,
	&command_organisation_places,
	&command_organisation_close,
	&command_organisation_assign,
	&command_handover_code,
	&command_handover_confirm,
	&command_followup_record,
	&command_followup_reunified,
	&command_followup_rehabilitation,
	&command_followup_legal,
	&command_followup_close,
	&command_notification_subscribe,
	&command_notification_unsubscribe,
	&command_notification_subscriptions,
	&command_notification_list,
	&command_notification_retry,
	&command_dead_list,
	&command_dead_show,
	&command_dead_retry,
	&command_dead_drop,
	&command_bus_top,
	&command_lost_list,
	&command_audit_verify,
	&command_states,
	&command_rebuild,
	NULL,
};

/* A table that did not reach its file is not done; whoever reads no further (`| head`) has enough. */
static enum command_exit end(enum command_exit result)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return result;
	if (errno == EPIPE)
		return result;
	command_complain("the output cannot be written: %s", strerror(errno));
	return result == COMMAND_DONE ? COMMAND_FAILED : result;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE,
		SIG_IGN); /* a closed pipe is an error of a write, a lost peer one of curl */
	if (sodium_init() < 0)
		abort();
	return (int)end(command_run(commands, getenv("LIFEGUARD_GATEWAY"), argc, argv));
}
