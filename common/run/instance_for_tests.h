/*
 * An instance in memory, for the tests of this room: intake of site 1, linked with sites 2 and 3, with a
 * handler that does as it is told.  No loop, no database, no bus: what a batch would send lies in its
 * tables.
 */
#ifndef LG_RUN_INSTANCE_FOR_TESTS_H
#define LG_RUN_INSTANCE_FOR_TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/run/batch.h"
#include "common/run/operator/gauges.h"
#include "common/run/owned.h"

#define NOON ((lg_ms)1400000000000) /* some day in May 2014 */

#define OFFERED  301      /* of referral's, which intake does not take */
#define FEEDBACK 320      /* of referral's, which intake takes */
#define FUTURE   16777215 /* a type that nobody knows */
#define RECORD   1101
#define SHOW     1102

/* What the handler was told to do, and what it did: the state of every item. */
struct test_doing {
	struct lg_status status; /* that decide returns */
	uint32_t refusal_status;
	int decided, stored, refused;
};

static inline struct test_doing *test_doing_of(const struct lg_item *item)
{
	return item->state;
}

static inline struct lg_status test_decide(struct lg_item *item)
{
	test_doing_of(item)->decided++;
	item->refusal_status = test_doing_of(item)->refusal_status;
	return test_doing_of(item)->status;
}

static inline void test_store(struct lg_batch *batch, struct lg_item *item)
{
	(void)batch;
	test_doing_of(item)->stored++;
}

static inline void test_refused(struct lg_batch *batch, struct lg_item *item)
{
	(void)batch;
	test_doing_of(item)->refused++;
}

static const struct lg_handler test_handlers[] = {
	{ .type = FEEDBACK, .decide = test_decide, .store = test_store },
	{ .type = RECORD, .decide = test_decide, .store = test_store, .refused = test_refused },
	{ .type = SHOW, .decide = test_decide, .store = test_store },
	{ .type = 0 },
};

static const struct lg_service test_service = {
	.number = LG_SERVICE_INTAKE,
	.name = "intake",
	.handlers = test_handlers,
	.has_versions = true,
};

struct test_instance {
	struct lg_instance instance;
	struct lg_own_keys keys;
	struct lg_keyring peers[2];
};

static inline void test_instance_init(struct test_instance *t)
{
	struct lg_instance *instance = &t->instance;

	memset(t, 0, sizeof *t);
	instance->service = &test_service;
	instance->keyring.site = 1;
	instance->peers = t->peers;
	instance->peer_count = 2;
	for (uint16_t i = 0; i < 2; i++)
		t->peers[i].site = instance->peer_sites[i] = (uint16_t)(i + 2);
	instance->keys = &t->keys;
	instance->arena = lg_arena_new();
	instance->queue_end = &instance->queue;
	lg_gauges_declare(instance);
}

static inline void test_instance_release(struct test_instance *t)
{
	for (uint8_t p = 0; p < LG_PARTITIONS; p++)
		if (t->instance.owned[p] != NULL)
			lg_owned_free(t->instance.owned[p]);
	lg_metrics_free(t->instance.metrics);
	lg_arena_free(t->instance.arena);
}

/* An open partition, nothing in it. */
static inline struct lg_owned *test_owned(struct lg_instance *instance, uint8_t partition)
{
	struct lg_owned *owned = lg_owned_new(instance, partition);

	owned->is_open = true;
	instance->owned[partition] = owned;
	return owned;
}

static inline struct lg_id test_id(uint8_t which)
{
	struct lg_id id;

	memset(id.byte, which, sizeof id.byte);
	return id;
}

#endif
