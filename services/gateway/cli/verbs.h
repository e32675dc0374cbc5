/* The verbs of the command line; each stands in the cmd_ file of its noun. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "services/gateway/cli/command.h"

extern const struct command command_up, command_down, command_site_create;   /* cmd_site.c */
extern const struct command command_status, command_states, command_rebuild; /* cmd_service.c */
extern const struct command command_audit_verify;
extern const struct command command_login, command_logout,
	command_account_create;                                   /* cmd_account.c */
extern const struct command command_import;                       /* cmd_import.c */
extern const struct command command_report;                       /* cmd_report.c */
extern const struct command command_case_show;                    /* cmd_case.c */
extern const struct command command_dead_list, command_dead_show; /* cmd_dead_letters.c */
extern const struct command command_dead_retry, command_dead_drop;

#endif
