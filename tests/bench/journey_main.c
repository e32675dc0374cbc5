/*
 * What drives `make bench-journey`: clients of real gateways.
 *
 *   journey_main rescues URL TOKEN URL2 TOKEN2 RATE COUNT ORGANISATION
 *   journey_main streamed URL TOKEN URL2 TOKEN2 RATE COUNT ORGANISATION
 *   journey_main counts URL TOKEN CLIENTS SECONDS
 *   journey_main forms URL TOKEN CLIENTS SECONDS
 *
 * rescues: COUNT women are met, registered and asked at the first gateway; then each is rescued,
 * RATE a second, whether or not those before were answered.  A worker's list at the second gateway
 * is asked every POLL_MS; prints, in microseconds, p50 and p99 from the moment when a rescue was
 * sent to the moment when its offer stood in a list that was read, then p50 and p99 from its
 * answer "accepted", then p50 of the answer itself.  Tokens are files; the first is a lead's, the
 * second one's of a worker of ORGANISATION.
 * streamed: the same, but the worker listens to the inbox (server-sent events).
 * counts, forms: CLIENTS clients send one command after the other for SECONDS, how many people were
 * informed or an interception; prints how many were answered 200 in a second.
 */
#include <sodium.h>
#include <time.h>

#include "common/base/calendar.h"
#include "common/base/id.h"
#include "tests/bench/http_client.h"

#define POLL_MS     2
#define CLIENTS_MAX 256
#define COUNT_MAX   20000
#define SENDERS     32 /* connections that rescues are sent over */
#define PATIENCE_MS 30000
#define BODY_MAX    2048
#define HOUR_MS     (3600 * LG_SECOND_MS)

enum step { MEET, REGISTER, IDENTIFY, CONSENT, RESCUE, STEP_COUNT };

struct woman {
	char case_id[LG_ID_TEXT], person_id[LG_ID_TEXT];
	uint64_t sent_ns, accepted_ns, seen_ns;
};

struct bench {
	uv_loop_t loop;
	uv_timer_t send, poll, watch;
	struct client_site first, second;
	struct client *client[CLIENTS_MAX], *desk;
	size_t client_count, count, next, done, seen, oldest; /* oldest that was not seen */
	enum step step;
	bool is_streamed;
	const char *organisation;
	char before_all[LG_ID_TEXT]; /* an id behind those of earlier rounds */
	uint64_t started_ns, ends_ns, rate;
	struct woman *women;
	void (*ask)(struct client *client);
	size_t doing[CLIENTS_MAX]; /* of each client: which woman */
};

static lg_ms wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * LG_SECOND_MS + now.tv_nsec / 1000000;
}

static void make_id(lg_ms at, char ret_text[LG_ID_TEXT])
{
	uint64_t random;

	randombytes_buf(&random, sizeof random);
	lg_id_print(lg_id_make(1, at, random), ret_text);
}

/* --- one question after the other ----------------------------------------------------------- */

static void ask_step(
	struct client *client, const struct woman *w, enum step step, const char *organisation)
{
	static const char *const paths[STEP_COUNT] = { "arrival", "travellers", "identifications",
		"consents", "rescues" };
	static const char *const words[STEP_COUNT] = {
		[MEET] = "\"station\":\"SNL\",\"language\":\"ne\",\"engaged_ms\":",
		[REGISTER] = "\"she_wishes\":true,\"traveller\":{\"sex\":\"female\","
			     "\"age_years\":24,\"age_basis\":\"stated\",\"country\":\"NP\","
			     "\"district\":\"palpa\",\"identity\":{\"names\":["
			     "\"Invented Person\"]}}",
		[IDENTIFY] = "\"kind\":\"potential_victim\",\"status\":\"possible_victim\","
			     "\"decided_by\":\"centre\",\"decided_ms\":",
		[CONSENT] = "\"purpose\":\"consent_sharing\",\"state\":\"given\","
			    "\"language\":\"ne\",\"manner\":\"oral\","
			    "\"giver\":\"person_herself\",\"given_ms\":",
		[RESCUE] = "\"route\":\"r1_hand_back\",\"decided_by\":\"border_force\","
			   "\"reason\":\"both_nepali_same_day\",\"urgency\":\"urgent\","
			   "\"needs\":[\"shelter\"],\"rescued_ms\":",
	};
	char path[128], body[BODY_MAX], person[128] = "", at[32] = "", recipient[64] = "";

