#include "services/bus/site_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "common/stream/partition.h"
#include "common/stream/registry.h"
#include "services/bus/domain/piece.h"

#define WAIT_MS 60000
#define SOUTH   1 /* listens */
#define NORTH   2 /* connects */

/* One end of a line. */
struct end {
	struct site_link *link;
	uint64_t got;
	struct lg_route last;
	size_t last_size;
	uint8_t first_byte;
	uint64_t care_after; /* bulk frames that came before the first of care */
	uint64_t bulk, care;
	uint32_t ups; /* told that the line is up, or another one */
};

struct line {
	uv_loop_t loop;
	uv_timer_t timer;
	bool is_late;
	uint64_t expected; /* frames that south will have got */
	char address[64];
	uint8_t public_keys[3][32], secrets[3][32];
	struct end south, north, clone;
	uint8_t *body;
};

static void make_keys(uint8_t ret_public[32], uint8_t ret_secret[32])
{
	char public_text[41], secret_text[41];

	assert_int_equal(zmq_curve_keypair(public_text, secret_text), 0);
	assert_non_null(zmq_z85_decode(ret_public, public_text));
	assert_non_null(zmq_z85_decode(ret_secret, secret_text));
}

static void on_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct end *end = user;

	end->got++;
	end->last = *route;
	end->last_size = body.size;
	end->first_byte = body.size > 0 ? body.data[0] : 0;
	if (route->lane == LG_LANE_BULK)
		end->bulk++;
	else if (end->care++ == 0)
		end->care_after = end->bulk;
}

static void on_up(void *user, uint16_t site)
{
	struct end *end = user;

	assert_true(site == SOUTH || site == NORTH);
	end->ups++;
}

static void on_late(uv_timer_t *timer)
{
	struct line *line = timer->data;

	line->is_late = true;
}

/* Turns the loop until is() says so; false after WAIT_MS. */
static bool wait_until(struct line *line, bool (*is)(const struct line *line))
{
	line->is_late = false;
	uv_timer_start(&line->timer, on_late, WAIT_MS, 0);
	while (!is(line) && !line->is_late)
		uv_run(&line->loop, UV_RUN_ONCE);
	uv_timer_stop(&line->timer);
	return is(line);
}

static bool both_are_up(const struct line *line)
{
	return site_link_counts(line->south.link).is_up && site_link_counts(line->north.link).is_up;
}

static bool south_is_down(const struct line *line)
{
	return !site_link_counts(line->south.link).is_up;
}

static bool north_is_down(const struct line *line)
{
	return !site_link_counts(line->north.link).is_up;
}

static struct lg_status open_south(struct line *line)
{
	return site_link_new(
		&(struct site_link_options){
			.loop = &line->loop,
			.own_site = SOUTH,
			.site = NORTH,
			.address = line->address,
			.listens = true,
			.own_public = line->public_keys[SOUTH],
			.own_secret = line->secrets[SOUTH],
			.peer_public = line->public_keys[NORTH],
			.frame = on_frame,
			.up = on_up,
			.user = &line->south,
		},
		&line->south.link);
}

/* key: whose it uses; a stranger's is 0. */
static void open_north(struct line *line, struct end *end, uint32_t key)
{
	assert_true(lg_is_done(site_link_new(
		&(struct site_link_options){
			.loop = &line->loop,
			.own_site = NORTH,
			.site = SOUTH,
			.address = line->address,
			.own_public = line->public_keys[key],
			.own_secret = line->secrets[key],
			.peer_public = line->public_keys[SOUTH],
			.frame = on_frame,
			.up = on_up,
			.user = end,
		},
		&end->link)));
}

static int build(void **state)
{
	static unsigned number;
	struct line *line = calloc(1, sizeof *line);

	assert_non_null(line);
	line->body = calloc(1, LG_FRAME_MAX);
	assert_non_null(line->body);
	uv_loop_init(&line->loop);
	uv_timer_init(&line->loop, &line->timer);
	line->timer.data = line;
	for (uint32_t i = 0; i < 3; i++)
		make_keys(line->public_keys[i], line->secrets[i]);
	snprintf(line->address, sizeof line->address, "ipc://@lifeguard-line-%d-%u", (int)getpid(),
		number++);
	assert_true(lg_is_done(open_south(line)));
	*state = line;
	return 0;
}

static int tear_down(void **state)
{
	struct line *line = *state;

	site_link_free(line->south.link);
	site_link_free(line->north.link);
	site_link_free(line->clone.link);
	uv_close((uv_handle_t *)&line->timer, NULL);
	uv_run(&line->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&line->loop), 0);
	free(line->body);
	free(line);
	return 0;
}

