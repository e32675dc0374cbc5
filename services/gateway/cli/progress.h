/*
 * How far a long piece of work is: one line that is written over on a terminal, plain lines
 * every few seconds elsewhere.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define PROGRESS_TERMINAL_MS 100
#define PROGRESS_PLAIN_MS    5000
#define PROGRESS_TEXT        160

struct progress {
	FILE *out;
	bool is_terminal;
	const char *what; /* "forms" */
	uint64_t total;
	uint64_t began_ms, shown_ms; /* steady */
	uint64_t done;
	uint64_t refused;
};

/* Starts to tell of total pieces; steady_ms as in every call. */
struct progress progress_begin(FILE *out, const char *what, uint64_t total, uint64_t steady_ms);

/* Shows how far it is, when enough time has passed. */
void progress_show(struct progress *progress, uint64_t done, uint64_t refused, uint64_t steady_ms);

/* Takes the line away, so that something else may be printed. */
void progress_clear(struct progress *progress);

/* The line, without its end: pieces, share, rate, time left. */
void progress_line(
	const struct progress *progress, uint64_t steady_ms, char ret_line[PROGRESS_TEXT]);

#endif
