/*
 * Reader and publisher of a stream whose other end says whatever it likes: a partner in an
 * attacker's hands signs what it wants.  Two bytes are one event, the second its number; our own
 * side keeps to its contract, as common/run does.  Neither may fall over, give away more than was
 * committed, or apply anything but the next numbers.
 */
#include <assert.h>

#include "common/stream/publisher.h"
#include "common/stream/subscriber.h"
#include "tests/fuzz/fuzz.h"

#define UNDER_WAY_MAX 64
#define HEAD          1500 /* committed by our publisher, in three epochs */

/* Few, so that chance meets them again. */
static struct lg_id id_of(uint8_t number)
{
	return (struct lg_id){ .byte = { [LG_ID_SIZE - 1] = (uint8_t)(1 + number % 4) } };
}

/* Near the place where it matters, or at an end of the range. */
static uint64_t number_near(uint64_t place, uint8_t which)
{
	static const uint64_t ends[] = { 0, 1, INT64_MAX, UINT64_MAX };

	return which % 16 < 4 ? ends[which % 4] : place + which % 16 - 8;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct reader {
	struct lg_subscriber subscriber;
	uint32_t under_way; /* batches that were given to be applied */
	struct {
		uint64_t through, size_bytes;
	} batch[UNDER_WAY_MAX];
	lg_ms now;
	uint8_t sessions;
};

static struct lg_id next_session(struct reader *reader)
{
	return (struct lg_id){ .byte = { [0] = 1, [1] = ++reader->sessions } };
}

static void read_step(struct reader *reader, struct lg_reader_event event)
{
	struct lg_subscriber *subscriber = &reader->subscriber;
	uint64_t tip = subscriber->tip.number;
	struct lg_reader_actions actions;
	static struct lg_points named;

	event.now = reader->now;
	event.next_session = next_session(reader);
	lg_subscriber_step(subscriber, &event, &actions);
	assert(subscriber->points.count <= LG_POINTS_MAX);
	assert(subscriber->question.asked < LG_QUESTIONS_MAX);
	lg_question_name(&subscriber->question, &subscriber->points, &named);
	assert(named.count <= LG_POINTS_SENT_MIN);
	assert(lg_points_last(&named).number == lg_points_last(&subscriber->points).number);
	for (uint32_t i = 0; i < actions.count; i++) {
		if (actions.at[i].kind == LG_READER_STORE_BACK)
			reader->under_way = 0; /* lg_gather_forget() */
		if (actions.at[i].kind != LG_READER_APPLY)
			continue;
		assert(event.kind == LG_READER_DELIVERED);
		assert(event.first == tip + 1);
		assert(event.through > tip);
		assert(reader->under_way < UNDER_WAY_MAX);
		reader->batch[reader->under_way].through = event.through;
		reader->batch[reader->under_way++].size_bytes = event.size_bytes;
	}
}

static void deliver(struct reader *reader, uint8_t kind, uint8_t value)
{
	const struct lg_subscriber *subscriber = &reader->subscriber;
	uint64_t first = value < 128 ? subscriber->tip.number + 1
				     : number_near(subscriber->tip.number + 1, value);

	/* lg_origin_check(): dense, a batch's worth, from 1 on */
	if (first == 0 || first > UINT64_MAX - LG_BATCH_MAX)
		return;
	read_step(reader,
		(struct lg_reader_event){ .kind = LG_READER_DELIVERED,
			.session = (kind & 8) != 0 ? id_of(value) : subscriber->session,
			.prior = { .epoch = (kind & 16) != 0 ? id_of(value) : subscriber->tip.epoch,
				.number = first - 1 },
			.epoch = id_of(kind >> 5),
			.first = first,
			.through = first + value,
			.size_bytes = (uint64_t)value * 4096 });
}

static void store(struct reader *reader)
{
	struct lg_reader_event event = { .kind = LG_READER_STORED };

	if (reader->under_way == 0)
		return;
	event.through = reader->batch[0].through;
	event.size_bytes = reader->batch[0].size_bytes;
	reader->under_way--;
	memmove(&reader->batch[0], &reader->batch[1], reader->under_way * sizeof reader->batch[0]);
	read_step(reader, event);
}

static void read_one(struct reader *reader, uint8_t kind, uint8_t value)
{
	const struct lg_subscriber *subscriber = &reader->subscriber;
	struct lg_reader_event back = { .kind = LG_READER_SENT_BACK,
		.session = (kind & 8) != 0 ? id_of(value) : subscriber->session,
		.prior = { .epoch = id_of(value),
			.number = number_near(subscriber->tip.number, kind >> 4) } };

	switch (kind % 8) {
	case 0:
	case 1:
	case 2:
		if (reader->under_way < UNDER_WAY_MAX)
			deliver(reader, kind, value);
		break;
	case 3:
		store(reader);
		break;
	case 4:
		read_step(reader, back);
		break;
	case 5:
		if (subscriber->going_back)
			read_step(reader, (struct lg_reader_event){ .kind = LG_READER_WENT_BACK });
		break;
	case 6:
		reader->under_way = 0;
		read_step(reader, (struct lg_reader_event){ .kind = LG_READER_FAILED });
		break;
	default:
		reader->now += (lg_ms)value * LG_SECOND_MS;
		read_step(reader, (struct lg_reader_event){ .kind = LG_READER_TICKED });
	}
}

/* --- publishing ------------------------------------------------------------------------------- */

struct writer {
	struct lg_publisher publisher;
	struct lg_feed feed;
	struct lg_feed_action fetch; /* that is out, while feed.fetching */
};

static void feed_step(struct writer *writer, const struct lg_feed_event *event)
{
	struct lg_feed_actions actions;

	lg_feed_step(&writer->publisher, &writer->feed, event, &actions);
	for (uint32_t i = 0; i < actions.count; i++) {
		const struct lg_feed_action *action = &actions.at[i];

		if (action->kind == LG_FEED_FETCH) {
			assert(action->through <= HEAD);
			assert(action->after < action->through);
			assert(action->through - action->after <= LG_BATCH_MAX);
			writer->fetch = *action;
		}
		if (action->kind == LG_FEED_SEND) {
			assert(action->first == action->prior.number + 1);
			assert(action->first > writer->publisher.dropped);
			assert(action->through <= HEAD);
		}
	}
}

static void feed_one(struct writer *writer, uint8_t kind, uint8_t value)
{
	struct lg_points points = { .count = 0 };
	struct lg_feed_event event = { .kind = LG_FEED_COMMITTED, .points = &points };

	switch (kind % 4) {
	case 0:
	case 1:
		event.kind = kind % 4 == 0 ? LG_FEED_SUBSCRIBED : LG_FEED_ACKNOWLEDGED;
		event.session = id_of(kind >> 3);
		event.allowed_bytes = number_near(writer->feed.sent_bytes, value >> 4);
		for (uint8_t i = 0; i < (kind >> 5); i++)
			points.at[points.count++] =
				(struct lg_point){ .epoch = id_of((uint8_t)(value + i)),
					.number = number_near(500u * (1u + i), value) };
		feed_step(writer, &event);
		break;
	case 2:
		if (!writer->feed.fetching)
			break;
		event.kind = LG_FEED_FETCHED;
		event.through = writer->fetch.after +
				(writer->fetch.through - writer->fetch.after) * value / 255;
		event.size_bytes = (event.through - writer->fetch.after) * 512;
		feed_step(writer, &event);
		break;
	default:
		feed_step(writer, &event);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reader reader;
	static struct writer writer;
	struct lg_points history = { .count = 2,
		.at = { { .epoch = id_of(0), .number = 1 },
			{ .epoch = id_of(1), .number = 501 } } };
	struct lg_points none = { .count = 0 };

	reader = (struct reader){ .now = LG_DAY_MS };
	lg_subscriber_init(&reader.subscriber, &none);
	reader.subscriber.question.most = LG_POINTS_SENT_MIN; /* few epochs, and yet gaps */
	read_step(&reader, (struct lg_reader_event){
				   .kind = LG_READER_STARTED, .session = next_session(&reader) });
	writer = (struct writer){ .feed = { .live = false } };
	lg_publisher_start(&writer.publisher, &history, 1000, 100, id_of(2));
	writer.publisher.head = HEAD;
	for (size_t i = 0; i + 1 < size; i += 2) {
		read_one(&reader, data[i], data[i + 1]);
		feed_one(&writer, data[i], data[i + 1]);
	}
	return 0;
}
