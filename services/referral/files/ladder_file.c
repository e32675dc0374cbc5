#include "services/referral/files/ladder_file.h"

#include <stddef.h>
#include <string.h>

#include "common/base/config.h"

#define SECONDS_MAX (2 * 366 * 24 * 3600) /* two years */

struct section {
	int64_t answer, delivery, reminder, handover, destruction;
	const char *humans[LADDER_STEPS_MAX];
};

struct plan {
	int64_t month;
};

/* clang-format off */
static const struct lg_option section_options[] = {
	{ "answer",      LG_OPTION_INT,  offsetof(struct section, answer),      NULL, 1, SECONDS_MAX, "seconds that an organisation may take, from delivery" },
	{ "delivery",    LG_OPTION_INT,  offsetof(struct section, delivery),    NULL, 1, SECONDS_MAX, "seconds that an offer may be on its way" },
	{ "reminder",    LG_OPTION_INT,  offsetof(struct section, reminder),    NULL, 1, SECONDS_MAX, "seconds that a human may take" },
	{ "handover",    LG_OPTION_INT,  offsetof(struct section, handover),    NULL, 1, SECONDS_MAX, "seconds until she must have changed hands, from acceptance" },
	{ "destruction", LG_OPTION_INT,  offsetof(struct section, destruction), NULL, 1, SECONDS_MAX, "seconds that a holder may take to destroy" },
	{ "first",       LG_OPTION_TEXT, offsetof(struct section, humans[0]),   NULL, 0, 0,           "who is asked to act first" },
	{ "second",      LG_OPTION_TEXT, offsetof(struct section, humans[1]),   NULL, 0, 0,           "who is asked then" },
	{ "third",       LG_OPTION_TEXT, offsetof(struct section, humans[2]),   NULL, 0, 0,           "and from then on" },
	{ NULL, LG_OPTION_TEXT, 0, NULL, 0, 0, NULL },
};

static const struct lg_option plan_options[] = {
	{ "month", LG_OPTION_INT, offsetof(struct plan, month), NULL, 1, SECONDS_MAX, "seconds of a month of the plan of visits" },
	{ NULL, LG_OPTION_TEXT, 0, NULL, 0, 0, NULL },
};
/* clang-format on */

static const char *const section_names[URGENCY_COUNT] = {
	[URGENCY_ROUTINE] = "routine",
	[URGENCY_URGENT] = "urgent",
	[URGENCY_EMERGENCY] = "emergency",
};

static struct lg_status human_from(const char *name, enum human *ret_human)
{
	for (unsigned human = 0; human < HUMAN_COUNT; human++) {
		if (strcmp(human_names[human], name) == 0) {
			*ret_human = (enum human)human;
			return lg_done();
		}
	}
	return lg_refuse("nobody is called so");
}

static struct lg_status read_section(struct lg_arena *arena, const char *path, const char *name,
	struct ladder *ret_ladder, const char **ret_problem)
{
	struct section section;
	struct lg_status status =
		lg_config_read(arena, section_options, name, path, 0, NULL, &section, ret_problem);

	if (!lg_is_done(status))
		return status;
	*ret_ladder = (struct ladder){
		.answer = section.answer * LG_SECOND_MS,
		.delivery = section.delivery * LG_SECOND_MS,
		.reminder = section.reminder * LG_SECOND_MS,
		.handover = section.handover * LG_SECOND_MS,
		.destruction = section.destruction * LG_SECOND_MS,
	};
	for (unsigned i = 0; i < LADDER_STEPS_MAX; i++) {
		status = human_from(section.humans[i], &ret_ladder->humans[i]);
		if (!lg_is_done(status)) {
			*ret_problem = lg_format(arena,
				"%s, [%s]: who is asked is centre_lead, protection_officer or "
				"operator",
				path, name);
			return status;
		}
	}
	return lg_done();
}

struct lg_status ladder_file_read(struct lg_arena *arena, const char *folder,
	struct ladders *ret_ladders, const char **ret_problem)
{
	const char *path = lg_format(arena, "%s/ladders.ini", folder);
	struct ladders ladders = { .month = 0 };
	struct plan plan;
	struct lg_status status =
		lg_config_read(arena, plan_options, "aftercare", path, 0, NULL, &plan, ret_problem);

	for (unsigned u = 0; lg_is_done(status) && u < URGENCY_COUNT; u++)
		status = read_section(arena, path, section_names[u], &ladders.at[u], ret_problem);
	if (!lg_is_done(status))
		return status;
	ladders.month = plan.month * LG_SECOND_MS;
	status = ladders_check(&ladders);
	*ret_problem = status.reason;
	if (lg_is_done(status))
		*ret_ladders = ladders;
	return status;
}
