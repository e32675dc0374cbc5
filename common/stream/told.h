/*
 * What a publisher told lately, by number: two stories under one number show, whoever signed both.
 * A mark is the first 8 bytes of an envelope's digest; only the newest numbers are remembered.
 */
#ifndef LG_STREAM_TOLD_H
#define LG_STREAM_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#define LG_TOLD_MAX 64

/* Zeroed: nothing was told. */
struct lg_told {
	uint64_t number[LG_TOLD_MAX], mark[LG_TOLD_MAX];
};

/* The number was taken with this mark. */
void lg_told_note(struct lg_told *told, uint64_t number, uint64_t mark);

/* Whether the number was taken with another mark; false when that is not remembered. */
bool lg_told_differs(const struct lg_told *told, uint64_t number, uint64_t mark);

#endif
