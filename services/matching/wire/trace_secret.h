/* What follows from the secret of two sites and a period: a check of it, a person's token, noise. */
#ifndef SERVICES_MATCHING_TRACE_SECRET_H
#define SERVICES_MATCHING_TRACE_SECRET_H

#include "common/base/id.h"
#include "services/matching/domain/trace.h"
#include "services/matching/engine/clk/clk.h"

#define TRACE_CHECK_SIZE 16

/* Shows to the other side that both derive the same secret; says nothing of it. */
void trace_secret_check(const uint8_t secret[CLK_KEY_SIZE], uint8_t ret_check[TRACE_CHECK_SIZE]);

/* The same for the same record in a period, another in the next: what a budget counts. */
void trace_token(const uint8_t secret[CLK_KEY_SIZE], struct lg_id record_id,
	uint8_t ret_token[TRACE_TOKEN_SIZE]);

/*
 * Fills up with encodings of nobody, as full as the real ones, so that the number of her names
 * does not show; they are alike to no one.
 *   clks   the first count are real, and not none; behind it is written
 */
void trace_pad(struct clk *clks, uint32_t count, uint32_t wanted);

#endif
