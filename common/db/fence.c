/*
 * Who owns which partition.
 *
 * Three layers, of which only the last one is trusted: heartbeat rows say who is alive and so
 * how much each should have; a session advisory lock per partition says fast that an owner is
 * gone, because it dies with its connection; the row partition(p, epoch, step) is moved first
 * in every transaction, and a transaction that expects another step fails.  All three use the
 * connection that the transactions use, so what is given back is given back behind its last one.
 */
#include "common/db/fence.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/base/log.h"
#include "common/db/fence_statement.h"

#define ALL ((uint16_t)0xffff)

struct held {
	struct lg_id epoch;
	uint64_t step, takeover;
	lg_ms given_until; /* not retaken before */
};

struct lg_fence {
	struct lg_fence_options options;
	struct lg_arena *arena; /* for the parameters of one unit */
	struct held held[LG_PARTITIONS];
	bool is_started;
	bool is_turning; /* a heartbeat is under way */
	bool is_asked;   /* and another look is wanted behind it */
	bool is_urgent; /* a member is gone since the look before: what it had is for who comes first */
	bool is_beaten; /* another was faster, and we have looked again since the last tick */
	lg_ms now;      /* of the last tick */
	uint32_t members;
	uint32_t skips; /* bits of randomness: whether to let others take first */

	/* sets of partitions */
	uint16_t owned;     /* ours, epoch known */
	uint16_t locked;    /* ours by the lock; owned is within */
	uint16_t locking;   /* asked for; 0: nothing under way */
	uint16_t storing;   /* their epoch is being stored; 0: nothing under way */
	uint16_t leaving;   /* to be given back once it is not busy */
	uint16_t elsewhere; /* locked by others, at the last look */

	void (*left)(void *user);
	void *left_user;
};

static bool is_in(uint16_t set, uint32_t p)
{
	return ((uint32_t)set >> p & 1u) != 0;
}

static uint16_t only(uint32_t p)
{
	return (uint16_t)(1u << p);
}

static uint16_t without(uint16_t set, uint16_t other)
{
	return (uint16_t)(set & (uint16_t)~other);
}

static bool may_send(const struct lg_fence *fence)
{
	return fence->is_started && lg_pg_is_ready(fence->options.pg);
}

/* --- sending --------------------------------------------------------------------------- */

static void send_values(struct lg_fence *fence, unsigned statement, const struct lg_value *values,
	lg_pg_answer *answer)
{
	lg_pg_send(fence->options.pg, &lg_fence_statements[statement],
		lg_params_make(fence->arena, &lg_fence_statements[statement], values), answer,
		fence);
	lg_arena_reset(fence->arena);
}

/* A statement whose first parameter is the set, and whose second their epochs (if it has one). */
static void send_set(struct lg_fence *fence, unsigned statement, uint16_t set, lg_pg_answer *answer)
{
	struct lg_rows *rows = lg_rows_new(fence->arena, &lg_fence_statements[statement]);

	for (uint32_t p = 0; p < LG_PARTITIONS; p++) {
		if (is_in(set, p))
			lg_rows_add(rows, (const struct lg_value[]){
						  lg_v_int(p),
						  lg_v_id(&fence->held[p].epoch),
					  });
	}
	lg_pg_send(fence->options.pg, &lg_fence_statements[statement], lg_rows_params(rows), answer,
		fence);
	lg_arena_reset(fence->arena);
}

/* --- giving up ------------------------------------------------------------------------- */

/* Forgets that they are ours and says so. */
static void lose(struct lg_fence *fence, uint16_t set)
{
	set &= fence->owned;
	fence->owned = without(fence->owned, set);
	fence->leaving = without(fence->leaving, set);
	for (uint8_t p = 0; p < LG_PARTITIONS; p++) {
		if (is_in(set, p))
			fence->options.lost(fence->options.user, p);
	}
}

/* --- taking: lock, store a fresh epoch --------------------------------------------------- */

static void store_epochs(struct lg_fence *fence);

