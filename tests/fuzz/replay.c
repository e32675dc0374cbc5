/*
 * A fuzz target without its fuzzer: each file given is one input.  The sanitizers and the
 * target's own assertions say what is wrong; the exit status tells replay.sh.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (1024 * 1024)

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		uint8_t *bytes = malloc(INPUT_MAX), *exact;
		size_t size;

		if (file == NULL || bytes == NULL) {
			fprintf(stderr, "%s: cannot be read\n", argv[i]);
			return 2;
		}
		size = fread(bytes, 1, INPUT_MAX, file);
		fclose(file);
		/* in a block of its size, so that one byte read too far is noticed */
		exact = realloc(bytes, size == 0 ? 1 : size);
		if (exact == NULL)
			return 2;
		LLVMFuzzerTestOneInput(exact, size);
		free(exact);
	}
	return 0;
}