	snprintf(path, sizeof path, "/api/v1/cases/%s/%s", w->case_id, paths[step]);
	if (step != MEET)
		snprintf(person, sizeof person, "\"person_id\":\"%s\",", w->person_id);
	if (step != REGISTER)
		snprintf(at, sizeof at, "%lld",
			(long long)(wall_clock() - (STEP_COUNT - step) * HOUR_MS));
	if (step == CONSENT)
		snprintf(recipient, sizeof recipient, ",\"recipient\":\"%s\"", organisation);
	snprintf(body, sizeof body, "{\"case_id\":\"%s\",%s%s%s%s}", w->case_id, person,
		words[step], at, recipient);
	client_ask(client, step == MEET ? "PUT" : "POST", path, body);
}

static void expect_200(int status, struct lg_bytes body)
{
	if (status == 200)
		return;
	fprintf(stderr, "journey: %d %.*s\n", status, (int)body.size, (const char *)body.data);
	exit(1);
}

static void begin_rescues(struct bench *bench);

/* Every woman through one step, then all through the next: as many at a time as there are clients. */
static void prepare_next(struct bench *bench, struct client *client)
{
	if (bench->next == bench->count)
		return;
	bench->doing[client->number] = bench->next++;
	ask_step(client, &bench->women[bench->doing[client->number]], bench->step,
		bench->organisation);
}

static void prepared(struct client *client, int status, struct lg_bytes body)
{
	struct bench *bench = client->user;

	expect_200(status, body);
	bench->done++;
	if (bench->done < bench->count) {
		prepare_next(bench, client);
		return;
	}
	bench->step++;
	bench->next = bench->done = 0;
	if (bench->step == RESCUE) {
		begin_rescues(bench);
		return;
	}
	for (size_t i = 0; i < bench->client_count; i++)
		if (!bench->client[i]->is_gone)
			prepare_next(bench, bench->client[i]);
}

/* --- rescues, and who waits for them -------------------------------------------------------- */