static void on_returned(void *argument, const PGresult *result)
{
	struct lg_fence *fence = argument;

	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK)
		return; /* its COMMIT tells */
	for (int row = 0; row < PQntuples(result); row++) {
		int64_t p = lg_field_int(result, row, 0);

		assert(p >= 0 && p < LG_PARTITIONS);
		fence->held[p].step = (uint64_t)lg_field_int(result, row, 1);
		fence->held[p].takeover = (uint64_t)lg_field_int(result, row, 2);
	}
}

static void on_stored(void *argument, const PGresult *result)
{
	struct lg_fence *fence = argument;
	uint16_t stored = fence->storing;

	if (result == NULL || !fence->is_started)
		return;
	fence->storing = 0;
	if (!lg_pg_is_committed(result))
		return; /* still locked: the next tick tries again */

	fence->owned |= stored;
	lg_info("partitions taken", lg_f_int("set", stored), lg_f_int("members", fence->members));
	for (uint8_t p = 0; p < LG_PARTITIONS; p++) {
		if (is_in(stored, p) && is_in(fence->owned, p))
			fence->options.taken(fence->options.user, p, fence->held[p].epoch,
				fence->held[p].takeover);
	}
	store_epochs(fence); /* what was forgotten meanwhile */
}

/* For all that we hold by the lock and do not own yet. */
static void store_epochs(struct lg_fence *fence)
{
	uint16_t set = without(fence->locked, fence->owned);

	if (!may_send(fence) || fence->storing != 0 || set == 0)
		return;
	if (fence->options.is_single_writer && fence->locked != ALL)
		return;
	for (uint32_t p = 0; p < LG_PARTITIONS; p++) {
		if (is_in(set, p))
			randombytes_buf(fence->held[p].epoch.byte, LG_ID_SIZE);
	}
	fence->storing = set;
	lg_pg_begin(fence->options.pg);
	send_set(fence, LG_FENCE_STORE, set, on_returned);
	lg_pg_commit(fence->options.pg, on_stored, fence);
	lg_pg_sync(fence->options.pg, NULL, NULL);
}

static void lock(struct lg_fence *fence, uint16_t set);
static void beat(struct lg_fence *fence);

static void on_locked(void *argument, const PGresult *result)
{
	struct lg_fence *fence = argument;
	uint16_t asked = fence->locking, got = 0;

	if (result == NULL || !fence->is_started)
		return;
	fence->locking = 0;
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		/* nobody knows how far it came; to unlock what is not locked only warns */
		send_set(fence, LG_FENCE_UNLOCK, asked, NULL);
		lg_pg_sync(fence->options.pg, NULL, NULL);
		return;
	}
	for (int row = 0; row < PQntuples(result); row++) {
		if (lg_field_int(result, row, 1) != 0)
			got |= only((uint32_t)lg_field_int(result, row, 0));
	}
	fence->locked |= got;
	if (fence->options.is_single_writer && is_in(got, 0) && fence->locked != ALL)
		lock(fence, without(ALL, fence->locked));
	store_epochs(fence);
	if (got != asked && !fence->is_beaten) { /* others may have left something else */
		fence->is_beaten = true;
		beat(fence);
	}
}

static void lock(struct lg_fence *fence, uint16_t set)
{
	if (set == 0 || fence->locking != 0)
		return;
	fence->locking = set;
	send_set(fence, LG_FENCE_LOCK, set, on_locked);
	lg_pg_sync(fence->options.pg, NULL, NULL);
}

/* --- the turn: heartbeat, look, act ------------------------------------------------------ */

static void on_given(void *argument, const PGresult *result)
{
	struct lg_fence *fence = argument;

	if (result != NULL && may_send(fence))
		beat(fence); /* perhaps the next one */
}

/* One partition, the wished one if it is at rest, else any that is; else soon. */
static void give_back(struct lg_fence *fence, uint8_t wished)
{
	uint8_t given = LG_PARTITIONS;

	for (uint8_t n = 0; n < LG_PARTITIONS && given == LG_PARTITIONS; n++) {
		uint8_t p = (uint8_t)((wished + n) % LG_PARTITIONS);

		if (is_in(fence->owned, p) && !fence->options.is_busy(fence->options.user, p))
			given = p;
	}
	if (given == LG_PARTITIONS) {
		fence->leaving = only(wished);
		return;
	}
	lose(fence, only(given));
	fence->leaving = 0;
	fence->locked = without(fence->locked, only(given));
	fence->held[given].given_until = fence->now + LG_RETAKE_MS;
	lg_info("partition given back", lg_f_int("partition", given),
		lg_f_int("members", fence->members));
	send_set(fence, LG_FENCE_UNLOCK, only(given), NULL);
	lg_pg_sync(fence->options.pg, on_given, fence);
}

