/*
 * The table person_pair: pairs that a lead confirmed, in the partition of the left record's case.
 * What was undone is a row of its own.  Which of them tell something new is decided when somebody asks, so that their order is nobody's
 * matter.
 */
#include <assert.h>

#include "services/reporting/store.h"

enum { SELECT_PERSON_PAIRS, INSERT_PERSON_PAIR, FORGET_PERSON_PAIRS };

const struct lg_statement store_person_pair[] = {
	[SELECT_PERSON_PAIRS] = {
		/* one more than a report takes (PERSON_PAIRS_MAX) tells that there are more */
		.name = "select_person_pairs",
		.sql = "SELECT c.is_report, c.left_id, c.right_id, c.month"
		       "  FROM person_pair AS c"
		       " WHERE NOT c.is_undone"
		       "   AND NOT EXISTS (SELECT 1 FROM person_pair AS u"
		       "                    WHERE u.is_undone AND u.left_id = c.left_id"
		       "                      AND u.right_id = c.right_id)"
		       " ORDER BY month, left_id, right_id"
		       " LIMIT 65537",
	},
	[INSERT_PERSON_PAIR] = {
		.name = "insert_person_pair",
		.sql = "INSERT INTO person_pair (p, is_report, left_id, right_id, month, is_undone)"
		       " SELECT r.p, r.is_report, r.left_id, r.right_id, r.month, r.is_undone"
		       "  FROM unnest($1::smallint[], $2::boolean[], $3::bytea[], $4::bytea[],"
		       "       $5::text[], $6::boolean[])"
		       "    AS r (p, is_report, left_id, right_id, month, is_undone)",
		.param_count = 6,
		.params = { LG_SQL_INT2S, LG_SQL_BOOLS, LG_SQL_BYTEAS, LG_SQL_BYTEAS,
			LG_SQL_TEXTS, LG_SQL_BOOLS },
	},
	[FORGET_PERSON_PAIRS] = {
		.name = "forget_person_pairs",
		.sql = "DELETE FROM person_pair"
		       " WHERE p = ANY ($1::smallint[])",
		.param_count = 1,
		.params = { LG_SQL_INT2S },
	},
	{ .name = NULL },
};

struct lg_found *read_person_pairs(struct lg_batch *batch)
{
	return lg_read(batch, &store_person_pair[SELECT_PERSON_PAIRS], NULL);
}

struct person_pair person_pair_from_row(const struct lg_found *read, int row)
{
	struct lg_bytes month = lg_field_bytes(read->result, row, 3);
	struct person_pair pair = {
		.is_report = lg_field_int(read->result, row, 0) != 0,
		.left = lg_field_id(read->result, row, 1),
		.right = lg_field_id(read->result, row, 2),
	};

	assert(month.size == MONTH_SIZE - 1);
	memcpy(pair.month, month.data, month.size);
	return pair;
}

void write_person_pair(struct lg_batch *batch, uint8_t partition, const struct person_pair *pair)
{
	const struct lg_value values[] = {
		lg_v_int(partition),
		lg_v_int(pair->is_report),
		lg_v_id(&pair->left),
		lg_v_id(&pair->right),
		lg_v_text(pair->month),
		lg_v_int(pair->is_undone),
	};

	lg_insert(batch, &store_person_pair[INSERT_PERSON_PAIR], values);
}

void forget_person_pairs(struct lg_batch *batch, uint8_t partition)
{
	lg_insert(batch, &store_person_pair[FORGET_PERSON_PAIRS],
		(const struct lg_value[]){ lg_v_int(partition) });
}
