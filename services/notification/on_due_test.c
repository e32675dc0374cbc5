/* What is decided of a notice that is due, and of one that was tried. */
#include "services/notification/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "services/notification/desk.h"
#include "services/notification/domain/retry.h"

#define NOON ((lg_ms)1400000000000)

struct place {
	struct lg_arena *arena;
	struct desk desk;
	struct notice notice;
	struct stored_subscription subscription;
	struct due_work work;
	struct lg_item item;
};

/* A notice that is intended for an active subscription, by a channel that is set up. */
static void place_make(struct place *p)
{
	*p = (struct place){ .arena = lg_arena_new() };
	p->desk.pouch = pouch_new();
	p->desk.channels[CHANNEL_SMTP].state = p;
	p->notice.notice_id.byte[0] = 1;
	p->notice.channel = CHANNEL_SMTP;
	p->subscription.subscription.state = SUBSCRIPTION_ACTIVE;
	p->work.notice = &p->notice;
	p->work.subscription = &p->subscription;
	p->item = (struct lg_item){
		.now = NOON, .arena = p->arena, .state = &p->desk, .work = &p->work
	};
	assert_true(lg_is_done(notice_intend(&p->notice, NOON)));
}

static void place_free(struct place *p)
{
	pouch_free(p->desk.pouch);
	lg_arena_free(p->arena);
}

static enum due_step sent(struct place *p)
{
	p->work.step = DUE_NOTHING;
	assert_true(lg_is_done(decide_send(&p->item)));
	return p->work.step;
}

static enum due_step delivered(struct place *p, enum delivery delivery)
{
	p->work.step = DUE_NOTHING;
	p->work.delivery = delivery;
	p->work.reason = "a reason";
	assert_true(lg_is_done(decide_delivery(&p->item)));
	return p->work.step;
}

/*
 * Goal: an address is opened only for a notice that still waits, for somebody who still wants it,
 * when it can be sent at once.
 * Method: each condition alone is not given.
 */
static void an_address_is_opened_only_to_be_used(void **unused)
{
	struct place p;
	uint8_t i;

	(void)unused;
	place_make(&p);
	assert_int_equal(sent(&p), DUE_OPEN);
	p.work.away = 1u << CHANNEL_SMTP;
	assert_int_equal(sent(&p), DUE_PUT_OFF);
	assert_true(p.work.again_at >= NOON + 30 * LG_SECOND_MS);
	p.work.away = 1u << CHANNEL_FILE;
	for (i = 0; i < POUCH_MAX; i++)
		pouch_put(p.desk.pouch, (struct lg_id){ .byte = { 2, i } }, "a@b", NOON);
	assert_int_equal(sent(&p), DUE_PUT_OFF);
	assert_int_equal(p.work.again_at, NOON + LG_SECOND_MS);
	assert_int_equal(p.notice.attempts, 0);
	place_free(&p);

	place_make(&p);
	p.desk.channels[CHANNEL_SMTP].state = NULL;
	assert_int_equal(sent(&p), DUE_SETTLE);
	assert_int_equal(p.notice.state, NOTICE_INTENDED); /* somebody may set it up */
	assert_int_equal(p.notice.attempts, 1);
	p.subscription.subscription.state = SUBSCRIPTION_ENDED;
	assert_int_equal(sent(&p), DUE_SETTLE);
	assert_int_equal(p.notice.state, NOTICE_FAILED);
	assert_string_equal(p.notice.reason, "unsubscribed meanwhile");
	assert_int_equal(sent(&p), DUE_NOTHING);
	p.notice.state = NOTICE_NEW; /* of an event that was read twice */
	assert_int_equal(sent(&p), DUE_NOTHING);
	place_free(&p);
}

/* Goal: each end of an attempt is kept.  Method: all of them, then one that comes late. */
static void what_became_of_an_attempt_is_kept(void **unused)
{
	struct place p;

	(void)unused;
	place_make(&p);
	assert_int_equal(delivered(&p, DELIVERY_NOT_TRIED), DUE_PUT_OFF);
	assert_int_equal(p.work.again_at, NOON + LG_SECOND_MS); /* not opened here: open it again */
	p.work.address = "a@b";
	assert_int_equal(delivered(&p, DELIVERY_NOT_TRIED), DUE_PUT_OFF);
	assert_int_equal(p.work.again_at, NOON + 5 * LG_SECOND_MS);
	assert_int_equal(p.notice.attempts, 0);

	assert_int_equal(delivered(&p, DELIVERY_LATER), DUE_SETTLE);
	assert_int_equal(p.notice.state, NOTICE_INTENDED);
	assert_true(p.notice.next_at >= NOON + RETRY_FIRST_MS * 3 / 4);
	assert_string_equal(p.notice.reason, "a reason");
	assert_int_equal(delivered(&p, DELIVERY_DONE), DUE_SETTLE);
	assert_int_equal(p.notice.state, NOTICE_SENT);
	assert_int_equal(p.notice.attempts, 2);
	assert_int_equal(delivered(&p, DELIVERY_REFUSED), DUE_NOTHING);
	assert_int_equal(p.notice.state, NOTICE_SENT);
	place_free(&p);

	place_make(&p);
	p.work.address = "a@b";
	assert_int_equal(delivered(&p, DELIVERY_REFUSED), DUE_SETTLE);
	assert_int_equal(p.notice.state, NOTICE_FAILED);
	place_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_opened_only_to_be_used),
		cmocka_unit_test(what_became_of_an_attempt_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