/* A quarter of the ticks is left to the others, so that not all grab at once. */
static bool lets_others_first(struct lg_fence *fence)
{
	if (fence->is_urgent)
		return false;
	fence->skips = fence->skips * 1664525u + 1013904223u;
	return fence->members > 1 && fence->skips >> 30 == 0;
}

static void act_shared(struct lg_fence *fence)
{
	uint16_t unheld = without(without(ALL, fence->elsewhere), fence->locked);
	uint16_t recently = 0, wish = 0;
	uint8_t give = LG_PARTITIONS;

	for (uint32_t p = 0; p < LG_PARTITIONS; p++) {
		if (fence->held[p].given_until > fence->now)
			recently |= only(p);
	}
	if (fence->locking != 0)
		return;
	wish = lg_partition_wish(fence->members, fence->locked, unheld, recently, &give);
	if (give < LG_PARTITIONS)
		give_back(fence, give);
	else
		fence->leaving = 0;
	if (wish != 0 && !lets_others_first(fence))
		lock(fence, wish);
}

/* Partition 0 first: who has it has the right to the others. */
static void act_single(struct lg_fence *fence)
{
	if (fence->locked == ALL)
		return;
	if (is_in(fence->locked, 0))
		lock(fence, without(ALL, fence->locked));
	else if (!is_in(fence->elsewhere, 0))
		lock(fence, only(0));
}

static void on_looked(void *argument, const PGresult *result)
{
	struct lg_fence *fence = argument;

	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK)
		return;
	uint16_t held = (uint16_t)lg_field_int(result, 0, 1);
	int64_t members = lg_field_int(result, 0, 0);

	members = members < 1 ? 1 : members;
	fence->is_urgent = (uint32_t)members < fence->members;
	for (uint32_t p = 0; p < LG_PARTITIONS && fence->is_urgent; p++)
		fence->held[p].given_until = 0; /* whom it was given to may be gone */
	fence->members = (uint32_t)members;
	fence->elsewhere = without(held, fence->locked);
}

static void on_turned(void *argument, const PGresult *result)
{
	struct lg_fence *fence = argument;

	fence->is_turning = false;
	if (result == NULL || !may_send(fence) || fence->members == 0)
		return;
	store_epochs(fence);
	if (fence->options.is_single_writer)
		act_single(fence);
	else
		act_shared(fence);
	if (fence->is_asked)
		beat(fence);
}

static void beat(struct lg_fence *fence)
{
	const struct lg_value stale[] = { lg_v_int(LG_STALE_MS) };
	const struct lg_value self[] = { lg_v_id(&fence->options.instance),
		lg_v_int(fence->owned) };

	fence->is_asked = fence->is_turning;
	if (fence->is_turning)
		return;
	fence->is_turning = true;
	send_values(fence, LG_FENCE_BEAT, self, NULL);
	send_values(fence, LG_FENCE_END_STALE, stale, NULL);
	send_values(fence, LG_FENCE_LOOK, stale, on_looked);
	lg_pg_sync(fence->options.pg, on_turned, fence);
}

/* --- what others call ------------------------------------------------------------------ */

struct lg_fence *lg_fence_new(const struct lg_fence_options *options)
{
	struct lg_fence *fence = calloc(1, sizeof(*fence));

	if (fence == NULL)
		abort();
	fence->options = *options;
	fence->arena = lg_arena_new();
	memcpy(&fence->skips, options->instance.byte + LG_ID_SIZE - sizeof(fence->skips),
		sizeof(fence->skips));
	return fence;
}

void lg_fence_free(struct lg_fence *fence)
{
	if (fence == NULL)
		return;
	lg_arena_free(fence->arena);
	free(fence);
}