static struct lg_status say(struct line *line, struct end *from, enum lg_lane lane, size_t size)
{
	const struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_DELIVER,
		.to_site = from == &line->south ? NORTH : SOUTH,
		.to_service = LG_SERVICE_REFERRAL,
		.to_partition = 3,
		.from_site = 99,
		.from_service = LG_SERVICE_REFERRAL,
		.from_partition = 3,
		.lane = (uint8_t)lane,
		.destination = 7,
		.from = 1234,
		.to = 0,
	};

	return site_link_send(from->link, &route, lg_bytes(line->body, size));
}

static bool north_got_three(const struct line *line)
{
	return line->north.got >= 3;
}

static bool south_got_one(const struct line *line)
{
	return line->south.got >= 1;
}

/*
 * Goal: frames of all sizes cross in order, both ways, under the link's own name.  Method: none of
 * them before the line is up; then an empty, a middling and the largest one, and one back.
 */
static void frames_cross_both_ways_under_the_name_of_the_link(void **state)
{
	struct line *line = *state;

	open_north(line, &line->north, NORTH);
	assert_int_equal(say(line, &line->south, LG_LANE_CARE, 1).outcome, LG_REFUSED);
	assert_int_equal(say(line, &line->north, LG_LANE_CARE, 1).outcome, LG_REFUSED);
	assert_true(wait_until(line, both_are_up));
	assert_true(lg_is_done(say(line, &line->south, LG_LANE_CARE, 0)));
	assert_true(lg_is_done(say(line, &line->south, LG_LANE_CARE, PIECE_BYTES + 1)));
	line->body[0] = 42;
	assert_true(lg_is_done(say(line, &line->south, LG_LANE_CARE, LG_FRAME_MAX)));
	assert_true(wait_until(line, north_got_three));
	assert_int_equal(line->north.last_size, LG_FRAME_MAX);
	assert_int_equal(line->north.first_byte, 42);
	assert_int_equal(line->north.last.from_site, SOUTH);
	assert_int_equal(line->north.last.from_service, LG_SERVICE_REFERRAL);
	assert_int_equal(line->north.last.from, 0);
	assert_int_equal(line->north.last.to_partition, 3);
	assert_int_equal(line->north.last.destination, 7);

	assert_true(lg_is_done(say(line, &line->north, LG_LANE_BULK, 10)));
	assert_true(wait_until(line, south_got_one));
	assert_int_equal(line->south.last.from_site, NORTH);
	assert_int_equal(site_link_counts(line->south.link).sent, 3);
	assert_int_equal(site_link_counts(line->south.link).received, 1);
	assert_int_equal(site_link_counts(line->south.link).received_bytes, LG_ROUTE_SIZE + 10);
	assert_int_equal(site_link_counts(line->south.link).dropped, 1);
}

static bool care_has_come(const struct line *line)
{
	return line->north.care >= 1;
}

static bool all_bulk_has_come(const struct line *line)
{
	return line->north.bulk >= 24;
}

/* Goal: care does not wait behind bulk.  Method: 24 MiB of bulk, then one small frame of care. */
static void care_overtakes_bulk(void **state)
{
	struct line *line = *state;

	open_north(line, &line->north, NORTH);
	assert_true(wait_until(line, both_are_up));
	for (uint32_t i = 0; i < 24; i++)
		assert_true(lg_is_done(say(line, &line->south, LG_LANE_BULK, LG_FRAME_MAX)));
	assert_true(lg_is_done(say(line, &line->south, LG_LANE_CARE, 10)));
	assert_true(wait_until(line, care_has_come));
	assert_in_range(line->north.care_after, 0, 3);
	assert_true(wait_until(line, all_bulk_has_come));
}

static bool a_stranger_was_refused(const struct line *line)
{
	return site_link_counts(line->south.link).refused >= 1;
}

/* Goal: only the partner's bus comes in.  Method: another key; then the right one beside it. */
static void a_wrong_key_is_refused(void **state)
{
	struct line *line = *state;

	open_north(line, &line->clone, 0);
	assert_true(wait_until(line, a_stranger_was_refused));
	assert_false(site_link_counts(line->south.link).is_up);
	open_north(line, &line->north, NORTH);
	assert_true(wait_until(line, both_are_up));
	assert_false(site_link_counts(line->clone.link).is_up);
}

static bool a_second_was_refused(const struct line *line)
{
	return site_link_counts(line->south.link).second >= 2;
}

