#include "common/db/outbox.h"

#include <string.h>

const struct lg_statement lg_outbox_statements[] = {
	/* unnest side by side, not FROM unnest(...): that keeps every column in a tuplestore first */
	[LG_OUTBOX_INSERT] = {
		.name = "outbox_insert",
		.sql = "INSERT INTO outbox"
		       "       (segment, destination, lane, p, first, through, heads, run)"
		       " SELECT unnest($1::integer[]), unnest($2::integer[]), unnest($3::smallint[]),"
		       "        unnest($4::smallint[]), unnest($5::bigint[]), unnest($6::bigint[]),"
		       "        unnest($7::bytea[]), unnest($8::bytea[])",
		.param_count = 8,
		.params = { LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT2S, LG_SQL_INT2S, LG_SQL_INT8S,
			LG_SQL_INT8S, LG_SQL_BYTEAS, LG_SQL_BYTEAS },
		.one = &lg_outbox_statements[LG_OUTBOX_INSERT_ONE],
	},
	[LG_OUTBOX_INSERT_ONE] = {
		.name = "outbox_insert_one",
		.sql = "INSERT INTO outbox"
		       "       (segment, destination, lane, p, first, through, heads, run)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		.param_count = 8,
		.params = { LG_SQL_INT4, LG_SQL_INT4, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_INT8,
			LG_SQL_INT8, LG_SQL_BYTEA, LG_SQL_BYTEA },
	},
	/* $5 + LG_PACK_EVENTS_MAX: no row that begins at or before $5 ends behind that */
	[LG_OUTBOX_READ] = {
		.name = "outbox_read",
		.sql = "SELECT first, heads, run"
		       "  FROM outbox"
		       " WHERE destination = $1 AND lane = $2 AND p = $3"
		       "   AND through > $4 AND through < $5 + 256 AND first <= $5"
		       " ORDER BY through"
		       " LIMIT 64",
		.param_count = 5,
		.params = { LG_SQL_INT4, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_INT8, LG_SQL_INT8 },
	},
	[LG_OUTBOX_SEGMENT] = {
		.name = "outbox_segment",
		.sql = "SELECT current_outbox_segment('1 day')",
	},
	[LG_OUTBOX_DROP] = {
		.name = "outbox_drop",
		.sql = "SELECT drop_outbox_segment('30 days')",
	},
	/* An epoch in which no number was given is replaced: its first number is ours now. */
	[LG_OUTBOX_EPOCH_START] = {
		.name = "outbox_epoch_start",
		.sql = "INSERT INTO stream_epoch (destination, lane, p, first, epoch)"
		       " SELECT $3, s.lane, $1,"
		       "        greatest((SELECT max(o.through)"
		       "                    FROM outbox AS o"
		       "                   WHERE o.destination = $3 AND o.lane = s.lane AND o.p = $1),"
		       "                 (SELECT d.through"
		       "                    FROM outbox_dropped AS d"
		       "                   WHERE d.destination = $3 AND d.lane = s.lane AND d.p = $1), 0)"
		       "        + 1, $2"
		       "   FROM (VALUES (0::smallint), (1::smallint)) AS s(lane)"
		       " ON CONFLICT (destination, lane, p, first) DO UPDATE SET epoch = EXCLUDED.epoch",
		.param_count = 3,
		.params = { LG_SQL_INT2, LG_SQL_BYTEA, LG_SQL_INT4 },
	},
	[LG_OUTBOX_EPOCHS] = {
		.name = "outbox_epochs",
		.sql = "SELECT destination, lane, first, epoch"
		       "  FROM stream_epoch"
		       " WHERE p = $1"
		       " ORDER BY destination, lane, first",
		.param_count = 1,
		.params = { LG_SQL_INT2 },
	},
	[LG_OUTBOX_HEADS] = {
		.name = "outbox_heads",
		.sql = "SELECT s.destination, s.lane,"
		       "       greatest((SELECT max(o.through)"
		       "                   FROM outbox AS o"
		       "                  WHERE o.destination = s.destination AND o.lane = s.lane"
		       "                    AND o.p = $1), d.through, 0),"
		       "       coalesce(d.through, 0)"
		       "  FROM (SELECT DISTINCT destination, lane FROM stream_epoch WHERE p = $1) AS s"
		       "  LEFT JOIN outbox_dropped AS d"
		       "         ON d.destination = s.destination AND d.lane = s.lane AND d.p = $1"
		       " ORDER BY s.destination, s.lane",
		.param_count = 1,
		.params = { LG_SQL_INT2 },
	},
	[LG_OUTBOX_READER_ADD] = {
		.name = "outbox_reader_add",
		.sql = "INSERT INTO reader (destination, lane, p, service, applied)"
		       " VALUES ($1, $2, $3, $4, 0)"
		       " ON CONFLICT (destination, lane, p, service) DO NOTHING",
		.param_count = 4,
		.params = { LG_SQL_INT4, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_INT2 },
	},
	[LG_OUTBOX_READERS] = {
		.name = "outbox_readers",
		.sql = "SELECT destination, lane, service, applied, marks"
		       "  FROM reader"
		       " WHERE p = $1"
		       " ORDER BY destination, lane, service",
		.param_count = 1,
		.params = { LG_SQL_INT2 },
	},
	[LG_OUTBOX_READER_STORE] = {
		.name = "outbox_reader_store",
		.sql = "UPDATE reader"
		       "   SET applied = $5, floor = $6, marks = $7"
		       " WHERE destination = $1 AND lane = $2 AND p = $3 AND service = $4",
		.param_count = 7,
		.params = { LG_SQL_INT4, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_INT8,
			LG_SQL_INT8, LG_SQL_BYTEA },
	},
	[LG_OUTBOX_READER_RETIRE] = {
		.name = "outbox_reader_retire",
		.sql = "DELETE FROM reader WHERE p = $1 AND destination = $2",
		.param_count = 2,
		.params = { LG_SQL_INT2, LG_SQL_INT4 },
	},
	[LG_OUTBOX_DEPTH] = {
		.name = "outbox_depth",
		.sql = "SELECT coalesce(sum(h.head - h.applied), 0)::bigint"
		       "  FROM (SELECT min(r.applied) AS applied,"
		       "               coalesce((SELECT max(o.through)"
		       "                           FROM outbox AS o"
		       "                          WHERE o.destination = r.destination"
		       "                            AND o.lane = r.lane AND o.p = r.p),"
		       "                        min(r.applied)) AS head"
		       "          FROM reader AS r"
		       "         GROUP BY r.destination, r.lane, r.p) AS h",
	},
	{ .name = NULL },
};

