/*
 * What every target of this folder is: one function that takes bytes from outside.
 *
 * libFuzzer calls it with bytes that it makes up (run.sh), replay.c with the files of a corpus
 * (replay.sh).  A target returns 0 always; what must not be, it asserts.
 */
#ifndef LG_TESTS_FUZZ_FUZZ_H
#define LG_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
