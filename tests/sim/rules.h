/* What can be broken: the rules of the protocol, and what a host may do wrong around it. */
#ifndef TESTS_SIM_RULES_H
#define TESTS_SIM_RULES_H

/* name, what holds when it is kept */
#define RULES(_) \
	_(none, "all rules are kept") \
	_(chain, "a batch is applied only where the reader stands") \
	_(session, "frames of an older session are dropped") \
	_(match, "positions are compared by epoch, not by number alone") \
	_(subhist, "a reader sends its list, not only its last point") \
	_(gap, "a way back that leaves a gap in the list is asked about") \
	_(ackmatch, "acknowledgements are checked by session and history too") \
	_(setack, "an acknowledgement may lower the mark") \
	_(ackfloor, "rows are dropped late, not when they are acknowledged") \
	_(registered, "a reader that was never heard of holds its rows") \
	_(aftercommit, "rows leave only when their commit is known") \
	_(snapshot, "a batch ends with the last row that was read") \
	_(atomic, "position and effects are one transaction") \
	_(cas, "every transaction moves the fence from the step it expects") \
	_(fresh, "epochs are random, not counted in the database") \
	_(bump, "every takeover starts an epoch") \
	_(fencedback, "go back is said only by who is still the owner") \
	_(answerearly, "a command is answered when its commit is known, not before") \
	_(highwater, "what finds a full queue is not passed over") \
	_(twoowners, "a takeover moves the fence") \
	_(pipeline, "what was sent behind a failure fails too") \
	_(readearly, "positions are read behind the fence, not before") \
	_(restoredold, "a restored database starts an epoch of its own") \
	_(stops, "an event that cannot take effect does not stop its partition") \
	_(letterorder, "a dead letter parks its key") \
	_(retryorder, "a retry takes a key's letters in their order") \
	_(killer, "what kills is marked before it is tried") \
	_(creditleak, "every byte taken comes back as credit") \
	_(silentages, "only a reader's own words age what it holds") \
	_(onerange, "the range of the oldest needed row stays") \
	_(lastrange, "the head survives its rows") \
	_(unhandled, "a position is not moved past an unknown type without keeping it") \
	_(upgradetwice, "what an upgrade applies is no longer kept") \
	_(storedgrant, "a grant is made when a row is sent, not stored in the outbox") \
	_(commandonce, "a command's id is stored with its effect") \
	_(clone, "a database that wakes elsewhere sends nothing") \
	_(silence, "a reader that hears nothing asks again") \
	_(wish, "who passes over what was dropped keeps the wish to be told anew") \
	_(backfirst, "a reader of a dead branch goes back before it goes ahead") \
	_(gonepoint, "what is passed over ends with the last row that was dropped") \
	_(lastwins, "a handler of several publishers does not let the last to come win")

enum rule {
#define NUMBER(name, sentence) RULE_##name,
	RULES(NUMBER)
#undef NUMBER
		RULE_COUNT,
};

#endif
