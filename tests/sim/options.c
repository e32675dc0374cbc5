/* What may be asked on the command line, and the names of it. */

static const struct {
	const char *name, *sentence;
} rules[RULE_COUNT] = {
#define NAMED(name, sentence) [RULE_##name] = { #name, sentence },
	RULES(NAMED)
#undef NAMED
};

static const char *const fault_names[FAULT_COUNT] = {
	[FAULT_LOST] = "lost",
	[FAULT_DOUBLED] = "doubled",
	[FAULT_LATE] = "late",
	[FAULT_CUT] = "cut",
	[FAULT_AWAY] = "away",
	[FAULT_STALE_ROUTE] = "stale-route",
	[FAULT_FAIL] = "fail",
	[FAULT_UNKNOWN] = "unknown",
	[FAULT_OLD_SNAPSHOT] = "old-snapshot",
	[FAULT_TAKEN] = "taken",
	[FAULT_KILLED] = "killed",
	[FAULT_STOPPED] = "stopped",
	[FAULT_LEAVES] = "leaves",
	[FAULT_BACKUP] = "backup",
	[FAULT_RESTORE] = "restore",
	[FAULT_CLONE] = "clone",
	[FAULT_DOWNGRADE] = "downgrade",
	[FAULT_BAD_EVENT] = "bad-event",
	[FAULT_RETIRED] = "retired",
	[FAULT_OLD_BACKUP] = "old-backup",
	[FAULT_ADOPT] = "adopt",
};

static const char *const tally_names[TALLY_COUNT] = {
	[TALLY_EFFECTS] = "effects",
	[TALLY_TAKEOVERS] = "takeovers",
	[TALLY_FAILED] = "failed transactions",
	[TALLY_ZOMBIES] = "of replaced owners",
	[TALLY_RESTORES] = "restores",
	[TALLY_CLONES] = "clones",
	[TALLY_ASKED_AGAIN] = "asked how far back",
	[TALLY_ADOPTED] = "adopted",
	[TALLY_BACK] = "times back",
	[TALLY_HANDED_BACK] = "handed back",
	[TALLY_DROPPED] = "rows dropped",
	[TALLY_AHEAD] = "times ahead",
	[TALLY_AHEAD_COPY] = "of these behind a copy's",
	[TALLY_ANEW] = "told anew",
	[TALLY_LOST_FRAMES] = "frames lost",
	[TALLY_CUT_FRAMES] = "frames cut off",
	[TALLY_DEAD] = "dead letters",
	[TALLY_PARKED] = "parked",
	[TALLY_DEATHS] = "deaths by an event",
	[TALLY_UNHANDLED] = "of unknown type",
	[TALLY_UPGRADED] = "applied by an upgrade",
	[TALLY_REPEATED] = "commands repeated",
};

/* The value of an option, or "" when there is none. */
static const char *value_of(int argc, char **argv, int place)
{
	return place + 1 < argc ? argv[place + 1] : "";
}

static bool find_rule(const char *name, enum rule *ret_rule)
{
	for (unsigned rule = 1; rule < RULE_COUNT; rule++) {
		if (strcmp(rules[rule].name, name) == 0) {
			*ret_rule = (enum rule)rule;
			return true;
		}
	}
	return false;
}

static bool add_without(const char *name, uint32_t *set)
{
	for (unsigned kind = 0; kind < FAULT_COUNT; kind++) {
		if (strcmp(fault_names[kind], name) == 0) {
			*set |= 1u << kind;
			return true;
		}
	}
	return false;
}

static bool read_valued(const char *option, const char *value, struct options *options)
{
	int64_t number = 0;

	if (strcmp(option, "--break") == 0)
		return find_rule(value, &options->broken);
	if (strcmp(option, "--without") == 0)
		return add_without(value, &options->without);
	if (!lg_is_done(lg_int_parse(value, &number)) || number < 0)
		return false;
	if (strcmp(option, "--seeds") == 0)
		options->seeds = number;
	else if (strcmp(option, "--first") == 0)
		options->first = number;
	else if (strcmp(option, "--nodes") == 0)
		options->nodes = (uint32_t)number;
	else if (strcmp(option, "--until") == 0)
		options->until_ms = number;
	else
		return false;
	return true;
}

static bool read_options(int argc, char **argv, struct options *options)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--trace") == 0)
			options->is_traced = true;
		else if (strcmp(argv[i], "--until-caught") == 0)
			options->is_until_caught = true;
		else if (strcmp(argv[i], "--shrink") == 0)
			options->is_shrinking = true;
		else if (!read_valued(argv[i], value_of(argc, argv, i), options))
			return false;
		else
			i++;
	}
	return options->seeds > 0;
}
