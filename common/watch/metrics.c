#include "common/watch/metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PREFIX "lifeguard_"

struct lg_metric {
	const char *name, *type, *help, *label_name, *label_value;
	uint64_t value;
};

/* Upper bounds of the buckets; the text is what a scrape shows. */
static const struct {
	uint64_t upto_us;
	const char *text;
} bounds[] = {
	{ 100, "0.0001" },
	{ 250, "0.00025" },
	{ 500, "0.0005" },
	{ 1000, "0.001" },
	{ 2500, "0.0025" },
	{ 5000, "0.005" },
	{ 10000, "0.01" },
	{ 25000, "0.025" },
	{ 50000, "0.05" },
	{ 100000, "0.1" },
	{ 250000, "0.25" },
	{ 500000, "0.5" },
	{ 1000000, "1" },
	{ 2500000, "2.5" },
	{ 10000000, "10" },
	{ 60000000, "60" },
};

#define BOUNDS (sizeof bounds / sizeof bounds[0])

struct lg_histogram {
	const char *name, *help;
	uint64_t counts[BOUNDS + 1]; /* each bucket alone; the last is above all bounds */
	uint64_t sum_us;
};

struct lg_metrics {
	const char *service;
	uint32_t count, histogram_count;
	struct lg_metric at[LG_METRICS_MAX];
	struct lg_histogram histograms[LG_HISTOGRAMS_MAX];
};

struct lg_metrics *lg_metrics_new(const char *service)
{
	struct lg_metrics *metrics = calloc(1, sizeof *metrics);

	if (metrics == NULL)
		abort();
	metrics->service = service;
	return metrics;
}

void lg_metrics_free(struct lg_metrics *metrics)
{
	free(metrics);
}

static bool ends_in(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);

	return length > end_length && strcmp(name + length - end_length, end) == 0;
}

static struct lg_metric *add(struct lg_metrics *metrics, struct lg_metric metric)
{
	assert(metrics->count < LG_METRICS_MAX);
	assert((metric.label_name == NULL) == (metric.label_value == NULL));
	metrics->at[metrics->count] = metric;
	return &metrics->at[metrics->count++];
}

struct lg_metric *lg_metrics_counter(struct lg_metrics *metrics, const char *name, const char *help,
	const char *label_name, const char *label_value)
{
	assert(ends_in(name, "_total"));
	return add(
		metrics, (struct lg_metric){ name, "counter", help, label_name, label_value, 0 });
}

struct lg_metric *lg_metrics_gauge(struct lg_metrics *metrics, const char *name, const char *help,
	const char *label_name, const char *label_value)
{
	assert(!ends_in(name, "_total"));
	return add(metrics, (struct lg_metric){ name, "gauge", help, label_name, label_value, 0 });
}

struct lg_histogram *lg_metrics_histogram(
	struct lg_metrics *metrics, const char *name, const char *help)
{
	struct lg_histogram *histogram;

	assert(ends_in(name, "_seconds"));
	assert(metrics->histogram_count < LG_HISTOGRAMS_MAX);
	histogram = &metrics->histograms[metrics->histogram_count++];
	histogram->name = name;
	histogram->help = help;
	return histogram;
}

void lg_metric_add(struct lg_metric *metric, uint64_t n)
{
	metric->value += n;
}

void lg_metric_set(struct lg_metric *metric, uint64_t value)
{
	metric->value = value;
}

void lg_histogram_observe_us(struct lg_histogram *histogram, uint64_t duration_us)
{
	uint32_t bucket = 0;

	while (bucket < BOUNDS && duration_us > bounds[bucket].upto_us)
		bucket++;
	histogram->counts[bucket]++;
	histogram->sum_us += duration_us;
}

static void print_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP " PREFIX "%s %s\n", name, help);
	fprintf(out, "# TYPE " PREFIX "%s %s\n", name, type);
}

static void print_metric(FILE *out, const struct lg_metrics *metrics, uint32_t index)
{
	const struct lg_metric *metric = &metrics->at[index];

	if (index == 0 || strcmp(metrics->at[index - 1].name, metric->name) != 0)
		print_head(out, metric->name, metric->type, metric->help);
	fprintf(out, PREFIX "%s{service=\"%s\"", metric->name, metrics->service);
	if (metric->label_name != NULL)
		fprintf(out, ",%s=\"%s\"", metric->label_name, metric->label_value);
	fprintf(out, "} %" PRIu64 "\n", metric->value);
}

static void print_histogram(FILE *out, const char *service, const struct lg_histogram *histogram)
{
	uint64_t upto = 0;

	print_head(out, histogram->name, "histogram", histogram->help);
	for (uint32_t i = 0; i <= BOUNDS; i++) {
		upto += histogram->counts[i];
		fprintf(out, PREFIX "%s_bucket{service=\"%s\",le=\"%s\"} %" PRIu64 "\n",
			histogram->name, service, i < BOUNDS ? bounds[i].text : "+Inf", upto);
	}
	fprintf(out, PREFIX "%s_sum{service=\"%s\"} %" PRIu64 ".%06" PRIu64 "\n", histogram->name,
		service, histogram->sum_us / 1000000, histogram->sum_us % 1000000);
	fprintf(out, PREFIX "%s_count{service=\"%s\"} %" PRIu64 "\n", histogram->name, service,
		upto);
}

char *lg_metrics_print(const struct lg_metrics *metrics, struct lg_arena *arena, size_t *ret_size)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		abort();
	for (uint32_t i = 0; i < metrics->count; i++)
		print_metric(out, metrics, i);
	for (uint32_t i = 0; i < metrics->histogram_count; i++)
		print_histogram(out, metrics->service, &metrics->histograms[i]);
	if (fclose(out) != 0)
		abort();
	lg_arena_defer(arena, free, text);
	*ret_size = size;
	return text;
}
