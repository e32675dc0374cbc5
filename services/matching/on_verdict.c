/*
 * People say whether it is the same person, and may take a yes back.  Both homes hear of a yes and
 * of its undoing.  A first word of two is kept and told to nobody.
 */
#include "services/matching/handlers.h"

#include "services/matching/wire/person_wire.h"

static void load(struct lg_batch *batch, struct lg_item *item)
{
	struct verdict_work *work = item->work;

	work->match = read_match(batch, item->key);
}

void load_confirm(struct lg_batch *batch, struct lg_item *item)
{
	load(batch, item);
}

void load_reject(struct lg_batch *batch, struct lg_item *item)
{
	load(batch, item);
}

static struct lg_status check_known(struct lg_item *item)
{
	const struct verdict_work *work = item->work;

	item->refusal_status = 404;
	if (work->match->state == MATCH_NEW)
		return lg_refuse("no such match");
	item->refusal_status = 409;
	return lg_done();
}

/* What can be said before the match is looked at. */
static struct lg_status check(struct lg_item *item, const ProtobufCBinaryData *asked)
{
	if (!lg_bytes_equal(lg_bytes(asked->data, asked->len), lg_id_bytes(&item->key)))
		return lg_refuse("the match is not the command's key");
	return check_known(item);
}

struct lg_status decide_confirm(struct lg_item *item)
{
	struct verdict_work *work = item->work;
	struct lg_status status =
		check(item, &((const Lifeguard__Matching__ConfirmMatch *)item->message)->match_id);

	return lg_is_done(status)
		       ? match_judge(work->match, VERDICT_YES, item->actor.user, &work->is_repeated)
		       : status;
}

struct lg_status decide_reject(struct lg_item *item)
{
	struct verdict_work *work = item->work;
	struct lg_status status =
		check(item, &((const Lifeguard__Matching__RejectMatch *)item->message)->match_id);

	return lg_is_done(status)
		       ? match_judge(work->match, VERDICT_NO, item->actor.user, &work->is_repeated)
		       : status;
}

static void answer_decided(struct lg_batch *batch, struct lg_item *item)
{
	const struct verdict_work *work = item->work;
	Lifeguard__Matching__MatchDecided answer = LIFEGUARD__MATCHING__MATCH_DECIDED__INIT;

	answer.match_id = id_to_wire(&work->match->match_id);
	answer.state = lg_copy_text(item->arena, match_shown_state(work->match));
	lg_answer(batch, item, &answer.base);
}

static void publish(struct lg_batch *batch, struct lg_item *item, uint32_t type, struct lg_id home,
	const ProtobufCMessage *message)
{
	lg_publish(batch, item,
		&(struct lg_event){
			.type = type,
			.event_id = lg_new_id(batch),
			.occurred_at = item->now,
			.message = message,
			.key = home,
		});
}

void store_confirm(struct lg_batch *batch, struct lg_item *item)
{
	const struct verdict_work *work = item->work;
	const struct match *match = work->match;
	Lifeguard__Matching__MatchConfirmed message = LIFEGUARD__MATCHING__MATCH_CONFIRMED__INIT;

	answer_decided(batch, item);
	if (work->is_repeated)
		return;
	write_decision(batch, match, item->actor.user, item->now);
	if (match->state != MATCH_CONFIRMED)
		return;
	message.match_id = id_to_wire(&match->match_id);
	message.kind = match_kind_to_wire(match->kind);
	message.left = id_to_wire(&match->left);
	message.left_case = id_to_wire(&match->left_home);
	message.right = id_to_wire(&match->right);
	message.right_case = id_to_wire(&match->right_home);
	publish(batch, item, MATCH_CONFIRMED_EVENT, match->left_home, &message.base);
	publish(batch, item, MATCH_CONFIRMED_EVENT, match->right_home, &message.base);
}

void store_reject(struct lg_batch *batch, struct lg_item *item)
{
	const struct verdict_work *work = item->work;
	const struct match *match = work->match;
	Lifeguard__Matching__MatchRejected message = LIFEGUARD__MATCHING__MATCH_REJECTED__INIT;

	answer_decided(batch, item);
	if (work->is_repeated)
		return;
	write_decision(batch, match, item->actor.user, item->now);
	if (match->state != MATCH_REJECTED)
		return;
	message.match_id = id_to_wire(&match->match_id);
	message.kind = match_kind_to_wire(match->kind);
	publish(batch, item, MATCH_REJECTED_EVENT, match->left_home, &message.base);
}

/* --- UndoMatch ---------------------------------------------------------------------------- */

static const Lifeguard__Matching__UndoMatch *undo_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__UndoMatch *)item->message;
}

void load_undo(struct lg_batch *batch, struct lg_item *item)
{
	struct verdict_work *work = item->work;

	load(batch, item);
	work->report = read_report_of_match(batch, item->key);
}

static const char *why_from_wire(Lifeguard__Matching__UndoReason reason)
{
	switch ((int)reason) {
	case LIFEGUARD__MATCHING__UNDO_REASON__ANOTHER_PERSON:
		return "ANOTHER_PERSON";
	case LIFEGUARD__MATCHING__UNDO_REASON__BY_MISTAKE:
		return "BY_MISTAKE";
	case LIFEGUARD__MATCHING__UNDO_REASON__SHE_DENIES_IT:
		return "SHE_DENIES_IT";
	}
	return NULL;
}

struct lg_status decide_undo(struct lg_item *item)
{
	struct verdict_work *work = item->work;
	struct lg_status status;

	work->why = why_from_wire(undo_of(item)->reason);
	if (work->why == NULL)
		return lg_refuse("reason is another_person, by_mistake or she_denies_it");
	status = check_known(item);
	return lg_is_done(status) ? match_undo(work->match, &work->is_repeated) : status;
}

void store_undo(struct lg_batch *batch, struct lg_item *item)
{
	const struct verdict_work *work = item->work;
	const struct match *match = work->match;
	Lifeguard__Matching__MatchUndone message = LIFEGUARD__MATCHING__MATCH_UNDONE__INIT;

	answer_decided(batch, item);
	if (work->is_repeated)
		return;
	write_undo(batch, match, item->actor.user, item->now, work->why);
	reopen_report(batch, item, work->report);
	message.match_id = id_to_wire(&match->match_id);
	message.kind = match_kind_to_wire(match->kind);
	message.left = id_to_wire(&match->left);
	message.left_case = id_to_wire(&match->left_home);
	message.right = id_to_wire(&match->right);
	message.right_case = id_to_wire(&match->right_home);
	message.reason = undo_of(item)->reason;
	publish(batch, item, MATCH_UNDONE_EVENT, match->left_home, &message.base);
	publish(batch, item, MATCH_UNDONE_EVENT, match->right_home, &message.base);
}