static int by_size(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static uint64_t percentile(uint64_t *values, size_t count, size_t percent)
{
	qsort(values, count, sizeof *values, by_size);
	return values[(count - 1) * percent / 100] / 1000;
}

static void report(const struct bench *bench)
{
	uint64_t *sent = calloc(bench->count, sizeof *sent);
	uint64_t *accepted = calloc(bench->count, sizeof *accepted);
	uint64_t *answer = calloc(bench->count, sizeof *answer);

	if (sent == NULL || accepted == NULL || answer == NULL)
		abort();
	for (size_t i = 0; i < bench->count; i++) {
		const struct woman *w = &bench->women[i];

		sent[i] = w->seen_ns - w->sent_ns;
		accepted[i] = w->seen_ns > w->accepted_ns ? w->seen_ns - w->accepted_ns : 0;
		answer[i] = w->accepted_ns - w->sent_ns;
	}
	printf("%llu %llu %llu %llu %llu\n", (unsigned long long)percentile(sent, bench->count, 50),
		(unsigned long long)percentile(sent, bench->count, 99),
		(unsigned long long)percentile(accepted, bench->count, 50),
		(unsigned long long)percentile(accepted, bench->count, 99),
		(unsigned long long)percentile(answer, bench->count, 50));
	free(sent);
	free(accepted);
	free(answer);
}

static void rescued(struct client *client, int status, struct lg_bytes body)
{
	struct bench *bench = client->user;

	expect_200(status, body);
	bench->women[bench->doing[client->number]].accepted_ns = uv_hrtime();
	if (++bench->done == bench->count && bench->seen == bench->count)
		uv_stop(&bench->loop);
}

static struct client *idle_client(const struct bench *bench)
{
	for (size_t i = 0; i < bench->client_count; i++)
		if (!bench->client[i]->is_asking && !bench->client[i]->is_gone)
			return bench->client[i];
	client_fail("all connections wait for an answer: the rate is not reached");
	return NULL;
}

/* Sent when it is time, not when the one before was answered. */
static void on_send(uv_timer_t *timer)
{
	struct bench *bench = timer->data;
	uint64_t now_ns = uv_hrtime();

	while (bench->next < bench->count &&
		bench->started_ns + bench->next * 1000000000u / bench->rate <= now_ns) {
		struct client *client = idle_client(bench);
		struct woman *w = &bench->women[bench->next];

		bench->doing[client->number] = bench->next++;
		w->sent_ns = uv_hrtime();
		ask_step(client, w, RESCUE, bench->organisation);
	}
	if (bench->next == bench->count)
		uv_timer_stop(timer);
}

static void on_poll(uv_timer_t *timer)
{
	struct bench *bench = timer->data;
	char body[128];

	snprintf(body, sizeof body, "{\"after\":\"%s\"}",
		bench->oldest == 0 ? bench->before_all : bench->women[bench->oldest - 1].person_id);
	client_ask(bench->desk, "POST", "/api/v1/referrals/search", body);
}

/* The ids of women grow, so those that are not seen yet lie behind the oldest of them. */
static bool note_seen(struct bench *bench, struct lg_bytes body)
{
	uint64_t now_ns = uv_hrtime();
	size_t first = bench->oldest;

	for (size_t i = first; i < bench->next; i++) {
		struct woman *w = &bench->women[i];

		if (w->seen_ns != 0 ||
			memmem(body.data, body.size, w->person_id, LG_ID_TEXT - 1) == NULL)
			continue;
		w->seen_ns = now_ns;
		bench->seen++;
	}
	while (bench->oldest < bench->next && bench->women[bench->oldest].seen_ns != 0)
		bench->oldest++;
	return bench->seen == bench->count && bench->done == bench->count;
}

static void listed(struct client *client, int status, struct lg_bytes body)
{
	struct bench *bench = client->user;

	expect_200(status, body);
	if (note_seen(bench, body))
		uv_stop(&bench->loop);
	else
		uv_timer_start(&bench->poll, on_poll, POLL_MS, 0);
}

/* A stream says it once; the answers of rescues may come behind it. */
static void streamed(struct client *client, int status, struct lg_bytes body)
{
	struct bench *bench = client->user;

	(void)status;
	if (note_seen(bench, body))
		uv_stop(&bench->loop);
}

static void on_watch(uv_timer_t *timer)
{
	const struct bench *bench = timer->data;

	fprintf(stderr, "journey: step %d, %zu sent, %zu answered, %zu seen\n", (int)bench->step,
		bench->next, bench->done, bench->seen);
	client_fail("not all that was expected came");
}

static void begin_rescues(struct bench *bench)
{
	for (size_t i = 0; i < bench->client_count; i++)
		bench->client[i]->answered = rescued;
	bench->desk = client_new(&bench->loop, &bench->second, listed, bench);
	bench->started_ns = uv_hrtime();
	uv_timer_start(&bench->send, on_send, 1, 1);
	if (bench->is_streamed) {
		bench->desk->heard = streamed;
		client_ask(bench->desk, "GET", "/api/v1/inbox/referrals", "");
	} else {
		uv_timer_start(&bench->poll, on_poll, POLL_MS, 0);
	}
	uv_timer_start(&bench->watch, on_watch,
		PATIENCE_MS + bench->count * LG_SECOND_MS / bench->rate, 0);
}

static void run_rescues(struct bench *bench)
{
	lg_ms now = wall_clock() - HOUR_MS;

	bench->women = calloc(bench->count, sizeof *bench->women);
	if (bench->women == NULL)
		abort();
	make_id(now - 1, bench->before_all);
	for (size_t i = 0; i < bench->count; i++) {
		make_id(now + (lg_ms)i, bench->women[i].case_id);
		make_id(now + (lg_ms)i, bench->women[i].person_id);
	}
	bench->client_count = SENDERS;
	for (size_t i = 0; i < SENDERS; i++) {
		bench->client[i] = client_new(&bench->loop, &bench->first, prepared, bench);
		bench->client[i]->number = i;
		prepare_next(bench, bench->client[i]);
	}
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	report(bench);
}

/* --- commands a second ------------------------------------------------------------------------ */

/* One row and one event. */
static void ask_count(struct client *client)
{
	char body[BODY_MAX];

	snprintf(body, sizeof body,
		"{\"station\":\"SNL\",\"informed_ms\":%lld,\"women\":3,\"girls\":2}",
		(long long)(wall_clock() - HOUR_MS));
	client_ask(client, "POST", "/api/v1/informed", body);
}

/* A case, a person, two steps, two events, that four services read. */
static void ask_form(struct client *client)
{
	char id[LG_ID_TEXT], path[128], body[BODY_MAX];

	make_id(wall_clock(), id);
	snprintf(path, sizeof path, "/api/v1/cases/%s/interception", id);
	snprintf(body, sizeof body,
		"{\"case_id\":\"%s\",\"station\":\"SNL\",\"intercepted_ms\":%lld,\"persons\":[{"
		"\"kind\":\"potential_victim\",\"sex\":\"female\",\"age_years\":19}]}",
		id, (long long)(wall_clock() - HOUR_MS));
	client_ask(client, "PUT", path, body);
}

static void commanded(struct client *client, int status, struct lg_bytes body)
{
	struct bench *bench = client->user;

	expect_200(status, body);
	bench->done++;
	if (uv_hrtime() >= bench->ends_ns)
		uv_stop(&bench->loop);
	else
		bench->ask(client);
}

static void run_commands(struct bench *bench, int64_t seconds)
{
	bench->started_ns = uv_hrtime();
	bench->ends_ns = bench->started_ns + (uint64_t)seconds * 1000000000u;
	for (size_t i = 0; i < bench->client_count; i++)
		bench->ask(client_new(&bench->loop, &bench->first, commanded, bench));
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	printf("%.0f\n", (double)bench->done * 1e9 / (double)(uv_hrtime() - bench->started_ns));
}

int main(int argc, char **argv)
{
	struct bench *bench = calloc(1, sizeof *bench);
	int64_t one = 0, two = 0;
	bool is_counts = argc > 1 && strcmp(argv[1], "counts") == 0;

	if (bench == NULL || sodium_init() < 0)
		abort();
	uv_loop_init(&bench->loop);
	uv_timer_init(&bench->loop, &bench->send);
	uv_timer_init(&bench->loop, &bench->poll);
	uv_timer_init(&bench->loop, &bench->watch);
	bench->is_streamed = argc > 1 && strcmp(argv[1], "streamed") == 0;
	bench->send.data = bench->poll.data = bench->watch.data = bench;
	if (argc == 9 && (bench->is_streamed || strcmp(argv[1], "rescues") == 0) &&
		lg_is_done(lg_int_parse(argv[6], &one)) &&
		lg_is_done(lg_int_parse(argv[7], &two)) && one > 0 && two > 0 && two <= COUNT_MAX) {
		client_site_read(&bench->first, argv[2], argv[3]);
		client_site_read(&bench->second, argv[4], argv[5]);
		bench->rate = (uint64_t)one;
		bench->count = (size_t)two;
		bench->organisation = argv[8];
		run_rescues(bench);
	} else if (argc == 6 && (is_counts || strcmp(argv[1], "forms") == 0) &&
		   lg_is_done(lg_int_parse(argv[4], &one)) &&
		   lg_is_done(lg_int_parse(argv[5], &two)) && one > 0 && one <= CLIENTS_MAX &&
		   two > 0) {
		client_site_read(&bench->first, argv[2], argv[3]);
		bench->client_count = (size_t)one;
		bench->ask = is_counts ? ask_count : ask_form;
		run_commands(bench, two);
	} else {
		return 2;
	}
	/* the process ends here: nothing is taken down */
	return 0;
}
