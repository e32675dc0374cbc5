/*
 * What a service counts, in the text format 0.0.4 of Prometheus.
 *
 * A registry belongs to its service; there is no global one.  Every sample carries
 * service="...", and at most one more label.  Names and labels are literals of the program, so
 * that no case, person or organisation can stand in a label.
 */
#ifndef LG_WATCH_METRICS_H
#define LG_WATCH_METRICS_H

#include "common/base/arena.h"

#define LG_METRICS_MAX    256 /* counters and gauges of one service */
#define LG_HISTOGRAMS_MAX 16

struct lg_metrics;
struct lg_metric;
struct lg_histogram;

/* An empty registry; service is a literal. */
struct lg_metrics *lg_metrics_new(const char *service);

/* Frees it and all of its metrics.  NULL is fine. */
void lg_metrics_free(struct lg_metrics *metrics);

/*
 * A number that only rises; printed as lifeguard_<name>.  Several of one name differ in their
 * label's value and are asked for one behind the other, with the same help.
 *
 *   name         ends in _total; all texts are literals, alive as long as the registry
 *   label_name   NULL: no label
 *   label_value  NULL only when label_name is
 */
struct lg_metric *lg_metrics_counter(struct lg_metrics *metrics, const char *name, const char *help,
	const char *label_name, const char *label_value);

/* As a counter, but it may fall; name does not end in _total. */
struct lg_metric *lg_metrics_gauge(struct lg_metrics *metrics, const char *name, const char *help,
	const char *label_name, const char *label_value);

/*
 * Durations in fixed buckets, 100 us to 60 s, printed as lifeguard_<name>.
 *   name  ends in _seconds
 */
struct lg_histogram *lg_metrics_histogram(
	struct lg_metrics *metrics, const char *name, const char *help);

/* Raises a counter (or a gauge) by n. */
void lg_metric_add(struct lg_metric *metric, uint64_t n);

/* For gauges, and for counters that somebody else counts. */
void lg_metric_set(struct lg_metric *metric, uint64_t value);

/* Counts one duration. */
void lg_histogram_observe_us(struct lg_histogram *histogram, uint64_t duration_us);

/* The whole registry as text, NUL-terminated, in the arena; ret_size without the NUL. */
char *lg_metrics_print(const struct lg_metrics *metrics, struct lg_arena *arena, size_t *ret_size);

#endif
