/* An event of the journey in front of its handler's decision. */
#ifndef SERVICES_REPORTING_JOURNEY_FOR_TESTS_H
#define SERVICES_REPORTING_JOURNEY_FOR_TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "services/reporting/handlers.h"

#define MAY_2026 ((lg_ms)1777593600000) /* 2026-05-01T00:00:00Z */

/* Decides as the table of contents says; the work as it is then. */
static inline struct journey_work decided(
	uint32_t type, const ProtobufCMessage *message, struct lg_id key, enum lg_outcome outcome)
{
	const struct lg_handler *handler = reporting_handlers;
	const struct lg_envelope envelope = { .occurred_at = MAY_2026 };
	struct journey_work work = { .has_pair = false };
	struct lg_item item = {
		.type = lg_message_type(type),
		.message = message,
		.event = &envelope,
		.key = key,
		.work = &work,
	};

	while (handler->type != type)
		handler++;
	assert_int_equal(handler->work_size, sizeof work);
	assert_int_equal(handler->decide(&item).outcome, outcome);
	return work;
}

/* The event counts one of this, and nothing else. */
static inline void counts_one(
	uint32_t type, const ProtobufCMessage *message, enum journey_counter counter)
{
	struct journey_work work = decided(type, message, (struct lg_id){ { 0 } }, LG_DONE);

	assert_int_equal(work.share.count, 1);
	assert_int_equal(work.share.at[0].counter, counter);
	assert_int_equal(work.share.at[0].amount, 1);
	assert_string_equal(work.share.month, "2026-05");
	assert_false(work.has_pair);
}

/* It leaves a trace, and counts nothing. */
static inline void counts_nothing(uint32_t type, const ProtobufCMessage *message)
{
	struct journey_work work = decided(type, message, (struct lg_id){ { 0 } }, LG_DONE);

	assert_int_equal(work.share.count, 0);
	assert_string_equal(work.share.month, "2026-05");
}

/* It is not taken. */
static inline void is_refused(uint32_t type, const ProtobufCMessage *message)
{
	decided(type, message, (struct lg_id){ { 0 } }, LG_REFUSED);
}

#endif