_Static_assert(LG_PACK_EVENTS_MAX == 256, "what LG_OUTBOX_READ adds to its last number");

static uint8_t *put_be32(uint8_t *at, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*at++ = (uint8_t)(value >> shift);
	return at;
}

static uint32_t get_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint8_t *put_be64(uint8_t *at, uint64_t value)
{
	return put_be32(put_be32(at, (uint32_t)(value >> 32)), (uint32_t)value);
}

static uint64_t get_be64(const uint8_t *at)
{
	return (uint64_t)get_be32(at) << 32 | get_be32(at + 4);
}

struct lg_bytes lg_marks_write(struct lg_arena *arena, const struct lg_reader_marks *marks)
{
	size_t size_bytes = 16 + (size_t)marks->count * 16;
	uint8_t *at = lg_alloc(arena, size_bytes);
	struct lg_bytes bytes = lg_bytes(at, size_bytes);

	at = put_be64(put_be64(at, marks->applied), (uint64_t)marks->noted_at);
	for (uint32_t n = 0; n < marks->count; n++)
		at = put_be64(put_be64(at, marks->at[n].number), (uint64_t)marks->at[n].since);
	return bytes;
}

struct lg_reader_marks lg_marks_read(struct lg_bytes bytes)
{
	struct lg_reader_marks marks = { .count = 0 };
	size_t count = bytes.size / 16;

	if (bytes.size % 16 != 0 || count < 1 || count > LG_MARKS_MAX + 1)
		return marks; /* nobody knows since when: as if it were heard of today */
	marks.applied = get_be64(bytes.data);
	marks.noted_at = (lg_ms)get_be64(bytes.data + 8);
	for (size_t n = 1; n < count; n++)
		marks.at[marks.count++] = (struct lg_mark){ .number = get_be64(bytes.data + n * 16),
			.since = (lg_ms)get_be64(bytes.data + n * 16 + 8) };
	return marks;
}

uint32_t lg_pack(struct lg_arena *arena, const struct lg_packed_event *first,
	struct lg_bytes *ret_heads, struct lg_bytes *ret_run)
{
	const struct lg_packed_event *end = first;
	size_t size_bytes = 0;
	uint32_t count = 0;

	/* one event at least, whatever its size */
	for (; end != NULL && count < LG_PACK_EVENTS_MAX; end = end->next, count++) {
		size_t more = LG_PACK_HEAD_BYTES + end->envelope.size;

		if (count > 0 && size_bytes + more > LG_PACK_BYTES_MAX)
			break;
		size_bytes += more;
	}
	uint8_t *head = lg_alloc(arena, (size_t)count * LG_PACK_HEAD_BYTES);
	uint8_t *run = lg_alloc(arena, size_bytes - (size_t)count * LG_PACK_HEAD_BYTES);

	*ret_heads = lg_bytes(head, (size_t)count * LG_PACK_HEAD_BYTES);
	*ret_run = lg_bytes(run, size_bytes - (size_t)count * LG_PACK_HEAD_BYTES);
	for (const struct lg_packed_event *event = first; event != end; event = event->next) {
		head = put_be32(head, event->type);
		head = put_be32(head, (uint32_t)event->envelope.size);
		memcpy(head, event->event_id.byte, LG_ID_SIZE);
		head += LG_ID_SIZE;
		memcpy(run, event->envelope.data, event->envelope.size);
		run += event->envelope.size;
	}
	return count;
}

bool lg_unpack(struct lg_bytes heads, struct lg_bytes run, uint32_t skip, uint32_t most,
	struct lg_bytes *ret_envelopes, uint32_t *ret_count)
{
	size_t count = heads.size / LG_PACK_HEAD_BYTES, at = 0;
	uint32_t kept = 0;

	if (heads.size % LG_PACK_HEAD_BYTES != 0)
		return false;
	for (size_t n = 0; n < count; n++) {
		size_t size_bytes = get_be32(heads.data + n * LG_PACK_HEAD_BYTES + 4);

		if (size_bytes > run.size - at)
			return false;
		if (n >= skip && kept < most)
			ret_envelopes[kept++] = lg_bytes(run.data + at, size_bytes);
		at += size_bytes;
	}
	*ret_count = kept;
	return at == run.size;
}
