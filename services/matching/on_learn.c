/*
 * Weights are learned again from what people decided, by an operator's word; every search that begins
 * later scores by them, and each match keeps the version that scored it.
 */
#include "services/matching/handlers.h"

#include "proto/codes.pb-c.h"
#include "services/matching/wire/weights_wire.h"

void load_learn(struct lg_batch *batch, struct lg_item *item)
{
	struct learn_work *work = item->work;

	work->stored = read_weights(batch);
	work->pairs = read_decided(batch);
}

/* One in five, by the random part of the match's id: it says nothing of the pair. */
static bool is_held_out(struct lg_id match_id)
{
	return (match_id.byte[LG_ID_SIZE - 1] ^ match_id.byte[LG_ID_SIZE - 2]) % 5 == 0;
}

static void gather(struct lg_item *item, struct decided *decided)
{
	const struct learn_work *work = item->work;

	for (int i = 0; i < work->pairs->count; i++) {
		struct decided_row row = decided_from_row(work->pairs, i);
		enum match_level levels[FIELD_COUNT];

		if (lg_is_done(levels_from_reasons(item->arena, row.reasons, levels)))
			learn_add(decided, levels, row.is_same, is_held_out(row.match_id));
	}
}

/* In the thread pool: some milliseconds of arithmetic, 20,000 decoded pairs. */
void ponder_learn(struct lg_item *item)
{
	const struct matching_state *state = item->state;
	struct learn_work *work = item->work;
	struct decided *decided = lg_alloc(item->arena, sizeof *decided);

	work->before = state->weights;
	work->status = weights_apply(item->arena, weights_from_found(work->stored), &work->before);
	if (!lg_is_done(work->status))
		return;
	gather(item, decided);
	work->status = learn(&state->shipped, &work->before, decided, &work->learned);
	work->learned.weights.version = work->before.version + 1;
}

struct lg_status decide_learn(struct lg_item *item)
{
	const struct learn_work *work = item->work;
	const Lifeguard__Matching__LearnWeights *asked =
		(const Lifeguard__Matching__LearnWeights *)item->message;

	item->refusal_status = 409;
	return asked->preview ? lg_done() : work->status;
}

static uint32_t millibits(double bits)
{
	return (uint32_t)(1000 * bits + 0.5);
}

void store_learn(struct lg_batch *batch, struct lg_item *item)
{
	const struct learn_work *work = item->work;
	const Lifeguard__Matching__LearnWeights *asked =
		(const Lifeguard__Matching__LearnWeights *)item->message;
	Lifeguard__Matching__WeightsLearned answer = LIFEGUARD__MATCHING__WEIGHTS_LEARNED__INIT;

	answer.learned = !asked->preview;
	if (!lg_is_done(work->status))
		answer.why_not = lg_copy_text(item->arena, work->status.reason);
	answer.same = work->learned.same_count;
	answer.other = work->learned.other_count;
	answer.held_out = work->learned.held_out_count;
	answer.least = LEARN_LEAST;
	answer.loss_before_millibits = millibits(work->learned.loss_before);
	answer.loss_after_millibits = millibits(work->learned.loss_after);
	answer.before = weights_to_wire(item->arena, &work->before);
	answer.after = weights_to_wire(item->arena, &work->learned.weights);
	lg_answer(batch, item, &answer.base);
	if (asked->preview)
		return;
	lg_audit(batch, item, LG_AUDIT_ACT, LIFEGUARD__CODES__PURPOSE__OPERATION);
	write_weights(batch, &work->learned, lg_encode(item->arena, &answer.after->base),
		item->actor.user, item->now);
}