/*
 * Goal: a second live line of a site is refused.  Method: a clone with the same key; the first one
 * still gets and gives; when the first one ends, the clone is let in.
 */
static void a_second_live_line_is_refused(void **state)
{
	struct line *line = *state;

	open_north(line, &line->north, NORTH);
	assert_true(wait_until(line, both_are_up));
	open_north(line, &line->clone, NORTH);
	assert_true(wait_until(line, a_second_was_refused));
	assert_false(site_link_counts(line->clone.link).is_up);
	assert_true(lg_is_done(say(line, &line->north, LG_LANE_CARE, 1)));
	assert_true(wait_until(line, south_got_one));
	for (uint32_t i = 0; i < 3; i++)
		assert_true(lg_is_done(say(line, &line->south, LG_LANE_CARE, 1)));
	assert_true(wait_until(line, north_got_three));
	assert_int_equal(line->clone.got, 0);

	site_link_free(line->north.link);
	line->north = line->clone;
	line->clone.link = NULL;
	assert_true(wait_until(line, both_are_up));
}

/*
 * Goal: either end may go and come again.  Method: end the connecting side, then the listening one;
 * the other notices, and the line comes up again.
 */
static void a_line_comes_up_again_after_either_end_was_away(void **state)
{
	struct line *line = *state;

	open_north(line, &line->north, NORTH);
	assert_true(wait_until(line, both_are_up));
	site_link_free(line->north.link);
	line->north.link = NULL;
	assert_true(wait_until(line, south_is_down));
	assert_int_equal(say(line, &line->south, LG_LANE_CARE, 1).outcome, LG_REFUSED);
	open_north(line, &line->north, NORTH);
	assert_true(wait_until(line, both_are_up));

	site_link_free(line->south.link);
	line->south.link = NULL;
	assert_true(wait_until(line, north_is_down));
	assert_true(lg_is_done(open_south(line)));
	assert_true(wait_until(line, both_are_up));
	assert_true(lg_is_done(say(line, &line->north, LG_LANE_CARE, 1)));
	assert_true(wait_until(line, south_got_one));
}

static bool north_has_been_heard(const struct line *line)
{
	return line->south.got >= 1 && site_link_counts(line->north.link).under_way_bytes == 0;
}

static bool north_is_told_again(const struct line *line)
{
	return line->north.ups >= 2;
}

static bool south_got_another(const struct line *line)
{
	return line->south.got >= line->expected;
}

/*
 * Goal: a connection that goes unnoticed takes what was under way with it, and readers hear of it.
 * Method: the listening end goes and comes within the time in which the other would notice, which
 * meanwhile sends a frame larger than any window into nothing; the next one crosses.
 */
static void break_unnoticed(struct line *line)
{
	uint64_t before = line->south.got;

	site_link_free(line->south.link);
	assert_true(lg_is_done(say(line, &line->north, LG_LANE_CARE, LG_FRAME_MAX / 2)));
	line->south.link = NULL;
	assert_true(lg_is_done(open_south(line)));
	assert_true(wait_until(line, north_is_told_again));
	assert_true(site_link_counts(line->north.link).is_up);
	assert_int_equal(line->south.got, before);
	assert_true(lg_is_done(say(line, &line->north, LG_LANE_CARE, 1)));
	assert_true(wait_until(line, south_got_another));
}

static void a_line_that_breaks_unnoticed_begins_anew(void **state)
{
	struct line *line = *state;

	open_north(line, &line->north, NORTH);
	assert_true(wait_until(line, both_are_up));
	assert_true(lg_is_done(say(line, &line->north, LG_LANE_CARE, 1)));
	assert_true(wait_until(line, north_has_been_heard));
	line->expected = 2;
	break_unnoticed(line);
}

/* As soon as it was up, so that nothing had come yet: then too. */
static void a_line_that_breaks_at_once_begins_anew(void **state)
{
	struct line *line = *state;

	open_north(line, &line->north, NORTH);
	assert_true(wait_until(line, both_are_up));
	line->expected = 1;
	break_unnoticed(line);
}

#define test(name) cmocka_unit_test_setup_teardown(name, build, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(frames_cross_both_ways_under_the_name_of_the_link),
		test(care_overtakes_bulk),
		test(a_wrong_key_is_refused),
		test(a_second_live_line_is_refused),
		test(a_line_comes_up_again_after_either_end_was_away),
		test(a_line_that_breaks_unnoticed_begins_anew),
		test(a_line_that_breaks_at_once_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