void lg_fence_start(struct lg_fence *fence)
{
	const struct lg_value stale[] = { lg_v_int(LG_STALE_MS) };

	assert(!fence->is_started);
	fence->is_started = true;
	fence->members = 0;
	send_values(fence, LG_FENCE_TIDY, stale, NULL);
	beat(fence);
}

static void end_leaving(struct lg_fence *fence)
{
	void (*left)(void *user) = fence->left;

	fence->left = NULL;
	if (left != NULL)
		left(fence->left_user);
}

void lg_fence_stop(struct lg_fence *fence)
{
	fence->is_started = false;
	fence->is_turning = fence->is_asked = false;
	fence->locked = fence->locking = fence->storing = fence->elsewhere = 0;
	lose(fence, fence->owned);
	end_leaving(fence);
}

void lg_fence_tick(struct lg_fence *fence, lg_ms now)
{
	fence->now = now;
	fence->is_beaten = false;
	if (may_send(fence))
		beat(fence);
}

static void on_left(void *argument, const PGresult *result)
{
	(void)result;
	end_leaving(argument);
}

void lg_fence_leave(struct lg_fence *fence, void (*done)(void *user), void *user)
{
	const struct lg_value self[] = { lg_v_id(&fence->options.instance) };
	bool is_connected = may_send(fence);

	fence->left = done;
	fence->left_user = user;
	fence->is_started = false;
	fence->locked = fence->locking = fence->storing = 0;
	lose(fence, fence->owned);
	if (!is_connected) {
		end_leaving(fence);
		return;
	}
	lg_pg_send(fence->options.pg, &lg_fence_statements[LG_FENCE_UNLOCK_ALL], NULL, NULL, NULL);
	send_values(fence, LG_FENCE_REMOVE, self, NULL);
	lg_pg_sync(fence->options.pg, on_left, fence);
}

uint16_t lg_fence_owned(const struct lg_fence *fence)
{
	return fence->owned;
}

uint16_t lg_fence_leaving(const struct lg_fence *fence)
{
	return fence->leaving;
}

uint32_t lg_fence_members(const struct lg_fence *fence)
{
	return fence->members;
}

struct lg_id lg_fence_epoch(const struct lg_fence *fence, uint8_t partition)
{
	assert(partition < LG_PARTITIONS);
	return fence->held[partition].epoch;
}

uint64_t lg_fence_takeover(const struct lg_fence *fence, uint8_t partition)
{
	assert(partition < LG_PARTITIONS);
	return fence->held[partition].takeover;
}

static void move_one(struct lg_fence *fence, struct lg_arena *arena, uint32_t p)
{
	const struct lg_statement *statement = &lg_fence_statements[LG_FENCE_MOVE_ONE];

	lg_pg_send(fence->options.pg, statement,
		lg_params_make(arena, statement,
			(const struct lg_value[]){
				lg_v_int(p),
				lg_v_id(&fence->held[p].epoch),
				lg_v_int((int64_t)fence->held[p].step++),
			}),
		NULL, NULL);
}

void lg_fence_move(struct lg_fence *fence, struct lg_arena *arena, uint16_t partitions)
{
	struct lg_rows *rows;

	assert(partitions != 0);
	assert(without(partitions, fence->owned) == 0);
	if ((partitions & (partitions - 1)) == 0) {
		move_one(fence, arena, (uint32_t)__builtin_ctz(partitions));
		return;
	}
	rows = lg_rows_new(arena, &lg_fence_statements[LG_FENCE_MOVE]);
	for (uint32_t p = 0; p < LG_PARTITIONS; p++) {
		if (!is_in(partitions, p))
			continue;
		lg_rows_add(rows, (const struct lg_value[]){
					  lg_v_int(p),
					  lg_v_id(&fence->held[p].epoch),
					  lg_v_int((int64_t)fence->held[p].step++),
				  });
	}
	lg_pg_send(fence->options.pg, &lg_fence_statements[LG_FENCE_MOVE], lg_rows_params(rows),
		NULL, NULL);
}

void lg_fence_move_back(struct lg_fence *fence, uint8_t partition)
{
	fence->held[partition].step--;
}

void lg_fence_forget(struct lg_fence *fence, uint16_t partitions)
{
	lose(fence, partitions);
	store_epochs(fence);
}
