#include "common/watch/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

static struct lg_metrics *sample(void)
{
	struct lg_metrics *metrics = lg_metrics_new("intake");
	struct lg_metric *applied =
		lg_metrics_counter(metrics, "events_total", "Events.", "what", "applied");
	struct lg_metric *refused =
		lg_metrics_counter(metrics, "events_total", "Events.", "what", "refused");
	struct lg_metric *open =
		lg_metrics_gauge(metrics, "lines_open", "Lines that are open.", NULL, NULL);
	struct lg_histogram *batch =
		lg_metrics_histogram(metrics, "batch_seconds", "One transaction.");

	lg_metric_add(applied, 2);
	lg_metric_add(applied, 3);
	lg_metric_set(refused, UINT64_MAX);
	lg_metric_set(open, 7);
	lg_metric_set(open, 6);
	lg_histogram_observe_us(batch, 100);
	lg_histogram_observe_us(batch, 101);
	lg_histogram_observe_us(batch, 60000000);
	lg_histogram_observe_us(batch, 60000001);
	return metrics;
}

static int has(const char *text, const char *line)
{
	return strstr(text, line) != NULL;
}

/* Goal: one family, one head, one line each.  Method: read what is printed. */
static void a_scrape_shows_each_number(void **unused)
{
	struct lg_metrics *metrics = sample();
	struct lg_arena *arena = lg_arena_new();
	size_t size = 0;
	const char *text = lg_metrics_print(metrics, arena, &size);
	const char *head = strstr(text, "# TYPE lifeguard_events_total counter\n");

	(void)unused;
	assert_int_equal(strlen(text), size);
	assert_non_null(head);
	assert_false(has(head + 1, "# TYPE lifeguard_events_total"));
	assert_true(has(text, "lifeguard_events_total{service=\"intake\",what=\"applied\"} 5\n"));
	assert_true(has(text, "what=\"refused\"} 18446744073709551615\n"));
	assert_true(has(text, "# TYPE lifeguard_lines_open gauge\n"));
	assert_true(has(text, "lifeguard_lines_open{service=\"intake\"} 6\n"));
	lg_arena_free(arena);
	lg_metrics_free(metrics);
}

/* Goal: a bound belongs to its bucket.  Method: both sides of the first and of the last one. */
static void a_histogram_counts_up_to_each_bound(void **unused)
{
	struct lg_metrics *metrics = sample();
	struct lg_arena *arena = lg_arena_new();
	size_t size = 0;
	const char *text = lg_metrics_print(metrics, arena, &size);

	(void)unused;
	assert_true(
		has(text, "lifeguard_batch_seconds_bucket{service=\"intake\",le=\"0.0001\"} 1\n"));
	assert_true(has(text, "le=\"0.00025\"} 2\n"));
	assert_true(has(text, "le=\"10\"} 2\n"));
	assert_true(has(text, "le=\"60\"} 3\n"));
	assert_true(has(text, "le=\"+Inf\"} 4\n"));
	assert_true(has(text, "lifeguard_batch_seconds_sum{service=\"intake\"} 120.000202\n"));
	assert_true(has(text, "lifeguard_batch_seconds_count{service=\"intake\"} 4\n"));
	lg_arena_free(arena);
	lg_metrics_free(metrics);
}

/* Goal: Prometheus takes it.  Method: its own checker, where there is one. */
static void prometheus_finds_nothing_to_say(void **unused)
{
	struct lg_metrics *metrics = sample();
	struct lg_arena *arena = lg_arena_new();
	size_t size = 0;
	const char *text = lg_metrics_print(metrics, arena, &size);
	FILE *checker;
	int status;

	(void)unused;
	if (system("command -v promtool >/dev/null 2>&1") == 0) {
		checker = popen("promtool check metrics 2>&1", "w");
		assert_non_null(checker);
		assert_int_equal(fwrite(text, 1, size, checker), size);
		status = pclose(checker);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	} else {
		print_message("promtool is not installed: its check was left out\n");
	}
	lg_arena_free(arena);
	lg_metrics_free(metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scrape_shows_each_number),
		cmocka_unit_test(a_histogram_counts_up_to_each_bound),
		cmocka_unit_test(prometheus_finds_nothing_to_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
